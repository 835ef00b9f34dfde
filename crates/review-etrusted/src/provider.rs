//! eTrusted behind the contract.

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use review_core::{
    Capabilities, EmailAddress, Erasure, Error, ErrorKind, Feature, FieldError, InviteKey, InviteKind,
    InviteLookup, InviteReceipt, InviteRequest, InviteState, Operation, Preview, PreviewCall, ProviderInfo,
    Requirement, Result, ReviewInviteProvider, ReviewLink, SetupReport, Warning,
};
use review_http::{DynTransport, ResourceId, SharedLookup, default_transport, into_pre_send_error, redact};

use crate::client::{CREATE_LINK, EtrustedClient, SEND_INVITE};
use crate::config::{ChannelRef, EtrustedConfig, Route, USER_DEFINED};
use crate::map::{self, Mapped};
use crate::wire::{Channel, ChannelDetails, Event, Invite, NewInvites};

/// Members of an event that a preview shows: none of them speaks of a person.
const SHOWN: [&str; 17] = [
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

/// The same of a mail that is ordered directly.
const SHOWN_DIRECT: [&str; 17] = [
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

/// What an order without invites means. An event that was accepted leaves no trace in the list until
/// eTrusted's rules have made an invite of it, and without a setting none ever comes.
const NOT_THERE_YET: &str = "no invite of this order is listed; one appears only after eTrusted's rules have \
                             made it, so that an event that was accepted lately may not show yet, and one for \
                             which no invite setting is on never will: run check_setup";

/// The types of reviews that invites ask for.
pub(crate) const SERVICE_REVIEW: &str = "SERVICE_REVIEW";
/// Inferred for invites; documented for reviews.
pub(crate) const PRODUCT_REVIEW: &str = "PRODUCT_REVIEW";

/// The most pages that a look-up reads: a search for one order finds few.
const MOST_PAGES: usize = 10;

/// One eTrusted account and channel. An accepted event is not a mail yet: see
/// [`ensure_setup`](Self::ensure_setup) and
/// [`check_setup`](ReviewInviteProvider::check_setup).
///
/// ```
/// use review_core::ReviewInviteProvider;
/// use review_etrusted::{EtrustedConfig, EtrustedProvider, Setup};
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// # let sandbox = review_sandbox::Sandbox::start().await?;
/// # let environment = |name: &str| sandbox.env_var(name);
/// # use review_core::{Consent, Customer, CustomerName, EmailAddress, InviteRequest, Order, OrderReference, PersonName};
/// # let request = InviteRequest::builder(
/// #     Customer::new(EmailAddress::new("jane@example.com")?).with_name(CustomerName::Full(PersonName::new("Jane Doe")?)),
/// #     Order::new(OrderReference::new("1001")?),
/// #     Consent::granted("test"),
/// # )
/// # .build()?;
/// // In your program: |name| std::env::var(name).ok()
/// let provider = EtrustedProvider::new(EtrustedConfig::from_vars(environment)?.with_instance("shop-de"))?;
/// // Event type, invite setting, what it asks for: once, or at every start. It sends nothing.
/// provider.ensure_setup(Setup::new().with_delay_in_days(7)).await?;
/// assert!(provider.check_setup().await?.is_ready());
///
/// let receipt = provider.send_invite(&request).await?;
/// assert_eq!(receipt.provider.to_string(), "etrusted/shop-de");
/// # assert_eq!(sandbox.emails_for("1001").len(), 1);
/// # Ok(())
/// # }
/// ```
#[derive(Debug)]
pub struct EtrustedProvider {
    client: EtrustedClient,
    capabilities: Capabilities,
    /// Links are made by questionnaire and not by the settings of an event type.
    link_capabilities: Capabilities,
    channel: SharedLookup<ResourceId>,
}

/// What is to be sent, by either route.
enum Plan {
    Event(Box<Event>),
    Direct(NewInvites),
}

impl EtrustedProvider {
    /// A provider with the transport this crate was built with.
    ///
    /// # Errors
    /// Those of [`default_transport`].
    pub fn new(config: EtrustedConfig) -> Result<Self> {
        let transport = default_transport(config.http.transport)?;
        Ok(Self::with_transport(config, transport))
    }

    /// A provider with a transport of the caller's.
    #[must_use]
    pub fn with_transport(config: EtrustedConfig, transport: DynTransport) -> Self {
        Self {
            capabilities: capabilities(&config),
            link_capabilities: link_capabilities(),
            client: EtrustedClient::with_transport(config, transport),
            channel: SharedLookup::new(),
        }
    }

    /// The typed client of this account.
    #[must_use]
    pub fn client(&self) -> &EtrustedClient {
        &self.client
    }

    fn plan(&self, request: &InviteRequest, channel: Channel) -> Result<Mapped<Plan>> {
        let admitted = self.capabilities.admit(self.info(), request)?;
        let (request, config) = (&admitted.request, self.client.config());
        let (body, warnings) = match &config.route {
            Route::Events => {
                let Mapped { body, warnings } = map::event(request, config, channel);
                (Plan::Event(Box::new(body)), warnings)
            }
            Route::Direct { invite_template, questionnaire_template } => {
                let templates = (invite_template, questionnaire_template);
                let Mapped { body, warnings } = map::direct(request, config, templates, channel, Utc::now())?;
                (Plan::Direct(body), warnings)
            }
        };
        Ok(Mapped { body, warnings: all(admitted.warnings, warnings) })
    }

    fn named(&self, error: Error, operation: &'static str) -> Error {
        error.with_provider(self.info()).with_operation(operation)
    }

    async fn event_channel(&self) -> Result<Channel> {
        match self.known_channel() {
            Some(channel) => Ok(channel),
            None => Ok(etrusted_channel(self.channel_id().await?.as_str())),
        }
    }

    /// The channel, if it takes no look-up.
    fn known_channel(&self) -> Option<Channel> {
        match (&self.client.config().channel, self.channel.get()) {
            (ChannelRef::Id(id), _) | (_, Some(id)) => Some(etrusted_channel(id.as_str())),
            (ChannelRef::Name(_), None) => None,
            (ChannelRef::UserDefined(id), _) => {
                Some(Channel { id: id.clone(), kind: Some(USER_DEFINED.to_owned()) })
            }
        }
    }

    /// What stands for the channel in a preview.
    fn shown_channel(&self) -> Channel {
        self.known_channel().unwrap_or_else(|| match &self.client.config().channel {
            ChannelRef::Name(name) => etrusted_channel(&format!("{{id of {name}}}")),
            _ => etrusted_channel("{id}"),
        })
    }

    /// The id eTrusted made for the channel, looked up once where the channel is known by name.
    pub(crate) async fn channel_id(&self) -> Result<ResourceId> {
        match &self.client.config().channel {
            ChannelRef::Id(id) => Ok(id.clone()),
            ChannelRef::Name(name) => {
                let found = self.channel.get_or_try_init(self.look_up_channel(name)).await;
                found.map_err(|error| into_pre_send_error(error, "the channel could not be looked up"))
            }
            ChannelRef::UserDefined(_) => {
                let problem = "expected the id eTrusted made (chl-…) or the channel's name: settings and reviews are \
                               not found by an id of the shop's own";
                Err(Error::config(vec![FieldError::new("channel", problem)]))
            }
        }
    }

    async fn look_up_channel(&self, name: &str) -> Result<ResourceId> {
        let channels = self.client.channels().await?;
        let channel = channel_called(name, &channels)
            .map_err(|problem| Error::config(vec![FieldError::new("channel", problem)]))?;
        ResourceId::new(&channel.id)
            .map_err(|_| Error::new(ErrorKind::Unexpected, "the channel that was found has no usable id"))
    }
}

/// The one channel of this name, or what is wrong with the name.
pub(crate) fn channel_called<'a>(
    name: &str,
    channels: &'a [ChannelDetails],
) -> std::result::Result<&'a ChannelDetails, String> {
    let mut matching = channels.iter().filter(|channel| channel.name.as_deref() == Some(name));
    match (matching.next(), matching.next()) {
        (Some(channel), None) => Ok(channel),
        (None, _) => Err(format!(
            "expected the name of a channel, found none called {name}; there are {}",
            channels.len()
        )),
        (Some(_), Some(_)) => Err(format!("more than one channel is called {name}; use the id, chl-…")),
    }
}

