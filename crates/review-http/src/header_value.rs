//! Values of headers, checked.

use http::HeaderValue;
use review_core::{Error, FieldError};

pub(crate) fn secret_value(name: &str, value: &str) -> Result<HeaderValue, Error> {
    let mut header = header_value(name, value)?;
    header.set_sensitive(true);
    Ok(header)
}

pub(crate) fn header_value(name: &str, value: &str) -> Result<HeaderValue, Error> {
    let is_visible = value.bytes().all(|byte| (0x20..0x7f).contains(&byte));
    HeaderValue::from_str(value).ok().filter(|_| is_visible).ok_or_else(|| {
        let message = "must be visible ASCII; check the setting for line breaks and special characters";
        Error::invalid_config([FieldError::new(format!("header {name}"), message)])
    })
}
