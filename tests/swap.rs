//! One caller, any vendor: the function below is compiled once and does not know the vendor.
#![allow(clippy::unwrap_used, reason = "a test may panic")]

use std::process::Command;

use review_invites::prelude::*;
use review_invites::registry::PROVIDER_ENV;
use review_invites::{ErrorKind, SendState, from_env, from_lookup};
use review_invites_tests::{VENDORS, provider, settings};
use review_sandbox::Sandbox;

/// What a backend does when an order was shipped.
async fn order_shipped(
    provider: &dyn ReviewInviteProvider,
    email: &str,
    name: &str,
    number: &str,
) -> Result<InviteState> {
    let request = InviteRequest::builder(email, number, Consent::granted("checkbox"));
    let request = request.name(name).locale("de-DE").build()?;
    Ok(provider.send_invite(&request).await?.state)
}

#[tokio::test]
async fn vendor_is_configuration() {
    for vendor in VENDORS {
        let sandbox = Sandbox::start().await.unwrap();
        let provider = provider(&sandbox, vendor);
        let state = order_shipped(&provider, "jane@example.com", "Jane Doe", "1001").await.unwrap();
        assert_eq!((provider.info().vendor(), state), (vendor.name, InviteState::Accepted));
        let emails = sandbox.emails_for("1001");
        let locale = emails.first().unwrap().locale.clone().unwrap();
        assert_eq!((emails.len(), locale), (1, (vendor.language)("de-DE")));
    }
}

#[tokio::test]
async fn invalid_request_is_rejected_in_the_same_words() {
    for vendor in VENDORS {
        let sandbox = Sandbox::start().await.unwrap();
        let provider = provider(&sandbox, vendor);
        let error = order_shipped(&provider, "jane@localhost", "Jane Doe", "1001").await.unwrap_err();
        assert_eq!(
            (error.kind(), error.send_state()),
            (ErrorKind::InvalidRequest, SendState::NotSent),
            "{vendor}"
        );
        assert_eq!(sandbox.requests().len(), 0, "{vendor}");
    }
}

#[test]
fn all_missing_settings_are_reported_together() {
    for vendor in VENDORS {
        let only_the_name = |name: &str| (name == PROVIDER_ENV).then(|| vendor.name.to_owned());
        let error = from_lookup(only_the_name).unwrap_err();
        assert_eq!(
            (error.kind(), error.field_errors().len()),
            (ErrorKind::InvalidConfig, vendor.required_settings),
            "{error}"
        );
    }
}

#[tokio::test]
async fn instances_of_all_vendors_are_independent() {
    let sandbox = Sandbox::start().await.unwrap();
    let providers: Vec<DynProvider> =
        VENDORS.iter().map(|vendor| from_lookup(settings(&sandbox, vendor)).unwrap()).collect();
    for provider in &providers {
        order_shipped(provider, "jane@example.com", "Jane Doe", "7").await.unwrap();
    }
    assert_eq!(sandbox.emails_for("7").len(), VENDORS.len());
}

/// Set for the process that the next test starts.
const ORDER: &str = "REVIEW_TEST_ORDER";

/// The part of the next test that runs in a separate process; without the variable it does nothing.
#[tokio::test]
async fn separate_process_sends_by_its_environment() {
    let Ok(order) = std::env::var(ORDER) else { return };
    order_shipped(&from_env().unwrap(), "jane@example.com", "Jane Doe", &order).await.unwrap();
}

#[tokio::test]
async fn one_variable_swaps_the_vendor_of_a_built_program() {
    let sandbox = Sandbox::start().await.unwrap();
    let mut senders = Vec::new();
    for vendor in VENDORS {
        let mut program = Command::new(std::env::current_exe().unwrap());
        program.args(["--exact", "separate_process_sends_by_its_environment"]).env(ORDER, "1001");
        // The settings of all vendors are present each time.
        program.envs(sandbox.env_vars()).env(PROVIDER_ENV, vendor.name);
        // Not on the thread of the runtime, on which the sandbox responds.
        let output = tokio::task::spawn_blocking(move || program.output().unwrap()).await.unwrap();
        assert!(output.status.success(), "{vendor}: {}", String::from_utf8_lossy(&output.stdout));
        senders.extend(sandbox.emails_for("1001").last().map(|email| email.vendor));
    }
    assert_eq!(senders, VENDORS.map(|vendor| vendor.simulated));
    assert_eq!(sandbox.emails().len(), VENDORS.len());
}
