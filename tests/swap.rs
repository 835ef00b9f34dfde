//! One caller, any vendor: the function below is compiled once and knows no vendor.
#![allow(clippy::unwrap_used, reason = "a test may panic")]

use std::process::Command;

use review_invites::*;
use review_invites_tests::{VENDORS, provider, settings};
use review_sandbox::{Sandbox, Vendor};

/// What a backend has: an order was shipped, its customer is to be invited.
async fn order_shipped(
    provider: &dyn ReviewInviteProvider,
    email: &str,
    name: &str,
    number: &str,
) -> Result<InviteState> {
    let customer = Customer::new(EmailAddress::new(email)?)
        .with_name(CustomerName::Full(PersonName::new(name)?))
        .with_locale(Locale::new("sv-SE")?);
    let order = Order::new(OrderReference::new(number)?);
    let request = InviteRequest::builder(customer, order, Consent::granted("checkbox")).build()?;
    Ok(provider.send_or_known(&request).await?.state)
}

#[tokio::test]
async fn the_vendor_is_configuration() {
    for vendor in VENDORS {
        let sandbox = Sandbox::start().await.unwrap();
        let provider = provider(&sandbox, vendor);
        let state = order_shipped(&provider, "jane@example.com", "Jane Doe", "1001").await.unwrap();
        assert_eq!((provider.info().vendor(), state), (vendor, InviteState::Accepted));
        let mails = sandbox.emails_for("1001");
        let locale = mails.first().unwrap().locale.clone().unwrap().replace('_', "-");
        assert_eq!((mails.len(), locale.as_str()), (1, "sv-SE"));
    }
}

#[tokio::test]
async fn what_is_refused_is_refused_in_the_same_words() {
    for vendor in VENDORS {
        let sandbox = Sandbox::start().await.unwrap();
        let provider = provider(&sandbox, vendor);
        let error = order_shipped(&provider, "jane@localhost", "Jane Doe", "1001").await.unwrap_err();
        assert_eq!((error.kind(), error.sent()), (ErrorKind::InvalidRequest, Sent::No), "{vendor}");
        let order = Order::new(OrderReference::new("1").unwrap()).with_metadata("key", "value");
        let customer = review_invites_tests::request("1").customer().clone();
        let request = InviteRequest::builder(customer, order, Consent::Unknown).build().unwrap();
        assert_eq!(provider.send_invite(&request).await.unwrap_err().kind(), ErrorKind::Blocked, "{vendor}");
        assert_eq!(sandbox.requests().len(), 0, "{vendor}");
    }
}

#[test]
fn all_that_is_missing_is_told_at_once() {
    for vendor in VENDORS {
        let only_the_name = |name: &str| (name == PROVIDER_VARIABLE).then(|| vendor.to_owned());
        let error = from_vars(only_the_name).unwrap_err();
        assert_eq!((error.kind(), error.fields().len()), (ErrorKind::Config, 4), "{error}");
    }
}

#[tokio::test]
async fn instances_of_both_vendors_live_side_by_side() {
    let sandbox = Sandbox::start().await.unwrap();
    let providers: Vec<DynProvider> =
        VENDORS.iter().map(|vendor| from_vars(settings(&sandbox, vendor)).unwrap()).collect();
    for provider in &providers {
        order_shipped(provider, "jane@example.com", "Jane Doe", "7").await.unwrap();
    }
    assert_eq!(sandbox.emails_for("7").len(), 2);
}

/// Set for the process that the next test starts of itself.
const ORDER: &str = "REVIEW_TEST_ORDER";

/// The part of the next test that plays in a process of its own; without the variable it has nothing to do.
#[tokio::test]
async fn sends_as_the_environment_says() {
    let Ok(order) = std::env::var(ORDER) else { return };
    order_shipped(&from_env().unwrap(), "jane@example.com", "Jane Doe", &order).await.unwrap();
}

#[tokio::test]
async fn one_variable_swaps_the_vendor_of_a_program_that_is_built() {
    let sandbox = Sandbox::start().await.unwrap();
    let mut senders = Vec::new();
    for vendor in VENDORS {
        let mut program = Command::new(std::env::current_exe().unwrap());
        program.args(["--exact", "sends_as_the_environment_says"]).env(ORDER, "1001");
        // The settings of both vendors are there each time.
        program.envs(sandbox.env_vars()).env(PROVIDER_VARIABLE, vendor);
        // Off the runtime's thread, on which the sandbox answers.
        let output = tokio::task::spawn_blocking(move || program.output().unwrap()).await.unwrap();
        assert!(output.status.success(), "{vendor}: {}", String::from_utf8_lossy(&output.stdout));
        senders.extend(sandbox.emails_for("1001").last().map(|mail| mail.vendor));
    }
    assert_eq!(senders, [Vendor::Etrusted, Vendor::Trustpilot]);
    assert_eq!(sandbox.emails().len(), 2);
}
