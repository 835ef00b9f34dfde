//! The providers of a fallback that did not accept a request.

use super::targets::{aggregate_error, most_actionable_error};
use crate::error::{Error, ErrorKind, FieldError, Result, SendState};
use crate::provider::info::ProviderInfo;
use crate::provider::receipt::Warning;

pub(super) struct Rejections<'a> {
    wrapper: &'a ProviderInfo,
    operation: &'static str,
    rejections: Vec<(&'a ProviderInfo, Error)>,
}

impl<'a> Rejections<'a> {
    pub(super) fn new(wrapper: &'a ProviderInfo, operation: &'static str) -> Self {
        Self { wrapper, operation, rejections: Vec::new() }
    }

    /// Adds a rejection.
    ///
    /// # Errors
    /// The same error, if no other provider must be tried after it.
    pub(super) fn add(&mut self, provider: &'a ProviderInfo, error: Error) -> Result<()> {
        if error.kind() == ErrorKind::Blocked || error.may_have_been_sent() {
            return Err(error);
        }
        self.rejections.push((provider, error));
        Ok(())
    }

    fn descriptions(&self) -> Vec<String> {
        self.rejections.iter().map(|(provider, error)| format!("{provider}: {}", error.kind())).collect()
    }

    pub(super) fn warnings(&self) -> Vec<Warning> {
        let warning = |description| Warning::new("provider", format!("not sent through {description}"));
        self.descriptions().into_iter().map(warning).collect()
    }

    /// The error if no provider accepted the request.
    pub(super) fn into_error(mut self) -> Error {
        if self.rejections.len() == 1
            && let Some((_, error)) = self.rejections.pop()
        {
            return error;
        }
        let message = format!("no provider accepted the request: {}", self.descriptions().join("; "));
        let states = self.rejections.iter().map(|(_, error)| error.send_state());
        let state = states.fold(SendState::NotSent, SendState::max);
        let fields = self.rejections.iter().flat_map(|(provider, error)| {
            error.field_errors().iter().map(|field| {
                let message = format!("{}: {}", provider.instance(), field.message());
                FieldError::new(field.field().to_owned(), message)
            })
        });
        let fields: Vec<_> = fields.collect();
        match most_actionable_error(self.rejections.into_iter().map(|(_, error)| error).collect()) {
            Some(worst) => aggregate_error(self.wrapper, self.operation, message, &worst)
                .with_send_state(state)
                .with_field_errors(fields),
            None => Error::new(ErrorKind::InvalidConfig, message).with_provider(self.wrapper),
        }
    }
}
