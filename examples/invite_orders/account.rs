//! The accounts to send with: real ones from the environment, or those of the sandbox.

use std::sync::Arc;

use review_invites::etrusted::{EtrustedConfig, EtrustedProvider, Setup};
use review_invites::{DynProvider, Error, ErrorKind, FieldError, PROVIDER_VARIABLE, Result, from_vars};
use review_sandbox::Sandbox;

use crate::args::{Args, Vendor};
use crate::report;

pub(crate) struct Accounts {
    providers: Vec<DynProvider>,
    /// Kept for as long as it is sent to.
    sandbox: Option<Sandbox>,
}

impl Accounts {
    pub(crate) async fn open(args: &Args) -> Result<Self> {
        if args.live {
            let named = args.provider.map(|vendor| vendor.name().to_owned());
            let vars = |name: &str| match &named {
                Some(vendor) if name == PROVIDER_VARIABLE => Some(vendor.clone()),
                _ => std::env::var(name).ok(),
            };
            let provider = open(&vars, args.setup).await?;
            return Ok(Self { providers: vec![provider], sandbox: None });
        }
        let no_sandbox =
            |cause| Error::new(ErrorKind::Config, "the sandbox could not be started").with_source(cause);
        let sandbox = Sandbox::start().await.map_err(no_sandbox)?;
        let mut providers = Vec::new();
        for vendor in args.provider.map_or(vec![Vendor::Etrusted, Vendor::Trustpilot], |vendor| vec![vendor])
        {
            let vars = |name: &str| match name {
                PROVIDER_VARIABLE => Some(vendor.name().to_owned()),
                name => sandbox.env_var(name),
            };
            // Only one of the two vendors has a set-up to run.
            let setup = args.setup && (args.provider.is_some() || vendor == Vendor::Etrusted);
            providers.push(open(&vars, setup).await?);
        }
        Ok(Self { providers, sandbox: Some(sandbox) })
    }

    pub(crate) fn providers(&self) -> &[DynProvider] {
        &self.providers
    }

    /// How many mails the sandbox would have sent, where it was the sandbox.
    pub(crate) fn mails(&self) -> Option<usize> {
        self.sandbox.as_ref().map(|sandbox| sandbox.emails().len())
    }
}

/// A provider by its settings. The vendor is configuration; only the set-up of an account is the
/// vendor's own affair.
async fn open(vars: &dyn Fn(&str) -> Option<String>, setup: bool) -> Result<DynProvider> {
    if !setup {
        return from_vars(vars);
    }
    let named = vars(PROVIDER_VARIABLE).unwrap_or_default();
    if !named.trim().eq_ignore_ascii_case(Vendor::Etrusted.name()) {
        let problem =
            "only eTrusted has a set-up to run; name it by --provider etrusted, or leave --setup out";
        return Err(Error::config(vec![FieldError::new("--setup", problem)]));
    }
    let provider = EtrustedProvider::new(EtrustedConfig::from_vars(vars)?)?;
    let outcome = provider.ensure_setup(Setup::new()).await?;
    report::complain(&format!("set-up of eTrusted: {:?}", outcome.changes));
    if outcome.rivals > 0 {
        report::complain(&format!(
            "{} other event type(s) of this channel ask for the same reviews",
            outcome.rivals
        ));
    }
    Ok(Arc::new(provider))
}
