#![allow(clippy::indexing_slicing, reason = "a test fails where an index is wrong")]

use proptest::prelude::*;
use time::{Date, Month, OffsetDateTime, Weekday};

use super::*;
use crate::error::ErrorCode;

fn expression(text: &str) -> RotationRulesType {
    RotationRulesType { schedule_expression: Some(text.to_owned()), ..RotationRulesType::default() }
}

fn with_duration(text: &str, duration: &str) -> RotationRulesType {
    RotationRulesType { duration: Some(duration.to_owned()), ..expression(text) }
}

fn days(days: i64) -> RotationRulesType {
    RotationRulesType { automatically_after_days: Some(days), ..RotationRulesType::default() }
}

fn rules(given: RotationRulesType) -> RotationRules {
    let shown = format!("{given:?}");
    RotationRules::new(given).unwrap_or_else(|error| panic!("{shown}: {error}"))
}

fn time(text: &str) -> Timestamp {
    text.parse().unwrap_or_else(|error| panic!("{text}: {error}"))
}

/// The next dates, each asked for when the one before has come, without their offset.
fn dates(given: RotationRulesType, last_changed: &str, count: usize) -> Vec<String> {
    let (rules, last_changed) = (rules(given), time(last_changed));
    let next = |now: &Timestamp| rules.next_rotation_date(last_changed, *now);
    let dates = std::iter::successors(next(&last_changed), next).take(count);
    dates.map(|date| date.to_string().trim_end_matches("+00:00").to_owned()).collect()
}

/// Code and message.
fn refusal(given: RotationRulesType) -> (ErrorCode, String) {
    let shown = format!("{given:?}");
    match RotationRules::new(given) {
        Err(Error::Service(error)) => (error.code(), error.to_string()),
        Err(other) => panic!("{shown}: {other}"),
        Ok(rules) => panic!("{rules:?} are taken"),
    }
}

/// The table of AWS's page "Schedule expressions in Secrets Manager rotation", and its other examples. 2026-11-21 is a Saturday.
#[test]
fn the_examples_of_the_documentation() {
    for (text, expected) in [
        ("rate(4 hours)", ["2026-11-21T12:59:59", "2026-11-21T16:59:59", "2026-11-21T20:59:59"]),
        ("rate(1 day)", ["2026-11-22T23:59:59", "2026-11-23T23:59:59", "2026-11-24T23:59:59"]),
        ("rate(10 days)", ["2026-12-01T23:59:59", "2026-12-11T23:59:59", "2026-12-21T23:59:59"]),
        ("cron(0 4/12 * * ? *)", ["2026-11-21T16:59:59", "2026-11-22T04:59:59", "2026-11-22T16:59:59"]),
        ("cron(0 /8 * * ? *)", ["2026-11-21T16:59:59", "2026-11-22T00:59:59", "2026-11-22T08:59:59"]),
        ("cron(0 8/8 * * ? *)", ["2026-11-21T16:59:59", "2026-11-22T08:59:59", "2026-11-22T16:59:59"]),
        ("cron(0 2/10 * * ? *)", ["2026-11-21T12:59:59", "2026-11-21T22:59:59", "2026-11-22T02:59:59"]),
        ("cron(0 10 * * ? *)", ["2026-11-22T23:59:59", "2026-11-23T23:59:59", "2026-11-24T23:59:59"]),
        ("cron(0 18 ? * SAT *)", ["2026-11-21T23:59:59", "2026-11-28T23:59:59", "2026-12-05T23:59:59"]),
        ("cron(0 8 1 * ? *)", ["2026-12-01T23:59:59", "2027-01-01T23:59:59", "2027-02-01T23:59:59"]),
        ("cron(0 1 ? 1/3 SUN#1 *)", ["2027-01-03T23:59:59", "2027-04-04T23:59:59", "2027-07-04T23:59:59"]),
        ("cron(0 17 L * ? *)", ["2026-11-30T23:59:59", "2026-12-31T23:59:59", "2027-01-31T23:59:59"]),
        ("cron(0 8 ? * MON-FRI *)", ["2026-11-23T23:59:59", "2026-11-24T23:59:59", "2026-11-25T23:59:59"]),
        ("cron(0 16 1,15 * ? *)", ["2026-12-01T23:59:59", "2026-12-15T23:59:59", "2027-01-01T23:59:59"]),
        ("cron(0 0 ? * SUN#1 *)", ["2026-12-06T23:59:59", "2027-01-03T23:59:59", "2027-02-07T23:59:59"]),
        ("cron(0 0 SUNL * ? *)", ["2026-11-29T23:59:59", "2026-12-27T23:59:59", "2027-01-31T23:59:59"]),
        ("cron(0 0 ? * TUE#3 *)", ["2026-12-15T23:59:59", "2027-01-19T23:59:59", "2027-02-16T23:59:59"]),
        ("cron(0 0 1/2 * ? *)", ["2026-11-23T23:59:59", "2026-11-25T23:59:59", "2026-11-27T23:59:59"]),
        ("cron(0 0 ? * 1/2 *)", ["2026-11-22T23:59:59", "2026-11-24T23:59:59", "2026-11-26T23:59:59"]),
        ("cron(0 0 ? * 1,4 *)", ["2026-11-22T23:59:59", "2026-11-25T23:59:59", "2026-11-29T23:59:59"]),
        ("cron(0 0 ? * 1-4 *)", ["2026-11-22T23:59:59", "2026-11-23T23:59:59", "2026-11-24T23:59:59"]),
        ("cron(0 0 ? JAN,APR,JUL,OCT SATL *)", ["2027-01-30T23:59:59", "2027-04-24T23:59:59", "2027-07-31T23:59:59"]),
        // The last day of the week is Saturday.
        ("cron(0 0 ? 1-3 L *)", ["2027-01-02T23:59:59", "2027-01-09T23:59:59", "2027-01-16T23:59:59"]),
    ] {
        assert_eq!(dates(expression(text), "2026-11-21T10:00:00.001Z", 3), expected, "{text}");
    }
}

