//! Declared features work and arrive. Other features are rejected, or omitted with a warning.

use review_core::model::Field;
use review_core::{ErrorKind, InviteKind, InviteReceipt, Result as Returned};

use super::super::field_requests::request_with;
use super::super::outcome::{Check, Subject, ensure, fail};
use super::super::stage::{Stage, names_field, warned};

macro_rules! cases {
    ($($name:ident: $check:ident($value:expr);)*) => {$(
        pub(super) async fn $name(stage: &Stage) -> Check {
            $check(stage, $value).await
        }
    )*};
}

cases! {
    service_invitations_work_as_declared: kind(InviteKind::Service);
    product_invitations_work_as_declared: kind(InviteKind::Product);
    combined_invitations_work_as_declared: kind(InviteKind::ServiceAndProduct);
    account_default_works_as_declared: kind(InviteKind::AccountDefault);
    templates_work_as_declared: field(Field::Template);
    tags_work_as_declared: field(Field::Tags);
    redirect_urls_work_as_declared: field(Field::RedirectUrl);
    locations_work_as_declared: field(Field::Location);
    reply_to_works_as_declared: field(Field::ReplyTo);
    senders_work_as_declared: field(Field::Sender);
    metadata_works_as_declared: field(Field::Metadata);
}

async fn kind(stage: &Stage, kind: InviteKind) -> Check {
    let request = stage.build(stage.draft_of(kind))?;
    if stage.can().supports_kind(kind) {
        return stage.accepted(&request).await.map(drop);
    }
    let before = stage.requests().await;
    unsupported(stage.send(&request).await?, "kind")?;
    // A kind is never omitted, because the customer would receive a different invitation.
    let omitting = stage.build(stage.draft_of(kind).allow_omitting(Field::ALL.iter().copied()))?;
    unsupported(stage.send(&omitting).await?, "kind")?;
    stage.quiet_since(before).await
}

async fn field(stage: &Stage, field: Field) -> Check {
    if !stage.can().supports_field(field) {
        return undeclared(stage, field).await;
    }
    let asking = request_with(stage, field, false)?;
    let receipt = stage.accepted(&asking.request).await?;
    ensure(!warned(&receipt.warnings).contains(&field.path()), || {
        format!("{field} is declared (Capabilities::add_field), but the receipt contains a warning for it")
    })?;
    for (wire_field, value) in &asking.values {
        stage.arrives(&asking.request, Some(Subject::Field(field)), *wire_field, value).await?;
    }
    Ok(())
}

/// Expects a field to be rejected, or omitted with a warning if the request allows it.
pub(super) async fn undeclared(stage: &Stage, field: Field) -> Check {
    let before = stage.requests().await;
    unsupported(stage.send(&request_with(stage, field, false)?.request).await?, field.path())?;
    stage.quiet_since(before).await?;
    let omitting = request_with(stage, field, true)?;
    let receipt = stage.accepted(&omitting.request).await?;
    ensure(warned(&receipt.warnings).contains(&field.path()), || {
        format!("{field} was omitted, but the receipt contains no warning for it")
    })?;
    for (wire_field, value) in &omitting.values {
        let help = "declare it with Capabilities::add_field";
        stage.is_absent(&omitting.request, *wire_field, value, help).await?;
    }
    Ok(())
}

pub(super) fn unsupported(returned: Returned<InviteReceipt>, path: &str) -> Check {
    let Err(error) = returned else {
        return fail(format!("{path} is not declared: expected Unsupported, but it was accepted"));
    };
    names_field(&error, ErrorKind::Unsupported, path)
}
