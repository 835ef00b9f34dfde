//! Several vendors together: by language, by weight, with a fallback, and no order twice.
//!
//! ```text
//! $ cargo run --example router
//! > order 1001 in de-AT: accepted by etrusted/etrusted
//! > order 1001 again: already invited
//! > order 2000 with trustpilot busy: accepted by etrusted/etrusted
//! > order 3000 with a lost response: outcome unknown
//! > the sandbox would have sent 12 email(s)
//! ```
//!
//! The customers are made up, so it always sends to an embedded sandbox.

use std::sync::Arc;

use review_invites::model::Locale;
use review_invites::prelude::*;
use review_invites::wrappers::{Dedup, Fallback, MemoryDedupStore, Route, Router, WeightedSplit};
use review_sandbox::{Fault, FaultRule, Sandbox};

/// How this shop sends. Each part is a provider, and so is the whole: the code that sends does not change.
fn for_the_shop(
    etrusted: &DynProvider,
    trustpilot: &DynProvider,
) -> Result<impl ReviewInviteProvider + use<>> {
    // The second one is used only if the first certainly did not accept the request.
    let etrusted_first: DynProvider =
        Arc::new(Fallback::new("etrusted-first", etrusted.clone()).then(trustpilot.clone())?);
    let trustpilot_first = Fallback::new("trustpilot-first", trustpilot.clone()).then(etrusted.clone())?;
    let router = Router::builder("shop")
        // `de` matches `de-AT` and `de-CH`.
        .route(Route::locale(Locale::new("de")?), etrusted_first.clone())
        // The same customer always goes to the same vendor.
        .default_target(WeightedSplit::new().add(80, trustpilot_first).add(20, etrusted_first))
        .build()?;
    // Outermost, so that it applies across both vendors. Several processes share a store in a database.
    Ok(Dedup::new(router, MemoryDedupStore::new()))
}

fn request(number: u32, locale: &str) -> Result<InviteRequest> {
    let consent = Consent::granted("checkbox at the checkout");
    InviteRequest::builder(format!("customer-{number}@example.com"), number.to_string(), consent)
        .name("Jane Doe")
        .locale(locale)
        .build()
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> std::result::Result<(), Box<dyn std::error::Error>> {
    let sandbox = Sandbox::start().await?;
    let at_the_sandbox = |vendor: &str| {
        review_invites::from_lookup(|name| match name {
            "REVIEW_PROVIDER" => Some(vendor.to_owned()),
            name => sandbox.env_var(name),
        })
    };
    let shop = for_the_shop(&at_the_sandbox("etrusted")?, &at_the_sandbox("trustpilot")?)?;

    for (number, locale) in (1001..).zip(["de-AT", "de", "en", "en", "fr", "fr", "nl", "nl", "sv", "sv"]) {
        let receipt = shop.send_invite(&request(number, locale)?).await?;
        println!("order {number} in {locale}: {} by {}", receipt.state, receipt.provider);
    }
    let receipt = shop.send_invite(&request(1001, "de-AT")?).await?;
    println!("order 1001 again: {}", receipt.state);

    // A rejection: the customer got nothing, so the other vendor may invite.
    let busy =
        FaultRule::new(Fault::status(429)).with_path_contains("/email-invitations").with_reference("2000");
    sandbox.add_fault(busy)?;
    let receipt = shop.send_invite(&request(2000, "en")?).await?;
    println!("order 2000 with trustpilot busy: {} by {}", receipt.state, receipt.provider);

    // No response: the customer may have got an email, so the other vendor does not invite.
    sandbox.add_fault(FaultRule::new("close-after-commit".parse()?).with_reference("3000"))?;
    if let Err(error) = shop.send_invite(&request(3000, "en")?).await {
        println!("order 3000 with a lost response: {}", error.kind());
    }
    println!("the sandbox would have sent {} email(s)", sandbox.emails().len());
    Ok(())
}
