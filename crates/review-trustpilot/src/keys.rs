//! The table of settings, and the account that it describes.

use std::sync::Arc;
use std::time::Duration;

use review_core::config::{
    ConfigErrors, ConfigKey, ConfigReader, ConfigValue, FromConfig, KeyInfo, RawValue, Secret, ValueType,
};
use review_core::model::Locale;
use review_http::vendor::TemplateRoles;
use review_http::{BaseUrl, FileTokenStore, ResourceId};

use crate::config::{
    API_URL, ApiCredentials, BusinessUnitRef, Domain, Grant, INVITATIONS_URL, Trustpilot, check_api_key,
    check_template_id,
};

review_core::config_keys! {
    /// The settings. In the environment they have the prefix `TRUSTPILOT_`.
    pub CONFIG_KEYS {
        API_KEY: ApiKey = ConfigKey::required("api_key", "the API key of the application").secret();
        API_SECRET: Secret = ConfigKey::required("api_secret", "the API secret of the application").secret();
        USERNAME: Secret = ConfigKey::optional("username",
            "the email address of a business user's login (password grant)")
            .secret().requires("password").conflicts_with("authorization_code");
        PASSWORD: Secret = ConfigKey::optional("password", "the password of that login").secret().requires("username");
        AUTHORIZATION_CODE: Secret = ConfigKey::optional("authorization_code",
            "the code from Trustpilot's login page, valid for one token; keep the tokens in token_file")
            .secret().requires("redirect_uri");
        REDIRECT_URI: RedirectUri = ConfigKey::optional("redirect_uri",
            "the URL that the login redirected to, exactly as it is registered with the key")
            .requires("authorization_code");
        BUSINESS_USER_ID: ResourceId = ConfigKey::optional("business_user_id",
            "the id of a business user, which client credentials need to invite and erase; a login takes precedence");
        BUSINESS_UNIT_ID: ResourceId = ConfigKey::required_unless("business_unit_id", "domain",
            "the id of the business unit (shop profile); it takes precedence over the domain");
        DOMAIN: Domain = ConfigKey::required_unless("domain", "business_unit_id",
            "the domain of the business unit, such as shop.example; its id is looked up once");
        API: BaseUrl = ConfigKey::with_default("api_url", "the URL of the API", API_URL);
        INVITATIONS: BaseUrl = ConfigKey::with_default("invitations_url",
            "the URL of the API for invitations", INVITATIONS_URL);
        TOKEN_FILE: String = ConfigKey::optional("token_file",
            "a file by which the processes of one machine share the access token; its directory must exist");
        PRODUCT_DELAY: Duration = ConfigKey::with_default("product_delay",
            "seconds from the service email to the product email", "86400");
        FROM_CATALOGUE: bool = ConfigKey::with_default("products_from_catalogue",
            "whether the products were uploaded to Trustpilot's catalogue; then only SKUs are sent", "false");
        LOCALES: Vec<Locale> = ConfigKey::optional("locales",
            "the locales of your customers, such as de-DE; only check_setup uses them");
        TEMPLATES: Templates = ConfigKey::optional("templates", "the templates that roles mean, as role=id pairs");
    }
}

impl FromConfig for Trustpilot {
    const KEYS: &'static [KeyInfo] = CONFIG_KEYS;

    fn from_config(config: &ConfigReader<'_>) -> Result<Self, ConfigErrors> {
        let grant = match (config.find(&USERNAME)?, config.find(&AUTHORIZATION_CODE)?) {
            (Some(username), _) => Grant::Password { username, password: config.get(&PASSWORD)? },
            (None, Some(code)) => {
                Grant::AuthorizationCode { code, redirect_uri: config.get(&REDIRECT_URI)?.0 }
            }
            (None, None) => Grant::ClientCredentials { business_user_id: config.find(&BUSINESS_USER_ID)? },
        };
        let business_unit = match config.find(&BUSINESS_UNIT_ID)? {
            Some(id) => BusinessUnitRef::Id(id),
            None => BusinessUnitRef::Domain(config.get(&DOMAIN)?),
        };
        let ApiKey(api_key) = config.get(&API_KEY)?;
        let trustpilot = Self {
            api_url: config.get(&API)?,
            invitations_url: config.get(&INVITATIONS)?,
            products_from_catalogue: config.get(&FROM_CATALOGUE)?,
            locales: config.find(&LOCALES)?.unwrap_or_default(),
            templates: config.find(&TEMPLATES)?.map(|Templates(roles)| roles).unwrap_or_default(),
            ..Self::new(
                ApiCredentials { api_key, api_secret: config.get(&API_SECRET)? },
                grant,
                business_unit,
            )?
        };
        let trustpilot = trustpilot.with_product_delay(config.get(&PRODUCT_DELAY)?);
        Ok(match config.find(&TOKEN_FILE)? {
            Some(path) => trustpilot.with_token_store(Arc::new(FileTokenStore::new(path))),
            None => trustpilot,
        })
    }
}

/// The API key, as a value of configuration.
struct ApiKey(Secret);

impl ConfigValue for ApiKey {
    const TYPE: ValueType = ValueType::Text;

    fn from_raw(raw: &RawValue) -> Result<Self, String> {
        check_api_key(raw.text()?.into()).map(Self).map_err(|error| error.message().to_owned())
    }
}

/// Roles of templates with Trustpilot's ids.
struct Templates(TemplateRoles);

impl ConfigValue for Templates {
    const TYPE: ValueType = TemplateRoles::TYPE;

    fn from_raw(raw: &RawValue) -> Result<Self, String> {
        let roles = TemplateRoles::from_raw(raw)?;
        let invalid = roles.ids().any(|id| check_template_id(id).is_err());
        if invalid { Err("must contain ids of 24 hexadecimal digits".to_owned()) } else { Ok(Self(roles)) }
    }
}

/// A URL that is compared as a text: it stays as written.
struct RedirectUri(String);

impl ConfigValue for RedirectUri {
    const TYPE: ValueType = ValueType::Url;

    fn from_raw(raw: &RawValue) -> Result<Self, String> {
        BaseUrl::from_raw(raw).and_then(|_| raw.text().map(str::to_owned)).map(Self)
    }
}
