//! Signed packages.

use super::hint::{Hint, one};
use crate::error::{ArchiveRefusal, PackageRefusal};

pub(super) fn hints(refusal: &PackageRefusal) -> Vec<Hint> {
    match refusal {
        PackageRefusal::NoRoot(_) => one("'coldseal sign --signing-key KEY' signs a vault"),
        PackageRefusal::NoneAccepted { .. } => one(
            "'coldseal sign --signing-key KEY' adds a signature, or signs anew; --signers names who may sign, --threshold how many have to",
        ),
        PackageRefusal::Older { .. } | PackageRefusal::OtherRoot(_) | PackageRefusal::BackDated { .. } => {
            one("ask whoever signs for the newest package, and which root it has: somebody may have put an older one here")
        }
        PackageRefusal::OtherVault { .. } => one("if another vault is meant to be here, --accept-vault ID takes it"),
        PackageRefusal::RootOfOtherVault(_) => one("fetch the vault again: its coldseal.json and its roots are not of one vault"),
        PackageRefusal::CounterBelow { .. } | PackageRefusal::UnexpectedRoot(_) | PackageRefusal::UnexpectedVault(_) => {
            one("'coldseal verify --signers FILE' names the root that is here")
        }
        PackageRefusal::FreshnessUnknown => one("--expect-counter or --expect-sha256 says which root whoever signed it told you"),
        PackageRefusal::ByOthers(_) => one("if the change is right, --accept NAME takes it into what is signed; repeat it for several"),
        PackageRefusal::NeitherOwnNorSigned { .. } => one(
            "look at what it says: if it is right, 'coldseal sign --accept NAME' signs it as it stands, 'coldseal rewrap --accept-record' makes it this keystore's own",
        ),
        PackageRefusal::NotByOthers(_) => one("leave out --accept for it: --yes signs what a holder of this keystore changed"),
        PackageRefusal::ChangedMeanwhile | PackageRefusal::Overtaken(_) => one("repeat the command, and look at what it shows"),
        PackageRefusal::SignatureOfNone => one("'coldseal sign --no-key' writes the root that is to be signed, and says how"),
        PackageRefusal::Superseded(_) => {
            one("compare with a copy or an export from then; before the next 'coldseal sign', 'coldseal diff' shows what it would sign")
        }
        PackageRefusal::BundleNotNamed(_) | PackageRefusal::OtherBundle(_) => one(
            "'coldseal verify --signers FILE' tells what is not as it was signed; for a file with a signature of its own, --signature names that",
        ),
        PackageRefusal::ReadOnly => one("leave out --signers and COLDSEAL_SIGNERS to change the vault"),
        PackageRefusal::Part(_) => one("change it there, then: 'coldseal sign', 'coldseal export' there, and bring what that writes here"),
        PackageRefusal::NotInPart { .. } => one("export the Region from the vault itself, or from a part that has it"),
        PackageRefusal::SeveralRegions { .. } => one("name one with --region"),
        PackageRefusal::NothingInRegion { .. } => one("'coldseal status' shows which secret is where; what is new has to be signed first"),
        PackageRefusal::BundleMissing(_) | PackageRefusal::BundleChanged(_) => {
            one("'coldseal verify --signers FILE' lists all that is not as it was signed; fetch the vault again, or sign what is there")
        }
        PackageRefusal::NotAPart(_) => one("'coldseal export --region REGION --to PLACE' writes what can be imported"),
        PackageRefusal::IntoWholeVault(_) => {
            one("--vault names where the part is to go: a folder that is not there yet, or an earlier part")
        }
        PackageRefusal::PartOfOtherVault { .. } | PackageRefusal::PartForOtherRegions { .. } => {
            one("--vault names another place for it; each place has one vault's part, for the same Regions")
        }
        PackageRefusal::RecordChanged(_)
        | PackageRefusal::RecordMissing(_)
        | PackageRefusal::RecordNotListed(_)
        | PackageRefusal::SurplusFile(_) => one("it was changed on its way; export and carry it again"),
        PackageRefusal::LocalChanges(_) => {
            one("'coldseal verify --signers FILE' shows what was changed; move the vault away to take the part anew, or undo the change")
        }
        PackageRefusal::TargetChanged(_) => one("repeat the command"),
        PackageRefusal::CounterExhausted(_) => one("remove the roots of that counter from the folder 'manifests' of the vault"),
    }
}

pub(super) fn of_archive(refusal: &ArchiveRefusal) -> Vec<Hint> {
    match refusal {
        ArchiveRefusal::NoHeader(_) => {
            one("'coldseal export --region REGION --to FILE.tar' writes such an archive; copy it again if it was one")
        }
        ArchiveRefusal::CutOff => one("copy it again: it ends too early"),
        ArchiveRefusal::Behind => one("copy it again, and append nothing to it"),
        _ => one(
            "'coldseal export' writes nothing of that kind, so the archive was made or changed by somebody else: export and carry it again",
        ),
    }
}
