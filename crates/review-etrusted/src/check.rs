//! The doctor: what keeps accepted events from becoming mails, as far as eTrusted's API tells.

use review_core::{Error, ErrorKind, Finding, InviteKind, Result, SetupReport, Severity, TemplateId};
use review_http::ResourceId;

use crate::config::{ChannelRef, Route};
use crate::provider::{EtrustedProvider, channel_called};
use crate::setup::{belongs, is_on, rivals};
use crate::wire::{ChannelDetails, EventType, InviteConfiguration, InviteSetting};

/// The most names that a finding lists.
const MOST_NAMES: usize = 8;

/// Where the channel's settings are.
const CONTROL_CENTRE: &str = "Control Centre > Settings > Channel settings > review collection";

impl EtrustedProvider {
    pub(crate) async fn look_at_setup(&self) -> Result<SetupReport> {
        let mut findings = Vec::new();
        let channels = match self.client().channels().await {
            Ok(channels) => Some(channels),
            Err(error) if matches!(error.kind(), ErrorKind::Unauthorized | ErrorKind::Config) => {
                let advice = "check the client id, its secret and the addresses of API and log-in, and that the \
                              API client is enabled in the Control Centre (API client management)";
                findings.push(Finding::new(Severity::Error, refused("no access", &error), advice));
                return Ok(SetupReport::new(findings));
            }
            Err(error) if error.kind() == ErrorKind::Forbidden => {
                let advice = "let the API client of another user with the administrative role be made in the \
                              Control Centre";
                // Sending reads the channels only to find one by its name.
                let by_name = matches!(self.client().config().channel, ChannelRef::Name(_));
                let severity = if by_name { Severity::Error } else { Severity::Warning };
                findings.push(Finding::new(
                    severity,
                    refused("the channels may not be read", &error),
                    advice,
                ));
                None
            }
            Err(error) => return Err(error),
        };
        let channel = of_channel(&self.client().config().channel, channels.as_deref(), &mut findings);
        match &self.client().config().route {
            Route::Events => {
                self.look_at_events(channel.as_ref(), &mut findings).await?;
                findings.extend(unseen());
            }
            Route::Direct { invite_template, questionnaire_template } => {
                self.look_at_template("mail", invite_template, &mut findings).await?;
                self.look_at_template("questionnaire", questionnaire_template, &mut findings).await?;
                findings.push(Finding::new(
                    Severity::Info,
                    "what became of mails that were ordered is not looked at here",
                    "an address that bounces or has unsubscribed shows in Control Centre > Invite History",
                ));
            }
        }
        Ok(SetupReport::new(findings))
    }

    async fn look_at_events(&self, channel: Option<&ResourceId>, findings: &mut Vec<Finding>) -> Result<()> {
        let config = self.client().config();
        let event_types = match self.client().event_types().await {
            Ok(event_types) => event_types,
            Err(error) => return unread("the event types", error, findings),
        };
        let event_type = of_event_type(config.event_type.as_str(), &event_types, findings);
        let (Some(event_type), Some(channel)) = (event_type, channel) else {
            return Ok(());
        };
        match self.client().invite_settings(channel).await {
            Ok(settings) => {
                of_settings(config.asks_for, event_type, channel, &event_types, &settings, findings);
                Ok(())
            }
            Err(error) => unread("the invite settings", error, findings),
        }
    }

    async fn look_at_template(&self, what: &str, id: &TemplateId, findings: &mut Vec<Finding>) -> Result<()> {
        let mut wrong = |seen: String| {
            let advice = "take an id from GET /templates or from an invite setting: tpl-inv-… for the mail, \
                          tpl-qst-… for the questionnaire";
            findings.push(Finding::new(Severity::Error, seen, advice));
        };
        let others = if what == "mail" { ["tpl-qst-", "qrt-"] } else { ["tpl-inv-", "ivt-"] };
        if others.iter().any(|other| id.as_str().starts_with(other)) {
            wrong(format!("{id} is no template for the {what}, but for the other of mail and questionnaire"));
            return Ok(());
        }
        match self.client().template(id.as_str()).await {
            Ok(Some(_)) => {}
            Ok(None) => wrong(format!("there is no template {id} for the {what}")),
            Err(error) if error.kind() == ErrorKind::InvalidRequest => {
                wrong(format!("{id} is not the id of a template for the {what}"));
            }
            Err(error) => return unread("a template", error, findings),
        }
        Ok(())
    }
}

fn refused(what: &str, error: &Error) -> String {
    format!("{what}: {error}")
}

