//! What the suite needs from its user.

use std::time::Duration;

use async_trait::async_trait;
use review_core::DynProvider;
use review_core::model::InviteRequestBuilder;
use review_core::provider::ProviderInfo;

/// Something that goes wrong between a provider and its vendor.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum VendorFault {
    /// The vendor accepts the invitation, and its response is lost: the connection ends.
    DropResponse,
    /// The vendor takes the invitation and says nothing, for longer than the provider waits.
    Hang,
    /// Nothing can be sent: no connection comes about.
    RefuseConnection,
    /// The vendor rejects for a time that it states (HTTP 429 with `Retry-After`).
    Throttle(Duration),
    /// The vendor rejects for good (HTTP 400) and quotes the headers and the body of the request.
    Reject,
    /// The vendor no longer knows the token, or the credentials (HTTP 401).
    Unauthorized,
    /// The credentials are good and do not carry the right (HTTP 403).
    Forbidden,
    /// The vendor breaks down (HTTP 500), having taken the invitation or not.
    ServerError,
}

/// A provider together with a double of its vendor.
///
/// The double is the witness: what it counts and what arrived at it decides, not what the provider
/// says. Each case starts its own harness, so that no case sees what another has left.
#[async_trait]
pub trait Harness: Send + Sync + 'static {
    /// Starts a fresh double, and a provider that talks to it.
    async fn start() -> Self
    where
        Self: Sized;

    /// The provider: the same one each time.
    fn provider(&self) -> DynProvider;

    /// How many invitations the double has taken for an order. An invitation to review service and
    /// products is one, however many emails it leads to; a link is none.
    async fn accepted_count(&self, reference: &str) -> usize;

    /// How many calls have reached the double, of all sorts.
    async fn request_count(&self) -> usize;

    /// What arrived at the double for an order: headers and body as they came, or anything else that
    /// shows every value which arrived. `None` where the double does not keep it; then whatever the
    /// provider's capabilities promise about fields fails.
    async fn received_payload(&self, reference: &str) -> Option<String> {
        let _ = reference;
        None
    }

    /// Lets the next invitation (not a call before it, such as one for a token) meet this fault, once.
    /// `false` where the double cannot; the case is then skipped.
    async fn fault(&self, fault: VendorFault) -> bool {
        let _ = fault;
        false
    }

    /// What must not show up anywhere: keys, passwords, tokens, those that were given out on the way
    /// included.
    fn secrets(&self) -> Vec<String> {
        Vec::new()
    }

    /// What the provider printed elsewhere than in its log: metrics, for example. It is searched for
    /// secrets and people too.
    fn extra_output(&self) -> Vec<String> {
        Vec::new()
    }

    /// The value to be sent in a field, where the double does not take any: the id of a template that
    /// exists there, for example. Fields are named as in errors: `template`, `tags`, `location`,
    /// `redirect_url`, `reply_to`, `sender.name`, `sender.email`.
    fn field_value(&self, field: &str, usual: &str) -> String {
        let _ = field;
        usual.to_owned()
    }

    /// How a value may be spelled on the wire: one of these has to be there. The encodings of JSON,
    /// forms and URLs are undone before. Fields are named as in errors; besides those of
    /// [`field_value`](Self::field_value) they are `send_at` (a time as `2031-02-03T04:05:06`),
    /// `customer.locale` (`de-DE`), `customer.phone`, `order.metadata` and so on.
    fn wire_forms(&self, field: &str, value: &str) -> Vec<String> {
        let _ = field;
        vec![value.to_owned()]
    }

    /// The fields the vendor has no place for, out of `customer.locale`, `customer.phone`,
    /// `customer.address`, `customer.reference`, `order.products.image_url`, `order.products.gtin`,
    /// `order.products.mpn` and `order.products.brand`. All others have to arrive.
    fn unmapped_fields(&self) -> &[&str] {
        &[]
    }

    /// Adds what every request of this provider needs, e.g. vendor options.
    fn customize(&self, request: InviteRequestBuilder) -> InviteRequestBuilder {
        request
    }

    /// The names under which receipts and errors come. A composite adds those of its parts.
    fn provider_infos(&self) -> Vec<ProviderInfo> {
        vec![self.provider().info().clone()]
    }

    /// Whether the provider sends nothing, on purpose: a dry run. Every count is then expected to be
    /// zero, what cannot arrive is not looked for, and operations besides sending may be `Blocked`.
    fn is_dry_run(&self) -> bool {
        false
    }

    /// The longest a call may take, silence of the vendor included. Default: 30 s.
    fn deadline(&self) -> Duration {
        Duration::from_secs(30)
    }
}
