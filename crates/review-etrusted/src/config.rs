//! What an eTrusted account needs to be known.

use std::fmt;

use review_core::{Error, FieldError, InviteKind, TemplateId};
use review_http::{BaseUrl, ClientOptions, ConfigKey, ConfigReader, ResourceId, Secret};

use crate::VENDOR;

/// Where the API lives.
pub const API_URL: &str = "https://api.etrusted.com";
/// Where tokens are had.
pub const LOGIN_URL: &str = "https://login.etrusted.com";

/// The questionnaire template that the documentation calls "Standard".
pub const STANDARD: &str = "tpl-qst-aabd1dee-2676-4303-995a-1e6762a78b44";
/// The questionnaire template that the documentation calls "Product only".
pub const PRODUCT_ONLY: &str = "tpl-qst-a62a58a3-2dbe-4cc0-8be7-d57d1b1a075a";

/// The settings that [`EtrustedConfig::from_vars`] reads.
pub const SETTINGS: &[ConfigKey] = &[
    ConfigKey::required("ETRUSTED_CLIENT_ID", "the id of the API client").secret(),
    ConfigKey::required("ETRUSTED_CLIENT_SECRET", "the secret of the API client").secret(),
    ConfigKey::required("ETRUSTED_CHANNEL_ID", "the id of a channel, chl-…"),
    ConfigKey::required("ETRUSTED_EVENT_TYPE", "the name of an event type, like shipped; not checkout"),
    ConfigKey::optional(
        "ETRUSTED_ASKS_FOR",
        "what its invite settings ask for: service (where missing), product or both",
    ),
    ConfigKey::optional(
        "ETRUSTED_INVITE_TEMPLATE",
        "the template of the mail, tpl-inv-…: with it, mails are ordered directly",
    )
    .requires("ETRUSTED_QUESTIONNAIRE_TEMPLATE"),
    ConfigKey::optional(
        "ETRUSTED_QUESTIONNAIRE_TEMPLATE",
        "the template of the questionnaire, tpl-qst-…, of links and of mails that are ordered directly",
    ),
    ConfigKey::optional("ETRUSTED_API_URL", "the address of the API; production where missing"),
    ConfigKey::optional("ETRUSTED_LOGIN_URL", "the address of the log-in; production where missing"),
];

/// The type of a channel whose id is the shop's own.
pub(crate) const USER_DEFINED: &str = "user_defined";

/// The event that the Trustbadge fires by itself on the thank-you page. The newer documentation calls
/// it reserved, older samples post it. It is refused here: a shop with the Trustbadge would get two
/// events, and its customer two invitations.
const RESERVED: &str = "checkout";

/// The name of an event type, such as `shipped`: what happened to an order that makes eTrusted send
/// an invitation.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct EventTypeName(String);

impl EventTypeName {
    /// Checks a name.
    ///
    /// # Errors
    /// A [`FieldError`] for `event_type`. `checkout` is refused.
    pub fn new(value: &str) -> Result<Self, FieldError> {
        let name = value.trim();
        if name == RESERVED {
            let problem = "`checkout` is reserved: the Trustbadge fires it by itself, and the customer would get two \
                           invitations; use an event type of your own, like shipped";
            return Err(FieldError::new("event_type", problem));
        }
        if (1..=128).contains(&name.len()) && name.chars().all(allowed_in_a_name) {
            return Ok(Self(name.to_owned()));
        }
        Err(FieldError::new(
            "event_type",
            "expected the name of an event type: lower-case letters, digits and _, like shipped",
        ))
    }

    /// The name.
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

/// The documentation mentions a pattern and does not show it; all names seen are of these.
fn allowed_in_a_name(c: char) -> bool {
    c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_'
}

/// Which channel (shop) customers are asked to review.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ChannelRef {
    /// By the id eTrusted made, `chl-…`.
    Id(ResourceId),
    /// By its name; the id is looked up once.
    Name(String),
    /// By an id of the shop's own that was attached to the channel at eTrusted.
    UserDefined(String),
}

impl ChannelRef {
    /// A channel by eTrusted's own id.
    ///
    /// # Errors
    /// A [`FieldError`] for `channel`, also for the Trusted Shops id of a shop (`X…`), which is no channel
    /// id.
    pub fn id(value: &str) -> Result<Self, FieldError> {
        let id = ResourceId::new(value).map_err(|fault| fault.at("channel"))?;
        if id.as_str().starts_with("chl-") {
            return Ok(Self::Id(id));
        }
        let problem = "expected the id of a channel, chl-…, as it stands in the address of the Control Centre; the \
                       Trusted Shops id of a shop (X…) is none";
        Err(FieldError::new("channel", problem))
    }
}

