//! Several vendors at once: by language, by weight, with a spare, and nobody twice.
//!
//! ```text
//! $ cargo run --example router
//! > order 1001 in de-AT: Accepted by etrusted/etrusted
//! > order 1001 again: AlreadyKnown
//! > order 2000 with trustpilot busy: Accepted by etrusted/etrusted
//! > order 3000 with its answer lost: OutcomeUnknown
//! > the sandbox would have sent 12 mail(s)
//! ```
//!
//! The customers are made up, so it always sends to the sandbox.

use std::sync::Arc;

use review_invites::{
    Consent, Customer, CustomerName, Dedup, DynProvider, EmailAddress, Fallback, InviteRequest, Locale,
    MemoryDedupStore, Order, OrderReference, PersonName, Result, ReviewInviteProvider, Route, Router, Split,
    from_vars,
};
use review_sandbox::{Fault, FaultRule, Sandbox};
use support::Failure;

/// How this shop sends. Each part is a provider, and so is the whole: the code that sends stays as it is.
fn for_the_shop(
    etrusted: &DynProvider,
    trustpilot: &DynProvider,
) -> Result<impl ReviewInviteProvider + use<>> {
    // The next one is asked only if the one before certainly did not take it.
    let etrusted_first = Arc::new(Fallback::new("etrusted-first", etrusted.clone()).then(trustpilot.clone()));
    let trustpilot_first = Fallback::new("trustpilot-first", trustpilot.clone()).then(etrusted.clone());
    let router = Router::builder("shop")
        // `de` takes in `de-AT` and `de-CH`.
        .route(Route::locale(Locale::new("de")?), etrusted_first.clone())
        // The same customer always goes to the same vendor.
        .otherwise(Split::new().to(80, trustpilot_first).to(20, etrusted_first))
        .build()?;
    // Outermost, so that it holds across both vendors. Several processes share a store of their own over a database.
    Ok(Dedup::new(router, MemoryDedupStore::new()))
}

fn request(number: u32, locale: &str) -> Result<InviteRequest> {
    let customer = Customer::new(EmailAddress::new(format!("customer-{number}@example.com"))?)
        .with_name(CustomerName::Full(PersonName::new("Jane Doe")?))
        .with_locale(Locale::new(locale)?);
    let order = Order::new(OrderReference::new(number.to_string())?);
    InviteRequest::builder(customer, order, Consent::granted("checkbox at the checkout")).build()
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Failure> {
    let sandbox = Sandbox::start().await?;
    let at_the_sandbox = |vendor: &str| {
        from_vars(
            |name| if name == "REVIEW_PROVIDER" { Some(vendor.to_owned()) } else { sandbox.env_var(name) },
        )
    };
    let shop = for_the_shop(&at_the_sandbox("etrusted")?, &at_the_sandbox("trustpilot")?)?;

    for (number, locale) in (1001..).zip(["de-AT", "de", "en", "en", "fr", "fr", "nl", "nl", "sv", "sv"]) {
        let receipt = shop.send_invite(&request(number, locale)?).await?;
        println!("order {number} in {locale}: {:?} by {}", receipt.state, receipt.provider);
    }
    let receipt = shop.send_invite(&request(1001, "de-AT")?).await?;
    println!("order 1001 again: {:?}", receipt.state);

    // A refusal: the customer got nothing, so the spare may ask.
    sandbox.add_fault(
        FaultRule::new(Fault::status(429)).with_path_contains("/email-invitations").with_reference("2000"),
    )?;
    let receipt = shop.send_invite(&request(2000, "en")?).await?;
    println!("order 2000 with trustpilot busy: {:?} by {}", receipt.state, receipt.provider);

    // No answer: the customer may have got a mail, so nobody else asks.
    sandbox.add_fault(FaultRule::new("close-after-commit".parse()?).with_reference("3000"))?;
    if let Err(error) = shop.send_invite(&request(3000, "en")?).await {
        println!("order 3000 with its answer lost: {:?}", error.kind());
    }
    println!("the sandbox would have sent {} mail(s)", sandbox.emails().len());
    Ok(())
}