fn capabilities(config: &EtrustedConfig) -> Capabilities {
    let mut capabilities = Capabilities::new()
        .with_kind(config.asks_for)
        .with_feature(Feature::Metadata)
        .with_operation(Operation::CreateLink)
        .with_operation(Operation::FindInvite)
        .with_operation(Operation::CheckSetup);
    // By events the vendor's rules decide when a mail goes out, with which template and from whom.
    if matches!(config.route, Route::Direct { .. }) {
        capabilities = capabilities.with_feature(Feature::Scheduling).with_feature(Feature::Template);
    }
    if config.asks_for == InviteKind::ServiceAndProduct {
        capabilities = capabilities.with_kind(InviteKind::Service);
    }
    if config.asks_for.asks_for_products() { with_pages(capabilities) } else { capabilities }
}

fn link_capabilities() -> Capabilities {
    let capabilities = Capabilities::new()
        .with_kind(InviteKind::Service)
        .with_kind(InviteKind::Product)
        .with_kind(InviteKind::ServiceAndProduct)
        .with_feature(Feature::Metadata);
    with_pages(capabilities)
}

/// Sources disagree on what a product must have: the documentation marks nothing, an SDK marks name,
/// SKU and page. A product without a page cannot be told from another.
fn with_pages(capabilities: Capabilities) -> Capabilities {
    capabilities.with_requirement(Requirement::ProductUrl)
}

