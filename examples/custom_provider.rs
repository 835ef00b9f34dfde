//! A vendor of your own: one file makes ACME a provider, and the conformance suite tells whether it is a good one.
//!
//! ```text
//! $ cargo run --example custom_provider
//! > acme/shop: Accepted
//! > ACME was sent 1 invitation(s)
//! $ cargo test --example custom_provider
//! > test tests::conformance::a_lost_answer_is_unknown_and_counted_once ... ok
//! ```
//!
//! ACME does not exist, so a server on loopback plays it.

use http::{Method, StatusCode};
use review_http::{
    ApiRequest, BaseUrl, Classification, Client, ClientOptions, DynTransport, ErrorResponse, Secret,
    default_transport, redact,
};
use review_invites::reexport::async_trait::async_trait;
use review_invites::{
    Capabilities, Consent, Customer, CustomerName, EmailAddress, Error, ErrorKind, Feature, InviteKind,
    InviteReceipt, InviteRequest, InviteState, Order, OrderReference, PersonName, Preview, PreviewCall,
    ProviderInfo, Result, ReviewInviteProvider, Tag,
};
use serde_json::{Value, json};
use support::{AcmeServer, Failure};

const SEND_INVITE: &str = "send_invite";

/// The settings. Secrets do not show in `Debug`.
#[derive(Clone, Debug)]
struct AcmeConfig {
    url: BaseUrl,
    key: Secret,
    http: ClientOptions,
}

impl AcmeConfig {
    /// Reads `ACME_KEY` and `ACME_URL`. All that is missing or wrong is told at once.
    fn from_vars(look_up: impl Fn(&str) -> Option<String>) -> Result<Self> {
        let mut settings = review_http::ConfigReader::new(&look_up);
        let url = settings.base_url("ACME_URL", "https://api.acme.example");
        let key = settings.secret("ACME_KEY", "the API key of your ACME account");
        settings.finish(url.zip(key).map(|(url, key)| Self { url, key, http: ClientOptions::default() }))
    }
}

#[derive(Debug)]
struct Acme {
    config: AcmeConfig,
    capabilities: Capabilities,
    /// Repeats what may be repeated, tells what is unknown, keeps limits.
    client: Client,
}

impl Acme {
    fn new(config: AcmeConfig, transport: DynTransport) -> Self {
        let client = Client::new(ProviderInfo::new("acme", "shop"), transport, &config.http, classify);
        let capabilities = Capabilities::new().with_kind(InviteKind::Service).with_feature(Feature::Tags);
        Self { config, capabilities, client }
    }

    fn call(&self, request: &InviteRequest) -> Result<ApiRequest> {
        let (customer, reference) = (request.customer(), request.order().reference().as_str());
        let url = self.config.url.join(&["invitations"])?;
        // An invitation is a mail to a person: at most once. Whatever ACME answers, nothing of the customer shows.
        Ok(ApiRequest::at_most_once(SEND_INVITE, Method::POST, url)
            .secret_header("x-acme-key", &self.config.key)?
            .json(&body(request))?
            .redact(customer.personal_values())
            .with_order_reference(Some(reference)))
    }
}

/// From our words to ACME's. No I/O, so that it can be tested alone.
fn body(request: &InviteRequest) -> Value {
    let customer = request.customer();
    json!({
        "order": request.order().reference().as_str(),
        "to": customer.email().as_str(),
        "name": customer.name().map(CustomerName::full),
        "language": customer.locale().map(ToString::to_string),
        "labels": request.tags().iter().map(Tag::as_str).collect::<Vec<_>>(),
    })
}

/// What the status alone does not tell. The rest is known: 401, 403, 429, 5xx and so on.
fn classify(refusal: &ErrorResponse<'_>) -> Classification {
    let mut reading = Classification::default();
    reading.message = refusal.json().and_then(|body| Some(body.get("message")?.as_str()?.to_owned()));
    if refusal.status == StatusCode::CONFLICT {
        reading.kind = Some(ErrorKind::Duplicate);
    }
    reading
}

#[async_trait]
impl ReviewInviteProvider for Acme {
    fn info(&self) -> &ProviderInfo {
        self.client.info()
    }

