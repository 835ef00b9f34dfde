//! What a Trustpilot account needs to be known.

use std::sync::Arc;
use std::time::Duration;

use review_core::{Error, FieldError, Locale, RateLimits};
use review_http::{
    BaseUrl, ClientOptions, ConfigKey, ConfigReader, FileTokenStore, ResourceId, Secret, TokenStore,
};

use crate::VENDOR;

/// Where the public and the private API live.
pub const API_URL: &str = "https://api.trustpilot.com";
/// Where invitations are made.
pub const INVITATIONS_URL: &str = "https://invitations-api.trustpilot.com";

/// How long after the service invitation the product invitation goes out, where only one time is
/// asked for. Trustpilot says that the service time "must precede" the product time and names no gap;
/// one day is what the one public client with a default uses.
pub const PRODUCT_AFTER_SERVICE: Duration = Duration::from_secs(24 * 60 * 60);

/// The limits Trustpilot asks its callers to keep: 833 calls in 5 minutes and 10,000 in an hour, by its page
/// on rate limiting. What happens beyond them is not documented.
#[must_use]
pub fn published_limits() -> RateLimits {
    RateLimits::unlimited()
        .with_limit(833, Duration::from_secs(5 * 60))
        .with_limit(10_000, Duration::from_secs(60 * 60))
}

/// The settings that [`TrustpilotConfig::from_vars`] reads.
pub const SETTINGS: &[ConfigKey] = &[
    ConfigKey::required("TRUSTPILOT_API_KEY", "the API key of the application").secret(),
    ConfigKey::required("TRUSTPILOT_API_SECRET", "the API secret of the application").secret(),
    ConfigKey::required_unless_present(
        "TRUSTPILOT_USERNAME",
        "TRUSTPILOT_BUSINESS_USER_ID",
        "the e-mail address of a business user's log-in (password grant)",
    )
    .secret()
    .requires("TRUSTPILOT_PASSWORD"),
    ConfigKey::optional("TRUSTPILOT_PASSWORD", "its password, taken to the letter")
        .secret()
        .requires("TRUSTPILOT_USERNAME"),
    ConfigKey::required_unless_present(
        "TRUSTPILOT_BUSINESS_USER_ID",
        "TRUSTPILOT_USERNAME",
        "the id of a business user (client credentials); not used beside a log-in",
    ),
    ConfigKey::required_unless_present(
        "TRUSTPILOT_BUSINESS_UNIT_ID",
        "TRUSTPILOT_DOMAIN",
        "the id of the business unit (shop profile); preferred to the domain",
    ),
    ConfigKey::required_unless_present(
        "TRUSTPILOT_DOMAIN",
        "TRUSTPILOT_BUSINESS_UNIT_ID",
        "the domain of the business unit, like shop.example; its id is looked up once",
    ),
    ConfigKey::optional("TRUSTPILOT_API_URL", "the address of the API; production where missing"),
    ConfigKey::optional(
        "TRUSTPILOT_INVITATIONS_URL",
        "the address of the API for invitations; production where missing",
    ),
    ConfigKey::optional(
        "TRUSTPILOT_TOKEN_FILE",
        "a file by which the processes of one machine share the access token; its folder must exist",
    ),
];

/// How access tokens are had.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum Grant {
    /// With the log-in of a business user. Trustpilot marks this grant as deprecated; it has no
    /// multi-factor log-in.
    Password {
        /// The e-mail address of the log-in.
        username: Secret,
        /// Its password.
        password: Secret,
    },
    /// With key and secret alone, on behalf of a business user with the role Admin or Manager.
    ClientCredentials {
        /// The id of the user (not of the business unit), from the user's profile page.
        business_user_id: ResourceId,
    },
    /// With the code a business user brought back from Trustpilot's log-in page
    /// (`https://authenticate.trustpilot.com`). The code is good for one token, and refresh tokens carry on
    /// from there: without [`TrustpilotConfig::with_token_store`] a new code is needed after every start.
    AuthorizationCode {
        /// The code.
        code: Secret,
        /// The address it came back to: https, registered with the key, and to the letter that of the log-in.
        redirect_uri: String,
    },
}

