//! `docs/aws.md`, "Names of keys, and limits".

use serde_json::{Value, json};

use crate::account::{Account, members, too_short, too_small, violation, violation_of};

const NOT_FOUND: &str = "NotFoundException";
const VALIDATION: &str = "ValidationException";
const TAG: &str = "TagException";

#[test]
fn violations_name_the_member_and_the_constraint() {
    let account = Account::new();
    let id = account.key_id();
    for (line, value, parameter, constraint) in [
        ("schedule-key-deletion --pending-window-in-days 6", "6", "pendingWindowInDays", "have value greater than or equal to 7"),
        ("schedule-key-deletion --pending-window-in-days 31", "31", "pendingWindowInDays", "have value less than or equal to 30"),
        ("enable-key-rotation --rotation-period-in-days 2561", "2561", "rotationPeriodInDays", "have value less than or equal to 2560"),
        ("generate-data-key --number-of-bytes 1025", "1025", "numberOfBytes", "have value less than or equal to 1024"),
    ] {
        account.refuses(&format!("kms {line} --key-id {id}"), VALIDATION, &violation_of(value, parameter, constraint));
    }
    for (line, expected) in [
        ("schedule-key-deletion --pending-window-in-days 0", too_small("PendingWindowInDays", 0, 1)),
        ("enable-key-rotation --rotation-period-in-days 89", too_small("RotationPeriodInDays", 89, 90)),
        ("generate-data-key --number-of-bytes 0", too_small("NumberOfBytes", 0, 1)),
        ("generate-data-key --number-of-bytes -1", too_small("NumberOfBytes", -1, 1)),
    ] {
        account.does_not_send(&format!("kms {line} --key-id {id}"), None, &expected);
    }
    account.refuses("kms generate-random", VALIDATION, "NumberOfBytes is required.");
}

#[test]
fn all_violations_are_told_at_once() {
    let account = Account::new();
    let seen =
        [too_short("KeyId", 0, 1), too_short("Tags[0].TagKey", 0, 1), "Missing required parameter in Tags[1]: \"TagValue\"".to_owned()];
    account.does_not_send("kms tag-resource --tags TagKey=,TagValue=x TagKey=b --key-id", Some(""), &seen.join("\n"));
    let long = "k".repeat(129);
    account.refuses(
        &format!("kms create-key --key-spec HMAC_random --tags TagKey={long},TagValue=x TagKey=a,TagValue={long}{long}"),
        VALIDATION,
        &format!(
            "3 validation errors detected: Value 'HMAC_random' at 'keySpec' failed to satisfy constraint: Member must satisfy enum value set: [RSA_2048, RSA_3072, RSA_4096, ECC_NIST_P256, ECC_NIST_P384, ECC_NIST_P521, ECC_SECG_P256K1, SYMMETRIC_DEFAULT, HMAC_224, HMAC_256, HMAC_384, HMAC_512, SM2, ML_DSA_44, ML_DSA_65, ML_DSA_87, ECC_NIST_EDWARDS25519, ML_KEM_512, ML_KEM_768, ML_KEM_1024]; Value '{long}' at 'tags.1.member.tagKey' failed to satisfy constraint: Member must have length less than or equal to 128; Value at 'tags.2.member.tagValue' failed to satisfy constraint: Member must have length less than or equal to 256"
        ),
    );
}

#[test]
fn lists_go_by_limit_and_marker() {
    let account = Account::new();
    let ids: Vec<String> = (0..3).map(|_| account.key_id()).collect();
    let mut found = Vec::new();
    let mut marker = String::new();
    loop {
        let page = account.json(&format!("kms list-keys --limit 2 {marker}"));
        found.extend(page["Keys"].as_array().expect("a list").iter().map(|key| key["KeyId"].as_str().expect("an id").to_owned()));
        let Some(next) = page.get("NextMarker").and_then(Value::as_str) else {
            assert_eq!((members(&page), &page["Truncated"]), (vec!["Keys", "Truncated"], &json!(false)));
            break;
        };
        assert_eq!((members(&page), &page["Truncated"]), (vec!["Keys", "NextMarker", "Truncated"], &json!(true)));
        marker = format!("--marker {next}");
    }
    found.sort_unstable();
    let mut expected = ids;
    expected.sort_unstable();
    assert_eq!(found, expected);
    let of_key = |command: &str| format!("{command} --key-id {}", expected[0]);
    for (command, largest) in [
        ("list-keys".to_owned(), 1000),
        ("list-aliases".to_owned(), 100),
        (of_key("list-key-rotations"), 1000),
        (of_key("list-resource-tags"), 50),
    ] {
        account.json(&format!("kms {command} --limit {largest}"));
        let over = largest + 1;
        let message = violation_of(&over.to_string(), "limit", &format!("have value less than or equal to {largest}"));
        account.refuses(&format!("kms {command} --limit {over}"), VALIDATION, &message);
        account.does_not_send(&format!("kms {command} --limit 0"), None, &too_small("Limit", 0, 1));
        account.does_not_send(&format!("kms {command} --page-size 0"), None, &too_small("Limit", 0, 1));
    }
    for command in ["list-keys".to_owned(), of_key("list-key-rotations"), of_key("list-resource-tags")] {
        assert_eq!(account.refusal(&format!("kms {command} --marker x")).name, "InvalidMarkerException", "{command}");
    }
}

