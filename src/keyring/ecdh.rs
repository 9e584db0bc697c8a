//! Raw ECDH keyring and the reading half of the AWS KMS ECDH keyring (specification, "Raw ECDH Keyring", "AWS KMS ECDH Keyring", "Key Agreement Schemas").
//!
//! ```text
//! provider id   = "raw-ecdh", or "aws-kms-ecdh" where the sender's own key is in KMS; one layout, either opens both
//! provider info = 01 || u32 length || RECIPIENT || u32 length || SENDER                 compressed points
//! ciphertext    = salt(32) || commitment(32) || AES-256-GCM(wrapping key, IV 0, AAD = fixed info, data key) || tag(16)
//! fixed info    = "ecdh-key-derivation" 00 curve 00 "HMAC_SHA384" 00 SENDER || RECIPIENT 00 01 00 encryption context
//! commitment || wrapping key = SP 800-108 counter mode, HMAC-SHA-384(shared secret, u32 i || fixed info || 00 || salt || u32 512)
//! ```
//!
//! The IV is zero, since a wrapping key is used once: the salt is fresh for each EDK, and for those that are written here the sender's key too.

use super::{Keyring, Kms, UnwrapBudget, Unwrapped, kms_interface::Choice};
use crate::{
    arn::KeyArn,
    crypto::{Curve, EcPrivateKey, EcPublicKey, Random, WrappingKey, constant_time_eq, kdf_counter_hmac_sha384, random_array},
    error::{Error, Result},
    format::{EncryptedDataKey, EncryptionContext, IV_LENGTH},
    secret::{DATA_KEY_LENGTH, DataKey, SecretBytes},
};

/// Key provider id of an EDK whose sender's key is not in KMS.
pub const RAW_PROVIDER_ID: &str = "raw-ecdh";
/// Key provider id of an EDK whose sender's key is in KMS.
pub const KMS_PROVIDER_ID: &str = "aws-kms-ecdh";

const VERSION: u8 = 1;
const SALT: usize = 32;
const COMMITMENT: usize = 32;
const CIPHERTEXT: usize = SALT + COMMITMENT + DATA_KEY_LENGTH + 16;
const ZERO_IV: [u8; IV_LENGTH] = [0; IV_LENGTH];

/// Wraps data keys for an elliptic curve public key with a fresh ephemeral sender (schema `EphemeralPrivateKeyToStaticPublicKey`), and unwraps
/// with the private key where the caller holds it (schemas `PublicKeyDiscovery`, and `RawPrivateKeyToStaticPublicKey` from either side).
#[derive(Debug)]
pub struct RawEcdhKeyring {
    recipient: EcPublicKey,
    private: Option<EcPrivateKey>,
}

impl RawEcdhKeyring {
    /// A keyring that wraps only.
    #[must_use]
    pub const fn from_public_key(recipient: EcPublicKey) -> Self {
        Self { recipient, private: None }
    }

    /// A keyring that unwraps what was sent to the key, or sent with it, and wraps for its public part.
    #[must_use]
    pub fn from_private_key(private: EcPrivateKey) -> Self {
        Self { recipient: private.public_key().clone(), private: Some(private) }
    }

    /// The key that data keys are wrapped for.
    #[must_use]
    pub const fn public_key(&self) -> &EcPublicKey {
        &self.recipient
    }
}

impl Keyring for RawEcdhKeyring {
    fn wrap(&self, data_key: &DataKey, context: &EncryptionContext, random: &dyn Random) -> Result<EncryptedDataKey> {
        wrap(&self.recipient, data_key, context, random)
    }

    fn unwrap(&self, edk: &EncryptedDataKey, context: &EncryptionContext) -> Unwrapped {
        self.unwrap_within(edk, context, &UnwrapBudget::default())
    }

    fn unwrap_within(&self, edk: &EncryptedDataKey, context: &EncryptionContext, budget: &UnwrapBudget) -> Unwrapped {
        let Some(private) = &self.private else { return Unwrapped::NotForThisKeyring };
        let Some(info) = is_ecdh(edk).then(|| Info::parse(&edk.provider_info)) else { return Unwrapped::NotForThisKeyring };
        let Some(info) = info else { return Unwrapped::DoesNotUnwrap };
        let Some(peer) = info.peer_of(private.public_key()) else { return Unwrapped::NotForThisKeyring };
        let Some(points) = info.points() else { return Unwrapped::DoesNotUnwrap };
        if let Err(error) = budget.spend_private_key_operation() {
            return Unwrapped::Failed(error.into());
        }
        let secret = private.agree(points.get(peer));
        secret.ok().and_then(|secret| open(&secret, &points, context, &edk.ciphertext)).map_or(Unwrapped::DoesNotUnwrap, Unwrapped::DataKey)
    }
}

