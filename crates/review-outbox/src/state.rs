//! The states of a row.

use std::fmt;
use std::str::FromStr;

macro_rules! states {
    ($($(#[$doc:meta])* $name:ident = $text:literal),* $(,)?) => {
        /// The state of a row of the outbox.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        #[non_exhaustive]
        pub enum State { $($(#[$doc])* $name),* }

        impl State {
            /// All states.
            pub const ALL: &'static [Self] = &[$(Self::$name),*];

            /// Returns the state as it is stored.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$name => $text),* }
            }
        }

        impl FromStr for State {
            type Err = UnknownState;

            fn from_str(text: &str) -> Result<Self, UnknownState> {
                match text { $($text => Ok(Self::$name),)* _ => Err(UnknownState) }
            }
        }
    };
}

states! {
    /// The row waits until it is due.
    Pending = "pending",
    /// A worker holds the row under a lease. Nothing has been sent.
    Claimed = "claimed",
    /// The request may be on the wire. Written before the first byte leaves.
    Sending = "sending",
    /// The vendor has the invitation. Done.
    Accepted = "accepted",
    /// The vendor did not invite this order, for example because it invited this customer recently. The
    /// worker tries again if the vendor named a time.
    Skipped = "skipped",
    /// The account of the instance needs attention. The worker sends the row when the circuit closes.
    Held = "held",
    /// The request was sent, and no response is known. Resolved by policy or by an operator.
    Unknown = "unknown",
    /// The row failed for good. An operator can requeue it.
    Dead = "dead",
    /// The invitation was withdrawn before it was sent.
    Cancelled = "cancelled",
}

impl State {
    /// Returns whether no worker will touch the row again without an operator.
    #[must_use]
    pub const fn is_final(self) -> bool {
        matches!(self, Self::Accepted | Self::Dead | Self::Cancelled)
    }
}

impl fmt::Display for State {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// A text that is not the name of a [`State`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("state must be pending, claimed, sending, accepted, skipped, held, unknown, dead or cancelled")]
pub struct UnknownState;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_state_survives_a_round_trip() {
        for state in State::ALL {
            assert_eq!(state.as_str().parse(), Ok(*state));
        }
        assert_eq!("done".parse::<State>(), Err(UnknownState));
    }
}
