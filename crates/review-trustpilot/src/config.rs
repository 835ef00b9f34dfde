//! The settings of a Trustpilot account.

use std::sync::Arc;
use std::time::Duration;

use review_core::FieldError;
use review_core::config::{
    ConfigErrors, ConfigKey, ConfigReader, ConfigValue, FromConfig, KeyInfo, RawValue, Secret, ValueType,
};
use review_core::model::Locale;
use review_http::vendor::TemplateRoles;
use review_http::{BaseUrl, FileTokenStore, RateLimits, ResourceId, TokenStore};

/// The URL of the public and the private API in production.
pub const API_URL: &str = "https://api.trustpilot.com";
/// The URL of the API for invitations in production.
pub const INVITATIONS_URL: &str = "https://invitations-api.trustpilot.com";

/// UNK: the gap between the service and the product email. Trustpilot states that the service time "must precede" the
/// product time; one day is what the one public client with a default uses.
pub const DEFAULT_PRODUCT_DELAY: Duration = Duration::from_secs(24 * 60 * 60);

/// Returns the limits that Trustpilot publishes: 833 requests in 5 minutes and 10,000 in an hour. UNK: what happens
/// beyond them.
#[must_use]
pub fn default_rate_limits() -> RateLimits {
    RateLimits::unlimited()
        .with_limit(833, Duration::from_secs(5 * 60))
        .with_limit(10_000, Duration::from_secs(60 * 60))
}

review_core::config_keys! {
    /// The settings. In the environment they have the prefix `TRUSTPILOT_`.
    pub CONFIG_KEYS {
        API_KEY: ApiKey = ConfigKey::required("api_key", "the API key of the application").secret();
        API_SECRET: Secret = ConfigKey::required("api_secret", "the API secret of the application").secret();
        USERNAME: Secret = ConfigKey::required_unless(
            "username",
            "business_user_id",
            "the email address of a business user's login (password grant)",
        ).secret().requires("password");
        PASSWORD: Secret =
            ConfigKey::optional("password", "the password of that login").secret().requires("username");
        BUSINESS_USER_ID: ResourceId = ConfigKey::required_unless(
            "business_user_id",
            "username",
            "the id of a business user (client credentials); a login takes precedence",
        );
        BUSINESS_UNIT_ID: ResourceId = ConfigKey::required_unless(
            "business_unit_id",
            "domain",
            "the id of the business unit (shop profile); it takes precedence over the domain",
        );
        DOMAIN: Domain = ConfigKey::required_unless(
            "domain",
            "business_unit_id",
            "the domain of the business unit, such as shop.example; its id is looked up once",
        );
        API: BaseUrl = ConfigKey::with_default("api_url", "the URL of the API", API_URL);
        INVITATIONS: BaseUrl =
            ConfigKey::with_default("invitations_url", "the URL of the API for invitations", INVITATIONS_URL);
        TOKEN_FILE: String = ConfigKey::optional(
            "token_file",
            "a file by which the processes of one machine share the access token; its directory must exist",
        );
        PRODUCT_DELAY: Duration = ConfigKey::with_default(
            "product_delay",
            "seconds from the service email to the product email",
            "86400",
        );
        FROM_CATALOGUE: bool = ConfigKey::with_default(
            "products_from_catalogue",
            "whether the products were uploaded to Trustpilot's catalogue; then only SKUs are sent",
            "false",
        );
        LOCALES: Vec<String> = ConfigKey::optional(
            "locales",
            "the locales of your customers, such as de-DE; only check_setup uses them",
        );
        TEMPLATES: TemplateRoles =
            ConfigKey::optional("templates", "the templates that roles mean, as role=id pairs");
    }
}

/// The API key: part of a header, and before the colon of another.
#[derive(Clone, Debug)]
struct ApiKey(Secret);

impl ConfigValue for ApiKey {
    const TYPE: ValueType = ValueType::Text;

    fn from_raw(raw: &RawValue) -> Result<Self, String> {
        check_api_key(raw.text()?.into()).map(Self).map_err(|error| error.message().to_owned())
    }
}

