//! The documented bodies of requests to eTrusted.

use chrono::{DateTime, NaiveDate, NaiveTime};

use crate::formats::{any, email, gtin, is_locale, line, web_url};
use crate::json_schema::{Member, Schema, may, must};

pub(super) static EVENT: [Member; 11] = [
    // The help centre says that an event type can have any name.
    must("type", Schema::Text(line)),
    may("defaultLocale", Schema::Text(locale)),
    must("customer", Schema::Object(&CUSTOMER)),
    must("channel", Schema::Object(&CHANNEL)),
    must("transaction", Schema::Object(&TRANSACTION)),
    may("estimatedDeliveryDate", Schema::Text(date)),
    // An empty list is a list without products, not an empty string.
    may("products", Schema::List(&PRODUCT)),
    must("system", Schema::Text(line)),
    must("systemVersion", Schema::Text(line)),
    // "Free key/values". UNK: nested values, rejected. All samples are string to string.
    may("metadata", Schema::ScalarMap),
    may("createdAt", Schema::Text(instant)),
];

static CUSTOMER: [Member; 6] = [
    must("email", Schema::Text(email)),
    may("firstName", Schema::Text(line)),
    may("lastName", Schema::Text(line)),
    may("address", Schema::Text(line)),
    may("mobile", Schema::Text(mobile)),
    may("reference", Schema::Text(line)),
];

/// DIS: an SDK marks the id optional; the documentation requires it.
static CHANNEL: [Member; 2] =
    [must("id", Schema::Text(line)), may("type", Schema::OneOf(&["etrusted", USER_DEFINED]))];

/// The channel type of the merchant's own ids.
pub(super) const USER_DEFINED: &str = "user_defined";

static TRANSACTION: [Member; 2] = [must("reference", Schema::Text(line)), may("date", Schema::Text(instant))];

static PRODUCT: Schema = Schema::Object(&PRODUCT_MEMBERS);

/// DIS: an SDK requires the first three, the documentation none. Required here: a client that meets the stricter rule
/// meets both.
static PRODUCT_MEMBERS: [Member; 7] = [
    must("name", Schema::Text(any)),
    must("sku", Schema::Text(any)),
    must("url", Schema::Text(web_url)),
    may("imageUrl", Schema::Text(web_url)),
    may("gtin", Schema::Text(gtin)),
    may("mpn", Schema::Text(any)),
    may("brand", Schema::Text(any)),
];

pub(super) static CHANNEL_UPDATE: [Member; 5] = [
    must("name", Schema::Text(line)),
    may("address", Schema::Text(line)),
    may("url", Schema::Text(web_url)),
    may("logoUrl", Schema::Text(web_url)),
    may("locale", Schema::Text(locale)),
];

pub(super) static INVITES: [Member; 4] = [
    must("channel", Schema::Object(&INVITES_CHANNEL)),
    must("system", Schema::Text(line)),
    must("systemVersion", Schema::Text(line)),
    must("invites", Schema::Some(&INVITE)),
];

/// INF: both are required. The object is documented as `{id, type}` and as required, without a mark on its members.
static INVITES_CHANNEL: [Member; 2] =
    [must("id", Schema::Text(line)), must("type", Schema::OneOf(&["etrusted", USER_DEFINED]))];

static INVITE: Schema = Schema::Object(&INVITE_MEMBERS);

static INVITE_MEMBERS: [Member; 8] = [
    must("questionnaireTemplate", Schema::Object(&QUESTIONNAIRE_TEMPLATE)),
    must("template", Schema::Object(&INVITE_TEMPLATE)),
    must("customer", Schema::Object(&INVITE_CUSTOMER)),
    must("transaction", Schema::Object(&TRANSACTION)),
    may("locale", Schema::Text(locale)),
    may("products", Schema::List(&PRODUCT)),
    may("preferredSendTime", Schema::Text(instant)),
    may("metadata", Schema::ScalarMap),
];

