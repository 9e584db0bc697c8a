//! Points in time as the AWS CLI prints them.

use std::{fmt, ops::Range, str::FromStr, time::SystemTime};

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use time::{Date, Duration, Month, OffsetDateTime, Time, UtcOffset, format_description::well_known::Rfc3339, macros::datetime};

use crate::text;

/// A point in time, in UTC and whole milliseconds, which is what the services keep.
///
/// Its text is ISO 8601 as the AWS CLI, version 2, prints it: `2026-11-21T20:38:31.123000+00:00`, without the fraction where that is 0.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Timestamp(OffsetDateTime);

/// The system's clock stands outside of the years 0 to 9999: nothing is written under such a time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the system's clock stands outside of the years 0 to 9999; set it, as times are written down")]
pub struct ClockOutOfRange;

/// The text is not a time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not an ISO 8601 time with an offset")]
pub struct NotATime;

impl Timestamp {
    /// The system clock's time.
    ///
    /// # Errors
    /// [`ClockOutOfRange`] outside of the years 0 to 9999.
    pub fn now() -> Result<Self, ClockOutOfRange> {
        Self::at(SystemTime::now()).ok_or(ClockOutOfRange)
    }

    /// The system clock's time to compare others with, and not to be written down: where the clock stands outside of the years 0 to 9999, the
    /// first or last time in them.
    pub(crate) fn now_within_years() -> Self {
        let now = SystemTime::now();
        let end = if now < SystemTime::UNIX_EPOCH { Self::FIRST } else { Self::LAST };
        Self::at(now).unwrap_or(end)
    }

    const FIRST: Self = Self(datetime!(0000-01-01 0:00 UTC));
    const LAST: Self = Self(datetime!(9999-12-31 23:59:59.999 UTC));

    fn at(time: SystemTime) -> Option<Self> {
        let time = match time.duration_since(SystemTime::UNIX_EPOCH) {
            Ok(after) => OffsetDateTime::UNIX_EPOCH.checked_add(after.try_into().ok()?),
            Err(before) => OffsetDateTime::UNIX_EPOCH.checked_sub(before.duration().try_into().ok()?),
        };
        time.and_then(Self::from_offset)
    }

    /// This many days of 24 hours later; the year 9999 is the last.
    #[must_use]
    pub fn plus_days(self, days: u16) -> Self {
        let later = self.0.checked_add(Duration::days(days.into()));
        Self(later.unwrap_or_else(|| self.0.replace_year(9999).unwrap_or(self.0)))
    }

    /// The time in UTC.
    pub(crate) const fn utc(self) -> OffsetDateTime {
        self.0
    }

    /// Seconds since 1970 with milliseconds as a fraction, as the services send them.
    #[cfg(any(feature = "cli", feature = "kms-endpoint"))]
    pub(crate) fn seconds(self) -> serde_json::Value {
        let since = self.0 - OffsetDateTime::UNIX_EPOCH;
        if since.subsec_nanoseconds() == 0 { since.whole_seconds().into() } else { since.as_seconds_f64().into() }
    }

    /// A time in any offset; `None` outside the years 0 to 9999 in UTC.
    pub(crate) fn from_offset(time: OffsetDateTime) -> Option<Self> {
        let utc = time.checked_to_offset(UtcOffset::UTC)?;
        (0..=9999).contains(&utc.year()).then(|| Self::truncated(utc))
    }

    fn truncated(time: OffsetDateTime) -> Self {
        let utc = time.to_offset(UtcOffset::UTC);
        Self(utc.replace_millisecond(utc.millisecond()).expect("a time's own millisecond is in range"))
    }
}

#[cfg(feature = "cli")]
impl Timestamp {
    /// Its text with another offset from UTC, in seconds east of it; `None` outside the years 0 to 9999 there, or for more than a day and some.
    pub(crate) fn text_at(self, offset: i32) -> Option<String> {
        let offset = UtcOffset::from_whole_seconds(offset).ok()?;
        let there = self.0.checked_to_offset(offset).filter(|time| (0..=9999).contains(&time.year()))?;
        let same_digits = Self(there.replace_offset(UtcOffset::UTC)).to_string();
        let digits = same_digits.strip_suffix("+00:00").unwrap_or(&same_digits);
        let sign = if offset.is_negative() { '-' } else { '+' };
        let (hours, minutes, seconds) = offset.as_hms();
        let (hours, minutes, seconds) = (hours.unsigned_abs(), minutes.unsigned_abs(), seconds.unsigned_abs());
        let seconds = if seconds == 0 { String::new() } else { format!(":{seconds:02}") };
        Some(format!("{digits}{sign}{hours:02}:{minutes:02}{seconds}"))
    }
}

