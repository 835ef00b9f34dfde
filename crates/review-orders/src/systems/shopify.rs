//! Orders of Shopify's REST Admin API and webhooks. GraphQL responses and CSV rows are brought into this
//! shape first.
//!
//! Source of members and words: <https://shopify.dev/docs/api/admin-rest/latest/resources/order>.

use std::borrow::Cow;

use chrono::{DateTime, Utc};

use super::shopify_refunds;
use crate::consent;
use crate::eligible_order::OrderConsent;
use crate::extracted_order::{ExtractedOrder, Reference};
use crate::fields::{Fields, shown, truth};
use crate::json::Json;
use crate::policy::Policy;
use crate::reason::IneligibleReason;
use crate::time;

/// The order of "send test notification". Programs in JavaScript round its last digits.
const NOTIFICATION_IDS: [&str; 2] = ["820982911946154508", "820982911946154500"];

/// States of a fulfillment that will never arrive.
const LOST: [&str; 3] = ["cancelled", "error", "failure"];

pub(crate) fn extract<'v>(order: &Fields<'v>, policy: &Policy) -> ExtractedOrder<'v> {
    let mut to = ExtractedOrder {
        reference: Reference::read(order, &["name", "order_number"], "id"),
        ..ExtractedOrder::default()
    };
    to.rule(not_a_test(order, policy));
    to.rule(not_cancelled(order));
    to.rule(shopify_refunds::not_refunded(order, policy));
    to.rule(paid(order, policy));
    let parcels = to.part(order.objects("fulfillments").and_then(Iterator::collect::<Result<Vec<_>, _>>));
    to.rule(fulfilled(order, &parcels, policy));
    to.rule(no_renewal(order, policy));
    to.read_emails(order, &["email", "contact_email", "customer.email"]);
    to.consent = to.part(consent(order, policy).map(Some));
    to.lines = to.part(shopify_refunds::lines(order));
    let names = [
        ("customer.first_name", "customer.last_name"),
        ("billing_address.first_name", "billing_address.last_name"),
        ("shipping_address.first_name", "shipping_address.last_name"),
    ];
    to.read_name(order, &names, &["customer.name", "billing_address.name", "shipping_address.name"]);
    to.read_phones(order, &["phone", "customer.phone", "billing_address.phone"]);
    let countries = [
        "billing_address.country_code",
        "billing_address.country",
        "shipping_address.country_code",
        "shipping_address.country",
    ];
    to.read_countries(order, &countries);
    to.read_locale(order, "customer_locale");
    to.read_customer_reference(order, &["customer.id"]);
    to.placed_at = to.read_time(order, &["created_at", "processed_at"], time::zoned);
    to.paid_at = to.read_time(order, &["paid_at"], time::zoned);
    to.shipped_at = to.read_time(order, &["fulfilled_at"], time::zoned).or_else(|| shipped_at(&parcels));
    to.delivered_at = delivered_at(&parcels);
    to
}

/// Test orders have a flag, a gateway or the id of the notification. The name `#9999` of the notification
/// is also that of real orders.
fn not_a_test(order: &Fields<'_>, policy: &Policy) -> Result<(), IneligibleReason> {
    let rejected = |details: &str| match policy.test_orders {
        true => Ok(()),
        false => Err(IneligibleReason::TestOrder(details.to_owned())),
    };
    let is_bogus =
        |gateway: &str| gateway.as_bytes().windows(5).any(|part| part.eq_ignore_ascii_case(b"bogus"));
    if order.all_values(|name| name == "test").any(|value| truth(value) == Some(true)) {
        return rejected("test is true");
    }
    order.flag("test")?;
    if order.text("gateway")?.is_some_and(|gateway| is_bogus(&gateway)) {
        return rejected("gateway is the bogus gateway");
    }
    let mut gateways = order.list("payment_gateway_names")?;
    if gateways.any(|gateway| gateway.as_str().is_some_and(is_bogus)) {
        return rejected("payment_gateway_names contains the bogus gateway");
    }
    let id = order.identifier("id").ok().flatten();
    if id.is_some_and(|id| NOTIFICATION_IDS.contains(&&*id)) {
        return rejected("id is that of Shopify's test notification");
    }
    Ok(())
}

