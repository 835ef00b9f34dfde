//! The contract as a third party meets it: a provider written outside the crate, and its callers.
#![allow(clippy::unwrap_used, reason = "a test may panic")]

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use async_trait::async_trait;
use futures_util::StreamExt;
use review_core::*;

/// A vendor that sends service invitations with tags, and knows order `known` already.
#[derive(Debug)]
struct Tiny {
    info: ProviderInfo,
    capabilities: Capabilities,
    sent: AtomicUsize,
}

impl Tiny {
    fn new() -> Self {
        Self {
            info: ProviderInfo::new("tiny", "test"),
            capabilities: Capabilities::new()
                .with_kind(InviteKind::Service)
                .with_kind(InviteKind::ServiceAndProduct)
                .with_feature(Feature::Tags)
                .with_requirement(Requirement::CustomerName)
                .with_requirement(Requirement::ProductUrl),
            sent: AtomicUsize::new(0),
        }
    }
}

#[async_trait]
impl ReviewInviteProvider for Tiny {
    fn info(&self) -> &ProviderInfo {
        &self.info
    }

    fn capabilities(&self) -> &Capabilities {
        &self.capabilities
    }

    fn preview(&self, request: &InviteRequest) -> Result<Preview> {
        let admitted = self.capabilities.admit(&self.info, request)?;
        Ok(Preview::new(vec![PreviewCall::new("POST", "https://tiny.example/")])
            .with_warnings(admitted.warnings))
    }

    async fn send_invite(&self, request: &InviteRequest) -> Result<InviteReceipt> {
        let admitted = self.capabilities.admit(&self.info, request)?;
        if admitted.request.order().reference().as_str() == "known" {
            return Err(Error::new(ErrorKind::Duplicate, "").with_request_id("r-1"));
        }
        self.sent.fetch_add(1, Ordering::SeqCst);
        let receipt = InviteReceipt::new(self.info.clone(), InviteState::Accepted);
        Ok(receipt.with_warnings(admitted.warnings))
    }
}

fn customer() -> Customer {
    Customer::new(EmailAddress::new("jane@example.com").unwrap())
        .with_name(CustomerName::Full(PersonName::new("Jane Doe").unwrap()))
}

fn order(reference: &str) -> Order {
    Order::new(OrderReference::new(reference).unwrap())
}

fn product(url: Option<&str>) -> Product {
    let product = Product::new(Sku::new("S-1").unwrap(), ProductText::new("Shoe").unwrap());
    url.map_or(product.clone(), |url| product.with_url(url.parse().unwrap()))
}

fn request(reference: &str) -> InviteRequestBuilder {
    InviteRequest::builder(customer(), order(reference), Consent::granted("test"))
}

fn fields(error: &Error) -> Vec<&str> {
    error.fields().iter().map(FieldError::field).collect()
}

#[tokio::test]
async fn every_wish_the_vendor_cannot_fulfil_is_named_and_nothing_is_sent() {
    let tiny = Tiny::new();
    let order = order("1").with_metadata("key", "value");
    let request = InviteRequest::builder(customer(), order, Consent::granted("test"))
        .send_at(SendAt::Now)
        .tag(Tag::new("fine").unwrap())
        .template(TemplateId::new("t").unwrap())
        .redirect_url("https://shop.example/".parse().unwrap())
        .location(LocationId::new("l").unwrap())
        .reply_to(EmailAddress::new("shop@example.com").unwrap())
        .sender(Sender { name: None, email: Some(EmailAddress::new("shop@example.com").unwrap()) });
    let refused = request.clone().build().unwrap();
    let beyond = ["send_at", "template", "redirect_url", "location", "reply_to", "sender", "order.metadata"];
    for error in [tiny.send_invite(&refused).await.unwrap_err(), tiny.preview(&refused).unwrap_err()] {
        assert_eq!((error.kind(), error.sent()), (ErrorKind::Unsupported, Sent::No));
        assert_eq!(fields(&error), beyond);
    }
    assert_eq!(tiny.sent.load(Ordering::SeqCst), 0);

    let degraded = request.on_unsupported(OnUnsupported::Degrade).build().unwrap();
    let receipt = tiny.send_invite(&degraded).await.unwrap();
    assert_eq!(receipt.warnings.iter().map(Warning::field).collect::<Vec<_>>(), beyond);
    assert_eq!(tiny.preview(&degraded).unwrap().warnings, receipt.warnings);
}

#[tokio::test]
async fn a_kind_is_never_degraded() {
    let order = order("1").with_product(product(Some("https://shop.example/s-1")));
    let request = InviteRequest::builder(customer(), order, Consent::granted("test"))
        .kind(InviteKind::Product)
        .on_unsupported(OnUnsupported::Degrade)
        .build()
        .unwrap();
    let error = Tiny::new().send_invite(&request).await.unwrap_err();
    assert_eq!((error.kind(), fields(&error)), (ErrorKind::Unsupported, vec!["kind"]));
    assert!(error.to_string().contains("service, service and product; found: product"), "{error}");
}