/// Which business unit (shop profile) customers are asked to review.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum BusinessUnitRef {
    /// By its id.
    Id(ResourceId),
    /// By its domain; the id is looked up once.
    Domain(Domain),
}

/// The domain under which Trustpilot knows a shop, e.g. `shop.example`: no scheme, no path.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Domain(String);

impl Domain {
    /// Checks a domain.
    ///
    /// # Errors
    /// A [`FieldError`] for `domain`.
    pub fn new(value: &str) -> Result<Self, FieldError> {
        let domain = value.trim().to_lowercase();
        let label = |label: &str| {
            (1..=63).contains(&label.len()) && label.chars().all(|c| c.is_alphanumeric() || c == '-')
        };
        if domain.contains('.') && domain.len() <= 253 && domain.split('.').all(label) {
            return Ok(Self(domain));
        }
        Err(FieldError::new(
            "domain",
            "expected the bare domain of the shop, like shop.example, without https:// and path",
        ))
    }

    /// The domain, in lower case.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// What a [`TrustpilotProvider`](crate::TrustpilotProvider) is made from. Secrets do not show in
/// `Debug`.
///
/// ```
/// use review_http::ResourceId;
/// use review_trustpilot::{BusinessUnitRef, Grant, TrustpilotConfig};
///
/// let config = TrustpilotConfig::new(
///     "api-key".into(),
///     "api-secret".into(),
///     Grant::ClientCredentials { business_user_id: ResourceId::new("507f191e810c19729de860eb")? },
///     BusinessUnitRef::Id(ResourceId::new("507f191e810c19729de860ea")?),
/// )?
/// .with_instance("shop-de");
/// # Ok::<(), review_core::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct TrustpilotConfig {
    pub(crate) instance: String,
    pub(crate) api_key: Secret,
    pub(crate) api_secret: Secret,
    pub(crate) grant: Grant,
    pub(crate) business_unit: BusinessUnitRef,
    pub(crate) api_url: BaseUrl,
    pub(crate) invitations_url: BaseUrl,
    pub(crate) product_after_service: Duration,
    pub(crate) products_from_catalogue: bool,
    pub(crate) locales: Vec<Locale>,
    pub(crate) token_store: Option<Arc<dyn TokenStore>>,
    pub(crate) http: ClientOptions,
}

impl TrustpilotConfig {
    /// A configuration for production.
    ///
    /// # Errors
    /// [`ErrorKind::Config`](review_core::ErrorKind::Config) where the API key cannot stand in a header.
    pub fn new(
        api_key: Secret,
        api_secret: Secret,
        grant: Grant,
        business_unit: BusinessUnitRef,
    ) -> Result<Self, Error> {
        Ok(Self {
            instance: VENDOR.to_owned(),
            api_key: fit_for_a_header(api_key).map_err(|fault| Error::config(vec![fault]))?,
            api_secret,
            grant,
            business_unit,
            api_url: BaseUrl::new(API_URL)?,
            invitations_url: BaseUrl::new(INVITATIONS_URL)?,
            product_after_service: PRODUCT_AFTER_SERVICE,
            products_from_catalogue: false,
            locales: Vec::new(),
            token_store: None,
            http: ClientOptions::default().with_default_rate_limits(published_limits()),
        })
    }

