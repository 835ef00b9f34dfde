//! Orders of WooCommerce: REST API v2 and v3, and the legacy API v3 (`billing_address`, `order_number`,
//! `payment_details`). CSV rows are brought into this shape first.
//!
//! Source of members and words: <https://woocommerce.github.io/woocommerce-rest-api-docs/>.

use std::borrow::Cow;

use crate::consent;
use crate::eligible_order::OrderConsent;
use crate::extracted_order::{ExtractedOrder, Line, Reference};
use crate::fields::{Fields, shown, truth};
use crate::json::Json;
use crate::policy::Policy;
use crate::reason::IneligibleReason;
use crate::time;

const UNPAID: [&str; 5] = ["pending", "on-hold", "draft", "auto-draft", "checkout-draft"];
const CANCELLED: [&str; 3] = ["cancelled", "failed", "trash"];

pub(crate) fn extract<'v>(order: &Fields<'v>, policy: &Policy) -> ExtractedOrder<'v> {
    let mut to = ExtractedOrder {
        reference: Reference::read(order, &["number", "order_number"], "id"),
        ..ExtractedOrder::default()
    };
    to.rule(not_a_test(order, policy));
    to.rule(not_cancelled(order));
    to.rule(not_refunded(order, policy));
    to.rule(paid(order, policy));
    to.rule(fulfilled(order, policy));
    to.rule(no_renewal(order, policy));
    let is_legacy = order.has("billing_address") && !order.has("billing");
    if is_legacy {
        to.read_emails(order, &["billing_address.email", "customer.email"]);
    } else {
        to.read_emails(order, &["billing.email", "customer.email"]);
    }
    to.erased = erased(order);
    to.consent = to.part(consent(order, policy).map(Some));
    to.lines = to.part(lines(order));
    let names = [
        ("billing.first_name", "billing.last_name"),
        ("billing_address.first_name", "billing_address.last_name"),
        ("customer.first_name", "customer.last_name"),
    ];
    to.read_name(order, &names, &["billing.name", "billing_address.name", "customer.name"]);
    to.read_phones(order, &["billing.phone", "billing_address.phone"]);
    to.read_countries(order, &["billing.country", "billing_address.country"]);
    read_locales(order, &mut to);
    to.read_customer_reference(order, &["customer_id", "customer.id"]);
    to.placed_at = to.read_time(order, &["date_created_gmt", "created_at"], time::utc);
    // The times without `_gmt` are the shop's. Without a zone they are not points in time.
    let zoned = |place| order.quiet_text(place).and_then(|text| time::zoned(&text));
    to.placed_at = to.placed_at.or_else(|| zoned("date_created"));
    to.paid_at = to.read_time(order, &["date_paid_gmt"], time::utc).or_else(|| zoned("date_paid"));
    let completed = ["date_completed_gmt", "completed_at"];
    to.shipped_at = to.read_time(order, &completed, time::utc).or_else(|| zoned("date_completed"));
    to
}

/// WooPayments notes its test mode in the order. The order itself looks like any other.
fn not_a_test(order: &Fields<'_>, policy: &Policy) -> Result<(), IneligibleReason> {
    let modes = consent::named(order, "meta_data", "key", "_wcpay_mode")?;
    let is_test =
        |mode: &&Json<'_>| mode.as_str().is_some_and(|mode| mode.trim().eq_ignore_ascii_case("test"));
    if modes.iter().any(is_test) && !policy.test_orders {
        return Err(IneligibleReason::TestOrder("meta_data._wcpay_mode is `test`".to_owned()));
    }
    Ok(())
}

fn not_cancelled(order: &Fields<'_>) -> Result<(), IneligibleReason> {
    match status(order)? {
        Some(word) if CANCELLED.contains(&word.as_str()) => {
            Err(IneligibleReason::Cancelled(format!("status is `{word}`")))
        }
        _ => Ok(()),
    }
}

/// The status shows a full refund, the list a partial one too. A refund of 0.00 only returns stock.
fn not_refunded(order: &Fields<'_>, policy: &Policy) -> Result<(), IneligibleReason> {
    let refunded =
        |partial, details: &str| Err(IneligibleReason::Refunded { partial, details: details.to_owned() });
    if status(order)?.as_deref() == Some("refunded") {
        return refunded(false, "status is `refunded`");
    }
    let mut amounts = Vec::new();
    for refund in order.objects("refunds")? {
        let refund = refund?;
        amounts.push(refund.amount("total")?);
    }
    // A column of CSV exports.
    amounts.extend(order.amount("refunded_amount")?.map(Some));
    amounts.retain(|amount| *amount != Some(0.0));
    if amounts.is_empty() {
        return Ok(());
    }
    let refunds: f64 = amounts.iter().flatten().map(|amount| amount.abs()).sum();
    let total = order.amount("total").ok().flatten();
    // Half a cent for the rounding of binary fractions.
    if total.is_some_and(|total| total > 0.0 && refunds + 0.005 > total) {
        return refunded(false, "the refunds add up to the total");
    }
    match policy.partial_refunds {
        true => Ok(()),
        false => refunded(true, "refunds contain an amount"),
    }
}