impl Timestamp {
    /// Hands its text to `take`.
    fn with_text<T>(self, take: impl FnOnce(&str) -> T) -> T {
        let (date, (hour, minute, second)) = (self.0.date(), self.0.time().as_hms());
        let micro = self.0.microsecond();
        // A list prints two of these for each secret: digits into their places take a tenth of the time of a format string.
        let (mut text, mut whole) = (*b"0000-00-00T00:00:00.000000+00:00", *b"0000-00-00T00:00:00+00:00");
        put(&mut text, 0..4, date.year().unsigned_abs());
        put(&mut text, 5..7, u8::from(date.month()).into());
        put(&mut text, 8..10, date.day().into());
        put(&mut text, 11..13, hour.into());
        put(&mut text, 14..16, minute.into());
        put(&mut text, 17..19, second.into());
        put(&mut text, 20..26, micro);
        let shown = if micro == 0 {
            whole.iter_mut().zip(text).take(19).for_each(|(place, digit)| *place = digit);
            whole.as_slice()
        } else {
            text.as_slice()
        };
        take(str::from_utf8(shown).unwrap_or_default())
    }
}

impl fmt::Display for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.with_text(|text| f.write_str(text))
    }
}

/// Writes the number's last digits.
fn put(text: &mut [u8], place: Range<usize>, mut number: u32) {
    for digit in text.get_mut(place).into_iter().flatten().rev() {
        *digit = b'0' + u8::try_from(number % 10).unwrap_or_default();
        number /= 10;
    }
}

impl FromStr for Timestamp {
    type Err = NotATime;

    fn from_str(text: &str) -> Result<Self, NotATime> {
        // A list reads some of these for each secret: digits from their places take a tenth of the time that a format takes.
        let own = Self::of_own_form(text);
        own.or_else(|| OffsetDateTime::parse(text, &Rfc3339).ok().and_then(Self::from_offset)).ok_or(NotATime)
    }
}

impl Timestamp {
    /// Of the text as it is written here, in UTC; `None` for all else.
    fn of_own_form(iso: &str) -> Option<Self> {
        let in_utc = iso.strip_suffix("+00:00")?.as_bytes();
        let (whole, micro) = match in_utc {
            [whole @ .., b'.', m0, m1, m2, b'0', b'0', b'0'] => (whole, number(&[*m0, *m1, *m2])? * 1000),
            whole => (whole, 0),
        };
        let [y0, y1, y2, y3, b'-', o0, o1, b'-', d0, d1, b'T', h0, h1, b':', m0, m1, b':', s0, s1] = whole else { return None };
        let two = |tens: &u8, ones: &u8| number(&[*tens, *ones]).and_then(|number| u8::try_from(number).ok());
        let year = number(&[*y0, *y1, *y2, *y3]).and_then(|year| i32::try_from(year).ok())?;
        let date = Date::from_calendar_date(year, Month::try_from(two(o0, o1)?).ok()?, two(d0, d1)?).ok()?;
        let time = Time::from_hms_micro(two(h0, h1)?, two(m0, m1)?, two(s0, s1)?, micro).ok()?;
        Some(Self(OffsetDateTime::new_utc(date, time)))
    }
}

/// Of decimal digits.
fn number(digits: &[u8]) -> Option<u32> {
    digits.iter().try_fold(0, |number, digit| digit.is_ascii_digit().then(|| number * 10 + u32::from(digit - b'0')))
}

impl Serialize for Timestamp {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.with_text(|text| serializer.serialize_str(text))
    }
}

impl<'de> Deserialize<'de> for Timestamp {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        text::parse(deserializer)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn prints_as_the_aws_cli_does() {
        let cases = [
            ("2026-11-21T20:38:31.123456789Z", "2026-11-21T20:38:31.123000+00:00"),
            ("2026-11-21T22:38:31.007+02:00", "2026-11-21T20:38:31.007000+00:00"),
            ("2026-11-21T20:38:31Z", "2026-11-21T20:38:31+00:00"),
            ("0001-02-03T04:05:06.001Z", "0001-02-03T04:05:06.001000+00:00"),
        ];
        for (text, printed) in cases {
            let time: Timestamp = text.parse().expect("a time");
            assert_eq!(time.to_string(), printed);
            assert_eq!(printed.parse(), Ok(time));
            assert_eq!(serde_json::to_string(&time).expect("serializes"), format!("\"{printed}\""));
        }
    }

