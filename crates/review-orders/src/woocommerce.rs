//! Orders of WooCommerce: REST API v2 and v3, and the legacy API v3 (`billing_address`,
//! `order_number`, `payment_details`).
//!
//! Members and words by <https://woocommerce.github.io/woocommerce-rest-api-docs/>.

use chrono::{DateTime, Utc};
use review_core::{Consent, EmailAddress, Locale, Product};
use serde_json::Value;

use crate::draft::{Draft, Reference, first_email};
use crate::reader::Settings;
use crate::value::{Fields, shown};
use crate::{Reason, consent, customer, moment, product};

/// Members that only WooCommerce's orders have. `date_created_gmt` and `meta_data` are not among
/// them: products and coupons have these too.
pub(crate) const MEMBERS: &[&str] = &[
    "billing",
    "order_key",
    "date_paid",
    "date_paid_gmt",
    "date_completed",
    "date_completed_gmt",
    "payment_details",
    "view_order_url",
    "total_line_items_quantity",
];

pub(crate) fn draft(order: &Fields<'_>, settings: &Settings) -> Draft {
    Draft {
        reference: reference(order),
        rules: vec![
            not_a_test(order),
            not_cancelled(order),
            not_refunded(order, settings),
            paid(order),
            fulfilled(order),
        ],
        email: email(order),
        consent: consent(order, settings),
        products: products(order),
        details: details(order),
        placed_at: placed_at(order),
        // WooCommerce knows when the shop closed an order, not when the parcel arrived.
        delivered_at: None,
    }
}

/// The number customers see; plugins make it differ from the id, which is the last resort.
fn reference(order: &Fields<'_>) -> Reference {
    let lazily: [&dyn Fn() -> Result<Option<String>, Reason>; 3] =
        [&|| order.identifier("number"), &|| order.identifier("order_number"), &|| {
            Ok(order.identifier("id").ok().flatten())
        }];
    Reference::first_of(lazily.into_iter().map(|candidate| candidate()))
}

fn email(order: &Fields<'_>) -> Result<EmailAddress, Reason> {
    let places: &[&str] = if is_legacy(order) {
        &["billing_address.email", "customer.email"]
    } else {
        &["billing.email", "customer.email"]
    };
    first_email(order, places)
}

fn is_legacy(order: &Fields<'_>) -> bool {
    order.has("billing_address") && !order.has("billing")
}

/// WooPayments notes its test mode in the order; the order itself looks like any other.
fn not_a_test(order: &Fields<'_>) -> Result<(), Reason> {
    let modes = order.named_values("meta_data", "key", "_wcpay_mode")?;
    let is_test = |mode: &&Value| mode.as_str().is_some_and(|mode| mode.trim().eq_ignore_ascii_case("test"));
    if modes.iter().any(is_test) {
        return Err(Reason::TestOrder("meta_data._wcpay_mode is `test`".to_owned()));
    }
    Ok(())
}

fn not_cancelled(order: &Fields<'_>) -> Result<(), Reason> {
    match status(order)?.as_deref() {
        Some(word @ ("cancelled" | "failed" | "trash")) => {
            Err(Reason::Cancelled(format!("status is `{word}`")))
        }
        _ => Ok(()),
    }
}

/// The status tells a whole refund, the list a partial one too. A refund of 0.00 only puts goods
/// back into the stock.
fn not_refunded(order: &Fields<'_>, settings: &Settings) -> Result<(), Reason> {
    let refunded = |partly, found: &str| Err(Reason::Refunded { partly, found: found.to_owned() });
    if status(order)?.as_deref() == Some("refunded") {
        return refunded(false, "status is `refunded`");
    }
    let mut amounts = Vec::new();
    for refund in order.objects("refunds")? {
        amounts.push(amount(&refund, "total")?);
    }
    amounts.retain(|amount| *amount != Some(0.0));
    if amounts.is_empty() {
        return Ok(());
    }
    let back: f64 = amounts.iter().flatten().map(|amount| amount.abs()).sum();
    let total = amount(order, "total").ok().flatten();
    // Half a cent for the rounding of binary fractions.
    if total.is_some_and(|total| total > 0.0 && back + 0.005 > total) {
        return refunded(false, "refunds hold the order's total");
    }
    if settings.partial_refunds {
        return Ok(());
    }
    refunded(true, "refunds hold an amount")
}

/// An amount, which is a text at WooCommerce and a number elsewhere. `None` for one that says nothing.
fn amount(fields: &Fields<'_>, place: &str) -> Result<Option<f64>, Reason> {
    let amount = match fields.value(place)? {
        Some(Value::Number(number)) => number.as_f64(),
        _ => fields.text(place)?.and_then(|text| text.parse().ok()),
    };
    Ok(amount.filter(|amount: &f64| amount.is_finite()))
}

