//! Why an RSA or elliptic curve key is not taken. Says what kind of thing it is, never a byte of it.

/// What is wrong with a key that was given as DER or as a point.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum KeyProblem {
    /// Not the encoding that it has to be, or bytes after its end.
    #[error("it is not the DER of {0}")]
    Encoding(&'static str),

    /// A key of another algorithm.
    #[error("it is not {0}")]
    Algorithm(&'static str),

    /// An RSA modulus that is too short or too long.
    #[error("its RSA modulus has {0} bits; 2048 to 8192 bits are taken")]
    ModulusBits(u32),

    /// A length of modulus in which no key is generated.
    #[error("RSA keys are generated with 2048, 3072, 4096 or 8192 bits, not {0}")]
    GeneratedBits(u32),

    /// More bytes than a key of a size that is taken can have.
    #[error("it has {length} bytes, more than the {limit} that a key can have")]
    TooLong {
        /// Length in bytes.
        length: usize,
        /// The limit in bytes.
        limit: usize,
    },

    /// A curve that coldseal and AWS KMS do not use, or one given by its numbers.
    #[error("its curve is none of P-256, P-384 and P-521, by name")]
    Curve,

    /// A point that is not on the curve, or not in one of the forms that are taken.
    #[error("its public key is not a point of the curve in compressed or uncompressed form")]
    Point,

    /// Numbers that do not make a key: primes that do not give the modulus, a scalar out of range, another key's public part.
    #[error("its parts do not belong together")]
    Inconsistent,

    /// PEM whose key is under a passphrase.
    #[error("it is encrypted; 'openssl pkey -in FILE -out PLAIN' takes the passphrase off")]
    Encrypted,

    /// PEM with more than one key.
    #[error("it holds more than one key")]
    SeveralKeys,

    /// PEM with a certificate and no key.
    #[error("it holds a certificate and no key of its own; 'openssl x509 -in FILE -noout -pubkey' prints the certificate's public key")]
    Certificate,

    /// The format of ssh-keygen.
    #[error("it holds a private key in the format of OpenSSH; 'ssh-keygen -p -m PKCS8 -f COPY' rewrites a copy as PEM")]
    OpenSsh,

    /// Text in UTF-16.
    #[error("it is UTF-16 text, which no key is written in; 'iconv -f UTF-16 -t UTF-8 FILE > NEW' makes plain PEM of it")]
    Utf16,

    /// Neither PEM nor DER of a key.
    #[error("it holds no RSA or elliptic curve key in PEM or DER")]
    NoKey,
}