/// DescribeSecret of a secret whose value was changed at 17:42 UTC on 3 February showed 23:59:59 UTC on 5 March.
#[test]
fn days_between_rotations_are_counted_from_the_last_change() {
    assert_eq!(dates(days(30), "2026-02-03T17:42:24.335Z", 2), ["2026-03-05T23:59:59", "2026-04-04T23:59:59"]);
    assert_eq!(dates(days(1), "2026-02-03T00:00:00Z", 1), ["2026-02-04T23:59:59"]);
    assert_eq!(dates(days(1000), "2026-02-03T23:59:59.999Z", 1), ["2028-10-30T23:59:59"]);
    let duration = RotationRulesType { duration: Some("3h".to_owned()), ..days(7) };
    assert_eq!(dates(duration, "2026-02-03T17:42:24Z", 1), ["2026-02-10T02:59:59"]);
}

#[test]
fn a_window_counts_until_its_last_second() {
    let rules = rules(with_duration("cron(0 8 * * ? *)", "2h"));
    let next = |last_changed: &str, now: &str| rules.next_rotation_date(time(last_changed), time(now)).expect("a date").to_string();
    let before = "2026-11-01T00:00:00Z";
    for (now, expected) in [
        ("2026-11-21T07:59:59.999Z", "2026-11-21T09:59:59+00:00"),
        ("2026-11-21T08:00:00Z", "2026-11-21T09:59:59+00:00"),
        ("2026-11-21T09:59:58.999Z", "2026-11-21T09:59:59+00:00"),
        ("2026-11-21T09:59:59Z", "2026-11-22T09:59:59+00:00"),
    ] {
        assert_eq!(next(before, now), expected, "{now}");
    }
    // What was changed within a window was rotated in it.
    assert_eq!(next("2026-11-21T08:00:00Z", "2026-11-21T08:00:01Z"), "2026-11-22T09:59:59+00:00");
    // A clock that was set back does not bring a window forward.
    assert_eq!(next("2026-11-21T08:00:00Z", "2020-01-01T00:00:00Z"), "2026-11-22T09:59:59+00:00");
}

#[test]
fn rare_days_are_found_and_the_calendar_ends() {
    assert_eq!(dates(expression("cron(0 0 29 FEB ? *)"), "2096-03-01T00:00:00Z", 1), ["2104-02-29T23:59:59"]);
    assert_eq!(dates(expression("cron(0 0 ? FEB SUN#5 *)"), "2088-03-01T00:00:00Z", 1), ["2128-02-29T23:59:59"]);
    assert_eq!(dates(expression("cron(0 0 1 1 ? *)"), "9999-01-01T00:00:00Z", 1), Vec::<String>::new());
    assert_eq!(dates(days(1000), "9998-01-01T00:00:00Z", 1), Vec::<String>::new());
    assert_eq!(dates(expression("rate(23976 hours)"), "9999-01-01T00:00:00Z", 1), Vec::<String>::new());
}

