//! What the tests over real databases share: databases, a vendor, a provider.
#![allow(dead_code, unreachable_pub, missing_docs)]
#![allow(clippy::expect_used, clippy::unwrap_used, clippy::panic, clippy::print_stdout)]

pub mod database;
pub mod postgres;
pub mod provider;
pub mod sandbox;
pub mod worker;

use review_core::model::InviteRequest;
use review_core::provider::ProviderInfo;
use review_core::{Consent, SendAt};
use review_outbox::{Outbox, State};

/// The instance of all tests.
pub fn info() -> ProviderInfo {
    ProviderInfo::new("acme", "acme").with_shop("shop")
}

/// A request that is due now.
pub fn request(reference: &str) -> InviteRequest {
    let consent = Consent::granted("checkbox at the checkout");
    let builder = InviteRequest::builder("jane@example.com", reference, consent);
    builder.name("Jane Doe").send_at(SendAt::Now).build().unwrap()
}

/// The number of rows in a state.
pub async fn in_state(outbox: &Outbox, state: State) -> usize {
    outbox.list(state, 0, 10_000).await.unwrap().len()
}

/// Requests with the references 0, 1, 2 ...
pub fn requests(number: usize) -> impl Iterator<Item = InviteRequest> {
    (0..number).map(|number| request(&number.to_string()))
}
