//! Orders of Shopify's REST Admin API and webhooks.
//!
//! Members and words by <https://shopify.dev/docs/api/admin-rest/latest/resources/order>.

use chrono::{DateTime, Utc};
use review_core::{Consent, EmailAddress, Locale, Product};

use crate::draft::{Draft, Reference, first_email};
use crate::reader::Settings;
use crate::value::{Fields, shown};
use crate::{Reason, consent, customer, moment, product};

/// Members that only Shopify's orders have.
pub(crate) const MEMBERS: &[&str] = &[
    "financial_status",
    "fulfillment_status",
    "fulfillments",
    "buyer_accepts_marketing",
    "contact_email",
    "payment_gateway_names",
    "note_attributes",
    "cancel_reason",
];

/// The order of "send test notification". Programs in JavaScript round its last digits.
const NOTIFICATION_IDS: [&str; 2] = ["820982911946154508", "820982911946154500"];

/// Whether this is the body of the topics fulfillments/*: about a parcel, of an order it only names.
/// Shipments of BigCommerce look alike, but have no status.
pub(crate) fn is_fulfillment(record: &Fields<'_>) -> bool {
    let of_a_parcel = ["tracking_company", "tracking_numbers", "shipment_status"];
    let has_status = record.has("tracking_number") && record.has("status");
    record.has("order_id") && (has_status || of_a_parcel.iter().any(|member| record.has(member)))
}

pub(crate) fn draft(order: &Fields<'_>, settings: &Settings) -> Draft {
    Draft {
        reference: reference(order),
        rules: vec![
            not_a_test(order),
            not_cancelled(order),
            not_refunded(order, settings),
            paid(order),
            fulfilled(order),
            sent(order),
        ],
        email: email(order),
        consent: consent(order, settings),
        products: products(order),
        details: details(order),
        placed_at: placed_at(order),
        delivered_at: delivered_at(order),
    }
}

/// The name customers see, without the `#` that shops get by default: it breaks Trustpilot's links.
/// The id is the last resort: unique, but no customer knows it.
fn reference(order: &Fields<'_>) -> Reference {
    let name = || {
        let name = order.identifier("name")?;
        Ok(name.map(|name| name.strip_prefix('#').map(str::to_owned).unwrap_or(name)))
    };
    let lazily: [&dyn Fn() -> Result<Option<String>, Reason>; 3] =
        [&name, &|| order.identifier("order_number"), &|| Ok(order.identifier("id").ok().flatten())];
    Reference::first_of(lazily.into_iter().map(|candidate| candidate()))
}

/// The address of this order before that of the customer's account, which may be another.
fn email(order: &Fields<'_>) -> Result<EmailAddress, Reason> {
    first_email(order, &["email", "contact_email", "customer.email"])
}

/// Test orders have a flag, a gateway or the id of the notification. The name `#9999`, which the
/// notification also has, belongs to a real order of many shops.
fn not_a_test(order: &Fields<'_>) -> Result<(), Reason> {
    if order.flag("test")? == Some(true) {
        return Err(Reason::TestOrder("test is true".to_owned()));
    }
    let is_bogus = |gateway: &str| gateway.to_ascii_lowercase().contains("bogus");
    if order.text("gateway")?.is_some_and(is_bogus) {
        return Err(Reason::TestOrder("gateway is the bogus gateway".to_owned()));
    }
    let mut gateways = order.list("payment_gateway_names")?.iter();
    if gateways.any(|gateway| gateway.as_str().is_some_and(is_bogus)) {
        return Err(Reason::TestOrder("payment_gateway_names holds the bogus gateway".to_owned()));
    }
    let id = order.identifier("id").ok().flatten();
    if id.is_some_and(|id| NOTIFICATION_IDS.contains(&id.as_str())) {
        return Err(Reason::TestOrder("id is that of Shopify's test notification".to_owned()));
    }
    Ok(())
}

/// Any trace of a cancellation counts: the record may be older than its end.
fn not_cancelled(order: &Fields<'_>) -> Result<(), Reason> {
    if order.text("cancelled_at")?.is_some() {
        return Err(Reason::Cancelled("cancelled_at holds a date".to_owned()));
    }
    if let Some(reason) = order.text("cancel_reason")? {
        const REASONS: [&str; 6] = ["customer", "fraud", "inventory", "declined", "staff", "other"];
        return Err(Reason::Cancelled(format!("cancel_reason is {}", one_of(&REASONS, reason))));
    }
    match financial_status(order)?.as_deref() {
        Some("voided") => Err(Reason::Cancelled("financial_status is `voided`".to_owned())),
        _ => Ok(()),
    }
}

