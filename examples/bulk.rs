//! Many invitations: a few at a time, with patience, and an exact account of all of them.
//!
//! ```text
//! $ cargo run --example bulk
//! > order 1007 took 2 tries
//! > 200 taken, 200 accepted
//! $ cargo run --example bulk -- 1000
//! > 1000 taken, 1000 accepted
//! ```
//!
//! Ctrl-C lets what is under way finish and begins nothing more; a second one cuts it off, and the account still tells
//! what may have been sent. The customers are made up, so it always sends to the sandbox.

use std::process::ExitCode;
use std::time::Duration;

use futures_util::{StreamExt, stream};
use review_invites::{
    BulkOptions, Consent, Customer, CustomerName, EmailAddress, FieldError, InviteRequest, Order,
    OrderReference, Patience, PersonName, Result, ReviewInviteProviderExt, from_vars,
};
use review_sandbox::{FaultRule, Sandbox};
use support::Failure;

/// In your program these are rows of a database, read as they are needed.
fn request(number: u32) -> Result<InviteRequest> {
    let customer = Customer::new(EmailAddress::new(format!("customer-{number}@example.com"))?)
        .with_name(CustomerName::Full(PersonName::new("Jane Doe")?));
    let order = Order::new(OrderReference::new(number.to_string())?);
    InviteRequest::builder(customer, order, Consent::granted("checkbox at the checkout")).build()
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<ExitCode, Failure> {
    let orders = match std::env::args().nth(1).map(|number| number.parse()) {
        None => 200,
        Some(Ok(orders)) => orders,
        Some(Err(_)) => {
            return Err(FieldError::new("arguments", "expected how many orders, e.g. 1000").into());
        }
    };
    // The vendor is too busy for one order, more often than the provider tries by itself.
    let busy = FaultRule::new("status-429-retry-after-1".parse()?).with_reference("1007").with_max_hits(3);
    let sandbox = Sandbox::builder().fault(busy).start().await?;
    let provider = from_vars(|name| match name {
        "REVIEW_PROVIDER" => Some("etrusted".to_owned()),
        name => sandbox.env_var(name),
    })?;

    let requests = stream::iter((1001..).take(orders).filter_map(|number| request(number).ok()));
    let patience = Patience::new(tokio::time::sleep).tries(5).longest_wait(Duration::from_secs(600));
    let mut bulk = provider.send_all(requests, BulkOptions::new().at_once(8).patience(patience));
    // It stays when the stream is gone.
    let account = bulk.account();
    let mut interrupts = std::pin::pin!(stream::repeat_with(tokio::signal::ctrl_c).buffered(1));
    let mut stopping = false;
    loop {
        tokio::select! {
            item = bulk.next() => match item {
                None => break,
                Some(item) => match item.result {
                    Err(error) => println!("order {}: {error}", item.key.reference),
                    Ok(_) if item.tries > 1 => println!("order {} took {} tries", item.key.reference, item.tries),
                    Ok(_) => {}
                },
            },
            _ = interrupts.next() => {
                if stopping { break }
                println!("stopping; once more to cut off what is under way");
                bulk.stop();
                stopping = true;
            }
        }
    }
    drop(bulk);
    let summary = account.summary();
    println!("{summary}");
    for key in account.in_flight() {
        println!("order {} may have been sent: look it up before it is sent again", key.reference);
    }
    let complete = summary.accepted == orders as u64;
    Ok(if complete { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}
