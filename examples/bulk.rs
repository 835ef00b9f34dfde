//! Many invitations: bounded concurrency, retries, and an exact record of each.
//!
//! ```text
//! $ cargo run --example bulk
//! > order 1007 took 2 attempts
//! > 200 accepted
//! ```
//!
//! Ctrl-C finishes what is in flight and starts nothing new; a second one cancels it, and the tracker still
//! lists what may have been sent. The customers are made up, so it always sends to an embedded sandbox.

use std::process::ExitCode;
use std::time::Duration;

use futures_util::{StreamExt, stream};
use review_invites::bulk::{BulkOptions, BulkRetry};
use review_invites::prelude::*;
use review_sandbox::{FaultRule, Sandbox};

/// In a real program, these are rows of a database, read as they are needed.
fn request(number: u32) -> Result<InviteRequest> {
    let consent = Consent::granted("checkbox at the checkout");
    let email = format!("customer-{number}@example.com");
    InviteRequest::builder(email, number.to_string(), consent).name("Jane Doe").build()
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> std::result::Result<ExitCode, Box<dyn std::error::Error>> {
    let orders: usize = std::env::args().nth(1).map_or(Ok(200), |number| number.parse())?;
    // The vendor rejects one order more often than the provider retries by itself.
    let busy = FaultRule::new("status-429-retry-after-1".parse()?).with_reference("1007").with_max_hits(3);
    let sandbox = Sandbox::builder().fault(busy).start().await?;
    let provider = review_invites::from_lookup(|name| match name {
        "REVIEW_PROVIDER" => Some("etrusted".to_owned()),
        name => sandbox.env_var(name),
    })?;

    let requests = stream::iter((1001..).take(orders).filter_map(|number| request(number).ok()));
    let retry = BulkRetry::new(tokio::time::sleep).max_attempts(5).max_wait(Duration::from_secs(600));
    let mut bulk = provider.send_all(requests, BulkOptions::new().concurrency(8).retry(retry));
    // It remains when the stream is gone.
    let tracker = bulk.tracker();
    let mut interrupts = std::pin::pin!(stream::repeat_with(tokio::signal::ctrl_c).buffered(1));
    let mut stopping = false;
    loop {
        tokio::select! {
            item = bulk.next() => match item {
                None => break,
                Some(item) => match item.result {
                    Err(error) => println!("order {}: {error}", item.key.reference),
                    Ok(_) if item.attempts > 1 => {
                        println!("order {} took {} attempts", item.key.reference, item.attempts);
                    }
                    Ok(_) => {}
                },
            },
            _ = interrupts.next() => {
                if stopping { break }
                println!("stopping; interrupt again to cancel what is in flight");
                bulk.stop();
                stopping = true;
            }
        }
    }
    drop(bulk);
    let summary = tracker.summary();
    println!("{summary}");
    for key in tracker.in_flight() {
        println!("order {} may have been sent: look it up before it is sent again", key.reference);
    }
    let complete = summary.accepted == orders as u64;
    Ok(if complete { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}
