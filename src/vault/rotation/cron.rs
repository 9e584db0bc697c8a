//! `cron(Minutes Hours Day-of-month Month Day-of-week Year)`, in UTC, as
//! [AWS Secrets Manager takes it](https://docs.aws.amazon.com/secretsmanager/latest/userguide/rotate-secrets_schedule.html): the year is `*`,
//! the minute 0, one of the two days is `?`, and 1 is Sunday.
//!
//! Crates for cron take other dialects: they refuse `/8` and `1/3`, take minutes, years, `W` and `+`, and let both days hold at once. What is
//! left once a dialect is checked field by field is the search for a day, which is all that [`Cron::first_after`] does.

use time::{Date, Duration, OffsetDateTime, Weekday, util::days_in_month};

/// AWS: "You can rotate a secret as often as every four hours."
pub(super) const LEAST_HOURS: u32 = 4;
/// Days in which every day of a calendar comes: 29 February is on the same day of the week again after at most 40 years.
const HORIZON_DAYS: u32 = 41 * 366;
const DAYS_ARE_TWO: &str = "one of Day-of-month and Day-of-week must be ?, and the other must not";

/// When rotation windows open.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Cron {
    /// Hours of a day, ascending, at least one.
    hours: Vec<u8>,
    months: Set,
    days: Days,
}

/// Small numbers, each a bit.
type Set = u32;

#[derive(Debug, Clone, PartialEq, Eq)]
enum Days {
    OfMonth(Set),
    LastOfMonth,
    OfWeek(Set),
    /// The weekday and which of its days in the month, from 1.
    NthOfMonth(u8, u8),
    LastWeekdayOfMonth(u8),
}

/// A field of numbers with its least, its greatest, and the names that stand for numbers, from the least on.
struct Field {
    name: &'static str,
    least: u8,
    greatest: u8,
    names: &'static [&'static str],
}

const HOURS: Field = Field { name: "Hours", least: 0, greatest: 23, names: &[] };
const DAY_OF_MONTH: Field = Field { name: "Day-of-month", least: 1, greatest: 31, names: &[] };
const MONTH: Field = Field {
    name: "Month",
    least: 1,
    greatest: 12,
    names: &["JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"],
};
const DAY_OF_WEEK: Field = Field { name: "Day-of-week", least: 1, greatest: 7, names: &["SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"] };

impl Cron {
    /// Parses what stands between the parentheses. The error is for people.
    pub(super) fn parse(fields: &str) -> Result<Self, String> {
        let fields: Vec<&str> = fields.split(' ').filter(|field| !field.is_empty()).collect();
        let [minutes, hours, day_of_month, month, day_of_week, year] = fields.as_slice() else {
            return Err(format!("cron() has six fields, Minutes Hours Day-of-month Month Day-of-week Year, not {}", fields.len()));
        };
        if *minutes != "0" {
            return Err("Minutes must be 0: rotation windows open on the hour".to_owned());
        }
        if *year != "*" {
            return Err("Year must be *: rotations are at most a year apart".to_owned());
        }
        let cron = Self { hours: parse_hours(hours)?, months: MONTH.parse(month)?, days: parse_days(day_of_month, day_of_week)? };
        if cron.first_after(OffsetDateTime::UNIX_EPOCH).is_none() {
            return Err("no month has such a day".to_owned());
        }
        match cron.shortest_gap() {
            gap if gap < LEAST_HOURS => Err(format!("rotations are at least four hours apart, not {gap}")),
            _ => Ok(cron),
        }
    }

    /// Hours of a day at which windows open.
    pub(super) fn hours(&self) -> &[u8] {
        &self.hours
    }

    /// Hours between two windows, as far as the hours tell.
    fn shortest_gap(&self) -> u32 {
        let within = self.hours.iter().zip(self.hours.iter().skip(1)).map(|(hour, next)| u32::from(next - hour));
        let over_midnight = match (self.hours.as_slice(), self.has_every_day()) {
            ([first, .., last], true) => u32::from(24 - last + first),
            _ => 24,
        };
        within.chain([over_midnight]).min().unwrap_or(24)
    }

    fn has_every_day(&self) -> bool {
        matches!(self.days, Days::OfMonth(days) if days == DAY_OF_MONTH.all())
            || matches!(self.days, Days::OfWeek(days) if days == DAY_OF_WEEK.all())
    }

    /// The first opening after a time; `None` where the calendar ends before it.
    pub(super) fn first_after(&self, time: OffsetDateTime) -> Option<OffsetDateTime> {
        let mut date = time.date();
        for _ in 0..HORIZON_DAYS {
            let midnight = date.midnight().assume_utc();
            let mut openings = self.hours.iter().map(|hour| midnight + Duration::hours(i64::from(*hour)));
            if self.fits(date)
                && let Some(opening) = openings.find(|opening| *opening > time)
            {
                return Some(opening);
            }
            date = date.next_day()?;
        }
        None
    }

