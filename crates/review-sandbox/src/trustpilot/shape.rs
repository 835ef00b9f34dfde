//! The body of `email-invitations`, as documented.

use chrono::{DateTime, NaiveDateTime, Utc};

use crate::check::{Member, Shape, may, must};
use crate::forms::{any, email, is_locale, line, web_url};

pub(super) static INVITATION: [Member; 11] = [
    must("consumerEmail", Shape::Text(email)),
    must("consumerName", Shape::Text(line)),
    must("referenceNumber", Shape::Text(reference)),
    may("locale", Shape::Text(locale)),
    may("senderName", Shape::Text(line)),
    may("senderEmail", Shape::Text(email)),
    may("replyTo", Shape::Text(email)),
    may("locationId", Shape::Text(line)),
    // No other value is documented.
    may("type", Shape::OneOf(&["email"])),
    may("serviceReviewInvitation", Shape::Object(&SERVICE)),
    may("productReviewInvitation", Shape::Object(&PRODUCT_REVIEW)),
];

static SERVICE: [Member; 4] = [
    may("templateId", Shape::Text(object_id)),
    may("preferredSendTime", Shape::Text(send_time_form)),
    may("redirectUri", Shape::Text(web_url)),
    may("tags", Shape::List(&TAG)),
];

static TAG: Shape = Shape::Text(tag);

static PRODUCT_REVIEW: [Member; 5] = [
    may("templateId", Shape::Text(object_id)),
    may("preferredSendTime", Shape::Text(send_time_form)),
    may("redirectUri", Shape::Text(web_url)),
    may("products", Shape::Some(&PRODUCT)),
    may("productSkus", Shape::Some(&SKU)),
];

static SKU: Shape = Shape::Text(any);
static PRODUCT: Shape = Shape::Object(&PRODUCT_MEMBERS);

/// UNK: which are mandatory. The first three are, here: no product can be shown without them, and every sample has
/// them.
static PRODUCT_MEMBERS: [Member; 8] = [
    must("sku", Shape::Text(any)),
    must("name", Shape::Text(any)),
    must("productUrl", Shape::Text(web_url)),
    may("imageUrl", Shape::Text(web_url)),
    may("brand", Shape::Text(any)),
    may("mpn", Shape::Text(any)),
    may("gtin", Shape::Text(any)),
    may("productCategoryGoogleId", Shape::Text(any)),
];

/// The support centre names these characters as breaking invitation links. DIS: its page is old and about older
/// methods; refused all the same, as a reference without them is right everywhere.
fn reference(text: &str) -> Result<(), &'static str> {
    let broken = |c: char| "#*+\"%&".contains(c) || c.is_control();
    if text.contains(broken) { Err("without the characters # * + \" % &") } else { Ok(()) }
}

/// UNK: the list of locales, and what an unknown one does. The form and the country are checked, not the list.
fn locale(text: &str) -> Result<(), &'static str> {
    if is_locale(text, '-') { Ok(()) } else { Err("a locale such as de-DE") }
}

fn tag(text: &str) -> Result<(), &'static str> {
    let right = text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"_-.".contains(&byte));
    if right { Ok(()) } else { Err("made of a-z A-Z 0-9 _ - . only") }
}

fn object_id(text: &str) -> Result<(), &'static str> {
    let right = text.len() == 24 && text.bytes().all(|byte| byte.is_ascii_hexdigit());
    if right { Ok(()) } else { Err("an id of 24 hexadecimal digits") }
}

fn send_time_form(text: &str) -> Result<(), &'static str> {
    match send_time(text) {
        Some(_) => Ok(()),
        None => Err("a UTC time such as 2030-01-31T13:37:00 or 2030-01-31T13:37:00.000Z"),
    }
}

/// DIS: five forms are met. Taken are the one of the support articles (no zone, means UTC) and the one of the
/// documentation of 2026 (`Z`, fraction or none). The month-first form of 2021 is not: a client that sends the day
/// first would pass unnoticed twelve days a month.
pub(super) fn send_time(text: &str) -> Option<DateTime<Utc>> {
    // chrono takes fewer digits than the form has.
    let (date, _) = text.split_at_checked("2030-01-31T13:37:00".len())?;
    let digits = |index| !matches!(index, 4 | 7 | 10 | 13 | 16);
    if !date.bytes().enumerate().all(|(index, byte)| !digits(index) || byte.is_ascii_digit()) {
        return None;
    }
    let form = if text.ends_with('Z') { "%Y-%m-%dT%H:%M:%S%.fZ" } else { "%Y-%m-%dT%H:%M:%S" };
    NaiveDateTime::parse_from_str(text, form).ok().map(|time| time.and_utc())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn send_times() {
        let expected = send_time("2030-01-31T13:37:00").unwrap();
        for right in ["2030-01-31T13:37:00Z", "2030-01-31T13:37:00.000Z"] {
            assert_eq!(send_time(right), Some(expected), "{right}");
        }
        for wrong in [
            "01/31/2030 13:37:00",
            "2030-01-31",
            "2030-01-31T13:37",
            "2030-1-31T13:37:00",
            "2030-01-31 13:37:00",
            "2030-02-31T13:37:00",
            "2030-01-31T13:37:00+01:00",
            "2030-01-31T13:37:00.000",
            "",
        ] {
            assert_eq!(send_time(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn characters() {
        assert!(tag("a_B-9.x").is_ok() && tag("a b").is_err() && tag("\u{e9}").is_err());
        assert!(reference("A-1/2 x").is_ok());
        assert!("#*+\"%&".chars().all(|c| reference(&format!("A{c}1")).is_err()));
        assert!(object_id("507f191e810c19729de860ea").is_ok() && object_id("507f").is_err());
    }
}