    #[test]
    #[cfg(feature = "cli")]
    fn has_a_text_in_other_offsets() {
        let time: Timestamp = "2026-11-21T20:38:31.123Z".parse().expect("a time");
        for (offset, text) in [
            (0, Some("2026-11-21T20:38:31.123000+00:00")),
            (19_800, Some("2026-11-22T02:08:31.123000+05:30")),
            (-12_600, Some("2026-11-21T17:08:31.123000-03:30")),
            (-1, Some("2026-11-21T20:38:30.123000-00:00:01")),
            (100_000, None),
        ] {
            assert_eq!(time.text_at(offset).as_deref(), text, "{offset}");
        }
        let last: Timestamp = "9999-12-31T23:59:59Z".parse().expect("a time");
        assert_eq!((last.text_at(60), last.text_at(-60).is_some()), (None, true));
    }

    #[test]
    fn its_own_form_is_read_as_any_other() {
        let printed = "2026-11-21T20:38:31.123000+00:00";
        assert!(Timestamp::of_own_form(printed).is_some());
        let mut cases = vec![printed.to_owned(), "2024-02-29T23:59:59+00:00".to_owned(), "0000-01-01T00:00:00+00:00".to_owned()];
        for place in 0..printed.len() {
            for byte in *b"0129.:-+TZ x" {
                let mut changed = printed.as_bytes().to_vec();
                *changed.get_mut(place).expect("a place in the text") = byte;
                cases.push(String::from_utf8(changed).expect("ASCII"));
            }
        }
        for text in cases {
            let by_format = OffsetDateTime::parse(&text, &Rfc3339).ok().and_then(Timestamp::from_offset);
            if let Some(own) = Timestamp::of_own_form(&text) {
                assert_eq!(Some(own), by_format, "{text}");
            }
            assert_eq!(text.parse().ok(), by_format, "{text}");
        }
    }

    #[test]
    fn now_survives_its_text() {
        let now = Timestamp::now().expect("a time in these years");
        assert_eq!(now.to_string().parse(), Ok(now));
        assert!(Timestamp::now_within_years() >= now);
    }

    #[test]
    fn a_clock_outside_of_the_years_is_told() {
        let at = |seconds: i64| {
            let distance = std::time::Duration::from_secs(seconds.unsigned_abs());
            Timestamp::at(if seconds < 0 { SystemTime::UNIX_EPOCH - distance } else { SystemTime::UNIX_EPOCH + distance })
        };
        for (seconds, expected) in [
            (253_402_300_799, Some("9999-12-31T23:59:59+00:00")),
            (253_402_300_800, None),
            (i64::MAX, None),
            (-1, Some("1969-12-31T23:59:59+00:00")),
            (-62_167_219_200, Some("0000-01-01T00:00:00+00:00")),
            (-62_167_219_201, None),
            (-i64::MAX, None),
        ] {
            assert_eq!(at(seconds).map(|time| time.to_string()).as_deref(), expected, "{seconds}");
        }
        assert!(Timestamp::FIRST.plus_days(1) < Timestamp::LAST && Timestamp::LAST.plus_days(7) == Timestamp::LAST);
    }

    #[test]
    fn days_are_added_up_to_the_last_year() {
        let time: Timestamp = "2027-02-26T20:38:31.007Z".parse().expect("a time");
        assert_eq!(time.plus_days(3).to_string(), "2027-03-01T20:38:31.007000+00:00");
        let late: Timestamp = "9999-12-30T00:00:00Z".parse().expect("a time");
        assert_eq!(late.plus_days(2560), late);
    }

    #[test]
    fn what_is_not_a_time_is_refused() {
        for text in ["", "2026-11-21", "2026-11-21T20:38:31", "2026-13-21T20:38:31Z", "1763757511", "0000-01-01T00:00:00+23:59"] {
            assert_eq!(text.parse::<Timestamp>(), Err(NotATime), "{text}");
        }
    }
}
