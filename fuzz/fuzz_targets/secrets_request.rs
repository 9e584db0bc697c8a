//! A request to `serve` (`OPERATION BODY`): the operation never panics, its answer is a JSON object, an error has a name and a message, and what CreateSecret
//! took is what GetSecretValue gives. The secret `db` is there, in two Regions.
#![no_main]

use std::{fs, path::PathBuf, process, sync::Mutex};

use coldseal::{
    endpoint::{Changes, JsonRequest, JsonResponse, JsonService as _, SecretsService, SecretsServiceOptions, Service},
    kms::{KeyFileOnly, KeystoreLocation},
    region::Region,
    vault::Vault,
};
use libfuzzer_sys::fuzz_target;
use serde_json::{Map, Value, json};

/// The service that no request has changed yet.
static FRESH: Mutex<Option<SecretsService>> = Mutex::new(None);

fuzz_target!(|text: &str| {
    let Some((operation, body)) = text.split_once(' ') else { return };
    let mut fresh = FRESH.lock().expect("no run panics");
    let service = fresh.take().unwrap_or_else(made);
    let answer = ask(&service, operation, body);
    let members = checked(&answer);
    if operation == "CreateSecret" && answer.status == 200 {
        let request: Map<String, Value> = serde_json::from_str(body).expect("what was taken is JSON");
        if let Some(value) = request.get("SecretString").filter(|value| !value.is_null()) {
            let read = checked(&ask(&service, "GetSecretValue", &json!({ "SecretId": members["ARN"] }).to_string()));
            assert_eq!(read["SecretString"], *value);
        }
    }
    let is_reading = ["Batch", "Describe", "Get", "List", "Validate"].iter().any(|verb| operation.starts_with(verb));
    if is_reading || answer.status != 200 {
        *fresh = Some(service);
    }
});

/// A vault with one secret, in place of the one that was there.
fn made() -> SecretsService {
    let folder: PathBuf = std::env::temp_dir().join(format!("coldseal-secrets-request-{}", process::id()));
    let _ = fs::remove_dir_all(&folder);
    let mut options = SecretsServiceOptions::default();
    options.changes = Changes::Allowed;
    let location = KeystoreLocation::new(folder.join("keystore/keystore.json"));
    let service = SecretsService::new(Vault::new(folder.join("vault")), location, Box::new(KeyFileOnly), options).expect("made");
    let body = json!({
        "Name": "db",
        "SecretString": "value",
        "ClientRequestToken": "11111111-2222-3333-4444-555555555555",
        "AddReplicaRegions": [{ "Region": "eu-west-1" }],
    });
    assert_eq!(ask(&service, "CreateSecret", &body.to_string()).status, 200);
    service
}

fn ask(service: &SecretsService, operation: &str, body: &str) -> JsonResponse {
    let region = Region::new("us-west-2").expect("a Region of AWS");
    service.answer(&JsonRequest::new(Service::SecretsManager, region, operation, body.as_bytes()))
}

fn checked(answer: &JsonResponse) -> Map<String, Value> {
    let members: Map<String, Value> = serde_json::from_slice(answer.body.expose()).expect("an answer is a JSON object");
    match answer.error {
        None => assert_eq!(answer.status, 200),
        Some(code) => {
            assert_eq!((answer.status, members.len()), (400, 2));
            assert!(members["__type"] == code.to_string() && members["Message"].is_string());
        }
    }
    members
}
