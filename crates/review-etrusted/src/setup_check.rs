//! Finds settings that prevent accepted events from becoming emails, as far as eTrusted's API shows them.

use review_core::config::closest;
use review_core::provider::{SetupReport, Severity};
use review_core::{Error, ErrorKind, InviteKind, Result};
use review_http::ResourceId;
use review_http::vendor::{Api, SetupCheck};

use crate::client::EtrustedClient;
use crate::config::{Channel, ChannelRef, Etrusted, InviteMode, InviteTemplateId};
use crate::lookup::channel_by_name;
use crate::setup::{belongs_to, competing_event_types, is_enabled};
use crate::wire::channel::ChannelDetails;
use crate::wire::setup::{EventType, InviteConfiguration, InviteSetting};

/// The maximum number of names that a finding lists.
const MAX_NAMES: usize = 8;

/// The location of the channel's settings.
const CONTROL_CENTRE: &str = "Control Centre > Settings > Channel settings > review collection";

pub(crate) async fn check_setup(api: &Api<Etrusted>) -> Result<SetupReport> {
    let client = EtrustedClient(api.clone());
    let mut findings = Findings::default();
    let channels = client.channels().await;
    let has_access = !matches!(&channels, Err(error) if is_denied(error));
    // Sending reads the channels only to find one by its name.
    let by_name = matches!(api.vendor().channel, ChannelRef::Name(_));
    let channels = findings.0.record("the channels", channels, |error| match error.kind() {
        _ if is_denied(error) => Some((
            Severity::Error,
            "check client_id, client_secret, api_url and login_url, and enable the API client in the Control Centre \
             (API client management)",
        )),
        ErrorKind::Forbidden => Some((
            if by_name { Severity::Error } else { Severity::Warning },
            "have a user with the administrative role create the API client in the Control Centre",
        )),
        _ => None,
    });
    if !has_access {
        return findings.0.into_report();
    }
    let scope = match &api.vendor().channel {
        ChannelRef::UserDefined(id) => findings
            .check_own_channel(&client, &Channel::user_defined(id))
            .await
            .then_some(Scope::AllChannels),
        wanted => findings.check_channel(wanted, channels.as_deref()).map(Scope::Channel),
    };
    match &api.vendor().mode {
        InviteMode::Events => {
            check_events(&client, scope.as_ref(), &mut findings).await;
            findings.add_limitations();
        }
        InviteMode::Direct { invite_template, questionnaire_template } => {
            let roles = api.vendor().templates.ids().filter(|id| *id != invite_template.as_str());
            for id in [invite_template.as_str()].into_iter().chain(roles) {
                findings.check_template(&client, "email", id).await;
            }
            findings.check_template(&client, "questionnaire", questionnaire_template.as_str()).await;
            let help =
                "addresses that bounce or have unsubscribed are shown in Control Centre > Invite History";
            findings.add(Severity::Info, "the delivery of ordered emails is not checked", help);
        }
    }
    findings.0.into_report()
}

fn is_denied(error: &Error) -> bool {
    matches!(error.kind(), ErrorKind::Unauthorized | ErrorKind::InvalidConfig)
}

/// What the API client is not permitted to read is unknown.
fn unread(error: &Error) -> Option<(Severity, &'static str)> {
    let is_temporary = matches!(error.kind(), ErrorKind::Transient | ErrorKind::RateLimited);
    let help = "request the permissions of the API client, and check in the Control Centre";
    (!is_temporary).then_some((Severity::Unknown, help))
}

/// The channels whose settings can apply.
enum Scope {
    Channel(ResourceId),
    /// An id of the shop's own does not show which one it is.
    AllChannels,
}

async fn check_events(client: &EtrustedClient, scope: Option<&Scope>, findings: &mut Findings) {
    let etrusted = client.0.vendor();
    let event_types = findings.0.record("the event types", client.event_types().await, unread);
    let Some(event_types) = event_types else { return };
    let event_type = findings.check_event_type(etrusted.event_type.as_str(), &event_types);
    let (Some(event_type), Some(scope)) = (event_type, scope) else { return };
    let channel = match scope {
        Scope::Channel(id) => Some(id),
        Scope::AllChannels => None,
    };
    let settings = client.invite_settings(channel).await;
    let Some(settings) = findings.0.record("the invite settings", settings, unread) else { return };
    findings.check_settings(etrusted.review_kind, event_type, channel, &event_types, &settings);
}

#[derive(Default)]
struct Findings(SetupCheck);

