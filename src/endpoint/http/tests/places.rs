//! More clients than places: who gives way, and who does not.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use serde_json::json;

use super::{Authentication, ClientPlaces, Connection, Endpoint, Fake, Limits, client, client::Client, credentials, run};

const LIMITS: Limits = Limits { small_body: 1000, large_bodies: 1, floor: Duration::ZERO, ..Limits::DEFAULT };

/// Longer than a client takes here, shorter than the time-outs of slow ones.
const SOON: Duration = Duration::from_secs(10);

fn endpoint(service: &Arc<Fake>, limits: Limits) -> Arc<Endpoint> {
    let authentication = Authentication::Signature(Arc::new(credentials()));
    Arc::new(Endpoint::new(Arc::<Fake>::clone(service), authentication, limits, 4).with_clock(client::now))
}

/// Until what was sent has been read, and waited for.
async fn settle() {
    tokio::time::sleep(Duration::from_millis(50)).await;
}

async fn answered(connection: &mut Connection) {
    connection.send(&Client::default().request()).await;
    let answer = tokio::time::timeout(SOON, connection.receive()).await.expect("answered at once");
    assert_eq!(answer.status, 200);
}

#[test]
fn the_oldest_that_is_waited_for_goes_first() {
    let large = Client::of("Encrypt", &[b' '; 3000]).request();
    let (some_of_head, head, some_of_body) = (large.get(..60), large.get(..large.len() - 3000), large.get(..large.len() - 1));
    for sent in [Some(&b""[..]), some_of_head, head, some_of_body] {
        run(async move {
            let (service, _gate) = Fake::new();
            let (places, endpoint) = (ClientPlaces::new(2, Duration::ZERO), endpoint(&service, LIMITS));
            let mut oldest = Connection::open_in(&places, Arc::clone(&endpoint));
            oldest.send(sent.expect("no more than there is")).await;
            settle().await;
            let mut next = Connection::open_in(&places, Arc::clone(&endpoint));
            settle().await;
            let mut comer = Connection::open_in(&places, Arc::clone(&endpoint));
            answered(&mut comer).await;
            let ended = tokio::time::timeout(SOON, oldest.rest()).await.expect("it gave way");
            assert!(ended.is_empty());
            // It was enough that one went.
            answered(&mut next).await;
        });
    }
}

#[test]
fn a_connection_that_asks_for_nothing_gives_way_too() {
    run(async {
        let (service, _gate) = Fake::new();
        let (places, endpoint) = (ClientPlaces::new(2, Duration::ZERO), endpoint(&service, LIMITS));
        let mut idle = Connection::open_in(&places, Arc::clone(&endpoint));
        answered(&mut idle).await;
        let mut slow = Connection::open_in(&places, Arc::clone(&endpoint));
        settle().await;
        let mut comer = Connection::open_in(&places, endpoint);
        comer.send(&Client::default().request()).await;
        let answer = comer.receive().await;
        assert_eq!((answer.status, answer.header("connection")), (200, Some("close")), "others may wait for its place");
        assert!(idle.rest().await.is_empty());
        answered(&mut slow).await;
    });
}

#[test]
fn a_request_in_work_keeps_its_place() {
    run(async {
        let (service, gate) = Fake::new();
        let (places, endpoint) = (ClientPlaces::new(1, Duration::ZERO), endpoint(&service, LIMITS));
        let mut busy = Connection::open_in(&places, Arc::clone(&endpoint));
        busy.send(&Client::of("Wait", b"{}").request()).await;
        while service.calls() == 0 {
            tokio::time::sleep(Duration::from_millis(2)).await;
        }
        let mut comer = Connection::open_in(&places, endpoint);
        comer.send(&Client::default().request()).await;
        settle().await;
        assert_eq!(service.calls(), 1, "no place is free");
        gate.send(()).expect("the service waits");
        let answer = busy.receive().await;
        assert_eq!((answer.status, answer.member("Operation")), (200, json!("Wait")));
        assert_eq!(comer.receive().await.status, 200);
    });
}

#[test]
fn a_large_body_that_is_not_whole_gives_way_to_another() {
    run(async {
        let (service, _gate) = Fake::new();
        let (places, endpoint) = (ClientPlaces::new(8, Duration::ZERO), endpoint(&service, LIMITS));
        let large = Client::of("Encrypt", &[b' '; 3000]).request();
        let mut slow = Connection::open_in(&places, Arc::clone(&endpoint));
        slow.send(large.get(..large.len() - 1).expect("all but one")).await;
        settle().await;
        let mut comer = Connection::open_in(&places, endpoint);
        comer.send(&large).await;
        let answer = tokio::time::timeout(SOON, comer.receive()).await.expect("the place is given to it");
        assert_eq!((answer.status, answer.member("Length")), (200, json!(3000)));
        let answer = slow.receive().await;
        assert_eq!((answer.status, answer.header("connection")), (408, Some("close")));
    });
}

#[test]
fn clients_are_answered_beside_others_that_come_back_again_and_again() {
    run(async {
        let (service, _gate) = Fake::new();
        let floor = Duration::from_millis(20);
        let (places, endpoint) = (ClientPlaces::new(4, floor), endpoint(&service, Limits { floor, ..LIMITS }));
        for _ in 0..40 {
            let (places, endpoint) = (Arc::clone(&places), Arc::clone(&endpoint));
            tokio::spawn(async move {
                loop {
                    let mut connection = Connection::open_in(&places, Arc::clone(&endpoint));
                    connection.send(b"POST / HT").await;
                    connection.rest().await;
                }
            });
        }
        settle().await;
        for _ in 0..10 {
            answered(&mut Connection::open_in(&places, Arc::clone(&endpoint))).await;
        }
        assert_eq!(service.calls(), 10);
    });
}

#[test]
fn nobody_gives_way_before_the_floor() {
    run(async {
        let floor = Duration::from_millis(200);
        let places = ClientPlaces::new(1, floor);
        let begin = Instant::now();
        let first = places.take().await;
        let (lost, second) = tokio::join!(
            async {
                first.lost().await;
                let lost = begin.elapsed();
                assert!(!first.works(), "it is lost for good");
                drop(first);
                lost
            },
            places.take()
        );
        assert!(lost >= floor, "{lost:?}");
        assert!(second.works() && places.are_taken());
        // What works is not driven out.
        let driven = tokio::time::timeout(2 * floor, places.drive_out()).await;
        assert!(driven.is_err());
        drop(second);
        tokio::time::timeout(SOON, places.all_free()).await.expect("all are free");
    });
}