/// Unwraps with the key of `kms` that `by_point` gives for one of an EDK's points.
pub(super) fn unwrap_with_kms(
    kms: &dyn Kms,
    edk: &EncryptedDataKey,
    context: &EncryptionContext,
    by_point: impl Fn(&EcPublicKey) -> Choice,
) -> Unwrapped {
    let Some(points) = points(edk) else { return Unwrapped::DoesNotUnwrap };
    let mut passed_over = None;
    for peer in [Peer::Recipient, Peer::Sender] {
        match by_point(points.get(peer.other())) {
            Choice::Key(key) => return derive_and_open(kms, &key, peer, &points, context, edk),
            Choice::PassOver(reason) => passed_over = Some(reason),
            Choice::Other => {}
        }
    }
    passed_over.map_or(Unwrapped::NotForThisKeyring, Unwrapped::PassedOver)
}

fn points(edk: &EncryptedDataKey) -> Option<Points> {
    Info::parse(&edk.provider_info)?.points()
}

fn derive_and_open(
    kms: &dyn Kms,
    key: &KeyArn,
    peer: Peer,
    points: &Points,
    context: &EncryptionContext,
    edk: &EncryptedDataKey,
) -> Unwrapped {
    match kms.derive_shared_secret(key, points.get(peer)) {
        Ok(secret) => open(&secret, points, context, &edk.ciphertext).map_or(Unwrapped::DoesNotUnwrap, Unwrapped::DataKey),
        Err(error) => Unwrapped::refused(error),
    }
}

/// True for an EDK of this layout.
pub(super) fn is_ecdh(edk: &EncryptedDataKey) -> bool {
    matches!(edk.provider_id.as_str(), RAW_PROVIDER_ID | KMS_PROVIDER_ID)
}

/// The recipient's compressed point, for people to compare; `None` when the provider information is not laid out like that.
pub(super) fn recipient(provider_info: &[u8]) -> Option<&[u8]> {
    Info::parse(provider_info).map(|info| info.recipient)
}

/// The recipient's point, if both are on one curve.
pub(super) fn recipient_key(provider_info: &[u8]) -> Option<EcPublicKey> {
    Some(Info::parse(provider_info)?.points()?.recipient)
}

/// The points of recipient and sender, if both are on one curve.
pub(super) fn both_keys(provider_info: &[u8]) -> Option<[EcPublicKey; 2]> {
    let Points { recipient, sender } = Info::parse(provider_info)?.points()?;
    Some([recipient, sender])
}

fn wrap(recipient: &EcPublicKey, data_key: &DataKey, context: &EncryptionContext, random: &dyn Random) -> Result<EncryptedDataKey> {
    let sender = EcPrivateKey::generate(recipient.curve(), random)?;
    let secret = sender.agree(recipient)?;
    let points = Points { recipient: recipient.clone(), sender: sender.public_key().clone() };
    let salt: [u8; SALT] = random_array(random)?;
    let fixed_info = points.fixed_info(context)?;
    let keys = derive(&secret, &fixed_info, &salt).ok_or(Error::Misuse("a shared secret is never empty"))?;
    let mut ciphertext = salt.to_vec();
    ciphertext.extend_from_slice(&keys.commitment);
    ciphertext.extend_from_slice(&keys.wrapping_key.seal(ZERO_IV, &fixed_info, data_key.expose())?);
    Ok(EncryptedDataKey { provider_id: RAW_PROVIDER_ID.to_owned(), provider_info: points.provider_info()?, ciphertext })
}

