//! One switch that turns all sending off.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use super::guard::{Call, guarded};
use crate::{DynProvider, Error, ErrorKind, Result, ReviewInviteProvider};

/// A switch for any number of [`SendingSwitch`]es. Clones are the same switch.
#[derive(Clone, Debug)]
pub struct Switch(Arc<AtomicBool>);

impl Switch {
    /// A switch that starts like this, as configuration says.
    #[must_use]
    pub fn new(on: bool) -> Self {
        Self(Arc::new(AtomicBool::new(on)))
    }

    /// Lets calls through from now on.
    pub fn on(&self) {
        self.0.store(true, Ordering::SeqCst);
    }

    /// Lets no call through that has not begun. Calls on their way are not called back.
    pub fn off(&self) {
        self.0.store(false, Ordering::SeqCst);
    }

    /// Whether calls are let through.
    #[must_use]
    pub fn is_on(&self) -> bool {
        self.0.load(Ordering::SeqCst)
    }
}

/// Sends while a [`Switch`] is on. While it is off, invitations and links are
/// [`ErrorKind::Blocked`] and nothing is sent; previews, look-ups, erasures and checks go through.
///
/// ```
/// use review_core::{DynProvider, SendingSwitch, Switch};
///
/// /// `SENDING=off` in the environment of a test system.
/// fn with_switch(provider: DynProvider, sending: &str) -> SendingSwitch {
///     SendingSwitch::new(provider, Switch::new(sending != "off"))
/// }
/// ```
#[derive(Debug)]
pub struct SendingSwitch {
    inner: DynProvider,
    switch: Switch,
}

impl SendingSwitch {
    /// Puts a provider behind a switch.
    pub fn new(inner: impl ReviewInviteProvider, switch: Switch) -> Self {
        Self { inner: Arc::new(inner), switch }
    }

    fn guard(&self, call: Call<'_>) -> Result<()> {
        match call {
            Call::Send(_) | Call::Link(_) if !self.switch.is_on() => {
                Err(Error::new(ErrorKind::Blocked, "sending is switched off"))
            }
            _ => Ok(()),
        }
    }
}

guarded!(SendingSwitch);
