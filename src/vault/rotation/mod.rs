//! Rotation rules: when AWS Secrets Manager would rotate a secret. They are kept and the next date is told. **Nothing here rotates a secret**,
//! as that takes a function that changes the password where it is used.

mod cron;
mod schedule;

use serde::{Deserialize, Serialize};
use time::Duration;

use self::schedule::Schedule;
use super::limits::{AUTOMATICALLY_AFTER_DAYS, SCHEDULE_EXPRESSION_LENGTH};
use crate::{
    error::{Constraint, Error, Result, RotationRefusal, SecretRefusal, Violation},
    timestamp::Timestamp,
};

/// Rotation rules as they stand in a request, not yet checked:
/// [RotationRulesType](https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_RotationRulesType.html).
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub struct RotationRulesType {
    /// Days between rotations, 1 to 1,000; not together with an expression.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub automatically_after_days: Option<i64>,
    /// Length of the rotation window in hours, `1h` to `24h`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub duration: Option<String>,
    /// `rate(…)` or `cron(…)`, 1 to 256 characters.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub schedule_expression: Option<String>,
}

/// Rotation rules that AWS Secrets Manager's documentation allows.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "RotationRulesType", into = "RotationRulesType")]
pub struct RotationRules {
    given: RotationRulesType,
    schedule: Schedule,
    /// Hours that a window is open.
    window: u8,
}

impl RotationRules {
    /// Checks rules.
    ///
    /// # Errors
    /// `ValidationException` for what breaks the service's model, `InvalidParameterException` for an expression that is not one of
    /// [Secrets Manager's](https://docs.aws.amazon.com/secretsmanager/latest/userguide/rotate-secrets_schedule.html), for a window that is
    /// open when it may not be, and for both or none of days and expression.
    pub fn new(given: RotationRulesType) -> Result<Self> {
        let schedule = match (given.automatically_after_days, &given.schedule_expression) {
            (Some(days), None) => Schedule::Days(check_days(days)?),
            (None, Some(expression)) => parse_expression(expression)?,
            (Some(_), Some(_)) => {
                return Err(invalid(RotationRefusal::BothGiven));
            }
            (None, None) => return Err(invalid(RotationRefusal::NoneGiven)),
        };
        let window = match &given.duration {
            Some(duration) => parse_duration(duration)?,
            None => schedule.default_window(),
        };
        if !(1..=schedule.longest_window()).contains(&window) {
            return Err(invalid(RotationRefusal::Window(schedule.longest_window())));
        }
        Ok(Self { given, schedule, window })
    }

    /// The rules as they were given.
    #[must_use]
    pub const fn given(&self) -> &RotationRulesType {
        &self.given
    }

    /// The date on or before which the value wants to be changed that was last changed, or rotated, at `last_changed`: the last second of the
    /// first window that opens after that. It may have passed.
    #[must_use]
    pub fn due_date(&self, last_changed: Timestamp) -> Option<Timestamp> {
        self.next_rotation_date(last_changed, last_changed)
    }

    /// The date on or before which AWS Secrets Manager would rotate the secret next: the last second of the first window that opens after the
    /// value was last changed, which counts as a rotation, and that is not over. `None` where there is none before the year 10,000.
    #[must_use]
    pub fn next_rotation_date(&self, last_changed: Timestamp, now: Timestamp) -> Option<Timestamp> {
        // DescribeSecret shows 23:59:59 where a window closes at midnight.
        let last_second = Duration::hours(self.window.into()) - Duration::seconds(1);
        let not_over = now.utc().checked_sub(last_second).unwrap_or(now.utc());
        let opening = self.schedule.first_after(last_changed.utc(), not_over.max(last_changed.utc()))?;
        Timestamp::from_offset(opening.checked_add(last_second)?)
    }
}

impl TryFrom<RotationRulesType> for RotationRules {
    type Error = Error;

    fn try_from(given: RotationRulesType) -> Result<Self> {
        Self::new(given)
    }
}

impl From<RotationRules> for RotationRulesType {
    fn from(rules: RotationRules) -> Self {
        rules.given
    }
}

fn invalid(refusal: RotationRefusal) -> Error {
    SecretRefusal::Rotation(refusal).into()
}

fn check_days(days: i64) -> Result<u32> {
    const PARAMETER: &str = "rotationRules.automaticallyAfterDays";
    let (least, most) = AUTOMATICALLY_AFTER_DAYS.into_inner();
    match u32::try_from(days) {
        Ok(days) if (least..=most).contains(&days.into()) => Ok(days),
        _ if days < least => Err(Violation::new(PARAMETER, Constraint::LeastValue(least)).into()),
        _ => Err(Violation::new(PARAMETER, Constraint::MostValue(most)).into()),
    }
}

fn parse_expression(expression: &str) -> Result<Schedule> {
    const PARAMETER: &str = "rotationRules.scheduleExpression";
    if expression.is_empty() {
        return Err(Violation::new(PARAMETER, Constraint::LeastLength(1)).into());
    }
    if expression.len() > *SCHEDULE_EXPRESSION_LENGTH.end() {
        return Err(Violation::new(PARAMETER, Constraint::MostLength(*SCHEDULE_EXPRESSION_LENGTH.end())).into());
    }
    if !expression.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"()#?*-/, ".contains(&byte)) {
        return Err(Violation::new(PARAMETER, Constraint::Pattern(r"[0-9A-Za-z\(\)#\?\*\-\/, ]+")).into());
    }
    Schedule::parse(expression).map_err(|what| invalid(RotationRefusal::Expression(what)))
}

/// Hours.
fn parse_duration(duration: &str) -> Result<u8> {
    const PARAMETER: &str = "rotationRules.duration";
    let digits = duration.strip_suffix('h').filter(|digits| !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit()));
    let digits = digits.ok_or_else(|| Violation::new(PARAMETER, Constraint::Pattern("[0-9]+h")))?;
    let too_long = || Violation::new(PARAMETER, Constraint::MostLength(3)).into();
    if digits.len() > 2 { Err(too_long()) } else { digits.parse().map_err(|_| too_long()) }
}

#[cfg(test)]
mod tests;
