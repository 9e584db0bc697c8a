//! The options of a line: what a key may sign for, and when.

use std::collections::BTreeSet;

use time::{Date, Month, Time};

use crate::{
    error::{SignatureRefusal, SignersProblem},
    package::signature::Namespace,
    timestamp::Timestamp,
};

/// `namespaces`, which each line has, and the time in which the key is valid.
#[derive(Debug, Clone)]
pub(super) struct SignerOptions {
    namespaces: BTreeSet<String>,
    valid_after: Option<Timestamp>,
    valid_before: Option<Timestamp>,
}

impl SignerOptions {
    /// Takes what stands between principal and key.
    pub(super) fn parse(options: &str) -> Result<Self, SignersProblem> {
        let (mut namespaces, mut valid_after, mut valid_before) = (None, None, None);
        let mut rest = options;
        while !rest.is_empty() {
            let (name, value, after) = next(rest)?;
            rest = after;
            // OpenSSH takes them in any case.
            match (name.to_ascii_lowercase().as_str(), value) {
                ("cert-authority", _) => return Err(SignersProblem::CertificateAuthority),
                ("namespaces", Some(value)) => once("namespaces", &mut namespaces, parse_namespaces(value)?)?,
                ("valid-after", Some(value)) => once("valid-after", &mut valid_after, parse_time(value)?)?,
                ("valid-before", Some(value)) => once("valid-before", &mut valid_before, parse_time(value)?)?,
                ("namespaces" | "valid-after" | "valid-before", None) => return Err(SignersProblem::OptionValue),
                _ => return Err(SignersProblem::UnknownOption),
            }
        }
        if let (Some(after), Some(before)) = (valid_after, valid_before)
            && before <= after
        {
            return Err(SignersProblem::NeverValid);
        }
        Ok(Self { namespaces: namespaces.ok_or(SignersProblem::NoNamespaces)?, valid_after, valid_before })
    }

    pub(super) fn is_for(&self, namespace: Namespace) -> bool {
        self.namespaces.contains(namespace.name())
    }

    /// Both ends are in it, as with OpenSSH.
    pub(super) fn check_time(&self, principal: &str, time: Timestamp) -> Result<(), SignatureRefusal> {
        match (self.valid_after, self.valid_before) {
            (Some(since), _) if time < since => Err(SignatureRefusal::NotYetValid { principal: principal.to_owned(), since, time }),
            (_, Some(until)) if time > until => Err(SignatureRefusal::Expired { principal: principal.to_owned(), until, time }),
            _ => Ok(()),
        }
    }
}

/// Name, value without its quotes, and what follows the comma.
fn next(options: &str) -> Result<(&str, Option<&str>, &str), SignersProblem> {
    let end = options.find(['=', ',']).unwrap_or(options.len());
    let (name, rest) = options.split_at(end);
    let (value, rest) = match rest.strip_prefix('=') {
        Some(quoted) => {
            let (value, rest) = quoted.strip_prefix('"').and_then(|value| value.split_once('"')).ok_or(SignersProblem::OptionValue)?;
            // OpenSSH has a backslash take a quote as it stands: no name of a namespace and no time has one.
            if value.contains('\\') {
                return Err(SignersProblem::OptionValue);
            }
            (Some(value), rest)
        }
        None => (None, rest),
    };
    match rest.strip_prefix(',') {
        Some("") => Err(SignersProblem::UnknownOption),
        Some(rest) => Ok((name, value, rest)),
        None if rest.is_empty() => Ok((name, value, "")),
        None => Err(SignersProblem::OptionValue),
    }
}

fn once<T>(name: &'static str, place: &mut Option<T>, value: T) -> Result<(), SignersProblem> {
    match place.replace(value) {
        Some(_) => Err(SignersProblem::OptionTwice(name)),
        None => Ok(()),
    }
}

fn parse_namespaces(value: &str) -> Result<BTreeSet<String>, SignersProblem> {
    let names = value.split(',').map(|name| {
        if name.is_empty() {
            return Err(SignersProblem::NoNamespaces);
        }
        if name.contains(['*', '?', '!']) {
            return Err(SignersProblem::NamespacePattern);
        }
        Ok(name.to_owned())
    });
    names.collect()
}

/// `YYYYMMDDZ`, `YYYYMMDDHHMMZ` or `YYYYMMDDHHMMSSZ`. Without the Z OpenSSH takes it in the time zone of whoever verifies.
fn parse_time(value: &str) -> Result<Timestamp, SignersProblem> {
    let digits = value.strip_suffix(['Z', 'z']).ok_or(SignersProblem::TimeWithoutZone)?;
    if !digits.bytes().all(|byte| byte.is_ascii_digit()) || ![8, 12, 14].contains(&digits.len()) {
        return Err(SignersProblem::Time);
    }
    let part = |at: usize, length: usize| digits.get(at..at + length).map_or(Ok(0_u8), str::parse).map_err(|_| SignersProblem::Time);
    let year = digits.get(..4).and_then(|year| year.parse().ok()).ok_or(SignersProblem::Time)?;
    let month = Month::try_from(part(4, 2)?).map_err(|_| SignersProblem::Time)?;
    let date = Date::from_calendar_date(year, month, part(6, 2)?).map_err(|_| SignersProblem::Time)?;
    let time = Time::from_hms(part(8, 2)?, part(10, 2)?, part(12, 2)?).map_err(|_| SignersProblem::Time)?;
    Timestamp::from_offset(date.with_time(time).assume_utc()).ok_or(SignersProblem::Time)
}
