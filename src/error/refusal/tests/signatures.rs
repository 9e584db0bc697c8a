//! Refusals of signatures, of keys that sign, and of files that say who may.

use super::*;

pub(super) fn all() -> Vec<Refusal> {
    let time = || "2027-06-01T12:00:00Z".parse().expect("a time");
    let unknown = || SignatureRefusal::UnknownKey { key: text() };
    let refused = || vec![RefusedSignature { key: text(), refusal: unknown() }];
    let keys = [
        SignerKeyProblem::Malformed,
        SignerKeyProblem::Certificate,
        SignerKeyProblem::Kind(text()),
        SignerKeyProblem::Unusable(KeyProblem::ModulusBits(1024)),
    ];
    let problems = [
        SignersProblem::NoKey,
        SignersProblem::SeveralPrincipals,
        SignersProblem::TwoPrincipals { other: 1 },
        SignersProblem::Principal,
        SignersProblem::PatternBeforeThreshold,
        SignersProblem::NoNamespaces,
        SignersProblem::NamespacePattern,
        SignersProblem::CertificateAuthority,
        SignersProblem::UnknownOption,
        SignersProblem::OptionValue,
        SignersProblem::OptionTwice("namespaces"),
        SignersProblem::Time,
        SignersProblem::TimeWithoutZone,
        SignersProblem::NeverValid,
    ];
    let problems = keys.clone().map(SignersProblem::Key).into_iter().chain(problems);
    let lines = problems.map(|problem| SignersRefusal::Line { line: 1, problem });
    let files = [SignersRefusal::NotUtf8, SignersRefusal::TooLong { limit: 1 }, SignersRefusal::Empty];
    let signatures = [
        SignatureRefusal::NotASignature,
        SignatureRefusal::Malformed,
        SignatureRefusal::OtherHash,
        SignatureRefusal::OtherNamespace { found: text(), needed: "coldseal-file" },
        SignatureRefusal::OtherScheme(text()),
        SignatureRefusal::NotTouched,
        SignatureRefusal::NotVerified,
        unknown(),
        SignatureRefusal::NotForNamespace { principal: text(), namespace: "coldseal-file" },
        SignatureRefusal::NotYetValid { principal: text(), since: time(), time: time() },
        SignatureRefusal::Expired { principal: text(), until: time(), time: time() },
        SignatureRefusal::Unsigned { needed: 1 },
        SignatureRefusal::TooFew { needed: 2, signed_by: vec![text()], refused: refused() },
        SignatureRefusal::TooFew { needed: 2, signed_by: Vec::new(), refused: refused() },
    ];
    let signing = [
        SigningKeyRefusal::NotOpenSsh,
        SigningKeyRefusal::PublicKey,
        SigningKeyRefusal::Malformed,
        SigningKeyRefusal::OnToken,
        SigningKeyRefusal::Kind(text()),
        SigningKeyRefusal::Rounds { most: 1 },
    ];
    let of_files = lines.chain(files).map(Refusal::from);
    let of_keys = keys.map(SignatureRefusal::Key).map(Refusal::from);
    of_files.chain(of_keys).chain(signatures.map(Refusal::from)).chain(signing.map(Refusal::from)).collect()
}
