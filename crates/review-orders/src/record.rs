//! The result of each record of the input.

use std::fmt;
use std::sync::Arc;

use crate::eligible_order::EligibleOrder;
use crate::reason::IneligibleReason;
use crate::system::ShopSystem;

/// The result of one record of the input.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct OrderRecord {
    /// Where the record is in the input.
    pub source: RecordSource,
    /// The order number, if it can be read, even if the order is not eligible.
    pub order_reference: Option<String>,
    /// The shop system that wrote the record, if it was recognised.
    pub system: Option<ShopSystem>,
    /// The order, or the reasons why it is not eligible.
    pub result: Result<EligibleOrder, Ineligible>,
}

/// Where a record is in the input.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct RecordSource {
    /// The name that was given by [`OrderParser::with_file_name`](crate::OrderParser::with_file_name).
    pub file: Option<Arc<str>>,
    /// The position of the record, counted from 0 over all documents and lists of the input.
    pub position: usize,
    /// The line of the record, counted from 1. For a record that is not JSON, the line of the error.
    pub line: u64,
    /// The path of the record in its document, such as `orders[3]`; empty for a single order.
    pub path: String,
}

impl fmt::Display for RecordSource {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(file) = &self.file {
            write!(f, "{file}, ")?;
        }
        write!(f, "line {}", self.line)
    }
}

/// Why an order is not eligible: every reason that applies, at least one, in the order of the variants
/// of [`IneligibleReason`].
///
/// Neither `Debug` nor `Display` contains personal data.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ineligible {
    reasons: Vec<IneligibleReason>,
}

impl Ineligible {
    /// Several rules read the same member. Its error is listed once.
    pub(crate) fn new(first: IneligibleReason, others: impl IntoIterator<Item = IneligibleReason>) -> Self {
        let mut reasons = vec![first];
        for reason in others {
            if !reasons.contains(&reason) {
                reasons.push(reason);
            }
        }
        reasons.sort_by_key(IneligibleReason::rank);
        Self { reasons }
    }

    /// Returns the reasons, at least one.
    #[must_use]
    pub fn reasons(&self) -> &[IneligibleReason] {
        &self.reasons
    }

    /// Returns whether the record could not be read, or not completely. These records need a person;
    /// the other reasons are normal.
    #[must_use]
    pub fn is_malformed(&self) -> bool {
        self.reasons.iter().any(|reason| matches!(reason, IneligibleReason::Malformed { .. }))
    }
}

impl fmt::Display for Ineligible {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, reason) in self.reasons.iter().enumerate() {
            if index > 0 {
                f.write_str("; ")?;
            }
            reason.fmt(f)?;
        }
        Ok(())
    }
}

impl std::error::Error for Ineligible {}
