//! Asymmetric keys: what each kind does and refuses, against a keystore and answers that were made once by an independent implementation
//! (Python, `cryptography`).

mod keyrings;
mod lifecycle;

use base64::{Engine as _, engine::general_purpose::STANDARD};
use proptest::prelude::*;
use serde_json::Value;

use super::*;
use crate::{
    crypto::{Curve, EcPrivateKey, SystemRandom},
    keyring::{
        KeyDirectory as _,
        RsaEncryptionAlgorithm::{self, RsaesOaepSha1, RsaesOaepSha256},
    },
    kms::{KeystoreLocation, Passphrases},
    secret::SecretBytes,
};

const KEYSTORE: &[u8] = include_bytes!("../../../../tests/data/keystore-v1-asymmetric.json");
const KEY_FILE: &[u8] = include_bytes!("../../../../tests/data/keystore-v1-asymmetric.key");
const ANSWERS: &str = include_str!("../../../../tests/data/keystore-v1-asymmetric.answers.json");
const RSA: [KeySpec; 3] = [KeySpec::Rsa2048, KeySpec::Rsa3072, KeySpec::Rsa4096];
const CURVES: [KeySpec; 3] = [KeySpec::EccNistP256, KeySpec::EccNistP384, KeySpec::EccNistP521];
const ALGORITHMS: [RsaEncryptionAlgorithm; 2] = [RsaesOaepSha1, RsaesOaepSha256];

struct Never;

impl Passphrases for Never {
    fn current(&self) -> Result<SecretBytes> {
        panic!("asked for a passphrase")
    }

    fn new_passphrase(&self) -> Result<SecretBytes> {
        panic!("asked for a new passphrase")
    }
}

/// One key of each spec in us-west-2, its alias named like the spec; the RSA_2048 one is in eu-west-1 too.
pub(super) fn stored() -> EmbeddedKms {
    let folder = tempfile::TempDir::new().expect("a folder");
    let location = KeystoreLocation::new(folder.path().join("keystore.json"));
    for (path, bytes) in [(&location.keystore, KEYSTORE), (&location.key_file, KEY_FILE)] {
        std::fs::write(path, bytes).expect("written");
        #[cfg(unix)]
        std::fs::set_permissions(path, std::os::unix::fs::PermissionsExt::from_mode(0o600)).expect("set");
    }
    let mut kms = location.load(&Never).expect("loads").expect("a keystore");
    kms.clock = Clock::Fixed(kms.last_written().expect("written"));
    kms
}

fn key(kms: &EmbeddedKms, spec: KeySpec) -> KeyArn {
    kms.resolve(west(), &format!("alias/{spec}")).expect("there")
}

fn symmetric(kms: &EmbeddedKms) -> KeyArn {
    kms.resolve(west(), "alias/symmetric").expect("there")
}

fn answers(member: &str) -> Vec<Value> {
    let document: Value = serde_json::from_str(ANSWERS).expect("JSON");
    let list = document[member].as_array().expect("a list").clone();
    assert!(!list.is_empty());
    list
}

fn bytes(answer: &Value, member: &str) -> Vec<u8> {
    STANDARD.decode(answer[member].as_str().expect(member)).expect("base64")
}

fn none() -> EncryptionContext {
    EncryptionContext::new()
}

#[test]
fn what_another_implementation_made_is_read_the_same() {
    let kms = stored();
    for answer in answers("PublicKeys") {
        let shown = kms.get_public_key(west(), answer["KeyId"].as_str().expect("an id")).expect("shown");
        assert_eq!((shown.key_spec.name(), shown.public_key), (answer["KeySpec"].as_str().expect("a spec"), bytes(&answer, "PublicKey")));
    }
    for answer in answers("Ciphertexts") {
        let algorithm = EncryptionAlgorithm::parse("encryptionAlgorithm", answer["EncryptionAlgorithm"].as_str().expect("a name"));
        let blob = CiphertextBlob(bytes(&answer, "CiphertextBlob"));
        let decrypted = kms.decrypt_with(west(), answer["KeyId"].as_str(), algorithm.expect("known"), &blob, &none()).expect("decrypts");
        assert_eq!(decrypted.plaintext.expose(), answer["Plaintext"].as_str().expect("text").as_bytes());
        assert_eq!((decrypted.key_id.key_id(), decrypted.key_material_id), (answer["KeyId"].as_str().expect("an id"), None));
    }
    for answer in answers("SharedSecrets") {
        let derived = kms.derive_shared_secret_in(west(), answer["KeyId"].as_str().expect("an id"), &bytes(&answer, "PublicKey"));
        assert_eq!(derived.expect("agrees").shared_secret.expose(), bytes(&answer, "SharedSecret"));
    }
}

