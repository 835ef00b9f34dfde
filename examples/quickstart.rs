//! One customer, one order, one invitation.
//!
//! ```text
//! $ REVIEW_PROVIDER=trustpilot cargo run --example quickstart
//! > trustpilot/trustpilot: accepted
//! ```
//!
//! The settings are environment variables; the README lists them. `review-sandbox` prints those of an
//! account at the sandbox.

use review_invites::prelude::*;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<()> {
    let provider = review_invites::from_env()?;
    let consent = Consent::granted("checkbox at the checkout");
    let request = InviteRequest::builder("jane@example.com", "1001", consent).name("Jane Doe").build()?;
    let receipt = provider.send_invite(&request).await?;
    println!("{}: {}", receipt.provider, receipt.state);
    Ok(())
}
