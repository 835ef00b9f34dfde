//! The interface between the suite and a provider.

use std::time::Duration;

use async_trait::async_trait;
use review_core::DynProvider;
use review_core::model::InviteRequestBuilder;
use review_core::provider::ProviderInfo;

/// A fault between a provider and its vendor.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum VendorFault {
    /// The vendor accepts the invitation, but the connection is closed before the response arrives.
    DropResponse,
    /// The vendor accepts the invitation, but does not respond before the timeout of the provider.
    Hang,
    /// The connection cannot be established. Nothing is sent.
    RefuseConnection,
    /// The vendor rejects the request for this time (HTTP 429 with `Retry-After`).
    Throttle(Duration),
    /// The vendor rejects the request permanently (HTTP 400) and quotes the headers and the body of the request.
    Reject,
    /// The vendor no longer accepts the token or the credentials (HTTP 401).
    Unauthorized,
    /// The credentials are valid, but lack the permission (HTTP 403).
    Forbidden,
    /// The vendor fails (HTTP 500). It may or may not have accepted the invitation.
    ServerError,
}

/// A provider together with a fake of its vendor.
///
/// A case compares the results of the provider with the requests that the fake received. Each case starts a separate
/// harness, so cases do not affect each other.
#[async_trait]
pub trait Harness: Send + Sync + 'static {
    /// Starts a new fake, and a provider that sends its requests to it.
    async fn start() -> Self
    where
        Self: Sized;

    /// Returns the provider. Every call returns the same one.
    fn provider(&self) -> DynProvider;

    /// Returns how many invitations the fake has accepted for an order. An invitation to review both service and products
    /// counts as one, even if the vendor sends several emails. A link does not count.
    async fn accepted_count(&self, reference: &str) -> usize;

    /// Returns how many requests the fake has received, of any kind.
    async fn request_count(&self) -> usize;

    /// Returns what the fake received for an order: the unchanged headers and body, or any other text that contains every
    /// received value. Returns `None` if the fake does not record it. Then the cases for declared fields fail.
    async fn received_payload(&self, reference: &str) -> Option<String> {
        let _ = reference;
        None
    }

    /// Injects this fault once, into the next invitation. Requests before it, such as one for a token, are not affected.
    /// Returns `false` if the fake does not support the fault. Then the case is skipped.
    async fn fault(&self, fault: VendorFault) -> bool {
        let _ = fault;
        false
    }

    /// Returns the values that must not appear in any output: keys, passwords and tokens, including tokens that the fake
    /// has issued.
    fn secrets(&self) -> Vec<String> {
        Vec::new()
    }

    /// Returns output of the provider that is not in its log, for example metrics. It is also searched for secrets and
    /// personal data.
    fn extra_output(&self) -> Vec<String> {
        Vec::new()
    }

    /// Returns the value to send in a field. Override it if the fake only accepts certain values, for example the id of an
    /// existing template. Fields are named as in errors: `template`, `tags`, `location`,
    /// `redirect_url`, `reply_to`, `sender.name`, `sender.email`.
    fn field_value(&self, field: &str, usual: &str) -> String {
        let _ = field;
        usual.to_owned()
    }

    /// Returns the accepted forms of a value on the wire. At least one of them must be in the decoded payload: JSON, form
    /// and URL encodings are removed before the search. Fields are named as in errors: those of
    /// [`field_value`](Self::field_value), `send_at` (a time such as `2031-02-03T04:05:06`), `customer.locale`
    /// (`de-DE`), `customer.phone`, `order.metadata` and so on.
    fn wire_forms(&self, field: &str, value: &str) -> Vec<String> {
        let _ = field;
        vec![value.to_owned()]
    }

    /// Returns the fields that the vendor does not support, out of `customer.locale`, `customer.phone`,
    /// `customer.address`, `customer.reference`, `order.products.image_url`, `order.products.gtin`,
    /// `order.products.mpn` and `order.products.brand`. All others must arrive.
    fn unmapped_fields(&self) -> &[&str] {
        &[]
    }

    /// Adds the parts that every request of this provider needs, for example vendor options.
    fn customize(&self, request: InviteRequestBuilder) -> InviteRequestBuilder {
        request
    }

    /// Returns the providers that receipts and errors can name. A wrapper adds those of its inner providers.
    fn provider_infos(&self) -> Vec<ProviderInfo> {
        vec![self.provider().info().clone()]
    }

    /// Returns whether the provider is a dry run and deliberately sends nothing. Then every count must be zero, received
    /// values are not checked, and operations other than sending can be `Blocked`.
    fn is_dry_run(&self) -> bool {
        false
    }

    /// Returns the maximum duration of a call, including the wait for a vendor that does not respond. Default: 30 s.
    fn deadline(&self) -> Duration {
        Duration::from_secs(30)
    }
}
