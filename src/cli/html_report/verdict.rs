//! What came of it in one sentence, and the facts that it rests on.

use maud::{Markup, html};

use super::{
    html_page::{HtmlPage, digest, one_line, shown_path, shown_time},
    reported::{HtmlReport, ReportedVault},
};
use crate::{
    cli::terminal::counted,
    error::Result,
    package::{Freshness, PackageReport},
    vault::VaultInventory,
};

/// How much a reader can rely on.
struct Verdict {
    class: &'static str,
    lead: String,
    rest: String,
}

pub(super) fn write(page: &mut HtmlPage<'_>, report: &HtmlReport<'_>) -> Result<()> {
    let Verdict { class, lead, rest } = verdict(report);
    page.put(&html! { p class={ "verdict " (class) } { b { (lead) } " " (one_line(&rest)) } })?;
    let mut facts = of_run(report);
    let alone = report.vaults.len() == 1;
    for vault in &report.vaults {
        if !alone {
            facts.push(("Vault", html! { (shown_path(vault.vault.root())) }));
        }
        facts.extend(of_vault(vault));
    }
    page.put(&html! {
        table.facts aria-label="Facts" { tbody { @for (name, fact) in &facts { tr { th scope="row" { (name) } td { (fact) } } } } }
    })
}

fn verdict(report: &HtmlReport<'_>) -> Verdict {
    let verified = report.verified;
    let looked_at = format!("{} and {}", counted(verified.secrets, "secret"), counted(verified.bundles, "bundle"));
    let only = report.region.map_or_else(String::new, |region| format!(" Only bundles for {region} were checked."));
    if !verified.is_sound() {
        let lead = format!("\u{2717} Not sound: {} in {looked_at}.", counted(verified.faults.len(), "fault"));
        return Verdict { class: "bad", lead, rest: format!("{}{only}", of_unsound(report)) };
    }
    let packages: Vec<&PackageReport> = report.vaults.iter().filter_map(ReportedVault::package).collect();
    if packages.is_empty() {
        let lead = format!("\u{25cb} No damage in {looked_at}.");
        let rest = "Who made them, and whether some are missing, is not known: nothing was held against a signature.";
        return Verdict { class: "care", lead, rest: format!("{rest}{only}") };
    }
    let told: Vec<_> = packages.iter().map(|package| format!("{} {}", signed_by(package), newest(package.freshness))).collect();
    let lead = format!("\u{2713} Sound: {looked_at}, nothing missing and nothing added.");
    Verdict { class: "good", lead, rest: format!("{}{only}", told.join(" ")) }
}

fn of_unsound(report: &HtmlReport<'_>) -> String {
    let of_vault = |vault: &ReportedVault<'_>| match vault.signed {
        None => "Who made it was not asked.".to_owned(),
        Some(Err(_)) => "Nothing here is known to be signed.".to_owned(),
        Some(Ok(package)) if package.is_sound() => format!("{} What is damaged stands below.", signed_by(package)),
        Some(Ok(package)) => format!("{} What is here is something else, as told below.", signed_by(package)),
    };
    report.vaults.iter().map(of_vault).collect::<Vec<_>>().join(" ")
}

fn signed_by(package: &PackageReport) -> String {
    format!("Root {} was signed by {}.", package.root.counter, package.root.principals.join(", "))
}

const fn newest(freshness: Freshness) -> &'static str {
    match freshness {
        Freshness::Remembered => "It is no older than what was accepted here before.",
        Freshness::Expected => "It is the one that was expected, or a later one.",
        _ => "Whether it is the newest was not known when it was checked.",
    }
}

fn of_run(report: &HtmlReport<'_>) -> Vec<(&'static str, Markup)> {
    let verified = report.verified;
    let paths = report.paths.iter().map(|path| std::path::absolute(path).unwrap_or_else(|_| path.clone()));
    let paths: Vec<_> = paths.map(|path| shown_path(&path)).collect();
    let mut facts = vec![
        ("Verified", html! { @for path in &paths { div { (path) } } }),
        ("When", html! { (shown_time(report.time)) }),
        ("Read", html! { (counted(verified.secrets, "secret")) ", " (counted(verified.bundles, "bundle")) ", each to its last byte" }),
    ];
    if let Some(others) = verified.other_regions {
        facts.push(("Other Regions", html! { (counted(others.bundles, "bundle")) " not checked, " (others.absent) " of them absent" }));
    }
    let opened = match verified.open {
        Some(open) => html! { (open.opened) " opened, " (open.not_openable_here) " not openable here, " (open.failed) " failed" },
        None => html! { "no: nothing was opened, and no key was used" },
    };
    facts.push(("Opened with keys", opened));
    let signers = match &report.signers {
        Some((file, trusted)) => html! { (shown_path(file)) ", of whom " (counted(trusted.threshold.get(), "signer")) " had to sign" },
        None => html! { span.care { "nobody was named who may sign: this shows damage, not who made it" } },
    };
    facts.push(("Signers", signers));
    facts
}

fn of_vault(vault: &ReportedVault<'_>) -> Vec<(&'static str, Markup)> {
    let mut facts = Vec::new();
    if let Ok(inventory) = &vault.inventory {
        facts.push(("Holds", holds(inventory)));
    }
    if let Ok(Some(id)) = vault.vault.id() {
        facts.push(("Vault id", html! { code { (id.to_string()) } }));
    }
    match vault.signed {
        Some(Ok(package)) => facts.extend(of_root(package)),
        Some(Err(finding)) => facts.push(("Root", html! { span.bad { "\u{2717} none that counts: " (one_line(&finding.message)) } })),
        None => {}
    }
    facts
}

fn of_root(package: &PackageReport) -> Vec<(&'static str, Markup)> {
    let root = &package.root;
    let chain: Vec<_> = package.chain.iter().map(u64::to_string).collect();
    let before = match root.previous() {
        None => html! { "none: it is the first" },
        Some(_) if chain.is_empty() => html! { "named by it, and not here" },
        Some(_) => html! { (chain.join(", ")) " here, each the one that the next names" },
    };
    let freshness = match package.freshness {
        Freshness::Remembered => html! { "no older than what was accepted here before" },
        Freshness::Expected => html! { "as expected" },
        _ => html! { span.care { "not checked: nothing was accepted here before, and nothing was expected" } },
    };
    vec![
        ("Root", html! { (root.counter) ", made " (shown_time(root.time)) }),
        (
            "Signed by",
            html! { @for signature in &root.signatures { div { (one_line(&signature.principal)) " " code.soft { (signature.key) } } } },
        ),
        ("Newest", freshness),
        ("Roots before it", before),
        ("SHA-256 of the root", digest(root.sha256.as_str())),
    ]
}

fn holds(inventory: &VaultInventory) -> Markup {
    let bundles: usize = inventory.secrets.iter().map(|secret| secret.bundles.len()).sum();
    let bytes: u64 = inventory.secrets.iter().flat_map(|secret| &secret.bundles).map(|bundle| bundle.size).sum();
    html! { (counted(inventory.secrets.len(), "secret")) ", " (counted(bundles, "bundle")) " of " (bytes) " bytes, by the records" }
}
