//! `docs/aws.md`, "Protocol", of AWS KMS. Here without HTTP, as tests have no sockets: paths, headers and signatures stand in
//! `src/endpoint/http/tests`, and AWS's own clients in `tests/system/test_serve_*.py`.

use base64::{Engine as _, prelude::BASE64_STANDARD};
use coldseal::{
    arn::AccountId,
    endpoint::{JsonRequest, JsonResponse, JsonService, Service, ServiceInMemory},
    kms::EmbeddedKms,
    region::Region,
};
use serde_json::{Value, json};

fn service() -> ServiceInMemory {
    ServiceInMemory::new(EmbeddedKms::new(AccountId::embedded()).expect("a keystore"))
}

fn ask(service: &ServiceInMemory, operation: &str, body: &Value) -> (u16, Value) {
    let (region, body) = (Region::new("us-west-2").expect("a Region"), body.to_string());
    let JsonResponse { status, body, .. } = service.answer(&JsonRequest::new(Service::Kms, region, operation, body.as_bytes()));
    let document = if body.is_empty() { Value::Null } else { serde_json::from_slice(body.expose()).expect("JSON") };
    (status, document)
}

#[test]
fn answers_have_seconds_and_base64() {
    let service = service();
    let (status, answer) = ask(&service, "CreateKey", &json!({}));
    let metadata = &answer["KeyMetadata"];
    assert_eq!(status, 200, "{answer}");
    // Times are seconds since 1970, as a number.
    assert!(metadata["CreationDate"].as_f64().is_some_and(|seconds| seconds > 1.7e9), "{metadata}");
    let (status, answer) = ask(&service, "GenerateDataKey", &json!({ "KeyId": metadata["KeyId"], "NumberOfBytes": 32 }));
    assert_eq!((status, &answer["KeyId"]), (200, &metadata["Arn"]));
    // Binary values are base64.
    assert_eq!(BASE64_STANDARD.decode(answer["Plaintext"].as_str().expect("text")).map(|bytes| bytes.len()), Ok(32));
    let (status, opened) = ask(&service, "Decrypt", &json!({ "CiphertextBlob": answer["CiphertextBlob"] }));
    assert_eq!((status, &opened["Plaintext"]), (200, &answer["Plaintext"]));
}

#[test]
fn errors_have_a_type_and_a_message() {
    let service = service();
    // The name under `__type`, the text under `message`, and no other member.
    let (status, error) = ask(&service, "DescribeKey", &json!({ "KeyId": "alias/none" }));
    let message = "Alias arn:aws:kms:us-west-2:000000000000:alias/none is not found.";
    assert_eq!((status, error), (400, json!({ "__type": "NotFoundException", "message": message })));
    let named = |(status, error): (u16, Value)| (status, error["__type"].as_str().map(str::to_owned));
    let expected = |status, name: &str| (status, Some(name.to_owned()));
    assert_eq!(named(ask(&service, "Nothing", &json!({}))), expected(400, "UnknownOperationException"));
    assert_eq!(named(ask(&service, "DescribeKey", &json!({ "KeyId": 1 }))), expected(400, "SerializationException"));
    assert_eq!(named(ask(&service, "DescribeKey", &json!({}))), expected(400, "ValidationException"));
    assert_eq!(named(ask(&service, "DescribeKey", &json!([]))), expected(400, "SerializationException"));
}