#[test]
fn metadata_and_public_key_have_the_members_of_aws_in_their_order() {
    let kms = stored();
    let members = |value: Value| value.as_object().expect("an object").keys().cloned().collect::<Vec<_>>();
    for (spec, algorithms) in [(KeySpec::Rsa3072, "EncryptionAlgorithms"), (KeySpec::EccNistP384, "KeyAgreementAlgorithms")] {
        let described = serde_json::to_value(kms.describe_key(west(), key(&kms, spec).key_id()).expect("there")).expect("JSON");
        assert_eq!(
            members(described)[6..],
            ["KeyUsage", "KeyState", "Origin", "KeyManager", "CustomerMasterKeySpec", "KeySpec", algorithms, "MultiRegion"]
        );
        let shown = serde_json::to_value(kms.get_public_key(west(), &format!("alias/{spec}")).expect("shown")).expect("JSON");
        assert_eq!(shown["KeyUsage"], spec.usage().name());
        assert_eq!(members(shown), ["KeyId", "PublicKey", "CustomerMasterKeySpec", "KeySpec", "KeyUsage", algorithms]);
    }
    let (code, message) = refusal(kms.get_public_key(west(), "alias/symmetric"));
    let expected = format!("{} key spec is SYMMETRIC_DEFAULT which is not valid for GetPublicKey.", symmetric(&kms));
    assert_eq!((code, message), (ErrorCode::UnsupportedOperationException, expected));
}

#[test]
fn rsa_encrypts_up_to_the_limits_of_aws() {
    let kms = stored();
    let limits = [[214, 190], [342, 318], [470, 446]];
    for (spec, limits) in RSA.into_iter().zip(limits) {
        let arn = key(&kms, spec);
        for (algorithm, limit) in ALGORITHMS.into_iter().zip(limits) {
            for length in [1, limit] {
                let plaintext = vec![7; length];
                let blob = kms.encrypt_with(&arn, EncryptionAlgorithm::Rsa(algorithm), &plaintext, &none()).expect("encrypts");
                assert_eq!(Some(blob.0.len() * 8), spec.modulus_bits().and_then(|bits| usize::try_from(bits).ok()));
                assert_eq!(kms.decrypt_rsa(&arn, algorithm, &blob.0).expect("decrypts").expose(), plaintext);
            }
            let refused = refusal(kms.encrypt_with(&arn, EncryptionAlgorithm::Rsa(algorithm), &vec![7; limit + 1], &none()));
            let message = format!("Algorithm {} and key spec {spec} cannot encrypt data larger than {limit} bytes.", algorithm.name());
            assert_eq!(refused, (ErrorCode::ValidationException, message));
            for length in [0, 4097] {
                let refused = refusal(kms.encrypt_with(&arn, EncryptionAlgorithm::Rsa(algorithm), &vec![7; length], &none()));
                assert!(refused.0 == ErrorCode::ValidationException && refused.1.contains("at 'plaintext'"), "{}", refused.1);
            }
        }
    }
}

#[test]
fn every_failed_rsa_decryption_says_the_same() {
    let kms = stored();
    let arn = key(&kms, KeySpec::Rsa2048);
    let blob = kms.encrypt_with(&arn, EncryptionAlgorithm::Rsa(RsaesOaepSha256), b"data", &none()).expect("encrypts").0;
    let invalid = (ErrorCode::InvalidCiphertextException, String::new());
    let mut others = vec![vec![0; 256], vec![0xFF; 256], vec![1], blob[..255].to_vec(), [&blob[..], &[0]].concat(), vec![1; 6144]];
    for at in [0, 1, 128, 255] {
        let mut changed = blob.clone();
        changed[at] ^= 1;
        others.push(changed);
    }
    for other in others {
        assert_eq!(refusal(kms.decrypt_rsa(&arn, RsaesOaepSha256, &other)), invalid, "{} bytes", other.len());
    }
    assert_eq!(refusal(kms.decrypt_rsa(&arn, RsaesOaepSha1, &blob)), invalid);
    assert_eq!(refusal(kms.decrypt_rsa(&key(&kms, KeySpec::Rsa3072), RsaesOaepSha256, &blob)), invalid);
    // AWS parses a blob before it looks at the key that was named.
    assert_eq!(refusal(kms.decrypt_in(west(), Some(arn.key_id()), &CiphertextBlob(blob.clone()), &none())), invalid);
    for length in [0, 6145] {
        assert_eq!(refusal(kms.decrypt_rsa(&arn, RsaesOaepSha256, &vec![1; length])).0, ErrorCode::ValidationException);
    }
}

