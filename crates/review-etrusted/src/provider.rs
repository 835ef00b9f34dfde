//! eTrusted behind the contract.

use async_trait::async_trait;
use review_core::{
    Admitted, Capabilities, Error, ErrorKind, Feature, FieldError, InviteKind, InviteReceipt, InviteRequest,
    InviteState, Preview, PreviewCall, ProviderInfo, Requirement, Result, ReviewInviteProvider,
};
use review_http::{DynTransport, Id, LookUp, before_sending, default_transport, redact};

use crate::client::{EtrustedClient, SEND_INVITE};
use crate::config::{ChannelRef, EtrustedConfig};
use crate::map::{self, Mapped};
use crate::wire::Channel;

/// Members of the body that a preview shows: none of them speaks of a person.
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

/// One eTrusted account and channel. An accepted event is not a mail yet: see
/// [`ensure_setup`](Self::ensure_setup).
#[derive(Debug)]
pub struct EtrustedProvider {
    client: EtrustedClient,
    capabilities: Capabilities,
    channel: LookUp<Id>,
}

impl EtrustedProvider {
    /// A provider with the transport this crate was built with.
    ///
    /// # Errors
    /// Those of [`default_transport`].
    pub fn new(config: EtrustedConfig) -> Result<Self> {
        let transport = default_transport(config.transport)?;
        Ok(Self::with_transport(config, transport))
    }

    /// A provider with a transport of the caller's.
    #[must_use]
    pub fn with_transport(config: EtrustedConfig, transport: DynTransport) -> Self {
        // The vendor's rules decide when a mail goes out, with which template and from whom, so an
        // event carries no other wish than metadata.
        let mut capabilities = Capabilities::new().with_kind(config.asks_for).with_feature(Feature::Metadata);
        if config.asks_for == InviteKind::ServiceAndProduct {
            capabilities = capabilities.with_kind(InviteKind::Service);
        }
        // Sources disagree on what a product must have: the documentation marks nothing, an SDK marks
        // name, SKU and page. A product without a page cannot be told from another.
        if config.asks_for.asks_for_products() {
            capabilities = capabilities.with_requirement(Requirement::ProductUrl);
        }
        Self {
            client: EtrustedClient::with_transport(config, transport),
            capabilities,
            channel: LookUp::new(),
        }
    }

    /// The typed client of this account.
    #[must_use]
    pub fn client(&self) -> &EtrustedClient {
        &self.client
    }

    fn admit<'a>(&self, request: &'a InviteRequest) -> Result<Admitted<'a>> {
        self.capabilities.admit(self.info(), request)
    }

    fn plan(&self, admitted: Admitted<'_>, channel: Channel) -> Mapped {
        let mut mapped = map::event(&admitted.request, self.client.config(), channel);
        mapped.warnings.splice(0..0, admitted.warnings);
        mapped
    }

    fn named(&self, error: Error, operation: &'static str) -> Error {
        error.with_provider(self.info()).with_operation(operation)
    }

    async fn event_channel(&self) -> Result<Channel> {
        Ok(match &self.client.config().channel {
            ChannelRef::UserDefined(id) => Channel { id: id.clone(), kind: Some("user_defined".to_owned()) },
            _ => etrusted_channel(self.channel_id().await?.as_str()),
        })
    }

    /// The id eTrusted made for the channel, looked up once where the channel is known by name.
    pub(crate) async fn channel_id(&self) -> Result<Id> {
        match &self.client.config().channel {
            ChannelRef::Id(id) => Ok(id.clone()),
            ChannelRef::Name(name) => {
                let found = self.channel.get(self.look_up_channel(name)).await;
                found.map_err(|error| before_sending(error, "the channel could not be looked up"))
            }
            ChannelRef::UserDefined(_) => {
                let problem = "expected the id eTrusted made (chl-…) or the channel's name: settings are not found by an \
                               id of the shop's own";
                Err(Error::config(vec![FieldError::new("channel", problem)]))
            }
        }
    }

    async fn look_up_channel(&self, name: &str) -> Result<Id> {
        let channels = self.client.channels().await?;
        let mut matching = channels.iter().filter(|channel| channel.name.as_deref() == Some(name));
        let wrong = |problem: String| Error::config(vec![FieldError::new("channel", problem)]);
        match (matching.next(), matching.next()) {
            (Some(channel), None) => Id::new(&channel.id).map_err(|_| {
                Error::new(ErrorKind::Unexpected, "the channel that was found has no usable id")
            }),
            (None, _) => {
                let problem = format!(
                    "expected the name of a channel, found none called {name}; there are {}",
                    channels.len()
                );
                Err(wrong(problem))
            }
            (Some(_), Some(_)) => {
                Err(wrong(format!("more than one channel is called {name}; use the id, chl-…")))
            }
        }
    }
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
        let admitted = self.admit(request).map_err(|error| self.named(error, "preview"))?;
        let channel = match (&self.client.config().channel, self.channel.found()) {
            (ChannelRef::Id(id), _) | (_, Some(id)) => etrusted_channel(id.as_str()),
            (ChannelRef::Name(name), None) => etrusted_channel(&format!("{{id of {name}}}")),
            (ChannelRef::UserDefined(id), _) => {
                Channel { id: id.clone(), kind: Some("user_defined".to_owned()) }
            }
        };
        let mapped = self.plan(admitted, channel);
        let body = serde_json::to_value(&mapped.event)
            .map_err(|_| Error::new(ErrorKind::InvalidRequest, "the request has no JSON form"))?;
        let call = PreviewCall::new("POST", self.client.events_url()?)
            .with_redacted_body(redact::json(&body, &SHOWN));
        Ok(Preview::new(vec![call]).with_warnings(mapped.warnings))
    }

    async fn send_invite(&self, request: &InviteRequest) -> Result<InviteReceipt> {
        let admitted = self.admit(request).map_err(|error| self.named(error, SEND_INVITE))?;
        let channel = self.event_channel().await.map_err(|error| self.named(error, SEND_INVITE))?;
        let mapped = self.plan(admitted, channel);
        let posted = self.client.post_event(&mapped.event).await?;
        let receipt =
            InviteReceipt::new(self.info().clone(), InviteState::Accepted).with_warnings(mapped.warnings);
        Ok(match posted {
            Some(posted) => receipt.with_vendor_id(posted.event_ref),
            None => receipt,
        })
    }
}
