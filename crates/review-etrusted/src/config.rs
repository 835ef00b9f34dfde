//! The settings of an eTrusted account.

use std::fmt;

use review_core::config::{
    ConfigErrors, ConfigKey, ConfigReader, ConfigValue, FromConfig, KeyInfo, RawValue, Secret, ValueType,
};
use review_core::model::TemplateId;
use review_core::{FieldError, InviteKind};
use review_http::vendor::TemplateRoles;
use review_http::{BaseUrl, ResourceId};

/// The URL of the API in production.
pub const API_URL: &str = "https://api.etrusted.com";
/// The URL of the token endpoint's host in production.
pub const LOGIN_URL: &str = "https://login.etrusted.com";

/// The questionnaire template that the documentation calls "Standard".
pub const STANDARD_QUESTIONNAIRE: &str = "tpl-qst-aabd1dee-2676-4303-995a-1e6762a78b44";
/// The questionnaire template that the documentation calls "Product only".
pub const PRODUCT_QUESTIONNAIRE: &str = "tpl-qst-a62a58a3-2dbe-4cc0-8be7-d57d1b1a075a";

review_core::config_keys! {
    /// The settings. In the environment they have the prefix `ETRUSTED_`.
    pub CONFIG_KEYS {
        CLIENT_ID: Secret = ConfigKey::required("client_id", "the id of the API client").secret();
        CLIENT_SECRET: Secret = ConfigKey::required("client_secret", "the secret of the API client").secret();
        CHANNEL_ID: ChannelRef = ConfigKey::required_unless(
            "channel_id",
            "channel_name",
            "the id of a channel, chl-…, from the URL of the Control Centre",
        ).conflicts_with("channel_name");
        CHANNEL_NAME: String = ConfigKey::required_unless(
            "channel_name",
            "channel_id",
            "the name of a channel; its id is looked up once",
        );
        EVENT_TYPE: EventTypeName =
            ConfigKey::required("event_type", "the name of an event type, such as shipped; not checkout");
        REVIEW_KIND: ReviewKind = ConfigKey::with_default(
            "review_kind",
            "what the account's settings ask for: service, product or both",
            "service",
        );
        INVITE_TEMPLATE: String = ConfigKey::optional(
            "invite_template",
            "the template of the email, tpl-inv-…; with it, emails are ordered directly instead of by events",
        ).requires("questionnaire_template");
        QUESTIONNAIRE_TEMPLATE: String = ConfigKey::optional(
            "questionnaire_template",
            "the template of the questionnaire, tpl-qst-…, of links and of emails that are ordered directly",
        );
        TEMPLATES: TemplateRoles = ConfigKey::optional(
            "templates",
            "the templates that roles mean, as role=id pairs; for emails that are ordered directly",
        ).requires("invite_template");
        API: BaseUrl = ConfigKey::with_default("api_url", "the URL of the API", API_URL);
        LOGIN: BaseUrl = ConfigKey::with_default("login_url", "the URL of the token endpoint's host", LOGIN_URL);
    }
}

/// The event that the Trustbadge fires by itself on the thank-you page. The newer documentation calls it
/// reserved, older samples post it. It is rejected here: a shop with the Trustbadge would get two events, and its
/// customer two invitations.
const RESERVED_EVENT_TYPE: &str = "checkout";

/// The name of an event type, such as `shipped`: what happened to an order that makes eTrusted send an
/// invitation.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct EventTypeName(String);

impl EventTypeName {
    /// Validates a name.
    ///
    /// # Errors
    /// A [`FieldError`] for `event_type`. `checkout` is rejected.
    pub fn new(value: &str) -> Result<Self, FieldError> {
        let name = value.trim();
        if name == RESERVED_EVENT_TYPE {
            let message = "must not be `checkout`: the Trustbadge fires it by itself, and the customer would get \
                           two invitations; use an event type of your own, such as shipped";
            return Err(FieldError::new("event_type", message));
        }
        if (1..=128).contains(&name.len()) && name.chars().all(is_allowed_in_event_type) {
            return Ok(Self(name.to_owned()));
        }
        let message = "must be the name of an event type: lower-case letters, digits and _, such as shipped";
        Err(FieldError::new("event_type", message))
    }

