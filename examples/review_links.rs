//! A link in the shop's own email: the vendor creates a personal URL and sends nothing.
//!
//! ```text
//! $ REVIEW_PROVIDER=trustpilot cargo run --example review_links
//! > Subject: How was order 1001?
//! $ REVIEW_PROVIDER=etrusted cargo run --example review_links
//! > Write a review: http
//! ```

use review_invites::model::CustomerName;
use review_invites::prelude::*;
use review_invites::provider::{Operation, ReviewLink};

/// The email goes to this customer only: anyone who has the link can write the review in their name.
fn email(request: &InviteRequest, link: &ReviewLink) -> String {
    let name = request.customer().name().and_then(CustomerName::first).unwrap_or("customer");
    let (to, number) = (request.customer().email().as_str(), request.order().reference());
    format!("To: {to}\nSubject: How was order {number}?\n\nDear {name},\n\nWrite a review: {}\n", link.url)
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<()> {
    let provider = review_invites::from_env()?;
    if !provider.capabilities().supports_operation(Operation::CreateLink) {
        println!("{} has no links", provider.info());
        return Ok(());
    }
    let basis = Consent::legal_basis("the order confirmation, which is sent anyway");
    let request = InviteRequest::builder("jane@example.com", "1001", basis)
        .first_name("Jane")
        .last_name("Doe")
        .locale("en-GB")
        .build()?;
    println!("{}", email(&request, &provider.create_link(&request).await?));
    Ok(())
}