/// Lists of one key's things go by page too.
#[test]
fn rotations_and_tags_go_by_page() {
    let account = Account::new();
    let id = account.key_id();
    for number in 0..3 {
        account.json(&format!("kms rotate-key-on-demand --key-id {id}"));
        account.json(&format!("kms tag-resource --key-id {id} --tags TagKey=k{number},TagValue=v"));
    }
    for (command, list) in [("list-key-rotations", "Rotations"), ("list-resource-tags", "Tags")] {
        let line = format!("kms {command} --key-id {id}");
        let all = account.json(&line);
        assert_eq!((members(&all), all[list].as_array().map(Vec::len)), (vec![list], Some(3)));
        let first = account.json(&format!("{line} --limit 2"));
        assert_eq!((members(&first), &first["Truncated"]), (vec![list, "NextMarker", "Truncated"], &json!(true)));
        let rest = account.json(&format!("{line} --marker {}", first["NextMarker"].as_str().expect("a marker")));
        assert_eq!((members(&rest), &rest["Truncated"]), (vec![list, "Truncated"], &json!(false)));
        assert_eq!(rest[list][0], all[list][2]);
        assert_eq!(account.json(&format!("{line} --max-items 1 --query {list}[0]")), all[list][0]);
    }
}

/// A page has 100 keys, or 50 aliases, unless another size is asked for.
#[test]
fn pages_have_100_keys_or_50_aliases() {
    let account = Account::new();
    for first in [true, false] {
        let id = account.key_id();
        let names = (0..if first { 50 } else { 1 }).map(|number| format!("alias/{first}{number}"));
        for name in names {
            account.json(&format!("kms create-alias --alias-name {name} --target-key-id {id}"));
        }
    }
    let page = account.json("kms list-aliases --no-paginate");
    assert_eq!((page["Aliases"].as_array().map(Vec::len), &page["Truncated"]), (Some(50), &json!(true)));
    assert_eq!(account.json("kms list-aliases --query length(Aliases)"), 51);
}

#[test]
fn a_key_has_four_forms_of_name() {
    let account = Account::new();
    account.0.write("plain", "x");
    for kind in ["", "--multi-region"] {
        let key = account.key(kind);
        let (id, arn) = (key["KeyId"].as_str().expect("an id"), key["Arn"].as_str().expect("an ARN"));
        let is_id = if kind.is_empty() {
            id.split('-').map(str::len).eq([8, 4, 4, 4, 12])
        } else {
            id.strip_prefix("mrk-").is_some_and(|hex| hex.len() == 32 && hex.bytes().all(|byte| byte.is_ascii_hexdigit()))
        };
        assert!(is_id, "{id}");
        assert_eq!(arn, format!("arn:aws:kms:us-west-2:000000000000:key/{id}"));
        let alias = format!("alias/x{}", id.len() + kind.len());
        account.json(&format!("kms create-alias --alias-name {alias} --target-key-id {id}"));
        let alias_arn = format!("arn:aws:kms:us-west-2:000000000000:{alias}");
        for name in [id, arn, &alias, &alias_arn] {
            assert_eq!(account.json(&format!("kms describe-key --key-id {name} --query KeyMetadata.Arn")), arn, "{name}");
            let key = account.json(&format!("kms encrypt --plaintext fileb://plain --key-id {name} --query KeyId"));
            assert_eq!(key, arn, "{name}");
        }
        for command in ["enable-key", "disable-key", "enable-key-rotation", "schedule-key-deletion", "cancel-key-deletion"] {
            for name in [&alias, &alias_arn] {
                account.refuses(&format!("kms {command} --key-id {name}"), NOT_FOUND, &format!("Invalid keyId '{name}'"));
            }
        }
    }
}