#[test]
fn a_key_does_only_what_its_usage_and_spec_allow() {
    let kms = stored();
    let (rsa, curve, symmetric) = (key(&kms, KeySpec::Rsa2048), key(&kms, KeySpec::EccNistP256), symmetric(&kms));
    let by_rsa = EncryptionAlgorithm::Rsa(RsaesOaepSha256);
    let point = EcPrivateKey::generate(Curve::P256, &SystemRandom).expect("made");
    let usage = |arn: &KeyArn, usage: KeyUsage, operation: &str| format!("{arn} key usage is {usage} which is not valid for {operation}.");
    let wrong_usage = [
        (refusal(kms.encrypt(&curve, b"x", &context())), usage(&curve, KeyUsage::KeyAgreement, "Encrypt")),
        (refusal(kms.encrypt_with(&curve, by_rsa, b"x", &none())), usage(&curve, KeyUsage::KeyAgreement, "Encrypt")),
        (refusal(kms.decrypt_rsa(&curve, RsaesOaepSha1, b"x")), usage(&curve, KeyUsage::KeyAgreement, "Decrypt")),
        (refusal(kms.generate_data_key(&curve, &context())), usage(&curve, KeyUsage::KeyAgreement, "GenerateDataKey")),
        (refusal(kms.derive_shared_secret(&rsa, point.public_key())), usage(&rsa, KeyUsage::EncryptDecrypt, "DeriveSharedSecret")),
        (
            refusal(kms.derive_shared_secret_in(west(), symmetric.key_id(), b"")),
            usage(&symmetric, KeyUsage::EncryptDecrypt, "DeriveSharedSecret"),
        ),
        (refusal(kms.encrypt(&rsa, b"x", &context())), "Algorithm SYMMETRIC_DEFAULT is incompatible with key spec RSA_2048.".to_owned()),
        (
            refusal(kms.encrypt_with(&symmetric, by_rsa, b"x", &none())),
            "Algorithm RSAES_OAEP_SHA_256 is incompatible with key spec SYMMETRIC_DEFAULT.".to_owned(),
        ),
        (
            refusal(kms.decrypt_rsa(&symmetric, RsaesOaepSha1, b"x")),
            "Algorithm RSAES_OAEP_SHA_1 is incompatible with key spec SYMMETRIC_DEFAULT.".to_owned(),
        ),
        (refusal(kms.generate_data_key(&rsa, &none())), "You cannot generate a data key with an asymmetric CMK".to_owned()),
        (refusal(kms.generate_data_key_of(&rsa, 16, &none())), "You cannot generate a data key with an asymmetric CMK".to_owned()),
    ];
    for ((code, message), expected) in wrong_usage {
        assert_eq!((code, message), (ErrorCode::InvalidKeyUsageException, expected));
    }
    let blob = kms.encrypt(&symmetric, b"data", &context()).expect("encrypts");
    for other in [&rsa, &curve] {
        assert_eq!(refusal(kms.decrypt(other, &blob, &context())).0, ErrorCode::IncorrectKeyException);
    }
    let with_context = "EncryptionContext is not supported when encrypting/decrypting with asymmetric CMKs.";
    let encrypted = kms.encrypt_with(&rsa, by_rsa, b"x", &none()).expect("encrypts");
    let validation = [
        (refusal(kms.encrypt_with(&rsa, by_rsa, b"x", &context())), with_context),
        (refusal(kms.decrypt_with(west(), Some(rsa.key_id()), by_rsa, &encrypted, &context())), with_context),
        (refusal(kms.decrypt_with(west(), None, by_rsa, &encrypted, &none())), "KeyId must not be null"),
    ];
    for ((code, message), expected) in validation {
        assert_eq!((code, &message[..]), (ErrorCode::ValidationException, expected));
    }
}

#[test]
fn algorithms_have_the_names_of_aws() {
    for algorithm in EncryptionAlgorithm::ALL {
        assert_eq!(EncryptionAlgorithm::parse("x", algorithm.name()).expect("known"), algorithm);
    }
    assert_eq!(refusal(EncryptionAlgorithm::parse("x", "SM2PKE")).0, ErrorCode::UnsupportedOperationException);
    let (code, message) = refusal(EncryptionAlgorithm::parse("encryptionAlgorithm", "RSAES_PKCS1_V1_5"));
    assert!(
        code == ErrorCode::ValidationException && message.contains("at 'encryptionAlgorithm'") && message.contains("SM2PKE"),
        "{message}"
    );
}

