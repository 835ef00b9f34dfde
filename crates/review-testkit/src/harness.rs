//! A conformance harness for the fake provider.

use std::time::Duration;

use async_trait::async_trait;
use review_core::model::{
    CustomerName, CustomerReference, EmailAddress, MetadataValue, PhoneNumber, PostalAddress,
};
use review_core::{
    DynProvider, Error, ErrorKind, InviteKind, InviteRequest, Product, RetryAdvice, SendState,
};
use serde_json::{Value, json};

use crate::conformance::{Harness, VendorFault};
use crate::{FakeProvider, FakeResponse};

/// Any time will do: the suite drops the call before it polls it again, or waits for the end.
const HANG: Duration = Duration::from_millis(1);

/// A harness for a [`FakeProvider`]. The recorded calls of the fake show what the vendor received.
///
/// Use it to build the harness of a provider that wraps another provider:
///
/// ```
/// use std::sync::Arc;
///
/// use async_trait::async_trait;
/// use review_core::DynProvider;
/// use review_testkit::FakeHarness;
/// use review_testkit::conformance::{Harness, VendorFault};
///
/// /// A wrapper must conform as well as the provider that it wraps.
/// fn wrapped(provider: DynProvider) -> DynProvider {
///     Arc::new(provider)
/// }
///
/// struct WrapperHarness {
///     inner: FakeHarness,
///     provider: DynProvider,
/// }
///
/// #[async_trait]
/// impl Harness for WrapperHarness {
///     async fn start() -> Self {
///         let inner = FakeHarness::start().await;
///         Self { provider: wrapped(inner.provider()), inner }
///     }
///
///     fn provider(&self) -> DynProvider {
///         self.provider.clone()
///     }
///
///     async fn accepted_count(&self, reference: &str) -> usize {
///         self.inner.accepted_count(reference).await
///     }
///
///     async fn request_count(&self) -> usize {
///         self.inner.request_count().await
///     }
///
///     async fn received_payload(&self, reference: &str) -> Option<String> {
///         self.inner.received_payload(reference).await
///     }
///
///     async fn fault(&self, fault: VendorFault) -> bool {
///         self.inner.fault(fault).await
///     }
/// }
///
/// review_testkit::conformance_suite! { harness: WrapperHarness }
/// ```
#[derive(Clone, Debug, Default)]
pub struct FakeHarness(FakeProvider);

impl FakeHarness {
    /// Creates a harness for this fake.
    #[must_use]
    pub fn new(fake: FakeProvider) -> Self {
        Self(fake)
    }

    /// Returns the fake.
    #[must_use]
    pub fn fake(&self) -> &FakeProvider {
        &self.0
    }
}

#[async_trait]
impl Harness for FakeHarness {
    async fn start() -> Self {
        Self::default()
    }

    fn provider(&self) -> DynProvider {
        std::sync::Arc::new(self.0.clone())
    }

    async fn accepted_count(&self, reference: &str) -> usize {
        self.0.sent_for(reference).len()
    }

    async fn request_count(&self) -> usize {
        self.0.request_count()
    }

    async fn received_payload(&self, reference: &str) -> Option<String> {
        let arrived: Vec<_> = self.0.sent_for(reference).iter().map(written).collect();
        Some(Value::from(arrived).to_string())
    }