#[test]
fn windows_end_before_the_next_one_and_the_day() {
    for (text, longest) in [
        ("rate(4 hours)", 4),
        ("rate(36 hours)", 24),
        ("rate(2 days)", 24),
        ("cron(0 22 * * ? *)", 2),
        ("cron(0 0 * * ? *)", 24),
        ("cron(0 23 1 * ? *)", 1),
        ("cron(0 2/10 * * ? *)", 2),
        ("cron(0 8/8 * * ? *)", 8),
    ] {
        rules(with_duration(text, "1h"));
        rules(with_duration(text, &format!("{longest}h")));
        let (code, message) = refusal(with_duration(text, &format!("{}h", longest + 1)));
        assert_eq!(code, ErrorCode::InvalidParameterException, "{text}");
        assert!(message.contains(&format!("must be 1h to {longest}h")), "{text}: {message}");
    }
}

#[test]
fn what_secrets_manager_does_not_take() {
    for (text, expected) in [
        ("10 days", "must be rate(VALUE UNIT) or cron(FIELDS)"),
        ("rate 10 days", "must be rate(VALUE UNIT) or cron(FIELDS)"),
        ("Rate(10 days)", "must be rate(VALUE UNIT) or cron(FIELDS)"),
        ("rate(10 days) ", "must be rate(VALUE UNIT) or cron(FIELDS)"),
        ("at(2026-11-21)", "must be rate(VALUE UNIT) or cron(FIELDS)"),
        ("rate(10)", "must have a value and a unit"),
        ("rate(1 minute)", "the unit of rate() must be hour, hours, day or days"),
        ("rate(1 Day)", "the unit of rate() must be hour, hours, day or days"),
        ("rate(0 days)", "a rate in days must be 1 to 999"),
        ("rate(1000 days)", "a rate in days must be 1 to 999"),
        ("rate(-1 days)", "a rate in days must be 1 to 999"),
        ("rate(99999999999 days)", "a rate in days must be 1 to 999"),
        ("rate( days)", "a rate in days must be 1 to 999"),
        ("rate(3 hours)", "a rate in hours must be 4 to 23976"),
        ("rate(23977 hours)", "a rate in hours must be 4 to 23976"),
        ("cron()", "six fields, Minutes Hours Day-of-month Month Day-of-week Year, not 0"),
        ("cron(0 8 * * ?)", "six fields, Minutes Hours Day-of-month Month Day-of-week Year, not 5"),
        ("cron(0 8 * * ? * *)", "not 7"),
        ("cron(1 8 * * ? *)", "Minutes must be 0"),
        ("cron(* 8 * * ? *)", "Minutes must be 0"),
        ("cron(0 8 * * ? 2026)", "Year must be *"),
        ("cron(0 24 * * ? *)", "Hours must be 0 to 23"),
        ("cron(0 * * * ? *)", "Hours must be 0 to 23, or increments such as 8/8"),
        ("cron(0 8,16 * * ? *)", "Hours must be 0 to 23, or increments such as 8/8"),
        ("cron(0 8-9 * * ? *)", "Hours must be 0 to 23, or increments such as 8/8"),
        ("cron(0 0/3 * * ? *)", "at least four hours apart, not 3"),
        ("cron(0 1/11 * * ? *)", "at least four hours apart, not 2"),
        ("cron(0 1/11 ? * * *)", "at least four hours apart, not 2"),
        ("cron(0 8/0 * * ? *)", "Hours: an increment must be 1 to 23"),
        ("cron(0 8/ * * ? *)", "Hours: an increment must be 1 to 23"),
        ("cron(0 8 * * * *)", "one of Day-of-month and Day-of-week must be ?"),
        ("cron(0 8 1 * MON *)", "one of Day-of-month and Day-of-week must be ?"),
        ("cron(0 8 ? * ? *)", "one of Day-of-month and Day-of-week must be ?"),
        ("cron(0 8 0 * ? *)", "Day-of-month must be 1 to 31"),
        ("cron(0 8 32 * ? *)", "Day-of-month must be 1 to 31"),
        ("cron(0 8 15W * ? *)", "Day-of-month must be 1 to 31"),
        ("cron(0 8 1,L * ? *)", "Day-of-month must be 1 to 31"),
        ("cron(0 8 1, * ? *)", "Day-of-month must be 1 to 31"),
        ("cron(0 8 001 * ? *)", "Day-of-month must be 1 to 31"),
        ("cron(0 8 15-1 * ? *)", "Day-of-month: a range must not begin after its end"),
        ("cron(0 8 1-15/2 * ? *)", "Day-of-month must be 1 to 31"),
        ("cron(0 8 * 13 ? *)", "Month must be 1 to 12 or JAN to DEC"),
        ("cron(0 8 * ? ? *)", "Month must be 1 to 12 or JAN to DEC"),
        ("cron(0 8 * SUN ? *)", "Month must be 1 to 12 or JAN to DEC"),
        ("cron(0 8 ? * 0 *)", "Day-of-week must be 1 to 7 or SUN to SAT"),
        ("cron(0 8 ? * 8 *)", "Day-of-week must be 1 to 7 or SUN to SAT"),
        ("cron(0 8 ? * 1L *)", "Day-of-week must be 1 to 7 or SUN to SAT"),
        ("cron(0 8 ? * SUN#0 *)", "# must be followed by 1 to 5"),
        ("cron(0 8 ? * SUN#6 *)", "# must be followed by 1 to 5"),
        ("cron(0 8 ? * SUN#1,MON#1 *)", "# must be followed by 1 to 5"),
        ("cron(0 8 30 FEB ? *)", "no month has such a day"),
        ("cron(0 8 31 4,6,9,11 ? *)", "no month has such a day"),
    ] {
        let (code, message) = refusal(expression(text));
        assert_eq!(code, ErrorCode::InvalidParameterException, "{text}");
        assert!(message.starts_with("ScheduleExpression: ") && message.contains(expected), "{text}: {message}");
    }
}

