//! The targets of a wrapper of several providers, and operations that call all of them.

use std::sync::Arc;
use std::time::Duration;

use futures_util::future::join_all;

use crate::error::{Error, ErrorKind, ErrorScope, FieldError, Result, RetryAdvice, SendState};
use crate::model::email::EmailAddress;
use crate::provider::DynProvider;
use crate::provider::capability::Capabilities;
use crate::provider::info::ProviderInfo;
use crate::provider::lookup::{ErasureStatus, InviteLookup, InviteRef};
use crate::provider::setup::{Finding, SetupReport, Severity};

/// Several providers, each once.
#[derive(Debug)]
pub(super) struct Targets(Vec<DynProvider>);

impl Targets {
    /// # Errors
    /// Two different providers with the same vendor and instance: an erasure would reach one of them and
    /// report success.
    pub(super) fn new(
        wrapper: &ProviderInfo,
        providers: impl IntoIterator<Item = DynProvider>,
    ) -> Result<Self> {
        let mut targets: Vec<DynProvider> = Vec::new();
        for provider in providers {
            let is_same = |known: &&DynProvider| {
                let (known, new) = (known.info(), provider.info());
                (known.vendor(), known.instance()) == (new.vendor(), new.instance())
            };
            match targets.iter().find(is_same) {
                None => targets.push(provider),
                Some(known) if Arc::ptr_eq(known, &provider) => {}
                Some(_) => {
                    let message = "is the identity of two different providers; give each instance its own name, \
                                   and pass one provider to several places as a clone of one DynProvider";
                    let error = FieldError::new(provider.info().to_string(), message);
                    return Err(Error::invalid_config([error]).with_provider(wrapper));
                }
            }
        }
        Ok(Self(targets))
    }

    pub(super) fn single(provider: DynProvider) -> Self {
        Self(vec![provider])
    }

    pub(super) fn capabilities(&self) -> Capabilities {
        let all = self.0.iter().map(|provider| provider.capabilities().clone());
        all.reduce(|common, one| common.intersection(&one)).unwrap_or_default()
    }

    /// Found if any target found it, not found if no target has it.
    pub(super) async fn find(&self, invite: &InviteRef) -> Result<InviteLookup> {
        let results = join_all(
            self.0.iter().map(|target| async move { (target.info(), target.find_invite(invite).await) }),
        );
        let (mut reasons, mut errors) = (Vec::new(), Vec::new());
        let (mut responded, mut wait) = (0, None::<Duration>);
        for (target, result) in results.await {
            match result {
                Ok(found @ InviteLookup::Found(_)) => return Ok(found),
                Ok(InviteLookup::NotFound) => responded += 1,
                Ok(InviteLookup::Inconclusive { reason, retry_after }) => {
                    responded += 1;
                    reasons.push(format!("{target}: {reason}"));
                    wait = wait.max(retry_after);
                }
                Err(error) => {
                    if let RetryAdvice::After(time) = error.retry_advice() {
                        wait = wait.max(Some(time));
                    }
                    reasons.push(format!("{target}: {}", error.kind()));
                    errors.push(error);
                }
            }
        }
        match most_actionable_supported(errors) {
            Some(error) if responded == 0 => Err(error),
            _ if reasons.is_empty() => Ok(InviteLookup::NotFound),
            _ => Ok(InviteLookup::Inconclusive { reason: reasons.join("; "), retry_after: wait }),
        }
    }

