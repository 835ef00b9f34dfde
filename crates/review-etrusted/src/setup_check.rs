//! Finds settings that prevent accepted events from becoming emails, as far as eTrusted's API shows them.

use review_core::config::closest;
use review_core::model::TemplateId;
use review_core::provider::{Finding, SetupReport, Severity};
use review_core::{Error, ErrorKind, InviteKind, Result};
use review_http::ResourceId;
use review_http::vendor::Api;

use crate::client::EtrustedClient;
use crate::config::{ChannelRef, Etrusted, InviteMode};
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
    let channels = match client.channels().await {
        Ok(channels) => Some(channels),
        Err(error) if matches!(error.kind(), ErrorKind::Unauthorized | ErrorKind::InvalidConfig) => {
            let help = "check client_id, client_secret, api_url and login_url, and enable the API client in the \
                        Control Centre (API client management)";
            findings.add(Severity::Error, format!("no access: {error}"), help);
            return Ok(SetupReport::new(findings.0));
        }
        Err(error) if error.kind() == ErrorKind::Forbidden => {
            // Sending reads the channels only to find one by its name.
            let by_name = matches!(api.vendor().channel, ChannelRef::Name(_));
            let severity = if by_name { Severity::Error } else { Severity::Warning };
            let help = "have a user with the administrative role create the API client in the Control Centre";
            findings.add(severity, format!("the channels cannot be read: {error}"), help);
            None
        }
        Err(error) => return Err(error),
    };
    let channel = findings.check_channel(&api.vendor().channel, channels.as_deref());
    match &api.vendor().mode {
        InviteMode::Events => {
            check_events(&client, channel.as_ref(), &mut findings).await?;
            findings.0.extend(limitations());
        }
        InviteMode::Direct { invite_template, questionnaire_template } => {
            check_template(&client, "email", invite_template, &mut findings).await?;
            check_template(&client, "questionnaire", questionnaire_template, &mut findings).await?;
            let help =
                "addresses that bounce or have unsubscribed are shown in Control Centre > Invite History";
            findings.add(Severity::Info, "the delivery of ordered emails is not checked", help);
        }
    }
    Ok(SetupReport::new(findings.0))
}

async fn check_events(
    client: &EtrustedClient,
    channel: Option<&ResourceId>,
    findings: &mut Findings,
) -> Result<()> {
    let etrusted = client.0.vendor();
    let event_types = match client.event_types().await {
        Ok(event_types) => event_types,
        Err(error) => return findings.read_failed("the event types", error),
    };
    let event_type = findings.check_event_type(etrusted.event_type.as_str(), &event_types);
    let (Some(event_type), Some(channel)) = (event_type, channel) else {
        return Ok(());
    };
    match client.invite_settings(channel).await {
        Ok(settings) => {
            findings.check_settings(etrusted.review_kind, event_type, channel, &event_types, &settings);
            Ok(())
        }
        Err(error) => findings.read_failed("the invite settings", error),
    }
}

async fn check_template(
    client: &EtrustedClient,
    purpose: &str,
    id: &TemplateId,
    findings: &mut Findings,
) -> Result<()> {
    let help = "use an id of an invite setting: tpl-inv-… for the email, tpl-qst-… for the questionnaire";
    let others = if purpose == "email" { ["tpl-qst-", "qrt-"] } else { ["tpl-inv-", "ivt-"] };
    if others.iter().any(|other| id.as_str().starts_with(other)) {
        findings.add(Severity::Error, format!("{id} is not a template for the {purpose}"), help);
        return Ok(());
    }
    match client.has_template(id.as_str()).await {
        Ok(true) => {}
        // UNK: whether a direct invite with such a template is rejected.
        Ok(false) => {
            findings.add(Severity::Error, format!("there is no template {id} for the {purpose}"), help);
        }
        Err(error) if error.kind() == ErrorKind::InvalidRequest => {
            findings.add(
                Severity::Error,
                format!("{id} is not the id of a template for the {purpose}"),
                help,
            );
        }
        Err(error) => return findings.read_failed("a template", error),
    }
    Ok(())
}

#[derive(Default)]
struct Findings(Vec<Finding>);

impl Findings {
    fn add(&mut self, severity: Severity, message: impl Into<String>, help: impl Into<String>) {
        self.0.push(Finding::new(severity, message, help));
    }

    /// Data that the API client is not permitted to read is unknown. If the vendor cannot be reached, nothing was checked.
    fn read_failed(&mut self, what: &str, error: Error) -> Result<()> {
        if matches!(error.kind(), ErrorKind::Transient | ErrorKind::RateLimited) {
            return Err(error);
        }
        let help = "request the permissions of the API client, and check in the Control Centre";
        self.add(Severity::Unknown, format!("{what} could not be read: {error}"), help);
        Ok(())
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
            (ChannelRef::UserDefined(id), _) => {
                let message =
                    format!("the invite settings of the channel with your own id {id} cannot be read");
                let help =
                    "configure the channel by the id that eTrusted created (chl-…) to have them checked";
                self.add(Severity::Unknown, message, help);
                return None;
            }
        };
        self.add(Severity::Error, message, format!("configure one of: {}", list(&known)));
        None
    }

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

    fn check_settings(
        &mut self,
        kind: InviteKind,
        event_type: &EventType,
        channel: &ResourceId,
        event_types: &[EventType],
        settings: &[InviteSetting],
    ) {
        let name = &event_type.name;
        let Some(setting) = settings.iter().find(|setting| belongs_to(setting, event_type, channel)) else {
            let help = "eTrusted creates it some seconds after the event type: wait and run ensure_setup, which \
                        enables it";
            let message = format!("channel {channel} has no invite setting for the event type {name}");
            self.add(Severity::Error, message, help);
            return;
        };
        if setting.enabled == Some(false) {
            let message = format!("the invite setting of {name} is disabled as a whole (`enabled` is false)");
            self.add(Severity::Error, message, "run ensure_setup, which enables it");
        }
        let service = setting.service_invite_configuration.as_ref();
        let product = setting.product_invite_configuration.as_ref();
        let halves =
            [("service", service, kind.includes_service()), ("product", product, kind.includes_products())];
        let any_enabled = halves.iter().any(|(_, half, is_wanted)| *is_wanted && is_enabled(*half));
        for (half_name, half, is_wanted) in halves {
            match (is_wanted, is_enabled(half)) {
                (true, true) => half.into_iter().for_each(|half| self.check_half(name, half_name, half)),
                (true, false) => {
                    let severity = if any_enabled { Severity::Warning } else { Severity::Error };
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
}

/// What no request shows.
fn limitations() -> [Finding; 3] {
    let info = |message: &str, help: String| Finding::new(Severity::Info, message, help);
    [
        info(
            "\"Apply trigger date\" cannot be read; with it, the delay counts from the estimated delivery and not from \
             the event",
            format!("check {CONTROL_CENTRE}, and the estimated delivery of the orders"),
        ),
        info(
            "whether only customers with a consent known to Trusted Shops are invited cannot be read",
            format!("check the consent handling in {CONTROL_CENTRE}"),
        ),
        info(
            "unsubscribed and bouncing addresses cannot be read",
            "check the status in Control Centre > Invite History".to_owned(),
        ),
    ]
}

fn list(names: &[String]) -> String {
    let shown: Vec<_> = names.iter().take(MAX_NAMES).map(String::as_str).collect();
    let more = if names.len() > MAX_NAMES { ", …" } else { "" };
    if shown.is_empty() { "(none)".to_owned() } else { format!("{}{more}", shown.join(", ")) }
}
