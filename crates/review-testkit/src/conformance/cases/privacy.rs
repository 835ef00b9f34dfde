//! Errors name their source, and no output contains personal data or secrets.

use std::time::Duration;

use futures_util::FutureExt;
use review_core::Error;
use review_core::model::Field;
use review_core::provider::Operation;

use super::super::VendorFault;
use super::super::field_requests::request_with;
use super::super::outcome::{Check, ensure, fail};
use super::super::stage::Stage;
use super::super::suite::play;
use super::CASES;
use crate::Canary;
use crate::canary::panic_message;

const FAULTS: [VendorFault; 6] = [
    VendorFault::DropResponse,
    VendorFault::RefuseConnection,
    VendorFault::Throttle(Duration::from_secs(1)),
    VendorFault::Reject,
    VendorFault::Forbidden,
    VendorFault::ServerError,
];

pub(super) async fn errors_name_provider_and_operation(stage: &Stage) -> Check {
    for feature in Field::ALL.iter().copied().filter(|feature| !stage.can().supports_field(*feature)) {
        let request = request_with(stage, feature, false)?.request;
        check(stage, "send_invite", stage.send(&request).await?.err())?;
    }
    let request = stage.plain()?;
    let key = request.key(stage.provider().info());
    let email = request.customer().email();
    check(stage, Operation::CreateLink.as_str(), stage.create_link(&request).await?.err())?;
    check(stage, Operation::FindInvite.as_str(), stage.find_invite(&key).await?.err())?;
    check(stage, Operation::EraseCustomer.as_str(), stage.erase_customer(email).await?.err())?;
    check(stage, Operation::CheckSetup.as_str(), stage.check_setup().await?.err())?;
    for fault in FAULTS {
        if stage.arm(fault).await.is_ok() {
            check(stage, "send_invite", stage.send(&stage.plain()?).await?.err())?;
        }
    }
    Ok(())
}

fn check(stage: &Stage, operation: &str, error: Option<Error>) -> Check {
    let Some(error) = error else { return Ok(()) };
    let named = error.provider().is_some_and(|provider| stage.harness().provider_infos().contains(provider));
    ensure(named, || format!("expected an error that names {}, found: {error}", stage.provider().info()))?;
    ensure(error.operation() == Some(operation), || {
        format!("expected an error that names {operation}, found {:?}: {error}", error.operation())
    })
}

/// Runs every other case with a separate harness and searches all output: `Debug`, errors with their causes, the log at
/// TRACE, panics, and `Harness::extra_output`. The results of those cases do not matter here.
pub(super) async fn no_personal_data_or_secret_is_shown(stage: &Stage) -> Check {
    let mut leaks = Vec::new();
    for case in CASES.iter().filter(|case| **case != "no_personal_data_or_secret_is_shown") {
        let canary = Canary::default();
        let log = canary.capture_tracing();
        let other = stage.again(canary.clone()).await;
        // Boxed, because the type of the future would contain itself.
        let played = std::panic::AssertUnwindSafe(play(case, &other).boxed_local()).catch_unwind().await;
        if let Err(panic) = played {
            canary.check_text_in("panic", panic_message(&*panic));
        }
        drop(log);
        canary.expect_absent(other.harness().secrets());
        other.harness().extra_output().iter().for_each(|text| canary.check_text(text));
        leaks.extend(canary.leaks().into_iter().map(|leak| format!("{case}: {leak}")));
    }
    if leaks.is_empty() {
        return Ok(());
    }
    let (count, first) = (leaks.len(), leaks.iter().take(5).map(String::as_str).collect::<Vec<_>>());
    fail(format!("found {count} leaks of personal data or secrets, for example:\n{}", first.join("\n")))
}
