//! The body of an invitation.

use serde_json::Value;

use super::errors::{Rejection, describe};
use crate::formats::{email, line, web_url};
use crate::json;
use crate::json_schema::{self, Member, Problem, Schema, may, must};

static PHONE: Schema = Schema::Text(line);

/// `POST /1.0/invitations.json`. UNK: how the vendor treats unknown members. Rejected here, because a misspelt field would
/// go unnoticed otherwise.
///
/// DIS: whether `delay` may be 0. The vendor's client raises it to 1; the documentation has 0 for "as soon as possible", which
/// is accepted.
static INVITATION: [Member; 13] = [
    must("email", Schema::Text(email)),
    may("order", Schema::Text(line)),
    may("language", Schema::Text(language)),
    may("delay", Schema::Whole),
    may("customer_name", Schema::Text(line)),
    may("phone_numbers", Schema::Some(&PHONE)),
    may("order_total", Schema::Text(decimal)),
    may("order_data", Schema::Text(any_text)),
    may("client", Schema::Text(line)),
    may("platform_version", Schema::Text(line)),
    may("plugin_version", Schema::Text(line)),
    may("noremail", Schema::Whole),
    may("max_invitations_per_email", Schema::Whole),
];

/// What `order_data` holds, as JSON in a string. One of the vendor's plugins adds the whole order with both addresses of the
/// customer. No source needs that, so it is rejected.
static ORDER_DATA: [Member; 1] = [must("products", Schema::Some(&ANY_PRODUCT))];

static ANY_PRODUCT: Schema = Schema::Object(&PRODUCT);

static PRODUCT: [Member; 7] = [
    must("id", Schema::Text(line)),
    must("name", Schema::Text(line)),
    must("url", Schema::Text(web_url)),
    may("image_url", Schema::Text(web_url)),
    may("sku", Schema::Text(line)),
    may("gtin", Schema::Text(line)),
    may("reviews_allowed", Schema::Flag),
];

/// ISO 639-1.
const LANGUAGES: &str = "\
    aa ab ae af ak am an ar as av ay az ba be bg bi bm bn bo br bs ca ce ch co cr cs cu cv cy da de dv dz ee el en eo \
    es et eu fa ff fi fj fo fr fy ga gd gl gn gu gv ha he hi ho hr ht hu hy hz ia id ie ig ii ik io is it iu ja jv ka kg \
    ki kj kk kl km kn ko kr ks ku kv kw ky la lb lg li ln lo lt lu lv mg mh mi mk ml mn mr ms mt my na nb nd ne ng nl nn \
    no nr nv ny oc oj om or os pa pi pl ps pt qu rm rn ro ru rw sa sc sd se sg si sk sl sm sn so sq sr ss st su sv sw ta \
    te tg th ti tk tl tn to tr ts tt tw ty ug uk ur uz ve vi vo wa wo xh yi yo za zh zu";

/// DIS: the documentation has two letters, one of the vendor's plugins sends three. Two here.
fn language(text: &str) -> Result<(), &'static str> {
    let known = LANGUAGES.split_ascii_whitespace().any(|known| known == text);
    if known { Ok(()) } else { Err("a language of ISO 639-1, in lower case") }
}

/// INF: a string, as in the documentation's sample.
fn decimal(text: &str) -> Result<(), &'static str> {
    let digits = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
    let right = match text.split_once('.') {
        None => digits(text),
        Some((whole, fraction)) => digits(whole) && digits(fraction),
    };
    if right { Ok(()) } else { Err("a decimal number with a dot") }
}

fn any_text(_: &str) -> Result<(), &'static str> {
    Ok(())
}

/// Reads the body of an invitation, and the products in it.
pub(super) fn read(body: &[u8]) -> Result<(Value, Vec<Value>), Rejection> {
    let body = json::parse(body)
        .map_err(|error| Rejection::Invalid(format!("the body is not valid JSON: {error}")))?;
    let violations = json_schema::object(&INVITATION, &body);
    if violations.iter().any(|violation| violation.path() == "email" && violation.problem == Problem::Missing)
    {
        return Err(Rejection::Missing);
    }
    let mut findings: Vec<_> = violations.iter().map(|violation| describe(violation, "")).collect();
    for (name, allowed) in [("noremail", 0..=1), ("max_invitations_per_email", 1..=u64::MAX)] {
        let number = body.get(name).and_then(Value::as_u64);
        if number.is_some_and(|number| !allowed.contains(&number)) {
            findings.push(format!("{name} must be from {} to {}", allowed.start(), allowed.end()));
        }
    }
    // UNK: whether a JSON body may have an object here. INF: no, it is a string like in the other encodings of a body.
    let products = body.get("order_data").and_then(Value::as_str).map_or(Ok(Vec::new()), products);
    match products {
        Ok(products) if findings.is_empty() => return Ok((body, products)),
        Ok(_) => {}
        Err(more) => findings.extend(more),
    }
    Err(Rejection::Invalid(findings.join("; ")))
}

fn products(text: &str) -> Result<Vec<Value>, Vec<String>> {
    let data =
        json::parse(text.as_bytes()).map_err(|_| vec!["order_data must be JSON in a string".to_owned()])?;
    let violations = json_schema::object(&ORDER_DATA, &data);
    if !violations.is_empty() {
        return Err(violations.iter().map(|violation| describe(violation, "order_data")).collect());
    }
    Ok(data.get("products").and_then(Value::as_array).cloned().unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn language_has_two_letters_of_the_standard() {
        assert_eq!(LANGUAGES.split_ascii_whitespace().count(), 183);
        for wrong in ["nld", "NL", "nl-NL", "gb", "dk", ""] {
            assert!(language(wrong).is_err(), "{wrong}");
        }
        assert!(language("nl").is_ok() && language("uk").is_ok());
    }

    #[test]
    fn decimal_has_a_dot_and_digits() {
        for right in ["49.00", "49", "0.5"] {
            assert!(decimal(right).is_ok(), "{right}");
        }
        for wrong in ["49,00", "1.000.00", ".5", "5.", "-1.00", "EUR 5"] {
            assert!(decimal(wrong).is_err(), "{wrong}");
        }
    }
}
