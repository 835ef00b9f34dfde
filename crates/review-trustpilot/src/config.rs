//! The settings of a Trustpilot account.

use std::sync::Arc;
use std::time::Duration;

use chrono::{DateTime, Utc};
use review_core::config::{ConfigValue, RawValue, Secret, ValueType};
use review_core::model::{Locale, TemplateId};
use review_core::{Error, FieldError, Result};
use review_http::vendor::{Step, TemplateRoles};
use review_http::{BaseUrl, RateLimits, ResourceId, TokenStore};

use crate::known_templates::KnownTemplates;

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

/// The API key is part of a header, and before the colon of another.
pub(crate) fn check_api_key(key: Secret) -> Result<Secret, FieldError> {
    if key.expose().bytes().all(|byte| byte.is_ascii_graphic() && byte != b':') {
        return Ok(key);
    }
    Err(FieldError::new("api_key", "must be visible ASCII without a colon; copy the key again"))
}

/// INF: every id in the samples has this form. A role that no setting defines would be accepted as an id, and no email
/// sent.
pub(crate) fn check_template_id(id: &str) -> Result<(), FieldError> {
    if id.len() == 24 && id.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        return Ok(());
    }
    let message = "must be a role of the setting templates, or the id of a template: 24 hexadecimal digits";
    Err(FieldError::new("template", message))
}

/// The OAuth grant that obtains access tokens.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum Grant {
    /// With the login of a business user. It has no multi-factor login. DIS: one page of the documentation marks this grant
    /// as deprecated, support articles recommend it.
    Password {
        /// The email address of the login.
        username: Secret,
        /// Its password.
        password: Secret,
    },
    /// With key and secret alone.
    ClientCredentials {
        /// The id of the business user (not of the business unit) with the role Admin or Manager on whose behalf
        /// customers are invited and erased, from the user's profile page. Links, templates and reviews work without.
        business_user_id: Option<ResourceId>,
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

/// The key and the secret of an application. They have names, so that they cannot be swapped.
#[derive(Clone, Debug)]
pub struct ApiCredentials {
    /// The key.
    pub api_key: Secret,
    /// The secret.
    pub api_secret: Secret,
}

/// One account and business unit at Trustpilot. `Debug` shows no secret.
///
/// ```
/// use review_http::{ClientOptions, ResourceId};
/// use review_trustpilot::{ApiCredentials, BusinessUnitRef, Grant, Trustpilot, TrustpilotProvider};
///
/// # #[cfg(feature = "rustls")]
/// # fn main() -> review_core::Result<()> {
/// let user = ResourceId::new("507f191e810c19729de860eb")?;
/// let grant = Grant::ClientCredentials { business_user_id: Some(user) };
/// let unit = BusinessUnitRef::Id(ResourceId::new("507f191e810c19729de860ea")?);
/// let credentials = ApiCredentials { api_key: "key".into(), api_secret: "secret".into() };
/// let trustpilot = Trustpilot::new(credentials, grant, unit)?;
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
    /// Shared by the clones, so that sending knows what a setup check has read.
    pub(crate) known_templates: KnownTemplates,
}

impl Trustpilot {
    /// Creates an account in production.
    ///
    /// # Errors
    /// A [`FieldError`] if the API key cannot be part of a header.
    pub fn new(
        credentials: ApiCredentials,
        grant: Grant,
        business_unit: BusinessUnitRef,
    ) -> Result<Self, FieldError> {
        Ok(Self {
            api_key: check_api_key(credentials.api_key)?,
            api_secret: credentials.api_secret,
            grant,
            business_unit,
            api_url: BaseUrl::new(API_URL)?,
            invitations_url: BaseUrl::new(INVITATIONS_URL)?,
            product_delay: DEFAULT_PRODUCT_DELAY,
            products_from_catalogue: false,
            locales: Vec::new(),
            templates: TemplateRoles::default(),
            token_store: None,
            known_templates: KnownTemplates::default(),
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

    /// Shares the access token with all users of this store, such as a [`FileTokenStore`](review_http::FileTokenStore) for the processes of one
    /// machine. Each account needs a separate store. Without a store, each process logs in separately. INF: processes that
    /// use the same refresh token without a store lock each other out.
    #[must_use]
    pub fn with_token_store(mut self, store: Arc<dyn TokenStore>) -> Self {
        self.token_store = Some(store);
        self
    }
    /// Adds the user on whose behalf a request is made, whose header is documented for invitations and deletions. INF: those
    /// are rejected without it. UNK: whether links and templates accept it.
    ///
    /// # Errors
    /// Client credentials without a user.
    pub(crate) fn for_user(&self, step: Step) -> Result<Step> {
        match &self.grant {
            Grant::ClientCredentials { business_user_id: Some(user) } => {
                Ok(step.header("x-business-user-id", user.as_str()))
            }
            Grant::ClientCredentials { business_user_id: None } => {
                let message = "is missing; with client credentials, customers are invited and erased on behalf of a \
                               user: set it to the id of a user with the role Admin or Manager, or set a login";
                Err(Error::invalid_config([FieldError::new("business_user_id", message)]))
            }
            Grant::Password { .. } | Grant::AuthorizationCode { .. } => Ok(step),
        }
    }

    /// Returns the vendor's id of a template.
    ///
    /// # Errors
    /// A text that is neither a role nor an id, and a template that the account certainly does not have: the vendor would accept it and send nothing.
    pub(crate) fn template_id<'a>(
        &'a self,
        template: Option<&'a TemplateId>,
        now: DateTime<Utc>,
    ) -> Result<Option<&'a str>, FieldError> {
        let Some(id) = template.map(|template| self.templates.resolve(template)) else { return Ok(None) };
        check_template_id(id)?;
        if !self.known_templates.lack(id, now) {
            return Ok(Some(id));
        }
        let message = "must be a template of the account, or a role of the setting templates; if it is new, run the \
                       setup check again";
        Err(FieldError::new("template", message))
    }
}