    fn capabilities(&self) -> &Capabilities {
        &self.capabilities
    }

    fn preview(&self, request: &InviteRequest) -> Result<Preview> {
        let named = |error: Error| error.with_provider(self.info()).with_operation("preview");
        let admitted = self.capabilities.admit(self.info(), request).map_err(named)?;
        let url = self.config.url.join(&["invitations"]).map_err(named)?;
        let shown = redact::json(&body(&admitted.request), &["order", "language", "labels"]);
        let call = PreviewCall::new("POST", url).with_redacted_body(shown);
        Ok(Preview::new(vec![call]).with_warnings(admitted.warnings))
    }

    async fn send_invite(&self, request: &InviteRequest) -> Result<InviteReceipt> {
        let named = |error: Error| error.with_provider(self.info()).with_operation(SEND_INVITE);
        // Refuses what ACME cannot do before anything is sent, or leaves it out if the request says so.
        let admitted = self.capabilities.admit(self.info(), request).map_err(named)?;
        self.client.send(self.call(&admitted.request).map_err(named)?).await?;
        Ok(InviteReceipt::new(self.info().clone(), InviteState::Accepted).with_warnings(admitted.warnings))
    }
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Failure> {
    let server = AcmeServer::start().await?;
    let config = AcmeConfig::from_vars(|name| match name {
        "ACME_URL" => Some(server.url().to_owned()),
        _ => Some("a key".to_owned()),
    })?;
    let acme = Acme::new(config.clone(), default_transport(config.http.transport)?);

    let customer = Customer::new(EmailAddress::new("jane@example.com")?)
        .with_name(CustomerName::Full(PersonName::new("Jane Doe")?));
    let order = Order::new(OrderReference::new("1001")?);
    let request =
        InviteRequest::builder(customer, order, Consent::granted("checkbox at the checkout")).build()?;
    let receipt = acme.send_invite(&request).await?;
    println!("{}: {:?}", receipt.provider, receipt.state);
    println!("ACME was sent {} invitation(s)", server.taken().len());
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::time::Duration;

    use review_http::{RetryPolicy, TransportOptions};
    use review_invites::DynProvider;
    use review_testkit::conformance::{Harness, VendorFault};
    use review_testkit::{FaultRule, FaultTransport};

    use super::*;

    const KEY: &str = "the-key-of-a-shop";

    /// The provider over real HTTP, the server as the witness, and what goes wrong in between.
    struct AcmeHarness {
        server: AcmeServer,
        faults: FaultTransport,
        provider: DynProvider,
    }

    #[async_trait]
    impl Harness for AcmeHarness {
        async fn start() -> Self {
            let server = AcmeServer::start().await.unwrap();
            let faults = FaultTransport::new(default_transport(TransportOptions::default()).unwrap());
            let retry = RetryPolicy::default().with_attempt_timeout(Duration::from_millis(500));
            let url = BaseUrl::new(server.url()).unwrap();
            let config = AcmeConfig { url, key: KEY.into(), http: retry.into() };
            let provider = Arc::new(Acme::new(config, Arc::new(faults.clone())));
            Self { server, faults, provider }
        }

        fn provider(&self) -> DynProvider {
            self.provider.clone()
        }

        async fn accepted(&self, reference: &str) -> usize {
            self.server.taken().iter().filter(|body| body.contains(&format!("\"{reference}\""))).count()
        }

        async fn requests(&self) -> usize {
            self.faults.counts().requests.try_into().unwrap()
        }

        async fn wire(&self, reference: &str) -> Option<String> {
            self.server.taken().into_iter().find(|body| body.contains(reference))
        }

        async fn fault(&self, fault: VendorFault) -> bool {
            self.faults.add(FaultRule::new(fault.into()).first(1));
            true
        }

        fn secrets(&self) -> Vec<String> {
            vec![KEY.to_owned()]
        }

        fn no_place_for(&self) -> &[&str] {
            &["customer.phone", "customer.address", "customer.reference"]
        }
    }

    review_testkit::conformance_suite! { harness: AcmeHarness }
}
