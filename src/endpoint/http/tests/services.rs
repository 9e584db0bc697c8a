//! Two services on one endpoint: which of them a request is for.

use std::{sync::Arc, time::Duration};

use super::{
    Authentication, ClientPlaces, Connection, Endpoint, Fake, Limits, Received,
    client::{self, Client},
    credentials, run,
};
use crate::{endpoint::Service, protocol};

const BOTH: &[Service] = &[Service::SecretsManager, Service::Kms];
const SECRETS: &[Service] = &[Service::SecretsManager];

/// A request for this target, signed for a service.
fn signed_for(target: &str, name: &'static str) -> Client {
    let mut client = Client { service: name, ..Client::default() };
    client.set("x-amz-target", target);
    client
}

async fn ask(service: &Arc<Fake>, client: &Client) -> Received {
    let mut connection = Connection::open(Arc::clone(service), Limits::DEFAULT);
    connection.send(&client.request()).await;
    connection.receive().await
}

#[test]
fn a_request_is_for_the_service_that_its_target_names() {
    run(async {
        for (services, target, name, service) in [
            (BOTH, "secretsmanager.GetSecretValue", "secretsmanager", "SecretsManager"),
            (BOTH, "TrentService.Decrypt", "kms", "Kms"),
            (SECRETS, "secretsmanager.GetSecretValue", "secretsmanager", "SecretsManager"),
        ] {
            let answer = ask(&Fake::of(services), &signed_for(target, name)).await;
            assert_eq!((answer.status, answer.member("Service")), (200, service.into()), "{target}");
        }
    });
}

#[test]
fn a_signature_for_one_service_is_none_for_the_other() {
    run(async {
        for (services, target, name, error, part) in [
            (BOTH, "secretsmanager.GetSecretValue", "kms", "InvalidSignatureException", "correct service: 'secretsmanager'."),
            (BOTH, "TrentService.Decrypt", "secretsmanager", "InvalidSignatureException", "correct service: 'kms'."),
            (BOTH, "TrentService.Decrypt", "sts", "InvalidSignatureException", "correct service: 'kms'."),
            (BOTH, "DynamoDB_20120810.GetItem", "dynamodb", "InvalidSignatureException", "'secretsmanager' or 'kms'."),
            (
                BOTH,
                "DynamoDB_20120810.GetItem",
                "kms",
                "UnknownOperationException",
                "secretsmanager.GetSecretValue or TrentService.ListKeys.",
            ),
            (BOTH, "secretsmanager", "secretsmanager", "UnknownOperationException", "has to name an operation"),
            (BOTH, "secretsmanager.", "secretsmanager", "UnknownOperationException", "has to name an operation"),
            (BOTH, "SecretsManager.GetSecretValue", "secretsmanager", "UnknownOperationException", "has to name an operation"),
            (SECRETS, "TrentService.Decrypt", "secretsmanager", "UnknownOperationException", "as in secretsmanager.GetSecretValue."),
            (SECRETS, "TrentService.Decrypt", "kms", "InvalidSignatureException", "correct service: 'secretsmanager'."),
        ] {
            let service = Fake::of(services);
            let answer = ask(&service, &signed_for(target, name)).await;
            assert_eq!((answer.status, answer.header("x-amzn-errortype")), (400, Some(error)), "{target} {name}: {}", answer.text());
            assert!(answer.text().contains(part), "{target} {name}: {}", answer.text());
            assert_eq!(service.calls(), 0, "{target} {name}");
        }
    });
}

#[test]
fn an_internal_error_is_that_of_the_service_that_was_asked() {
    run(async {
        for (target, name, error, member) in [
            ("secretsmanager.Panic", "secretsmanager", "InternalServiceError", "Message"),
            ("TrentService.Panic", "kms", "KMSInternalException", "message"),
        ] {
            let answer = ask(&Fake::of(BOTH), &signed_for(target, name)).await;
            assert_eq!((answer.status, answer.header("x-amzn-errortype")), (500, Some(error)), "{target}");
            assert_eq!((answer.member("__type"), answer.member(member)), (error.into(), "The request could not be done.".into()));
        }
    });
}

/// Whoever waits for a lock that a command holds keeps no reader waiting.
#[test]
fn changes_leave_places_for_who_reads() {
    assert!(protocol::find(Service::Kms, "CreateAlias").is_some_and(|operation| operation.run.is_change()));
    run(async {
        let (service, gate) = Fake::new();
        let authentication = Authentication::Signature(Arc::new(credentials()));
        let endpoint = Endpoint::new(Arc::<Fake>::clone(&service), authentication, Limits::DEFAULT, 2).with_clock(client::now);
        let (endpoint, places) = (Arc::new(endpoint), ClientPlaces::new(8, Duration::ZERO));
        let open = || Connection::open_in(&places, Arc::clone(&endpoint));
        let mut changes = [open(), open(), open()];
        for change in &mut changes {
            change.send(&Client::of("CreateAlias", b"{}").request()).await;
        }
        while service.calls() == 0 {
            tokio::task::yield_now().await;
        }
        let mut reader = open();
        reader.send(&Client::of("ListKeys", b"{}").request()).await;
        let answer = tokio::time::timeout(Duration::from_secs(20), reader.receive()).await.expect("it does not wait");
        assert_eq!((answer.status, answer.member("Operation")), (200, "ListKeys".into()));
        for change in &mut changes {
            gate.send(()).expect("one waits");
            assert_eq!(change.receive().await.status, 200);
        }
    });
}
