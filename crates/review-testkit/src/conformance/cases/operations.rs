//! The operations other than sending. None of them sends an invitation.

use review_core::model::OrderReference;
use review_core::provider::{InviteLookup, InviteRef, Operation, Severity};
use review_core::{Error, ErrorKind, Result as Returned, SendState};

use super::super::outcome::{Check, ensure, fail};
use super::super::stage::Stage;

pub(super) async fn create_link_works_as_declared(stage: &Stage) -> Check {
    let request = stage.plain()?;
    let before = stage.requests().await;
    let returned = stage.create_link(&request).await?;
    if let Some(link) = as_declared(stage, Operation::CreateLink, returned, before).await? {
        ensure(matches!(link.url.scheme(), "http" | "https"), || "expected a link to a web page".to_owned())?;
        ensure(stage.harness().provider_infos().contains(&link.provider), || {
            format!("expected a link from {}, got {}", stage.provider().info(), link.provider)
        })?;
    }
    stage.counted(&request, 0).await
}

pub(super) async fn find_invite_works_as_declared(stage: &Stage) -> Check {
    let request = stage.plain()?;
    stage.accepted(&request).await?;
    let before = stage.requests().await;
    let mut key = request.key(stage.provider().info());
    let returned = stage.find_invite(&InviteRef::from(&key)).await?;
    if let Some(found) = as_declared(stage, Operation::FindInvite, returned, before).await? {
        let denied = found == InviteLookup::NotFound && !stage.harness().is_dry_run();
        ensure(!denied, || "an accepted invitation is NotFound; return Inconclusive if in doubt".to_owned())?;
        key.reference = OrderReference::new(stage.fresh_reference())?;
        match stage.find_invite(&InviteRef::from(&key)).await? {
            Ok(InviteLookup::Found(_)) => {
                return fail(
                    "expected NotFound or Inconclusive for an invitation that was never sent, got Found",
                );
            }
            Ok(_) => {}
            Err(error) => return fail(format!("expected NotFound or Inconclusive, found: {error}")),
        }
    }
    stage.counted(&request, 1).await
}

pub(super) async fn erase_customer_works_as_declared(stage: &Stage) -> Check {
    let request = stage.plain()?;
    stage.accepted(&request).await?;
    let before = stage.requests().await;
    let returned = stage.erase_customer(request.customer().email()).await?;
    as_declared(stage, Operation::EraseCustomer, returned, before).await?;
    stage.counted(&request, 1).await
}

pub(super) async fn check_setup_works_as_declared(stage: &Stage) -> Check {
    let request = stage.plain()?;
    stage.accepted(&request).await?;
    let before = stage.requests().await;
    let returned = stage.check_setup().await?;
    if let Some(report) = as_declared(stage, Operation::CheckSetup, returned, before).await? {
        for finding in &report.findings {
            let helps = finding.severity == Severity::Info || !finding.help.trim().is_empty();
            ensure(helps, || format!("expected a help text in each finding, got none: {}", finding.message))?;
        }
    }
    stage.counted(&request, 1).await
}

/// Returns the result of a supported operation, or nothing if it is rejected as expected.
async fn as_declared<T>(
    stage: &Stage,
    operation: Operation,
    returned: Returned<T>,
    before: usize,
) -> Check<Option<T>> {
    let name = operation.as_str();
    match (stage.can().supports_operation(operation), returned) {
        (true, Ok(value)) => Ok(Some(value)),
        (true, Err(error)) if stage.harness().is_dry_run() && error.kind() == ErrorKind::Blocked => Ok(None),
        (true, Err(error)) => {
            fail(format!("{name} is declared (Capabilities::add_operation): expected success, got: {error}"))
        }
        (false, Ok(_)) => fail(format!(
            "{name} is not declared (Capabilities::add_operation): expected Unsupported, got success"
        )),
        (false, Err(error)) => {
            unsupported_with_help(name, &error)?;
            stage.quiet_since(before).await?;
            Ok(None)
        }
    }
}

fn unsupported_with_help(name: &str, error: &Error) -> Check {
    ensure((error.kind(), error.send_state()) == (ErrorKind::Unsupported, SendState::NotSent), || {
        format!(
            "{name} is not declared: expected Unsupported, not sent; found {:?}: {error}",
            error.send_state()
        )
    })?;
    ensure(!error.message().trim().is_empty(), || {
        format!("{name} is not declared: expected a message that names the alternative, got none")
    })
}