/// What an [`EtrustedProvider`](crate::EtrustedProvider) is made from. Secrets do not show in `Debug`.
///
/// ```
/// use review_etrusted::{ChannelRef, EtrustedConfig, EventTypeName};
///
/// let config = EtrustedConfig::new(
///     "the client id".into(),
///     "the client secret".into(),
///     ChannelRef::id("chl-7e52920a-2722-4881-9908-ecec98c716e4")?,
///     EventTypeName::new("shipped")?,
/// )?
/// .with_instance("shop-de");
/// # Ok::<(), review_core::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct EtrustedConfig {
    pub(crate) instance: String,
    pub(crate) client_id: Secret,
    pub(crate) client_secret: Secret,
    pub(crate) channel: ChannelRef,
    pub(crate) event_type: EventTypeName,
    pub(crate) asks_for: InviteKind,
    pub(crate) route: Route,
    pub(crate) questionnaire_template: Option<TemplateId>,
    pub(crate) system: (String, String),
    pub(crate) api_url: BaseUrl,
    pub(crate) login_url: BaseUrl,
    pub(crate) http: ClientOptions,
}

/// How invitations are sent.
#[derive(Clone, Debug)]
pub(crate) enum Route {
    /// By events; eTrusted's settings make mails of them.
    Events,
    /// By ordering mails, with these templates.
    Direct { invite_template: TemplateId, questionnaire_template: TemplateId },
}

impl EtrustedConfig {
    /// A configuration for production whose event type asks for service reviews.
    ///
    /// # Errors
    /// None in practice: the addresses of production are checked like any other.
    pub fn new(
        client_id: Secret,
        client_secret: Secret,
        channel: ChannelRef,
        event_type: EventTypeName,
    ) -> Result<Self, Error> {
        Ok(Self {
            instance: VENDOR.to_owned(),
            client_id,
            client_secret,
            channel,
            event_type,
            asks_for: InviteKind::Service,
            route: Route::Events,
            questionnaire_template: None,
            system: ("review-invites".to_owned(), env!("CARGO_PKG_VERSION").to_owned()),
            api_url: BaseUrl::new(API_URL)?,
            login_url: BaseUrl::new(LOGIN_URL)?,
            http: ClientOptions::default(),
        })
    }

