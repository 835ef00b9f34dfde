//! The settings of a WebwinkelKeur or TrustProfile account.

use review_core::FieldError;
use review_core::config::{
    ConfigErrors, ConfigKey, ConfigReader, ConfigValue, FromConfig, KeyInfo, RawValue, Secret, ValueType,
};
use review_http::BaseUrl;

/// The URL of WebwinkelKeur's API.
pub const API_URL: &str = "https://dashboard.webwinkelkeur.nl/api";
/// The URL of TrustProfile's API: the same company's brand for other countries, with the same calls.
pub const TRUSTPROFILE_API_URL: &str = "https://dashboard.trustprofile.com/api";

review_core::config_keys! {
    /// The settings. In the environment they have the prefix `WEBWINKELKEUR_`.
    pub CONFIG_KEYS {
        ID: ShopId = ConfigKey::required("id", "the number of the web shop in the dashboard");
        CODE: Secret = ConfigKey::required("code", "the API code of the web shop").secret();
        API: BaseUrl = ConfigKey::with_default(
            "api_url",
            "the URL of the API; for TrustProfile https://dashboard.trustprofile.com/api",
            API_URL,
        );
        PHONE_NUMBERS: bool = ConfigKey::with_default(
            "phone_numbers",
            "whether invitations contain the customer's phone number",
            "false",
        );
    }
}

/// The number of a web shop. It is half of the credentials, so `Debug` does not show it.
#[derive(Clone, Debug)]
pub struct ShopId(Secret);

impl ShopId {
    /// Validates a number.
    ///
    /// # Errors
    /// A [`FieldError`] for `id`. It does not repeat the value, which may be the API code.
    pub fn new(value: &str) -> Result<Self, FieldError> {
        let digits = value.trim();
        if (1..=20).contains(&digits.len()) && digits.bytes().all(|byte| byte.is_ascii_digit()) {
            return Ok(Self(digits.into()));
        }
        let message = "must be a number, such as 12345; the API code is another setting";
        Err(FieldError::new("id", message))
    }
}

impl ConfigValue for ShopId {
    const TYPE: ValueType = ValueType::Integer;

    fn from_raw(raw: &RawValue) -> Result<Self, String> {
        let number = match raw {
            RawValue::Integer(number) => number.to_string(),
            text => text.text()?.to_owned(),
        };
        Self::new(&number).map_err(|error| error.message().to_owned())
    }
}

/// One web shop at WebwinkelKeur or TrustProfile. `Debug` shows neither its number nor its code.
///
/// ```
/// use review_http::ClientOptions;
/// use review_webwinkelkeur::{ShopId, Webwinkelkeur, WebwinkelkeurProvider};
///
/// # #[cfg(feature = "rustls")]
/// # fn main() -> review_core::Result<()> {
/// let webwinkelkeur = Webwinkelkeur::new(ShopId::new("12345")?, "api code".into())?;
/// let provider = WebwinkelkeurProvider::new(webwinkelkeur, "shop-nl", ClientOptions::default())?;
/// # Ok(())
/// # }
/// # #[cfg(not(feature = "rustls"))]
/// # fn main() {}
/// ```
#[derive(Clone, Debug)]
pub struct Webwinkelkeur {
    pub(crate) id: Secret,
    pub(crate) code: Secret,
    pub(crate) api_url: BaseUrl,
    pub(crate) phone_numbers: bool,
}

impl FromConfig for Webwinkelkeur {
    const KEYS: &'static [KeyInfo] = CONFIG_KEYS;

    fn from_config(config: &ConfigReader<'_>) -> Result<Self, ConfigErrors> {
        Ok(Self {
            id: config.get(&ID)?.0,
            code: config.get(&CODE)?,
            api_url: config.get(&API)?,
            phone_numbers: config.get(&PHONE_NUMBERS)?,
        })
    }
}

impl Webwinkelkeur {
    /// Creates a web shop at WebwinkelKeur in production.
    ///
    /// # Errors
    /// None in practice: the URL of production is checked like any other.
    pub fn new(id: ShopId, code: Secret) -> Result<Self, FieldError> {
        Ok(Self { id: id.0, code, api_url: BaseUrl::new(API_URL)?, phone_numbers: false })
    }

    /// Sets the URL of the API, for example [`TRUSTPROFILE_API_URL`].
    #[must_use]
    pub fn with_url(mut self, api: BaseUrl) -> Self {
        self.api_url = api;
        self
    }

    /// Sends the customer's phone number with invitations. WebwinkelKeur documents no use of it, so it is left out by
    /// default.
    #[must_use]
    pub fn with_phone_numbers(mut self) -> Self {
        self.phone_numbers = true;
        self
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn code_instead_of_the_number_is_not_shown() {
        assert!(ShopId::new(" 12345\n").is_ok());
        for wrong in ["", "canary", "12 345", "-1", "123456789012345678901"] {
            let error = ShopId::new(wrong).unwrap_err();
            assert_eq!(error.field(), "id");
            assert!(wrong.is_empty() || !error.to_string().contains(wrong), "{error}");
        }
        for right in [RawValue::from("987654"), RawValue::from(987_654_u32)] {
            let id = ShopId::from_raw(&right).unwrap();
            assert!(id.0.expose() == "987654" && !format!("{id:?}").contains("987654"));
        }
        assert!(ShopId::from_raw(&RawValue::from(-1_i64)).is_err());
    }
}
