//! Sends the invitations. Nothing in this file knows a vendor.

use std::collections::HashMap;
use std::time::Duration;

use review_invites::{
    EmailAddress, Error, ErrorKind, InviteKey, InviteReceipt, InviteRequest, InviteState, Result,
    RetryAdvice, ReviewInviteProvider, ReviewInviteProviderExt, Sent,
};
use review_orders::{Invitee, Record};

use crate::report::{Line, Outcome, Report};

/// So many failures in a row to send anything at all mean that the rest need not be tried.
const FAILURES_IN_A_ROW: usize = 3;
/// Whoever asks for more patience than this is not asked again in this run.
const PATIENCE: Duration = Duration::from_secs(30);

/// Invites the customers of these orders, one after the other, and reports on each.
pub(crate) async fn invite_all<'a>(
    provider: &dyn ReviewInviteProvider,
    orders: impl Iterator<Item = (&'a str, Record)>,
    report: &mut Report,
) {
    let mut run = Run { provider, tried: HashMap::new(), failures: 0, over: None };
    for (file, order) in orders {
        let (outcome, reason) = match order.outcome {
            Err(why) if why.is_malformed() => (Outcome::Malformed, why.to_string()),
            Err(why) => (Outcome::Skipped, why.to_string()),
            Ok(invitee) => run.invite(invitee).await,
        };
        let reference = order.reference.as_deref();
        report.line(&Line { provider: provider.info().vendor(), file, reference, outcome, reason: &reason });
    }
}

struct Run<'a> {
    provider: &'a dyn ReviewInviteProvider,
    /// Whom each invitation went to, or may have gone to, and what became of it.
    tried: HashMap<InviteKey, (EmailAddress, Outcome)>,
    failures: usize,
    /// What becomes of the rest, where trying them makes no sense.
    over: Option<Outcome>,
}

impl Run<'_> {
    async fn invite(&mut self, invitee: Invitee) -> (Outcome, String) {
        let request = match InviteRequest::builder(invitee.customer, invitee.order, invitee.consent).build() {
            Ok(request) => request,
            Err(error) => return (Outcome::Refused, reason(&error)),
        };
        let key = request.key(self.provider.info());
        if let Some((email, before)) = self.tried.get(&key) {
            return again(request.customer().email() == email, *before);
        }
        if let Some(outcome) = self.over {
            return (outcome, "not tried after the failure above".to_owned());
        }
        let result = self.provider.send_or_known(&request).await;
        let outcome = outcome(&result);
        if matches!(outcome, Outcome::Invited | Outcome::Known | Outcome::Unknown) {
            self.tried.insert(key, (request.customer().email().clone(), outcome));
        }
        self.failures = if outcome == Outcome::NotSent { self.failures + 1 } else { 0 };
        self.over = result.as_ref().err().and_then(|error| self.is_over(error, outcome));
        match result {
            Ok(receipt) => (outcome, accepted(&receipt)),
            Err(error) => (outcome, reason(&error)),
        }
    }

    /// What concerns the account or the vendor as a whole fails for every order, and each try would ask
    /// for a token or an id again.
    fn is_over(&self, error: &Error, outcome: Outcome) -> Option<Outcome> {
        match (error.kind(), error.retry_advice()) {
            (ErrorKind::Unauthorized | ErrorKind::Forbidden | ErrorKind::Config, _) => Some(Outcome::NotSent),
            (ErrorKind::RateLimited, RetryAdvice::After(wait)) if wait > PATIENCE => Some(Outcome::Throttled),
            _ if outcome == Outcome::NotSent && self.failures >= FAILURES_IN_A_ROW => Some(Outcome::NotSent),
            _ => None,
        }
    }
}

/// Shops emit one order under several topics; its customer is invited once. The same number with
/// another customer is another order, whose review would be taken for the first one's.
fn again(same_customer: bool, before: Outcome) -> (Outcome, String) {
    match before {
        _ if !same_customer => {
            let reason = "an order of another customer had the same number before in this run; \
                          give the orders of different shops different numbers, or use an account for each";
            (Outcome::Refused, reason.to_owned())
        }
        Outcome::Unknown => {
            (Outcome::Unknown, "not sent again: what became of it before is unknown".to_owned())
        }
        _ => (Outcome::Known, "invited before in this run".to_owned()),
    }
}

fn outcome(result: &Result<InviteReceipt>) -> Outcome {
    let error = match result {
        Ok(receipt) if receipt.state == InviteState::AlreadyKnown => return Outcome::Known,
        Ok(_) => return Outcome::Invited,
        Err(error) => error,
    };
    match (error.kind(), error.sent()) {
        (ErrorKind::RateLimited, _) => Outcome::Throttled,
        (_, Sent::Maybe) => Outcome::Unknown,
        (ErrorKind::InvalidRequest | ErrorKind::Unsupported | ErrorKind::Blocked, _) => Outcome::Refused,
        (_, Sent::No) => Outcome::NotSent,
        (_, Sent::Answered) => Outcome::Refused,
    }
}

fn accepted(receipt: &InviteReceipt) -> String {
    let mut reason = match receipt.state {
        InviteState::Scheduled(at) => format!("accepted for {at}"),
        InviteState::AlreadyKnown => "the vendor knows this invitation already".to_owned(),
        _ => "accepted".to_owned(),
    };
    for part in receipt.vendor_id.iter().cloned().chain(receipt.warnings.iter().map(ToString::to_string)) {
        reason.push_str("; ");
        reason.push_str(&part);
    }
    reason
}

/// The error and its causes, in one line.
pub(crate) fn reason(error: &Error) -> String {
    let mut reason = error.to_string();
    let mut cause = std::error::Error::source(error);
    while let Some(error) = cause {
        reason.push_str(": ");
        reason.push_str(&error.to_string());
        cause = error.source();
    }
    reason
}
