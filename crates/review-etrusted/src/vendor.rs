//! The capabilities of an account, and the requests of an invitation. No I/O.

use std::sync::Arc;

use chrono::{DateTime, Utc};
use http::Method;
use review_core::config::Secret;
use review_core::model::{
    Customer, CustomerName, CustomerReference, EmailAddress, Field, InviteRequest, MetadataValue, Product,
};
use review_core::provider::{
    Capabilities, ErasureStatus, InviteLookup, InviteRef, LocaleSupport, Operation, Requirement, ReviewLink,
    Scheduling, SetupReport, Warning,
};
use review_core::reviews::DynReader;
use review_core::{Error, FieldError, InviteKind, Result};
use review_http::vendor::{Account, Api, HttpProvider, HttpVendor, Plan, Step};
use review_http::{ApiResponse, Classification};
use serde_json::{Map, Value, json};

use crate::config::{ChannelRef, Etrusted, InviteMode};
use crate::operations::{CREATE_EVENT, CREATE_INVITES};
use crate::options::EtrustedOptions;
use crate::{classify, links, lookup, setup_check, token};

/// Members of an event that a preview shows: none of them contains personal data.
const SHOWN_EVENT: &[&str] = &[
    "type",
    "defaultLocale",
    "channel.id",
    "channel.type",
    "transaction.reference",
    "transaction.date",
    "estimatedDeliveryDate",
    "system",
    "systemVersion",
    "createdAt",
    "products.sku",
    "products.name",
    "products.url",
    "products.imageUrl",
    "products.brand",
    "products.mpn",
    "products.gtin",
];
/// The same of an email that is ordered directly.
const SHOWN_INVITES: &[&str] = &[
    "channel.id",
    "channel.type",
    "system",
    "systemVersion",
    "invites.questionnaireTemplate.id",
    "invites.template.id",
    "invites.locale",
    "invites.transaction.reference",
    "invites.transaction.date",
    "invites.preferredSendTime",
    "invites.products.sku",
    "invites.products.name",
    "invites.products.url",
    "invites.products.imageUrl",
    "invites.products.brand",
    "invites.products.mpn",
    "invites.products.gtin",
];

/// A channel as requests name it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Channel {
    pub(crate) id: String,
    /// `etrusted` for an id that eTrusted created, `user_defined` for one of the shop's own.
    pub(crate) kind: &'static str,
}

/// The type of a channel whose id is the shop's own.
pub(crate) const USER_DEFINED: &str = "user_defined";

impl Channel {
    pub(crate) fn etrusted(id: impl Into<String>) -> Self {
        Self { id: id.into(), kind: "etrusted" }
    }

    pub(crate) fn to_json(&self) -> Value {
        json!({ "id": self.id, "type": self.kind })
    }
}

