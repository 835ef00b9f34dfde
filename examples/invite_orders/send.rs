//! Sends the invitations. Nothing in this file knows a vendor.

use std::collections::HashMap;

use review_invites::{
    Error, ErrorKind, InviteKey, InviteReceipt, InviteRequest, InviteState, Result, ReviewInviteProvider,
    ReviewInviteProviderExt, Sent,
};
use review_orders::{Invitee, Record};

use crate::report::{Line, Outcome, Report};

/// Invites the customers of these orders, one after the other, and reports on each.
pub(crate) async fn invite_all<'a>(
    provider: &dyn ReviewInviteProvider,
    orders: impl Iterator<Item = (&'a str, Record)>,
    report: &mut Report,
) {
    let mut sent: HashMap<InviteKey, Outcome> = HashMap::new();
    let mut hopeless = None;
    for (file, order) in orders {
        let (outcome, reason) = match order.outcome {
            Err(why) if why.is_malformed() => (Outcome::Malformed, why.to_string()),
            Err(why) => (Outcome::Skipped, why.to_string()),
            Ok(_) if hopeless.is_some() => (Outcome::NotSent, "not tried after the failure above".to_owned()),
            Ok(invitee) => invite(provider, invitee, &mut sent, &mut hopeless).await,
        };
        let reference = order.reference.as_deref();
        report.line(&Line {
            provider: provider.info().vendor(),
            file,
            reference,
            outcome,
            reason: &reason,
        });
    }
}

async fn invite(
    provider: &dyn ReviewInviteProvider,
    invitee: Invitee,
    sent: &mut HashMap<InviteKey, Outcome>,
    hopeless: &mut Option<ErrorKind>,
) -> (Outcome, String) {
    let request = match InviteRequest::builder(invitee.customer, invitee.order, invitee.consent).build() {
        Ok(request) => request,
        Err(error) => return (Outcome::Refused, error.to_string()),
    };
    // Shops emit one order under several topics; its customer is invited once.
    let key = request.key(provider.info());
    match sent.get(&key) {
        Some(Outcome::Unknown) => {
            return (
                Outcome::Unknown,
                "not sent again: what became of it before is unknown".to_owned(),
            );
        }
        Some(_) => return (Outcome::Known, "invited before in this run".to_owned()),
        None => {}
    }
    let result = provider.send_or_known(&request).await;
    // What concerns the account fails for every order, and each try would ask for a token again.
    if let Err(error) = &result
        && matches!(
            error.kind(),
            ErrorKind::Unauthorized | ErrorKind::Forbidden | ErrorKind::Config
        )
    {
        *hopeless = Some(error.kind());
    }
    let outcome = outcome(&result);
    if matches!(outcome, Outcome::Invited | Outcome::Known | Outcome::Unknown) {
        sent.insert(key, outcome);
    }
    let reason = match result {
        Ok(receipt) => accepted(&receipt),
        Err(error) => reason(&error),
    };
    (outcome, reason)
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
    for part in receipt
        .vendor_id
        .iter()
        .cloned()
        .chain(receipt.warnings.iter().map(ToString::to_string))
    {
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
