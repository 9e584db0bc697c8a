//! What refusals say: the fact alone, each under its name.

mod signatures;

use super::*;
use crate::{
    arn::{AliasArn, KeyArn, SecretArn},
    error::{EdkAttempt, EdkOutcome, KeyProblem, NoAnswer, Obstacle, PassedOver, SetupError},
    region::Region,
};

fn region() -> Region {
    Region::new("us-west-2").expect("a Region")
}

fn key() -> KeyArn {
    KeyArn::new(region(), "111122223333".parse().expect("an account"), "1234abcd-12ab-34cd-56ef-1234567890ab")
}

fn alias() -> AliasArn {
    AliasArn::new(region(), "111122223333".parse().expect("an account"), "app")
}

fn secret() -> SecretArn {
    "arn:aws:secretsmanager:us-west-2:111122223333:secret:a-Ab1Cd2".parse().expect("an ARN")
}

fn text() -> String {
    "x".to_owned()
}

fn keys() -> Vec<Refusal> {
    let (here, there, named, asked) = (key(), key(), region(), region());
    [
        KeyRefusal::InvalidArn(text()),
        KeyRefusal::InvalidKeyId(text()),
        KeyRefusal::OtherRegion(region()),
        KeyRefusal::NotOfRegion { named, asked },
        KeyRefusal::NotFound(key()),
        KeyRefusal::NotEmbedded(key()),
        KeyRefusal::AliasNotFound(alias()),
        KeyRefusal::DefaultInAws(text()),
        KeyRefusal::OfBothKinds { name: text(), region: region() },
        KeyRefusal::EmbeddedAndInAws { name: text(), here: here.clone(), there: there.clone() },
        KeyRefusal::ImportedAndInAws { name: text(), here, there },
        KeyRefusal::OfSecretsManager("alias/aws/secretsmanager"),
        KeyRefusal::NotHere { key_id: text(), region: region() },
        KeyRefusal::Disabled(key()),
        KeyRefusal::PendingDeletion(key()),
        KeyRefusal::NotPendingDeletion(key()),
        KeyRefusal::DisabledInAws(key()),
        KeyRefusal::StateInAws { key: key(), state: text() },
        KeyRefusal::AwsManaged { key: key(), operation: text() },
        KeyRefusal::Embedded(key()),
        KeyRefusal::PublicPartOnly { key: key(), operation: None },
        KeyRefusal::NotPrimary(key()),
        KeyRefusal::PrimaryAlready(key()),
        KeyRefusal::OtherPartition { key: key(), replica: region() },
        KeyRefusal::Exists(key()),
        KeyRefusal::OnDemandRotations(key()),
        KeyRefusal::NotTheSame(vec![text()]),
    ]
    .map(Refusal::from)
    .to_vec()
}

fn uses_of_keys() -> Vec<Refusal> {
    let uses = [
        KeyUseRefusal::Usage { key: key(), usage: "U", operation: text() },
        KeyUseRefusal::Spec { key: key(), spec: "S", operation: text() },
        KeyUseRefusal::Algorithm { algorithm: "A", spec: "S" },
        KeyUseRefusal::DataKeyUnderAsymmetric,
        KeyUseRefusal::WrapsNothing { key: key(), spec: text(), usage: text() },
        KeyUseRefusal::RsaInSignedMessage,
        KeyUseRefusal::RsaForSigned(key()),
        KeyUseRefusal::NoSuchKeys("RSA"),
        KeyUseRefusal::PlaintextTooLong { algorithm: "A", spec: "S", limit: 1 },
        KeyUseRefusal::ContextUnderAsymmetric,
        KeyUseRefusal::KeyIdMissing,
        KeyUseRefusal::OtherCurve { key: key(), own: "S", peer: "T" },
        KeyUseRefusal::PeerKey(KeyProblem::Point),
        KeyUseRefusal::OtherKey,
        KeyUseRefusal::InvalidCiphertext,
        KeyUseRefusal::CallLimit(16),
    ];
    let details = [
        KeyPropertyRefusal::AliasExists(alias()),
        KeyPropertyRefusal::AliasOfAws,
        KeyPropertyRefusal::AliasOfAlias,
        KeyPropertyRefusal::AliasPrefix,
        KeyPropertyRefusal::NotAnAlias,
        KeyPropertyRefusal::AliasCharacters(text()),
        KeyPropertyRefusal::AliasOfOtherKind { alias: text(), current: "S", key: key(), new: "T" },
        KeyPropertyRefusal::TooManyAliases { key: key(), count: 51, limit: 50 },
        KeyPropertyRefusal::TagTwice,
        KeyPropertyRefusal::TooManyTags,
        KeyPropertyRefusal::TagOfAws,
        KeyPropertyRefusal::NoSuchPolicy,
        KeyPropertyRefusal::PolicyTooLong { length: 2, limit: 1 },
    ];
    uses.map(Refusal::from).into_iter().chain(details.map(Refusal::from)).collect()
}

