//! Stricter rules about whom a shop may invite.

use std::collections::HashSet;
use std::fmt;
use std::sync::Arc;

use super::decorator::{self, Rule, rule_provider};
use crate::error::{Error, ErrorKind, FieldError, Result};
use crate::model::consent::Consent;
use crate::model::email::EmailAddress;
use crate::model::request::InviteRequest;
use crate::provider::preview::Preview;
use crate::provider::receipt::{InviteReceipt, ReviewLink, Warning};
use crate::provider::{DynProvider, ReviewInviteProvider, into_dyn};

type Check = Arc<dyn Fn(&InviteRequest) -> Option<FieldError> + Send + Sync>;

/// Allows only customers whom the shop's own rules allow to invite. Any other request is
/// [`ErrorKind::Blocked`] with a field for each rule it breaks, and nothing is sent.
///
/// The rules apply to validation, previews, invitations and links. They are checked again immediately before an
/// invitation or the request for a link leaves, so that an opt-out during a wait counts.
///
/// ```
/// use review_core::FieldError;
/// use review_core::model::EmailAddress;
/// use review_core::provider::DynProvider;
/// use review_core::wrappers::ConsentGate;
///
/// fn careful(provider: DynProvider) -> Result<ConsentGate, FieldError> {
///     Ok(ConsentGate::new(provider)
///         .require_explicit_consent()
///         .suppress([EmailAddress::new("never-again@example.com")?])
///         .require("order.shop", "must be a shop that sends invitations", |request| {
///             request.order().shop().is_none_or(|shop| shop.as_str() != "wholesale")
///         }))
/// }
/// ```
pub struct ConsentGate {
    inner: DynProvider,
    rule: Arc<Rules>,
}

#[derive(Clone, Default)]
struct Rules(Vec<Check>);

impl Rule for Rules {
    const CONCERNS_REQUEST: bool = true;

    fn check(&self, request: &InviteRequest) -> Result<()> {
        let broken: Vec<_> = self.0.iter().filter_map(|check| check(request)).collect();
        if broken.is_empty() {
            Ok(())
        } else {
            Err(Error::new(ErrorKind::Blocked, "").with_field_errors(broken))
        }
    }
}

impl ConsentGate {
    /// Wraps a provider, without a rule.
    pub fn new(inner: impl ReviewInviteProvider) -> Self {
        Self { inner: into_dyn(inner), rule: Arc::default() }
    }

    /// Requires a consent of the customer; a claimed legal basis does not count.
    #[must_use]
    pub fn require_explicit_consent(self) -> Self {
        self.require("consent", "must be a consent the customer granted", |request| {
            matches!(request.consent(), Consent::Granted { .. })
        })
    }

    /// Adds a custom rule. `field` and `message` are part of the error and must contain no personal data.
    #[must_use]
    pub fn require(
        mut self,
        field: &'static str,
        message: impl Into<String>,
        holds: impl Fn(&InviteRequest) -> bool + Send + Sync + 'static,
    ) -> Self {
        let message = message.into();
        let mut rules = Rules(self.rule.0.clone());
        rules.0.push(Arc::new(move |request| {
            (!holds(request)).then(|| FieldError::new(field, message.clone()))
        }));
        self.rule = Arc::new(rules);
        self
    }

    /// Never invites these customers. Addresses are compared by
    /// [`comparison_form`](EmailAddress::comparison_form).
    #[must_use]
    pub fn suppress(self, addresses: impl IntoIterator<Item = EmailAddress>) -> Self {
        let addresses: HashSet<String> =
            addresses.into_iter().map(|address| address.comparison_form()).collect();
        self.suppress_when(move |address| addresses.contains(&address.comparison_form()))
    }

    /// Never invites customers for whom this returns `true`: for a list that is kept elsewhere, or of hashes.
    /// It is called several times during a send, so it should respond from memory.
    #[must_use]
    pub fn suppress_when(
        self,
        is_suppressed: impl Fn(&EmailAddress) -> bool + Send + Sync + 'static,
    ) -> Self {
        self.require("customer.email", "is on the suppression list", move |request| {
            !is_suppressed(request.customer().email())
        })
    }
}

/// Shows the number of rules: they may contain addresses.
impl fmt::Debug for ConsentGate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ConsentGate").field("inner", &self.inner).field("rules", &self.rule.0.len()).finish()
    }
}

rule_provider!(ConsentGate);
