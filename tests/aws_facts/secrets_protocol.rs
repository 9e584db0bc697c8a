//! The protocol of AWS Secrets Manager, as `serve` speaks it, without a socket.

use coldseal::{
    endpoint::{Changes, JsonRequest, JsonService as _, SecretsService, SecretsServiceOptions, Service},
    kms::{KeyFileOnly, KeystoreLocation},
    region::Region,
    vault::Vault,
};
use serde_json::{Value, json};
use tempfile::TempDir;

const TOKEN: &str = "11111111-2222-3333-4444-555555555555";

struct Served {
    _folder: TempDir,
    service: SecretsService,
}

impl Served {
    fn new() -> Self {
        let folder = TempDir::new().expect("a folder");
        let mut options = SecretsServiceOptions::default();
        options.changes = Changes::Allowed;
        let location = KeystoreLocation::new(folder.path().join("keystore.json"));
        let service = SecretsService::new(Vault::new(folder.path().join("vault")), location, Box::new(KeyFileOnly), options).expect("made");
        Self { _folder: folder, service }
    }

    fn ask(&self, operation: &str, body: &Value) -> (u16, Value) {
        let (region, body) = (Region::new("us-west-2").expect("a Region"), body.to_string());
        let answer = self.service.answer(&JsonRequest::new(Service::SecretsManager, region, operation, body.as_bytes()));
        (answer.status, serde_json::from_slice(answer.body.expose()).expect("JSON"))
    }
}

#[test]
fn answers_have_seconds_and_base64() {
    let served = Served::new();
    let made = served.ask("CreateSecret", &json!({ "Name": "der", "SecretBinary": "AP8H", "ClientRequestToken": TOKEN }));
    assert_eq!((made.0, &made.1["VersionId"]), (200, &json!(TOKEN)));
    let (_, value) = served.ask("GetSecretValue", &json!({ "SecretId": "der" }));
    assert_eq!(value["SecretBinary"], "AP8H");
    assert!(value["CreatedDate"].as_f64().is_some_and(|seconds| seconds > 1.7e9), "{value}");
    let members: Vec<_> = value.as_object().expect("an object").keys().cloned().collect();
    assert_eq!(members, ["ARN", "Name", "VersionId", "SecretBinary", "VersionStages", "CreatedDate"]);
}

#[test]
fn errors_have_a_type_and_a_message_and_status_400() {
    let served = Served::new();
    let expected = json!({ "__type": "ResourceNotFoundException", "Message": "Secrets Manager can't find the specified secret." });
    assert_eq!(served.ask("GetSecretValue", &json!({ "SecretId": "none" })), (400, expected));
    let (status, refusal) = served.ask("ListSecrets", &json!({ "MaxResults": 101 }));
    assert_eq!((status, &refusal["__type"]), (400, &json!("ValidationException")));
    let message = "1 validation error detected: Value '101' at 'maxResults' failed to satisfy constraint: Member must have value less than or equal to 100";
    assert_eq!(refusal["Message"], message);
}

#[test]
fn a_request_without_a_token_is_refused() {
    let served = Served::new();
    let message = "You must provide a ClientRequestToken value. We recommend a UUID-type value.";
    let expected = json!({ "__type": "InvalidRequestException", "Message": message });
    assert_eq!(served.ask("CreateSecret", &json!({ "Name": "x", "SecretString": "y" })), (400, expected));
}