/// Any trace of a cancellation counts, because the record may be older than its end.
fn not_cancelled(order: &Fields<'_>) -> Result<(), IneligibleReason> {
    if order.text("cancelled_at")?.is_some() {
        return Err(IneligibleReason::Cancelled("cancelled_at is a date".to_owned()));
    }
    if let Some(reason) = order.text("cancel_reason")? {
        const REASONS: [&str; 6] = ["customer", "fraud", "inventory", "declined", "staff", "other"];
        return Err(IneligibleReason::Cancelled(format!("cancel_reason is {}", one_of(&REASONS, &reason))));
    }
    match order.word("financial_status")?.as_deref() {
        Some("voided") => Err(IneligibleReason::Cancelled("financial_status is `voided`".to_owned())),
        _ => Ok(()),
    }
}

/// Only `paid` is paid. A new or unknown word is not, and is named. Cash on delivery stays `pending`.
fn paid(order: &Fields<'_>, policy: &Policy) -> Result<(), IneligibleReason> {
    match order.word("financial_status")?.as_deref() {
        // The last three are judged by other rules.
        Some("paid" | "partially_refunded" | "refunded" | "voided") => Ok(()),
        Some("pending") if paid_at_delivery(order, policy)? => Ok(()),
        Some(word) => {
            Err(IneligibleReason::NotPaid(format!("financial_status is {}, expected `paid`", shown(word))))
        }
        None => Err(IneligibleReason::NotPaid("financial_status is missing, expected `paid`".to_owned())),
    }
}

/// Returns whether the order is fulfilled and its payment methods count as paid then.
fn paid_at_delivery(order: &Fields<'_>, policy: &Policy) -> Result<bool, IneligibleReason> {
    let fulfilled = order.word("fulfillment_status")?.is_some_and(|word| word == "fulfilled");
    let mut gateways: Vec<_> = order.text("gateway")?.into_iter().collect();
    let names = order.list("payment_gateway_names")?;
    gateways.extend(names.filter_map(Json::as_str).map(Cow::Borrowed));
    Ok(fulfilled && !gateways.is_empty() && gateways.iter().all(|gateway| policy.counts_as_paid(gateway)))
}

/// Only `fulfilled` is shipped, and words that the operator added: with `partial`, the customer still
/// waits for something. If parcels are listed, at least one must have been sent.
fn fulfilled(order: &Fields<'_>, parcels: &[Fields<'_>], policy: &Policy) -> Result<(), IneligibleReason> {
    let word = order.word("fulfillment_status")?;
    let counts = |word: &str| word == "fulfilled" || policy.counts_as_shipped(word);
    if !word.as_deref().is_some_and(counts) {
        let mut shipment_words = Vec::new();
        for parcel in parcels {
            shipment_words.push(parcel.word("shipment_status")?.unwrap_or_default());
        }
        if word.is_none()
            && !parcels.is_empty()
            && shipment_words.iter().all(|word| policy.counts_as_shipped(word))
        {
            return Ok(());
        }
        return Err(IneligibleReason::NotFulfilled(match word {
            Some(word) => format!("fulfillment_status is {}, expected `fulfilled`", shown(&word)),
            None if order.has("fulfillment_status") => {
                "fulfillment_status is empty, expected `fulfilled`: nothing was sent".to_owned()
            }
            None => "fulfillment_status is missing, expected `fulfilled`".to_owned(),
        }));
    }
    let mut unsent = Vec::new();
    for parcel in parcels {
        match (parcel.word("status")?, parcel.word("shipment_status")?) {
            (Some(word), _) if word != "success" => unsent.push(format!("status is {}", shown(&word))),
            (_, Some(word)) if word == "failure" => unsent.push("shipment_status is `failure`".to_owned()),
            _ => return Ok(()),
        }
    }
    match unsent.is_empty() {
        true => Ok(()),
        false => {
            Err(IneligibleReason::NotFulfilled(format!("no fulfillment was sent: {}", unsent.join(", "))))
        }
    }
}

/// Orders of subscription contracts after the first one, which the customer placed at the checkout.
fn no_renewal(order: &Fields<'_>, policy: &Policy) -> Result<(), IneligibleReason> {
    match order.word("source_name")?.as_deref() {
        Some(word @ "subscription_contract") if !policy.renewals => {
            Err(IneligibleReason::Renewal(format!("source_name is `{word}`")))
        }
        _ => Ok(()),
    }
}

fn consent(order: &Fields<'_>, policy: &Policy) -> Result<OrderConsent, IneligibleReason> {
    let field = &policy.consent_field;
    let own = consent::named(order, "note_attributes", "name", field)?;
    let place = format!("note_attributes.{field}");
    consent::decide(policy, &own, &place, || marketing(order, &place))
}

