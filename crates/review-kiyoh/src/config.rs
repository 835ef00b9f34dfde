//! The settings of a location.

use review_core::FieldError;
use review_core::config::{
    ConfigErrors, ConfigKey, ConfigReader, ConfigValue, FromConfig, KeyInfo, RawValue, Secret, ValueType,
};
use review_http::{BaseUrl, ResourceId};

use crate::language::{Language, Languages};

review_core::config_keys! {
    /// The settings. In the environment they have the prefix `KIYOH_`.
    pub CONFIG_KEYS {
        API_TOKEN: Secret = ConfigKey::required("api_token", "the API token of the dashboard").secret();
        LOCATION_ID: ResourceId = ConfigKey::required("location_id", "the id of the location");
        LANGUAGE: Language = ConfigKey::required("language",
            "the language of emails to customers whose own is unknown or not accepted, such as nl");
        // Required, because every request has a delay. UNK: the default of the dashboard.
        DELAY_DAYS: u32 = ConfigKey::required("delay_days",
            "the number of days until the email, for invitations without a time; 0 means immediately");
        BRAND: Brand = ConfigKey::with_default("brand",
            "the brand of the account, kiyoh or klantenvertellen: the dashboard shows its logo", "kiyoh");
        LOCATION_NAME: ResourceId = ConfigKey::optional("location_name",
            "the short name of the location in the URLs of its review pages; links need it");
        EXTRA_LANGUAGES: Languages = ConfigKey::optional("extra_languages",
            "languages the account is known to accept in addition to the usual ones, such as es-ES");
        REFERENCE_FIELD: ReferenceField = ConfigKey::with_default("reference_field",
            "the name of the member with the order reference, ref_code or reference_code", "ref_code");
        FROM_CATALOGUE: bool = ConfigKey::with_default("products_from_catalogue",
            "whether the products were uploaded to the catalogue; then invitations do not upload them", "false");
        API: BaseUrl = ConfigKey::optional("api_url", "the URL of the API, instead of that of the brand");
    }
}

/// Declares an enum whose variants are the words of a setting.
macro_rules! choice {
    ($(#[$meta:meta])* $name:ident { $($(#[$doc:meta])* $variant:ident = $word:literal,)* }) => {
        $(#[$meta])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        #[non_exhaustive]
        pub enum $name {
            $($(#[$doc])* $variant,)*
        }

        impl $name {
            /// Returns the word of the setting.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self {
                    $(Self::$variant => $word,)*
                }
            }
        }

        impl ConfigValue for $name {
            const TYPE: ValueType = ValueType::Choice(&[$($word),*]);

            fn from_raw(raw: &RawValue) -> Result<Self, String> {
                let word = raw.text()?;
                let known = [$(Self::$variant),*].into_iter().find(|known| known.as_str() == word);
                known.ok_or_else(|| format!("must be {}", [$($word),*].join(" or ")))
            }
        }
    };
}

choice! {
    /// The brand that the account belongs to.
    Brand {
        /// `https://www.kiyoh.com`
        Kiyoh = "kiyoh",
        /// `https://www.klantenvertellen.nl`
        Klantenvertellen = "klantenvertellen",
    }
}

choice! {
    /// DIS: the name of the member with the order reference. Both names come from the vendor: older papers and most
    /// clients have `ref_code`, newer plugins `reference_code`. If the invite history of the dashboard does not show the
    /// references of your orders, use the other one.
    ReferenceField {
        /// `ref_code`
        RefCode = "ref_code",
        /// `reference_code`
        ReferenceCode = "reference_code",
    }
}

impl Brand {
    /// Returns the URL of the API and of the review pages. INF: without `www.` it redirects, which would lose a request.
    #[must_use]
    pub const fn url(self) -> &'static str {
        match self {
            Self::Kiyoh => "https://www.kiyoh.com",
            Self::Klantenvertellen => "https://www.klantenvertellen.nl",
        }
    }

    /// Returns the number of the brand in requests.
    pub(crate) const fn tenant_id(self) -> &'static str {
        match self {
            Self::Kiyoh => "98",
            Self::Klantenvertellen => "99",
        }
    }
}

