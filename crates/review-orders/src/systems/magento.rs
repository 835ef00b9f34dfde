//! Orders of Magento 2 and Adobe Commerce: REST API.
//!
//! Source of members and words: <https://developer.adobe.com/commerce/webapi/rest/>.

use std::borrow::Cow;

use crate::consent;
use crate::eligible_order::OrderConsent;
use crate::extracted_order::{ExtractedOrder, Line, Reference};
use crate::fields::{Fields, shown};
use crate::json::Json;
use crate::policy::Policy;
use crate::reason::IneligibleReason;
use crate::time;

pub(crate) fn extract<'v>(order: &Fields<'v>, policy: &Policy) -> ExtractedOrder<'v> {
    let mut to = ExtractedOrder {
        reference: Reference::read(order, &["increment_id"], "entity_id"),
        ..ExtractedOrder::default()
    };
    to.rule(not_cancelled(order));
    to.rule(not_refunded(order, policy));
    to.rule(paid(order, policy));
    to.rule(fulfilled(order, policy));
    to.read_emails(order, &["customer_email", "billing_address.email"]);
    to.consent = to.part(consent(order, policy).map(Some));
    to.lines = to.part(lines(order));
    let names = [
        ("customer_firstname", "customer_lastname"),
        ("billing_address.firstname", "billing_address.lastname"),
    ];
    to.read_name(order, &names, &[]);
    to.read_phones(order, &["billing_address.telephone"]);
    to.read_countries(order, &["billing_address.country_id"]);
    to.read_customer_reference(order, &["customer_id"]);
    // Times are in UTC without a zone.
    to.placed_at = to.read_time(order, &["created_at"], time::utc);
    to
}

fn state<'v>(order: &Fields<'v>) -> Result<Option<Cow<'v, str>>, IneligibleReason> {
    match order.word("state")? {
        Some(word) => Ok(Some(word)),
        None => order.word("status"),
    }
}

fn not_cancelled(order: &Fields<'_>) -> Result<(), IneligibleReason> {
    match state(order)?.as_deref() {
        Some("canceled") => Err(IneligibleReason::Cancelled("state is `canceled`".to_owned())),
        _ => Ok(()),
    }
}

fn not_refunded(order: &Fields<'_>, policy: &Policy) -> Result<(), IneligibleReason> {
    let refunded =
        |partial, details: &str| Err(IneligibleReason::Refunded { partial, details: details.to_owned() });
    // Magento closes an order when everything was refunded.
    if state(order)?.as_deref() == Some("closed") {
        return refunded(false, "state is `closed`");
    }
    let amount = order.amount("total_refunded")?.unwrap_or_default();
    let total = order.amount("grand_total")?.unwrap_or_default();
    match amount {
        amount if amount <= 0.0 => Ok(()),
        amount if total > 0.0 && amount + 0.005 > total => {
            refunded(false, "total_refunded is the grand_total")
        }
        _ if policy.partial_refunds => Ok(()),
        _ => refunded(true, "total_refunded is above 0"),
    }
}

/// `complete` means invoiced and shipped. An amount that is still due contradicts it.
fn paid(order: &Fields<'_>, policy: &Policy) -> Result<(), IneligibleReason> {
    let state = state(order)?;
    let due = order.amount("total_due")?.is_some_and(|due| due > 0.005);
    let settled = order.amount("total_paid")?.is_some_and(|paid| paid > 0.0) && !due;
    let method = order.word("payment.method")?;
    let shipped = order.word("status")?.is_some_and(|word| policy.counts_as_shipped(&word));
    match state.as_deref() {
        // Judged by other rules.
        Some("canceled" | "closed") => Ok(()),
        _ if settled => Ok(()),
        Some("complete") if !due => Ok(()),
        Some(word)
            if (word == "complete" || shipped)
                && method.as_deref().is_some_and(|m| policy.counts_as_paid(m)) =>
        {
            Ok(())
        }
        Some(_) if due => Err(IneligibleReason::NotPaid("total_due is above 0".to_owned())),
        Some(word) => {
            Err(IneligibleReason::NotPaid(format!("state is {}, expected `complete`", shown(word))))
        }
        None => Err(IneligibleReason::NotPaid("state is missing, expected `complete`".to_owned())),
    }
}

fn fulfilled(order: &Fields<'_>, policy: &Policy) -> Result<(), IneligibleReason> {
    let status = order.word("status")?;
    match state(order)?.as_deref() {
        Some("complete" | "canceled" | "closed") => Ok(()),
        _ if status.as_deref().is_some_and(|word| policy.counts_as_shipped(word)) => Ok(()),
        Some(word) => {
            Err(IneligibleReason::NotFulfilled(format!("state is {}, expected `complete`", shown(word))))
        }
        None => Err(IneligibleReason::NotFulfilled("state is missing, expected `complete`".to_owned())),
    }
}

/// Magento has no marker of its own. Extensions add attributes to the order.
fn consent(order: &Fields<'_>, policy: &Policy) -> Result<OrderConsent, IneligibleReason> {
    let field = &policy.consent_field;
    let mut own: Vec<&Json<'_>> = order.all_values(consent::is_spelling_of(field)).collect();
    if let Some(extension) = order.object("extension_attributes")? {
        own.extend(extension.all_values(consent::is_spelling_of(field)));
    }
    own.extend(consent::named(order, "custom_attributes", "attribute_code", field)?);
    own.retain(|value| **value != Json::Null);
    let place = format!("extension_attributes.{field}");
    consent::decide(policy, &own, &place, || Err(consent::missing(&place)))
}

/// A configurable product has two lines, and a bundle one for each part; the parts name their parent.
fn lines<'v>(order: &Fields<'v>) -> Result<Vec<Line<'v>>, IneligibleReason> {
    let lines = order.objects("items")?;
    lines
        .map(|line| {
            let line = line?;
            let mut kept = line.amount("qty_ordered")?.unwrap_or(1.0);
            for gone in ["qty_refunded", "qty_canceled", "qty_returned"] {
                kept -= line.amount(gone)?.unwrap_or_default();
            }
            let parent = line.identifier("parent_item_id")?.or(line.identifier("parent_item.item_id")?);
            Ok(Line {
                id: line.identifier("item_id").ok().flatten(),
                parent: parent.filter(|parent| parent != "0"),
                kept,
                is_product: true,
                name: line.quiet_text("name"),
                sku: line.quiet_text("sku"),
                path: line.path().clone(),
                ..Line::default()
            })
        })
        .collect()
}
