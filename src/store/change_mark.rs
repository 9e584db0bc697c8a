//! Whether anybody has written since.

use std::time::{Duration, SystemTime};

/// What a file system's times may be too coarse to tell apart, by far.
const COARSE: Duration = Duration::from_secs(1);

/// When a store was last written to, as its own writers leave it there, and as secrets that come and go do. Of two that are equal nothing was written
/// between.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ChangeMark(Vec<SystemTime>);

impl ChangeMark {
    /// Of all times that a change would move; `None` where one of them is so near that another change might not be told from it.
    pub(crate) fn settled(times: Vec<SystemTime>) -> Option<Self> {
        let now = SystemTime::now();
        let is_past = |time: &SystemTime| now.duration_since(*time).is_ok_and(|age| age > COARSE);
        times.iter().all(is_past).then_some(Self(times))
    }
}
