//! The table of settings, and the account that it describes.

use review_core::InviteKind;
use review_core::config::{
    ConfigErrors, ConfigKey, ConfigReader, ConfigValue, FromConfig, KeyInfo, RawValue, Secret, ValueType,
};
use review_http::BaseUrl;
use review_http::vendor::TemplateRoles;

use crate::config::{
    API_URL, ChannelRef, Etrusted, EventTypeName, InviteMode, InviteTemplateId, LOGIN_URL, OwnChannelId,
    QuestionnaireTemplateId,
};

review_core::config_keys! {
    /// The settings. In the environment they have the prefix `ETRUSTED_`.
    pub CONFIG_KEYS {
        CLIENT_ID: Secret = ConfigKey::required("client_id", "the id of the API client").secret();
        CLIENT_SECRET: Secret = ConfigKey::required("client_secret", "the secret of the API client").secret();
        CHANNEL_ID: ChannelRef = ConfigKey::required_unless_any("channel_id", &["channel_name", "own_channel_id"],
            "the id of a channel, chl-…, from the URL of the Control Centre").conflicts_with("channel_name");
        CHANNEL_NAME: String = ConfigKey::optional("channel_name",
            "the name of a channel; its id is looked up once").conflicts_with("own_channel_id");
        OWN_CHANNEL_ID: OwnChannelId = ConfigKey::optional("own_channel_id",
            "an id of your own that was attached to the channel at eTrusted").conflicts_with("channel_id");
        EVENT_TYPE: EventTypeName = ConfigKey::required("event_type",
            "the name of an event type, such as shipped; not checkout");
        REVIEW_KIND: ReviewKind = ConfigKey::with_default("review_kind",
            "what the account's settings ask for: service, product or both", "service");
        INVITE_TEMPLATE: InviteTemplateId = ConfigKey::optional("invite_template",
            "the template of the email, tpl-inv-…; with it, emails are ordered directly instead of by events")
            .requires("questionnaire_template");
        QUESTIONNAIRE_TEMPLATE: QuestionnaireTemplateId = ConfigKey::optional("questionnaire_template",
            "the template of the questionnaire, tpl-qst-…, of links and of emails that are ordered directly");
        TEMPLATES: InviteTemplates = ConfigKey::optional("templates",
            "the templates that roles mean, as role=id pairs; for emails that are ordered directly")
            .requires("invite_template");
        SYSTEM: String = ConfigKey::with_default("system",
            "the name of the calling system, which eTrusted requires with every event", "review-invites");
        SYSTEM_VERSION: String = ConfigKey::with_default("system_version",
            "the version of the calling system", env!("CARGO_PKG_VERSION"));
        API: BaseUrl = ConfigKey::with_default("api_url", "the URL of the API", API_URL);
        LOGIN: BaseUrl = ConfigKey::with_default("login_url", "the URL of the token endpoint's host", LOGIN_URL);
    }
}

impl FromConfig for Etrusted {
    const KEYS: &'static [KeyInfo] = CONFIG_KEYS;

    fn from_config(config: &ConfigReader<'_>) -> Result<Self, ConfigErrors> {
        let channel = match (config.find(&CHANNEL_NAME)?, config.find(&OWN_CHANNEL_ID)?) {
            (Some(name), _) => ChannelRef::Name(name),
            (None, Some(id)) => ChannelRef::UserDefined(id),
            (None, None) => config.get(&CHANNEL_ID)?,
        };
        let questionnaire_template = config.find(&QUESTIONNAIRE_TEMPLATE)?;
        let mode = match (config.find(&INVITE_TEMPLATE)?, questionnaire_template.clone()) {
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
            templates: config.find(&TEMPLATES)?.map(|InviteTemplates(roles)| roles).unwrap_or_default(),
            system: (config.get(&SYSTEM)?, config.get(&SYSTEM_VERSION)?),
            api_url: config.get(&API)?,
            login_url: config.get(&LOGIN)?,
        })
    }
}

/// The kind of reviews that the account's settings request.
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

/// Roles of templates of the email.
struct InviteTemplates(TemplateRoles);

impl ConfigValue for InviteTemplates {
    const TYPE: ValueType = TemplateRoles::TYPE;

    fn from_raw(raw: &RawValue) -> Result<Self, String> {
        let roles = TemplateRoles::from_raw(raw)?;
        let invalid = roles.ids().find_map(|id| InviteTemplateId::new(id).err());
        invalid.map_or(Ok(Self(roles)), |error| Err(error.message().to_owned()))
    }
}
