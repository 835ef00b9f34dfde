//! Fakes for the tests of code that sends invitations.

mod assertions;
mod provider;
mod reader;
mod record;
mod response;

use std::collections::{HashMap, VecDeque};
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use review_core::Error;
use review_core::provider::{Capabilities, Operation, ProviderInfo};

pub use self::reader::FakeReader;
pub use self::record::FakeCall;
use self::record::Record;
pub use self::response::FakeResponse;

/// A provider that sends nothing and records everything, for tests of the code that uses one.
///
/// The fake behaves like a conforming provider. It checks requests with [`Capabilities::check_request`], adds its name
/// and the operation to errors, and adds a warning for each omitted field. By default it supports everything and
/// accepts every invitation. To set responses, use these methods, in order of precedence:
///
/// 1. [`respond_next`](Self::respond_next): one response for each invitation that passes the check
/// 2. [`with_order_response`](Self::with_order_response)
/// 3. [`with_default_response`](Self::with_default_response)
///
/// Clones share the recorded calls and the responses. Keep one clone and pass the other to your code.
///
/// ```
/// use std::sync::Arc;
///
/// use review_core::{Consent, DynProvider, ErrorKind, InviteRequest, ReviewInviteProvider};
/// use review_testkit::{FakeResponse, FakeProvider};
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), review_core::Error> {
/// let fake = FakeProvider::new("acme", "shop-de").with_order_response("1002", ErrorKind::RateLimited);
/// let provider: DynProvider = Arc::new(fake.clone());
///
/// let request = |order: &str| {
///     InviteRequest::builder("jane@example.com", order, Consent::granted("checkbox")).build()
/// };
/// provider.send_invite(&request("1001")?).await?;
/// let rejected = provider.send_invite(&request("1002")?).await.unwrap_err();
/// assert_eq!(rejected.kind(), ErrorKind::RateLimited);
///
/// fake.respond_next(FakeResponse::lost_response());
/// let unknown = provider.send_invite(&request("1003")?).await.unwrap_err();
/// assert_eq!(unknown.kind(), ErrorKind::OutcomeUnknown);
///
/// fake.assert_invited("1001");
/// fake.assert_not_invited("1002");
/// fake.assert_invited("1003"); // the response was lost, the invitation was not
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
pub struct FakeProvider {
    info: ProviderInfo,
    capabilities: Capabilities,
    shared: Arc<Mutex<Shared>>,
}

#[derive(Default)]
struct Shared {
    record: Record,
    next: VecDeque<FakeResponse>,
    by_order: HashMap<String, FakeResponse>,
    default: FakeResponse,
    operation_errors: HashMap<Operation, Error>,
}

impl Default for FakeProvider {
    /// Creates the fake `fake/test`.
    fn default() -> Self {
        Self::new("fake", "test")
    }
}

/// Shows order numbers, but no personal data.
impl fmt::Debug for FakeProvider {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("FakeProvider")
            .field("info", &self.info)
            .field("invited", &self.lock().record.references())
            .finish_non_exhaustive()
    }
}

impl FakeProvider {
    /// Creates a fake with this vendor id (in lower case) and this instance label.
    pub fn new(vendor: impl AsRef<str>, instance: impl AsRef<str>) -> Self {
        Self {
            info: ProviderInfo::new(vendor, instance),
            capabilities: Capabilities::all().with_send_hooks(),
            shared: Arc::default(),
        }
    }

    /// Sets the capabilities. Default: [`Capabilities::all`].
    #[must_use]
    pub fn with_capabilities(mut self, capabilities: Capabilities) -> Self {
        self.capabilities = capabilities.with_send_hooks();
        self
    }

    /// Sets the response to every invitation for an order.
    #[must_use]
    pub fn with_order_response(self, reference: impl Into<String>, answer: impl Into<FakeResponse>) -> Self {
        self.lock().by_order.insert(reference.into(), answer.into());
        self
    }

    /// Sets the response to every other invitation. Default: the invitation is accepted.
    #[must_use]
    pub fn with_default_response(self, answer: impl Into<FakeResponse>) -> Self {
        self.lock().default = answer.into();
        self
    }

    /// Makes an operation other than sending fail every time. The names of this provider and of the operation are added
    /// to the error.
    #[must_use]
    pub fn with_operation_error(self, operation: Operation, error: Error) -> Self {
        let error = error.with_provider(&self.info).with_operation(operation.as_str());
        self.lock().operation_errors.insert(operation, error);
        self
    }

    /// Adds a response to the end of the queue. Each invitation takes the next one. A response is an [`Error`], an
    /// [`ErrorKind`](review_core::ErrorKind), an [`InviteReceipt`](review_core::InviteReceipt) or a
    /// [`FakeResponse`].
    pub fn respond_next(&self, answer: impl Into<FakeResponse>) -> &Self {
        self.lock().next.push_back(answer.into());
        self
    }

    fn lock(&self) -> MutexGuard<'_, Shared> {
        self.shared.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