fn public_keys() -> Vec<Refusal> {
    let (named, asked) = (region(), region());
    [
        PublicKeyRefusal::NotAnswer { operation: "GetPublicKey", line: 1, column: 1 },
        PublicKeyRefusal::MemberMissing("KeyId"),
        PublicKeyRefusal::NotBase64,
        PublicKeyRefusal::OtherSpec { named: "S", found: "T" },
        PublicKeyRefusal::Symmetric("S"),
        PublicKeyRefusal::SpecsDiffer,
        PublicKeyRefusal::NeverUnwraps { usage: "U", why: "so" },
        PublicKeyRefusal::AlgorithmMissing { member: "M", spec: "S", needed: &["A"], missing: "A" },
        PublicKeyRefusal::NotDer,
        PublicKeyRefusal::ModulusLength,
        PublicKeyRefusal::OtherEncoding,
        PublicKeyRefusal::Arn(NotAKeyArn::Partition(region())),
        PublicKeyRefusal::Utf16,
        PublicKeyRefusal::NotUtf8,
        PublicKeyRefusal::NamedTwice,
        PublicKeyRefusal::BareKeyId(text()),
        PublicKeyRefusal::OtherKeyId(key()),
        PublicKeyRefusal::NotNamed,
        PublicKeyRefusal::UnknownFile,
        PublicKeyRefusal::NotOnePem,
        PublicKeyRefusal::NotAnAlias,
        PublicKeyRefusal::AliasTwice(alias()),
        PublicKeyRefusal::OtherRegion { what: "key", named, asked },
        PublicKeyRefusal::IdOfEmbedded(key()),
        PublicKeyRefusal::OtherPublicKey { key: key(), known: text(), given: text() },
        PublicKeyRefusal::IdOfImported { known: key(), key: key() },
        PublicKeyRefusal::OtherSibling(key()),
        PublicKeyRefusal::AliasTaken { alias: text(), known: key(), key: key() },
        PublicKeyRefusal::OtherFingerprint { key: key(), sha256: text() },
        PublicKeyRefusal::FingerprintUnused(text()),
        PublicKeyRefusal::NotAFingerprint,
        PublicKeyRefusal::FileTooLong(1),
    ]
    .map(Refusal::from)
    .to_vec()
}

