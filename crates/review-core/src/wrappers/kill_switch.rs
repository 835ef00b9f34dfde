//! A switch that stops all sending.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use super::decorator::{self, Rule, rule_provider};
use crate::error::{Error, ErrorKind, ErrorScope, Result};
use crate::model::request::InviteRequest;
use crate::provider::preview::Preview;
use crate::provider::receipt::{InviteReceipt, ReviewLink, Warning};
use crate::provider::{DynProvider, ReviewInviteProvider, into_dyn};

/// The switch of any number of [`KillSwitch`]es. Clones are the same switch.
#[derive(Clone, Debug)]
pub struct Switch(Arc<AtomicBool>);

impl Switch {
    /// Creates a switch with this initial state.
    #[must_use]
    pub fn new(enabled: bool) -> Self {
        Self(Arc::new(AtomicBool::new(enabled)))
    }

    /// Allows sending from now on.
    pub fn enable(&self) {
        self.0.store(true, Ordering::SeqCst);
    }

    /// Stops sending from now on, including calls that are waiting for a token or a rate limit. Requests that
    /// have left are not recalled.
    pub fn disable(&self) {
        self.0.store(false, Ordering::SeqCst);
    }

    /// Returns whether sending is allowed.
    #[must_use]
    pub fn is_enabled(&self) -> bool {
        self.0.load(Ordering::SeqCst)
    }
}

impl Rule for Switch {
    const CONCERNS_REQUEST: bool = false;

    fn check(&self, _: &InviteRequest) -> Result<()> {
        if self.is_enabled() {
            return Ok(());
        }
        Err(Error::new(ErrorKind::Blocked, "sending is switched off")
            .with_scope(ErrorScope::Account)
            .with_help("keep the orders and enable the kill switch to send them"))
    }
}

/// Sends while a [`Switch`] is enabled. While it is disabled, invitations and links are
/// [`ErrorKind::Blocked`] with [`RetryAdvice::Hold`](crate::RetryAdvice::Hold), and nothing is sent;
/// validation, previews, lookups, erasures and setup checks work as usual.
///
/// ```
/// use review_core::provider::DynProvider;
/// use review_core::wrappers::{KillSwitch, Switch};
///
/// /// `SENDING=off` in the environment of a test system.
/// fn with_switch(provider: DynProvider, sending: &str) -> KillSwitch {
///     KillSwitch::new(provider, Switch::new(sending != "off"))
/// }
/// ```
#[derive(Debug)]
pub struct KillSwitch {
    inner: DynProvider,
    rule: Arc<Switch>,
}

impl KillSwitch {
    /// Wraps a provider.
    pub fn new(inner: impl ReviewInviteProvider, switch: Switch) -> Self {
        Self { inner: into_dyn(inner), rule: Arc::new(switch) }
    }
}

rule_provider!(KillSwitch);