#[test]
fn answers_name_the_whole_arn_or_the_bare_id() {
    let account = Account::new();
    account.0.write("plain", "x");
    let key = account.key("");
    let (id, arn) = (key["KeyId"].as_str().expect("an id"), &key["Arn"]);
    let blob = account.text(&format!("kms encrypt --plaintext fileb://plain --key-id {id} --query CiphertextBlob"));
    for line in [
        format!("encrypt --plaintext fileb://plain --key-id {id}"),
        format!("decrypt --ciphertext-blob {blob} --key-id {id}"),
        format!("decrypt --ciphertext-blob {blob}"),
        format!("re-encrypt --ciphertext-blob {blob} --destination-key-id {id}"),
        format!("generate-data-key --key-spec AES_256 --key-id {id}"),
        format!("generate-data-key-without-plaintext --key-spec AES_256 --key-id {id}"),
        format!("rotate-key-on-demand --key-id {id}"),
        format!("schedule-key-deletion --key-id {id}"),
        format!("cancel-key-deletion --key-id {id}"),
    ] {
        assert_eq!(&account.json(&format!("kms {line} --query KeyId")), arn, "{line}");
    }
    let re_encrypt = format!("kms re-encrypt --ciphertext-blob {blob} --destination-key-id {id} --query SourceKeyId");
    account.json(&format!("kms enable-key --key-id {id}"));
    assert_eq!(&account.json(&re_encrypt), arn);
    let curve = account.key("--key-spec ECC_NIST_P256 --key-usage KEY_AGREEMENT");
    let on_curve = format!("--key-id {}", curve["KeyId"].as_str().expect("an id"));
    let public_key = account.text(&format!("kms get-public-key {on_curve} --query PublicKey"));
    for line in [
        format!("get-public-key {on_curve}"),
        format!("derive-shared-secret {on_curve} --key-agreement-algorithm ECDH --public-key {public_key}"),
    ] {
        assert_eq!(account.json(&format!("kms {line} --query KeyId")), curve["Arn"], "{line}");
    }
    account.json(&format!("kms create-alias --alias-name alias/a --target-key-id {id}"));
    for line in [
        format!("get-key-rotation-status --key-id {id} --query KeyId"),
        format!("list-key-rotations --key-id {id} --query Rotations[0].KeyId"),
        format!("list-aliases --key-id {id} --query Aliases[0].TargetKeyId"),
        format!("describe-key --key-id {id} --query KeyMetadata.KeyId"),
    ] {
        assert_eq!(account.json(&format!("kms {line}")), id, "{line}");
    }
}

#[test]
fn ids_of_no_key_are_refused() {
    let account = Account::new();
    let id = account.key_id();
    let missing = "1234abcd-12ab-34cd-56ef-1234567890ab";
    let describe = |name: &str, code: &str, message: &str| account.refuses(&format!("kms describe-key --key-id {name}"), code, message);
    describe("x", NOT_FOUND, "Invalid keyId 'x'");
    describe(missing, NOT_FOUND, &format!("Key 'arn:aws:kms:us-west-2:000000000000:key/{missing}' does not exist"));
    let foreign = format!("arn:aws:kms:us-west-2:111122223333:key/{id}");
    describe(&foreign, NOT_FOUND, &format!("Key '{foreign}' does not exist"));
    describe("alias/none", NOT_FOUND, "Alias arn:aws:kms:us-west-2:000000000000:alias/none is not found.");
    describe("arn:x", "InvalidArnException", "Invalid arn arn:x");
    // Another Region's ARN, where the request has a Region of its own.
    account.0.write("plain", "x");
    let blob = account.text(&format!("kms encrypt --plaintext fileb://plain --key-id {id} --query CiphertextBlob"));
    account.refuses(
        &format!(
            "kms re-encrypt --ciphertext-blob {blob} --destination-key-id {id} \
             --source-key-id arn:aws:kms:eu-west-1:000000000000:key/{id}"
        ),
        NOT_FOUND,
        "Invalid arn eu-west-1",
    );
}

