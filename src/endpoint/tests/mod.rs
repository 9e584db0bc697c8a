#![allow(clippy::indexing_slicing, reason = "a test fails where an index is wrong")]

mod errors;
mod imported;
mod keystore;
mod lists;
mod malformed;
mod model;
mod operations;
mod secrets;

use base64::{Engine as _, engine::general_purpose::STANDARD};
use serde_json::{Value, json};

use super::{JsonRequest, JsonResponse, JsonService, Service, ServiceInMemory};
use crate::{kms::EmbeddedKms, region::Region};

const ACCOUNT: &str = "111122223333";

fn region(name: &str) -> Region {
    Region::new(name).expect("a Region of AWS")
}

fn west() -> Region {
    region("us-west-2")
}

fn service() -> ServiceInMemory {
    ServiceInMemory::new(EmbeddedKms::new(ACCOUNT.parse().expect("an account")).expect("random bytes"))
}

fn json_of(answer: &JsonResponse) -> Value {
    serde_json::from_slice(answer.body.expose()).expect("answers are JSON")
}

/// A request to AWS KMS.
fn call(service: &impl JsonService, region: Region, operation: &str, body: &[u8]) -> JsonResponse {
    service.answer(&JsonRequest::new(Service::Kms, region, operation, body))
}

/// The answer of an operation that succeeds.
fn ask_in(service: &impl JsonService, region: Region, operation: &str, request: &Value) -> Value {
    let answer = call(service, region, operation, request.to_string().as_bytes());
    let value = json_of(&answer);
    assert_eq!((answer.status, answer.error), (200, None), "{operation} {request}: {value}");
    model::KMS.check_answer(operation, &value);
    value
}

fn ask(service: &impl JsonService, operation: &str, request: &Value) -> Value {
    ask_in(service, west(), operation, request)
}

/// Name and message of a refusal.
fn refusal_of(answer: &JsonResponse) -> (String, String) {
    let value = json_of(answer);
    let text = |name: &str| value[name].as_str().unwrap_or_else(|| panic!("{name}: {value}")).to_owned();
    assert_eq!(value.as_object().map(serde_json::Map::len), Some(2), "{value}");
    assert_eq!(answer.error.map(|code| code.to_string()), Some(text("__type")));
    (text("__type"), text("message"))
}

fn refuse(service: &impl JsonService, operation: &str, request: &Value) -> (String, String) {
    let answer = call(service, west(), operation, request.to_string().as_bytes());
    let refusal = refusal_of(&answer);
    assert_eq!(answer.status, 400, "{operation} {request}: {refusal:?}");
    model::KMS.check_error(operation, &refusal.0);
    refusal
}

/// A new key's metadata.
fn create_key(service: &impl JsonService, request: &Value) -> Value {
    ask(service, "CreateKey", request)["KeyMetadata"].clone()
}

fn key_id(service: &impl JsonService) -> String {
    text(&create_key(service, &json!({}))["KeyId"])
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_else(|| panic!("not text: {value}")).to_owned()
}

fn base64(bytes: &[u8]) -> String {
    STANDARD.encode(bytes)
}

fn bytes(value: &Value) -> Vec<u8> {
    STANDARD.decode(text(value)).expect("base64")
}