    async fn fault(&self, fault: VendorFault) -> bool {
        let error = |kind, status| {
            Error::new(kind, "set by the conformance suite")
                .with_send_state(SendState::Responded)
                .with_http_status(status)
        };
        let unknown = |status| error(ErrorKind::OutcomeUnknown, status).with_send_state(SendState::Unknown);
        let before = |error: Error| error.with_send_state(SendState::NotSent);
        self.0.respond_next(match fault {
            VendorFault::DropResponse => FakeResponse::lost_response(),
            VendorFault::Hang => FakeResponse::lost_response().with_delay(HANG),
            VendorFault::RefuseConnection => ErrorKind::Transient.into(),
            VendorFault::Throttle(wait) => {
                error(ErrorKind::RateLimited, 429).with_retry_advice(RetryAdvice::After(wait)).into()
            }
            VendorFault::Reject | VendorFault::RejectQuoting(_) => {
                error(ErrorKind::InvalidRequest, 400).into()
            }
            VendorFault::RejectInSuccess(_) => error(ErrorKind::InvalidRequest, 200).into(),
            VendorFault::ForeignResponse => unknown(200).into(),
            VendorFault::Unauthorized => error(ErrorKind::Unauthorized, 401).into(),
            VendorFault::Forbidden => error(ErrorKind::Forbidden, 403).into(),
            VendorFault::ServerError => unknown(500).into(),
            VendorFault::RejectToken(_) => before(error(ErrorKind::Unauthorized, 401)).into(),
            VendorFault::RejectPreparation(scope) => {
                before(error(ErrorKind::InvalidRequest, 400)).with_scope(scope).into()
            }
        });
        true
    }
}

/// Returns every value of a request that a vendor could receive.
fn written(request: &InviteRequest) -> Value {
    let (customer, order) = (request.customer(), request.order());
    // A vendor would ask for reviews of them.
    let products = order.products().iter().filter(|_| request.kind() != InviteKind::Service);
    let products: Vec<_> = products.map(product).collect();
    json!({
        "email": customer.email().as_str(),
        "name": customer.name().map(CustomerName::full),
        "first_name": customer.name().and_then(CustomerName::first),
        "last_name": customer.name().and_then(CustomerName::last),
        "customer": customer.reference().map(CustomerReference::as_str),
        "phone": customer.phone().map(PhoneNumber::as_str),
        "address": customer.address().map(PostalAddress::as_str),
        "locale": customer.locale().map(ToString::to_string),
        "reference": order.reference().as_str(),
        "placed_at": order.placed_at().map(|at| at.to_rfc3339()),
        "paid_at": order.paid_at().map(|at| at.to_rfc3339()),
        "shipped_at": order.shipped_at().map(|at| at.to_rfc3339()),
        "delivered_at": order.delivered_at().map(|at| at.to_rfc3339()),
        "estimated_delivery": order.estimated_delivery().map(|day| day.to_string()),
        "products": products,
        "metadata": order.metadata().iter().map(|(key, value)| (key.clone(), metadata(value))).collect::<serde_json::Map<_, _>>(),
        "kind": request.kind().to_string(),
        "send_at": request.send_at().resolve(order, chrono::Utc::now()).ok().flatten().map(|at| at.to_rfc3339()),
        "template": request.template().map(ToString::to_string),
        "tags": request.tags().iter().map(ToString::to_string).collect::<Vec<_>>(),
        "redirect_url": request.redirect_url().map(ToString::to_string),
        "location": request.location().map(ToString::to_string),
        "reply_to": request.reply_to().map(EmailAddress::as_str),
        "sender_name": request.sender().and_then(|sender| Some(sender.name.as_ref()?.as_str())),
        "sender_email": request.sender().and_then(|sender| Some(sender.email.as_ref()?.as_str())),
    })
}

fn product(product: &Product) -> Value {
    json!({
        "sku": product.sku().as_str(),
        "name": product.name().as_str(),
        "url": product.url().map(ToString::to_string),
        "image_url": product.image_url().map(ToString::to_string),
        "gtin": product.gtin().map(ToString::to_string),
        "mpn": product.mpn().map(ToString::to_string),
        "brand": product.brand().map(ToString::to_string),
        "category": product.category().map(ToString::to_string),
    })
}

fn metadata(value: &MetadataValue) -> Value {
    match value {
        MetadataValue::Text(text) => json!(text),
        MetadataValue::Integer(number) => json!(number),
        MetadataValue::Decimal(number) => json!(number),
        MetadataValue::Boolean(value) => json!(value),
        _ => Value::Null,
    }
}
