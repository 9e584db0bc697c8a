//! TLS: whom the client trusts, and why it does not.

use std::{error::Error as StdError, io};

use aws_sdk_kms::config::SharedHttpClient;
use aws_smithy_http_client::{
    Builder,
    tls::{Provider, TlsContext, TrustStore, rustls_provider::CryptoMode},
};
use rustls::{CertificateError, Error as TlsError};

use super::ca_bundle::CaBundle;
use crate::error::TlsObstacle;

/// The SDK's own HTTP client, which trusts the bundle's certificates and no others.
pub(super) fn trusting(bundle: &CaBundle) -> SharedHttpClient {
    let trusted = TrustStore::empty().with_pem_certificate(bundle.pem());
    let context = TlsContext::builder().with_trust_store(trusted).build().expect("a context is made of any certificates");
    Builder::new().tls_provider(Provider::Rustls(CryptoMode::AwsLc)).tls_context(context).build_https()
}

/// What of TLS stands behind an error, if it is TLS that failed.
pub(super) fn obstacle(error: &(dyn StdError + 'static)) -> Option<TlsObstacle> {
    let error = nested(error).find_map(|error| error.downcast_ref::<TlsError>())?;
    Some(match error {
        TlsError::InvalidCertificate(error) => of_certificate(error),
        _ => TlsObstacle::Handshake,
    })
}

fn of_certificate(error: &CertificateError) -> TlsObstacle {
    match error {
        CertificateError::UnknownIssuer => TlsObstacle::UnknownIssuer,
        CertificateError::NotValidForName | CertificateError::NotValidForNameContext { .. } => TlsObstacle::OtherName,
        CertificateError::Expired
        | CertificateError::ExpiredContext { .. }
        | CertificateError::NotValidYet
        | CertificateError::NotValidYetContext { .. } => TlsObstacle::Validity,
        _ => TlsObstacle::Certificate,
    }
}

/// An error and its causes. An error of the system's carries another one without having it for its cause.
fn nested<'a>(error: &'a (dyn StdError + 'static)) -> impl Iterator<Item = &'a (dyn StdError + 'static)> {
    std::iter::successors(Some(error), |&error| {
        let carried = error.downcast_ref::<io::Error>().and_then(io::Error::get_ref);
        carried.map(|carried| carried as &(dyn StdError + 'static)).or_else(|| error.source())
    })
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use aws_credential_types::provider::error::CredentialsError;
    use rustls::{AlertDescription, OtherError};

    use super::*;

    /// As hyper-rustls wraps what rustls says.
    fn wrapped(error: TlsError) -> io::Error {
        io::Error::other(io::Error::new(io::ErrorKind::InvalidData, error))
    }

    #[test]
    fn what_failed_is_found_behind_other_errors() {
        let certificate = TlsError::InvalidCertificate;
        for (error, expected) in [
            (certificate(CertificateError::UnknownIssuer), TlsObstacle::UnknownIssuer),
            (certificate(CertificateError::NotValidForName), TlsObstacle::OtherName),
            (certificate(CertificateError::Expired), TlsObstacle::Validity),
            (certificate(CertificateError::NotValidYet), TlsObstacle::Validity),
            (certificate(CertificateError::Revoked), TlsObstacle::Certificate),
            (certificate(CertificateError::Other(OtherError(Arc::new(io::Error::other("x"))))), TlsObstacle::Certificate),
            (TlsError::AlertReceived(AlertDescription::HandshakeFailure), TlsObstacle::Handshake),
        ] {
            assert_eq!(obstacle(&error), Some(expected), "{error}");
            assert_eq!(obstacle(&CredentialsError::provider_error(wrapped(error.clone()))), Some(expected), "{error}");
            assert_eq!(obstacle(&wrapped(error)), Some(expected));
        }
        assert_eq!(obstacle(&io::Error::from(io::ErrorKind::ConnectionRefused)), None);
        assert_eq!(obstacle(&io::Error::other(io::Error::other("certificate"))), None);
    }
}