static QUESTIONNAIRE_TEMPLATE: [Member; 1] = [must("id", Schema::Text(questionnaire_template))];

static INVITE_TEMPLATE: [Member; 1] = [must("id", Schema::Text(invite_template))];

/// UNK: members other than the address and the names. Rejected.
static INVITE_CUSTOMER: [Member; 3] = [
    must("email", Schema::Text(email)),
    may("firstName", Schema::Text(line)),
    may("lastName", Schema::Text(line)),
];

pub(super) static QUESTIONNAIRE_LINK: [Member; 9] = [
    // INF: any name; `link_generation`, the default, is not an event type of the account.
    may("type", Schema::Text(line)),
    must("questionnaireTemplate", Schema::Object(&QUESTIONNAIRE_TEMPLATE)),
    must("customer", Schema::Object(&LINK_CUSTOMER)),
    must("channel", Schema::Object(&CHANNEL)),
    must("transaction", Schema::Object(&TRANSACTION)),
    may("products", Schema::List(&PRODUCT)),
    may("metadata", Schema::ScalarMap),
    must("system", Schema::Text(line)),
    must("systemVersion", Schema::Text(line)),
];

static LINK_CUSTOMER: [Member; 6] = [
    may("id", Schema::Text(line)),
    may("firstName", Schema::Text(line)),
    may("lastName", Schema::Text(line)),
    must("email", Schema::Text(email)),
    may("mobile", Schema::Text(mobile)),
    may("address", Schema::Text(line)),
];

pub(super) static REPLY: [Member; 2] =
    [must("comment", Schema::Text(any)), may("sendNotification", Schema::Flag)];

pub(super) static VETO: [Member; 4] = [
    must("comment", Schema::Text(any)),
    must(
        "reason",
        Schema::OneOf(&["UNTRUTHFUL", "ABUSIVE", "VIOLATES_THE_TERMS_OF_USE", "INAPPROPRIATE_IMAGE"]),
    ),
    may("vetoReporterEmail", Schema::Text(email)),
    may("channelName", Schema::Text(line)),
];

/// The two kinds in invites and reviews. INF for product reviews in the list of invites.
pub(super) const SERVICE_REVIEW: &str = "SERVICE_REVIEW";
pub(super) const PRODUCT_REVIEW: &str = "PRODUCT_REVIEW";

pub(super) static EVENT_TYPE: [Member; 2] =
    [must("name", Schema::Text(event_type_name)), may("active", Schema::Flag)];

pub(super) static EVENT_TYPE_UPDATE: [Member; 1] = [must("active", Schema::Flag)];

/// The top-level `enabled` is documented for the PATCH by event type, and the vendor's PrestaShop module sends it in
/// both.
pub(super) static INVITE_SETTING: [Member; 3] = [
    may("enabled", Schema::Flag),
    may("serviceInviteConfiguration", Schema::Object(&PLAN)),
    may("productInviteConfiguration", Schema::Object(&PLAN)),
];

static PLAN: [Member; 5] = [
    may("enabled", Schema::Flag),
    may("sendingDelayInDays", Schema::Whole),
    may("sendingTimeOfDay", Schema::Text(time_of_day)),
    may("inviteTemplateId", Schema::Text(invite_template)),
    may("questionnaireTemplateId", Schema::Text(questionnaire_template)),
];

/// UNK: the pattern. All names seen consist of these characters; it also finds an id (`ety-...`) instead of a name.
fn event_type_name(text: &str) -> Result<(), &'static str> {
    let right = text.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_');
    if right { Ok(()) } else { Err("the name of an event type: a-z, 0-9 and _") }
}

pub(super) fn locale(text: &str) -> Result<(), &'static str> {
    if is_locale(text, '_') { Ok(()) } else { Err("a locale such as de_DE") }
}

