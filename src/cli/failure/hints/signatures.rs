//! Signatures, the keys that make them, and the files that say who may.

use super::hint::{Hint, one};
use crate::error::{SignatureRefusal, SignerKeyProblem, SignersProblem, SignersRefusal, SigningKeyRefusal};

const CONVERT: &str = "'ssh-keygen -p -f COPY' rewrites a copy of a private key in PEM in the format of OpenSSH";
const ELSEWHERE: &str = "'ssh-keygen -Y sign -n coldseal-file -f KEY FILE' signs with it, and --add-signature takes what it writes";

pub(super) fn of_signature(refusal: &SignatureRefusal) -> Vec<Hint> {
    match refusal {
        SignatureRefusal::NotASignature | SignatureRefusal::Malformed => one("'ssh-keygen -Y sign' and 'coldseal sign' write such files"),
        SignatureRefusal::OtherHash => one("'ssh-keygen -Y sign' without '-O hashalg=sha256' signs the SHA-512"),
        SignatureRefusal::OtherNamespace { needed, .. } => {
            vec![Hint::Owned(format!("'ssh-keygen -Y sign -n {needed}' signs for the right one"))]
        }
        SignatureRefusal::NotTouched => one("make the key with 'ssh-keygen -t ed25519-sk' without '-O no-touch-required'"),
        SignatureRefusal::NotVerified => one("fetch the file and its signature again, from whoever signed it"),
        SignatureRefusal::UnknownKey { .. } => {
            one("if you trust that key, a line of the file of signers says so: NAME namespaces=\"…\" KEY")
        }
        SignatureRefusal::NotForNamespace { .. } => one("namespaces=\"…\" in the line of that key says what it may sign"),
        SignatureRefusal::Unsigned { .. } => one("'coldseal sign' makes a signature; --signature names one that lies elsewhere"),
        SignatureRefusal::TooFew { .. } => one("have the others sign too; --signature names each signature that lies elsewhere"),
        SignatureRefusal::Key(problem) => of_key(problem),
        SignatureRefusal::Signers(refusal) => of_signers(refusal),
        SignatureRefusal::OtherScheme(_) | SignatureRefusal::NotYetValid { .. } | SignatureRefusal::Expired { .. } => Vec::new(),
    }
}

pub(super) fn of_signing_key(refusal: &SigningKeyRefusal) -> Vec<Hint> {
    match refusal {
        SigningKeyRefusal::NotOpenSsh => one(CONVERT),
        SigningKeyRefusal::PublicKey => one("the private key has the same name without .pub"),
        SigningKeyRefusal::OnToken | SigningKeyRefusal::Kind(_) => one(ELSEWHERE),
        SigningKeyRefusal::Rounds { .. } => one("'ssh-keygen -p -a 100 -f KEY' takes fewer"),
        SigningKeyRefusal::Malformed => Vec::new(),
    }
}

fn of_signers(refusal: &SignersRefusal) -> Vec<Hint> {
    match refusal {
        SignersRefusal::Line { problem: SignersProblem::Key(problem), .. } => of_key(problem),
        SignersRefusal::Line { problem: SignersProblem::SeveralPrincipals | SignersProblem::TwoPrincipals { .. }, .. } => {
            one("give each principal a key of their own: distinct signers are counted by principals")
        }
        SignersRefusal::Line { problem: SignersProblem::PatternBeforeThreshold, .. } => {
            one("name each signer in a line of their own, or leave out --threshold")
        }
        SignersRefusal::Line { problem: SignersProblem::TimeWithoutZone, .. } => one("a Z at its end makes it UTC: 20270101Z"),
        SignersRefusal::Line { problem: SignersProblem::CertificateAuthority, .. } => one("name the signers' own keys"),
        SignersRefusal::Line { .. } | SignersRefusal::Empty => {
            one("a line is 'NAME namespaces=\"coldseal-manifest,coldseal-file\" ssh-ed25519 AAAA…', as in ALLOWED SIGNERS of ssh-keygen(1)")
        }
        SignersRefusal::NotUtf8 | SignersRefusal::TooLong { .. } => Vec::new(),
    }
}

fn of_key(problem: &SignerKeyProblem) -> Vec<Hint> {
    match problem {
        SignerKeyProblem::Certificate => one("sign with the key itself, not with its certificate, and name the key"),
        SignerKeyProblem::Kind(_) | SignerKeyProblem::Unusable(_) => one("'ssh-keygen -t ed25519' makes a key that is taken"),
        SignerKeyProblem::Malformed => one("copy the two words of the file that ends in .pub"),
    }
}
