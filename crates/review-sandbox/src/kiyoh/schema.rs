//! The bodies of Kiyoh's calls.

use crate::formats::{email, line, web_url};
use crate::json_schema::{Member, Schema, may, must};

/// The languages an invitation may have.
///
/// DIS: the vendor's questionnaire API and its plugins list different forms of es, pt, no, sv, fi, zh and el. UNK: what an
/// unknown value does. These are the codes on which both lists agree; everything else is rejected, so that a client does
/// not depend on a form that the vendor may reject.
static LANGUAGES: [&str; 20] = [
    "en", "nl", "fr", "de", "da", "hu", "bg", "ro", "hr", "ja", "it", "tr", "pl", "sl", "ru", "cs", "et",
    "lt", "lv", "sk",
];

static CODE: Schema = Schema::Text(line);

/// `POST /v1/invite/external`.
///
/// INF: the vendor seems to ignore unknown members, because public packages send `supplier` and `variable`, whose meaning
/// is unknown. Here they are rejected, because a misspelt field would go unnoticed otherwise. `city` is in no paper for
/// this call, but the vendor's own plugin sends it.
///
/// DIS: `ref_code` or `reference_code`. Both come from the vendor, so either is accepted.
///
/// DIS: whether `delay` may be 0. A plugin has 1 as the smallest value; the papers have 0 for "at once", which is accepted.
pub(super) static INVITATION: [Member; 12] = [
    must("location_id", Schema::Text(line)),
    must("invite_email", Schema::Text(email)),
    must("delay", Schema::Whole),
    must("language", Schema::OneOf(&LANGUAGES)),
    may("first_name", Schema::Text(line)),
    may("last_name", Schema::Text(line)),
    may("salutation", Schema::Text(line)),
    may("city", Schema::Text(line)),
    may("ref_code", Schema::Text(line)),
    may("reference_code", Schema::Text(line)),
    may("product_code", Schema::Some(&CODE)),
    may("product_invite", Schema::Flag),
];

/// `PUT /v1/location/product/external`, and an element of the bulk request. Image and page are mandatory.
pub(super) static PRODUCT: [Member; 9] = [
    must("location_id", Schema::Text(line)),
    must("product_code", Schema::Text(line)),
    must("product_name", Schema::Text(line)),
    must("image_url", Schema::Text(web_url)),
    must("source_url", Schema::Text(web_url)),
    must("active", Schema::Flag),
    may("cluster_id", Schema::Whole),
    may("cluster_code", Schema::Text(line)),
    may("brand_name", Schema::Text(line)),
];

/// The members of a product in which the vendor's plugins send further codes.
///
/// DIS: one plugin sends a list of strings, another one string, and no paper has them. Both forms are accepted.
pub(super) const FURTHER_CODES: [&str; 3] = ["skus", "gtins", "mpns"];

static ANY_PRODUCT: Schema = Schema::Object(&PRODUCT);

/// `PUT /v1/location/product/external/bulk`. As in the vendor's sample, each element repeats `location_id`.
pub(super) static PRODUCTS: [Member; 2] =
    [must("location_id", Schema::Text(line)), must("products", Schema::Some(&ANY_PRODUCT))];
