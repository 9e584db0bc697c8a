//! Secrets Manager over a vault, and what is served of it.

mod beside_commands;
mod extent;
mod replicas;
mod requests;

use std::collections::BTreeSet;

use tempfile::TempDir;

use super::*;
use crate::{
    endpoint::{Changes, SecretsService, SecretsServiceOptions},
    kms::{KeyFileOnly, KeystoreLocation},
    vault::{SecretSelection, Vault},
};

const TOKEN: &str = "11111111-2222-3333-4444-555555555555";
const OTHER_TOKEN: &str = "66666666-7777-8888-9999-000000000000";

/// A folder with a vault and a keystore, neither of them made yet.
struct Place {
    _folder: TempDir,
    vault: Vault,
    keystore: KeystoreLocation,
}

impl Place {
    fn new() -> Self {
        let folder = TempDir::new().expect("a folder");
        let vault = Vault::new(folder.path().join("vault"));
        let keystore = KeystoreLocation::new(folder.path().join("keystore/keystore.json"));
        Self { _folder: folder, vault, keystore }
    }

    fn open(&self, options: SecretsServiceOptions) -> SecretsService {
        SecretsService::new(self.vault.clone(), self.keystore.clone(), Box::new(KeyFileOnly), options).expect("opens")
    }

    fn writable(&self) -> SecretsService {
        self.open(writable())
    }

    fn reading(&self) -> SecretsService {
        self.open(SecretsServiceOptions::default())
    }
}

fn writable() -> SecretsServiceOptions {
    SecretsServiceOptions { changes: Changes::Allowed, ..SecretsServiceOptions::default() }
}

fn only(secret_ids: &[&str]) -> SecretsServiceOptions {
    let ids: Vec<String> = secret_ids.iter().map(|id| (*id).to_owned()).collect();
    SecretsServiceOptions { selection: Some(SecretSelection::of(&ids).expect("ids")), ..writable() }
}

fn only_in(regions: &[&str]) -> SecretsServiceOptions {
    let regions: BTreeSet<Region> = regions.iter().map(|name| region(name)).collect();
    SecretsServiceOptions { regions: Some(regions), ..writable() }
}

fn europe() -> Region {
    region("eu-west-1")
}

fn send(service: &SecretsService, region: Region, operation: &str, request: &Value) -> JsonResponse {
    service.answer(&JsonRequest::new(Service::SecretsManager, region, operation, request.to_string().as_bytes()))
}

/// The answer of an operation that succeeds.
#[track_caller]
fn done_in(service: &SecretsService, region: Region, operation: &str, request: &Value) -> Value {
    let answer = send(service, region, operation, request);
    let value = json_of(&answer);
    assert_eq!((answer.status, answer.error), (200, None), "{operation} {request}: {value}");
    model::SECRETS.check_answer(operation, &value);
    value
}

#[track_caller]
fn done(service: &SecretsService, operation: &str, request: &Value) -> Value {
    done_in(service, west(), operation, request)
}

/// Name and message of a refusal.
#[track_caller]
fn refused_in(service: &SecretsService, region: Region, operation: &str, request: &Value) -> (String, String) {
    let answer = send(service, region, operation, request);
    let value = json_of(&answer);
    assert_eq!(answer.status, 400, "{operation} {request}: {value}");
    let text = |name: &str| value[name].as_str().unwrap_or_else(|| panic!("{name}: {value}")).to_owned();
    assert_eq!(value.as_object().map(serde_json::Map::len), Some(2), "{value}");
    assert_eq!(answer.error.map(|code| code.to_string()), Some(text("__type")));
    model::SECRETS.check_error(operation, &text("__type"));
    (text("__type"), text("Message"))
}

#[track_caller]
fn refused(service: &SecretsService, operation: &str, request: &Value) -> (String, String) {
    refused_in(service, west(), operation, request)
}

/// A new secret of this name with its name as its value, replicated to Europe.
#[track_caller]
fn create(service: &SecretsService, name: &str) -> Value {
    let token = format!("{name:-<32}");
    let request =
        json!({ "Name": name, "ClientRequestToken": token, "SecretString": name, "AddReplicaRegions": [{ "Region": "eu-west-1" }] });
    done(service, "CreateSecret", &request)
}

#[track_caller]
fn names_in(service: &SecretsService, region: Region) -> Vec<String> {
    let listed = done_in(service, region, "ListSecrets", &json!({}));
    listed["SecretList"].as_array().expect("a list").iter().map(|secret| text(&secret["Name"])).collect()
}

fn not_found() -> (String, String) {
    ("ResourceNotFoundException".to_owned(), "Secrets Manager can't find the specified secret.".to_owned())
}
