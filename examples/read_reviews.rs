//! Reads all reviews, page by page, and matches them to the shop's orders.
//!
//! ```text
//! $ cargo run --example read_reviews
//! > etrusted: order 1002, a teapot: 5 stars, "Well packed"
//! > trustpilot: order 1003, a lamp: 2 stars, "Came late"
//! > trustpilot: 2 of 3 orders were reviewed, 3.5 stars on average
//! ```
//!
//! The customers are made up, so it always reads from an embedded sandbox. With an account of your own,
//! `review_invites::reader_from_env()` returns the reader.

use std::collections::HashMap;

use futures_util::TryStreamExt;
use review_invites::prelude::*;
use review_invites::reviews::{DynReader, ReviewQuery, ReviewReaderExt};
use review_sandbox::Sandbox;

/// The shop's own table of orders.
const ORDERS: [(&str, &str); 3] = [("1001", "a kettle"), ("1002", "a teapot"), ("1003", "a lamp")];

async fn report(vendor: &str, reader: &DynReader) -> Result<()> {
    let orders = HashMap::from(ORDERS);
    let (mut matched, mut stars) = (0_u32, 0_u32);
    // A page is read when the one before is used up: memory does not grow with the number of reviews.
    let mut reviews = std::pin::pin!(reader.reviews(ReviewQuery::service()));
    while let Some(review) = reviews.try_next().await? {
        // The vendor returns the reference of the invitation. A review without one was not invited.
        let order = review.reference.as_ref().and_then(|reference| orders.get_key_value(reference.as_str()));
        let text = review.text.as_deref().unwrap_or_default();
        match order {
            Some((number, bought)) => {
                println!("{vendor}: order {number}, {bought}: {} stars, {text:?}", review.stars);
                matched += 1;
                stars += u32::from(review.stars);
            }
            None => println!("{vendor}: without an order: {} stars, {text:?}", review.stars),
        }
    }
    let average = f64::from(stars) / f64::from(matched.max(1));
    println!("{vendor}: {matched} of {} orders were reviewed, {average:.1} stars on average", orders.len());
    Ok(())
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> std::result::Result<(), Box<dyn std::error::Error>> {
    let sandbox = Sandbox::start().await?;
    for vendor in ["etrusted", "trustpilot"] {
        let lookup = |name: &str| match name {
            "REVIEW_PROVIDER" => Some(vendor.to_owned()),
            name => sandbox.env_var(name),
        };
        simulate_customers(&review_invites::from_lookup(lookup)?, &sandbox, vendor).await?;
        report(vendor, &review_invites::reader_from_lookup(lookup)?).await?;
    }
    Ok(())
}

/// All customers are invited, and two of them write a review.
async fn simulate_customers(provider: &DynProvider, sandbox: &Sandbox, vendor: &str) -> Result<()> {
    for (number, _) in ORDERS {
        let consent = Consent::granted("checkbox at the checkout");
        let request = InviteRequest::builder("jane@example.com", number, consent).name("Jane Doe").build()?;
        provider.send_invite(&request).await?;
    }
    for (number, stars, text) in [("1002", 5, "Well packed"), ("1003", 2, "Came late")] {
        match vendor {
            "etrusted" => drop(sandbox.submit_etrusted_review(number, stars, text)),
            _ => drop(sandbox.submit_trustpilot_review(number, stars, text)),
        }
    }
    Ok(())
}
