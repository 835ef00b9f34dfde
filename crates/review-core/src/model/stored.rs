//! The serialized form of a request.

use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::request::{InviteRequest, RequestData, contradictions};

/// The version that this release writes. Later releases read every earlier version.
const VERSION: u32 = 1;

#[derive(Serialize)]
struct Written<'a> {
    version: u32,
    request: &'a RequestData,
}

#[derive(Deserialize)]
struct Read {
    version: u32,
    request: RequestData,
}

/// Writes `{"version": 1, "request": {...}}`. The form **contains personal data**; hooks are not part of
/// it. Later releases read it.
impl Serialize for InviteRequest {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        Written { version: VERSION, request: self.data() }.serialize(serializer)
    }
}

/// Reads the form of this and earlier releases and validates it as [`InviteRequest::builder`] does.
/// serde's own messages repeat values of a wrong type: print only the line and column of such an error.
impl<'de> Deserialize<'de> for InviteRequest {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let Read { version, request } = Read::deserialize(deserializer)?;
        if version != VERSION {
            return Err(D::Error::custom(format_args!(
                "the version of a stored request must be {VERSION}, got {version}; update this library"
            )));
        }
        match contradictions(&request.consent, request.kind, request.order.products.len()) {
            errors if errors.is_empty() => Ok(Self::from_data(request)),
            errors => Err(D::Error::custom(crate::error::Error::invalid(errors))),
        }
    }
}