/// A payment date is needed besides the status: a shop may close an order that nobody has paid.
fn paid(order: &Fields<'_>) -> Result<(), Reason> {
    const UNPAID: [&str; 5] = ["pending", "on-hold", "draft", "auto-draft", "checkout-draft"];
    if let Some(word) = status(order)?
        && UNPAID.contains(&word.as_str())
    {
        return Err(Reason::NotPaid(format!("status is `{word}`")));
    }
    let dates = ["date_paid_gmt", "date_paid"];
    if !dates.iter().any(|date| order.has(date)) && order.has("payment_details") {
        return match order.flag("payment_details.paid")? {
            Some(true) => Ok(()),
            Some(false) => Err(Reason::NotPaid("payment_details.paid is false".to_owned())),
            None => {
                Err(Reason::NotPaid("the record does not say: payment_details.paid is missing".to_owned()))
            }
        };
    }
    for date in dates {
        if order.text(date)?.is_some_and(moment::is_one) {
            return Ok(());
        }
    }
    Err(Reason::NotPaid("there is no payment date: neither date_paid_gmt nor date_paid holds one".to_owned()))
}

/// Only `completed` is done; shops invent words of their own (`shipped`), which are named.
fn fulfilled(order: &Fields<'_>) -> Result<(), Reason> {
    match status(order)?.as_deref() {
        Some("completed") => Ok(()),
        // Judged by the rules above.
        Some("cancelled" | "failed" | "trash" | "refunded") => Ok(()),
        Some("pending" | "on-hold" | "draft" | "auto-draft" | "checkout-draft") => Ok(()),
        Some(word) => Err(Reason::NotFulfilled(format!("status is {}, expected `completed`", shown(word)))),
        None => Err(Reason::NotFulfilled("the record does not say: status is missing".to_owned())),
    }
}

/// The status without the `wc-` it has in the database, which some exports keep.
fn status(order: &Fields<'_>) -> Result<Option<String>, Reason> {
    let word = order.text("status")?.map(str::to_ascii_lowercase);
    Ok(word.map(|word| word.strip_prefix("wc-").map(str::to_owned).unwrap_or(word)))
}

/// WooCommerce has no marker of its own: only the shop's field counts.
fn consent(order: &Fields<'_>, settings: &Settings) -> Result<Consent, Reason> {
    let field = &settings.consent_field;
    let own = order.named_values("meta_data", "key", field)?;
    let place = format!("meta_data.{field}");
    consent::decide(settings, &own, &place, || {
        Err(Reason::NoConsent(format!("the record does not say: {place} is missing")))
    })
}

/// What can be reviewed. The parts of a bundle were not chosen by the customer, and appear beside it.
fn products(order: &Fields<'_>) -> Result<Vec<Product>, Reason> {
    let lines = order.objects("line_items")?;
    let chosen = lines
        .iter()
        .filter(|line| !["bundled_by", "composite_parent"].iter().any(|parent| is_set(line, parent)));
    Ok(product::distinct(chosen.filter_map(|line| {
        let product = product::product(line, line.optional_text("name")?)?;
        let image = line.optional_text("image.src").and_then(product::web_address);
        Some(match image {
            Some(image) => product.with_image_url(image),
            None => product,
        })
    })))
}

/// Whether a line names a parent. Without one the plugins write `""`, `"0"`, `0`, `false` or `[]`.
fn is_set(line: &Fields<'_>, member: &str) -> bool {
    match line.value(member) {
        Ok(Some(Value::String(text))) => !matches!(text.trim(), "" | "0"),
        Ok(Some(Value::Number(number))) => number.as_f64() != Some(0.0),
        Ok(Some(Value::Bool(set))) => *set,
        Ok(Some(Value::Array(list))) => !list.is_empty(),
        Ok(Some(Value::Object(members))) => !members.is_empty(),
        _ => false,
    }
}

fn details(order: &Fields<'_>) -> customer::Details {
    let parts = [
        ("billing.first_name", "billing.last_name"),
        ("billing_address.first_name", "billing_address.last_name"),
        ("customer.first_name", "customer.last_name"),
    ];
    let whole = ["billing.name", "billing_address.name", "customer.name"];
    customer::Details {
        name: customer::name(order, &parts, &whole),
        phone: customer::phone(order, &["billing.phone", "billing_address.phone"]),
        locale: locale(order),
        country: customer::country(order, &["billing.country", "billing_address.country"]),
        reference: customer::reference(order, &["customer_id", "customer.id"]),
    }
}

/// The order itself names no language; translation plugins note it under these keys.
fn locale(order: &Fields<'_>) -> Option<Locale> {
    let plugins = ["wpml_language", "pll_language", "_locale"];
    let noted = |key: &&str| order.named_values("meta_data", "key", key).ok();
    let mut values = plugins.iter().filter_map(noted).flatten();
    values.find_map(|value| Locale::new(value.as_str()?).ok())
}

/// `date_created` is the time on the shop's wall: without a zone it is no point in time.
fn placed_at(order: &Fields<'_>) -> Option<DateTime<Utc>> {
    let in_utc = order.optional_text("date_created_gmt").and_then(moment::utc);
    let zoned = |place: &&str| order.optional_text(place).and_then(moment::zoned);
    in_utc.or_else(|| ["date_created", "created_at"].iter().find_map(zoned))
}