#[test]
fn an_alias_is_unique_and_no_reserved_name() {
    let account = Account::new();
    let id = account.key_id();
    let create = |name: &str| format!("kms create-alias --target-key-id {id} --alias-name {name}");
    let longest = format!("alias/{}", "x".repeat(250));
    account.json(&create(&longest));
    account.refuses(&create(&format!("{longest}x")), VALIDATION, &violation("aliasName", "have length less than or equal to 256"));
    account.does_not_send(&format!("kms create-alias --target-key-id {id} --alias-name"), Some(""), &too_short("AliasName", 0, 1));
    let pattern = "satisfy regular expression pattern: ^[a-zA-Z0-9:/_-]+$";
    account.refuses(&create("alias/a.b"), VALIDATION, &violation_of("alias/a.b", "aliasName", pattern));
    let prefix =
        "Alias must start with the prefix \"alias/\". Please see https://docs.aws.amazon.com/kms/latest/developerguide/kms-alias.html";
    for line in
        [create("team"), create("Alias/a"), "kms delete-alias --alias-name team".to_owned(), create("team").replace("create", "update")]
    {
        account.refuses(&line, VALIDATION, prefix);
    }
    account.refuses(&create("alias/aws/x"), "NotAuthorizedException", "");
    account.json(&create("alias/aZ09/_-"));
    // One of a name in an account's Region.
    account.refuses(
        &create("alias/aZ09/_-"),
        "AlreadyExistsException",
        "An alias with the name arn:aws:kms:us-west-2:000000000000:alias/aZ09/_- already exists",
    );
    let elsewhere = account.text("kms create-key --region eu-west-1 --query KeyMetadata.Arn");
    account.json(&format!("kms create-alias --alias-name alias/aZ09/_- --target-key-id {elsewhere}"));
    for number in 2..50 {
        account.json(&create(&format!("alias/n{number}")));
    }
    assert_eq!(account.refusal(&create("alias/n50")).name, "LimitExceededException");
    let other = account.key_id();
    account.json(&format!("kms create-alias --alias-name alias/n50 --target-key-id {other}"));
}

#[test]
fn plaintexts_have_up_to_4096_bytes_and_ciphertexts_up_to_6144() {
    let account = Account::new();
    let id = account.key_id();
    let encrypt = |length: usize| {
        account.0.write("plain", vec![7; length]);
        format!("kms encrypt --plaintext fileb://plain --key-id {id} --query CiphertextBlob")
    };
    for length in [1, 4096] {
        let blob = account.text(&encrypt(length));
        let plaintext = account.text(&format!("kms decrypt --ciphertext-blob {blob} --query Plaintext"));
        assert_eq!(plaintext.trim_end_matches('=').len() * 3 / 4, length);
    }
    account.refuses(&encrypt(0), VALIDATION, &violation("plaintext", "have length greater than or equal to 1"));
    account.refuses(&encrypt(4097), VALIDATION, &violation("plaintext", "have length less than or equal to 4096"));
    let decrypt = |length: usize| {
        account.0.write("blob", vec![7; length]);
        "kms decrypt --ciphertext-blob fileb://blob"
    };
    account.refuses(decrypt(0), VALIDATION, &violation("ciphertextBlob", "have length greater than or equal to 1"));
    account.refuses(decrypt(6145), VALIDATION, &violation("ciphertextBlob", "have length less than or equal to 6144"));
    for length in [1, 6144] {
        account.refuses(decrypt(length), "InvalidCiphertextException", "");
    }
}

#[test]
fn the_encryption_context_matches_exactly() {
    let account = Account::new();
    account.0.write("plain", "x");
    let id = account.key_id();
    let line = format!("kms encrypt --plaintext fileb://plain --key-id {id} --query CiphertextBlob --encryption-context a=b,c=d");
    let decrypt = format!("kms decrypt --ciphertext-blob {} --query Plaintext", account.text(&line));
    for same in ["a=b,c=d", "c=d,a=b", r#"{"c":"d","a":"b"}"#] {
        assert_eq!(account.json(&format!("{decrypt} --encryption-context {same}")), "eA==", "{same}");
    }
    for other in ["a=b", "a=b,c=D", "A=b,c=d", "a=b,c=d,e=f", "a=d,c=b"] {
        account.refuses(&format!("{decrypt} --encryption-context {other}"), "InvalidCiphertextException", "");
    }
    account.refuses(&decrypt, "InvalidCiphertextException", "");
    // What the tools write themselves is reserved in a message, as in the AWS Encryption SDK.
    let (code, _, stderr) = account.run(&format!("seal plain --kms-key-id {id} --encryption-context aws-crypto-x=y -o out"));
    assert!(code == Some(252) && stderr.contains("the name aws-crypto-x is reserved"), "{stderr}");
}

