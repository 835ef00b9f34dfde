//! The basis on which a customer may be asked.

use crate::eligible_order::OrderConsent;
use crate::fields::{Fields, truth};
use crate::json::Json;
use crate::policy::{ConsentSource, Policy};
use crate::reason::IneligibleReason;

/// Decides by the shop's own consent field first, since it asks exactly this question; then by the
/// setting. `own` are all values of that field, which is called `place`; the strictest one counts.
pub(crate) fn decide(
    policy: &Policy,
    own: &[&Json<'_>],
    place: &str,
    by_markers: impl FnOnce() -> Result<OrderConsent, IneligibleReason>,
) -> Result<OrderConsent, IneligibleReason> {
    let has = |answer: Option<bool>| own.iter().any(|value| truth(value) == answer);
    if has(Some(false)) {
        return Err(IneligibleReason::NoConsent(format!("{place} is `no`")));
    }
    match &policy.consent {
        ConsentSource::Granted { source } => Ok(OrderConsent { source: source.clone(), at: None }),
        ConsentSource::FromOrder if own.is_empty() => by_markers(),
        ConsentSource::OwnField if own.is_empty() => Err(missing(place)),
        _ if has(None) => Err(IneligibleReason::NoConsent(format!("{place} is neither `yes` nor `no`"))),
        _ => Ok(OrderConsent { source: place.to_owned(), at: None }),
    }
}

/// Returns the error of an order without a consent marker.
pub(crate) fn missing(place: &str) -> IneligibleReason {
    IneligibleReason::NoConsent(format!("expected a consent in {place}, found none"))
}

/// Returns the values that a list such as `meta_data` holds under the name of the consent field, in any
/// spelling of it. Elements of another shape cannot hold one.
pub(crate) fn named<'v>(
    order: &Fields<'v>,
    list: &str,
    name_member: &str,
    field: &str,
) -> Result<Vec<&'v Json<'v>>, IneligibleReason> {
    let matches = is_spelling_of(field);
    let elements = order.list(list)?;
    Ok(elements
        .filter(|element| element.get(name_member).and_then(Json::as_str).is_some_and(&matches))
        .map(|element| element.get("value").unwrap_or(&Json::Null))
        .collect())
}

/// Compares names without case, blanks, `_` and `-`.
pub(crate) fn is_spelling_of(field: &str) -> impl Fn(&str) -> bool + '_ {
    let length = if field.is_ascii() { ascii_letters(field).count() } else { letters(field).count() };
    move |name| match name.len() < length || length == 0 {
        // Most names are too short.
        true => false,
        false if field.is_ascii() && name.is_ascii() => ascii_letters(field).eq(ascii_letters(name)),
        false => letters(field).eq(letters(name)),
    }
}

/// Returns a name without case, blanks and punctuation.
pub(crate) fn normal(name: &str) -> String {
    letters(name).collect()
}

fn letters(name: &str) -> impl Iterator<Item = char> + '_ {
    name.chars().filter(|c| c.is_alphanumeric() || *c == '#').flat_map(char::to_lowercase)
}

/// The same for ASCII, several times as fast: this runs for each member of each order.
fn ascii_letters(name: &str) -> impl Iterator<Item = u8> + '_ {
    let letters = name.bytes().filter(|byte| byte.is_ascii_alphanumeric() || *byte == b'#');
    letters.map(|byte| byte.to_ascii_lowercase())
}
