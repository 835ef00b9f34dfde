//! Results that have no position in the input yet.

use crate::reason::IneligibleReason;
use crate::record::Ineligible;
use crate::systems::Evaluated;

/// A result that has no position in the input yet.
pub(crate) struct Placed {
    pub(crate) line: u64,
    pub(crate) path: String,
    pub(crate) evaluated: Evaluated,
}

/// Creates the result of text that is not a record.
pub(crate) fn malformed(line: u64, path: &str, problem: &str) -> Placed {
    let reason = IneligibleReason::Malformed { path: path.to_owned(), problem: problem.to_owned() };
    let evaluated =
        Evaluated { system: None, order_reference: None, result: Err(Ineligible::new(reason, [])) };
    Placed { line, path: String::new(), evaluated }
}