    /// Reads the configuration by the names of the environment variables:
    ///
    /// | Name | | |
    /// | --- | --- | --- |
    /// | `ETRUSTED_CLIENT_ID` | the id of the API client | required |
    /// | `ETRUSTED_CLIENT_SECRET` | the secret of the API client | required |
    /// | `ETRUSTED_CHANNEL_ID` | the id of a channel, chl-… | required |
    /// | `ETRUSTED_EVENT_TYPE` | the name of an event type, like shipped; not checkout | required |
    /// | `ETRUSTED_ASKS_FOR` | what its invite settings ask for: service (where missing), product or both | optional |
    /// | `ETRUSTED_INVITE_TEMPLATE` | the template of the mail, tpl-inv-…: with it, mails are ordered directly | goes with `ETRUSTED_QUESTIONNAIRE_TEMPLATE` |
    /// | `ETRUSTED_QUESTIONNAIRE_TEMPLATE` | the template of the questionnaire, tpl-qst-…, of links and of mails that are ordered directly | optional |
    /// | `ETRUSTED_API_URL` | the address of the API; production where missing | optional |
    /// | `ETRUSTED_LOGIN_URL` | the address of the log-in; production where missing | optional |
    ///
    /// [`SETTINGS`] is the same list as data. An invite template makes the difference between the two routes:
    /// with it, mails are ordered directly; see [`with_direct_invites`](Self::with_direct_invites) and
    /// [`with_event_type_asking_for`](Self::with_event_type_asking_for).
    ///
    /// # Errors
    /// [`ErrorKind::Config`](review_core::ErrorKind::Config) with every name that is missing or wrong.
    pub fn from_vars(look_up: impl Fn(&str) -> Option<String>) -> Result<Self, Error> {
        let mut settings = ConfigReader::new(&look_up);
        let client_id = settings.secret("ETRUSTED_CLIENT_ID", "the id of the API client");
        let client_secret = settings.secret("ETRUSTED_CLIENT_SECRET", "the secret of the API client");
        let channel = settings
            .required("ETRUSTED_CHANNEL_ID", "the id of a channel, chl-…")
            .and_then(|id| settings.check("ETRUSTED_CHANNEL_ID", ChannelRef::id(&id)));
        let event_type = settings
            .required("ETRUSTED_EVENT_TYPE", "the name of an event type, like shipped")
            .and_then(|name| settings.check("ETRUSTED_EVENT_TYPE", EventTypeName::new(&name)));
        let asks_for = settings.optional("ETRUSTED_ASKS_FOR");
        let asks_for = asks_for
            .map_or(Some(InviteKind::Service), |name| settings.check("ETRUSTED_ASKS_FOR", kind(&name)));
        let invite_template = template(&mut settings, "ETRUSTED_INVITE_TEMPLATE");
        let questionnaire_template = template(&mut settings, "ETRUSTED_QUESTIONNAIRE_TEMPLATE");
        let route = match (invite_template, &questionnaire_template) {
            (None, _) => Route::Events,
            (Some(invite_template), Some(questionnaire_template)) => {
                Route::Direct { invite_template, questionnaire_template: questionnaire_template.clone() }
            }
            (Some(_), None) => {
                settings.required("ETRUSTED_QUESTIONNAIRE_TEMPLATE", "the id of a template, tpl-qst-…");
                Route::Events
            }
        };
        let api_url = settings.base_url("ETRUSTED_API_URL", API_URL);
        let login_url = settings.base_url("ETRUSTED_LOGIN_URL", LOGIN_URL);
        let account = client_id.zip(client_secret).zip(channel).zip(event_type.zip(asks_for));
        let (account, (api_url, login_url)) = settings.finish(account.zip(api_url.zip(login_url)))?;
        let (((id, secret), channel), (event_type, asks_for)) = account;
        let rest = Self::new(id, secret, channel, event_type)?;
        Ok(Self { asks_for, route, questionnaire_template, api_url, login_url, ..rest })
    }

    /// Sets the label of this instance. Default: `etrusted`.
    #[must_use]
    pub fn with_instance(mut self, instance: impl Into<String>) -> Self {
        self.instance = instance.into();
        self
    }

    /// Says what the invite settings of the event type ask for. eTrusted decides by them and not by
    /// what an event says, so the provider sends only what they allow:
    ///
    /// | ConfigReader ask for | Kinds of invitation |
    /// | --- | --- |
    /// | service (default) | service |
    /// | product | product |
    /// | service and product | service and product; service alone, by an event without products |
    ///
    /// Where mails are ordered directly, it says in the same way what the questionnaire asks for.
    #[must_use]
    pub fn with_event_type_asking_for(mut self, kind: InviteKind) -> Self {
        self.asks_for = kind;
        self
    }

    /// Orders mails directly (`POST /invites`) instead of posting events: no event type and no invite
    /// setting is needed, and a request may choose the template of the mail and the time it goes out.
    /// What the questionnaire asks for is told by
    /// [`with_event_type_asking_for`](Self::with_event_type_asking_for), in the same way as what the
    /// settings of an event type ask for.
    ///
    /// eTrusted documents no ids of mail templates: read one from
    /// [`invite_settings`](crate::EtrustedClient::invite_settings) or
    /// [`templates`](crate::EtrustedClient::templates). For questionnaires there are [`STANDARD`] and
    /// [`PRODUCT_ONLY`].
    #[must_use]
    pub fn with_direct_invites(
        mut self,
        invite_template: TemplateId,
        questionnaire_template: TemplateId,
    ) -> Self {
        self.route = Route::Direct { invite_template, questionnaire_template };
        self
    }

    /// Sets the questionnaire of links. Default: [`PRODUCT_ONLY`] where only products are asked for,
    /// else [`STANDARD`].
    #[must_use]
    pub fn with_questionnaire_template(mut self, template: TemplateId) -> Self {
        self.questionnaire_template = Some(template);
        self
    }

    /// Sets name and version of the calling system, which eTrusted wants with every event. Default:
    /// `review-invites` and its version.
    #[must_use]
    pub fn with_system(mut self, name: impl Into<String>, version: impl Into<String>) -> Self {
        self.system = (name.into(), version.into());
        self
    }

