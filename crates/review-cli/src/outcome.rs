//! The outcome of each order, and the exit code that follows.

use std::process::ExitCode;

use review_invites::{Error, ErrorKind, InviteReceipt, InviteState, RetryAdvice, SendState};

/// The outcome of one order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Outcome {
    /// The vendor accepted the invitation.
    Invited,
    /// The vendor accepted it for a later time.
    Scheduled,
    /// This order was invited before.
    AlreadyInvited,
    /// The order is not eligible, or the vendor does not invite this customer now.
    Skipped,
    /// The order cannot be read, or has invalid fields.
    Malformed,
    /// The vendor rejected the invitation.
    Rejected,
    /// The vendor's limit was reached, and the command was not to wait.
    RateLimited,
    /// It was certainly not sent, and can be sent by a second run.
    NotSent,
    /// The account needs attention; nothing was sent.
    Held,
    /// The request may have reached the vendor, and no response arrived.
    Unknown,
}

impl Outcome {
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Invited => "invited",
            Self::Scheduled => "scheduled",
            Self::AlreadyInvited => "already_invited",
            Self::Skipped => "skipped",
            Self::Malformed => "malformed",
            Self::Rejected => "rejected",
            Self::RateLimited => "rate_limited",
            Self::NotSent => "not_sent",
            Self::Held => "held",
            Self::Unknown => "unknown",
        }
    }

    pub(crate) fn of_receipt(receipt: &InviteReceipt) -> Self {
        match &receipt.state {
            InviteState::Scheduled(_) | InviteState::ScheduledOn(_) => Self::Scheduled,
            InviteState::AlreadyInvited => Self::AlreadyInvited,
            InviteState::Skipped { .. } => Self::Skipped,
            state if state.is_done() => Self::Invited,
            _ => Self::Skipped,
        }
    }

    pub(crate) fn of_error(error: &Error) -> Self {
        match (error.kind(), error.retry_advice()) {
            _ if error.may_have_been_sent() => Self::Unknown,
            (ErrorKind::RateLimited, _) => Self::RateLimited,
            (ErrorKind::InvalidRequest, _) if error.send_state() == SendState::NotSent => Self::Malformed,
            (_, RetryAdvice::Hold) | (ErrorKind::Blocked, _) => Self::Held,
            (_, RetryAdvice::After(_)) => Self::NotSent,
            _ => Self::Rejected,
        }
    }

    pub(crate) fn exit(self) -> Exit {
        match self {
            Self::Invited | Self::Scheduled | Self::AlreadyInvited | Self::Skipped => Exit::Done,
            Self::Malformed | Self::Rejected | Self::RateLimited | Self::NotSent | Self::Held => Exit::Failed,
            Self::Unknown => Exit::Unknown,
        }
    }
}

/// The exit code of the command. Of several, the greatest applies.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Exit {
    /// 0: nothing failed.
    #[default]
    Done,
    /// 1: some order failed, or some check found an error.
    Failed,
    /// 3: some outcome is unknown.
    Unknown,
    /// 2: wrong use or configuration.
    Usage,
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(match exit {
            Exit::Done => 0,
            Exit::Failed => 1,
            Exit::Usage => 2,
            Exit::Unknown => 3,
        })
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use review_invites::provider::ProviderInfo;

    use super::*;

    #[test]
    fn exit_code_is_that_of_the_worst_outcome() {
        let worst = |outcomes: &[Outcome]| outcomes.iter().map(|outcome| outcome.exit()).max();
        assert_eq!(worst(&[Outcome::Invited, Outcome::Skipped]), Some(Exit::Done));
        assert_eq!(worst(&[Outcome::Invited, Outcome::Malformed]), Some(Exit::Failed));
        assert_eq!(worst(&[Outcome::Unknown, Outcome::Held]), Some(Exit::Unknown));
        assert!(Exit::Usage > Exit::Unknown);
    }

    #[test]
    fn dry_run_receipt_is_not_an_invitation() {
        let receipt = |state| InviteReceipt::new(ProviderInfo::new("shop", "vendor"), state);
        assert_eq!(Outcome::of_receipt(&receipt(InviteState::Accepted)), Outcome::Invited);
        assert_eq!(Outcome::of_receipt(&receipt(InviteState::DryRun)), Outcome::Skipped);
    }

    #[test]
    fn errors_map_to_their_outcome() {
        let error = |kind| Error::new(kind, "");
        for (error, outcome) in [
            (error(ErrorKind::OutcomeUnknown), Outcome::Unknown),
            (error(ErrorKind::RateLimited), Outcome::RateLimited),
            (error(ErrorKind::RateLimited).with_retry_advice(RetryAdvice::Hold), Outcome::RateLimited),
            (error(ErrorKind::InvalidRequest), Outcome::Malformed),
            (error(ErrorKind::InvalidRequest).with_send_state(SendState::Responded), Outcome::Rejected),
            (error(ErrorKind::Unauthorized), Outcome::Held),
            (error(ErrorKind::Blocked), Outcome::Held),
            (error(ErrorKind::Transient), Outcome::NotSent),
            (error(ErrorKind::Transient).with_send_state(SendState::Unknown), Outcome::Unknown),
            (
                error(ErrorKind::Transient).with_retry_advice(RetryAdvice::After(Duration::ZERO)),
                Outcome::NotSent,
            ),
            (error(ErrorKind::Unsupported), Outcome::Rejected),
        ] {
            assert_eq!(Outcome::of_error(&error), outcome, "{error:?}");
        }
    }
}
