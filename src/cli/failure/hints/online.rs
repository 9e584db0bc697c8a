//! What stands between a call of AWS KMS and its answer.

use crate::error::TlsObstacle;

/// Whoever answers there does not show that it is the endpoint.
pub(super) const fn of_tls(obstacle: TlsObstacle) -> &'static str {
    match obstacle {
        TlsObstacle::UnknownIssuer => {
            "who made that certificate is not trusted here: --ca-bundle FILE, AWS_CA_BUNDLE or ca_bundle of the profile names the certificates to trust in place of the system's, as behind a proxy that opens TLS; nothing was sent"
        }
        TlsObstacle::OtherName => {
            "the certificate is not that of this host: is --endpoint-url or AWS_ENDPOINT_URL_KMS the right one, and is it a proxy that answers? --ca-bundle changes nothing about names; nothing was sent"
        }
        TlsObstacle::Validity => {
            "is this machine's clock right? If so, whoever runs the endpoint has to renew its certificate; nothing was sent"
        }
        TlsObstacle::Certificate => {
            "an endpoint has a certificate that an authority made for it; one that is an authority's own (CA:TRUE) is refused even where --ca-bundle names it; nothing was sent"
        }
        TlsObstacle::Handshake => {
            "does the endpoint speak TLS 1.2 or 1.3? An endpoint without TLS begins with http:// (--endpoint-url, AWS_ENDPOINT_URL_KMS); nothing was sent"
        }
    }
}