fn secrets() -> Vec<Refusal> {
    let differences = vec![
        SecretDifference::Description,
        SecretDifference::Tags,
        SecretDifference::EncryptionContext,
        SecretDifference::ResourcePolicy,
        SecretDifference::RotationRules,
        SecretDifference::DataKeyScope,
        SecretDifference::KmsKeyId,
        SecretDifference::ReplicaRegions,
        SecretDifference::ReplicaKmsKeyId,
        SecretDifference::RecoveryKeys,
        SecretDifference::Signature,
        SecretDifference::Value,
    ];
    [
        SecretRefusal::NotFound,
        SecretRefusal::Elsewhere { region: region(), others: vec![region()] },
        SecretRefusal::ReplicaFailed { region: region(), message: text(), others: vec![region()] },
        SecretRefusal::NoVersion(text()),
        SecretRefusal::NoStage(text()),
        SecretRefusal::StageOfOtherVersion,
        SecretRefusal::NotAnArn(text()),
        SecretRefusal::ArnOfOtherRegion { named: region(), asked: region() },
        SecretRefusal::InSeveralRegions { name: text(), regions: vec![region()] },
        SecretRefusal::OnReplica,
        SecretRefusal::NotAReplica { region: region(), replicas: vec![region()] },
        SecretRefusal::NotVouchedFor(text()),
        SecretRefusal::ReplicaBehind { region: region(), message: text() },
        SecretRefusal::Exists(text()),
        SecretRefusal::TokenInUse { token: text(), secret: secret() },
        SecretRefusal::Differs { name: text(), differences: differences.clone() },
        SecretRefusal::NotUpdated { name: text(), differences },
        SecretRefusal::NotComparable(Box::new(BundleRefusal::Changed("x".into()))),
        SecretRefusal::NotReadable(text()),
        SecretRefusal::NameLength(0),
        SecretRefusal::NameForm(text()),
        SecretRefusal::NameTwice { name: text(), first: None },
        SecretRefusal::TokenLength(1),
        SecretRefusal::DescriptionLength,
        SecretRefusal::TagOfAws(text()),
        SecretRefusal::TagTwice(text()),
        SecretRefusal::TooManyTags { count: 51, limit: 50 },
        SecretRefusal::EmptyValue,
        SecretRefusal::ValueTooLong { length: 2, limit: 1 },
        SecretRefusal::ValueNotUtf8,
        SecretRefusal::Rotation(RotationRefusal::BothGiven),
        SecretRefusal::Rotation(RotationRefusal::NoneGiven),
        SecretRefusal::Rotation(RotationRefusal::Window(1)),
        SecretRefusal::KeyWithoutRegion,
        SecretRefusal::SignedInPart,
    ]
    .map(Refusal::from)
    .to_vec()
}

fn policies() -> Vec<Refusal> {
    [
        PolicyRefusal::Syntax(text()),
        PolicyRefusal::UnsupportedPrincipal(text()),
        PolicyRefusal::InvalidServicePrincipal(text()),
        PolicyRefusal::BroadAccess(text()),
        PolicyRefusal::OtherName,
        PolicyRefusal::NothingToAllow,
        PolicyRefusal::NoKeyInPrimaryRegion { name: text(), region: Some(region()) },
        PolicyRefusal::NoKeyInPrimaryRegion { name: text(), region: None },
    ]
    .map(Refusal::from)
    .to_vec()
}