/// Who sent everything back has nothing to review; who sent a part back may: the shop decides.
fn not_refunded(order: &Fields<'_>, settings: &Settings) -> Result<(), Reason> {
    let refunded =
        |partly, word| Err(Reason::Refunded { partly, found: format!("financial_status is `{word}`") });
    match financial_status(order)?.as_deref() {
        Some("refunded") => refunded(false, "refunded"),
        Some("partially_refunded") if !settings.partial_refunds => refunded(true, "partially_refunded"),
        _ => Ok(()),
    }
}

/// Only `paid` is paid. A new or unknown word is not, and is named.
fn paid(order: &Fields<'_>) -> Result<(), Reason> {
    match financial_status(order)?.as_deref() {
        // The last three are judged by the rules above.
        Some("paid" | "partially_refunded" | "refunded" | "voided") => Ok(()),
        Some(word) => Err(Reason::NotPaid(format!("financial_status is {}, expected `paid`", shown(word)))),
        None => Err(Reason::NotPaid("the record does not say: financial_status is missing".to_owned())),
    }
}

/// Only `fulfilled` is: with `partial`, the customer still waits for something.
fn fulfilled(order: &Fields<'_>) -> Result<(), Reason> {
    match order.text("fulfillment_status")? {
        Some(word) if word.eq_ignore_ascii_case("fulfilled") => Ok(()),
        Some(word) => {
            Err(Reason::NotFulfilled(format!("fulfillment_status is {}, expected `fulfilled`", shown(word))))
        }
        None if order.has("fulfillment_status") => {
            Err(Reason::NotFulfilled("fulfillment_status is empty: nothing has been sent".to_owned()))
        }
        None => {
            Err(Reason::NotFulfilled("the record does not say: fulfillment_status is missing".to_owned()))
        }
    }
}

/// Where parcels are listed, at least one must have been sent: a failed, cancelled or merely announced
/// one is no delivery, whatever the order's own status says.
fn sent(order: &Fields<'_>) -> Result<(), Reason> {
    let mut unsent = Vec::new();
    let mut any_sent = false;
    for parcel in order.objects("fulfillments")? {
        match parcel.text("status")? {
            Some(word) if !word.eq_ignore_ascii_case("success") => unsent.push(shown(word)),
            _ => any_sent = true,
        }
    }
    // Of an order that is not fulfilled, the rule above has told.
    if any_sent || unsent.is_empty() || fulfilled(order).is_err() {
        return Ok(());
    }
    Err(Reason::NotFulfilled(format!(
        "no fulfillment was sent: fulfillments[].status is {}",
        unsent.join(", ")
    )))
}

fn financial_status(order: &Fields<'_>) -> Result<Option<String>, Reason> {
    Ok(order.text("financial_status")?.map(str::to_ascii_lowercase))
}

fn consent(order: &Fields<'_>, settings: &Settings) -> Result<Consent, Reason> {
    let field = &settings.consent_field;
    let own = order.named_values("note_attributes", "name", field)?;
    let place = format!("note_attributes.{field}");
    consent::decide(settings, &own, &place, || marketing(order, &place))
}