#[test]
fn both_sides_agree_and_nothing_but_a_point_of_the_curve_is_taken() {
    let kms = stored();
    for spec in CURVES {
        let arn = key(&kms, spec);
        let curve = spec.curve().expect("a curve");
        let peer = EcPrivateKey::generate(curve, &SystemRandom).expect("made");
        let Some(PublicKey::EllipticCurve(own)) = kms.public_key(&arn) else { panic!("a key on a curve") };
        let derived = kms.derive_shared_secret(&arn, peer.public_key()).expect("agrees");
        assert_eq!((derived.expose(), derived.len()), (peer.agree(own).expect("agrees").expose(), curve.coordinate_length()));

        let der = peer.public_key().to_spki_der();
        let mut off_the_curve = der.to_vec();
        *off_the_curve.last_mut().expect("bytes") ^= 1;
        let rsa = kms.get_public_key(west(), "alias/RSA_2048").expect("shown").public_key;
        let wrong: [&[u8]; 7] =
            [b"", b"\0", &der[..der.len() - 1], &[der, &[0]].concat(), peer.public_key().to_compressed(), &off_the_curve, &rsa];
        for wrong in wrong {
            let (code, message) = refusal(kms.derive_shared_secret_in(west(), arn.key_id(), wrong));
            assert!(code == ErrorCode::ValidationException && message.starts_with("PublicKey: the key cannot be used: "), "{message}");
        }
        for other in CURVES.into_iter().filter(|other| *other != spec) {
            let other = kms.get_public_key(west(), key(&kms, other).key_id()).expect("shown").public_key;
            let (code, message) = refusal(kms.derive_shared_secret_in(west(), arn.key_id(), &other));
            assert!(code == ErrorCode::ValidationException && message.contains(spec.name()), "{message}");
        }
    }
}

#[test]
fn a_key_is_found_by_its_point() {
    let mut kms = stored();
    for spec in CURVES {
        let arn = key(&kms, spec);
        let Some(PublicKey::EllipticCurve(own)) = kms.public_key(&arn).cloned() else { panic!("a key on a curve") };
        assert_eq!(kms.key_with_public_key(&own), Some(arn));
        let stranger = EcPrivateKey::generate(own.curve(), &SystemRandom).expect("made");
        assert_eq!(kms.key_with_public_key(stranger.public_key()), None);
    }
    // The replica that can be used, whichever Region comes first.
    let request =
        CreateKey { multi_region: true, key_spec: KeySpec::EccNistP256, key_usage: Some(KeyUsage::KeyAgreement), ..CreateKey::default() };
    let primary = kms.create_key_with(west(), request).expect("made").arn;
    let replica = kms.replicate_key(west(), primary.key_id(), region("eu-west-1"), CreateKey::default()).expect("replicated");
    let replica = replica.replica_key_metadata.arn;
    let Some(PublicKey::EllipticCurve(point)) = kms.public_key(&primary).cloned() else { panic!("a key on a curve") };
    for (disabled, other) in [(&primary, &replica), (&replica, &primary)] {
        kms.disable_key(disabled.region(), disabled.key_id()).expect("disabled");
        assert_eq!(kms.key_with_public_key(&point).as_ref(), Some(other));
        kms.enable_key(disabled.region(), disabled.key_id()).expect("enabled");
    }
    for arn in [&primary, &replica] {
        kms.disable_key(arn.region(), arn.key_id()).expect("disabled");
    }
    assert!(kms.key_with_public_key(&point).is_some(), "named, so that the refusal says why");
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, ..ProptestConfig::default() })]
    #[test]
    fn any_bytes_are_refused_alike(noise in proptest::collection::vec(any::<u8>(), 1..700), of_length in any::<bool>()) {
        let kms = kms_for_noise();
        let (rsa, curve) = (key(kms, KeySpec::Rsa2048), key(kms, KeySpec::EccNistP384));
        let mut ciphertext = noise.clone();
        if of_length {
            ciphertext.resize(256, 0);
        }
        let refused = refusal(kms.decrypt_rsa(&rsa, RsaesOaepSha256, &ciphertext));
        prop_assert_eq!(refused, (ErrorCode::InvalidCiphertextException, String::new()));
        prop_assert_eq!(refusal(kms.derive_shared_secret_in(west(), curve.key_id(), &noise)).0, ErrorCode::ValidationException);
    }
}

/// Read once for all cases.
fn kms_for_noise() -> &'static EmbeddedKms {
    static KMS: std::sync::OnceLock<EmbeddedKms> = std::sync::OnceLock::new();
    KMS.get_or_init(stored)
}
