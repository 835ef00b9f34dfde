//! Another provider where the first does not take an invitation.

use std::sync::Arc;

use async_trait::async_trait;

use super::targets::{Targets, furthest, most_useful, summed_up};
use crate::{
    Capabilities, DynProvider, EmailAddress, Erasure, Error, ErrorKind, FieldError, InviteKey, InviteLookup,
    InviteReceipt, InviteRequest, Preview, ProviderInfo, Result, ReviewInviteProvider, ReviewLink, Sent,
    SetupReport, Warning,
};

/// Tries providers in order until one takes the invitation.
///
/// The next one is tried only where the customer certainly got nothing so far: nothing was sent, or
/// the vendor answered with a refusal. It is not tried after an unknown outcome (that could be two
/// mails), a duplicate (the customer was asked) or a refusal by a rule of our own (no consent). A
/// receipt carries a warning for each provider that was passed over.
///
/// It remembers nothing: a second call for the same order starts with the first provider again, which
/// may take it by then. Put a [`Dedup`](crate::Dedup) around it, never inside: around one of the
/// providers it would know nothing of what the others took.
///
/// Capabilities and the operations without a request are as in a [`Router`](crate::Router).
///
/// ```
/// use review_core::{DynProvider, Fallback};
///
/// fn with_a_spare(first: DynProvider, spare: DynProvider) -> Fallback {
///     Fallback::new("with-a-spare", first).then(spare)
/// }
/// ```
#[derive(Debug)]
pub struct Fallback {
    info: ProviderInfo,
    capabilities: Capabilities,
    order: Vec<DynProvider>,
    all: Targets,
}

impl Fallback {
    /// A fallback with its instance label and the provider that is tried first; its vendor is
    /// `fallback`.
    pub fn new(instance: impl Into<String>, first: impl ReviewInviteProvider) -> Self {
        Self::of(ProviderInfo::new("fallback", instance), vec![Arc::new(first)])
    }

    /// Adds the provider that is tried next.
    #[must_use]
    pub fn then(mut self, next: impl ReviewInviteProvider) -> Self {
        self.order.push(Arc::new(next));
        Self::of(self.info, self.order)
    }

    fn of(info: ProviderInfo, order: Vec<DynProvider>) -> Self {
        let all = Targets::new(order.iter().cloned());
        Self { info, capabilities: all.capabilities(), order, all }
    }

    fn refusals(&self, operation: &'static str) -> Refusals<'_> {
        Refusals { composite: &self.info, operation, so_far: Vec::new() }
    }
}

/// Who did not take the request so far, and why.
struct Refusals<'a> {
    composite: &'a ProviderInfo,
    operation: &'static str,
    so_far: Vec<(&'a ProviderInfo, Error)>,
}

impl<'a> Refusals<'a> {
    /// Notes a refusal.
    ///
    /// # Errors
    /// The same error, where no other provider must be tried after it.
    fn note(&mut self, who: &'a ProviderInfo, error: Error) -> Result<()> {
        let ends = matches!(error.kind(), ErrorKind::Duplicate | ErrorKind::Blocked);
        if ends || error.may_have_invited() {
            return Err(error);
        }
        self.so_far.push((who, error));
        Ok(())
    }

    fn told(&self) -> Vec<String> {
        self.so_far.iter().map(|(who, error)| format!("{who}: {}", error.kind())).collect()
    }

    fn warnings(&self) -> Vec<Warning> {
        self.told().into_iter().map(|told| Warning::new("provider", format!("passed over {told}"))).collect()
    }

    /// The error when nobody is left.
    fn into_error(mut self) -> Error {
        if self.so_far.len() == 1
            && let Some((_, error)) = self.so_far.pop()
        {
            return error;
        }
        let message = format!("no provider took it: {}", self.told().join("; "));
        let sent = self.so_far.iter().map(|(_, error)| error.sent()).fold(Sent::No, furthest);
        let fields: Vec<FieldError> = self
            .so_far
            .iter()
            .flat_map(|(who, error)| {
                // The field keeps its name: whether the error concerns one request is told by it.
                let of = |field: &FieldError| {
                    FieldError::new(field.field(), format!("{}: {}", who.instance(), field.problem()))
                };
                error.fields().iter().map(of).collect::<Vec<_>>()
            })
            .collect();
        let errors = self.so_far.into_iter().map(|(_, error)| error).collect();
        match most_useful(errors) {
            Some(worst) => {
                summed_up(self.composite, self.operation, message, &worst).with_sent(sent).with_fields(fields)
            }
            None => Error::new(ErrorKind::Config, message).with_provider(self.composite),
        }
    }
}

#[async_trait]
#[deny(clippy::missing_trait_methods)]
impl ReviewInviteProvider for Fallback {
    fn info(&self) -> &ProviderInfo {
        &self.info
    }

    fn capabilities(&self) -> &Capabilities {
        &self.capabilities
    }

    fn preview(&self, request: &InviteRequest) -> Result<Preview> {
        let mut refusals = self.refusals("preview");
        for provider in &self.order {
            match provider.preview(request) {
                Ok(preview) => return Ok(preview.with_warnings(refusals.warnings())),
                Err(error) => refusals.note(provider.info(), error)?,
            }
        }
        Err(refusals.into_error())
    }

    async fn send_invite(&self, request: &InviteRequest) -> Result<InviteReceipt> {
        let mut refusals = self.refusals("send_invite");
        for provider in &self.order {
            match provider.send_invite(request).await {
                Ok(receipt) => return Ok(receipt.with_warnings(refusals.warnings())),
                Err(error) => refusals.note(provider.info(), error)?,
            }
        }
        Err(refusals.into_error())
    }

    async fn create_link(&self, request: &InviteRequest) -> Result<ReviewLink> {
        let mut refusals = self.refusals("create_link");
        for provider in &self.order {
            match provider.create_link(request).await {
                Ok(link) => return Ok(link.with_warnings(refusals.warnings())),
                Err(error) => refusals.note(provider.info(), error)?,
            }
        }
        Err(refusals.into_error())
    }

    async fn find_invite(&self, key: &InviteKey) -> Result<InviteLookup> {
        self.all.find(key).await
    }

    async fn erase_customer(&self, email: &EmailAddress) -> Result<Erasure> {
        self.all.erase(&self.info, email).await
    }

    async fn check_setup(&self) -> Result<SetupReport> {
        self.all.check().await
    }
}