#[tokio::test]
async fn what_the_vendor_requires_is_named_all_at_once() {
    let order =
        order("1").with_product(product(Some("https://shop.example/s-1"))).with_product(product(None));
    let nameless = Customer::new(EmailAddress::new("jane@example.com").unwrap());
    let request = InviteRequest::builder(nameless, order, Consent::legal_basis("contract"))
        .kind(InviteKind::ServiceAndProduct)
        .build()
        .unwrap();
    let error = Tiny::new().send_invite(&request).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::InvalidRequest);
    assert_eq!(fields(&error), ["customer.name", "order.products[1].url"]);
}

#[tokio::test]
async fn an_unknown_consent_is_refused() {
    for consent in [Consent::Unknown, Consent::granted(" "), Consent::legal_basis("")] {
        let request = InviteRequest::builder(customer(), order("1"), consent).build().unwrap();
        let error = Tiny::new().send_invite(&request).await.unwrap_err();
        assert_eq!((error.kind(), fields(&error)), (ErrorKind::Blocked, vec!["consent"]));
    }
}

#[test]
fn a_request_that_contradicts_itself_is_not_built() {
    let error = request("1")
        .kind(InviteKind::Product)
        .redirect_url("ftp://shop.example/".parse().unwrap())
        .sender(Sender { name: None, email: None })
        .build()
        .unwrap_err();
    assert_eq!(fields(&error), ["order.products", "redirect_url", "sender"]);
}

#[tokio::test]
async fn operations_a_provider_lacks_are_refused_with_the_way_that_exists() {
    let provider: DynProvider = Arc::new(Tiny::new());
    let request = request("1").build().unwrap();
    let errors = [
        provider.create_link(&request).await.unwrap_err(),
        provider.find_invite(&request.key(provider.info())).await.unwrap_err(),
        provider.erase_customer(request.customer().email()).await.unwrap_err(),
        provider.check_setup().await.unwrap_err(),
    ];
    let operations: Vec<_> = errors.iter().map(|error| error.operation().unwrap()).collect();
    assert_eq!(operations, ["create_link", "find_invite", "erase_customer", "check_setup"]);
    for error in errors {
        assert_eq!((error.kind(), error.sent()), (ErrorKind::Unsupported, Sent::No));
        assert!(!error.message().is_empty());
    }
}

#[tokio::test]
async fn known_counts_as_success_for_those_who_say_so() {
    let provider: DynProvider = Arc::new(Tiny::new());
    let known = request("known").build().unwrap();
    assert_eq!(provider.send_invite(&known).await.unwrap_err().kind(), ErrorKind::Duplicate);
    let receipt = provider.send_or_known(&known).await.unwrap();
    assert_eq!((receipt.state, receipt.request_id.as_deref()), (InviteState::AlreadyKnown, Some("r-1")));
}

#[tokio::test]
async fn reconcile_never_fails_for_want_of_a_look_up() {
    let tiny = Tiny::new();
    let key = request("1").build().unwrap().key(tiny.info());
    assert!(
        matches!(tiny.reconcile(&key).await.unwrap(), InviteLookup::Inconclusive(why) if !why.is_empty())
    );
}

#[tokio::test]
async fn many_are_sent_and_each_has_its_own_result() {
    let tiny = Tiny::new();
    let requests = ["1", "known", "2"].map(|reference| request(reference).build().unwrap());
    let options = BulkOptions::new().at_once(2);
    let mut results: Vec<_> = tiny.send_all(futures_util::stream::iter(requests), options).collect().await;
    results.sort_by(|a, b| a.key.cmp(&b.key));
    let summary: Vec<_> =
        results.iter().map(|item| (item.key.reference.as_str(), item.result.is_ok())).collect();
    assert_eq!(summary, [("1", true), ("2", true), ("known", false)]);
}

#[tokio::test]
async fn a_provider_behind_any_pointer_is_the_same_provider() {
    let boxed: Box<dyn ReviewInviteProvider> = Box::new(Tiny::new());
    let shared: Arc<Box<dyn ReviewInviteProvider>> = Arc::new(boxed);
    async fn generic(provider: impl ReviewInviteProvider) -> InviteState {
        provider.send_invite(&request("1").build().unwrap()).await.unwrap().state
    }
    assert_eq!(generic(shared).await, InviteState::Accepted);
}

#[cfg(feature = "mock")]
#[tokio::test]
async fn the_mock_stands_in_for_a_provider() {
    let mut mock = MockReviewInviteProvider::new();
    let info = ProviderInfo::new("mock", "test");
    let receipt = InviteReceipt::new(info.clone(), InviteState::Accepted).with_vendor_id("v-1");
    mock.expect_info().return_const(info);
    mock.expect_send_invite()
        .withf(|request| request.order().reference().as_str() == "1")
        .once()
        .returning(move |_| Ok(receipt.clone()));
    let provider: DynProvider = Arc::new(mock);
    let receipt = provider.send_or_known(&request("1").build().unwrap()).await.unwrap();
    assert_eq!(receipt.vendor_id.as_deref(), Some("v-1"));
}
