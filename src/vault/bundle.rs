//! Seals and opens the bundle of one version of one secret for one Region.

use std::collections::BTreeMap;

use super::{
    edk_record::EdkRecord,
    value::{PayloadKind, SecretValue},
};
use crate::{
    arn::SecretArn,
    crypto::SystemRandom,
    error::{ContextMismatch, Error, FormatError, FormatProblem, Result},
    format::{EncryptionContext, Header},
    keyring::Keyring,
    message::{EncryptionMaterials, FrameLength, MessageSealer, OpenOptions, Opener, SECRET_ARN, seal_slice},
    secret::{DataKey, SecretBytes},
    suite::AlgorithmSuite,
};

const SECRET_VERSION_ID: &str = "SecretVersionId";
const PAYLOAD: &str = "coldseal:payload";

/// True for the keys that users may not set: what binds a bundle to its place, and what the message format keeps for itself.
pub(crate) fn is_reserved(key: &str) -> bool {
    key == SECRET_ARN || key == SECRET_VERSION_ID || key.starts_with("coldseal:") || EncryptionContext::is_reserved(key)
}

/// Which bundle it is: the secret's ARN in that Region, the version, and the user's pairs.
#[derive(Debug, Clone)]
pub(crate) struct BundleIdentity<'a> {
    pub(crate) arn: SecretArn,
    pub(crate) version_id: &'a str,
    pub(crate) user_context: &'a BTreeMap<String, String>,
}

impl BundleIdentity<'_> {
    /// The exact encryption context of the bundle, without the public key of a signed one.
    pub(super) fn context(&self, payload: PayloadKind) -> EncryptionContext {
        let mut context: EncryptionContext = self.user_context.iter().map(|(key, value)| (key.as_str(), value.as_str())).collect();
        context.insert(SECRET_ARN, self.arn.to_string());
        context.insert(SECRET_VERSION_ID, self.version_id);
        context.insert(PAYLOAD, payload.as_str());
        context
    }

    /// Text or bytes, if the header's context is that of this bundle and nothing else; a signed message has the public key besides.
    pub(super) fn check_context(&self, header: &Header) -> Result<PayloadKind, ContextMismatch> {
        let mut found = header.encryption_context.clone();
        if header.suite.is_signed() {
            found.remove(EncryptionContext::PUBLIC_KEY);
        }
        let payload = found.get(PAYLOAD).ok_or_else(|| ContextMismatch::Missing(PAYLOAD.to_owned()))?;
        let payload = PayloadKind::parse(payload).ok_or_else(|| ContextMismatch::Value(PAYLOAD.to_owned()))?;
        found.must_equal(&self.context(payload)).map(|()| payload)
    }
}

/// Seals `value` with materials that are bound to its bundle's context; a fresh message id, every frame encrypted anew. Gives the message, and
/// the data key's wrapped forms.
pub(crate) fn seal_bundle(value: &SecretValue, mut materials: EncryptionMaterials) -> Result<(Vec<u8>, Vec<EdkRecord>)> {
    let sealer = MessageSealer::new(&mut materials, FrameLength::default(), &SystemRandom)?;
    let mut message = Vec::new();
    seal_slice(value.expose(), &mut message, sealer)?;
    Ok((message, materials.encrypted_data_keys().iter().map(EdkRecord::of).collect()))
}

/// What a bundle holds.
#[derive(Debug)]
pub(crate) struct OpenedBundle {
    pub(crate) value: SecretValue,
    /// For another Region's bundle of the same version.
    pub(crate) data_key: DataKey,
    /// What the version's other bundles are sealed with too.
    pub(crate) suite: AlgorithmSuite,
}

/// The one function that opens a secret's bundle, for every command.
///
/// The header is verified first, then its context must be exactly that of `identity`, then the payload is decrypted, and a signature verified.
pub(crate) fn open_bundle(message: &[u8], identity: &BundleIdentity<'_>, keyrings: &[&dyn Keyring]) -> Result<OpenedBundle> {
    let options = OpenOptions { region: Some(identity.arn.region()), ..OpenOptions::default() };
    let (mut opener, data_key) = Opener::begin_keeping_data_key(message, keyrings, &options)?;
    let payload = identity.check_context(opener.header()).map_err(Error::EncryptionContext)?;
    // As much room as the message has: plaintext is never longer, so that nothing is left behind by growing.
    let mut plaintext = SecretBytes::zeroed(message.len());
    let mut length: usize = 0;
    while let Some(content) = opener.next_content()? {
        let end = length + content.len();
        let room = plaintext.expose_mut().get_mut(length..end).ok_or(FormatError::new("frame content", FormatProblem::Overrun))?;
        room.copy_from_slice(content);
        length = end;
    }
    plaintext.truncate(length);
    let value = SecretValue::new(payload, plaintext)?;
    Ok(OpenedBundle { value, data_key, suite: opener.header().suite })
}
