//! All there is to be capable of. The lists of the contract are open; a value that is added there is
//! added here.

use review_core::{Capabilities, Feature, InviteKind, Operation};

/// Every kind of invitation.
pub const KINDS: [InviteKind; 3] = [InviteKind::Service, InviteKind::Product, InviteKind::ServiceAndProduct];

/// Every feature.
pub const FEATURES: [Feature; 8] = [
    Feature::Scheduling,
    Feature::Template,
    Feature::Tags,
    Feature::RedirectUrl,
    Feature::Location,
    Feature::ReplyTo,
    Feature::Sender,
    Feature::Metadata,
];

/// Every operation besides sending.
pub const OPERATIONS: [Operation; 4] =
    [Operation::CreateLink, Operation::FindInvite, Operation::EraseCustomer, Operation::CheckSetup];

/// Every kind, feature and operation there is, and no requirement.
///
/// ```
/// use review_core::{Feature, Operation};
///
/// let all = review_testkit::every_capability();
/// assert!(all.supports(Feature::Metadata) && all.has(Operation::EraseCustomer));
/// ```
#[must_use]
pub fn every_capability() -> Capabilities {
    let all = KINDS.into_iter().fold(Capabilities::new(), Capabilities::with_kind);
    let all = FEATURES.into_iter().fold(all, Capabilities::with_feature);
    OPERATIONS.into_iter().fold(all, Capabilities::with_operation)
}

/// The name of an operation, as errors tell it.
pub(crate) fn name(operation: Operation) -> &'static str {
    match operation {
        Operation::CreateLink => "create_link",
        Operation::FindInvite => "find_invite",
        Operation::EraseCustomer => "erase_customer",
        Operation::CheckSetup => "check_setup",
        _ => "an operation this test kit does not know",
    }
}