#[test]
fn a_ciphertext_that_does_not_open_has_no_message() {
    let account = Account::new();
    account.0.write("plain", "x");
    let id = account.key_id();
    account.json(&format!("kms encrypt --plaintext fileb://plain --key-id {id} --query CiphertextBlob"));
    let made = account.text(&format!("kms encrypt --plaintext fileb://plain --key-id {id} --query CiphertextBlob"));
    // A changed byte gets the same answer as another context: a name and no message.
    let changed = format!("{}AAAA", &made[..made.len() - 4]);
    for blob in ["AAAA", &changed] {
        account.refuses(&format!("kms decrypt --ciphertext-blob {blob}"), "InvalidCiphertextException", "");
    }
}

#[test]
fn tags_of_a_key_are_unique_and_50_at_most() {
    let account = Account::new();
    let id = account.key_id();
    let tag = |tags: &str| format!("kms tag-resource --key-id {id} --tags {tags}");
    let pair = |key: usize, value: usize| format!("TagKey={},TagValue={}", "k".repeat(key), "v".repeat(value));
    let several = |range: std::ops::Range<usize>| range.map(|number| format!("TagKey=n{number},TagValue=")).collect::<Vec<_>>().join(" ");
    account.json(&tag(&pair(1, 0)));
    account.json(&tag(&pair(128, 256)));
    account.does_not_send(&tag(&pair(0, 0)), None, &too_short("Tags[0].TagKey", 0, 1));
    for (key, value, parameter, most) in [(129, 0, "tags.1.member.tagKey", 128), (1, 257, "tags.1.member.tagValue", 256)] {
        let refusal = account.refusal(&tag(&pair(key, value)));
        assert_eq!(refusal.name, VALIDATION);
        let expected = format!("at '{parameter}' failed to satisfy constraint: Member must have length less than or equal to {most}");
        assert!(refusal.message.ends_with(&expected), "{}", refusal.message);
    }
    account.refuses(&tag("TagKey=a,TagValue=1 TagKey=a,TagValue=2"), TAG, "Duplicate tag keys");
    account.refuses(&tag("TagKey=aws:a,TagValue=1"), TAG, "Tags beginning with aws: are reserved");
    account.refuses(&tag(&several(0..49)), TAG, "Too many tags");
    account.refuses(&format!("kms create-key --tags {}", several(0..51)), TAG, "Too many tags");
    account.json(&tag(&several(0..48)));
    assert_eq!(account.json(&format!("kms list-resource-tags --key-id {id} --query length(Tags)")), 50);
    // A tag that is there gets the new value, at the limit too.
    account.json(&tag("TagKey=n0,TagValue=new"));
}

#[test]
fn policies_and_descriptions_are_limited() {
    let account = Account::new();
    for length in [0, 8192] {
        let made = account.json_with("kms create-key --query KeyMetadata.Description --description", &"d".repeat(length));
        assert_eq!(made.as_str().map(str::len), Some(length));
    }
    let message = violation("description", "have length less than or equal to 8192");
    account.refuses(&format!("kms create-key --description {}", "d".repeat(8193)), VALIDATION, &message);
    let id = account.key_id();
    account.refuses(&format!("kms update-key-description --key-id {id} --description {}", "d".repeat(8193)), VALIDATION, &message);
    let policy = r#"{"Version":"2012-10-17","Statement":{"Effect":"Allow","Principal":"*","Action":"kms:*","Resource":"*"}}"#;
    let put = |length: usize| {
        account.0.write("policy", format!("{policy}{}", " ".repeat(length - policy.len())));
        format!("kms put-key-policy --key-id {id} --policy file://policy")
    };
    // The service's quota of 32 KB, below what the model would take.
    account.json(&put(32 * 1024));
    account.refuses(&put(32 * 1024 + 1), "LimitExceededException", "The key policy has 32769 bytes, more than 32768");
}

/// Requests are not counted: nothing is asked of a service.
#[test]
fn requests_are_not_counted() {
    let account = Account::new();
    let ids: Vec<String> = (0..8).map(|_| account.key_id()).collect();
    assert_eq!(account.json("kms list-keys --query length(Keys)"), ids.len());
}