/// A marketing opt-in that nothing contradicts. The state of the account counts more than the box at the
/// checkout, which may be older. Consent to text messages is about something else.
fn marketing(order: &Fields<'_>, own_place: &str) -> Result<OrderConsent, IneligibleReason> {
    const STATE: &str = "customer.email_marketing_consent.state";
    const STATES: [&str; 5] = ["not_subscribed", "unsubscribed", "pending", "redacted", "invalid"];
    let mut against = Vec::new();
    let mut subscribed = false;
    let mut accepted = false;
    let customers: Vec<_> = order.all_values(|name| name == "customer").collect();
    for consent in customers.iter().flat_map(|customer| members(customer, "email_marketing_consent")) {
        if !matches!(consent, Json::Object(_) | Json::Null) {
            let problem = format!("expected an object, found {}", consent.shape());
            return Err(order.malformed("customer.email_marketing_consent", problem));
        }
        let mut states = members(consent, "state").peekable();
        if states.peek().is_none() && *consent != Json::Null {
            against.push(format!("{STATE} is missing"));
        }
        for state in states {
            match state.as_str() {
                Some(state) if state.eq_ignore_ascii_case("subscribed") => subscribed = true,
                Some(state) => against.push(format!("{STATE} is {}", one_of(&STATES, state))),
                None => against.push(format!("{STATE} is missing")),
            }
        }
    }
    let [buyer, customer] =
        ["buyeracceptsmarketing", "customeracceptsmarketing"].map(consent::is_spelling_of);
    let is_checkout = |name: &str| buyer(name) || customer(name);
    let checkout = order.all_values(is_checkout).map(|value| ("buyer_accepts_marketing", value));
    let account = customers.iter().flat_map(|customer| members(customer, "accepts_marketing"));
    let account = account.map(|value| ("customer.accepts_marketing", value));
    for (place, value) in checkout.chain(account) {
        match truth(value) {
            Some(true) if place == "buyer_accepts_marketing" => accepted = true,
            Some(true) => {}
            Some(false) => against.push(format!("{place} is `no`")),
            None if *value == Json::Null => {}
            None => {
                return Err(
                    order.malformed(place, format!("expected true or false, found {}", value.shape()))
                );
            }
        }
    }
    if !against.is_empty() {
        against.dedup();
        return Err(IneligibleReason::NoConsent(against.join(", ")));
    }
    if subscribed {
        let at = order.quiet_text("customer.email_marketing_consent.consent_updated_at");
        return Ok(OrderConsent { source: STATE.to_owned(), at: at.and_then(|at| time::zoned(&at)) });
    }
    if accepted {
        return Ok(OrderConsent { source: "buyer_accepts_marketing".to_owned(), at: None });
    }
    Err(consent::missing(&format!("{STATE}, buyer_accepts_marketing or {own_place}")))
}

/// Returns all members of an object with this name.
fn members<'j>(object: &'j Json<'j>, name: &'static str) -> impl Iterator<Item = &'j Json<'j>> {
    let members = match object {
        Json::Object(members) => members.as_slice(),
        _ => &[],
    };
    members.iter().filter(move |member| member.is(name)).map(|member| &member.value)
}

/// Formats a word for a message, but only a known one: these members are next to personal data.
fn one_of(known: &[&str], word: &str) -> String {
    match known.iter().find(|known| word.eq_ignore_ascii_case(known)) {
        Some(known) => format!("`{known}`"),
        None => format!("an unknown text of {} characters", word.chars().count()),
    }
}

fn parcel_word<'v>(parcel: &Fields<'v>, member: &str) -> Option<Cow<'v, str>> {
    parcel.word(member).ok().flatten()
}

/// The time of the last parcel that was sent.
fn shipped_at(parcels: &[Fields<'_>]) -> Option<DateTime<Utc>> {
    let sent = parcels
        .iter()
        .filter(|parcel| parcel_word(parcel, "status").is_none_or(|status| status == "success"));
    sent.filter_map(|parcel| time::zoned(&parcel.quiet_text("created_at")?)).max()
}

/// The time of the last delivery, if all parcels were delivered.
fn delivered_at(parcels: &[Fields<'_>]) -> Option<DateTime<Utc>> {
    let expected = parcels
        .iter()
        .filter(|parcel| parcel_word(parcel, "status").is_none_or(|status| !LOST.contains(&&*status)));
    let arrivals: Option<Vec<_>> = expected
        .map(|parcel| {
            let delivered =
                parcel_word(parcel, "shipment_status").is_some_and(|status| status == "delivered");
            let at = parcel.first_text(&["delivered_at", "updated_at"]).ok().flatten();
            at.and_then(|at| time::zoned(&at)).filter(|_| delivered)
        })
        .collect();
    arrivals?.into_iter().max()
}
