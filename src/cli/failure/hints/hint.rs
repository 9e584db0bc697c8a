//! One line that says what to do.

use std::borrow::Cow;

/// One line that begins with what helps.
pub(crate) type Hint = Cow<'static, str>;

/// A hint whose text is always the same.
pub(super) fn one(hint: &'static str) -> Vec<Hint> {
    vec![Cow::Borrowed(hint)]
}
