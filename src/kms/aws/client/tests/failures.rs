//! What AWS KMS refuses, and what does not come back.

use aws_credential_types::provider::{error::CredentialsError, future};

use super::*;
use crate::{
    error::{Error, ErrorCode, NoAnswer, Obstacle, SetupError},
    format::EncryptedDataKey,
    keyring::{AwsKmsKeyring, CiphertextBlob, Keyring as _, Kms as _, RsaEncryptionAlgorithm, Unwrapped},
    kms::CallCounts,
};

const WHERE: &str = "us-east-1, GenerateDataKey with arn:aws:kms:us-east-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab";

fn once() -> AwsKmsOptions {
    AwsKmsOptions { max_attempts: Some(1), ..AwsKmsOptions::default() }
}

fn generate(memory: &Memory) -> Error {
    memory.kms_with(once()).generate_data_key(&arn("us-east-1"), &context()).expect_err("a failure")
}

/// Name and message of a refusal, without where it was.
fn refused(answer: Answer) -> (ErrorCode, String) {
    match generate(&Memory::answering(answer)) {
        Error::Service(refusal) => {
            let message = refusal.to_string();
            (refusal.code(), message.strip_prefix(WHERE).expect(&message).to_owned())
        }
        other => panic!("{other:?}"),
    }
}

fn reason(answer: Answer) -> String {
    match generate(&Memory::answering(answer)) {
        Error::NoAnswer(NoAnswer { doing, reason, obstacle: Obstacle::Network }) => {
            assert_eq!(doing, format!("calling GenerateDataKey in us-east-1 with {}", arn("us-east-1")));
            reason
        }
        other => panic!("{other:?}"),
    }
}

#[test]
fn refusals_keep_their_names() {
    let cases = [
        (400, "NotFoundException", ErrorCode::NotFoundException),
        (400, "DisabledException", ErrorCode::DisabledException),
        (500, "KeyUnavailableException", ErrorCode::KeyUnavailableException),
        (503, "DependencyTimeoutException", ErrorCode::DependencyTimeoutException),
        (400, "InvalidKeyUsageException", ErrorCode::InvalidKeyUsageException),
        (400, "InvalidGrantTokenException", ErrorCode::InvalidGrantTokenException),
        (500, "KMSInternalException", ErrorCode::KMSInternalException),
        (400, "KMSInvalidStateException", ErrorCode::KMSInvalidStateException),
        (400, "DryRunOperationException", ErrorCode::DryRunOperationException),
        (400, "IncorrectKeyException", ErrorCode::IncorrectKeyException),
        (400, "InvalidArnException", ErrorCode::InvalidArnException),
        (400, "UnsupportedOperationException", ErrorCode::UnsupportedOperationException),
        (400, "LimitExceededException", ErrorCode::LimitExceededException),
        (400, "AccessDeniedException", ErrorCode::AccessDeniedException),
        (400, "ThrottlingException", ErrorCode::ThrottlingException),
        (400, "ValidationException", ErrorCode::ValidationException),
        (400, "UnrecognizedClientException", ErrorCode::UnrecognizedClientException),
        (400, "ExpiredTokenException", ErrorCode::ExpiredTokenException),
        (400, "InvalidSignatureException", ErrorCode::InvalidSignatureException),
        (400, "OptInRequired", ErrorCode::OptInRequired),
    ];
    for (status, name, code) in cases {
        assert_eq!(refused(refusal(status, name, "What AWS says.")), (code, ": What AWS says.".to_owned()), "{name}");
        for written in [format!("com.amazonaws.kms#{name}"), format!("{name}:http://internal.amazon.com/coral/com.amazon.coral/")] {
            assert_eq!(refused(refusal(status, &written, "")), (code, String::new()), "{written}");
        }
    }
    let capital = json!({ "__type": "AccessDeniedException", "Message": "User: x is not authorized" }).to_string();
    assert_eq!(
        refused(Answer::Http(400, capital.into_bytes())),
        (ErrorCode::AccessDeniedException, ": User: x is not authorized".to_owned())
    );
}

