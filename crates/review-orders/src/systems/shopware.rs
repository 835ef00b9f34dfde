//! Orders of Shopware 6: Store API, and Admin API with `Accept: application/json`.
//!
//! Source of members and words: <https://developer.shopware.com/docs/concepts/api/>.

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
        reference: Reference::read(order, &["orderNumber"], "id"),
        ..ExtractedOrder::default()
    };
    let transactions = to.part(states(order, "transactions"));
    let deliveries = to.part(states(order, "deliveries"));
    to.rule(not_cancelled(order));
    to.rule(not_refunded(&transactions, &deliveries, policy));
    to.rule(paid(order, &transactions, policy));
    to.rule(fulfilled(order, &deliveries, policy));
    to.read_emails(order, &["orderCustomer.email"]);
    to.consent = to.part(consent(order, policy).map(Some));
    to.lines = to.part(lines(order));
    let names = [
        ("orderCustomer.firstName", "orderCustomer.lastName"),
        ("billingAddress.firstName", "billingAddress.lastName"),
    ];
    to.read_name(order, &names, &[]);
    to.read_phones(order, &["billingAddress.phoneNumber"]);
    to.read_countries(order, &["billingAddress.country.iso"]);
    to.read_locale(order, "language.locale.code");
    to.read_customer_reference(order, &["orderCustomer.customerNumber"]);
    to.placed_at = to.read_time(order, &["orderDateTime", "createdAt"], time::zoned);
    to
}

/// The state words of a list. An element without a state has an empty word.
fn states<'v>(order: &Fields<'v>, list: &'static str) -> Result<Vec<Cow<'v, str>>, IneligibleReason> {
    let elements = order.objects(list)?;
    elements
        .map(|element| Ok(element?.word("stateMachineState.technicalName")?.unwrap_or_default()))
        .collect()
}

fn state<'v>(order: &Fields<'v>) -> Result<Option<Cow<'v, str>>, IneligibleReason> {
    order.word("stateMachineState.technicalName")
}

fn not_cancelled(order: &Fields<'_>) -> Result<(), IneligibleReason> {
    match state(order)?.as_deref() {
        Some("cancelled") => Err(IneligibleReason::Cancelled("the order's state is `cancelled`".to_owned())),
        _ => Ok(()),
    }
}

fn not_refunded(
    transactions: &[Cow<'_, str>],
    deliveries: &[Cow<'_, str>],
    policy: &Policy,
) -> Result<(), IneligibleReason> {
    let has = |states: &[Cow<'_, str>], word: &str| states.iter().any(|state| state == word);
    let all_returned = !deliveries.is_empty() && deliveries.iter().all(|state| state == "returned");
    if all_returned {
        return Err(IneligibleReason::NothingKept("all deliveries are `returned`".to_owned()));
    }
    for word in ["refunded", "chargeback"] {
        if has(transactions, word) {
            let details = format!("a transaction is `{word}`");
            return Err(IneligibleReason::Refunded { partial: false, details });
        }
    }
    let partial =
        [(transactions, "refunded_partially"), (deliveries, "returned_partially"), (deliveries, "returned")];
    for (states, word) in partial {
        if has(states, word) && !policy.partial_refunds {
            let details = format!("a transaction or delivery is `{word}`");
            return Err(IneligibleReason::Refunded { partial: true, details });
        }
    }
    Ok(())
}

/// Shopware keeps the transactions that failed, so one that is paid is enough.
fn paid(order: &Fields<'_>, transactions: &[Cow<'_, str>], policy: &Policy) -> Result<(), IneligibleReason> {
    const PAID: [&str; 4] = ["paid", "refunded", "refunded_partially", "chargeback"];
    if transactions.iter().any(|state| PAID.contains(&&**state)) {
        return Ok(());
    }
    let completed = state(order)?.is_some_and(|state| state == "completed");
    for transaction in order.objects("transactions")? {
        let transaction = transaction?;
        let method = transaction.word("paymentMethod.technicalName")?;
        if completed && method.is_some_and(|method| policy.counts_as_paid(&method)) {
            return Ok(());
        }
    }
    let known: Vec<_> =
        transactions.iter().filter(|state| !state.is_empty()).map(|state| shown(state)).collect();
    Err(IneligibleReason::NotPaid(match known.as_slice() {
        [] => "expected the state of a transaction; load the association `transactions.stateMachineState`"
            .to_owned(),
        known => format!("the transactions are {}, expected one `paid`", known.join(", ")),
    }))
}

/// All parcels must be shipped. Downloads have no delivery, so the state of the order counts there.
fn fulfilled(
    order: &Fields<'_>,
    deliveries: &[Cow<'_, str>],
    policy: &Policy,
) -> Result<(), IneligibleReason> {
    let state = state(order)?.unwrap_or_default();
    let counts = |word: &str| {
        matches!(word, "shipped" | "returned" | "returned_partially") || policy.counts_as_shipped(word)
    };
    let expected: Vec<_> = deliveries.iter().filter(|state| *state != "cancelled").collect();
    let open: Vec<_> = expected.iter().filter(|word| !counts(word)).map(|word| shown(word)).collect();
    if policy.counts_as_shipped(&state) || state == "cancelled" || (!expected.is_empty() && open.is_empty()) {
        return Ok(());
    }
    match expected.is_empty() {
        true if state == "completed" => Ok(()),
        true => Err(IneligibleReason::NotFulfilled(format!(
            "there is no delivery, and the order's state is {}, expected `completed`",
            shown(&state)
        ))),
        false => Err(IneligibleReason::NotFulfilled(format!(
            "a delivery is {}, expected `shipped`",
            open.first().map(String::as_str).unwrap_or_default()
        ))),
    }
}

/// Shopware has no marker of its own. Shops add custom fields to the order or the customer.
fn consent(order: &Fields<'_>, policy: &Policy) -> Result<OrderConsent, IneligibleReason> {
    let field = &policy.consent_field;
    let mut own: Vec<&Json<'_>> = Vec::new();
    for place in ["customFields", "orderCustomer.customFields"] {
        if let Some(fields) = order.object(place)? {
            own.extend(fields.all_values(consent::is_spelling_of(field)));
        }
    }
    own.retain(|value| **value != Json::Null);
    let place = format!("customFields.{field}");
    consent::decide(policy, &own, &place, || Err(consent::missing(&place)))
}

fn lines<'v>(order: &Fields<'v>) -> Result<Vec<Line<'v>>, IneligibleReason> {
    let lines = order.objects("lineItems")?;
    lines
        .map(|line| {
            let line = line?;
            Ok(Line {
                id: line.identifier("id").ok().flatten(),
                parent: line.identifier("parentId").ok().flatten(),
                kept: line.amount("quantity")?.unwrap_or(1.0),
                // Other types are promotions, discounts and credits.
                is_product: line.word("type")?.is_none_or(|word| word == "product"),
                name: line.quiet_text("label"),
                sku: line.quiet_text("payload.productNumber"),
                gtin: line.quiet_text("product.ean"),
                mpn: line.quiet_text("product.manufacturerNumber"),
                brand: line.quiet_text("product.manufacturer.name"),
                image_url: line.quiet_text("cover.url"),
                path: line.path().clone(),
                ..Line::default()
            })
        })
        .collect()
}