/// A marketing opt-in that nothing contradicts. The state of the account counts more than the tick at
/// the checkout, which may be older. The consent to text messages is about something else.
fn marketing(order: &Fields<'_>, own_place: &str) -> Result<Consent, Reason> {
    const OBJECT: &str = "customer.email_marketing_consent";
    const STATE: &str = "customer.email_marketing_consent.state";
    let has_state = order.value(OBJECT)?.is_some();
    let state = order.text(STATE)?;
    const REFUSALS: [&str; 5] = ["not_subscribed", "unsubscribed", "pending", "redacted", "invalid"];
    let subscribed = state.is_some_and(|state| state.eq_ignore_ascii_case("subscribed"));
    let at_checkout = order.flag("buyer_accepts_marketing")?;

    let mut against = Vec::new();
    match state {
        Some(state) if !subscribed => against.push(format!("{STATE} is {}", one_of(&REFUSALS, state))),
        None if has_state => against.push(format!("{STATE} is missing")),
        _ => {}
    }
    if at_checkout == Some(false) {
        against.push("buyer_accepts_marketing is false".to_owned());
    }
    if order.flag("customer.accepts_marketing")? == Some(false) {
        against.push("customer.accepts_marketing is false".to_owned());
    }
    if !against.is_empty() {
        return Err(Reason::NoConsent(against.join(", ")));
    }
    if subscribed {
        let since = order.optional_text("customer.email_marketing_consent.consent_updated_at");
        return Ok(match since.and_then(moment::zoned) {
            Some(since) => Consent::granted_at(STATE, since),
            None => Consent::granted(STATE),
        });
    }
    if at_checkout == Some(true) {
        return Ok(Consent::granted("buyer_accepts_marketing"));
    }
    Err(Reason::NoConsent(format!(
        "the record does not say: {STATE}, buyer_accepts_marketing and {own_place} are missing"
    )))
}

/// A word for a message, but only a known one: these members stand close to people's data.
fn one_of(known: &[&str], word: &str) -> String {
    match known.iter().find(|known| word.eq_ignore_ascii_case(known)) {
        Some(known) => format!("`{known}`"),
        None => format!("an unknown text of {} characters", word.chars().count()),
    }
}

/// What can be reviewed: no gift cards, nothing without a key and a name.
fn products(order: &Fields<'_>) -> Result<Vec<Product>, Reason> {
    let lines = order.objects("line_items")?;
    let goods = lines.iter().filter(|line| line.flag("gift_card").ok().flatten() != Some(true));
    Ok(product::distinct(goods.filter_map(|line| {
        let product = product::product(line, &line_name(line)?)?;
        let brand = line.optional_text("vendor").and_then(product::text);
        Some(match brand {
            Some(brand) => product.with_brand(brand),
            None => product,
        })
    })))
}

/// `name` is the title with the variant; older records have the two apart.
fn line_name(line: &Fields<'_>) -> Option<String> {
    if let Some(name) = line.optional_text("name") {
        return Some(name.to_owned());
    }
    let title = line.optional_text("title")?;
    Some(match line.optional_text("variant_title") {
        Some(variant) => format!("{title} - {variant}"),
        None => title.to_owned(),
    })
}

fn details(order: &Fields<'_>) -> customer::Details {
    let parts = [
        ("customer.first_name", "customer.last_name"),
        ("billing_address.first_name", "billing_address.last_name"),
        ("shipping_address.first_name", "shipping_address.last_name"),
    ];
    let whole = ["customer.name", "billing_address.name", "shipping_address.name"];
    let phones = ["phone", "customer.phone", "billing_address.phone"];
    let countries = [
        "billing_address.country_code",
        "billing_address.country",
        "shipping_address.country_code",
        "shipping_address.country",
    ];
    let locale = order.optional_text("customer_locale");
    customer::Details {
        name: customer::name(order, &parts, &whole),
        phone: customer::phone(order, &phones),
        locale: locale.and_then(|locale| Locale::new(locale).ok()),
        country: customer::country(order, &countries),
        reference: customer::reference(order, &["customer.id"]),
    }
}

fn placed_at(order: &Fields<'_>) -> Option<DateTime<Utc>> {
    let places = ["created_at", "processed_at"];
    places.iter().find_map(|place| order.optional_text(place).and_then(moment::zoned))
}

/// When the last parcel arrived, once all of them have. Failed and cancelled ones never will.
fn delivered_at(order: &Fields<'_>) -> Option<DateTime<Utc>> {
    const LOST: [&str; 3] = ["cancelled", "error", "failure"];
    let parcels = order.objects("fulfillments").ok()?;
    let word = |parcel: &Fields<'_>, member| parcel.optional_text(member).map(str::to_ascii_lowercase);
    let expected = parcels
        .iter()
        .filter(|parcel| word(parcel, "status").is_none_or(|status| !LOST.contains(&status.as_str())));
    let arrivals: Option<Vec<_>> = expected
        .map(|parcel| {
            let delivered = word(parcel, "shipment_status").is_some_and(|status| status == "delivered");
            let at = parcel.optional_text("updated_at").and_then(moment::zoned);
            at.filter(|_| delivered)
        })
        .collect();
    arrivals?.into_iter().max()
}