fn bundles_and_regions() -> Vec<Refusal> {
    let passed_over = |outcome| EdkAttempt { provider_id: text(), key: text(), outcome };
    let (account, partition) = (key().account().clone(), region().partition());
    let attempts = vec![
        passed_over(EdkOutcome::NoKeyHere),
        passed_over(EdkOutcome::DoesNotUnwrap),
        passed_over(EdkOutcome::PassedOver(PassedOver::OtherAccount { account: account.clone(), partition })),
        passed_over(EdkOutcome::PassedOver(PassedOver::OtherPartition { account, partition })),
        passed_over(EdkOutcome::PassedOver(PassedOver::OtherRegion { region: region(), asked: region() })),
        passed_over(EdkOutcome::PassedOver(PassedOver::InSignedMessage)),
        passed_over(EdkOutcome::PassedOver(PassedOver::OnRecord(key()))),
        passed_over(EdkOutcome::PassedOver(PassedOver::UnknownPoint)),
    ];
    let missing = || BundleRefusal::MissingForGood("x".into());
    let bundles = [
        BundleRefusal::NotOnRecord { version_id: text(), region: region() },
        BundleRefusal::Missing("x".into()),
        BundleRefusal::OnlyElsewhere { path: "x".into(), here: vec![region()] },
        missing(),
        BundleRefusal::Changed("x".into()),
        BundleRefusal::NoUsableKey { path: "x".into(), attempts, others: vec![region()] },
        BundleRefusal::DoesNotOpen { path: "x".into(), why: text() },
        BundleRefusal::Disproved { region: region(), version_id: text() },
        BundleRefusal::NotFromElsewhere { refusal: Box::new(missing()), region: region() },
    ];
    let replicas = [
        ReplicaRefusal::NoneNamed,
        ReplicaRefusal::NamedTwice,
        ReplicaRefusal::UnknownRegion(text()),
        ReplicaRefusal::UnknownRegion("us-wst-2".to_owned()),
        ReplicaRefusal::PrimaryRegion,
        ReplicaRefusal::OtherPartition { region: region(), primary: region() },
        ReplicaRefusal::NameTaken,
        ReplicaRefusal::HasReplicas { secret: secret(), replicas: vec![region()] },
        ReplicaRefusal::InSyncUnderOtherKey { current: text(), asked: key() },
        ReplicaRefusal::NoKeyNamed(region()),
        ReplicaRefusal::NoKeyBesideImported(region()),
        ReplicaRefusal::EmbeddedWithAws(text()),
        ReplicaRefusal::EmbeddedBesideImported(text()),
        ReplicaRefusal::KeyOfOtherAccount(key()),
    ];
    bundles.map(Refusal::from).into_iter().chain(replicas.map(Refusal::from)).collect()
}

fn requests() -> Vec<Refusal> {
    let broken = [
        Constraint::LeastLength(1),
        Constraint::MostLength(1),
        Constraint::LeastValue(1),
        Constraint::MostValue(1),
        Constraint::Pattern("x"),
        Constraint::OneOf(vec!["x"]),
        Constraint::Required,
        Constraint::NotNull,
        Constraint::Known(vec!["x"]),
        Constraint::Type(MemberType::String),
        Constraint::Base64,
        Constraint::Region,
    ];
    [
        RequestRefusal::Invalid(broken.map(|broken| Violation::new("x", broken)).to_vec()),
        RequestRefusal::ContextTooLong(text()),
        RequestRefusal::SizeMissing,
        RequestRefusal::SizeOrSpec,
        RequestRefusal::SpecsDiffer,
        RequestRefusal::UsageMissing,
        RequestRefusal::UsageNotOfSpec { usage: "U", spec: "S" },
        RequestRefusal::Marker,
        RequestRefusal::NextToken,
        RequestRefusal::OtherKindOfKeys { what: "key spec", name: text(), known: vec!["S"] },
        RequestRefusal::Sm2Algorithm { name: text(), known: vec!["A"] },
        RequestRefusal::Member("M"),
        RequestRefusal::Origin { origin: text(), own: "AWS_KMS" },
        RequestRefusal::RotationsOnly(text()),
        RequestRefusal::UnknownOperation(text()),
        RequestRefusal::NotOptedIn(region()),
        RequestRefusal::ReplicaNotOptedIn(region()),
        RequestRefusal::DryRun,
        RequestRefusal::State(SetupError::RegionNotEnabled(region())),
    ]
    .map(Refusal::from)
    .to_vec()
}

