//! Whom an example talks to: the account that the environment names, or else a sandbox of its own.

use std::env;
use std::sync::Arc;

use review_invites::{
    DryRun, DynProvider, DynReader, EmailAddress, FieldError, PROVIDER_VARIABLE, Result, compiled_in,
    from_vars, reader_from_vars,
};
use review_sandbox::Sandbox;

use crate::Failure;

/// The settings of an account at each vendor, by the names that `review_invites::from_env` reads.
pub struct Settings {
    /// Kept for as long as it is talked to.
    sandbox: Option<Sandbox>,
    live: bool,
}

impl Settings {
    /// Looks whether the environment has settings of a vendor, starts a sandbox if it has none, and prints which.
    ///
    /// # Errors
    /// If no port can be bound for the sandbox.
    pub async fn find() -> Result<Self, Failure> {
        if !compiled_in().into_iter().any(is_set_up) {
            println!("no vendor is set up in the environment: this talks to a sandbox");
            return Ok(Self { sandbox: Some(Sandbox::start().await?), live: true });
        }
        println!("this talks to the account of the environment");
        Ok(Self { sandbox: None, live: env::args().any(|argument| argument == "--live") })
    }

    /// The sandbox, where it is one: to play the customers with.
    #[must_use]
    pub fn sandbox(&self) -> Option<&Sandbox> {
        self.sandbox.as_ref()
    }

    /// The vendor that `REVIEW_PROVIDER` names, or else all that are set up.
    #[must_use]
    pub fn vendors(&self) -> Vec<String> {
        match env::var(PROVIDER_VARIABLE) {
            Ok(named) => vec![named],
            Err(_) => {
                let here = |vendor: &&str| self.sandbox.is_some() || is_set_up(vendor);
                compiled_in().into_iter().filter(here).map(str::to_owned).collect()
            }
        }
    }

    /// A setting for one vendor, as an environment would have it.
    #[must_use]
    pub fn var(&self, vendor: &str, name: &str) -> Option<String> {
        match &self.sandbox {
            _ if name == PROVIDER_VARIABLE => Some(vendor.to_owned()),
            Some(sandbox) => sandbox.env_var(name),
            None => env::var(name).ok(),
        }
    }

    /// A provider of the first of the [`vendors`](Self::vendors). In your program: `review_invites::from_env()`.
    ///
    /// # Errors
    /// Every setting that is missing or wrong.
    pub fn provider(&self) -> Result<DynProvider> {
        self.provider_of(self.vendors().first().map_or("", String::as_str))
    }

    /// A provider of this vendor. With settings of a real account it sends nothing unless `--live` was given.
    ///
    /// # Errors
    /// Every setting that is missing or wrong.
    pub fn provider_of(&self, vendor: &str) -> Result<DynProvider> {
        let provider = from_vars(|name| self.var(vendor, name))?;
        if self.live {
            return Ok(provider);
        }
        println!("a dry run; add --live to send");
        Ok(Arc::new(DryRun::new(provider)))
    }

    /// A reader of the reviews at this vendor.
    ///
    /// # Errors
    /// Every setting that is missing or wrong.
    pub fn reader_of(&self, vendor: &str) -> Result<DynReader> {
        reader_from_vars(|name| self.var(vendor, name))
    }

    /// Whom to invite: the address among the arguments. Where nobody is mailed, somebody made up will do.
    ///
    /// # Errors
    /// If none was given and mail would go out.
    pub fn address(&self) -> Result<EmailAddress, FieldError> {
        match env::args().skip(1).find(|argument| argument.contains('@')) {
            Some(address) => EmailAddress::new(address),
            None if self.sandbox.is_some() || !self.live => EmailAddress::new("jane@example.com"),
            None => {
                Err(FieldError::new("arguments", "expected an address of your own beside --live, found none"))
            }
        }
    }

    /// Prints how many mails would have gone out, where it was the sandbox.
    pub fn print_mails(&self) {
        if let Some(sandbox) = &self.sandbox {
            println!("the sandbox would have sent {} mail(s)", sandbox.emails().len());
        }
    }
}

/// Whether the environment has any setting of this vendor.
fn is_set_up(vendor: &str) -> bool {
    let prefix = format!("{}_", vendor.to_uppercase());
    env::vars_os().any(|(name, _)| name.to_string_lossy().starts_with(&prefix))
}