#[test]
fn a_name_that_is_not_known_is_said() {
    let cases = [
        (400, "XksProxyUriUnreachableException", ErrorCode::KMSInvalidStateException),
        (400, "InvalidClientTokenId", ErrorCode::UnrecognizedClientException),
        (400, "Throttling", ErrorCode::ThrottlingException),
        (400, "NewException", ErrorCode::ValidationException),
        (403, "NewException", ErrorCode::AccessDeniedException),
        (429, "NewException", ErrorCode::ThrottlingException),
        (501, "NewException", ErrorCode::KMSInternalException),
    ];
    for (status, name, code) in cases {
        assert_eq!(refused(refusal(status, name, "Text")), (code, format!(": {name}: Text")));
        assert_eq!(refused(refusal(status, name, "")), (code, format!(": {name}")));
    }
}

#[test]
fn text_of_an_answer_is_one_line_of_bounded_length() {
    let (_, message) = refused(refusal(400, "NotFoundException", &format!("\u{1b}]0;title\u{7}\r\n{}", "é".repeat(4000))));
    assert!(!message.contains(char::is_control) && message.len() < 1100 && message.ends_with('…'), "{message}");
}

#[test]
fn a_wrong_ciphertext_is_indistinct_and_the_rest_is_named() {
    let unwrapped = |answer: Answer, provider: &str| {
        let memory = Memory::answering(answer);
        let (kms, key) = (memory.kms_with(once()), arn("us-east-1"));
        let info = key.to_string().into_bytes();
        let edk = EncryptedDataKey { provider_id: provider.to_owned(), provider_info: info, ciphertext: b"blob".to_vec() };
        match AwsKmsKeyring::new(&kms, key).unwrap(&edk, &context()) {
            Unwrapped::Failed(cause) => cause.to_string(),
            Unwrapped::DoesNotUnwrap => "does not unwrap".to_owned(),
            other => panic!("{other:?}"),
        }
    };
    let here = WHERE.replace("GenerateDataKey", "Decrypt");
    assert_eq!(unwrapped(refusal(400, "InvalidCiphertextException", ""), "aws-kms"), format!("InvalidCiphertextException: {here}"));
    // A fault of the padding looks like another context.
    let other_context = ok(&json!({ "KeyId": arn("us-east-1").to_string(), "Plaintext": BASE64.encode([7; 80]) }));
    assert_eq!(unwrapped(refusal(400, "InvalidCiphertextException", ""), "aws-kms-rsa"), unwrapped(other_context, "aws-kms-rsa"));
    for provider in ["aws-kms", "aws-kms-rsa"] {
        let reason = unwrapped(refusal(400, "AccessDeniedException", "User: x is not authorized"), provider);
        assert_eq!(reason, format!("AccessDeniedException: {here}: User: x is not authorized"));
        assert!(unwrapped(Answer::NoConnection, provider).contains("Connection refused"));
    }
}

#[test]
fn throttling_is_tried_again_and_counted() {
    let answers = |failures: usize, failure: Answer| {
        Memory::new(move |request, number| if number < failures { failure.clone() } else { success(request) })
    };
    for failure in [refusal(400, "ThrottlingException", "Rate exceeded"), refusal(500, "KMSInternalException", ""), Answer::NoConnection] {
        let memory = answers(2, failure.clone());
        let kms = memory.kms();
        kms.generate_data_key(&arn("us-east-1"), &context()).expect("the third time");
        assert_eq!((memory.sent().len(), kms.calls()), (3, CallCounts { calls: 1, retries: 2 }), "{failure:?}");

        let memory = answers(usize::MAX, failure.clone());
        let kms = memory.kms_with(AwsKmsOptions { max_attempts: Some(2), ..AwsKmsOptions::default() });
        kms.generate_data_key(&arn("us-east-1"), &context()).expect_err("given up");
        assert_eq!((memory.sent().len(), kms.calls()), (2, CallCounts { calls: 1, retries: 1 }), "{failure:?}");
    }
    let memory = answers(1, refusal(400, "AccessDeniedException", "no"));
    let kms = memory.kms();
    kms.decrypt_rsa(&arn("us-east-1"), RsaEncryptionAlgorithm::RsaesOaepSha1, b"x").expect_err("refused");
    assert_eq!(kms.calls(), CallCounts { calls: 1, retries: 0 });
}

