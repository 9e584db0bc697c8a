//! How whoever reads the page checks without coldseal what it says of the root.

use std::path::Path;

use maud::html;

use super::{
    digest_lines::{absolute, in_vault},
    html_page::{HtmlPage, digest},
    reported::HtmlReport,
};
use crate::{
    error::Result,
    package::{SignedRoot, signature::Namespace},
    timestamp::Timestamp,
    vault::Vault,
};

pub(super) fn write(page: &mut HtmlPage<'_>, report: &HtmlReport<'_>) -> Result<()> {
    page.put(&html! { h2 #by-hand { "Check it yourself" } })?;
    let mut is_signed = false;
    for vault in &report.vaults {
        if let (Some(package), Some((signers, _))) = (vault.package(), report.signers) {
            is_signed = true;
            write_commands(page, vault.vault, &package.root, signers)?;
        }
    }
    if is_signed {
        return page.put(&html! {
            p {
                "Each has to end with " code { "Good" } ". The root then names each page by its SHA-256, and the pages have every secret with the SHA-256 of its bundles: "
                "docs/formats.md of coldseal says how, and docs/verify.py there follows them to the last byte, with nothing of coldseal's."
            }
        });
    }
    page.put(&html! {
        p {
            "Without a signature there is nothing here that anybody vouches for. " code { "coldseal sign --signing-key KEY" } " signs a vault, and "
            code { "coldseal verify --signers FILE --report PAGE" } " makes this page with who signed it, what changed since, and the command by which "
            code { "ssh-keygen" } " shows the same."
        }
    })
}

fn write_commands(page: &mut HtmlPage<'_>, vault: &Vault, root: &SignedRoot, signers: &Path) -> Result<()> {
    let place = in_vault(vault, &root.place(vault));
    page.put(&html! {
        p { "With OpenSSH alone, for each signature of root " (root.counter) ":" }
    })?;
    page.raw("<pre>")?;
    page.line(&format!("cd {}", quoted(&absolute(vault.root()).display().to_string())))?;
    for signature in &root.signatures {
        page.line(&format!(
            "ssh-keygen -Y verify -f {} -I {} -n {} -O verify-time={} -s {} < {place}",
            quoted(&absolute(signers).display().to_string()),
            quoted(&signature.principal),
            Namespace::Manifest.name(),
            digits(root.time),
            in_vault(vault, &root.place_of_signature(vault, signature)),
        ))?;
    }
    page.line(&format!("sha256sum {place}"))?;
    page.raw("</pre>\n")?;
    page.put(&html! { p { "The last command has to print this: " (digest(root.sha256.as_str())) } })
}

/// As a shell takes it.
fn quoted(text: &str) -> String {
    shlex::try_quote(text).map_or_else(|_| text.to_owned(), std::borrow::Cow::into_owned)
}

/// A time of UTC as ssh-keygen takes it: `YYYYMMDDHHMMSSZ`.
fn digits(time: Timestamp) -> String {
    let mut digits: String = time.to_string().chars().take(19).filter(char::is_ascii_digit).collect();
    digits.push('Z');
    digits
}
