//! Order records of shop systems become review invitations.
//!
//! ```text
//! $ cargo run --example invite_orders
//! > etrusted    5001          sent       accepted
//! > the sandbox delivered 6 emails
//! ```
//!
//! Without `--live`, the invitations go to a sandbox inside this program, through both vendors; with it, to the
//! account of the environment. Files are arguments; without any, two small files of this example are used.
//!
//! Exit code: 0 every eligible order was accepted, 1 some failed, 2 wrong arguments or configuration, 3 some
//! invitation may have been sent.

use std::fs::File;
use std::process::ExitCode;
use std::sync::Arc;

use review_invites::SendState;
use review_invites::model::InviteRequestBuilder;
use review_invites::prelude::*;
use review_invites::wrappers::{Dedup, MemoryDedupStore};
use review_orders::{OrderParser, OrderRecord};
use review_sandbox::Sandbox;

const OWN_FILES: [&str; 2] = [
    concat!(env!("CARGO_MANIFEST_DIR"), "/data/shopify.json"),
    concat!(env!("CARGO_MANIFEST_DIR"), "/data/woocommerce.json"),
];

type AnyResult<T> = std::result::Result<T, Box<dyn std::error::Error>>;

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    let (flags, mut files): (Vec<_>, Vec<_>) =
        std::env::args().skip(1).partition(|argument| argument.starts_with("--"));
    if let Some(flag) = flags.iter().find(|flag| *flag != "--live") {
        eprintln!("{flag}: expected `--live` or the names of files");
        return ExitCode::from(2);
    }
    if files.is_empty() {
        files = OWN_FILES.map(str::to_owned).into();
    }
    match run(&files, !flags.is_empty()).await {
        Ok(code) => ExitCode::from(code),
        Err(error) => {
            eprintln!("{error}");
            ExitCode::from(2)
        }
    }
}

async fn run(files: &[String], live: bool) -> AnyResult<u8> {
    if live {
        return invite_all(&review_invites::from_env()?, files).await;
    }
    let sandbox = Sandbox::start().await?;
    let mut code = 0;
    for vendor in ["etrusted", "trustpilot"] {
        let provider = review_invites::from_lookup(|name| match name {
            "REVIEW_PROVIDER" => Some(vendor.to_owned()),
            name => sandbox.env_var(name),
        })?;
        code = code.max(invite_all(&provider, files).await?);
    }
    println!("the sandbox delivered {} emails", sandbox.emails().len());
    Ok(code)
}

async fn invite_all(provider: &DynProvider, files: &[String]) -> AnyResult<u8> {
    // A file may contain an order twice: the second one is "already invited".
    let provider: DynProvider = Arc::new(Dedup::new(Arc::clone(provider), MemoryDedupStore::new()));
    let mut code = 0;
    for name in files {
        let file = File::open(name).map_err(|error| format!("{name}: {error}"))?;
        for record in OrderParser::new().with_file_name(name).parse(file) {
            code = code.max(invite(&provider, record?).await);
        }
    }
    Ok(code)
}

/// Sends one invitation, prints one line, and returns the exit code it leads to.
async fn invite(provider: &DynProvider, record: OrderRecord) -> u8 {
    let vendor = provider.info().vendor();
    let number = record.order_reference.as_deref().unwrap_or("?");
    let (status, text, code) = match record.result {
        Err(reasons) => ("skipped", reasons.to_string(), 0),
        Ok(order) => match send(provider, order.into_builder()).await {
            Ok(receipt) => ("sent", receipt.state.to_string(), 0),
            Err(error) if error.send_state() == SendState::Unknown => ("unknown", error.to_string(), 3),
            Err(error) => ("failed", error.to_string(), 1),
        },
    };
    println!("{vendor:<11} {number:<13} {status:<10} {text}");
    code
}

async fn send(provider: &DynProvider, builder: InviteRequestBuilder) -> Result<InviteReceipt> {
    provider.send_invite(&builder.build()?).await
}
