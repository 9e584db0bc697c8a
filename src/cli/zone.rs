//! The time zone that points in time are shown in: `TZ`, or the system's.

use std::{error::Error, fs::File, io::Read as _};

use tz::{TimeZone, TimeZoneSettings};

use super::environment::Environment;
use crate::timestamp::Timestamp;

/// More than any zone's file has; what `TZ` names can be any file.
const LARGEST_FILE: u64 = 1024 * 1024;

/// Offsets from UTC, at any time.
#[derive(Debug)]
pub(crate) struct Zone(Option<TimeZone>);

impl Zone {
    /// UTC.
    #[cfg(test)]
    pub(crate) const UTC: Self = Self(None);

    /// As the C library reads it: a name in the system's database, a path, or a POSIX rule; UTC where it is empty or none of them. Without `TZ`,
    /// what `/etc/localtime` says. On other systems than Unix UTC, unless `TZ` is a POSIX rule.
    pub(crate) fn of(environment: &Environment) -> Self {
        let settings = TimeZoneSettings::new(TimeZoneSettings::DEFAULT_DIRECTORIES, read);
        let zone = match environment.get("TZ") {
            Some(name) => name.to_str().and_then(|name| settings.parse_posix_tz(name).ok()),
            None => settings.parse_local().ok(),
        };
        // The zone of most servers costs nothing.
        Self(zone.filter(|zone| zone.as_ref().local_time_types().iter().any(|kind| kind.ut_offset() != 0)))
    }

    /// A time as the AWS CLI prints it, with the offset that this zone has then; `None` in UTC, which a [`Timestamp`]'s own text is in.
    pub(crate) fn text(&self, time: Timestamp) -> Option<String> {
        let offset = self.0.as_ref()?.find_local_time_type(time.utc().unix_timestamp()).ok()?.ut_offset();
        time.text_at(offset)
    }

    /// True where times need no other text than their own.
    pub(crate) const fn is_utc(&self) -> bool {
        self.0.is_none()
    }
}

fn read(path: &str) -> Result<Vec<u8>, Box<dyn Error + Send + Sync>> {
    // A FIFO would wait for a writer when it is opened.
    if !std::fs::metadata(path)?.is_file() {
        return Err("not a file".into());
    }
    let mut bytes = Vec::new();
    File::open(path)?.take(LARGEST_FILE).read_to_end(&mut bytes)?;
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(tz: &str, time: &str) -> Option<String> {
        Zone::of(&Environment::fixed(&[("TZ", tz)])).text(time.parse().expect("a time"))
    }

    #[test]
    fn rules_give_the_offset_of_the_time() {
        let europe = "CET-1CEST,M3.5.0,M10.5.0/3";
        for (tz, time, expected) in [
            (europe, "2026-01-31T23:30:00.5Z", "2026-02-01T00:30:00.500000+01:00"),
            (europe, "2026-07-31T23:30:00Z", "2026-08-01T01:30:00+02:00"),
            // The hour that comes twice.
            (europe, "2026-10-25T00:30:00Z", "2026-10-25T02:30:00+02:00"),
            (europe, "2026-10-25T01:30:00Z", "2026-10-25T02:30:00+01:00"),
            ("IST-5:30", "2026-01-31T23:30:00Z", "2026-02-01T05:00:00+05:30"),
            ("XXX3:30", "2026-01-31T23:30:00Z", "2026-01-31T20:00:00-03:30"),
            ("LMT-0:19:32", "2026-01-31T23:30:00Z", "2026-01-31T23:49:32+00:19:32"),
        ] {
            assert_eq!(shown(tz, time).as_deref(), Some(expected), "{tz} {time}");
        }
    }

    #[test]
    fn what_is_no_zone_is_utc() {
        for tz in ["", "UTC0", "Nowhere/City", ":", "/dev/zero", "/dev/null", "\u{e9}"] {
            assert_eq!(shown(tz, "2026-01-31T23:30:00Z").unwrap_or_else(|| "UTC".to_owned()), "UTC", "{tz}");
        }
    }

    #[test]
    #[cfg(unix)]
    fn the_systems_names_and_files_are_known() {
        let Ok(file) = std::fs::canonicalize("/usr/share/zoneinfo/Asia/Kolkata") else { return };
        for tz in ["Asia/Kolkata", ":Asia/Kolkata", file.to_str().expect("text")] {
            assert_eq!(shown(tz, "2026-01-31T23:30:00Z").as_deref(), Some("2026-02-01T05:00:00+05:30"), "{tz}");
        }
    }
}