    /// Erases everywhere, and reports where if not everywhere.
    pub(super) async fn erase(&self, wrapper: &ProviderInfo, email: &EmailAddress) -> Result<ErasureStatus> {
        let results = join_all(
            self.0.iter().map(|target| async move { (target.info(), target.erase_customer(email).await) }),
        );
        let (mut done, mut missing, mut errors) = (Vec::new(), Vec::new(), Vec::new());
        let mut status = ErasureStatus::NotFound;
        for (target, result) in results.await {
            match result {
                Ok(result) => {
                    if result == ErasureStatus::Accepted {
                        status = result;
                    }
                    done.push(target.to_string());
                }
                Err(error) => {
                    missing.push(format!("{target} ({})", error.kind()));
                    errors.push(error);
                }
            }
        }
        if done.is_empty() && self.0.len() == 1 {
            return most_actionable_error(errors).map_or(Ok(status), Err);
        }
        let reached = if done.is_empty() { SendState::NotSent } else { SendState::Responded };
        let sent = errors.iter().map(Error::send_state).fold(reached, SendState::max);
        let Some(worst) = most_actionable_error(errors) else { return Ok(status) };
        let done = if done.is_empty() { "no provider".to_owned() } else { done.join(", ") };
        let message = format!("erased by {done}; not erased by {}", missing.join(", "));
        Err(aggregate_error(wrapper, "erase_customer", message, &worst).with_send_state(sent))
    }

    /// One report of all, with the instance in front of each finding.
    pub(super) async fn check(&self) -> Result<SetupReport> {
        let results = join_all(
            self.0.iter().map(|target| async move { (target.info().instance(), target.check_setup().await) }),
        );
        let (mut findings, mut errors) = (Vec::new(), Vec::new());
        for (instance, result) in results.await {
            match result {
                Ok(report) if report.findings.is_empty() => {
                    let message = format!("{instance}: the check read nothing");
                    findings.push(Finding::new(Severity::Unknown, message, "check this instance again"));
                }
                Ok(report) => findings.extend(report.findings.into_iter().map(|finding| {
                    Finding::new(finding.severity, format!("{instance}: {}", finding.message), finding.help)
                })),
                Err(error) => {
                    findings.push(unchecked(instance, &error));
                    errors.push(error);
                }
            }
        }
        if errors.len() == self.0.len() {
            most_actionable_supported(errors).map_or(Ok(()), Err)?;
        }
        Ok(SetupReport::new(findings))
    }
}

/// The finding for a target that could not be checked while others could.
fn unchecked(instance: &str, error: &Error) -> Finding {
    let (severity, help) = match (error.kind(), error.scope()) {
        (ErrorKind::Unsupported, _) => {
            (Severity::Unknown, "check the settings in the vendor's web application")
        }
        (_, ErrorScope::Account) => (Severity::Error, "fix it; no invitation is sent there until then"),
        _ => (Severity::Unknown, "check this instance again"),
    };
    Finding::new(severity, format!("{instance}: could not be checked: {}", error.kind()), help)
}

/// The error that helps a caller most: of those after which the same call can be made again, the one with the
/// shortest wait; otherwise the first that concerns this request only, because others may succeed.
pub(super) fn most_actionable_error(errors: Vec<Error>) -> Option<Error> {
    errors.into_iter().min_by_key(|error| match (error.retry_advice(), error.scope()) {
        (RetryAdvice::After(wait), _) => (0, wait),
        (_, ErrorScope::Request) => (1, Duration::ZERO),
        (_, ErrorScope::Account) => (2, Duration::ZERO),
    })
}

/// The same, ignoring targets that do not support the operation, unless none does.
fn most_actionable_supported(errors: Vec<Error>) -> Option<Error> {
    let (unsupported, failed): (Vec<_>, Vec<_>) =
        errors.into_iter().partition(|error| error.kind() == ErrorKind::Unsupported);
    most_actionable_error(if failed.is_empty() { unsupported } else { failed })
}

/// An error of the wrapper about those of its targets, with the facts of the `worst` of them, which becomes
/// its cause.
pub(super) fn aggregate_error(
    wrapper: &ProviderInfo,
    operation: &'static str,
    message: String,
    worst: &Error,
) -> Error {
    Error::new(worst.kind(), message)
        .with_provider(wrapper)
        .with_operation(operation)
        .with_send_state(worst.send_state())
        .with_scope(worst.scope())
        .with_retry_advice(worst.retry_advice())
        .with_source(worst.clone())
}
