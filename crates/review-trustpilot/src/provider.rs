//! Trustpilot behind the contract.

use async_trait::async_trait;
use chrono::Utc;
use review_core::{
    Capabilities, Error, ErrorKind, Feature, InviteKind, InviteReceipt, InviteRequest, InviteState, Preview,
    PreviewCall, ProviderInfo, Requirement, Result, ReviewInviteProvider,
};
use review_http::{DynTransport, Id, LookUp, before_sending, default_transport, redact};

use crate::client::{SEND_INVITE, TrustpilotClient};
use crate::config::{BusinessUnitRef, TrustpilotConfig};
use crate::map::{self, Mapped};

/// Members of the body that a preview shows: none of them speaks of a person. A redirect is not among
/// them, since it may be a personal link.
const SHOWN: [&str; 17] = [
    "locale",
    "locationId",
    "referenceNumber",
    "serviceReviewInvitation.templateId",
    "serviceReviewInvitation.preferredSendTime",
    "serviceReviewInvitation.tags",
    "productReviewInvitation.templateId",
    "productReviewInvitation.preferredSendTime",
    "productReviewInvitation.productSkus",
    "productReviewInvitation.products.sku",
    "productReviewInvitation.products.name",
    "productReviewInvitation.products.productUrl",
    "productReviewInvitation.products.imageUrl",
    "productReviewInvitation.products.brand",
    "productReviewInvitation.products.mpn",
    "productReviewInvitation.products.gtin",
    "productReviewInvitation.products.productCategoryGoogleId",
];

/// One Trustpilot account.
#[derive(Debug)]
pub struct TrustpilotProvider {
    client: TrustpilotClient,
    capabilities: Capabilities,
    /// The id of the business unit, looked up once: it is stable as long as the profile exists.
    business_unit: LookUp<Id>,
}

impl TrustpilotProvider {
    /// A provider with the transport this crate was built with.
    ///
    /// # Errors
    /// Those of [`default_transport`].
    pub fn new(config: TrustpilotConfig) -> Result<Self> {
        let transport = default_transport(config.transport)?;
        Ok(Self::with_transport(config, transport))
    }

    /// A provider with a transport of the caller's.
    #[must_use]
    pub fn with_transport(config: TrustpilotConfig, transport: DynTransport) -> Self {
        let mut capabilities = Capabilities::new().with_requirement(Requirement::CustomerName);
        for kind in [InviteKind::Service, InviteKind::Product, InviteKind::ServiceAndProduct] {
            capabilities = capabilities.with_kind(kind);
        }
        for feature in [
            Feature::Scheduling,
            Feature::Template,
            Feature::Tags,
            Feature::RedirectUrl,
            Feature::Location,
            Feature::ReplyTo,
            Feature::Sender,
        ] {
            capabilities = capabilities.with_feature(feature);
        }
        // Which product members are mandatory is not documented; the official minimal sample has the
        // page, and a product without one cannot be told from another.
        if !config.products_from_catalogue {
            capabilities = capabilities.with_requirement(Requirement::ProductUrl);
        }
        Self {
            client: TrustpilotClient::with_transport(config, transport),
            capabilities,
            business_unit: LookUp::new(),
        }
    }

    /// The typed client of this account.
    #[must_use]
    pub fn client(&self) -> &TrustpilotClient {
        &self.client
    }

    fn plan(&self, request: &InviteRequest) -> Result<Mapped> {
        let admitted = self.capabilities.admit(self.info(), request)?;
        let mut mapped = map::email_invitation(&admitted.request, self.client.config(), Utc::now())?;
        mapped.warnings.splice(0..0, admitted.warnings);
        Ok(mapped)
    }

    fn named(&self, error: Error) -> Error {
        error.with_provider(self.info()).with_operation(SEND_INVITE)
    }

    async fn business_unit(&self) -> Result<Id> {
        let domain = match &self.client.config().business_unit {
            BusinessUnitRef::Id(id) => return Ok(id.clone()),
            BusinessUnitRef::Domain(domain) => domain,
        };
        let look_up = async {
            let found = self.client.find_business_unit(domain).await?;
            let unusable =
                |_| Error::new(ErrorKind::Unexpected, "the business unit that was found has no usable id");
            Id::new(&found.id).map_err(unusable)
        };
        let found = self.business_unit.get(look_up).await;
        found.map_err(|error| before_sending(error, "the business unit could not be looked up"))
    }
}

#[async_trait]
impl ReviewInviteProvider for TrustpilotProvider {
    fn info(&self) -> &ProviderInfo {
        self.client.info()
    }

    fn capabilities(&self) -> &Capabilities {
        &self.capabilities
    }

    fn preview(&self, request: &InviteRequest) -> Result<Preview> {
        let mapped =
            self.plan(request).map_err(|error| error.with_provider(self.info()).with_operation("preview"))?;
        let body = serde_json::to_value(&mapped.invitation)
            .map_err(|_| Error::new(ErrorKind::InvalidRequest, "the request has no JSON form"))?;
        // The placeholder is put in last: braces have no place in a path.
        let url = match (&self.client.config().business_unit, self.business_unit.found()) {
            (BusinessUnitRef::Id(id), _) | (_, Some(id)) => {
                self.client.email_invitations_url(id.as_str())?.to_string()
            }
            (BusinessUnitRef::Domain(domain), None) => {
                let url = self.client.email_invitations_url("BUSINESS-UNIT")?.to_string();
                url.replace("BUSINESS-UNIT", &format!("{{id of {}}}", domain.as_str()))
            }
        };
        let call = PreviewCall::new("POST", url).with_redacted_body(redact::json(&body, &SHOWN));
        Ok(Preview::new(vec![call]).with_warnings(mapped.warnings))
    }

    async fn send_invite(&self, request: &InviteRequest) -> Result<InviteReceipt> {
        let mapped = self.plan(request).map_err(|error| self.named(error))?;
        let business_unit = self.business_unit().await.map_err(|error| self.named(error))?;
        self.client.create_email_invitation(&business_unit, &mapped.invitation).await?;
        let state = match mapped.send_time() {
            Some(time) if time > Utc::now() => InviteState::Scheduled(time),
            _ => InviteState::Accepted,
        };
        Ok(InviteReceipt::new(self.info().clone(), state).with_warnings(mapped.warnings))
    }
}
