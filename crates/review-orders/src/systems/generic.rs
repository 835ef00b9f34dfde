//! The formats of this crate: JSON with these members, and CSV with the same headings.
//!
//! The rows of Trusted Shops' and Trustpilot's bulk templates have the same shape.

use crate::consent;
use crate::eligible_order::OrderConsent;
use crate::extracted_order::{ExtractedOrder, Line, Reference};
use crate::fields::{Fields, shown};
use crate::json::Json;
use crate::policy::Policy;
use crate::reason::IneligibleReason;
use crate::time;

/// Status words that allow an invitation.
const SHIPPED: [&str; 4] = ["shipped", "delivered", "completed", "fulfilled"];
const CANCELLED: [&str; 4] = ["cancelled", "canceled", "failed", "voided"];

pub(crate) fn extract<'v>(order: &Fields<'v>, policy: &Policy) -> ExtractedOrder<'v> {
    let mut to = ExtractedOrder {
        reference: Reference::read(order, &["order_reference"], "order_reference"),
        ..ExtractedOrder::default()
    };
    to.rule(status(order, policy));
    to.read_emails(order, &["email"]);
    to.consent = to.part(consent(order, policy).map(Some));
    to.lines = to.part(lines(order));
    to.read_name(order, &[("first_name", "last_name")], &["name"]);
    to.read_phones(order, &["phone"]);
    to.read_countries(order, &["country"]);
    to.read_locale(order, "locale");
    to.read_customer_reference(order, &["customer_reference"]);
    to.placed_at = to.read_time(order, &["placed_at"], time::utc);
    to.paid_at = to.read_time(order, &["paid_at"], time::utc);
    to.shipped_at = to.read_time(order, &["shipped_at"], time::utc);
    to.delivered_at = to.read_time(order, &["delivered_at"], time::utc);
    to
}

/// A file in this format lists orders to invite, so the status is optional. If it is there, it counts.
fn status(order: &Fields<'_>, policy: &Policy) -> Result<(), IneligibleReason> {
    let Some(word) = order.word("status")? else { return Ok(()) };
    let details = format!("status is {}", shown(&word));
    match &*word {
        word if SHIPPED.contains(&word) || policy.counts_as_shipped(word) => Ok(()),
        word if CANCELLED.contains(&word) => Err(IneligibleReason::Cancelled(details)),
        "refunded" => Err(IneligibleReason::Refunded { partial: false, details }),
        "partially_refunded" if policy.partial_refunds => Ok(()),
        "partially_refunded" => Err(IneligibleReason::Refunded { partial: true, details }),
        "pending" | "unpaid" => Err(IneligibleReason::NotPaid(details)),
        "test" if policy.test_orders => Ok(()),
        "test" => Err(IneligibleReason::TestOrder(details)),
        _ => {
            Err(IneligibleReason::NotFulfilled(format!("{details}, expected one of {}", SHIPPED.join(", "))))
        }
    }
}

fn consent(order: &Fields<'_>, policy: &Policy) -> Result<OrderConsent, IneligibleReason> {
    let is_field = consent::is_spelling_of(&policy.consent_field);
    let is_consent =
        |name: &str| name.trim_start_matches('_').eq_ignore_ascii_case("consent") || is_field(name);
    let own: Vec<_> = order.all_values(is_consent).filter(|value| **value != Json::Null).collect();
    let mut consent = consent::decide(policy, &own, "consent", || Err(consent::missing("consent")))?;
    consent.at = order.quiet_text("consent_at").and_then(|text| time::utc(&text));
    Ok(consent)
}

fn lines<'v>(order: &Fields<'v>) -> Result<Vec<Line<'v>>, IneligibleReason> {
    let lines = order.objects("products")?;
    lines
        .map(|line| {
            let line = line?;
            Ok(Line {
                kept: line.amount("quantity")?.unwrap_or(1.0),
                is_product: true,
                name: line.quiet_text("name"),
                sku: line.quiet_text("sku"),
                gtin: line.quiet_text("gtin"),
                mpn: line.quiet_text("mpn"),
                brand: line.quiet_text("brand"),
                url: line.quiet_text("url"),
                image_url: line.quiet_text("image_url"),
                path: line.path().clone(),
                ..Line::default()
            })
        })
        .collect()
}
