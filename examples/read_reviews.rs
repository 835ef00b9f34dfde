//! What came of the invitations: reads all reviews, page by page, and joins them to the shop's orders.
//!
//! ```text
//! $ cargo run --example read_reviews
//! > etrusted: order 1002, a teapot: 5 stars, "Well packed"
//! > trustpilot: order 1003, a lamp: 2 stars, "Came late"
//! > trustpilot: 2 of 3 orders were reviewed, 3.5 stars on average
//! ```
//!
//! With an account in the environment it reads the reviews there. It only reads.

use std::collections::HashMap;

use futures_util::TryStreamExt;
use review_invites::{
    Consent, Customer, CustomerName, DynReader, EmailAddress, InviteRequest, Order, OrderReference,
    PersonName, Result, ReviewQuery, ReviewReaderExt,
};
use review_sandbox::Sandbox;
use support::{Failure, Settings};

/// The shop's own table of orders.
const ORDERS: [(&str, &str); 3] = [("1001", "a kettle"), ("1002", "a teapot"), ("1003", "a lamp")];

async fn report(vendor: &str, reader: &DynReader) -> Result<()> {
    let orders = HashMap::from(ORDERS);
    let (mut joined, mut stars) = (0_u32, 0_u32);
    // The next page is read when this one is used up: memory does not grow with the number of reviews.
    let mut reviews = std::pin::pin!(reader.reviews(ReviewQuery::service()));
    while let Some(review) = reviews.try_next().await? {
        // The vendor gives back the reference that the invitation had. A review without one came by itself.
        let order = review.reference.as_ref().and_then(|reference| orders.get_key_value(reference.as_str()));
        let text = review.text.as_deref().unwrap_or_default();
        match order {
            Some((number, bought)) => {
                println!("{vendor}: order {number}, {bought}: {} stars, {text:?}", review.stars);
                joined += 1;
                stars += u32::from(review.stars);
            }
            None => println!("{vendor}: not of our orders: {} stars, {text:?}", review.stars),
        }
    }
    let average = f64::from(stars) / f64::from(joined.max(1));
    println!("{vendor}: {joined} of {} orders were reviewed, {average:.1} stars on average", orders.len());
    Ok(())
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Failure> {
    let settings = Settings::find().await?;
    for vendor in settings.vendors() {
        if let Some(sandbox) = settings.sandbox() {
            play_the_customers(&settings, sandbox, &vendor).await?;
        }
        report(&vendor, &settings.reader_of(&vendor)?).await?;
    }
    Ok(())
}

/// In the sandbox nobody writes a review by himself: all are invited, and two of them answer.
async fn play_the_customers(settings: &Settings, sandbox: &Sandbox, vendor: &str) -> Result<()> {
    let provider = settings.provider_of(vendor)?;
    for (number, _) in ORDERS {
        let customer = Customer::new(EmailAddress::new("jane@example.com")?)
            .with_name(CustomerName::Full(PersonName::new("Jane Doe")?));
        let order = Order::new(OrderReference::new(number)?);
        provider
            .send_invite(&InviteRequest::builder(customer, order, Consent::granted("test")).build()?)
            .await?;
    }
    for (number, stars, text) in [("1002", 5, "Well packed"), ("1003", 2, "Came late")] {
        match vendor {
            "etrusted" => drop(sandbox.submit_etrusted_review(number, stars, text)),
            _ => drop(sandbox.submit_trustpilot_review(number, stars, text)),
        }
    }
    Ok(())
}