fn all(mut first: Vec<Warning>, then: Vec<Warning>) -> Vec<Warning> {
    first.extend(then);
    first
}

fn is_of(invite: &Invite, reference: &str) -> bool {
    invite.transaction.as_ref().and_then(|order| order.reference.as_deref()) == Some(reference)
}

/// The invites of one order, as far as they were listed.
#[derive(Default)]
struct Listed {
    service: Option<Invite>,
    product: Option<Invite>,
    /// One of a type that is not known stands for either.
    other: Option<Invite>,
    cancelled: bool,
}

impl Listed {
    fn add(&mut self, invite: Invite) {
        if invite.is_cancelled() {
            self.cancelled = true;
            return;
        }
        let place = match invite.review_type.as_deref() {
            Some(SERVICE_REVIEW) => &mut self.service,
            Some(PRODUCT_REVIEW) => &mut self.product,
            _ => &mut self.other,
        };
        // One that went out says more than one that waits.
        if place.as_ref().is_none_or(|kept| kept.sent_at.is_none()) {
            *place = Some(invite);
        }
    }

    /// For an invitation to both, both halves have to be there: one of them may have been lost.
    fn answer(self, kind: InviteKind) -> InviteLookup {
        let Self { service, product, other, cancelled } = self;
        let found = match kind {
            InviteKind::Service => service.or(other),
            InviteKind::Product => product.or(other),
            InviteKind::ServiceAndProduct => match (service, product) {
                (Some(invite), Some(_)) => Some(invite),
                (None, None) => other,
                (service, _) => {
                    let half = if service.is_some() { "service" } else { "product" };
                    return InviteLookup::Inconclusive(format!("only the {half} half of it is listed"));
                }
            },
        };
        match found {
            Some(invite) => InviteLookup::Found { vendor_id: Some(invite.id), sent_at: invite.sent_at },
            None if cancelled => {
                let why = "an invite of this order was cancelled at eTrusted; it will not go out";
                InviteLookup::Inconclusive(why.to_owned())
            }
            None => InviteLookup::Inconclusive(NOT_THERE_YET.to_owned()),
        }
    }
}

fn scheduled(time: Option<DateTime<Utc>>) -> InviteState {
    time.filter(|time| *time > Utc::now()).map_or(InviteState::Accepted, InviteState::Scheduled)
}

fn etrusted_channel(id: &str) -> Channel {
    Channel { id: id.to_owned(), kind: Some("etrusted".to_owned()) }
}

#[async_trait]
impl ReviewInviteProvider for EtrustedProvider {
    fn info(&self) -> &ProviderInfo {
        self.client.info()
    }

    fn capabilities(&self) -> &Capabilities {
        &self.capabilities
    }