impl Findings {
    fn add(&mut self, severity: Severity, message: impl Into<String>, help: impl Into<String>) {
        self.0.add(severity, message, help);
    }

    async fn check_template(&mut self, client: &EtrustedClient, purpose: &str, id: &str) {
        let help = "use an id of an invite setting: tpl-inv-… for the email, tpl-qst-… for the questionnaire";
        if purpose == "email" && InviteTemplateId::new(id).is_err() {
            self.add(Severity::Error, format!("{id} is not a template for the {purpose}"), help);
            return;
        }
        // UNK: whether a direct invite with such a template is rejected.
        if self.0.record(&format!("the template {id}"), client.has_template(id).await, unread) == Some(false)
        {
            self.add(Severity::Error, format!("there is no template {id} for the {purpose}"), help);
        }
    }

    /// Returns whether the account has the channel.
    async fn check_own_channel(&mut self, client: &EtrustedClient, channel: &Channel) -> bool {
        let found = self.0.record("the channel by your own id", client.has_channel(channel).await, unread);
        if found == Some(false) {
            let message = format!("no channel has your own id {}", channel.id);
            let help = "have Trusted Shops attach the id to the channel, or set channel_id or channel_name";
            self.add(Severity::Error, message, help);
        }
        found == Some(true)
    }

    /// Returns the id of the channel whose settings apply, if it is known.
    fn check_channel(
        &mut self,
        wanted: &ChannelRef,
        channels: Option<&[ChannelDetails]>,
    ) -> Option<ResourceId> {
        let known: Vec<_> = channels
            .unwrap_or_default()
            .iter()
            .map(|channel| format!("{} ({})", channel.id, channel.name.as_deref().unwrap_or("no name")))
            .collect();
        let message = match (wanted, channels) {
            (ChannelRef::Id(id), None) => return Some(id.clone()),
            (ChannelRef::Id(id), Some(channels)) if channels.iter().any(|found| found.id == id.as_str()) => {
                return Some(id.clone());
            }
            (ChannelRef::Id(id), Some(_)) => format!("the account has no channel {id}"),
            (ChannelRef::Name(_), None) => return None,
            (ChannelRef::Name(name), Some(channels)) => match channel_by_name(name, channels) {
                Ok(channel) => return ResourceId::new(&channel.id).ok(),
                Err(message) => message,
            },
            // Checked separately.
            (ChannelRef::UserDefined(_), _) => return None,
        };
        self.add(Severity::Error, message, format!("configure one of: {}", list(&known)));
        None
    }

