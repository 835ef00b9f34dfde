//! What the operator asks for.

use std::path::PathBuf;

use clap::{Parser, ValueEnum};
use review_invites::{Error, FieldError, Result};
use review_orders::ConsentRule;

/// Turns order records of Shopify and WooCommerce into review invitations.
///
/// Without FILE it uses records of its own; without --live it sends to a sandbox of its own, and
/// without --provider to both vendors in turn.
#[derive(Debug, Parser)]
#[command(name = "invite_orders")]
pub(crate) struct Args {
    /// The vendor. With --live it may be named by REVIEW_PROVIDER instead.
    #[arg(long)]
    pub(crate) provider: Option<Vendor>,
    /// Whose word on consent counts: the record's own marker, or yours that all customers agreed.
    #[arg(long, default_value = "from-order")]
    consent: Consent,
    /// Send to the real account that the environment names.
    #[arg(long)]
    pub(crate) live: bool,
    /// See to eTrusted's event type and invite setting first.
    #[arg(long)]
    pub(crate) setup: bool,
    /// Print one JSON object per order.
    #[arg(long)]
    pub(crate) json: bool,
    /// Files of order records (JSON).
    files: Vec<PathBuf>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Vendor {
    Etrusted,
    Trustpilot,
}

impl Vendor {
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Etrusted => "etrusted",
            Self::Trustpilot => "trustpilot",
        }
    }
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum Consent {
    FromOrder,
    Granted,
}

/// Records to try things on, made up for this example.
const OWN_RECORDS: [(&str, &str); 2] = [
    ("examples/data/shopify.json", include_str!("../data/shopify.json")),
    ("examples/data/woocommerce.json", include_str!("../data/woocommerce.json")),
];

impl Args {
    pub(crate) fn consent_rule(&self) -> ConsentRule {
        match self.consent {
            Consent::FromOrder => ConsentRule::FromOrder,
            Consent::Granted => {
                ConsentRule::Granted { how: "the operator's word, --consent granted".to_owned() }
            }
        }
    }

    /// Every file, before anything is sent: a name misspelt is found out first.
    pub(crate) fn read_files(&self) -> Result<Vec<(String, Vec<u8>)>> {
        if self.files.is_empty() {
            return Ok(OWN_RECORDS.map(|(name, json)| (name.to_owned(), json.into())).into());
        }
        let mut wrong = Vec::new();
        let mut files = Vec::new();
        for path in &self.files {
            match std::fs::read(path) {
                Ok(json) => files.push((path.display().to_string(), json)),
                Err(cause) => wrong.push(FieldError::new(path.display().to_string(), cause.to_string())),
            }
        }
        if wrong.is_empty() { Ok(files) } else { Err(Error::config(wrong)) }
    }
}
