//! How a record that was read holds its texts.

use std::fmt;

use crate::text::BorrowedText;

/// The texts of a record: copies of their own for whoever changes it, or where they lie in what was read, for whoever looks at many.
pub(crate) trait RecordText: AsRef<str> + Clone + Default + Ord + Into<String> + fmt::Debug {}

impl RecordText for String {}

impl RecordText for BorrowedText<'_> {}
