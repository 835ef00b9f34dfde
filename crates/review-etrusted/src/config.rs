//! The settings of an eTrusted account.

use std::fmt;

use review_core::config::{ConfigValue, RawValue, Secret, ValueType};
use review_core::{FieldError, InviteKind};
use review_http::vendor::TemplateRoles;
use review_http::{BaseUrl, ResourceId};
use serde::Serialize;

/// The URL of the API in production.
pub const API_URL: &str = "https://api.etrusted.com";
/// The URL of the token endpoint's host in production.
pub const LOGIN_URL: &str = "https://login.etrusted.com";

/// The questionnaire template that the documentation calls "Standard".
pub const STANDARD_QUESTIONNAIRE: &str = "tpl-qst-aabd1dee-2676-4303-995a-1e6762a78b44";
/// The questionnaire template that the documentation calls "Product only".
pub const PRODUCT_QUESTIONNAIRE: &str = "tpl-qst-a62a58a3-2dbe-4cc0-8be7-d57d1b1a075a";

/// The event that the Trustbadge fires by itself on the thank-you page. The newer documentation calls it
/// reserved, older samples post it. It is rejected here: a shop with the Trustbadge would get two events, and its
/// customer two invitations.
/// UNK: whether the API rejects it as well.
const RESERVED_EVENT_TYPE: &str = "checkout";

/// Checks that a text has one line without invisible characters.
fn line(field: &'static str, text: &str) -> Result<String, FieldError> {
    String::from_raw(&RawValue::from(text)).map_err(|message| FieldError::new(field, message))
}

/// Defines the type of a text that a setting contains.
macro_rules! text_setting {
    ($(#[$doc:meta])* $name:ident, $field:literal, $check:expr) => {
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Eq, Hash)]
        pub struct $name(String);

        impl $name {
            /// Validates a text.
            ///
            /// # Errors
            /// A [`FieldError`] that names the setting and what was expected.
            pub fn new(text: impl AsRef<str>) -> Result<Self, FieldError> {
                let check: fn(&str) -> Result<(), &'static str> = $check;
                let text = line($field, text.as_ref())?;
                check(&text).map_err(|message| FieldError::new($field, message))?;
                Ok(Self(text))
            }

            /// Returns the text.
            #[must_use]
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl ConfigValue for $name {
            const TYPE: ValueType = ValueType::Text;

            fn from_raw(raw: &RawValue) -> Result<Self, String> {
                Self::new(raw.text()?).map_err(|error| error.message().to_owned())
            }
        }
    };
}

text_setting! {
    /// The name of an event type, such as `shipped`: what happened to an order that makes eTrusted send an
    /// invitation. The Control Centre allows any name, such as `after.sales`. `checkout` is rejected.
    EventTypeName, "event_type", |name| match name {
        RESERVED_EVENT_TYPE => Err(
            "must not be `checkout`: the Trustbadge fires it by itself, and the customer would get two invitations; \
             use an event type of your own, such as shipped",
        ),
        name if name.chars().count() > 128 => Err("must have at most 128 characters"),
        _ => Ok(()),
    }
}

impl EventTypeName {
    /// Checks that the API creates an event type of this name.
    ///
    /// UNK: the documentation mentions a pattern and does not show it; all names in its samples are of these
    /// characters.
    pub(crate) fn check_new(&self) -> Result<(), FieldError> {
        if self.0.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_') {
            return Ok(());
        }
        let message = "must be the name of an event type that exists, or consist of lower-case letters, digits and _, \
                       such as shipped: then it can be created";
        Err(FieldError::new("event_type", message))
    }
}

text_setting! {
    /// An id of the shop's own that was attached to a channel at eTrusted: visible ASCII, because it is sent in a
    /// header.
    OwnChannelId, "own_channel_id", |id| match id {
        id if !id.bytes().all(|byte| byte.is_ascii_graphic()) => Err("must consist of visible ASCII characters"),
        id if id.len() > 255 => Err("must have at most 255 characters"),
        _ => Ok(()),
    }
}

text_setting! {
    /// The id of a template of the email: `tpl-inv-…`, or `ivt-…` in older accounts.
    InviteTemplateId, "invite_template", |id| match id.starts_with("tpl-inv-") || id.starts_with("ivt-") {
        true => Ok(()),
        false => Err("must be the id of a template of the email, tpl-inv-…"),
    }
}

text_setting! {
    /// The id of a template of the questionnaire: `tpl-qst-…`, or `qrt-…` in older accounts.
    QuestionnaireTemplateId, "questionnaire_template", |id| {
        match id.starts_with("tpl-qst-") || id.starts_with("qrt-") {
            true => Ok(()),
            false => Err("must be the id of a template of the questionnaire, tpl-qst-…"),
        }
    }
}

/// The channel (shop) that customers are invited to review.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ChannelRef {
    /// By the id that eTrusted created, `chl-…`.
    Id(ResourceId),
    /// By its name; the id is looked up once.
    Name(String),
    /// By an id of the shop's own that was attached to the channel at eTrusted. UNK: how it is attached.
    UserDefined(OwnChannelId),
}