#[test]
fn what_does_not_come_back_is_said() {
    assert_eq!(reason(Answer::NoConnection), "Connection refused (os error 111)");
    let page = Answer::Http(502, b"<html>Bad gateway</html>".to_vec());
    assert_eq!(reason(page), "the answer, of HTTP status 502, is not one of AWS KMS");
    for body in ["", "{}", "null", "[]", "{\"__type\": 7}"] {
        let status = 400;
        assert!(reason(Answer::Http(status, body.into())).contains("HTTP status 400"), "{body}");
    }
    let memory = Memory::answering(Answer::NoConnection);
    let error = memory.kms().generate_data_key(&arn("us-east-1"), &context()).expect_err("no answer").to_string();
    assert!(error.ends_with("Connection refused (os error 111), after 3 attempts"), "{error}");
}

#[test]
fn an_answer_that_does_not_parse_is_not_repeated() {
    let secret = BASE64.encode([7; 32]);
    for body in [format!("{{\"Plaintext\": \"{secret}\", \"KeyId\": "), secret.clone(), format!("{{\"Plaintext\": \"{secret}\\u00zz\"}}")] {
        let reason = reason(Answer::Http(200, body.clone().into_bytes()));
        assert_eq!(reason, "the answer, of HTTP status 200, is not one of AWS KMS", "{body}");
    }
}

#[test]
fn an_endpoint_that_is_no_url_does_not_give_the_request_away() {
    let memory = Memory::new(|request, _| success(request));
    let kms = memory.kms_with(AwsKmsOptions { endpoint_url: Some("http://bad host/".to_owned()), ..once() });
    let error = kms.encrypt(&arn("us-east-1"), &[7; 32], &context()).expect_err("no request").to_string();
    let reason = "no request was sent: invalid uri character";
    assert_eq!(error, format!("calling Encrypt in us-east-1 with {}: {reason}", arn("us-east-1")));
    assert_eq!((memory.sent(), kms.calls()), (Vec::new(), CallCounts::default()));
}

#[test]
fn a_server_that_never_answers_does_not_hang_the_call() {
    let millisecond = Some(Duration::from_millis(1));
    let options =
        AwsKmsOptions { connect_timeout: millisecond, read_timeout: millisecond, max_attempts: Some(2), ..AwsKmsOptions::default() };
    let memory = Memory::answering(Answer::Never);
    let kms = memory.kms_with(options);
    let error = kms.decrypt(&arn("us-east-1"), &CiphertextBlob(b"blob".to_vec()), &context()).expect_err("no answer").to_string();
    assert!(error.starts_with("calling Decrypt in us-east-1 with ") && error.ends_with(": no answer in time, after 2 attempts"), "{error}");
    assert_eq!(kms.calls(), CallCounts { calls: 1, retries: 1 });
}

/// A credential chain that gives none.
#[derive(Debug)]
enum NoCredentials {
    Refused(&'static str),
    Slow,
}

impl ProvideCredentials for NoCredentials {
    fn provide_credentials<'a>(&'a self) -> future::ProvideCredentials<'a>
    where
        Self: 'a,
    {
        match self {
            Self::Refused(why) => future::ProvideCredentials::ready(Err(CredentialsError::provider_error(*why))),
            Self::Slow => future::ProvideCredentials::new(std::future::pending()),
        }
    }
}

#[test]
fn without_credentials_nothing_is_sent_and_the_chain_says_why() {
    let expired = "The SSO session has expired or is invalid";
    for (credentials, why) in [
        (NoCredentials::Refused(expired), format!("an error occurred while loading credentials: {expired}")),
        (NoCredentials::Slow, "they took too long to come".to_owned()),
    ] {
        let memory = Memory::new(|request, _| success(request));
        let limit = Some(Duration::from_millis(1));
        let profile = Some("ops".to_owned());
        let options = AwsKmsOptions { profile, connect_timeout: limit, read_timeout: limit, ..once() };
        let kms = memory.kms_of(options, credentials);
        match kms.generate_data_key(&arn("us-east-1"), &context()) {
            Err(Error::Setup(SetupError::NoCredentials(text))) => assert_eq!(text, format!("profile 'ops': {why}")),
            other => panic!("{other:?}"),
        }
        assert_eq!((memory.sent(), kms.calls()), (Vec::new(), CallCounts::default()));
    }
}