    fn preview(&self, request: &InviteRequest) -> Result<Preview> {
        let planned = self.plan(request, self.shown_channel());
        let Mapped { body, warnings } = planned.map_err(|error| self.named(error, "preview"))?;
        let (path, body, shown) = match &body {
            Plan::Event(event) => ("events", serde_json::to_value(event), &SHOWN),
            Plan::Direct(invites) => ("invites", serde_json::to_value(invites), &SHOWN_DIRECT),
        };
        let body = body.map_err(|_| Error::new(ErrorKind::InvalidRequest, "the request has no JSON form"))?;
        let call =
            PreviewCall::new("POST", self.client.url(path)?).with_redacted_body(redact::json(&body, shown));
        Ok(Preview::new(vec![call]).with_warnings(warnings))
    }

    async fn send_invite(&self, request: &InviteRequest) -> Result<InviteReceipt> {
        let named = |error| self.named(error, SEND_INVITE);
        // What cannot be sent is refused before the channel is looked up.
        self.plan(request, self.shown_channel()).map_err(named)?;
        let channel = self.event_channel().await.map_err(named)?;
        let Mapped { body, warnings } = self.plan(request, channel).map_err(named)?;
        let (state, id) = match &body {
            Plan::Event(event) => {
                let posted = self.client.post_event(event).await?;
                (InviteState::Accepted, posted.map(|posted| posted.event_ref))
            }
            Plan::Direct(invites) => {
                let posted = self.client.post_invites(invites).await.map_err(named)?;
                let time = invites.invites.iter().find_map(|invite| invite.preferred_send_time);
                (scheduled(time), posted.ids.into_iter().next())
            }
        };
        let receipt = InviteReceipt::new(self.info().clone(), state).with_warnings(warnings);
        Ok(match id {
            Some(id) => receipt.with_vendor_id(id),
            None => receipt,
        })
    }

    /// Makes a questionnaire link. Kinds of all sorts can be asked for, whatever the settings of the
    /// event type ask for: see [`EtrustedConfig::with_questionnaire_template`].
    async fn create_link(&self, request: &InviteRequest) -> Result<ReviewLink> {
        let named = |error| self.named(error, CREATE_LINK);
        let admitted = self.link_capabilities.admit(self.info(), request).map_err(named)?;
        let channel = self.event_channel().await.map_err(named)?;
        let mapped = map::link(&admitted.request, self.client.config(), channel);
        let made = self.client.create_questionnaire_link(&mapped.body).await?;
        let unusable = |_| Error::new(ErrorKind::Unexpected, "the link that was made is no address");
        let url = made.link.as_str().parse().map_err(unusable).map_err(named)?;
        Ok(ReviewLink::new(self.info().clone(), url).with_warnings(all(admitted.warnings, mapped.warnings)))
    }

    async fn find_invite(&self, key: &InviteKey) -> Result<InviteLookup> {
        let reference = key.reference.as_str();
        if reference.contains('@') {
            let why = "the order's reference looks like an e-mail address, and those are not put into URLs; \
                       look it up in the Control Centre";
            return Ok(InviteLookup::Inconclusive(why.to_owned()));
        }
        let named = |error| self.named(error, "find_invite");
        let channel = self.event_channel().await.map_err(named)?;
        let mut listed = Listed::default();
        let mut after = None;
        for _ in 0..MOST_PAGES {
            let page =
                self.client.invites(&channel, Some(reference), after.as_deref()).await.map_err(named)?;
            page.items
                .into_iter()
                .filter(|invite| is_of(invite, reference))
                .for_each(|invite| listed.add(invite));
            after = page.after;
            if after.is_none() {
                return Ok(listed.answer(key.kind));
            }
        }
        Ok(match listed.answer(key.kind) {
            InviteLookup::Inconclusive(_) => InviteLookup::Inconclusive(format!(
                "none that answers the question on the first {MOST_PAGES} pages that the search for it finds"
            )),
            found => found,
        })
    }

    async fn erase_customer(&self, _: &EmailAddress) -> Result<Erasure> {
        Err(Error::unsupported(
            self.info(),
            "erase_customer",
            "eTrusted has no call for it: write to privacy@trustedshops.com, and name, e-mail address and \
             reference are removed from events, invites, reminders and deliveries; without that they are \
             kept for 180 days at most",
        ))
    }

    async fn check_setup(&self) -> Result<SetupReport> {
        self.look_at_setup().await.map_err(|error| self.named(error, "check_setup"))
    }
}