/// DIS: plain numbers in samples of 2019; the documentation asks for `+` and the country code.
fn mobile(text: &str) -> Result<(), &'static str> {
    let digits = text.strip_prefix('+').unwrap_or_default();
    let right = (7..=15).contains(&digits.len())
        && !digits.starts_with('0')
        && digits.bytes().all(|byte| byte.is_ascii_digit());
    if right { Ok(()) } else { Err("a number such as +49123456789") }
}

fn date(text: &str) -> Result<(), &'static str> {
    let right = text.len() == "2030-01-31".len() && NaiveDate::parse_from_str(text, "%Y-%m-%d").is_ok();
    if right { Ok(()) } else { Err("a date of the form yyyy-MM-dd") }
}

/// RFC 3339 with one to three fraction digits or none.
///
/// DIS: three digits and `Z` are documented. Samples have two digits or none, and the vendor's WooCommerce plugin sends
/// an offset without a fraction.
pub(super) fn instant(text: &str) -> Result<(), &'static str> {
    let fraction = text.get("2030-01-31T13:30:15".len()..).and_then(|rest| rest.strip_prefix('.'));
    let digits = fraction.map(|rest| rest.bytes().take_while(u8::is_ascii_digit).count());
    // chrono accepts other separators and a lower-case `z` too.
    let is_iso = text.as_bytes().get(10) == Some(&b'T') && !text.contains('z');
    let right =
        is_iso && digits.is_none_or(|digits| digits <= 3) && DateTime::parse_from_rfc3339(text).is_ok();
    if right { Ok(()) } else { Err("a time of the form yyyy-MM-ddTHH:mm:ss.SSSZ") }
}

/// UNK: the form. That of the deprecated invite rules, which a GET prints here too.
fn time_of_day(text: &str) -> Result<(), &'static str> {
    let right = text.len() == "10:00:00Z".len() && NaiveTime::parse_from_str(text, "%H:%M:%SZ").is_ok();
    if right { Ok(()) } else { Err("a time of the form 10:00:00Z") }
}

fn invite_template(text: &str) -> Result<(), &'static str> {
    if text.starts_with("tpl-inv-") { Ok(()) } else { Err("the id of an invite template, tpl-inv-...") }
}

fn questionnaire_template(text: &str) -> Result<(), &'static str> {
    let right = text.starts_with("tpl-qst-");
    if right { Ok(()) } else { Err("the id of a questionnaire template, tpl-qst-...") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn time_formats_are_checked() {
        for right in [
            "2017-01-01T13:30:15.000Z",
            "2017-01-01T13:30:15Z",
            "2018-02-01T17:09:41.79Z",
            "2017-01-01T13:30:15+01:00",
        ] {
            assert!(instant(right).is_ok(), "{right}");
        }
        for wrong in [
            "2017-01-01T13:30:15",
            "2017-1-01T13:30:15Z",
            "2017-01-01T13:30:15.Z",
            "2017-01-01T13:30:15.0001Z",
            "2017-01-01T13:30:15.000+0000",
            "2017-01-01 13:30:15.000Z",
            "2017-01-01T13:30:15z",
            "2017-13-01T13:30:15.000Z",
            "value goes here",
            "",
        ] {
            assert!(instant(wrong).is_err(), "{wrong}");
        }
        assert!(date("2017-01-07").is_ok());
        for wrong in ["2017-1-7", "07.01.2017", "2017-02-30", "2017-01-07T00:00:00.000Z"] {
            assert!(date(wrong).is_err(), "{wrong}");
        }
        assert!(time_of_day("10:00:00Z").is_ok() && time_of_day("10:00").is_err());
    }

    #[test]
    fn names_and_phone_numbers_are_checked() {
        assert!(event_type_name("order_status_2").is_ok());
        assert!(event_type_name("ety-1").is_err() && event_type_name("Shipped").is_err());
        assert!(mobile("+49123456789").is_ok());
        assert!(
            mobile("0123456789").is_err()
                && mobile("+49 123456789").is_err()
                && mobile("+0123456789").is_err()
        );
    }
}