    /// Sets the addresses of API and log-in, each with a path prefix if need be.
    ///
    /// # Errors
    /// A [`FieldError`] where one is not `https` (or `http` on loopback), or holds a user, a query or a
    /// fragment.
    pub fn with_urls(mut self, api: &str, login: &str) -> Result<Self, Error> {
        self.api_url = BaseUrl::new(api).map_err(|fault| fault.at("api_url"))?;
        self.login_url = BaseUrl::new(login).map_err(|fault| fault.at("login_url"))?;
        Ok(self)
    }

    /// Sets how calls are made: repeats, connections, limits, and who is told of calls whose callers went
    /// away. A [`RetryPolicy`](review_http::RetryPolicy) will do where nothing else is to be set.
    #[must_use]
    pub fn with_http(mut self, options: impl Into<ClientOptions>) -> Self {
        self.http = options.into();
        self
    }
}

fn template(settings: &mut ConfigReader<'_>, key: &str) -> Option<TemplateId> {
    let id = settings.optional(key)?;
    settings.check(key, TemplateId::new(id))
}

fn kind(name: &str) -> Result<InviteKind, FieldError> {
    match name {
        "service" => Ok(InviteKind::Service),
        "product" => Ok(InviteKind::Product),
        "both" => Ok(InviteKind::ServiceAndProduct),
        _ => Err(FieldError::new("asks_for", "expected service, product or both, found another word")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(vars: &[(&str, &str)]) -> Result<EtrustedConfig, Error> {
        EtrustedConfig::from_vars(|name| {
            vars.iter().find(|(key, _)| *key == name).map(|(_, value)| (*value).to_owned())
        })
    }

    #[test]
    fn a_configuration_shows_no_secret() {
        let config = read(&[
            ("ETRUSTED_CLIENT_ID", "canary-id"),
            ("ETRUSTED_CLIENT_SECRET", "canary-secret"),
            ("ETRUSTED_CHANNEL_ID", "chl-1"),
            ("ETRUSTED_EVENT_TYPE", "shipped"),
            ("ETRUSTED_ASKS_FOR", "both"),
            ("ETRUSTED_API_URL", "http://127.0.0.1:1/prefix"),
        ])
        .unwrap();
        assert!(!format!("{config:?}").contains("canary"), "{config:?}");
        assert_eq!(config.asks_for, InviteKind::ServiceAndProduct);
        assert_eq!(config.api_url.to_string(), "http://127.0.0.1:1/prefix");
    }

    #[test]
    fn the_settings_are_those_that_are_read_and_documented() {
        let asked = std::cell::RefCell::new(std::collections::BTreeSet::new());
        for answer in [None, Some("x")] {
            let _ = EtrustedConfig::from_vars(|name| {
                asked.borrow_mut().insert(name.to_owned());
                answer.map(str::to_owned)
            });
        }
        let listed = SETTINGS.iter().map(|setting| setting.name.to_owned()).collect();
        assert_eq!(asked.into_inner(), listed);
        for setting in SETTINGS {
            let row =
                format!("| `{}` | {} | {} |", setting.name, setting.description, setting.need_in_words());
            assert!(include_str!("config.rs").contains(&row), "the table of `from_vars` wants {row}");
        }
    }

    #[test]
    fn every_fault_is_told_at_once() {
        let error = read(&[
            ("ETRUSTED_CLIENT_ID", ""),
            ("ETRUSTED_CHANNEL_ID", "X0000CANARY"),
            ("ETRUSTED_EVENT_TYPE", "checkout"),
            ("ETRUSTED_ASKS_FOR", "everything"),
            ("ETRUSTED_LOGIN_URL", "login.example"),
        ])
        .unwrap_err();
        let keys: Vec<_> = error.fields().iter().map(FieldError::field).collect();
        assert_eq!(
            keys,
            [
                "ETRUSTED_CLIENT_ID",
                "ETRUSTED_CLIENT_SECRET",
                "ETRUSTED_CHANNEL_ID",
                "ETRUSTED_EVENT_TYPE",
                "ETRUSTED_ASKS_FOR",
                "ETRUSTED_LOGIN_URL"
            ]
        );
        assert!(
            error.to_string().contains("Trusted Shops id") && error.to_string().contains("reserved"),
            "{error}"
        );
        assert_eq!(read(&[]).unwrap_err().fields().len(), 4);
    }
}
