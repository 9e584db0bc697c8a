//! Calls without an answer.

/// A call without an answer.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{doing}: {reason}")]
pub struct NoAnswer {
    /// The operation, the Region and the key.
    pub doing: String,
    /// What happened.
    pub reason: String,
    /// What stood in the way.
    pub obstacle: Obstacle,
}

/// What stands between a call and its answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Obstacle {
    /// No connection, or nothing came over it that is an answer.
    Network,
    /// TLS, before anything was sent: whoever is there does not show who it is.
    Tls(TlsObstacle),
}

/// Why a connection of TLS is not made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum TlsObstacle {
    /// The certificate is not of an authority that is trusted.
    UnknownIssuer,
    /// The certificate is of other names than the endpoint's.
    OtherName,
    /// The certificate is no longer valid, or not yet.
    Validity,
    /// The certificate is none that an endpoint may have: an authority's own, a revoked one, one of another use.
    Certificate,
    /// Anything else: another version of TLS, or no TLS at all.
    Handshake,
}
