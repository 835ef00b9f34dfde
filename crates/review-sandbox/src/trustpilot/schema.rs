//! The documented bodies of requests.

use super::time;
use crate::formats::{any, email, gtin, is_locale, line, web_url};
use crate::json_schema::{Member, Schema, may, must};

pub(super) static INVITATION: [Member; 11] = [
    must("consumerEmail", Schema::Text(email)),
    must("consumerName", Schema::Text(line)),
    must("referenceNumber", Schema::Text(reference)),
    may("locale", Schema::Text(locale)),
    may("senderName", Schema::Text(line)),
    may("senderEmail", Schema::Text(email)),
    may("replyTo", Schema::Text(email)),
    may("locationId", Schema::Text(line)),
    // No other value is documented.
    may("type", Schema::OneOf(&["email"])),
    may("serviceReviewInvitation", Schema::Object(&SERVICE)),
    may("productReviewInvitation", Schema::Object(&PRODUCT_REVIEW)),
];

static SERVICE: [Member; 4] = [
    may("templateId", Schema::Text(object_id)),
    may("preferredSendTime", Schema::Text(time::format)),
    may("redirectUri", Schema::Text(web_url)),
    may("tags", Schema::List(&TAG)),
];

static TAG: Schema = Schema::Text(tag);

static PRODUCT_REVIEW: [Member; 5] = [
    may("templateId", Schema::Text(object_id)),
    may("preferredSendTime", Schema::Text(time::format)),
    may("redirectUri", Schema::Text(web_url)),
    may("products", Schema::Some(&PRODUCT)),
    may("productSkus", Schema::Some(&SKU)),
];

static SKU: Schema = Schema::Text(any);
static PRODUCT: Schema = Schema::Object(&PRODUCT_MEMBERS);

/// UNK: which are required. Here the first three: every sample has them, and a product cannot be shown without them.
static PRODUCT_MEMBERS: [Member; 8] = [
    must("sku", Schema::Text(any)),
    must("name", Schema::Text(any)),
    must("productUrl", Schema::Text(web_url)),
    may("imageUrl", Schema::Text(web_url)),
    may("brand", Schema::Text(any)),
    may("mpn", Schema::Text(any)),
    may("gtin", Schema::Text(gtin)),
    may("productCategoryGoogleId", Schema::Text(any)),
];

/// DIS with `email-invitations`: the same members have other names here. INF: which are required.
pub(super) static SERVICE_LINK: [Member; 7] = [
    must("email", Schema::Text(email)),
    must("name", Schema::Text(line)),
    may("referenceId", Schema::Text(reference)),
    may("locale", Schema::Text(locale)),
    may("tags", Schema::List(&TAG)),
    may("redirectUri", Schema::Text(web_url)),
    may("locationId", Schema::Text(line)),
];

/// INF: which are required.
pub(super) static PRODUCT_LINK: [Member; 6] = [
    must("consumer", Schema::Object(&CONSUMER)),
    must("referenceId", Schema::Text(reference)),
    must("locale", Schema::Text(locale)),
    may("redirectUri", Schema::Text(web_url)),
    may("products", Schema::Some(&LINKED_PRODUCT)),
    may("productIds", Schema::Some(&ID)),
];

static CONSUMER: [Member; 2] = [must("email", Schema::Text(email)), must("name", Schema::Text(line))];

static ID: Schema = Schema::Text(object_id);
/// As in an invitation, without the category, which is the last member there.
static LINKED_PRODUCT: Schema = Schema::Object(PRODUCT_MEMBERS.split_at(PRODUCT_MEMBERS.len() - 1).0);

pub(super) static DELETION: [Member; 2] =
    [may("customerEmails", Schema::Some(&EMAIL)), may("deleteOlderThan", Schema::Text(time::format))];

static EMAIL: Schema = Schema::Text(email);

pub(super) static PRODUCTS: [Member; 2] = [
    must("products", Schema::Some(&OWN_PRODUCT)),
    may("skuSameAsGoogleMerchantCenterProductId", Schema::Flag),
];

static OWN_PRODUCT: Schema = Schema::Object(&OWN_PRODUCT_MEMBERS);

/// The documentation marks none as required. The SKU is required here: it is the key of the upsert.
static OWN_PRODUCT_MEMBERS: [Member; 12] = [
    must("sku", Schema::Text(any)),
    may("title", Schema::Text(any)),
    may("link", Schema::Text(web_url)),
    may("description", Schema::Text(any)),
    may("mpn", Schema::Text(any)),
    may("gtin", Schema::Text(gtin)),
    may("brand", Schema::Text(any)),
    may("price", Schema::Text(any)),
    may("currency", Schema::Text(any)),
    may("imageLink", Schema::Text(web_url)),
    may("productCategoryGoogleId", Schema::Text(any)),
    may("googleMerchantCenterProductId", Schema::Text(any)),
];

pub(super) static SKUS: [Member; 1] = [must("skus", Schema::Some(&SKU))];

/// The support centre says that these characters break invitation links. DIS: its page is old and about older
/// methods; rejected anyway, because a reference without them always works.
fn reference(text: &str) -> Result<(), &'static str> {
    let broken = |c: char| "#*+\"%&".contains(c) || c.is_control();
    if text.contains(broken) { Err("without the characters # * + \" % &") } else { Ok(()) }
}

/// UNK: the list of locales, and the effect of an unknown one. The form and the country are checked, not the list.
pub(super) fn locale(text: &str) -> Result<(), &'static str> {
    if is_locale(text, '-') { Ok(()) } else { Err("a locale such as de-DE") }
}

fn tag(text: &str) -> Result<(), &'static str> {
    let right = text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"_-.".contains(&byte));
    if right { Ok(()) } else { Err("made of a-z A-Z 0-9 _ - . only") }
}

pub(super) fn object_id(text: &str) -> Result<(), &'static str> {
    let right = text.len() == 24 && text.bytes().all(|byte| byte.is_ascii_hexdigit());
    if right { Ok(()) } else { Err("an id of 24 hexadecimal digits") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tags_references_and_ids_check_characters() {
        assert!(tag("a_B-9.x").is_ok() && tag("a b").is_err() && tag("\u{e9}").is_err());
        assert!(reference("A-1/2 x").is_ok());
        assert!("#*+\"%&".chars().all(|c| reference(&format!("A{c}1")).is_err()));
        assert!(object_id("507f191e810c19729de860ea").is_ok() && object_id("507f").is_err());
    }
}