    /// UNK: whether an event of an unknown or inactive type is rejected, or accepted and dropped.
    fn check_event_type<'a>(&mut self, name: &str, event_types: &'a [EventType]) -> Option<&'a EventType> {
        let Some(event_type) = event_types.iter().find(|event_type| event_type.name == name) else {
            let names: Vec<_> = event_types.iter().map(|event_type| event_type.name.clone()).collect();
            let help = match closest(name, names.iter().map(String::as_str)) {
                Some(found) => format!("did you mean {found}? If not, run ensure_setup"),
                None if names.is_empty() => "run ensure_setup, which creates it".to_owned(),
                None => format!("run ensure_setup, which creates it, or use one of: {}", list(&names)),
            };
            self.add(Severity::Error, format!("there is no event type {name}"), help);
            return None;
        };
        if !event_type.active {
            let message = format!("the event type {name} is not active; its events are not processed");
            self.add(Severity::Error, message, "run ensure_setup, which activates it");
        }
        Some(event_type)
    }

    /// INF: without a setting that is enabled, an event is accepted and leads to no email.
    fn check_settings(
        &mut self,
        kind: InviteKind,
        event_type: &EventType,
        channel: Option<&ResourceId>,
        event_types: &[EventType],
        settings: &[InviteSetting],
    ) {
        let name = &event_type.name;
        let ours = || settings.iter().filter(|setting| belongs_to(setting, event_type, channel));
        let (working, idle): (Vec<_>, Vec<_>) = ours().partition(|setting| leads_to_emails(setting, kind));
        let Some(setting) = working.first().or(idle.first()) else {
            let help = "eTrusted creates it some seconds after the event type: wait and run ensure_setup, which \
                        enables it";
            let what = channel.map_or("no channel".to_owned(), |channel| format!("channel {channel}"));
            let has = if channel.is_some() { "has no" } else { "has an" };
            self.add(Severity::Error, format!("{what} {has} invite setting for the event type {name}"), help);
            return;
        };
        if !working.is_empty() && !idle.is_empty() {
            let idle: Vec<_> = idle.iter().filter_map(|setting| setting.channel_id.clone()).collect();
            let message = format!(
                "the settings of {name} are not enabled in {}; whether your own id is of one of these channels cannot \
                 be read",
                list(&idle)
            );
            let help = "run ensure_setup, which enables all of them, or set channel_id";
            self.add(Severity::Unknown, message, help);
        }
        if setting.enabled == Some(false) {
            let message = format!("the invite setting of {name} is disabled as a whole (`enabled` is false)");
            self.add(Severity::Error, message, "run ensure_setup, which enables it");
        }
        let service = setting.service_invite_configuration.as_ref();
        let product = setting.product_invite_configuration.as_ref();
        let halves =
            [("service", service, kind.includes_service()), ("product", product, kind.includes_products())];
        let works = leads_to_emails(setting, kind);
        for (half_name, half, is_wanted) in halves {
            match (is_wanted, is_enabled(half)) {
                (true, true) => half.into_iter().for_each(|half| self.check_half(name, half_name, half)),
                (true, false) => {
                    let severity = if works { Severity::Warning } else { Severity::Error };
                    let help = match half_name {
                        "product" => {
                            "run ensure_setup; if it stays disabled, product reviews may not be booked for the account"
                        }
                        _ => "run ensure_setup, which enables them",
                    };
                    let message = format!("{half_name} invitations are disabled for the event type {name}");
                    self.add(severity, message, help);
                }
                // Without products an event leads to no product invitation, so only the service matters.
                (false, true) if half_name == "service" => {
                    let message =
                        format!("service invitations are enabled for {name}, but review_kind is product");
                    let help = format!("disable them in {CONTROL_CENTRE}, or set review_kind to both");
                    self.add(Severity::Warning, message, help);
                }
                (false, _) => {}
            }
        }
        let competing = competing_event_types(event_types, settings, event_type, channel, kind);
        let competing: Vec<_> = competing.map(|other| other.name.clone()).collect();
        if !competing.is_empty() {
            let message =
                format!("other active event types lead to the same invitations: {}", list(&competing));
            let help = format!(
                "an order that passes through several of them leads to several emails: enable one in {CONTROL_CENTRE}"
            );
            self.add(Severity::Warning, message, help);
        }
    }

    /// Checks one half of a setting that is wanted and enabled.
    fn check_half(&mut self, name: &str, half_name: &str, half: &InviteConfiguration) {
        let templates =
            [("email", &half.invite_template_id), ("questionnaire", &half.questionnaire_template_id)];
        for (template, _) in templates.into_iter().filter(|(_, id)| id.is_none()) {
            let message =
                format!("the {half_name} invitations of {name} have no template for the {template}");
            self.add(Severity::Warning, message, format!("choose one in {CONTROL_CENTRE}"));
        }
        let message = match half.sending_delay_in_days {
            Some(days) => format!("{half_name} invitations of {name} are sent {days} days after the event"),
            None => format!("the delay of the {half_name} invitations of {name} is unknown"),
        };
        let help = "a scheduled invitation is in the list of invites with the time it is sent; ensure_setup sets the \
                    delay";
        self.add(Severity::Info, message, help);
    }

    /// What no request shows. INF: unsubscribed and bouncing addresses get no email.
    fn add_limitations(&mut self) {
        self.add(
            Severity::Info,
            "\"Apply trigger date\" cannot be read; with it, the delay counts from the estimated delivery and not from \
             the event",
            format!("check {CONTROL_CENTRE}, and the estimated delivery of the orders"),
        );
        self.add(
            Severity::Info,
            "whether only customers with a consent known to Trusted Shops are invited cannot be read",
            format!("check the consent handling in {CONTROL_CENTRE}"),
        );
        self.add(
            Severity::Info,
            "unsubscribed and bouncing addresses cannot be read",
            "check the status in Control Centre > Invite History",
        );
    }
}

/// Returns whether every event of a supported kind leads to an email. With both kinds, an event may have no products.
fn leads_to_emails(setting: &InviteSetting, kind: InviteKind) -> bool {
    let half = match kind {
        InviteKind::Product => &setting.product_invite_configuration,
        _ => &setting.service_invite_configuration,
    };
    setting.enabled != Some(false) && is_enabled(half.as_ref())
}

fn list(names: &[String]) -> String {
    let shown: Vec<_> = names.iter().take(MAX_NAMES).map(String::as_str).collect();
    let more = if names.len() > MAX_NAMES { ", …" } else { "" };
    if shown.is_empty() { "(none)".to_owned() } else { format!("{}{more}", shown.join(", ")) }
}
