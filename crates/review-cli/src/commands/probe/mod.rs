//! `check --probe`: one invitation to the operator's own address, and what the vendor responded.

mod record;
mod shape;

use chrono::{SecondsFormat, TimeDelta, Utc};
use review_invites::model::Field;
use review_invites::provider::Requirement;
use review_invites::{
    Consent, DynProvider, InviteKind, InviteRequest, Product, Registry, ReviewInviteProvider as _, SendAt,
};

use self::record::{Exchange, Exchanges};
use self::shape::Personal;
use crate::failure::{Failure, Result, explain};
use crate::outcome::{Exit, Outcome};
use crate::output::Output;
use crate::settings::{self, ConfigArgs};

/// The name that the vendor gets.
const NAME: &str = "Probe Recipient";

pub(crate) async fn run(
    email: &str,
    instance: Option<&str>,
    config: &ConfigArgs,
    output: &mut Output,
) -> Result<()> {
    let exchanges = Exchanges::default();
    let recorder = exchanges.clone();
    let registry = config.load_with(Registry::builder().wrap_transport(move |inner| recorder.wrap(inner)))?;
    let name = match (instance, registry.default_instance()) {
        (Some(name), _) => name.to_owned(),
        (None, Some(name)) if registry.instances().count() == 1 => name.to_owned(),
        (None, _) => {
            let names: Vec<&str> = registry.instances().collect();
            let help = format!("add --instance with one of: {}", names.join(", "));
            return Err(Failure::new("--probe needs one instance, and the configuration has several", help));
        }
    };
    let provider = settings::instance(&registry, &name)?;
    let reference = format!("probe-{}", Utc::now().format("%Y%m%d%H%M%S"));
    let request = request(&provider, email, &reference)?;
    let personal = Personal::new([email, NAME, &reference]);
    output.line(&format!("review-invites {}, {}", env!("CARGO_PKG_VERSION"), provider.info().vendor()));
    output.line(&format!("date: {}", Utc::now().to_rfc3339_opts(SecondsFormat::Secs, true)));
    output.line(&format!("kind: {}", request.kind()));
    for attempt in ["the invitation", "the same invitation again"] {
        exchanges.clear();
        let result = provider.send_invite(&request).await;
        let (outcome, text) = match &result {
            Ok(receipt) => (Outcome::of_receipt(receipt), receipt.state.to_string()),
            Err(error) => (Outcome::of_error(error), explain(error)),
        };
        output.line(&format!("{attempt}: {}: {}", outcome.as_str(), personal.hide(&text)));
        for exchange in exchanges.take() {
            print(&exchange, &personal, output);
        }
        if outcome.exit() != Exit::Done {
            output.record(outcome.exit());
            break;
        }
    }
    output.note(
        "this report contains no personal data and no secret; please add whether and when each email arrived, and send \
         it to the project",
    );
    Ok(())
}

/// Builds a request with what the vendor requires.
fn request(provider: &DynProvider, email: &str, reference: &str) -> Result<InviteRequest> {
    let capabilities = provider.capabilities();
    let kinds =
        [InviteKind::Service, InviteKind::AccountDefault, InviteKind::ServiceAndProduct, InviteKind::Product];
    let kind = kinds.into_iter().find(|kind| capabilities.supports_kind(*kind)).unwrap_or_default();
    let consent = Consent::granted("the operator's own address");
    let now = Utc::now();
    let mut builder = InviteRequest::builder(email, reference, consent)
        .name(NAME)
        .kind(kind)
        .placed_at(now)
        .paid_at(now)
        .shipped_at(now)
        .delivered_at(now);
    if capabilities.requires(&Requirement::Locale) {
        builder = builder.locale("en-GB");
    }
    // A time shows which form of a date the vendor accepts.
    if capabilities.supports_field(Field::SendAt) {
        builder = builder.send_at(SendAt::At(now + TimeDelta::minutes(2)));
    } else if !capabilities.has_account_schedule() {
        builder = builder.send_at(SendAt::Now);
    }
    if kind.includes_products() {
        let product = Product::builder("PROBE-1", "Probe product").url("https://shop.example/probe");
        builder = builder.product(product.image_url("https://shop.example/probe.png"));
    }
    builder
        .build()
        .map_err(|error| Failure::from_error(&error, "use an address of your own, such as me@shop.example"))
}

fn print(exchange: &Exchange, personal: &Personal, output: &mut Output) {
    output.line(&format!("  {} {}", exchange.method, shape::path(&exchange.path)));
    for date in shape::dates(&exchange.request) {
        output.line(&format!("    sent {date}"));
    }
    match &exchange.response {
        None => output.line("    no response"),
        Some(response) => {
            let kind = response.content_type.as_deref().unwrap_or("no content type");
            let body = shape::body(&response.body, personal);
            output.line(&format!("    {} {kind}, {} bytes: {body}", response.status, response.body.len()));
        }
    }
}
