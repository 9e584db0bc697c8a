//! Several Regions at once, and callers that are inside of a runtime.

use super::*;
use crate::{keyring::Kms as _, kms::CallCounts};

const REGIONS: [&str; 5] = ["us-east-1", "us-west-2", "eu-west-1", "ap-south-1", "cn-north-1"];

#[test]
fn regions_are_called_at_once() {
    let mut memory = Memory::new(|request, _| success(request));
    // No answer comes before all requests are there.
    memory.barrier = Some(Arc::new(tokio::sync::Barrier::new(REGIONS.len())));
    let kms = memory.kms();
    std::thread::scope(|scope| {
        for name in REGIONS {
            let kms = &kms;
            scope.spawn(move || kms.generate_data_key(&arn(name), &context()).expect("answered"));
        }
    });
    let mut called: Vec<_> = memory.sent().into_iter().map(|request| (request.region, request.uri)).collect();
    called.sort();
    let suffix = |name: &str| if name.starts_with("cn-") { ".cn" } else { "" };
    let mut expected = REGIONS.map(|name| (name.to_owned(), format!("https://kms.{name}.amazonaws.com{}/", suffix(name))));
    expected.sort();
    assert_eq!(called, expected);
    assert_eq!(kms.calls(), CallCounts { calls: 5, retries: 0 });
}

#[test]
fn a_caller_may_be_inside_of_a_runtime() {
    for mut builder in [tokio::runtime::Builder::new_current_thread(), tokio::runtime::Builder::new_multi_thread()] {
        let memory = Memory::new(|request, _| success(request));
        let kms = memory.kms();
        builder.build().expect("a runtime").block_on(async move {
            kms.generate_data_key(&arn("us-east-1"), &context()).expect("answered");
            // The client's own runtime ends here.
            drop(kms);
        });
        assert_eq!(memory.sent().len(), 1);
    }
}

#[test]
fn a_panic_of_the_client_is_an_error() {
    let memory = Memory::new(|_, _| panic!("an answer that nobody expected"));
    let error = memory.kms().generate_data_key(&arn("us-east-1"), &context()).expect_err("no answer").to_string();
    assert!(error.ends_with(": the client stopped"), "{error}");
}