impl HttpVendor for Etrusted {
    type Account = Channel;
    const NAME: &'static str = crate::VENDOR;
    const VOCABULARY: &'static [&'static str] = classify::VOCABULARY;

    fn capabilities(&self) -> Capabilities {
        let kind = self.review_kind;
        let mut capabilities = base_capabilities().add_kind(kind).with_setting_for("kind", "review_kind");
        if kind == InviteKind::ServiceAndProduct {
            capabilities = capabilities.add_kind(InviteKind::Service);
        }
        for operation in [Operation::CreateLink, Operation::FindInvite, Operation::CheckSetup] {
            capabilities = capabilities.add_operation(operation);
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
            ChannelRef::UserDefined(id) => Account::Known(Channel { id: id.clone(), kind: USER_DEFINED }),
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
        let options = request.options::<EtrustedOptions>()?.unwrap_or_default();
        let (transaction, products, metadata) = (transaction(request), products(request), metadata(request));
        let (system, system_version) = &self.system;
        let InviteMode::Direct { invite_template, questionnaire_template } = &self.mode else {
            let body = json!({
                "type": self.event_type.as_str(),
                "defaultLocale": locale(request.customer()),
                "customer": customer(request.customer(), request.customer().reference()),
                "channel": channel.to_json(),
                "transaction": transaction,
                "estimatedDeliveryDate": request.order().estimated_delivery().map(|day| day.to_string()),
                "products": products,
                "metadata": metadata,
                "system": system,
                "systemVersion": system_version,
                "createdAt": options.event_time.map(date_time),
            });
            let step = Step::at_most_once(CREATE_EVENT, Method::POST, &self.api_url, &["events"]);
            return Ok(Plan::new(step.json(body, SHOWN_EVENT)));
        };
        // UNK: the effect of a time in the past. The present is sent instead.
        let send_at = request.send_at().resolve(request.order(), now)?.map(|time| time.max(now));
        let template = request.template().unwrap_or(invite_template);
        let body = json!({
            "channel": channel.to_json(),
            "system": system,
            "systemVersion": system_version,
            "invites": [{
                "questionnaireTemplate": { "id": questionnaire_template.as_str() },
                "template": { "id": self.templates.resolve(template) },
                "customer": names_and_email(request.customer()),
                "locale": locale(request.customer()),
                "transaction": transaction,
                "products": products,
                "preferredSendTime": send_at.map(date_time),
                "metadata": metadata,
            }],
        });
        let step = Step::at_most_once(CREATE_INVITES, Method::POST, &self.api_url, &["invites"]);
        let message = "left out: an email that is ordered directly has no event";
        let warning = options.event_time.map(|_| Warning::new("options.etrusted.event_time", message));
        Ok(Plan::new(step.json(body, SHOWN_INVITES)).scheduled(send_at, now).add_warnings(warning))
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

pub(crate) fn transaction(request: &InviteRequest) -> Value {
    let order = request.order();
    json!({ "reference": order.reference().as_str(), "date": order.placed_at().map(date_time) })
}

/// Without products nothing leads to a product invitation, whatever settings and templates say.
pub(crate) fn products(request: &InviteRequest) -> Option<Vec<Value>> {
    let products = request.order().products();
    (request.kind().includes_products() && !products.is_empty())
        .then(|| products.iter().map(product).collect())
}

pub(crate) fn metadata(request: &InviteRequest) -> Option<Map<String, Value>> {
    let metadata = request.order().metadata();
    let texts = metadata.iter().map(|(key, value)| (key.clone(), metadata_text(value).into()));
    (!metadata.is_empty()).then(|| texts.collect())
}

/// DIS: the documentation names `yyyy-MM-dd'T'HH:mm:ss.SSSZ`, and its samples vary in the fraction. UTC with three
/// digits and a literal `Z` is the one form that all of it allows.
pub(crate) fn date_time(time: DateTime<Utc>) -> String {
    time.format("%Y-%m-%dT%H:%M:%S%.3fZ").to_string()
}

/// INF: all samples map texts to texts.
fn metadata_text(value: &MetadataValue) -> String {
    match value {
        MetadataValue::Boolean(value) => value.to_string(),
        MetadataValue::Integer(number) => number.to_string(),
        MetadataValue::Decimal(number) => number.to_string(),
        MetadataValue::Text(text) => text.clone(),
        _ => String::new(),
    }
}

/// `ll_CC`. Capabilities leave out a locale without a country: a made-up one such as `en_EN` has been seen to lose
/// invitations.
fn locale(customer: &Customer) -> Option<String> {
    let locale = customer.locale()?;
    Some(format!("{}_{}", locale.language(), locale.region()?))
}

/// The customer of an event or a link. UNK: a link has no documented member for the shop's own id of the customer.
pub(crate) fn customer(customer: &Customer, reference: Option<&CustomerReference>) -> Value {
    let (first, last) = names(customer);
    json!({
        "email": customer.email().as_str(),
        "firstName": first,
        "lastName": last,
        "address": customer.address().map(AsRef::<str>::as_ref),
        "mobile": customer.phone().map(AsRef::<str>::as_ref),
        "reference": reference.map(AsRef::<str>::as_ref),
    })
}

/// UNK: whether a direct invite accepts more of the customer; the one sample has names and email address.
fn names_and_email(customer: &Customer) -> Value {
    let (first, last) = names(customer);
    json!({ "email": customer.email().as_str(), "firstName": first, "lastName": last })
}

/// A name in one piece goes into the first name: a greeting then reads right, and splitting it would guess.
fn names(customer: &Customer) -> (Option<&str>, Option<&str>) {
    match customer.name() {
        Some(CustomerName::Full(full)) => (Some(full.as_str()), None),
        Some(name) => (name.first(), name.last()),
        None => (None, None),
    }
}

fn product(product: &Product) -> Value {
    json!({
        "sku": product.sku().as_str(),
        "name": product.name().as_str(),
        "url": product.url().map(AsRef::<str>::as_ref),
        "imageUrl": product.image_url().map(AsRef::<str>::as_ref),
        "gtin": product.gtin().map(AsRef::<str>::as_ref),
        "mpn": product.mpn().map(AsRef::<str>::as_ref),
        "brand": product.brand().map(AsRef::<str>::as_ref),
    })
}

/// The error of a channel setting.
pub(crate) fn channel_error(message: impl Into<String>) -> Error {
    Error::invalid_config([FieldError::new("channel", message.into())])
}
