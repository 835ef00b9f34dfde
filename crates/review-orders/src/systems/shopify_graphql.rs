//! Orders of Shopify's GraphQL Admin API, brought into the shape of the REST API.
//!
//! Source: <https://shopify.dev/docs/api/admin-graphql/latest/objects/Order>.

use std::borrow::Cow;

use crate::fields::Fields;
use crate::json::{Json, Member};

/// Members that only GraphQL has.
const MARKERS: [&str; 4] =
    ["displayFinancialStatus", "displayFulfillmentStatus", "customerAcceptsMarketing", "customerLocale"];

/// Members with another name than the REST one in camel case.
const RENAMED: [(&str, &str); 14] = [
    ("displayFinancialStatus", "financial_status"),
    ("displayFulfillmentStatus", "fulfillment_status"),
    ("customerAcceptsMarketing", "buyer_accepts_marketing"),
    ("customAttributes", "note_attributes"),
    ("marketingState", "state"),
    ("marketingUpdatedAt", "consent_updated_at"),
    ("countryCodeV2", "country_code"),
    ("isGiftCard", "gift_card"),
    ("displayStatus", "shipment_status"),
    ("defaultEmailAddress", "email_marketing_consent"),
    ("key", "name"),
    ("paymentGatewayNames", "payment_gateway_names"),
    ("locale", "locale"),
    ("lineItem", "line_item"),
];

/// Returns the order in the shape of the REST API, or `None` if it has that shape already.
pub(crate) fn to_rest<'v>(order: &Fields<'v>) -> Option<Vec<Member<'v>>> {
    if !MARKERS.iter().any(|marker| order.has(marker)) {
        return None;
    }
    Some(members(order.members()))
}

fn members<'v>(members: &[Member<'v>]) -> Vec<Member<'v>> {
    members
        .iter()
        .map(|member| {
            let name = rest_name(&member.name);
            let value = value(&member.value);
            let value = match (name.as_ref(), value) {
                ("id" | "legacyResourceId", Json::Text(id)) => Json::Text(short_id(id)),
                ("note_attributes", list) => list,
                // REST has an empty status where GraphQL has a word.
                ("fulfillment_status", Json::Text(word)) if word.eq_ignore_ascii_case("unfulfilled") => {
                    Json::Null
                }
                ("fulfillment_status", Json::Text(word))
                    if word.eq_ignore_ascii_case("partially_fulfilled") =>
                {
                    Json::text("partial")
                }
                (_, value) => value,
            };
            Member { name, value }
        })
        .collect()
}

fn value<'v>(from: &Json<'v>) -> Json<'v> {
    match from {
        Json::Object(inner) => Json::Object(members(inner)),
        Json::List(list) => Json::List(list.iter().map(value).collect()),
        other => other.clone(),
    }
}

fn rest_name<'v>(name: &Cow<'v, str>) -> Cow<'v, str> {
    if let Some((_, renamed)) = RENAMED.iter().find(|(own, _)| own == name) {
        return Cow::Borrowed(renamed);
    }
    if !name.contains(|c: char| c.is_ascii_uppercase()) {
        return name.clone();
    }
    let mut snake = String::with_capacity(name.len() + 4);
    for c in name.chars() {
        if c.is_ascii_uppercase() {
            snake.push('_');
        }
        snake.push(c.to_ascii_lowercase());
    }
    Cow::Owned(snake)
}

/// `gid://shopify/Order/1` is the order 1.
fn short_id(id: Cow<'_, str>) -> Cow<'_, str> {
    match id.starts_with("gid://") {
        true => id.rsplit('/').next().map(|id| Cow::Owned(id.to_owned())).unwrap_or(id),
        false => id,
    }
}
