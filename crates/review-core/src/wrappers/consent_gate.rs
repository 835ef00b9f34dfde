//! Stricter rules about whom a shop may ask.

use std::collections::HashSet;
use std::fmt;
use std::sync::Arc;

use chrono::{DateTime, Utc};

use super::guard::{Call, guarded};
use crate::{
    Consent, DynProvider, EmailAddress, Error, ErrorKind, FieldError, InviteRequest, Result,
    ReviewInviteProvider,
};

type Rule = Arc<dyn Fn(&InviteRequest) -> Option<FieldError> + Send + Sync>;

/// Lets through only whom the shop's own rules allow to ask. Every provider refuses an unknown
/// consent; this gate refuses more. A refusal is [`ErrorKind::Blocked`] with a field for each rule
/// that was broken, and nothing is sent. It covers previews, invitations and links.
///
/// ```
/// use review_core::{ConsentGate, DynProvider, EmailAddress, FieldError};
///
/// fn careful(provider: DynProvider) -> Result<ConsentGate, FieldError> {
///     Ok(ConsentGate::new(provider)
///         .only_granted()
///         .suppress([EmailAddress::new("never-again@example.com")?])
///         .require("order.shop", "expected a shop that asks for reviews", |request| {
///             request.order().shop().is_none_or(|shop| shop.as_str() != "wholesale")
///         }))
/// }
/// ```
pub struct ConsentGate {
    inner: DynProvider,
    rules: Vec<Rule>,
}

impl ConsentGate {
    /// A gate without a rule yet.
    pub fn new(inner: impl ReviewInviteProvider) -> Self {
        Self { inner: Arc::new(inner), rules: Vec::new() }
    }

    /// Only customers who agreed; a claimed legal basis does not count.
    #[must_use]
    pub fn only_granted(self) -> Self {
        self.require("consent", "expected a consent the customer granted, found another basis", |request| {
            matches!(request.consent(), Consent::Granted { .. })
        })
    }

    /// Only customers who agreed at this time or later, for instance since the text of the consent
    /// was changed. A consent without a time is refused.
    #[must_use]
    pub fn granted_since(self, since: DateTime<Utc>) -> Self {
        let problem = format!("expected a consent granted at or after {}", since.to_rfc3339());
        self.require(
            "consent",
            problem,
            move |request| matches!(request.consent(), Consent::Granted { at: Some(at), .. } if *at >= since),
        )
    }

    /// A rule of the caller's own. `field` and `problem` tell whoever reads the error what was
    /// expected; nothing personal belongs there.
    #[must_use]
    pub fn require(
        mut self,
        field: &'static str,
        problem: impl Into<String>,
        holds: impl Fn(&InviteRequest) -> bool + Send + Sync + 'static,
    ) -> Self {
        let problem = problem.into();
        self.rules.push(Arc::new(move |request| {
            (!holds(request)).then(|| FieldError::new(field, problem.clone()))
        }));
        self
    }

    /// Never asks these customers. Upper and lower case are the same.
    #[must_use]
    pub fn suppress(self, addresses: impl IntoIterator<Item = EmailAddress>) -> Self {
        let addresses: HashSet<String> =
            addresses.into_iter().map(|address| address.to_lowercase()).collect();
        self.suppress_when(move |address| addresses.contains(&address.to_lowercase()))
    }

    /// Never asks customers for whom this is true: a list that is kept elsewhere, or one of hashes.
    /// It is called in the middle of a send, so it should answer from memory.
    #[must_use]
    pub fn suppress_when(self, suppressed: impl Fn(&EmailAddress) -> bool + Send + Sync + 'static) -> Self {
        self.require(
            "customer.email",
            "this customer is on the list of those not to be asked",
            move |request| !suppressed(request.customer().email()),
        )
    }

    fn guard(&self, call: Call<'_>) -> Result<()> {
        let (Call::Preview(request) | Call::Send(request) | Call::Link(request)) = call else {
            return Ok(());
        };
        let broken: Vec<_> = self.rules.iter().filter_map(|rule| rule(request)).collect();
        if broken.is_empty() { Ok(()) } else { Err(Error::new(ErrorKind::Blocked, "").with_fields(broken)) }
    }
}

/// Shows how many rules there are: they may hold addresses.
impl fmt::Debug for ConsentGate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ConsentGate").field("inner", &self.inner).field("rules", &self.rules.len()).finish()
    }
}

guarded!(ConsentGate);
