//! The serialized form of a request.

use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::metadata::check_metadata;
use super::request::{InviteRequest, RequestData, contradictions};
use super::send_at::check_date;
use super::url::check_http_url;
use crate::error::{Error, FieldError};

/// The version that this release writes. Later releases read every earlier version.
const VERSION: u32 = 1;

#[derive(Serialize)]
struct Written<'a> {
    version: u32,
    request: &'a RequestData,
}

/// The request is flattened, because serde then reads the version first, whatever the order of the keys: an
/// unknown version may have any shape.
#[derive(Deserialize)]
struct Read {
    #[serde(rename = "version", deserialize_with = "check_version")]
    _version: (),
    #[serde(flatten)]
    body: Body,
}

#[derive(Deserialize)]
struct Body {
    #[serde(deserialize_with = "without_values")]
    request: RequestData,
}

/// Replaces serde's own messages that quote the value, which may be personal.
fn without_values<'de, D: Deserializer<'de>>(deserializer: D) -> Result<RequestData, D::Error> {
    const QUOTING: [&str; 4] = ["invalid type", "invalid value", "unknown variant", "unknown field"];
    RequestData::deserialize(deserializer).map_err(|error| {
        let message = error.to_string();
        match QUOTING.iter().any(|quoting| message.starts_with(quoting)) {
            true => D::Error::custom("expected a stored request of this version; its form was changed"),
            false => error,
        }
    })
}

fn check_version<'de, D: Deserializer<'de>>(deserializer: D) -> Result<(), D::Error> {
    match u32::deserialize(deserializer)? {
        VERSION => Ok(()),
        version => Err(D::Error::custom(format_args!(
            "the version of a stored request must be {VERSION}, got {version}; update this library"
        ))),
    }
}

/// Writes `{"version": 1, "request": {...}}`. The form **contains personal data**; hooks are not part of
/// it. Later releases read it.
impl Serialize for InviteRequest {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        Written { version: VERSION, request: self.data() }.serialize(serializer)
    }
}

/// Reads the form of this and earlier releases and validates it as [`InviteRequest::builder`] does.
impl<'de> Deserialize<'de> for InviteRequest {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let Read { body: Body { request }, .. } = Read::deserialize(deserializer)?;
        let mut errors = invalid_values(&request);
        errors.extend(contradictions(&request.consent, request.kind, request.order.products.len()));
        if errors.is_empty() {
            Ok(Self::from_data(request))
        } else {
            Err(D::Error::custom(Error::invalid(errors)))
        }
    }
}

/// What the types of the fields do not rule out: a stored request may have been changed by others.
fn invalid_values(request: &RequestData) -> Vec<FieldError> {
    let order = &request.order;
    let mut errors: Vec<FieldError> = Vec::new();
    let mut add = |path: String, error: Option<FieldError>| {
        errors.extend(error.map(|error| error.with_field(path)));
    };
    for (path, date) in [
        ("order.placed_at", order.placed_at),
        ("order.paid_at", order.paid_at),
        ("order.shipped_at", order.shipped_at),
        ("order.delivered_at", order.delivered_at),
    ] {
        add(path.to_owned(), check_date(date).err());
    }
    add("order.estimated_delivery".to_owned(), check_date(order.estimated_delivery).err());
    for (index, product) in order.products.iter().enumerate() {
        for (part, url) in [("url", product.url()), ("image_url", product.image_url())] {
            add(format!("order.products[{index}].{part}"), check_http_url(url.cloned()).err());
        }
    }
    for (key, value) in &order.metadata {
        add("order.metadata".to_owned(), check_metadata(key, value).err());
    }
    add("redirect_url".to_owned(), check_http_url(request.redirect_url.clone()).err());
    errors
}