#[test]
fn constraints_of_the_service_model() {
    let [first, last] = [days(1), days(1000)].map(RotationRules::new);
    assert!(first.is_ok() && last.is_ok());
    let greater = "'rotationRules.automaticallyAfterDays' failed to satisfy constraint: Member must have value greater than or equal to 1";
    for (given, expected) in [
        (days(0), greater),
        (days(i64::MIN), greater),
        (days(1001), "Member must have value less than or equal to 1000"),
        (days(i64::MAX), "Member must have value less than or equal to 1000"),
        (
            expression(""),
            "'rotationRules.scheduleExpression' failed to satisfy constraint: Member must have length greater than or equal to 1",
        ),
        (expression(&format!("cron({})", "0".repeat(251))), "Member must have length less than or equal to 256"),
        (expression("rate(1 day)\n"), r"[0-9A-Za-z\(\)#\?\*\-\/, ]+"),
        (expression("rate(1 dáy)"), "Member must satisfy regular expression pattern"),
        (with_duration("rate(1 day)", ""), "'rotationRules.duration' failed to satisfy constraint: Member must satisfy"),
        (with_duration("rate(1 day)", "h"), "pattern: [0-9]+h"),
        (with_duration("rate(1 day)", "3"), "pattern: [0-9]+h"),
        (with_duration("rate(1 day)", "+3h"), "pattern: [0-9]+h"),
        (with_duration("rate(1 day)", "100h"), "length less than or equal to 3"),
    ] {
        let (code, message) = refusal(given.clone());
        assert_eq!(code, ErrorCode::ValidationException, "{given:?}");
        assert!(message.contains(expected), "{given:?}: {message}");
    }
    assert_eq!(refusal(with_duration("rate(1 day)", "0h")).0, ErrorCode::InvalidParameterException);
    let both = RotationRulesType { automatically_after_days: Some(1), ..expression("rate(1 day)") };
    assert_eq!(refusal(both).1, "You cannot specify both rotation frequency and schedule expression together.");
    assert_eq!(refusal(RotationRulesType::default()).0, ErrorCode::InvalidParameterException);
    assert_eq!(RotationRules::new(expression(&format!("cron(0{}8 * * ? *)", " ".repeat(240)))).expect("256 characters").window, 16);
}

#[test]
fn rules_are_stored_with_the_names_of_aws() {
    let json = r#"{"Duration":"3h","ScheduleExpression":"cron(0 16 1,15 * ? *)"}"#;
    let parsed: RotationRules = serde_json::from_str(json).expect("rules");
    assert_eq!(serde_json::to_string(&parsed).expect("JSON"), json);
    assert_eq!(parsed, rules(parsed.given().clone()));
    for json in [r#"{"Duration":"3h"}"#, r#"{"AutomaticallyAfterDays":0}"#, r#"{"AutomaticallyAfterDays":1,"Other":1}"#, "1"] {
        assert!(serde_json::from_str::<RotationRules>(json).is_err(), "{json}");
    }
}

/// A cron expression in words of the test's own: what it means is said twice, and the two are compared hour by hour.
#[derive(Debug, Clone)]
enum Day {
    Every,
    List(Vec<u8>),
    Last,
    Weekday(u8, u8),
    Nth(u8, u8),
    LastWeekday(u8),
}

const NAMES: [&str; 7] = ["SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"];
const WEEKDAYS: [Weekday; 7] =
    [Weekday::Sunday, Weekday::Monday, Weekday::Tuesday, Weekday::Wednesday, Weekday::Thursday, Weekday::Friday, Weekday::Saturday];