fn check_api_key(key: Secret) -> Result<Secret, FieldError> {
    if key.expose().bytes().all(|byte| byte.is_ascii_graphic() && byte != b':') {
        return Ok(key);
    }
    Err(FieldError::new("api_key", "must be visible ASCII without a colon; copy the key again"))
}

/// The OAuth grant that obtains access tokens.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum Grant {
    /// With the login of a business user. Trustpilot marks this grant as deprecated; it has no multi-factor login.
    Password {
        /// The email address of the login.
        username: Secret,
        /// Its password.
        password: Secret,
    },
    /// With key and secret alone, on behalf of a business user with the role Admin or Manager.
    ClientCredentials {
        /// The id of the user (not of the business unit), from the user's profile page.
        business_user_id: ResourceId,
    },
    /// With the code that a business user got from Trustpilot's login page (`https://authenticate.trustpilot.com`). The
    /// code is valid for one token, and refresh tokens continue from there: without
    /// [`Trustpilot::with_token_store`] a new code is needed after every start.
    AuthorizationCode {
        /// The code.
        code: Secret,
        /// The URL that the login redirected to: exactly the one that is registered with the key.
        redirect_uri: String,
    },
}

/// The business unit (shop profile) that customers are invited to review.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum BusinessUnitRef {
    /// By its id.
    Id(ResourceId),
    /// By its domain; the id is looked up once.
    Domain(Domain),
}

/// The domain of a shop at Trustpilot, such as `shop.example`: no scheme, no path.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Domain(String);

impl Domain {
    /// Validates a domain.
    ///
    /// # Errors
    /// A [`FieldError`] for `domain`.
    pub fn new(value: &str) -> Result<Self, FieldError> {
        let domain = value.trim().to_lowercase();
        let is_label = |label: &str| {
            (1..=63).contains(&label.len()) && label.chars().all(|c| c.is_alphanumeric() || c == '-')
        };
        if domain.contains('.') && domain.len() <= 253 && domain.split('.').all(is_label) {
            return Ok(Self(domain));
        }
        let message = "must be the bare domain of the shop, such as shop.example, without https:// and path";
        Err(FieldError::new("domain", message))
    }

    /// Returns the domain, in lower case.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl ConfigValue for Domain {
    const TYPE: ValueType = ValueType::Text;

    fn from_raw(raw: &RawValue) -> Result<Self, String> {
        Self::new(raw.text()?).map_err(|error| error.message().to_owned())
    }
}

/// One account and business unit at Trustpilot. `Debug` shows no secret.
///
/// ```
/// use review_http::{ClientOptions, ResourceId};
/// use review_trustpilot::{BusinessUnitRef, Grant, Trustpilot, TrustpilotProvider};
///
/// # #[cfg(feature = "rustls")]
/// # fn main() -> review_core::Result<()> {
/// let grant = Grant::ClientCredentials { business_user_id: ResourceId::new("507f191e810c19729de860eb")? };
/// let unit = BusinessUnitRef::Id(ResourceId::new("507f191e810c19729de860ea")?);
/// let trustpilot = Trustpilot::new("api-key".into(), "api-secret".into(), grant, unit)?;
/// let provider = TrustpilotProvider::new(trustpilot, "shop-de", ClientOptions::default())?;
/// # Ok(())
/// # }
/// # #[cfg(not(feature = "rustls"))]
/// # fn main() {}
/// ```
#[derive(Clone, Debug)]
pub struct Trustpilot {
    pub(crate) api_key: Secret,
    pub(crate) api_secret: Secret,
    pub(crate) grant: Grant,
    pub(crate) business_unit: BusinessUnitRef,
    pub(crate) api_url: BaseUrl,
    pub(crate) invitations_url: BaseUrl,
    pub(crate) product_delay: Duration,
    pub(crate) products_from_catalogue: bool,
    pub(crate) locales: Vec<Locale>,
    pub(crate) templates: TemplateRoles,
    pub(crate) token_store: Option<Arc<dyn TokenStore>>,
}