/// What a key may not read is a finding; a vendor that cannot be reached has shown nothing, and a report
/// without findings would say that all is well.
fn unread(what: &str, error: Error, findings: &mut Vec<Finding>) -> Result<()> {
    if matches!(error.kind(), ErrorKind::Transient | ErrorKind::RateLimited) {
        return Err(error);
    }
    let seen = format!("{what} could not be looked at: {error}");
    findings.push(Finding::new(
        Severity::Warning,
        seen,
        "ask for the rights of the API client, and look by hand",
    ));
    Ok(())
}

/// The id of the channel whose settings count; nothing where it is not known.
fn of_channel(
    wanted: &ChannelRef,
    channels: Option<&[ChannelDetails]>,
    findings: &mut Vec<Finding>,
) -> Option<ResourceId> {
    let known = channels.unwrap_or_default().iter();
    let known: Vec<String> = known
        .map(|channel| format!("{} ({})", channel.id, channel.name.as_deref().unwrap_or("no name")))
        .collect();
    let mut wrong = |seen: String| {
        let advice = format!("configure one of: {}", some_of(&known));
        findings.push(Finding::new(Severity::Error, seen, advice));
    };
    match (wanted, channels) {
        (ChannelRef::Id(id), None) => Some(id.clone()),
        (ChannelRef::Id(id), Some(channels)) => {
            if channels.iter().any(|channel| channel.id == id.as_str()) {
                return Some(id.clone());
            }
            wrong(if is_shop_id(id.as_str()) {
                format!("{id} is the Trusted Shops id of a shop, not the id of a channel")
            } else {
                format!("the account has no channel {id}")
            });
            None
        }
        (ChannelRef::Name(_), None) => None,
        (ChannelRef::Name(name), Some(channels)) => match channel_called(name, channels) {
            Ok(channel) => ResourceId::new(&channel.id).ok(),
            Err(problem) => {
                wrong(problem);
                None
            }
        },
        (ChannelRef::UserDefined(id), _) => {
            findings.push(Finding::new(
                Severity::Warning,
                format!("whether a channel has the id {id} of the shop's own, and its invite settings, cannot be seen"),
                "configure the channel by the id eTrusted made (chl-…) to have them looked at",
            ));
            None
        }
    }
}

/// The Trusted Shops id: `X` and 32 hexadecimal digits.
fn is_shop_id(id: &str) -> bool {
    let digits = id.strip_prefix('X').unwrap_or_default();
    digits.len() == 32 && digits.bytes().all(|digit| digit.is_ascii_hexdigit())
}

fn of_event_type<'a>(
    name: &str,
    event_types: &'a [EventType],
    findings: &mut Vec<Finding>,
) -> Option<&'a EventType> {
    let Some(event_type) = event_types.iter().find(|event_type| event_type.name == name) else {
        let names: Vec<String> = event_types.iter().map(|event_type| event_type.name.clone()).collect();
        let near: Vec<String> = names.iter().filter(|other| are_near(name, other)).cloned().collect();
        let advice = match (near.is_empty(), names.is_empty()) {
            (false, _) => format!("was one of these meant: {}? If not, run ensure_setup", some_of(&near)),
            (true, false) => {
                format!("run ensure_setup, which makes it, or use one of: {}", some_of(&names))
            }
            (true, true) => "run ensure_setup, which makes it".to_owned(),
        };
        findings.push(Finding::new(Severity::Error, format!("there is no event type {name}"), advice));
        return None;
    };
    if !event_type.active {
        findings.push(Finding::new(
            Severity::Error,
            format!("the event type {name} is not active; its events are not taken"),
            "run ensure_setup, which activates it",
        ));
    }
    Some(event_type)
}