impl ChannelRef {
    /// Returns a channel by eTrusted's own id.
    ///
    /// # Errors
    /// A [`FieldError`] for `channel_id`, also for the Trusted Shops id of a shop (`X…`), which is not the id of
    /// a channel.
    pub fn id(value: &str) -> Result<Self, FieldError> {
        let id = ResourceId::new(value).map_err(|error| error.with_field("channel_id"))?;
        // INF: all ids in the samples have a prefix; those of templates are checked by theirs as well.
        if id.as_str().starts_with("chl-") {
            return Ok(Self::Id(id));
        }
        let message = "must be the id of a channel, chl-…, from the URL of the Control Centre; the Trusted Shops id \
                       of a shop (X…) is a different one";
        Err(FieldError::new("channel_id", message))
    }

    /// Returns a channel by an id of the shop's own.
    ///
    /// # Errors
    /// A [`FieldError`] for `own_channel_id`.
    pub fn own_id(value: &str) -> Result<Self, FieldError> {
        OwnChannelId::new(value).map(Self::UserDefined)
    }
}

impl ConfigValue for ChannelRef {
    const TYPE: ValueType = ValueType::Text;

    fn from_raw(raw: &RawValue) -> Result<Self, String> {
        Self::id(raw.text()?).map_err(|error| error.message().to_owned())
    }
}

/// A channel as requests name it. DIS: an SDK marks the id as optional, the documentation as required.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Channel {
    pub(crate) id: String,
    /// `etrusted` for an id that eTrusted created, `user_defined` for one of the shop's own.
    #[serde(rename = "type")]
    pub(crate) kind: &'static str,
}

/// The type of a channel whose id is the shop's own.
pub(crate) const USER_DEFINED: &str = "user_defined";

impl Channel {
    pub(crate) fn etrusted(id: impl Into<String>) -> Self {
        Self { id: id.into(), kind: "etrusted" }
    }

    pub(crate) fn user_defined(id: &OwnChannelId) -> Self {
        Self { id: id.0.clone(), kind: USER_DEFINED }
    }
}

/// The way in which invitations are sent.
#[derive(Clone, Debug)]
pub(crate) enum InviteMode {
    /// By events; the account's settings turn them into emails.
    Events,
    /// By ordering emails with these templates.
    Direct { invite_template: InviteTemplateId, questionnaire_template: QuestionnaireTemplateId },
}

/// The id and the secret of an API client. They have names, so that they cannot be swapped.
#[derive(Clone, Debug)]
pub struct ApiClient {
    /// The id.
    pub client_id: Secret,
    /// The secret.
    pub client_secret: Secret,
}

/// One account and channel at eTrusted. `Debug` shows no secret.
///
/// ```
/// use review_etrusted::{ApiClient, ChannelRef, Etrusted, EtrustedProvider, EventTypeName};
/// use review_http::ClientOptions;
///
/// # #[cfg(feature = "rustls")]
/// # fn main() -> review_core::Result<()> {
/// let channel = ChannelRef::id("chl-7e52920a-2722-4881-9908-ecec98c716e4")?;
/// let client = ApiClient { client_id: "client id".into(), client_secret: "secret".into() };
/// let etrusted = Etrusted::new(client, channel, EventTypeName::new("shipped")?)?;
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
    pub(crate) questionnaire_template: Option<QuestionnaireTemplateId>,
    pub(crate) templates: TemplateRoles,
    pub(crate) system: (String, String),
    pub(crate) api_url: BaseUrl,
    pub(crate) login_url: BaseUrl,
}

impl Etrusted {
    /// Creates an account in production whose event type requests service reviews.
    ///
    /// # Errors
    /// None in practice: the URLs of production are checked like any other.
    pub fn new(
        client: ApiClient,
        channel: ChannelRef,
        event_type: EventTypeName,
    ) -> Result<Self, FieldError> {
        let ApiClient { client_id, client_secret } = client;
        Ok(Self {
            client_id,
            client_secret,
            channel,
            event_type,
            review_kind: InviteKind::Service,
            mode: InviteMode::Events,
            questionnaire_template: None,
            templates: TemplateRoles::default(),
            system: ("review-invites".to_owned(), env!("CARGO_PKG_VERSION").to_owned()),
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
        invite_template: InviteTemplateId,
        questionnaire_template: QuestionnaireTemplateId,
    ) -> Self {
        self.mode = InviteMode::Direct { invite_template, questionnaire_template };
        self
    }

    /// Sets the questionnaire of links. Default: [`PRODUCT_QUESTIONNAIRE`] for products alone, otherwise
    /// [`STANDARD_QUESTIONNAIRE`].
    #[must_use]
    pub fn with_questionnaire_template(mut self, template: QuestionnaireTemplateId) -> Self {
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
    ///
    /// # Errors
    /// A [`FieldError`] for `system` or `system_version`, if it is empty or has an invisible character.
    pub fn with_system(mut self, name: &str, version: &str) -> Result<Self, FieldError> {
        self.system = (line("system", name)?, line("system_version", version)?);
        Ok(self)
    }

    /// Sets the URLs of API and token endpoint.
    #[must_use]
    pub fn with_urls(mut self, api: BaseUrl, login: BaseUrl) -> Self {
        (self.api_url, self.login_url) = (api, login);
        self
    }
}