    /// Reads the configuration by the names of the environment variables:
    ///
    /// | Name | | |
    /// | --- | --- | --- |
    /// | `TRUSTPILOT_API_KEY` | the API key of the application | required |
    /// | `TRUSTPILOT_API_SECRET` | the API secret of the application | required |
    /// | `TRUSTPILOT_USERNAME` | the e-mail address of a business user's log-in (password grant) | required without `TRUSTPILOT_BUSINESS_USER_ID` |
    /// | `TRUSTPILOT_PASSWORD` | its password, taken to the letter | goes with `TRUSTPILOT_USERNAME` |
    /// | `TRUSTPILOT_BUSINESS_USER_ID` | the id of a business user (client credentials); not used beside a log-in | required without `TRUSTPILOT_USERNAME` |
    /// | `TRUSTPILOT_BUSINESS_UNIT_ID` | the id of the business unit (shop profile); preferred to the domain | required without `TRUSTPILOT_DOMAIN` |
    /// | `TRUSTPILOT_DOMAIN` | the domain of the business unit, like shop.example; its id is looked up once | required without `TRUSTPILOT_BUSINESS_UNIT_ID` |
    /// | `TRUSTPILOT_API_URL` | the address of the API; production where missing | optional |
    /// | `TRUSTPILOT_INVITATIONS_URL` | the address of the API for invitations; production where missing | optional |
    /// | `TRUSTPILOT_TOKEN_FILE` | a file by which the processes of one machine share the access token; its folder must exist | optional |
    ///
    /// [`SETTINGS`] is the same list as data.
    ///
    /// # Errors
    /// [`ErrorKind::Config`](review_core::ErrorKind::Config) with every name that is missing or wrong.
    pub fn from_vars(look_up: impl Fn(&str) -> Option<String>) -> Result<Self, Error> {
        let mut settings = ConfigReader::new(&look_up);
        let api_key = settings.secret("TRUSTPILOT_API_KEY", "the API key of the application");
        let api_key = api_key.and_then(|key| settings.check("TRUSTPILOT_API_KEY", fit_for_a_header(key)));
        let api_secret = settings.secret("TRUSTPILOT_API_SECRET", "the API secret of the application");
        let grant = grant(&mut settings);
        let business_unit = business_unit(&mut settings);
        let api_url = settings.base_url("TRUSTPILOT_API_URL", API_URL);
        let invitations_url = settings.base_url("TRUSTPILOT_INVITATIONS_URL", INVITATIONS_URL);
        let token_file = settings.optional("TRUSTPILOT_TOKEN_FILE");
        let read = api_key.zip(api_secret).zip(grant.zip(business_unit)).zip(api_url.zip(invitations_url));
        let (((api_key, api_secret), (grant, business_unit)), (api_url, invitations_url)) =
            settings.finish(read)?;
        let token_store = token_file.map(|path| Arc::new(FileTokenStore::new(path)) as Arc<dyn TokenStore>);
        let rest = Self::new(api_key, api_secret, grant, business_unit)?;
        Ok(Self { api_url, invitations_url, token_store, ..rest })
    }

    /// Sets the label of this instance. Default: `trustpilot`.
    #[must_use]
    pub fn with_instance(mut self, instance: impl Into<String>) -> Self {
        self.instance = instance.into();
        self
    }

    /// Sets the addresses of the two APIs, each with a path prefix if need be.
    ///
    /// # Errors
    /// A [`FieldError`] where one is not `https` (or `http` on loopback), or holds a user, a query or a
    /// fragment.
    pub fn with_urls(mut self, api: &str, invitations: &str) -> Result<Self, Error> {
        self.api_url = BaseUrl::new(api).map_err(|fault| fault.at("api_url"))?;
        self.invitations_url = BaseUrl::new(invitations).map_err(|fault| fault.at("invitations_url"))?;
        Ok(self)
    }

    /// Sets how long after the service invitation the product invitation goes out; at least a second.
    #[must_use]
    pub fn with_product_after_service(mut self, gap: Duration) -> Self {
        self.product_after_service = gap.max(Duration::from_secs(1));
        self
    }

    /// Says that the products were uploaded to Trustpilot's catalogue (see
    /// [`upsert_products`](crate::TrustpilotClient::upsert_products)): invitations then name them by their
    /// SKU only, and need neither their page nor their name. Links go on to tell them in full.
    #[must_use]
    pub fn with_products_from_catalogue(mut self) -> Self {
        self.products_from_catalogue = true;
        self
    }

    /// Names the locales customers are written to in, with a country each (`de-DE`). Only the set-up check
    /// looks at them.
    #[must_use]
    pub fn with_locales(mut self, locales: impl IntoIterator<Item = Locale>) -> Self {
        self.locales = locales.into_iter().collect();
        self
    }

    /// Shares the access token with all who use this store, such as a
    /// [`FileTokenStore`](review_http::FileTokenStore) for the processes of one machine. Each account wants
    /// a store of its own. Without one, every process logs in on its own, and with rotating refresh tokens
    /// none disturbs another.
    #[must_use]
    pub fn with_token_store(mut self, store: Arc<dyn TokenStore>) -> Self {
        self.token_store = Some(store);
        self
    }

