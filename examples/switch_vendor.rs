//! The same code with any vendor: `REVIEW_PROVIDER` decides, without a new build.
//!
//! ```text
//! $ REVIEW_PROVIDER=etrusted cargo run --example switch_vendor
//! > etrusted/etrusted: accepted
//! > tags: left out
//! $ REVIEW_PROVIDER=trustpilot cargo run --example switch_vendor
//! > trustpilot/trustpilot: accepted
//! ```

use review_invites::model::Field;
use review_invites::prelude::*;

/// What a backend does when an order was shipped. It does not know the vendor.
async fn order_shipped(
    provider: &DynProvider,
    email: &str,
    name: &str,
    number: &str,
) -> Result<InviteReceipt> {
    let consent = Consent::granted("checkbox at the checkout");
    let request = InviteRequest::builder(email, number, consent)
        .name(name)
        .tags(["first-order"])
        // eTrusted has no tags: without this line, its provider rejects the request.
        .allow_omitting([Field::Tags])
        .build()?;
    provider.send_invite(&request).await
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<()> {
    let provider = review_invites::from_env()?;
    let receipt = order_shipped(&provider, "jane@example.com", "Jane Doe", "1002").await?;
    println!("{}: {}", receipt.provider, receipt.state);
    for warning in &receipt.warnings {
        println!("{warning}");
    }
    Ok(())
}