/// The payment date counts, because a shop can complete an order that was not paid.
fn paid(order: &Fields<'_>, policy: &Policy) -> Result<(), IneligibleReason> {
    let not_paid = |details: String| Err(IneligibleReason::NotPaid(details));
    let status = status(order)?;
    if let Some(word) = status.as_deref().filter(|word| UNPAID.contains(word)) {
        return not_paid(format!("status is `{word}`"));
    }
    let dates = ["date_paid_gmt", "date_paid"];
    if !dates.iter().any(|date| order.has(date)) && order.has("payment_details") {
        return match order.flag("payment_details.paid")? {
            Some(true) => Ok(()),
            Some(false) => not_paid("payment_details.paid is `no`".to_owned()),
            None => not_paid("payment_details.paid is missing".to_owned()),
        };
    }
    for date in dates {
        if order.text(date)?.is_some_and(|date| time::is_date(&date)) {
            return Ok(());
        }
    }
    let method = order.first_text(&["payment_method", "payment_details.method_id"])?;
    let completed =
        status.as_deref().is_some_and(|word| word == "completed" || policy.counts_as_shipped(word));
    if completed && method.as_deref().is_some_and(|method| policy.counts_as_paid(method)) {
        return Ok(());
    }
    let method = method.map(|method| format!(" (payment_method is {})", shown(&method))).unwrap_or_default();
    not_paid(format!("expected a date in date_paid_gmt or date_paid, found none{method}"))
}

/// `completed` is shipped, and the words of shipping plugins that the operator added.
fn fulfilled(order: &Fields<'_>, policy: &Policy) -> Result<(), IneligibleReason> {
    match status(order)?.as_deref() {
        Some("completed") => Ok(()),
        // Judged by other rules.
        Some("refunded") => Ok(()),
        Some(word) if CANCELLED.contains(&word) || UNPAID.contains(&word) => Ok(()),
        Some(word) if policy.counts_as_shipped(word) => Ok(()),
        Some(word) => {
            Err(IneligibleReason::NotFulfilled(format!("status is {}, expected `completed`", shown(word))))
        }
        None => Err(IneligibleReason::NotFulfilled("status is missing, expected `completed`".to_owned())),
    }
}

/// WooCommerce Subscriptions marks renewals with this key.
fn no_renewal(order: &Fields<'_>, policy: &Policy) -> Result<(), IneligibleReason> {
    let marks = consent::named(order, "meta_data", "key", "_subscription_renewal")?;
    let is_set = |value: &&Json<'_>| !matches!(value, Json::Null) && truth(value) != Some(false);
    if marks.iter().any(is_set) && !policy.renewals {
        return Err(IneligibleReason::Renewal("meta_data._subscription_renewal is set".to_owned()));
    }
    Ok(())
}

fn erased(order: &Fields<'_>) -> Option<String> {
    let marks = consent::named(order, "meta_data", "key", "_anonymized").ok()?;
    marks.iter().any(|mark| truth(mark) != Some(false)).then(|| "meta_data._anonymized is set".to_owned())
}

/// The status without the `wc-` of the database, which some exports keep.
fn status(order: &Fields<'_>) -> Result<Option<String>, IneligibleReason> {
    let word = order.word("status")?;
    Ok(word.map(|word| word.strip_prefix("wc-").unwrap_or(&word).to_owned()))
}

/// WooCommerce has no marker of its own, so only the shop's field counts.
fn consent(order: &Fields<'_>, policy: &Policy) -> Result<OrderConsent, IneligibleReason> {
    let field = &policy.consent_field;
    let own = consent::named(order, "meta_data", "key", field)?;
    let place = format!("meta_data.{field}");
    consent::decide(policy, &own, &place, || Err(consent::missing(&place)))
}

fn lines<'v>(order: &Fields<'v>) -> Result<Vec<Line<'v>>, IneligibleReason> {
    let lines = order.objects("line_items")?;
    lines
        .map(|line| {
            let line = line?;
            let refunded = line.amount("refunded_quantity")?.unwrap_or_default();
            Ok(Line {
                id: line.identifier("id").ok().flatten(),
                parent: ["bundled_by", "composite_parent"].iter().find_map(|member| parent(&line, member)),
                kept: line.amount("quantity")?.unwrap_or(1.0) - refunded.abs(),
                is_product: true,
                name: line.quiet_text("name"),
                sku: line.quiet_text("sku"),
                gtin: line.quiet_text("global_unique_id"),
                image_url: line.quiet_text("image.src"),
                path: line.path().clone(),
                ..Line::default()
            })
        })
        .collect()
}

/// The line of the bundle. Plugins write `""`, `"0"`, `0`, `false` or `[]` if there is none.
fn parent<'v>(line: &Fields<'v>, member: &str) -> Option<Cow<'v, str>> {
    line.identifier(member).ok().flatten().filter(|parent| parent != "0")
}

/// The order itself has no language. Translation plugins note it under these keys.
fn read_locales<'v>(order: &Fields<'v>, to: &mut ExtractedOrder<'v>) {
    for key in ["wpml_language", "pll_language", "_locale"] {
        for value in consent::named(order, "meta_data", "key", key).unwrap_or_default() {
            if let Json::Text(text) = value {
                to.add_locale(text.trim(), || format!("meta_data.{key}"));
            }
        }
    }
}
