//! The credentials that requests are signed with.

use base64::{Engine as _, prelude::BASE64_STANDARD};

use crate::{
    crypto::{Random, constant_time_eq},
    error::Result,
    secret::SecretBytes,
};

/// Random bytes of an access key id; it has as many characters as AWS's.
const KEY_ID_LENGTH: usize = 8;

/// Random bytes of a secret access key, which make 40 characters of base64, as many as AWS's have.
const SECRET_LENGTH: usize = 30;

/// An access key id and its secret access key.
#[derive(Debug)]
pub struct Credentials {
    access_key_id: String,
    secret_access_key: SecretBytes,
}

impl Credentials {
    /// Fresh credentials. The access key id begins with `COLD`, so that nobody takes it for one of AWS's.
    ///
    /// # Errors
    /// No random bytes.
    pub fn generate(random: &dyn Random) -> Result<Self> {
        let mut id = [0; KEY_ID_LENGTH];
        random.fill(&mut id)?;
        let mut secret = SecretBytes::zeroed(SECRET_LENGTH);
        random.fill(secret.expose_mut())?;
        let text = BASE64_STANDARD.encode(secret.expose());
        Ok(Self { access_key_id: format!("COLD{}", hex::encode_upper(id)), secret_access_key: SecretBytes::new(text.into_bytes()) })
    }

    /// These credentials; `None` where they are not printable ASCII, which no header could name.
    #[must_use]
    pub fn from_parts(access_key_id: &str, secret_access_key: SecretBytes) -> Option<Self> {
        let is_printable = |bytes: &[u8]| !bytes.is_empty() && bytes.iter().all(u8::is_ascii_graphic);
        let is_fit = is_printable(access_key_id.as_bytes()) && is_printable(secret_access_key.expose());
        is_fit.then(|| Self { access_key_id: access_key_id.to_owned(), secret_access_key })
    }

    /// The access key id, which is no secret.
    #[must_use]
    pub fn access_key_id(&self) -> &str {
        &self.access_key_id
    }

    /// The secret access key. Every caller is a place to review.
    #[must_use]
    pub fn expose_secret_access_key(&self) -> &str {
        std::str::from_utf8(self.secret_access_key.expose()).expect("a secret access key is ASCII")
    }

    pub(super) fn is_of(&self, access_key_id: &str) -> bool {
        constant_time_eq(self.access_key_id.as_bytes(), access_key_id.as_bytes())
    }
}
