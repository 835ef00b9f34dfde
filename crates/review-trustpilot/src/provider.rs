//! Trustpilot behind the contract.

use async_trait::async_trait;
use chrono::Utc;
use review_core::{
    Capabilities, EmailAddress, Erasure, Error, ErrorKind, Feature, InviteKey, InviteKind, InviteLookup,
    InviteReceipt, InviteRequest, InviteState, Operation, Preview, PreviewCall, ProviderInfo, Requirement,
    Result, ReviewInviteProvider, ReviewLink, SetupReport,
};
use review_http::{DynTransport, ResourceId, SharedLookup, default_transport, into_pre_send_error, redact};

use crate::check;
use crate::client::{ServiceReviewQuery, TrustpilotClient, name};
use crate::config::{BusinessUnitRef, TrustpilotConfig};
use crate::map::{self, LinkCalls, Mapped};

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

const FIND_INVITE: &str = "find_invite";

/// Trustpilot tells nothing of an invitation until it has been answered.
const NO_REVIEW_YET: &str = "no service review has this reference yet; Trustpilot's API tells nothing of an \
                             invitation before it is answered, so look under \"Invitation status\" in the \
                             business application";
/// Private product reviews have the reference and no filter for it.
const NO_PRODUCT_LOOK_UP: &str = "Trustpilot's API finds no product review by its reference; read the product \
                                  reviews, or look under \"Invitation status\" in the business application";

/// One Trustpilot account. It is a [`ReviewReader`](review_core::ReviewReader) too.
///
/// ```
/// use review_core::ReviewInviteProviderExt;
/// use review_trustpilot::{TrustpilotConfig, TrustpilotProvider};
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
/// let config = TrustpilotConfig::from_vars(environment)?.with_instance("shop-de");
/// let provider = TrustpilotProvider::new(config)?;
/// let receipt = provider.send_or_known(&request).await?;
/// assert_eq!(receipt.provider.to_string(), "trustpilot/shop-de");
/// # assert_eq!(sandbox.emails_for("1001").len(), 1);
/// # Ok(())
/// # }
/// ```
#[derive(Debug)]
pub struct TrustpilotProvider {
    client: TrustpilotClient,
    capabilities: Capabilities,
    /// The id of the business unit, looked up once: it is stable as long as the profile exists.
    business_unit: SharedLookup<ResourceId>,
}

impl TrustpilotProvider {
    /// A provider with the transport this crate was built with.
    ///
    /// # Errors
    /// Those of [`default_transport`].
    pub fn new(config: TrustpilotConfig) -> Result<Self> {
        let transport = default_transport(config.http.transport)?;
        Ok(Self::with_transport(config, transport))
    }

    /// A provider with a transport of the caller's.
    #[must_use]
    pub fn with_transport(config: TrustpilotConfig, transport: DynTransport) -> Self {
        let mut capabilities = Capabilities::new().with_requirement(Requirement::CustomerName);
        for kind in InviteKind::ALL {
            capabilities = capabilities.with_kind(*kind);
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
        for operation in Operation::ALL {
            capabilities = capabilities.with_operation(*operation);
        }
        // Which product members are mandatory is not documented; the official minimal sample has the
        // page, and a product without one cannot be told from another.
        if !config.products_from_catalogue {
            capabilities = capabilities.with_requirement(Requirement::ProductUrl);
        }
        Self {
            client: TrustpilotClient::with_transport(config, transport),
            capabilities,
            business_unit: SharedLookup::new(),
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

    /// Every error names the operation that failed, whichever call it came from.
    fn named<T>(&self, operation: &'static str, result: Result<T>) -> Result<T> {
        result.map_err(|error| error.with_provider(self.info()).with_operation(operation))
    }

    pub(crate) async fn business_unit(&self) -> Result<ResourceId> {
        let domain = match &self.client.config().business_unit {
            BusinessUnitRef::Id(id) => return Ok(id.clone()),
            BusinessUnitRef::Domain(domain) => domain,
        };
        let look_up = async {
            let found = self.client.find_business_unit(domain).await?;
            let unusable =
                |_| Error::new(ErrorKind::Unexpected, "the business unit that was found has no usable id");
            ResourceId::new(&found.id).map_err(unusable)
        };
        let found = self.business_unit.get_or_try_init(look_up).await;
        found.map_err(|error| into_pre_send_error(error, "the business unit could not be looked up"))
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
        let mapped = self.named("preview", self.plan(request))?;
        let body = serde_json::to_value(&mapped.invitation)
            .map_err(|_| Error::new(ErrorKind::InvalidRequest, "the request has no JSON form"))?;
        // The placeholder is put in last: braces have no place in a path.
        let url = match (&self.client.config().business_unit, self.business_unit.get()) {
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
        let mapped = self.named(name::SEND_INVITE, self.plan(request))?;
        let business_unit = self.named(name::SEND_INVITE, self.business_unit().await)?;
        self.client.create_email_invitation(&business_unit, &mapped.invitation).await?;
        let state = match mapped.send_time() {
            Some(time) if time > Utc::now() => InviteState::Scheduled(time),
            _ => InviteState::Accepted,
        };
        Ok(InviteReceipt::new(self.info().clone(), state).with_warnings(mapped.warnings))
    }

    async fn create_link(&self, request: &InviteRequest) -> Result<ReviewLink> {
        let link = self.named(name::CREATE_LINK, map::link(request, self.info()))?;
        let unit = self.named(name::CREATE_LINK, self.business_unit().await)?;
        let url = match &link.calls {
            LinkCalls::Service(service) => self.client.create_service_review_link(&unit, service).await?.url,
            LinkCalls::Products(product) => {
                self.client.create_product_review_link(&unit, product).await?.review_url
            }
            LinkCalls::Chain(service, product) => {
                self.client.create_service_and_product_review_link(&unit, service, product).await?.url
            }
        };
        let unusable = |_| Error::new(ErrorKind::Unexpected, "the vendor's link is no address");
        let url = self.named(name::CREATE_LINK, url.as_str().parse().map_err(unusable))?;
        Ok(ReviewLink::new(self.info().clone(), url).with_warnings(link.warnings))
    }

    async fn find_invite(&self, key: &InviteKey) -> Result<InviteLookup> {
        if !key.kind.asks_for_service() {
            return Ok(InviteLookup::Inconclusive(NO_PRODUCT_LOOK_UP.to_owned()));
        }
        let unit = self.named(FIND_INVITE, self.business_unit().await)?;
        let reference_id = Some(key.reference.as_str().to_owned());
        let query = ServiceReviewQuery { reference_id, ..ServiceReviewQuery::default() };
        let page = self.named(FIND_INVITE, self.client.service_reviews(&unit, &query).await)?;
        // The answer is looked through once more: a filter that is passed over must not find a stranger.
        let theirs = |found: Option<&str>| found == Some(key.reference.as_str());
        if page.reviews.iter().any(|review| theirs(review.reference_id.as_deref())) {
            return Ok(InviteLookup::Found { vendor_id: None, sent_at: None });
        }
        Ok(InviteLookup::Inconclusive(NO_REVIEW_YET.to_owned()))
    }

    async fn erase_customer(&self, email: &EmailAddress) -> Result<Erasure> {
        let unit = self.named(name::ERASE_CUSTOMER, self.business_unit().await)?;
        self.client.delete_invitation_data_of(&unit, std::slice::from_ref(email)).await?;
        // What is answered for an address nobody knows is not documented.
        Ok(Erasure::Accepted)
    }

    async fn check_setup(&self) -> Result<SetupReport> {
        self.named("check_setup", check::check(&self.client).await)
    }
}
