//! The interface between the suite and a provider.

use std::time::Duration;

use async_trait::async_trait;
use review_core::DynProvider;
use review_core::model::InviteRequestBuilder;
use review_core::provider::ProviderInfo;

use super::{VendorFault, WireField};

/// The settings with which the suite builds an instance.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct InstanceSettings {
    /// The name of the instance.
    pub instance: String,
    /// The maximum number of attempts of a call: the setting `http.max_attempts`.
    pub max_attempts: u32,
}

impl InstanceSettings {
    pub(super) fn new(instance: &str, max_attempts: u32) -> Self {
        Self { instance: instance.to_owned(), max_attempts }
    }
}

/// A provider together with a fake of its vendor.
///
/// A case compares the results of the provider with the requests that the fake received. Each case starts a separate
/// harness, so cases do not affect each other. For a vendor with an HTTP API, `HttpHarness` (feature `transport`)
/// implements this trait.
#[async_trait]
pub trait Harness: Send + Sync + 'static {
    /// Starts a new fake, and a provider that sends its requests to it.
    async fn start() -> Self
    where
        Self: Sized;

    /// Like [`start`](Self::start), but the provider is built by its factory, as the registry builds it, with these
    /// settings. Returns `None` if the provider has no factory. Then the cases about the factory are skipped.
    async fn start_instance(settings: &InstanceSettings) -> Option<Self>
    where
        Self: Sized,
    {
        let _ = settings;
        None
    }

    /// Returns whether the tests of `conformance_suite!` run with the paused time of tokio, so that no wait takes real
    /// time. Not possible with sockets, whose input tokio does not see as progress.
    fn uses_paused_time() -> bool
    where
        Self: Sized,
    {
        false
    }

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

    /// Injects this fault once. Other requests than the one it describes are not affected. Returns `false` if the fake
    /// does not support the fault. Then the case is skipped.
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
    /// existing [template](WireField::Template).
    fn field_value(&self, field: WireField, default: &str) -> String {
        let _ = field;
        default.to_owned()
    }

    /// Returns the accepted forms of a value on the wire. At least one of them must be in the decoded payload: JSON, form
    /// and URL encodings are removed before the search.
    fn wire_forms(&self, field: WireField, value: &str) -> Vec<String> {
        let _ = field;
        vec![value.to_owned()]
    }

    /// Returns the fields that the vendor does not support. Possible are [`Locale`](WireField::Locale),
    /// [`Phone`](WireField::Phone), [`Address`](WireField::Address),
    /// [`CustomerReference`](WireField::CustomerReference), the five dates of the order, and of a product
    /// [`ImageUrl`](WireField::ImageUrl), [`Gtin`](WireField::Gtin), [`Mpn`](WireField::Mpn),
    /// [`Brand`](WireField::Brand) and [`Category`](WireField::Category). All others must arrive.
    fn unmapped_fields(&self) -> &[WireField] {
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
