//! A request to `kms serve` (`OPERATION BODY`): the operation never panics, its answer is a JSON object, an error has a name and a message, and
//! what Encrypt encrypted decrypts. `$KEY` and `$CURVE` in a body are keys that are there.
#![no_main]

use coldseal::{
    arn::AccountId,
    endpoint::{JsonRequest, JsonResponse, JsonService as _, Service, ServiceInMemory},
    kms::{CreateKey, EmbeddedKms, KeySpec, KeyUsage},
    region::Region,
};
use libfuzzer_sys::fuzz_target;
use serde_json::{Map, Value, json};

fuzz_target!(|text: &str| {
    // Making RSA keys takes seconds.
    let Some((operation, body)) = text.split_once(' ').filter(|_| !text.contains("RSA_") && !text.contains('\\')) else { return };
    let region = Region::new("us-west-2").expect("a Region of AWS");
    let mut kms = EmbeddedKms::new(AccountId::embedded()).expect("random bytes");
    let mut request = CreateKey::default();
    request.multi_region = true;
    let key = kms.create_key_with(region, request).expect("made").key_id;
    let curve = kms.create_key_with(region, CreateKey::new(KeySpec::EccNistP256, KeyUsage::KeyAgreement)).expect("made").key_id;
    let service = ServiceInMemory::new(kms);
    let body = body.replace("$KEY", &key).replace("$CURVE", &curve);

    let answer = service.answer(&JsonRequest::new(Service::Kms, region, operation, body.as_bytes()));
    let members = checked(&answer);
    if operation == "Encrypt" && answer.status == 200 {
        let request: Map<String, Value> = serde_json::from_str(&body).expect("what was taken is JSON");
        let again = json!({
            "CiphertextBlob": members["CiphertextBlob"],
            "KeyId": members["KeyId"],
            "EncryptionContext": request.get("EncryptionContext"),
        });
        let decrypted = service.answer(&JsonRequest::new(Service::Kms, region, "Decrypt", again.to_string().as_bytes()));
        assert_eq!(checked(&decrypted)["Plaintext"], request["Plaintext"]);
    }
});

fn checked(answer: &JsonResponse) -> Map<String, Value> {
    let members: Map<String, Value> = serde_json::from_slice(answer.body.expose()).expect("an answer is a JSON object");
    match answer.error {
        None => assert_eq!(answer.status, 200),
        Some(code) => {
            assert_eq!((answer.status, members.len()), (400, 2));
            assert!(members["__type"] == code.to_string() && members["message"].is_string());
        }
    }
    members
}
