//! Files of signers: what is taken, what is refused, whose signatures are enough.

use super::*;
use crate::error::{KeyProblem, RefusedSignature, SignerKeyProblem, SignersProblem, SignersRefusal};

const FILE: &str = "namespaces=\"coldseal-file\"";

fn line(principal: &str, options: &str, key: &str) -> String {
    format!("{principal} {options} {}\n", public_key(key))
}

fn parse(text: &str) -> Result<Signers, SignersRefusal> {
    Signers::parse(text.as_bytes())
}

fn problem(text: &str) -> (usize, SignersProblem) {
    match parse(text) {
        Err(SignersRefusal::Line { line, problem }) => (line, problem),
        other => panic!("{text}: {other:?}"),
    }
}

#[test]
fn forms_that_ssh_keygen_writes_and_takes() {
    let key = public_key("ed25519");
    for text in [
        format!("alice {FILE} {key}"),
        format!("# who\n\n \t\nalice {FILE} {key} a comment of several words\n"),
        format!("  alice\t{FILE}\t {key}\r\n"),
        format!("alice NAMESPACES=\"git,coldseal-file\" {key}"),
        format!("alice {FILE},valid-after=\"20270601Z\",valid-before=\"202706011200Z\" {key}"),
        format!("alice valid-before=\"20270601120000Z\",{FILE} {key}"),
        format!("*@example.com {FILE} {key}"),
        format!("alice namespaces=\"git\" {key}\nalice {FILE} {key}"),
        format!("alice {FILE},valid-before=\"20200101Z\" {key}\nalice {FILE} {key}"),
    ] {
        let signers = parse(&text).unwrap_or_else(|error| panic!("{text}: {error}"));
        let accepted = verify(&signers, &[signature("ed25519.sig")], 1).unwrap_or_else(|error| panic!("{text}: {error}"));
        assert_eq!(accepted.principals.len(), 1);
        assert_eq!(signers.keys(Namespace::File).next().map(|(_, key)| key.clone()), Some(signature("ed25519.sig").key().clone()));
    }
}

#[test]
fn nothing_is_skipped_or_ignored() {
    let key = public_key("ed25519");
    let (of_type, base64) = key.split_once(' ').expect("two words");
    let certificate = public_key("ed25519-cert");
    let cases = [
        ("alice".to_owned(), SignersProblem::NoKey),
        (format!("alice {FILE}"), SignersProblem::NoKey),
        (format!("alice {FILE} {of_type}"), SignersProblem::NoKey),
        (format!("alice {key}"), SignersProblem::NoNamespaces),
        (format!("alice namespaces=\"\" {key}"), SignersProblem::NoNamespaces),
        (format!("alice valid-after=\"20270101Z\" {key}"), SignersProblem::NoNamespaces),
        (format!("alice namespaces=\"coldseal-*\" {key}"), SignersProblem::NamespacePattern),
        (format!("alice,bob {FILE} {key}"), SignersProblem::SeveralPrincipals),
        (format!("!alice {FILE} {key}"), SignersProblem::Principal),
        (format!("\"alice\" {FILE} {key}"), SignersProblem::Principal),
        (format!("alice cert-authority,{FILE} {key}"), SignersProblem::CertificateAuthority),
        (format!("alice Cert-Authority {key}"), SignersProblem::CertificateAuthority),
        (format!("alice {FILE},no-touch-required {key}"), SignersProblem::UnknownOption),
        (format!("alice {FILE},namespace=\"x\" {key}"), SignersProblem::UnknownOption),
        (format!("alice {FILE}, {key}"), SignersProblem::UnknownOption),
        (format!("alice namespaces=coldseal-file {key}"), SignersProblem::OptionValue),
        (format!("alice namespaces {key}"), SignersProblem::OptionValue),
        (format!("alice {FILE}x {key}"), SignersProblem::OptionValue),
        (format!("alice namespaces=\"a\\\\b\" {key}"), SignersProblem::OptionValue),
        (format!("alice {FILE},{FILE} {key}"), SignersProblem::OptionTwice("namespaces")),
        (format!("alice {FILE},valid-after=\"20270101\" {key}"), SignersProblem::TimeWithoutZone),
        (format!("alice {FILE},valid-after=\"2027-01-01Z\" {key}"), SignersProblem::Time),
        (format!("alice {FILE},valid-after=\"20270230Z\" {key}"), SignersProblem::Time),
        (format!("alice {FILE},valid-after=\"202701012460Z\" {key}"), SignersProblem::Time),
        (format!("alice {FILE},valid-after=\"20270101Z\",valid-before=\"20270101Z\" {key}"), SignersProblem::NeverValid),
        (format!("alice {FILE} {of_type} {base64}x"), SignerKeyProblem::Malformed.into()),
        (format!("alice {FILE} ssh-rsa {base64}"), SignerKeyProblem::Malformed.into()),
        (format!("alice {FILE} {certificate}"), SignerKeyProblem::Certificate.into()),
        (line("alice", FILE, "rsa-1024"), SignerKeyProblem::Unusable(KeyProblem::ModulusBits(1024)).into()),
    ];
    for (text, expected) in cases {
        assert_eq!(problem(&format!("# first\n{text}\n")), (2, expected), "{text}");
    }
    let twice = line("alice", FILE, "ed25519") + &line("bob", FILE, "rsa") + &line("bob", FILE, "ed25519");
    assert_eq!(problem(&twice), (3, SignersProblem::TwoPrincipals { other: 1 }));
    assert_eq!(parse("# nobody\n").expect_err("empty"), SignersRefusal::Empty);
    assert_eq!(Signers::parse(b"alice \xFF").expect_err("not UTF-8"), SignersRefusal::NotUtf8);
    let long = "#".repeat(Signers::MAX_LENGTH + 1);
    assert_eq!(parse(&long).expect_err("too long"), SignersRefusal::TooLong { limit: Signers::MAX_LENGTH });
}