    /// Sets how calls are made: repeats, connections, limits, and who is told of calls whose callers went
    /// away. A [`RetryPolicy`](review_http::RetryPolicy) will do where nothing else is to be set.
    ///
    /// Without limits of its own it keeps Trustpilot's: [`published_limits`].
    #[must_use]
    pub fn with_http(mut self, options: impl Into<ClientOptions>) -> Self {
        self.http = options.into().with_default_rate_limits(published_limits());
        self
    }
}

/// The key stands in a header of its own and before the colon of another.
fn fit_for_a_header(key: Secret) -> Result<Secret, FieldError> {
    if key.expose().bytes().all(|byte| byte.is_ascii_graphic() && byte != b':') {
        return Ok(key);
    }
    Err(FieldError::new("api_key", "expected visible ASCII characters without a colon; copy the key anew"))
}

fn grant(settings: &mut ConfigReader<'_>) -> Option<Grant> {
    let user_id = settings.optional("TRUSTPILOT_BUSINESS_USER_ID");
    let log_in = ["TRUSTPILOT_USERNAME", "TRUSTPILOT_PASSWORD"].map(|key| settings.optional(key));
    match (log_in, user_id) {
        ([None, None], Some(id)) => {
            let business_user_id = settings.check("TRUSTPILOT_BUSINESS_USER_ID", ResourceId::new(&id))?;
            Some(Grant::ClientCredentials { business_user_id })
        }
        ([None, None], None) => {
            let problem = "expected TRUSTPILOT_USERNAME and TRUSTPILOT_PASSWORD (password grant) or \
                           TRUSTPILOT_BUSINESS_USER_ID (client credentials), found none of them";
            settings.push_error(FieldError::new("TRUSTPILOT_USERNAME", problem));
            None
        }
        _ => {
            let username = settings.secret("TRUSTPILOT_USERNAME", "the e-mail address of the log-in");
            let password = settings.password("TRUSTPILOT_PASSWORD", "the password of the log-in");
            username.zip(password).map(|(username, password)| Grant::Password { username, password })
        }
    }
}

