//! Whose certificates the client trusts, where it is not the system that says so.

use std::fmt;

use rustls::{
    RootCertStore,
    pki_types::{CertificateDer, pem::PemObject as _},
};

/// Certificates of authorities, which take the place of those that the system trusts.
#[derive(Clone, PartialEq, Eq)]
pub struct CaBundle {
    /// One PEM text of those that can be used.
    pem: String,
    count: usize,
}

/// What is no bundle of certificates.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum CaBundleError {
    /// No bytes.
    #[error("it is empty")]
    Empty,
    /// Nothing between lines that say so.
    #[error("it has no certificate in PEM, from -----BEGIN CERTIFICATE----- to -----END CERTIFICATE-----")]
    NoCertificate,
    /// Lines that begin a certificate, and no base64 or no end.
    #[error("its certificate {0} is not PEM")]
    NotPem(usize),
    /// None that an authority could have.
    #[error("none of its certificates can be used")]
    NoneUsable,
}

impl CaBundle {
    /// The certificates of a text in PEM, whatever else stands there. One that cannot be used is passed over, as long as another can be.
    ///
    /// # Errors
    /// [`CaBundleError`], for a text without any.
    pub fn from_pem(text: &[u8]) -> Result<Self, CaBundleError> {
        if text.is_empty() {
            return Err(CaBundleError::Empty);
        }
        let found = CertificateDer::pem_slice_iter(text).enumerate();
        let certificates: Vec<CertificateDer<'static>> =
            found.map(|(at, certificate)| certificate.map_err(|_| CaBundleError::NotPem(at + 1))).collect::<Result<_, _>>()?;
        if certificates.is_empty() {
            return Err(CaBundleError::NoCertificate);
        }
        let mut bundle = Self { pem: String::new(), count: 0 };
        for certificate in certificates {
            // The client does the same, and stops the program where it fails.
            if RootCertStore::empty().add(certificate.clone()).is_ok() {
                bundle.pem.push_str(&pem::encode(&pem::Pem::new("CERTIFICATE", certificate.as_ref())));
                bundle.count += 1;
            }
        }
        if bundle.count == 0 { Err(CaBundleError::NoneUsable) } else { Ok(bundle) }
    }

    pub(super) fn pem(&self) -> &str {
        &self.pem
    }
}

impl fmt::Debug for CaBundle {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CaBundle").field("certificates", &self.count).finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// An authority's, made by `openssl req -x509`.
    const AUTHORITY: &str = include_str!("../../../../tests/data/ca-bundle.pem");

    #[test]
    fn certificates_are_found_whatever_stands_around_them() {
        let one = CaBundle::from_pem(AUTHORITY.as_bytes()).expect("a certificate");
        assert_eq!((one.count, CaBundle::from_pem(one.pem().as_bytes()).as_ref()), (1, Ok(&one)));
        let key = "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n";
        let several = format!("# a comment\r\n{AUTHORITY}\n{key}subject=CN = x\n{AUTHORITY}");
        assert_eq!(CaBundle::from_pem(several.as_bytes()).expect("two").count, 2);
        let unusable = "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n";
        assert_eq!(CaBundle::from_pem(format!("{unusable}{AUTHORITY}").as_bytes()), Ok(one.clone()));
        assert_eq!(format!("{one:?}"), "CaBundle { certificates: 1 }");
    }

    #[test]
    fn what_has_none_is_refused() {
        for (text, error) in [
            ("", CaBundleError::Empty),
            ("\n", CaBundleError::NoCertificate),
            ("garbage", CaBundleError::NoCertificate),
            ("-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n", CaBundleError::NoCertificate),
            ("-----BEGIN CERTIFICATE-----\n????\n-----END CERTIFICATE-----\n", CaBundleError::NotPem(1)),
            ("-----BEGIN CERTIFICATE-----\nAAAA\n", CaBundleError::NotPem(1)),
            ("-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n", CaBundleError::NoneUsable),
        ] {
            assert_eq!(CaBundle::from_pem(text.as_bytes()), Err(error), "{text:?}");
        }
        assert_eq!(CaBundle::from_pem(b"\xff\xfe\x00"), Err(CaBundleError::NoCertificate));
        let cut = AUTHORITY.lines().take(5).collect::<Vec<_>>().join("\n");
        assert_eq!(CaBundle::from_pem(cut.as_bytes()), Err(CaBundleError::NotPem(1)));
    }
}