impl Day {
    fn fields(&self, month: &str) -> String {
        let name = |at: &u8| NAMES[usize::from(*at)];
        match self {
            Self::Every => format!("* {month} ?"),
            Self::List(days) => format!("{} {month} ?", days.iter().map(u8::to_string).collect::<Vec<_>>().join(",")),
            Self::Last => format!("L {month} ?"),
            Self::Weekday(from, to) => format!("? {month} {}-{}", name(from), to + 1),
            Self::Nth(weekday, nth) => format!("? {month} {}#{nth}", name(weekday)),
            Self::LastWeekday(weekday) => format!("{}L {month} ?", name(weekday)),
        }
    }

    fn fits(&self, date: Date) -> bool {
        let is = |at: &u8| WEEKDAYS[usize::from(*at)] == date.weekday();
        let in_weeks = |weeks: i64| (date + Duration::weeks(weeks)).month();
        match self {
            Self::Every => true,
            Self::List(days) => days.contains(&date.day()),
            Self::Last => date.next_day().is_none_or(|next| next.month() != date.month()),
            Self::Weekday(from, to) => (*from..=*to).any(|at| is(&at)),
            Self::Nth(weekday, nth) => {
                let nth = i64::from(*nth);
                is(weekday) && in_weeks(1 - nth) == date.month() && in_weeks(-nth) != date.month()
            }
            Self::LastWeekday(weekday) => is(weekday) && in_weeks(1) != date.month(),
        }
    }
}

fn any_day() -> impl Strategy<Value = Day> {
    prop_oneof![
        Just(Day::Every),
        prop::collection::vec(1u8..=28, 1..4).prop_map(Day::List),
        Just(Day::Last),
        (0u8..7, 0u8..7).prop_map(|(a, b)| Day::Weekday(a.min(b), a.max(b))),
        (0u8..7, 1u8..=4).prop_map(|(weekday, nth)| Day::Nth(weekday, nth)),
        (0u8..7).prop_map(Day::LastWeekday),
    ]
}

proptest! {
    #[test]
    fn the_next_window_is_the_first_hour_that_fits(
        day in any_day(), month in prop::option::of(1u8..=12), start in 0u8..24, step in 5u8..24, seconds in 0i64..4_000_000_000,
    ) {
        let field = month.map_or("*".to_owned(), |month| month.to_string());
        let text = format!("cron(0 {start}/{step} {} *)", day.fields(&field));
        // Too close over midnight.
        let Ok(rules) = RotationRules::new(with_duration(&text, "1h")) else { return Ok(()) };
        let now = OffsetDateTime::from_unix_timestamp(seconds).expect("a time");
        let found = rules.next_rotation_date(Timestamp::from_offset(now).expect("a time"), Timestamp::from_offset(now).expect("a time"));
        let hours: Vec<u8> = (start..24).step_by(usize::from(step)).collect();
        let month = month.map(|month| Month::try_from(month).expect("a month"));
        let fits = |time: &OffsetDateTime| {
            hours.contains(&time.hour()) && month.is_none_or(|month| month == time.month()) && day.fits(time.date())
        };
        let first = now.replace_time(time::Time::MIDNIGHT) + Duration::hours(now.hour().into()) + Duration::hours(1);
        let expected = (0..24 * 800).map(|hours| first + Duration::hours(hours)).find(fits).expect("within two years");
        let found = found.expect("a date").utc();
        prop_assert!(found > now);
        prop_assert_eq!(found, expected + Duration::seconds(3599), "{}", text);
    }

    #[test]
    fn any_text_is_refused_or_has_a_later_date(text in "(rate|cron)\\([0-9A-Za-z#?*/, -]{0,24}\\)|cron\\(0 [0-9/]{1,4} [0-9L?*,/-]{1,5} [0-9A-Z*]{1,3} [0-9A-Z?*#]{1,5} \\*\\)", duration in prop::option::of("[0-9]{1,2}h"), seconds in 0i64..4_000_000_000, later in 0i64..100_000_000) {
        let given = RotationRulesType { duration, ..expression(&text) };
        if let Ok(rules) = RotationRules::new(given.clone()) {
            prop_assert_eq!(rules.given(), &given);
            let [last_changed, now] = [seconds, seconds + later].map(|at| {
                Timestamp::from_offset(OffsetDateTime::from_unix_timestamp(at).expect("a time")).expect("a time")
            });
            prop_assert!(rules.next_rotation_date(last_changed, now).expect("a date") > now);
        }
    }
}
