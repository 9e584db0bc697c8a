//! Who may sign: a file in the format of OpenSSH's `allowed_signers`, restricted so that nothing in it is skipped or ignored.
//!
//! ```text
//! # a comment
//! alice@example.com namespaces="coldseal-manifest,coldseal-file" ssh-ed25519 AAAAC3…
//! bob@example.com namespaces="coldseal-file",valid-after="20260101Z",valid-before="20270101Z" ecdsa-sha2-nistp256 AAAAE2…
//! ```

mod line;
mod options;

use std::{
    collections::{BTreeMap, BTreeSet},
    num::NonZeroUsize,
};

use line::SignerLine;

use super::{ContentDigest, Namespace, SignerKey, SshSignature};
use crate::{
    error::{RefusedSignature, SignatureRefusal, SignersProblem, SignersRefusal},
    timestamp::Timestamp,
};

/// How many distinct principals have to sign.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Threshold(NonZeroUsize);

impl Threshold {
    /// One is enough.
    pub const ONE: Self = Self(NonZeroUsize::MIN);

    /// `None` for 0.
    #[must_use]
    pub const fn new(count: usize) -> Option<Self> {
        match NonZeroUsize::new(count) {
            Some(count) => Some(Self(count)),
            None => None,
        }
    }

    /// The number, 1 or more.
    #[must_use]
    pub const fn get(self) -> usize {
        self.0.get()
    }
}

/// Signatures that were enough.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Accepted {
    /// Who signed, each once, in order.
    pub principals: Vec<String>,
    /// The signatures that counted, in the order in which they were given.
    pub counted: Vec<CountedSignature>,
    /// Signatures that did not count, and why.
    pub refused: Vec<RefusedSignature>,
}

/// A signature that counts.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct CountedSignature {
    /// Whose it is.
    pub principal: String,
    /// The key's fingerprint, as `ssh-keygen -l` prints it.
    pub key: String,
    /// The 16 hex digits by which its file is named.
    pub key_digest: String,
}

/// The keys of those who may sign.
#[derive(Debug, Clone)]
pub struct Signers(Vec<SignerLine>);

impl Signers {
    /// Longest file that is looked at, in bytes.
    pub const MAX_LENGTH: usize = 1024 * 1024;

    /// Takes the content of a file.
    ///
    /// # Errors
    /// The first line that is not as it has to be, by its number.
    pub fn parse(file: &[u8]) -> Result<Self, SignersRefusal> {
        if file.len() > Self::MAX_LENGTH {
            return Err(SignersRefusal::TooLong { limit: Self::MAX_LENGTH });
        }
        let text = str::from_utf8(file).map_err(|_| SignersRefusal::NotUtf8)?;
        let mut lines: Vec<SignerLine> = Vec::new();
        let mut holders: BTreeMap<String, (usize, String)> = BTreeMap::new();
        for (at, line) in text.lines().enumerate() {
            let number = at + 1;
            let refused = |problem| SignersRefusal::Line { line: number, problem };
            let Some(line) = SignerLine::parse(number, line).map_err(refused)? else { continue };
            let (first, holder) = holders.entry(line.key.fingerprint()).or_insert_with(|| (number, line.principal.clone()));
            if *holder != line.principal {
                return Err(refused(SignersProblem::TwoPrincipals { other: *first }));
            }
            lines.push(line);
        }
        if lines.is_empty() {
            return Err(SignersRefusal::Empty);
        }
        Ok(Self(lines))
    }

    /// Demands that `threshold` distinct principals signed this content for this namespace, with keys that were valid at `time`.
    ///
    /// # Errors
    /// No signature at all; where one was given and one is demanded, what is wrong with it; else that there are too few, with what is wrong with each.
    /// A principal that is a pattern, where more than one is demanded: it could be everyone.
    pub fn verify(
        &self,
        namespace: Namespace,
        content: &ContentDigest,
        signatures: &[SshSignature],
        time: Timestamp,
        threshold: Threshold,
    ) -> Result<Accepted, SignatureRefusal> {
        if threshold > Threshold::ONE
            && let Some(line) = self.0.iter().find(|line| line.is_pattern())
        {
            return Err(SignersRefusal::Line { line: line.number, problem: SignersProblem::PatternBeforeThreshold }.into());
        }
        let (mut principals, mut counted, mut refused) = (BTreeSet::new(), Vec::new(), Vec::new());
        for signature in signatures {
            match self.signer(namespace, content, signature, time) {
                Ok(principal) => {
                    principals.insert(principal.to_owned());
                    let key = signature.key();
                    counted.push(CountedSignature { principal: principal.to_owned(), key: key.fingerprint(), key_digest: key.digest() });
                }
                Err(refusal) => refused.push(RefusedSignature { key: signature.key().fingerprint(), refusal }),
            }
        }
        let principals: Vec<String> = principals.into_iter().collect();
        if principals.len() >= threshold.get() {
            return Ok(Accepted { principals, counted, refused });
        }
        let needed = threshold.get();
        match (needed, refused.as_slice()) {
            (_, []) if signatures.is_empty() => Err(SignatureRefusal::Unsigned { needed }),
            (1, [RefusedSignature { refusal, .. }]) => Err(refusal.clone()),
            _ => Err(SignatureRefusal::TooFew { needed, signed_by: principals, refused }),
        }
    }

    /// Whose signature it is.
    fn signer(
        &self,
        namespace: Namespace,
        content: &ContentDigest,
        signature: &SshSignature,
        time: Timestamp,
    ) -> Result<&str, SignatureRefusal> {
        let of_key: Vec<&SignerLine> = self.0.iter().filter(|line| line.key == *signature.key()).collect();
        signature.check_form(namespace)?;
        let Some(first) = of_key.first() else { return Err(SignatureRefusal::UnknownKey { key: signature.key().fingerprint() }) };
        let mut refusal = SignatureRefusal::NotForNamespace { principal: first.principal.clone(), namespace: namespace.name() };
        for line in of_key.into_iter().filter(|line| line.options.is_for(namespace)) {
            match line.options.check_time(&line.principal, time) {
                Ok(()) => return signature.verify(namespace, content).map(|()| line.principal.as_str()),
                Err(out_of_time) => refusal = out_of_time,
            }
        }
        Err(refusal)
    }

    /// The keys that may sign for a namespace, with whose they are.
    pub fn keys(&self, namespace: Namespace) -> impl Iterator<Item = (&str, &SignerKey)> {
        self.0.iter().filter(move |line| line.options.is_for(namespace)).map(|line| (line.principal.as_str(), &line.key))
    }
}