fn setup() -> Vec<SetupError> {
    let account = || key().account().clone();
    vec![
        SetupError::NoVault("x".into()),
        SetupError::NothingThere("x".into()),
        SetupError::NothingToVerify("x".into()),
        SetupError::NotInRegionFolder("x".into()),
        SetupError::NoKeystore("x".into()),
        SetupError::NoKeyFile { keystore: "x".into(), key_file: "y".into() },
        SetupError::OtherAccount { keystore: "x".into(), account: account(), asked: account() },
        SetupError::RegionNotEnabled(region()),
        SetupError::NoKeys(region()),
        SetupError::KeysOfOtherAccount { own: account(), others: account() },
        SetupError::RegionsElsewhere { key: key(), regions: vec![region()] },
        SetupError::OtherKeystore("x".into()),
        SetupError::NewerKeystore { path: "x".into(), format: 2, known: 1 },
        SetupError::WrongPassphrase("x".into()),
        SetupError::WrongKeyFile { keystore: "x".into(), key_file: "y".into() },
        SetupError::NotAKeyFile { path: "x".into(), length: 32 },
        SetupError::KeyFileNotRegular("x".into()),
        SetupError::SecretFileMode { path: "x".into(), mode: 0o644 },
        SetupError::SecretFileOwner { path: "x".into(), owner: 1000 },
        SetupError::KeyFileExists("x".into()),
        SetupError::KeyFileOfOther("x".into()),
        SetupError::KeyFileShared { other: "x".into(), key_file: "y".into() },
        SetupError::FileExists("x".into()),
        SetupError::EmptyPassphrase,
        SetupError::SigningKeyPassphrase,
        SetupError::NoCredentials(text()),
        SetupError::AwsConfiguration,
        SetupError::NoAttempts,
        SetupError::Endpoint(text()),
        SetupError::NotLoopback("192.0.2.1:1".parse().expect("an address")),
    ]
}

#[test]
fn no_refusal_names_a_flag_or_a_command() {
    let refusals =
        [keys(), uses_of_keys(), public_keys(), secrets(), policies(), bundles_and_regions(), requests(), signatures::all()].concat();
    let facts = refusals.iter().map(ToString::to_string);
    for fact in facts.chain(setup().into_iter().map(|error| error.to_string())) {
        let is_flag = |word: &str| word.strip_prefix("--").is_some_and(|name| name.starts_with(|letter: char| letter.is_ascii_lowercase()));
        let has_flag = fact.split_whitespace().any(|word| is_flag(word.trim_start_matches(['\'', '('])));
        assert!(!has_flag && !fact.contains("'coldseal ") && !fact.contains("'aws "), "{fact}");
    }
}

#[test]
fn a_list_of_regions_says_each_region_once() {
    let aws = AwsRefusal::new(ErrorCode::AccessDeniedException, "no").of_call("Encrypt", region(), "alias/app");
    assert_eq!(aws.to_string(), "us-west-2, Encrypt with alias/app: no");
    let no_answer = NoAnswer { doing: "calling Encrypt".to_owned(), reason: "cut".to_owned(), obstacle: Obstacle::Network };
    let problem = |place: &str, cause: Cause| RegionProblem { place: place.to_owned(), cause };
    let one = RegionsRefusal { problems: vec![problem("us-west-2", Cause::Aws(aws.clone()))] };
    assert_eq!(one.to_string(), "us-west-2: Encrypt with alias/app: no (nothing was written)");
    assert_eq!((one.code(), one.list()), (ErrorCode::AccessDeniedException, "us-west-2: Encrypt with alias/app: no".to_owned()));
    let problems = vec![
        problem("eu-west-1", Cause::NoAnswer(no_answer)),
        problem("us-west-2", Cause::Aws(aws)),
        problem("us-east-1", Cause::Replica(ReplicaRefusal::NameTaken)),
    ];
    let several = RegionsRefusal { problems };
    let lines = "\n  eu-west-1: EncryptionFailure: calling Encrypt: cut\n  us-west-2: AccessDeniedException: Encrypt with alias/app: no\n  us-east-1: Secret with this name already exists in this region";
    assert_eq!(several.to_string(), format!("3 Regions have problems, and nothing was written:{lines}"));
    assert_eq!((several.code(), several.list()), (ErrorCode::EncryptionFailure, format!("3 Regions have problems:{lines}")));
}

#[test]
fn violations_are_told_as_aws_tells_them() {
    let refusal = RequestRefusal::Invalid(vec![
        Violation::by("Limit", "0", Constraint::LeastValue(1)),
        Violation::missing("KeyId", Constraint::Required),
    ]);
    assert_eq!(
        refusal.to_string(),
        "2 validation errors detected: Value '0' at 'limit' failed to satisfy constraint: Member must have value greater than or equal to 1; Value null at 'keyId' failed to satisfy constraint: Member must not be null"
    );
}
