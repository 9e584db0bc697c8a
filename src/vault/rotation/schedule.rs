//! `ScheduleExpression`: `rate(…)` and `cron(…)`; and the days between rotations, which are a rate.

use time::{Duration, OffsetDateTime};

use super::cron::{Cron, LEAST_HOURS};

/// AWS: "The maximum rotation period is 999 days."
const MOST_DAYS: u32 = 999;

/// When rotation windows open. They do so on the hour, in UTC.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Schedule {
    /// At midnight, so many days after the last rotation's.
    Days(u32),
    /// So many hours after the midnight of the day of the last rotation, and again.
    Hours(u32),
    Cron(Cron),
}

impl Schedule {
    /// Parses an expression. The error is for people.
    pub(super) fn parse(text: &str) -> Result<Self, String> {
        let inside = |name: &str| text.strip_prefix(name)?.strip_prefix('(')?.strip_suffix(')');
        match (inside("rate"), inside("cron")) {
            (Some(rate), _) => parse_rate(rate),
            (_, Some(fields)) => Cron::parse(fields).map(Self::Cron),
            (None, None) => Err("must be rate(VALUE UNIT) or cron(FIELDS), for instance rate(10 days)".to_owned()),
        }
    }

    /// Hours that a window is open unless said otherwise: one in a schedule in hours, else to the end of the day.
    pub(super) fn default_window(&self) -> u8 {
        match self {
            Self::Days(_) => 24,
            Self::Hours(_) => 1,
            Self::Cron(cron) => match cron.hours() {
                [only] => 24 - only,
                _ => 1,
            },
        }
    }

    /// Most hours that a window can be open: until the next one opens and, but for a rate in hours, until midnight.
    pub(super) fn longest_window(&self) -> u8 {
        match self {
            Self::Days(_) => 24,
            Self::Hours(hours) => u8::try_from(*hours).unwrap_or(24).min(24),
            Self::Cron(cron) => {
                let ends = cron.hours().iter().skip(1).copied().chain([24]);
                cron.hours().iter().zip(ends).map(|(hour, end)| end - hour).min().unwrap_or(1)
            }
        }
    }

    /// The first opening after `time`, where `last_rotation` is not after it; `None` where the calendar ends before it.
    pub(super) fn first_after(&self, last_rotation: OffsetDateTime, time: OffsetDateTime) -> Option<OffsetDateTime> {
        let period = match self {
            Self::Cron(cron) => return cron.first_after(time),
            Self::Days(days) => Duration::days(i64::from(*days)),
            Self::Hours(hours) => Duration::hours(i64::from(*hours)),
        };
        let midnight = last_rotation.date().midnight().assume_utc();
        let periods = (time - midnight).whole_seconds() / period.whole_seconds() + 1;
        midnight.checked_add(Duration::seconds(periods.checked_mul(period.whole_seconds())?))
    }
}

fn parse_rate(text: &str) -> Result<Schedule, String> {
    let Some((value, unit)) = text.split_once(' ') else {
        return Err("rate() must have a value and a unit, as in rate(10 days)".to_owned());
    };
    let number = value.parse().ok().filter(|_| value.bytes().all(|byte| byte.is_ascii_digit()));
    match (unit, number) {
        ("day" | "days", Some(days @ 1..=MOST_DAYS)) => Ok(Schedule::Days(days)),
        ("day" | "days", _) => Err(format!("a rate in days must be 1 to {MOST_DAYS}")),
        ("hour" | "hours", Some(hours)) if (LEAST_HOURS..=MOST_DAYS * 24).contains(&hours) => Ok(Schedule::Hours(hours)),
        ("hour" | "hours", _) => Err(format!("a rate in hours must be {LEAST_HOURS} to {}", MOST_DAYS * 24)),
        _ => Err("the unit of rate() must be hour, hours, day or days".to_owned()),
    }
}
