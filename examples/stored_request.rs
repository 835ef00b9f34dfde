//! A request that one process stores and another one sends later.
//!
//! ```text
//! $ cargo run --example stored_request -- write 1001 > stored-request.json
//! $ REVIEW_PROVIDER=etrusted cargo run --example stored_request -- send < stored-request.json && rm stored-request.json
//! > etrusted/etrusted: accepted
//! ```
//!
//! The stored form has a version: later releases read it. It contains personal data.

use std::io;

use review_invites::prelude::*;

#[tokio::main(flavor = "current_thread")]
async fn main() -> std::result::Result<(), Box<dyn std::error::Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match arguments.as_slice() {
        ["write", number] => {
            let consent = Consent::granted("checkbox at the checkout");
            let request =
                InviteRequest::builder("jane@example.com", *number, consent).name("Jane Doe").build()?;
            println!("{}", serde_json::to_string(&request)?);
        }
        ["send"] => {
            // An error of serde repeats the value it concerns, so only its position is shown.
            let request: InviteRequest = serde_json::from_reader(io::stdin()).map_err(|error| {
                format!("not a stored request: line {}, column {}", error.line(), error.column())
            })?;
            let receipt = review_invites::from_env()?.send_invite(&request).await?;
            println!("{}: {}", receipt.provider, receipt.state);
        }
        _ => return Err("usage: stored_request write NUMBER | stored_request send".into()),
    }
    Ok(())
}