    /// Returns the name.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for EventTypeName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// UNK: the documentation mentions a pattern and does not show it; all names in its samples are of these
/// characters.
fn is_allowed_in_event_type(c: char) -> bool {
    c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_'
}

/// The channel (shop) that customers are invited to review.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ChannelRef {
    /// By the id that eTrusted created, `chl-…`.
    Id(ResourceId),
    /// By its name; the id is looked up once.
    Name(String),
    /// By an id of the shop's own that was attached to the channel at eTrusted.
    UserDefined(String),
}

impl ChannelRef {
    /// Returns a channel by eTrusted's own id.
    ///
    /// # Errors
    /// A [`FieldError`] for `channel_id`, also for the Trusted Shops id of a shop (`X…`), which is not the id of
    /// a channel.
    pub fn id(value: &str) -> Result<Self, FieldError> {
        let id = ResourceId::new(value).map_err(|error| error.with_field("channel_id"))?;
        if id.as_str().starts_with("chl-") {
            return Ok(Self::Id(id));
        }
        let message = "must be the id of a channel, chl-…, from the URL of the Control Centre; the Trusted Shops id \
                       of a shop (X…) is a different one";
        Err(FieldError::new("channel_id", message))
    }
}

impl ConfigValue for ChannelRef {
    const TYPE: ValueType = ValueType::Text;

    fn from_raw(raw: &RawValue) -> Result<Self, String> {
        Self::id(raw.text()?).map_err(|error| error.message().to_owned())
    }
}

impl ConfigValue for EventTypeName {
    const TYPE: ValueType = ValueType::Text;

    fn from_raw(raw: &RawValue) -> Result<Self, String> {
        Self::new(raw.text()?).map_err(|error| error.message().to_owned())
    }
}

/// The kind of reviews that the account's settings request, as a configuration value.
#[derive(Clone, Copy, Debug)]
struct ReviewKind(InviteKind);

impl ConfigValue for ReviewKind {
    const TYPE: ValueType = ValueType::Choice(&["service", "product", "both"]);

    fn from_raw(raw: &RawValue) -> Result<Self, String> {
        match raw.text()? {
            "service" => Ok(Self(InviteKind::Service)),
            "product" => Ok(Self(InviteKind::Product)),
            "both" => Ok(Self(InviteKind::ServiceAndProduct)),
            _ => Err("must be service, product or both".to_owned()),
        }
    }
}

/// The way in which invitations are sent.
#[derive(Clone, Debug)]
pub(crate) enum InviteMode {
    /// By events; the account's settings turn them into emails.
    Events,
    /// By ordering emails with these templates.
    Direct { invite_template: TemplateId, questionnaire_template: TemplateId },
}

/// One account and channel at eTrusted. `Debug` shows no secret.
///
/// ```
/// use review_etrusted::{ChannelRef, Etrusted, EtrustedProvider, EventTypeName};
/// use review_http::ClientOptions;
///
/// # #[cfg(feature = "rustls")]
/// # fn main() -> review_core::Result<()> {
/// let channel = ChannelRef::id("chl-7e52920a-2722-4881-9908-ecec98c716e4")?;
/// let etrusted = Etrusted::new("client id".into(), "secret".into(), channel, EventTypeName::new("shipped")?)?;
/// let provider = EtrustedProvider::new(etrusted, "shop-de", ClientOptions::default())?;
/// # Ok(())
/// # }
/// # #[cfg(not(feature = "rustls"))]
/// # fn main() {}
/// ```
#[derive(Clone, Debug)]
pub struct Etrusted {
    pub(crate) client_id: Secret,
    pub(crate) client_secret: Secret,
    pub(crate) channel: ChannelRef,
    pub(crate) event_type: EventTypeName,
    pub(crate) review_kind: InviteKind,
    pub(crate) mode: InviteMode,
    pub(crate) questionnaire_template: Option<TemplateId>,
    pub(crate) templates: TemplateRoles,
    pub(crate) system: (String, String),
    pub(crate) api_url: BaseUrl,
    pub(crate) login_url: BaseUrl,
}

impl FromConfig for Etrusted {
    const KEYS: &'static [KeyInfo] = CONFIG_KEYS;