/// `None` for whatever is wrong: nothing tells a wrong context from a wrong commitment or tag.
fn open(secret: &SecretBytes, points: &Points, context: &EncryptionContext, ciphertext: &[u8]) -> Option<DataKey> {
    let ciphertext: &[u8; CIPHERTEXT] = ciphertext.try_into().ok()?;
    let (salt, rest) = ciphertext.split_first_chunk::<SALT>()?;
    let (commitment, sealed) = rest.split_first_chunk::<COMMITMENT>()?;
    let fixed_info = points.fixed_info(context).ok()?;
    let keys = derive(secret, &fixed_info, salt)?;
    if !constant_time_eq(&keys.commitment, commitment) {
        return None;
    }
    DataKey::from_slice(keys.wrapping_key.open(ZERO_IV, &fixed_info, sealed).ok()?.expose())
}

struct DerivedKeys {
    commitment: [u8; COMMITMENT],
    wrapping_key: WrappingKey,
}

fn derive(secret: &SecretBytes, fixed_info: &[u8], salt: &[u8; SALT]) -> Option<DerivedKeys> {
    let info = [fixed_info, &[0], salt, &512_u32.to_be_bytes()].concat();
    let derived = kdf_counter_hmac_sha384(secret.expose(), &info).ok()?;
    let (commitment, wrapping_key) = derived.split_first_chunk::<COMMITMENT>()?;
    Some(DerivedKeys { commitment: *commitment, wrapping_key: WrappingKey::new(wrapping_key)? })
}

/// Whose point the other side of the agreement has.
#[derive(Clone, Copy)]
enum Peer {
    Recipient,
    Sender,
}

impl Peer {
    const fn other(self) -> Self {
        match self {
            Self::Recipient => Self::Sender,
            Self::Sender => Self::Recipient,
        }
    }
}

/// Provider information taken apart; both points have the length of one curve, and are not yet known to be on it.
struct Info<'a> {
    curve: Curve,
    recipient: &'a [u8],
    sender: &'a [u8],
}

impl<'a> Info<'a> {
    fn parse(provider_info: &'a [u8]) -> Option<Self> {
        let (version, rest) = provider_info.split_first()?;
        let (recipient, rest) = point(rest)?;
        let (sender, rest) = point(rest)?;
        let curve = Curve::ALL.into_iter().find(|curve| curve.point_length() == recipient.len())?;
        (*version == VERSION && sender.len() == recipient.len() && rest.is_empty()).then_some(Self { curve, recipient, sender })
    }

    /// Whose point is not `ours`, where the other one is.
    fn peer_of(&self, ours: &EcPublicKey) -> Option<Peer> {
        let ours = ours.to_compressed();
        if self.recipient == ours { Some(Peer::Sender) } else { (self.sender == ours).then_some(Peer::Recipient) }
    }

    /// The points, checked to be compressed and on the curve.
    fn points(&self) -> Option<Points> {
        let parse = |point| EcPublicKey::from_compressed(self.curve, point).ok();
        Some(Points { recipient: parse(self.recipient)?, sender: parse(self.sender)? })
    }
}

/// `u32 length || point`, and what follows.
fn point(bytes: &[u8]) -> Option<(&[u8], &[u8])> {
    let (length, rest) = bytes.split_first_chunk::<4>()?;
    rest.split_at_checked(usize::try_from(u32::from_be_bytes(*length)).ok()?)
}

/// Both ends of an agreement, on one curve.
struct Points {
    recipient: EcPublicKey,
    sender: EcPublicKey,
}

impl Points {
    const fn get(&self, peer: Peer) -> &EcPublicKey {
        match peer {
            Peer::Recipient => &self.recipient,
            Peer::Sender => &self.sender,
        }
    }

    fn provider_info(&self) -> Result<Vec<u8>> {
        let mut info = vec![VERSION];
        for point in [self.recipient.to_compressed(), self.sender.to_compressed()] {
            let length = u32::try_from(point.len()).map_err(|_| Error::Misuse("a point has at most 67 bytes"))?;
            info.extend_from_slice(&length.to_be_bytes());
            info.extend_from_slice(point);
        }
        Ok(info)
    }

    fn fixed_info(&self, context: &EncryptionContext) -> Result<Vec<u8>> {
        let mut info = b"ecdh-key-derivation\0".to_vec();
        info.extend_from_slice(self.recipient.curve().name().as_bytes());
        info.extend_from_slice(b"\0HMAC_SHA384\0");
        info.extend_from_slice(self.sender.to_compressed());
        info.extend_from_slice(self.recipient.to_compressed());
        info.extend_from_slice(b"\0\x01\0");
        info.extend_from_slice(&context.to_bytes()?);
        Ok(info)
    }
}