#[test]
fn a_key_signs_for_its_namespaces_in_its_time() {
    let of = |options: &str| {
        let signers = parse(&line("alice", options, "ed25519")).expect(options);
        verify(&signers, &[signature("ed25519.sig")], 1).expect_err(options)
    };
    let alice = || "alice".to_owned();
    assert_eq!(of("namespaces=\"git\""), SignatureRefusal::NotForNamespace { principal: alice(), namespace: "coldseal-file" });
    let since = time("2027-06-01T12:00:01Z");
    assert_eq!(
        of(&format!("{FILE},valid-after=\"20270601120001Z\"")),
        SignatureRefusal::NotYetValid { principal: alice(), since, time: now() }
    );
    let until = time("2027-06-01T11:59:00Z");
    assert_eq!(of(&format!("{FILE},valid-before=\"202706011159Z\"")), SignatureRefusal::Expired { principal: alice(), until, time: now() });
    let unknown = verify(&parse(&line("bob", FILE, "rsa")).expect("signers"), &[signature("ed25519.sig")], 1);
    assert_eq!(unknown, Err(SignatureRefusal::UnknownKey { key: signature("ed25519.sig").key().fingerprint() }));
}

#[test]
fn a_threshold_counts_distinct_principals() {
    let two_keys = line("alice", FILE, "ed25519") + &line("alice", FILE, "ecdsa-256") + &line("bob", FILE, "rsa");
    let signers = parse(&two_keys).expect("signers");
    let [alice, again, bob] = ["ed25519.sig", "ecdsa-256.sig", "rsa.sig"].map(signature);
    let too_few = |needed, signed_by: &[&str], refused| {
        let signed_by = signed_by.iter().map(|name| (*name).to_owned()).collect();
        Err(SignatureRefusal::TooFew { needed, signed_by, refused })
    };
    assert_eq!(verify(&signers, &[], 2), Err(SignatureRefusal::Unsigned { needed: 2 }));
    assert_eq!(verify(&signers, std::slice::from_ref(&alice), 2), too_few(2, &["alice"], Vec::new()));
    assert_eq!(verify(&signers, &[alice.clone(), again.clone()], 2), too_few(2, &["alice"], Vec::new()));
    assert_eq!(verify(&signers, &[alice.clone(), alice.clone()], 2), too_few(2, &["alice"], Vec::new()));
    let accepted = verify(&signers, &[bob.clone(), alice.clone(), again], 2).expect("two sign");
    assert_eq!(accepted.principals, ["alice", "bob"]);
    // A signature that does not count takes nothing away.
    let untouched = signature("sk-ed25519-untouched.sig");
    let refused = vec![RefusedSignature {
        key: untouched.key().fingerprint(),
        refusal: SignatureRefusal::UnknownKey { key: untouched.key().fingerprint() },
    }];
    assert_eq!(verify(&signers, &[untouched.clone(), bob, alice.clone()], 2).expect("two sign").refused, refused);
    assert_eq!(verify(&signers, &[untouched, alice], 2), too_few(2, &["alice"], refused));
}

#[test]
fn patterns_are_no_distinct_signers() {
    let text = line("alice", FILE, "ed25519") + &line("*@example.com", FILE, "rsa");
    let signers = parse(&text).expect("signers");
    let both = ["ed25519.sig", "rsa.sig"].map(signature);
    assert_eq!(verify(&signers, &both, 1).expect("one is enough").principals.len(), 2);
    let refusal = SignersRefusal::Line { line: 2, problem: SignersProblem::PatternBeforeThreshold };
    assert_eq!(verify(&signers, &both, 2), Err(refusal.into()));
}
