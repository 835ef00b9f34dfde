//! The capabilities of an account, and the requests of an invitation. No I/O.

use std::sync::Arc;

use chrono::{DateTime, Utc};
use http::Method;
use review_core::config::Secret;
use review_core::model::{EmailAddress, Field, InviteRequest};
use review_core::provider::{
    Capabilities, ErasureStatus, InviteLookup, InviteRef, LocaleSupport, Operation, Requirement, ReviewLink,
    Scheduling, SetupReport, Warning,
};
use review_core::reviews::DynReader;
use review_core::{InviteKind, Result};
use review_http::vendor::{Account, Api, HttpProvider, HttpVendor, Plan, Step};
use review_http::{ApiResponse, Classification};

use crate::config::{Channel, ChannelRef, Etrusted, InviteMode, InviteTemplateId};
use crate::operations::{CREATE_EVENT, CREATE_INVITES, VENDOR};
use crate::options::EtrustedOptions;
use crate::wire::VOCABULARY;
use crate::wire::request::{SHOWN_EVENT, SHOWN_INVITES, event, invites};
use crate::{classify, links, lookup, setup, setup_check, token};

impl HttpVendor for Etrusted {
    type Account = Channel;
    const NAME: &'static str = VENDOR;
    const VOCABULARY: &'static [&'static str] = VOCABULARY;

    fn capabilities(&self) -> Capabilities {
        let operations = [Operation::CreateLink, Operation::FindInvite, Operation::CheckSetup];
        let mut capabilities = operations.into_iter().fold(base_capabilities(), Capabilities::add_operation);
        capabilities = capabilities.add_kind(self.review_kind).with_setting_for("kind", "review_kind");
        if self.review_kind == InviteKind::ServiceAndProduct {
            capabilities = capabilities.add_kind(InviteKind::Service);
        }
        match self.mode {
            // The account's rules decide when an email is sent, and with which template.
            InviteMode::Events => capabilities
                .with_setting_for("send_at", "invite_template and questionnaire_template")
                .with_setting_for("template", "invite_template and questionnaire_template"),
            InviteMode::Direct { .. } => {
                capabilities.with_scheduling(Scheduling::Instant).add_field(Field::Template)
            }
        }
    }

    /// A link chooses its questionnaire, whatever the account's settings ask for.
    fn link_capabilities(&self, _: InviteKind) -> Capabilities {
        [InviteKind::Service, InviteKind::Product, InviteKind::ServiceAndProduct]
            .into_iter()
            .fold(base_capabilities().with_locales(LocaleSupport::Any), Capabilities::add_kind)
    }

    fn secrets(&self) -> Vec<&Secret> {
        vec![&self.client_id, &self.client_secret]
    }

    fn account(&self) -> Account<Channel> {
        match &self.channel {
            ChannelRef::Id(id) => Account::Known(Channel::etrusted(id.as_str())),
            ChannelRef::UserDefined(id) => Account::Known(Channel::user_defined(id)),
            ChannelRef::Name(name) => Account::Lookup {
                step: lookup::list_channels(self),
                placeholder: Channel::etrusted(format!("{{id of {name}}}")),
            },
        }
    }

    fn read_account(&self, response: &ApiResponse) -> Result<Channel> {
        lookup::read_channel(&self.channel, response)
    }

    fn plan(&self, request: &InviteRequest, channel: &Channel, now: DateTime<Utc>) -> Result<Plan> {
        let EtrustedOptions { event_time } = request.options()?.unwrap_or_default();
        let InviteMode::Direct { invite_template, questionnaire_template } = &self.mode else {
            let body = event(self, channel, request, event_time);
            // UNK: what a second event with the same reference leads to.
            let step = Step::at_most_once(CREATE_EVENT, Method::POST, &self.api_url, &["events"]);
            return Ok(Plan::new(step.typed_json(&body, SHOWN_EVENT)));
        };
        // UNK: the effect of a time in the past. The present is sent instead.
        let send_at = request.send_at().resolve(request.order(), now)?.map(|time| time.max(now));
        let chosen = request.template().map(|role| InviteTemplateId::new(self.templates.resolve(role)));
        let chosen = chosen.transpose().map_err(|error| error.with_field("template"))?;
        let templates = (chosen.as_ref().unwrap_or(invite_template), questionnaire_template);
        let body = invites(self, channel, request, templates, send_at);
        let step = Step::at_most_once(CREATE_INVITES, Method::POST, &self.api_url, &["invites"]);
        let message = "left out: an email that is ordered directly has no event";
        let warning = event_time.map(|_| Warning::new("options.etrusted.event_time", message));
        Ok(Plan::new(step.typed_json(&body, SHOWN_INVITES)).scheduled(send_at, now).add_warnings(warning))
    }

    fn classify(response: &ApiResponse) -> Classification {
        classify::classify(response)
    }

    fn token_step(&self, _: Option<&Secret>) -> Option<Step> {
        Some(token::step(self))
    }

    fn reader(provider: &HttpProvider<Self>) -> Option<DynReader> {
        Some(Arc::new(provider.clone()))
    }

    async fn create_link(&self, api: &Api<Self>, request: &InviteRequest) -> Result<ReviewLink> {
        links::create(self, api, request).await
    }

    async fn find_invite(&self, api: &Api<Self>, invite: &InviteRef) -> Result<InviteLookup> {
        lookup::find_invite(self, api, invite).await
    }

    async fn erase_customer(&self, api: &Api<Self>, _: &EmailAddress) -> Result<ErasureStatus> {
        Err(api.unsupported(ERASURE_HELP))
    }

    async fn check_setup(&self, api: &Api<Self>) -> Result<SetupReport> {
        setup_check::check_setup(api).await
    }

    async fn ensure_setup(&self, api: &Api<Self>, delay_in_days: Option<u32>) -> Result<SetupReport> {
        setup::report(api, delay_in_days).await
    }
}

const ERASURE_HELP: &str = "eTrusted has no API for it: send an email to privacy@trustedshops.com, and name, email \
                            address and reference are removed from events, invites, reminders and deliveries; \
                            otherwise they are kept for at most 180 days";

fn base_capabilities() -> Capabilities {
    Capabilities::new()
        .add_field(Field::Metadata)
        .with_locales(LocaleSupport::LanguageAndCountry)
        // DIS: the documentation marks nothing as required, an SDK marks name, SKU and page. A product without a
        // page cannot be distinguished from another.
        .add_requirement(Requirement::ProductUrl)
}