    fn from_config(config: &ConfigReader<'_>) -> Result<Self, ConfigErrors> {
        let channel = match config.find(&CHANNEL_NAME)? {
            Some(name) => ChannelRef::Name(name),
            None => config.get(&CHANNEL_ID)?,
        };
        let template = |key| -> Result<Option<TemplateId>, FieldError> {
            let id = config.find(key)?.map(TemplateId::new).transpose();
            id.map_err(|error| config.error(key, error.message().to_owned()))
        };
        let questionnaire_template = template(&QUESTIONNAIRE_TEMPLATE)?;
        let mode = match (template(&INVITE_TEMPLATE)?, questionnaire_template.clone()) {
            (Some(invite_template), Some(questionnaire_template)) => {
                InviteMode::Direct { invite_template, questionnaire_template }
            }
            _ => InviteMode::Events,
        };
        Ok(Self {
            client_id: config.get(&CLIENT_ID)?,
            client_secret: config.get(&CLIENT_SECRET)?,
            channel,
            event_type: config.get(&EVENT_TYPE)?,
            review_kind: config.get(&REVIEW_KIND)?.0,
            mode,
            questionnaire_template,
            templates: config.find(&TEMPLATES)?.unwrap_or_default(),
            system: default_system(),
            api_url: config.get(&API)?,
            login_url: config.get(&LOGIN)?,
        })
    }
}

fn default_system() -> (String, String) {
    ("review-invites".to_owned(), env!("CARGO_PKG_VERSION").to_owned())
}

impl Etrusted {
    /// Creates an account in production whose event type requests service reviews.
    ///
    /// # Errors
    /// None in practice: the URLs of production are checked like any other.
    pub fn new(
        client_id: Secret,
        client_secret: Secret,
        channel: ChannelRef,
        event_type: EventTypeName,
    ) -> Result<Self, FieldError> {
        Ok(Self {
            client_id,
            client_secret,
            channel,
            event_type,
            review_kind: InviteKind::Service,
            mode: InviteMode::Events,
            questionnaire_template: None,
            templates: TemplateRoles::default(),
            system: default_system(),
            api_url: BaseUrl::new(API_URL)?,
            login_url: BaseUrl::new(LOGIN_URL)?,
        })
    }

    /// Sets the kind of reviews that the invite settings of the event type request. eTrusted uses these settings and not
    /// the content of an event, so the provider sends only kinds that they allow:
    ///
    /// | Requested reviews | Kinds of invitation |
    /// | --- | --- |
    /// | service (default) | service |
    /// | product | product |
    /// | service and product | service and product; service alone, by an event without products |
    ///
    /// For direct invites, it is the kind of reviews that the questionnaire requests.
    #[must_use]
    pub fn with_review_kind(mut self, kind: InviteKind) -> Self {
        self.review_kind = kind;
        self
    }

    /// Orders emails directly (`POST /invites`) instead of posting events: no event type and no invite setting
    /// is needed, and a request may choose the template of the email and the time it is sent.
    ///
    /// eTrusted documents no ids of email templates: read one from
    /// [`invite_settings`](crate::EtrustedClient::invite_settings). For questionnaires there are
    /// [`STANDARD_QUESTIONNAIRE`] and [`PRODUCT_QUESTIONNAIRE`].
    #[must_use]
    pub fn with_direct_invites(
        mut self,
        invite_template: TemplateId,
        questionnaire_template: TemplateId,
    ) -> Self {
        self.mode = InviteMode::Direct { invite_template, questionnaire_template };
        self
    }

    /// Sets the questionnaire of links. Default: [`PRODUCT_QUESTIONNAIRE`] for products alone, otherwise
    /// [`STANDARD_QUESTIONNAIRE`].
    #[must_use]
    pub fn with_questionnaire_template(mut self, template: TemplateId) -> Self {
        self.questionnaire_template = Some(template);
        self
    }

    /// Sets which templates the roles of requests mean, for emails that are ordered directly.
    #[must_use]
    pub fn with_templates(mut self, templates: TemplateRoles) -> Self {
        self.templates = templates;
        self
    }

    /// Sets name and version of the calling system, which eTrusted requires with every event. Default:
    /// `review-invites` and its version.
    #[must_use]
    pub fn with_system(mut self, name: impl Into<String>, version: impl Into<String>) -> Self {
        self.system = (name.into(), version.into());
        self
    }

    /// Sets the URLs of API and token endpoint.
    #[must_use]
    pub fn with_urls(mut self, api: BaseUrl, login: BaseUrl) -> Self {
        (self.api_url, self.login_url) = (api, login);
        self
    }
}