/// One location at Kiyoh or Klantenvertellen. `Debug` shows no secret.
///
/// ```
/// use review_http::{ClientOptions, ResourceId};
/// use review_kiyoh::{Kiyoh, KiyohProvider, Language};
///
/// # #[cfg(feature = "rustls")]
/// # fn main() -> review_core::Result<()> {
/// let location = ResourceId::new("1018015")?;
/// let kiyoh = Kiyoh::new("token".into(), location, Language::new("nl")?)?.with_delay_days(7);
/// let provider = KiyohProvider::new(kiyoh, "shop-nl", ClientOptions::default())?;
/// # Ok(())
/// # }
/// # #[cfg(not(feature = "rustls"))]
/// # fn main() {}
/// ```
#[derive(Clone, Debug)]
pub struct Kiyoh {
    pub(crate) api_token: Secret,
    /// INF: all ids in the sources are of the characters of a `ResourceId`: `1018015`, `OID-…`.
    pub(crate) location_id: ResourceId,
    pub(crate) language: Language,
    pub(crate) extra_languages: Vec<Language>,
    pub(crate) delay_days: u32,
    pub(crate) brand: Brand,
    /// INF: the member `canonicalName` of the location's reviews.
    pub(crate) location_name: Option<ResourceId>,
    pub(crate) reference_field: ReferenceField,
    pub(crate) products_from_catalogue: bool,
    pub(crate) api_url: BaseUrl,
}

impl FromConfig for Kiyoh {
    const KEYS: &'static [KeyInfo] = CONFIG_KEYS;

    fn from_config(config: &ConfigReader<'_>) -> Result<Self, ConfigErrors> {
        let (token, location) = (config.get(&API_TOKEN)?, config.get(&LOCATION_ID)?);
        let kiyoh = Self::new(token, location, config.get(&LANGUAGE)?)
            .map_err(|error| config.error(&API_TOKEN, error.message().to_owned()))?
            .with_brand(config.get(&BRAND)?)?;
        Ok(Self {
            extra_languages: config.find(&EXTRA_LANGUAGES)?.map(|Languages(all)| all).unwrap_or_default(),
            delay_days: config.get(&DELAY_DAYS)?,
            location_name: config.find(&LOCATION_NAME)?,
            reference_field: config.get(&REFERENCE_FIELD)?,
            products_from_catalogue: config.get(&FROM_CATALOGUE)?,
            api_url: config.find(&API)?.unwrap_or(kiyoh.api_url),
            ..kiyoh
        })
    }
}

impl Kiyoh {
    /// Creates a location at Kiyoh, with emails that are sent immediately. `language` is that of emails to customers whose
    /// own is unknown or not accepted.
    ///
    /// # Errors
    /// A [`FieldError`] if the token cannot be part of a header.
    pub fn new(api_token: Secret, location_id: ResourceId, language: Language) -> Result<Self, FieldError> {
        if !api_token.expose().bytes().all(|byte| byte.is_ascii_graphic()) {
            return Err(FieldError::new("api_token", "must be visible ASCII; copy the token again"));
        }
        Ok(Self {
            api_token,
            location_id,
            language,
            extra_languages: Vec::new(),
            delay_days: 0,
            brand: Brand::Kiyoh,
            location_name: None,
            reference_field: ReferenceField::RefCode,
            products_from_catalogue: false,
            api_url: BaseUrl::new(Brand::Kiyoh.url())?,
        })
    }

    /// Sets the number of days until the email of an invitation whose request names no time.
    #[must_use]
    pub fn with_delay_days(self, delay_days: u32) -> Self {
        Self { delay_days, ..self }
    }

    /// Sets the brand, and the URL of its API.
    ///
    /// # Errors
    /// None with the brands of today.
    pub fn with_brand(self, brand: Brand) -> Result<Self, FieldError> {
        Ok(Self { brand, api_url: BaseUrl::new(brand.url())?, ..self })
    }

    /// Sets the short name of the location, which links contain.
    #[must_use]
    pub fn with_location_name(self, name: ResourceId) -> Self {
        Self { location_name: Some(name), ..self }
    }

    /// Adds languages that the account is known to accept in addition to the usual ones.
    #[must_use]
    pub fn with_extra_languages(self, languages: impl IntoIterator<Item = Language>) -> Self {
        Self { extra_languages: languages.into_iter().collect(), ..self }
    }

    /// Sets the name of the member with the order reference.
    #[must_use]
    pub fn with_reference_field(self, reference_field: ReferenceField) -> Self {
        Self { reference_field, ..self }
    }

    /// Declares that the products were uploaded to the catalogue (see
    /// [`upsert_products`](crate::KiyohClient::upsert_products)): invitations then do not upload them.
    #[must_use]
    pub fn with_products_from_catalogue(self) -> Self {
        Self { products_from_catalogue: true, ..self }
    }

    /// Sets the URL of the API.
    #[must_use]
    pub fn with_url(self, api_url: BaseUrl) -> Self {
        Self { api_url, ..self }
    }
}