impl FromConfig for Trustpilot {
    const KEYS: &'static [KeyInfo] = CONFIG_KEYS;

    fn from_config(config: &ConfigReader<'_>) -> Result<Self, ConfigErrors> {
        let grant = match config.find(&USERNAME)? {
            Some(username) => Grant::Password { username, password: config.get(&PASSWORD)? },
            None => Grant::ClientCredentials { business_user_id: config.get(&BUSINESS_USER_ID)? },
        };
        let business_unit = match config.find(&BUSINESS_UNIT_ID)? {
            Some(id) => BusinessUnitRef::Id(id),
            None => BusinessUnitRef::Domain(config.get(&DOMAIN)?),
        };
        let ApiKey(api_key) = config.get(&API_KEY)?;
        let locales = config.find(&LOCALES)?.unwrap_or_default();
        let locales: Result<Vec<_>, _> = locales.iter().map(Locale::new).collect();
        let trustpilot = Self {
            api_url: config.get(&API)?,
            invitations_url: config.get(&INVITATIONS)?,
            products_from_catalogue: config.get(&FROM_CATALOGUE)?,
            locales: locales.map_err(|error| config.error(&LOCALES, error.message().to_owned()))?,
            templates: config.find(&TEMPLATES)?.unwrap_or_default(),
            ..Self::new(api_key, config.get(&API_SECRET)?, grant, business_unit)?
        };
        let trustpilot = trustpilot.with_product_delay(config.get(&PRODUCT_DELAY)?);
        Ok(match config.find(&TOKEN_FILE)? {
            Some(path) => trustpilot.with_token_store(Arc::new(FileTokenStore::new(path))),
            None => trustpilot,
        })
    }
}

impl Trustpilot {
    /// Creates an account in production.
    ///
    /// # Errors
    /// A [`FieldError`] if the API key cannot be part of a header.
    pub fn new(
        api_key: Secret,
        api_secret: Secret,
        grant: Grant,
        business_unit: BusinessUnitRef,
    ) -> Result<Self, FieldError> {
        Ok(Self {
            api_key: check_api_key(api_key)?,
            api_secret,
            grant,
            business_unit,
            api_url: BaseUrl::new(API_URL)?,
            invitations_url: BaseUrl::new(INVITATIONS_URL)?,
            product_delay: DEFAULT_PRODUCT_DELAY,
            products_from_catalogue: false,
            locales: Vec::new(),
            templates: TemplateRoles::default(),
            token_store: None,
        })
    }

    /// Sets the URLs of the two APIs.
    #[must_use]
    pub fn with_urls(mut self, api: BaseUrl, invitations: BaseUrl) -> Self {
        (self.api_url, self.invitations_url) = (api, invitations);
        self
    }

    /// Sets how long after the service email the product email is sent; at least a second.
    #[must_use]
    pub fn with_product_delay(mut self, delay: Duration) -> Self {
        self.product_delay = delay.max(Duration::from_secs(1));
        self
    }

    /// Declares that the products were uploaded to Trustpilot's catalogue (see
    /// [`upsert_products`](crate::TrustpilotClient::upsert_products)): invitations then contain their SKUs only. Links
    /// still contain the products in full.
    #[must_use]
    pub fn with_products_from_catalogue(mut self) -> Self {
        self.products_from_catalogue = true;
        self
    }

    /// Sets the locales of your customers, with a country each (`de-DE`). Only the setup check uses them.
    #[must_use]
    pub fn with_locales(mut self, locales: impl IntoIterator<Item = Locale>) -> Self {
        self.locales = locales.into_iter().collect();
        self
    }

    /// Sets which templates the roles of requests mean.
    #[must_use]
    pub fn with_templates(mut self, templates: TemplateRoles) -> Self {
        self.templates = templates;
        self
    }

    /// Shares the access token with all users of this store, such as a [`FileTokenStore`] for the processes of one
    /// machine. Each account needs a separate store. Without a store, each process logs in separately.
    #[must_use]
    pub fn with_token_store(mut self, store: Arc<dyn TokenStore>) -> Self {
        self.token_store = Some(store);
        self
    }
}