fn business_unit(settings: &mut ConfigReader<'_>) -> Option<BusinessUnitRef> {
    if let Some(id) = settings.optional("TRUSTPILOT_BUSINESS_UNIT_ID") {
        return settings.check("TRUSTPILOT_BUSINESS_UNIT_ID", ResourceId::new(&id)).map(BusinessUnitRef::Id);
    }
    if let Some(domain) = settings.optional("TRUSTPILOT_DOMAIN") {
        return settings.check("TRUSTPILOT_DOMAIN", Domain::new(&domain)).map(BusinessUnitRef::Domain);
    }
    let problem =
        "expected the id of the business unit here, or its domain in TRUSTPILOT_DOMAIN; found neither";
    settings.push_error(FieldError::new("TRUSTPILOT_BUSINESS_UNIT_ID", problem));
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(vars: &[(&str, &str)]) -> Result<TrustpilotConfig, Error> {
        TrustpilotConfig::from_vars(|name| {
            vars.iter().find(|(key, _)| *key == name).map(|(_, value)| (*value).to_owned())
        })
    }

    #[test]
    fn the_settings_are_those_that_are_read_and_documented() {
        let asked = std::cell::RefCell::new(std::collections::BTreeSet::new());
        for answer in [None, Some("x")] {
            // One that is preferred hides the other: each is asked for where the former is missing.
            for missing in ["", "TRUSTPILOT_BUSINESS_UNIT_ID"] {
                let _ = TrustpilotConfig::from_vars(|name| {
                    asked.borrow_mut().insert(name.to_owned());
                    answer.filter(|_| name != missing).map(str::to_owned)
                });
            }
        }
        let listed = SETTINGS.iter().map(|setting| setting.name.to_owned()).collect();
        assert_eq!(asked.into_inner(), listed);
        for setting in SETTINGS {
            let row =
                format!("| `{}` | {} | {} |", setting.name, setting.description, setting.need_in_words());
            assert!(include_str!("config.rs").contains(&row), "the table of `from_vars` wants {row}");
        }
    }

    #[tokio::test]
    async fn a_token_file_is_a_store() {
        let path = std::env::temp_dir().join(format!("review-trustpilot-{}", std::process::id()));
        let user = ("TRUSTPILOT_BUSINESS_USER_ID", "507f191e810c19729de860eb");
        let file = ("TRUSTPILOT_TOKEN_FILE", path.to_str().unwrap());
        let config = read(&[&KEYS[..], &[user, file]].concat()).unwrap();
        drop(config.token_store.unwrap().lock().await.unwrap());
        let lock = path.with_extension("lock");
        assert!(lock.exists(), "{}", lock.display());
        std::fs::remove_file(lock).unwrap();
    }

    const KEYS: [(&str, &str); 3] = [
        ("TRUSTPILOT_API_KEY", "canary-key"),
        ("TRUSTPILOT_API_SECRET", " canary-secret\n"),
        ("TRUSTPILOT_DOMAIN", "Shop.example"),
    ];

    #[test]
    fn the_log_in_is_preferred_and_the_user_id_stands_in() {
        let user = ("TRUSTPILOT_BUSINESS_USER_ID", "507f191e810c19729de860eb");
        let log_in = [("TRUSTPILOT_USERNAME", "canary@example.com"), ("TRUSTPILOT_PASSWORD", "canary-pw")];
        let config = read(&[&KEYS[..], &[user]].concat()).unwrap();
        assert!(matches!(config.grant, Grant::ClientCredentials { .. }));
        assert_eq!(config.api_secret.expose(), "canary-secret", "what was pasted is trimmed");
        let config = read(&[&KEYS[..], &[user], &log_in[..]].concat()).unwrap();
        assert!(matches!(config.grant, Grant::Password { .. }));
        assert!(!format!("{config:?}").contains("canary"), "{config:?}");
    }

    #[test]
    fn every_fault_is_told_at_once() {
        let error = read(&[
            ("TRUSTPILOT_API_KEY", " "),
            ("TRUSTPILOT_USERNAME", "canary@example.com"),
            ("TRUSTPILOT_DOMAIN", "https://canary.example/"),
            ("TRUSTPILOT_API_URL", "http://canary.example"),
        ])
        .unwrap_err();
        let keys: Vec<_> = error.fields().iter().map(FieldError::field).collect();
        assert_eq!(
            keys,
            [
                "TRUSTPILOT_API_KEY",
                "TRUSTPILOT_API_SECRET",
                "TRUSTPILOT_PASSWORD",
                "TRUSTPILOT_DOMAIN",
                "TRUSTPILOT_API_URL"
            ]
        );
        assert!(!error.to_string().contains("canary"), "{error}");
        let nothing = read(&[]).unwrap_err();
        assert_eq!(nothing.fields().len(), 4, "{nothing}");
        for key in ["canary:b", "canäry"] {
            let error = read(&[("TRUSTPILOT_API_KEY", key)]).unwrap_err();
            assert_eq!(
                (error.fields()[0].field(), error.fields().len()),
                ("TRUSTPILOT_API_KEY", 4),
                "{error}"
            );
        }
    }

    #[test]
    fn the_published_limits_hold_unless_others_are_set() {
        use review_http::RetryPolicy;
        let user = ("TRUSTPILOT_BUSINESS_USER_ID", "507f191e810c19729de860eb");
        let config = || read(&[&KEYS[..], &[user]].concat()).unwrap();
        let minutes = |minutes: u64| Duration::from_secs(60 * minutes);
        let published = RateLimits::unlimited().with_limit(833, minutes(5)).with_limit(10_000, minutes(60));
        assert_eq!(config().http.rate_limits, Some(published.clone()));
        assert_eq!(config().with_http(RetryPolicy::no_retries()).http.rate_limits, Some(published));
        let none = ClientOptions::default().with_rate_limits(RateLimits::unlimited());
        assert_eq!(config().with_http(none).http.rate_limits, Some(RateLimits::unlimited()));
    }
}