    fn fits(&self, date: Date) -> bool {
        let (day, length) = (date.day(), days_in_month(date.month(), date.year()));
        let weekday = day_of_week(date.weekday());
        has(self.months, u8::from(date.month()))
            && match self.days {
                Days::OfMonth(days) => has(days, day),
                Days::LastOfMonth => day == length,
                Days::OfWeek(days) => has(days, weekday),
                Days::NthOfMonth(wanted, nth) => weekday == wanted && (day - 1) / 7 + 1 == nth,
                Days::LastWeekdayOfMonth(wanted) => weekday == wanted && day + 7 > length,
            }
    }
}

/// 1 is Sunday.
fn day_of_week(weekday: Weekday) -> u8 {
    weekday.number_days_from_sunday() + 1
}

fn has(set: Set, number: u8) -> bool {
    set & (1 << number) != 0
}

/// One hour, or increments.
fn parse_hours(text: &str) -> Result<Vec<u8>, String> {
    let is_one = text.bytes().all(|byte| byte.is_ascii_digit());
    let is_increment =
        text.split_once('/').is_some_and(|(start, step)| [start, step].iter().all(|part| part.bytes().all(|byte| byte.is_ascii_digit())));
    if !is_one && !is_increment {
        return Err("Hours must be 0 to 23, or increments such as 8/8".to_owned());
    }
    let hours = HOURS.parse(text)?;
    Ok((HOURS.least..=HOURS.greatest).filter(|hour| has(hours, *hour)).collect())
}

fn parse_days(of_month: &str, of_week: &str) -> Result<Days, String> {
    match (of_month, of_week) {
        ("?", "?") => Err(DAYS_ARE_TWO.to_owned()),
        (day, "?") => match (day, last_weekday(day)) {
            ("L", _) => Ok(Days::LastOfMonth),
            // Where AWS documents it; as a day of the week it stands below.
            (_, Some(weekday)) => Ok(Days::LastWeekdayOfMonth(weekday)),
            (_, None) => DAY_OF_MONTH.parse(day).map(Days::OfMonth),
        },
        ("?", day) => match (day, last_weekday(day), day.split_once('#')) {
            ("L", ..) => Ok(Days::OfWeek(1 << DAY_OF_WEEK.greatest)),
            (_, Some(weekday), _) => Ok(Days::LastWeekdayOfMonth(weekday)),
            (_, None, Some((weekday, nth))) => Ok(Days::NthOfMonth(DAY_OF_WEEK.number(weekday)?, parse_nth(nth)?)),
            (_, None, None) => DAY_OF_WEEK.parse(day).map(Days::OfWeek),
        },
        _ => Err(DAYS_ARE_TWO.to_owned()),
    }
}

/// `SUNL`: the last Sunday of the month.
fn last_weekday(text: &str) -> Option<u8> {
    let name = text.strip_suffix('L').filter(|name| name.bytes().all(|byte| byte.is_ascii_alphabetic()))?;
    DAY_OF_WEEK.number(name).ok()
}

fn parse_nth(text: &str) -> Result<u8, String> {
    match text.parse() {
        Ok(nth @ 1..=5) if text.len() == 1 => Ok(nth),
        _ => Err("Day-of-week: # must be followed by 1 to 5".to_owned()),
    }
}

impl Field {
    /// `*`, or a list of numbers, names, ranges `a-b` and increments `a/step`.
    fn parse(&self, text: &str) -> Result<Set, String> {
        if text == "*" {
            return Ok(self.all());
        }
        text.split(',').try_fold(0, |set, item| Ok(set | self.item(item)?))
    }

    fn item(&self, text: &str) -> Result<Set, String> {
        if let Some((start, step)) = text.split_once('/') {
            let start = if start.is_empty() || start == "*" { self.least } else { self.number(start)? };
            return Ok(set((start..=self.greatest).step_by(self.step(step)?)));
        }
        let Some((from, to)) = text.split_once('-') else { return Ok(1 << self.number(text)?) };
        match (self.number(from)?, self.number(to)?) {
            (from, to) if from <= to => Ok(set(from..=to)),
            _ => Err(format!("{}: a range must not begin after its end", self.name)),
        }
    }

    fn number(&self, text: &str) -> Result<u8, String> {
        let named = self.names.iter().position(|name| name.eq_ignore_ascii_case(text));
        let number = named.and_then(|at| u8::try_from(at).ok()).map(|at| self.least + at).or_else(|| digits(text));
        number.filter(|number| (self.least..=self.greatest).contains(number)).ok_or_else(|| {
            let names = match self.names {
                [first, .., last] => format!(" or {first} to {last}"),
                _ => String::new(),
            };
            format!("{} must be {} to {}{names}", self.name, self.least, self.greatest)
        })
    }

    fn step(&self, text: &str) -> Result<usize, String> {
        let step = digits(text).filter(|step| (1..=self.greatest).contains(step));
        step.map(usize::from).ok_or_else(|| format!("{}: an increment must be 1 to {}", self.name, self.greatest))
    }

    fn all(&self) -> Set {
        set(self.least..=self.greatest)
    }
}

fn set(numbers: impl Iterator<Item = u8>) -> Set {
    numbers.fold(0, |set, number| set | (1 << number))
}

/// One or two digits.
fn digits(text: &str) -> Option<u8> {
    text.parse().ok().filter(|_| text.len() <= 2 && text.bytes().all(|byte| byte.is_ascii_digit()))
}
