//! Doubles for the tests of code that sends invitations.

mod answer;
mod assertions;
mod provider;
mod reader;
mod record;

use std::collections::{HashMap, VecDeque};
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use review_core::{Capabilities, Error, Operation, ProviderInfo};

pub use self::answer::FakeAnswer;
pub use self::reader::FakeReader;
pub use self::record::FakeCall;
use self::record::Record;

/// A provider that sends nothing and records everything, for tests of the code that uses one.
///
/// It does what a good provider does: it lets requests in by
/// [`Capabilities::admit`], names itself and the operation in errors, and warns of what it left out.
/// By default it can do all there is and takes every invitation; what it answers can be scripted: the
/// answers of [`then`](Self::then) first, one for each invitation that was let in, then those of
/// [`for_order`](Self::for_order), then [`by_default`](Self::by_default).
///
/// Clones share record and script: keep one, give the other away.
///
/// ```
/// use std::sync::Arc;
///
/// use review_core::{
///     Consent, Customer, DynProvider, EmailAddress, ErrorKind, InviteRequest, Order, OrderReference,
/// };
/// use review_testkit::{FakeAnswer, FakeProvider};
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), review_core::Error> {
/// let fake = FakeProvider::new("acme", "shop-de").for_order("1002", ErrorKind::RateLimited);
/// let provider: DynProvider = Arc::new(fake.clone());
///
/// let request = |order: &str| {
///     let customer = Customer::new(EmailAddress::new("jane@example.com")?);
///     let order = Order::new(OrderReference::new(order)?);
///     InviteRequest::builder(customer, order, Consent::granted("checkbox")).build()
/// };
/// provider.send_invite(&request("1001")?).await?;
/// let refused = provider.send_invite(&request("1002")?).await.unwrap_err();
/// assert_eq!(refused.kind(), ErrorKind::RateLimited);
///
/// fake.then(FakeAnswer::lost());
/// let unknown = provider.send_invite(&request("1003")?).await.unwrap_err();
/// assert_eq!(unknown.kind(), ErrorKind::OutcomeUnknown);
///
/// fake.assert_invited("1001");
/// fake.assert_not_invited("1002");
/// fake.assert_invited("1003"); // the answer was lost, the invitation was not
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
    next: VecDeque<FakeAnswer>,
    by_order: HashMap<String, FakeAnswer>,
    usual: FakeAnswer,
    broken: HashMap<Operation, Error>,
}

impl Default for FakeProvider {
    /// `fake/test`.
    fn default() -> Self {
        Self::new("fake", "test")
    }
}

/// Shows order numbers and no person.
impl fmt::Debug for FakeProvider {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("FakeProvider")
            .field("info", &self.info)
            .field("invited", &self.lock().record.references())
            .finish_non_exhaustive()
    }
}

impl FakeProvider {
    /// A fake with a vendor's id (in lower case) and the label of this instance.
    pub fn new(vendor: impl Into<String>, instance: impl Into<String>) -> Self {
        Self {
            info: ProviderInfo::new(vendor, instance),
            capabilities: Capabilities::all(),
            shared: Arc::default(),
        }
    }

    /// Sets what it can do. Default: [`Capabilities::all`].
    #[must_use]
    pub fn with_capabilities(mut self, capabilities: Capabilities) -> Self {
        self.capabilities = capabilities;
        self
    }

    /// Sets the answer to every invitation for an order.
    #[must_use]
    pub fn for_order(self, reference: impl Into<String>, answer: impl Into<FakeAnswer>) -> Self {
        self.lock().by_order.insert(reference.into(), answer.into());
        self
    }

    /// Sets the answer to every invitation nothing else is said of. Default: it is taken.
    #[must_use]
    pub fn by_default(self, answer: impl Into<FakeAnswer>) -> Self {
        self.lock().usual = answer.into();
        self
    }

    /// Lets an operation besides sending fail, each time. The error gets the names of this provider
    /// and of the operation.
    #[must_use]
    pub fn with_failing(self, operation: Operation, error: Error) -> Self {
        let error = error.with_provider(&self.info).with_operation(operation.name());
        self.lock().broken.insert(operation, error);
        self
    }

    /// Adds the answer to the next invitation that has none yet: an [`Error`], an
    /// [`ErrorKind`](review_core::ErrorKind), an [`InviteReceipt`](review_core::InviteReceipt) or a
    /// [`FakeAnswer`].
    pub fn then(&self, answer: impl Into<FakeAnswer>) -> &Self {
        self.lock().next.push_back(answer.into());
        self
    }

    fn lock(&self) -> MutexGuard<'_, Shared> {
        self.shared.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
