//! Each key is asked for once.

use super::*;
use crate::kms::OnlineKms as _;

fn keys_asked_for(memory: &Memory) -> Vec<(String, String)> {
    memory.sent().iter().map(|request| (request.region.clone(), request.key().to_owned())).collect()
}

#[test]
fn several_threads_ask_once() {
    let memory = Memory::new(|request, _| success(request));
    let kms = memory.kms();
    std::thread::scope(|scope| {
        for _ in 0..8 {
            scope.spawn(|| assert_eq!(kms.describe_key(region("eu-west-1"), "alias/example").expect("described").arn, arn("eu-west-1")));
        }
    });
    assert_eq!(keys_asked_for(&memory), [("eu-west-1".to_owned(), "alias/example".to_owned())]);
}

#[test]
fn a_name_is_of_a_region_and_an_answer_is_known_by_its_arn() {
    let memory = Memory::new(|request, _| success(request));
    let kms = memory.kms();
    let by_alias = kms.describe_key(region("eu-west-1"), "alias/example").expect("described");
    assert_eq!(kms.describe_key(region("eu-west-1"), &by_alias.arn.to_string()).expect("known"), by_alias);
    assert_eq!(kms.described_key(&by_alias.arn), Some(by_alias.clone()), "known without a call");
    assert_eq!(kms.described_key(&arn("ca-central-1")), None);
    assert_ne!(kms.describe_key(region("us-east-1"), "alias/example").expect("described"), by_alias);
    let expected = [("eu-west-1", "alias/example"), ("us-east-1", "alias/example")];
    assert_eq!(keys_asked_for(&memory), expected.map(|(region, key)| (region.to_owned(), key.to_owned())));
}

#[test]
fn a_refusal_is_kept_and_what_may_pass_is_asked_again() {
    let missing = Memory::answering(refusal(400, "NotFoundException", "Alias arn:aws:kms:us-east-1:111122223333:alias/x is not found."));
    let kms = missing.kms();
    let ask = |kms: &AwsKms| kms.describe_key(region("us-east-1"), "alias/x").expect_err("refused").to_string();
    assert_eq!(ask(&kms), ask(&kms));
    assert_eq!(missing.sent().len(), 1);

    for passing in [refusal(400, "ThrottlingException", "Rate exceeded"), Answer::NoConnection] {
        let memory = Memory::new(move |request, number| if number == 0 { passing.clone() } else { success(request) });
        let kms = memory.kms_with(AwsKmsOptions { max_attempts: Some(1), ..AwsKmsOptions::default() });
        ask(&kms);
        kms.describe_key(region("us-east-1"), "alias/x").expect("answered by now");
        assert_eq!(memory.sent().len(), 2);
    }
}