fn of_settings(
    kind: InviteKind,
    event_type: &EventType,
    channel: &ResourceId,
    event_types: &[EventType],
    settings: &[InviteSetting],
    findings: &mut Vec<Finding>,
) {
    let name = &event_type.name;
    let Some(setting) = settings.iter().find(|setting| belongs(setting, event_type, channel)) else {
        findings.push(Finding::new(
            Severity::Error,
            format!("channel {channel} has no invite setting for the event type {name}"),
            "eTrusted makes it some seconds after the event type: wait and run ensure_setup, which switches it on",
        ));
        return;
    };
    let mut find =
        |severity, seen: String, advice: String| findings.push(Finding::new(severity, seen, advice));
    if setting.enabled == Some(false) {
        let seen = format!("the invite setting of {name} is switched off as a whole (`enabled` is false)");
        find(Severity::Error, seen, "run ensure_setup, which switches it on".to_owned());
    }
    let (service, product) =
        (setting.service_invite_configuration.as_ref(), setting.product_invite_configuration.as_ref());
    let halves =
        [("service", service, kind.asks_for_service()), ("product", product, kind.asks_for_products())];
    let some_wanted_is_on = halves.iter().any(|(_, part, wanted)| *wanted && is_on(*part));
    for (half, part, wanted) in halves {
        match (wanted, is_on(part)) {
            (true, true) => part.into_iter().for_each(|part| of_half(name, half, part, &mut find)),
            (true, false) => {
                let severity = if some_wanted_is_on { Severity::Warning } else { Severity::Error };
                let seen = format!("{half} invitations are switched off for the event type {name}");
                let booked =
                    "run ensure_setup; if it stays off, product reviews may not be booked for the account";
                let advice =
                    if half == "product" { booked } else { "run ensure_setup, which switches them on" };
                find(severity, seen, advice.to_owned());
            }
            // Without products an event leads to no product invitation, so only the service matters.
            (false, true) if half == "service" => {
                let seen =
                    format!("service invitations are on for {name}, though only products are asked for");
                let advice = format!(
                    "switch them off in {CONTROL_CENTRE}, or configure the event type as asking for both"
                );
                find(Severity::Warning, seen, advice);
            }
            (false, _) => {}
        }
    }
    let rivals: Vec<String> =
        rivals(event_types, settings, event_type, channel, kind).map(|rival| rival.name.clone()).collect();
    if !rivals.is_empty() {
        let seen = format!("other live event types lead to the same invitations: {}", some_of(&rivals));
        let advice = format!(
            "an order that passes through more than one leads to more than one mail: leave one on in {CONTROL_CENTRE}"
        );
        find(Severity::Warning, seen, advice);
    }
}

/// One half of a setting that is wanted and on.
fn of_half(
    name: &str,
    half: &str,
    part: &InviteConfiguration,
    find: &mut impl FnMut(Severity, String, String),
) {
    let missing = [("mail", &part.invite_template_id), ("questionnaire", &part.questionnaire_template_id)];
    for (template, _) in missing.into_iter().filter(|(_, id)| id.is_none()) {
        let seen = format!("the {half} invitations of {name} show no template for the {template}");
        find(Severity::Warning, seen, format!("choose one in {CONTROL_CENTRE}"));
    }
    let seen = match part.sending_delay_in_days {
        Some(days) => format!("{half} invitations of {name} go out {days} days after the event"),
        None => format!("the delay of the {half} invitations of {name} is not shown"),
    };
    let advice = "an invitation that is awaited shows in the list of invites with the time it goes out; \
                  ensure_setup sets the delay";
    find(Severity::Info, seen, advice.to_owned());
}

/// What no call shows.
fn unseen() -> [Finding; 3] {
    let info = |seen: &str, advice: String| Finding::new(Severity::Info, seen, advice);
    [
        info(
            "whether \"Apply trigger date\" is on cannot be seen; if it is, the delay counts from the estimated \
             delivery and not from the event",
            format!("look at {CONTROL_CENTRE}, and at the estimated delivery of the orders"),
        ),
        info(
            "whether only customers with a consent known to Trusted Shops are asked cannot be seen",
            format!("look at the consent handling in {CONTROL_CENTRE}"),
        ),
        info(
            "who has unsubscribed and whose address bounces cannot be seen",
            "look at the status in Control Centre > Invite History".to_owned(),
        ),
    ]
}

fn some_of(names: &[String]) -> String {
    let shown: Vec<&str> = names.iter().take(MOST_NAMES).map(String::as_str).collect();
    let more = if names.len() > MOST_NAMES { ", …" } else { "" };
    if shown.is_empty() { "(none)".to_owned() } else { format!("{}{more}", shown.join(", ")) }
}

/// Whether one name may be a slip of the other: the same letters and digits, one inside the other, or
/// two strokes apart.
fn are_near(one: &str, other: &str) -> bool {
    let plain = |name: &str| name.chars().filter(|c| c.is_alphanumeric()).collect::<String>().to_lowercase();
    let (one, other) = (plain(one), plain(other));
    if one.is_empty() || other.is_empty() {
        return false;
    }
    one.contains(&other) || other.contains(&one) || distance(&one, &other) <= 2.min(one.len() / 2)
}

/// The number of letters to be put in, taken out or replaced (Levenshtein).
fn distance(one: &str, other: &str) -> usize {
    let mut row: Vec<usize> = (0..=other.chars().count()).collect();
    for (line, here) in one.chars().enumerate() {
        let mut left = line + 1;
        let mut next = vec![left];
        for ((above_left, above), there) in row.iter().zip(row.iter().skip(1)).zip(other.chars()) {
            left = (above_left + usize::from(here != there)).min(above + 1).min(left + 1);
            next.push(left);
        }
        row = next;
    }
    row.last().copied().unwrap_or_default()
}

#[cfg(test)]
mod tests;
