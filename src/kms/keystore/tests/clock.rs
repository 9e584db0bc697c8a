//! Which clock the keystore believes after writes under right and wrong ones.

use super::*;
use crate::{
    kms::{Clock, ClockDoubt},
    timestamp::Timestamp,
};

fn time(date: &str) -> Timestamp {
    format!("{date}T00:00:00Z").parse().expect("a time")
}

/// A session under a clock that says this.
fn at(location: &KeystoreLocation, date: &str) -> KeystoreSession {
    let mut session = begin(location);
    session.kms_mut().clock = Clock::Fixed(time(date));
    session
}

/// Writes the keystore under such a clock.
fn write(location: &KeystoreLocation, date: &str) {
    let mut session = at(location, date);
    session.kms_mut().create_key(west(), date).expect("made");
    drop(session.commit().expect("commits"));
}

fn doubt(location: &KeystoreLocation, date: &str) -> Option<ClockDoubt> {
    at(location, date).kms().clock_doubt()
}

#[test]
fn only_writes_in_step_move_the_time_that_is_believed() {
    // When it was written, and from when to when the clock is believed after that.
    for (writes, from, to) in [
        (&["2026-01-01"][..], "2026-01-01", "2026-01-31"),
        (&["2026-01-01", "2026-01-31"], "2026-01-31", "2026-03-02"),
        (&["2026-01-01", "2026-01-31", "2026-02-20"], "2026-02-20", "2026-03-22"),
        // A clock that jumped ahead, once and again and again.
        (&["2026-01-01", "2026-02-01"], "2026-01-01", "2026-01-31"),
        (&["2026-01-01", "2036-01-01", "2036-01-02", "2036-01-03"], "2026-01-01", "2026-01-31"),
        (&["2026-01-01", "9999-12-31", "2026-01-20"], "2026-01-20", "2026-02-19"),
        // One that fell back.
        (&["2026-01-01", "2020-01-01", "2020-01-02"], "2026-01-01", "2026-01-31"),
        (&["2026-01-01", "1970-01-01", "2026-01-20"], "2026-01-20", "2026-02-19"),
    ] {
        let (_folder, location) = place();
        writes.iter().for_each(|date| write(&location, date));
        let day_before = time(from).utc() - std::time::Duration::from_secs(86_400);
        let day_before = day_before.date().to_string();
        let day_after = time(to).plus_days(1).utc().date().to_string();
        let (believed, before, after) = (time(from), doubt(&location, &day_before), doubt(&location, &day_after));
        assert_eq!((doubt(&location, from), doubt(&location, to)), (None, None), "{writes:?}");
        assert!(matches!(before, Some(ClockDoubt::Behind { believed: kept, .. }) if kept == believed), "{writes:?}: {before:?}");
        assert!(matches!(after, Some(ClockDoubt::FarAhead { believed: kept, .. }) if kept == believed), "{writes:?}: {after:?}");
        let last = Envelope::parse(&location.keystore, &fs::read(&location.keystore).expect("read")).expect("parses");
        assert!(!last.header_bytes.contains("believed"), "it stands in the encrypted content alone");
        let written = location.load(&Never).expect("loads").expect("there").last_written();
        assert_eq!(written, writes.last().map(|date| time(date)), "the last write is told as it was");
    }
}

#[test]
fn a_wait_that_begins_under_a_clock_that_fell_back_is_no_shorter() {
    let (_folder, location) = place();
    write(&location, "2026-01-01");
    for (date, expected) in
        [("2020-01-01", "2026-01-08"), ("2026-01-01", "2026-01-08"), ("2026-01-03", "2026-01-10"), ("2036-01-01", "2036-01-08")]
    {
        let mut session = at(&location, date);
        let key = session.kms_mut().create_key(west(), "").expect("made").arn;
        let deletion = session.kms_mut().schedule_key_deletion(west(), key.key_id(), Some(7)).expect("scheduled");
        assert_eq!(deletion.deletion_date, Some(time(expected)), "{date}");
    }
}

#[test]
fn somebodys_word_makes_a_clock_believed_in_either_direction() {
    for (written, said) in [("2026-01-01", "2036-01-01"), ("2036-01-01", "2026-01-01")] {
        let (_folder, location) = place();
        write(&location, written);
        assert!(doubt(&location, said).is_some());
        let mut session = at(&location, said);
        session.kms_mut().believe_clock();
        drop(session.commit().expect("commits"));
        drop(session);
        assert_eq!((doubt(&location, said), doubt(&location, written).is_some()), (None, true), "{written} {said}");
    }
}

#[test]
fn a_copy_believes_what_the_keystore_did() {
    let (_folder, location) = place();
    write(&location, "2026-01-01");
    write(&location, "2036-01-01");
    let copy = at(&location, "2036-01-01").kms().export(&[west()]).expect("exported");
    let (_other, restored) = place();
    let mut session = at(&restored, "2036-01-01");
    session.kms_mut().import(copy).expect("imported");
    drop(session.commit().expect("commits"));
    drop(session);
    assert!(matches!(doubt(&restored, "2036-01-01"), Some(ClockDoubt::FarAhead { believed, .. }) if believed == time("2026-01-01")));
}
