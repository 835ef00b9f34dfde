//! What a composite of several providers asks all of them.

use std::time::Duration;

use futures_util::future::join_all;

use crate::{
    Capabilities, DynProvider, EmailAddress, Erasure, Error, ErrorKind, Finding, InviteKey, InviteLookup,
    ProviderInfo, Result, RetryAdvice, Sent, SetupReport, Severity,
};

/// Several providers, each vendor and instance once.
#[derive(Debug)]
pub(super) struct Targets(Vec<DynProvider>);

impl Targets {
    pub(super) fn new(providers: impl IntoIterator<Item = DynProvider>) -> Self {
        let mut once: Vec<DynProvider> = Vec::new();
        for provider in providers {
            if once.iter().all(|known| known.info() != provider.info()) {
                once.push(provider);
            }
        }
        Self(once)
    }

    pub(super) fn capabilities(&self) -> Capabilities {
        let all = self.0.iter().map(|provider| provider.capabilities().clone());
        all.reduce(|common, one| common.in_common_with(&one)).unwrap_or_default()
    }

    /// Found if anybody found it, not there if nobody has it.
    pub(super) async fn find(&self, key: &InviteKey) -> Result<InviteLookup> {
        let answers = join_all(self.0.iter().map(|provider| async move {
            let own = InviteKey { instance: provider.info().instance().to_owned(), ..key.clone() };
            (provider.info(), provider.find_invite(&own).await)
        }));
        let mut open = Vec::new();
        let mut errors = Vec::new();
        let mut answered = 0;
        for (who, answer) in answers.await {
            match answer {
                Ok(found @ InviteLookup::Found { .. }) => return Ok(found),
                Ok(InviteLookup::NotFound) => answered += 1,
                Ok(InviteLookup::Inconclusive(why)) => {
                    answered += 1;
                    open.push(format!("{who}: {why}"));
                }
                Err(error) => {
                    open.push(format!("{who}: {}", error.kind()));
                    errors.push(error);
                }
            }
        }
        match most_useful_of_the_able(errors) {
            Some(error) if answered == 0 => Err(error),
            _ if open.is_empty() => Ok(InviteLookup::NotFound),
            _ => Ok(InviteLookup::Inconclusive(open.join("; "))),
        }
    }

    /// Erases everywhere, and says where it did if it could not everywhere.
    pub(super) async fn erase(&self, composite: &ProviderInfo, email: &EmailAddress) -> Result<Erasure> {
        let answers = join_all(
            self.0
                .iter()
                .map(|provider| async move { (provider.info(), provider.erase_customer(email).await) }),
        );
        let (mut done, mut missing, mut errors) = (Vec::new(), Vec::new(), Vec::new());
        let mut erasure = Erasure::NothingKnown;
        for (who, answer) in answers.await {
            match answer {
                Ok(Erasure::NothingKnown) => done.push(who.to_string()),
                Ok(Erasure::Accepted) => {
                    erasure = Erasure::Accepted;
                    done.push(who.to_string());
                }
                Err(error) => {
                    missing.push(format!("{who} ({})", error.kind()));
                    errors.push(error);
                }
            }
        }
        if done.is_empty() && self.0.len() == 1 {
            return most_useful(errors).map_or(Ok(erasure), Err);
        }
        let reached = if done.is_empty() { Sent::No } else { Sent::Answered };
        let sent = errors.iter().map(Error::sent).fold(reached, furthest);
        let Some(worst) = most_useful(errors) else { return Ok(erasure) };
        let done = if done.is_empty() { "nobody".to_owned() } else { done.join(", ") };
        let message = format!("erased by: {done}; not erased by: {}", missing.join(", "));
        Err(summed_up(composite, "erase_customer", message, &worst).with_sent(sent))
    }

    /// One report of all, with the instance before each finding.
    pub(super) async fn check(&self) -> Result<SetupReport> {
        let answers = join_all(
            self.0
                .iter()
                .map(|provider| async move { (provider.info().instance(), provider.check_setup().await) }),
        );
        let mut findings = Vec::new();
        let mut errors = Vec::new();
        for (instance, answer) in answers.await {
            match answer {
                Ok(report) => findings.extend(report.findings.into_iter().map(|finding| {
                    Finding::new(finding.severity, format!("{instance}: {}", finding.seen), finding.advice)
                })),
                Err(error) => {
                    findings.push(unchecked(instance, &error));
                    errors.push(error);
                }
            }
        }
        if errors.len() == self.0.len() {
            most_useful_of_the_able(errors).map_or(Ok(()), Err)?;
        }
        Ok(SetupReport::new(findings))
    }
}

/// What it means that a target could not be checked while others could.
fn unchecked(instance: &str, error: &Error) -> Finding {
    let (severity, advice) = match error.kind() {
        ErrorKind::Unsupported => (Severity::Info, "look at the settings in the vendor's web application"),
        _ if error.concerns_all() => (Severity::Error, "correct it; no invitation goes out there until then"),
        _ => (Severity::Warning, "check this instance again"),
    };
    Finding::new(severity, format!("{instance}: could not be checked: {}", error.kind()), advice)
}

/// The error that tells a caller most of what to do: of those after which the same call may be made
/// again, the one with the shortest wait; otherwise the first that is about this one request, since
/// others may then be taken.
pub(super) fn most_useful(errors: Vec<Error>) -> Option<Error> {
    errors.into_iter().min_by_key(|error| match error.retry_advice() {
        RetryAdvice::After(wait) => (0, wait),
        _ if error.concerns_all() => (2, Duration::ZERO),
        _ => (1, Duration::ZERO),
    })
}

/// The same, of those that have the operation, if there are any.
fn most_useful_of_the_able(errors: Vec<Error>) -> Option<Error> {
    let (lacking, failed): (Vec<_>, Vec<_>) =
        errors.into_iter().partition(|error| error.kind() == ErrorKind::Unsupported);
    most_useful(if failed.is_empty() { lacking } else { failed })
}

/// An error of the composite itself about those of its targets, as useful as the `worst` of them,
/// which becomes its cause.
pub(super) fn summed_up(
    composite: &ProviderInfo,
    operation: &'static str,
    message: String,
    worst: &Error,
) -> Error {
    Error::new(worst.kind(), message)
        .with_provider(composite)
        .with_operation(operation)
        .with_sent(worst.sent())
        .with_retry_advice(worst.retry_advice())
        .with_source(worst.clone())
}

/// The one of two that came nearer to the vendor's taking it.
pub(super) fn furthest(one: Sent, other: Sent) -> Sent {
    match (one, other) {
        (Sent::Maybe, _) | (_, Sent::Maybe) => Sent::Maybe,
        (Sent::Answered, _) | (_, Sent::Answered) => Sent::Answered,
        (Sent::No, Sent::No) => Sent::No,
    }
}
