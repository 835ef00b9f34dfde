//! Declared features work and arrive. Other features are rejected, or omitted with a warning.

use review_core::model::Field;
use review_core::{ErrorKind, InviteKind, InviteReceipt, Result as Answer, SendState};

use super::super::field_requests::request_with;
use super::super::outcome::{Check, Subject, ensure, fail};
use super::super::stage::{Stage, fields_of};

pub(super) async fn service_invitations_work_as_declared(stage: &Stage) -> Check {
    kind(stage, InviteKind::Service).await
}

pub(super) async fn product_invitations_work_as_declared(stage: &Stage) -> Check {
    kind(stage, InviteKind::Product).await
}

pub(super) async fn combined_invitations_work_as_declared(stage: &Stage) -> Check {
    kind(stage, InviteKind::ServiceAndProduct).await
}

pub(super) async fn account_default_works_as_declared(stage: &Stage) -> Check {
    kind(stage, InviteKind::AccountDefault).await
}

pub(super) async fn scheduling_works_as_declared(stage: &Stage) -> Check {
    feature(stage, Field::SendAt).await
}

pub(super) async fn templates_work_as_declared(stage: &Stage) -> Check {
    feature(stage, Field::Template).await
}

pub(super) async fn tags_work_as_declared(stage: &Stage) -> Check {
    feature(stage, Field::Tags).await
}

pub(super) async fn redirect_urls_work_as_declared(stage: &Stage) -> Check {
    feature(stage, Field::RedirectUrl).await
}

pub(super) async fn locations_work_as_declared(stage: &Stage) -> Check {
    feature(stage, Field::Location).await
}

pub(super) async fn reply_to_works_as_declared(stage: &Stage) -> Check {
    feature(stage, Field::ReplyTo).await
}

pub(super) async fn senders_work_as_declared(stage: &Stage) -> Check {
    feature(stage, Field::Sender).await
}

pub(super) async fn metadata_works_as_declared(stage: &Stage) -> Check {
    feature(stage, Field::Metadata).await
}

async fn kind(stage: &Stage, kind: InviteKind) -> Check {
    let request = stage.build(stage.draft_of(kind)?, |request| request)?;
    if stage.can().supports_kind(kind) {
        return stage.accepted(&request).await.map(drop);
    }
    let before = stage.requests().await;
    let answer = stage.send(&request).await?;
    unsupported(answer, "kind")?;
    // A kind is never omitted, because the customer would receive a different invitation.
    let mut omitting = stage.draft_of(kind)?;
    omitting.omittable = Field::ALL.to_vec();
    let omitting = stage.build(omitting, |request| request)?;
    unsupported(stage.send(&omitting).await?, "kind")?;
    stage.quiet_since(before).await
}

async fn feature(stage: &Stage, feature: Field) -> Check {
    let about = Some(Subject::Field(feature));
    let asking = request_with(stage, feature, false)?;
    if stage.can().supports_field(feature) {
        let receipt = stage.accepted(&asking.request).await?;
        ensure(!warns_of(&receipt, feature), || {
            format!("{feature} is declared, but the receipt contains a warning for it")
        })?;
        for (field, value) in &asking.markers {
            stage.arrives(&asking.request, about, field, value).await?;
        }
        return Ok(());
    }
    let before = stage.requests().await;
    unsupported(stage.send(&asking.request).await?, feature.path())?;
    stage.quiet_since(before).await?;
    let degraded = request_with(stage, feature, true)?;
    let receipt = stage.accepted(&degraded.request).await?;
    ensure(warns_of(&receipt, feature), || {
        format!("{feature} was omitted, but the receipt contains no warning for it")
    })?;
    for (field, value) in &degraded.markers {
        let (_, found) = stage.look(&degraded.request, about, field, value).await?;
        ensure(!found, || format!("{field} is not declared, but it arrived"))?;
    }
    Ok(())
}

fn unsupported(answer: Answer<InviteReceipt>, field: &str) -> Check {
    let Err(error) = answer else {
        return fail(format!("{field} is not declared: expected Unsupported, but it was accepted"));
    };
    let as_expected = (error.kind(), error.send_state()) == (ErrorKind::Unsupported, SendState::NotSent);
    ensure(as_expected && fields_of(&error).contains(&field), || {
        format!(
            "{field} is not declared: expected Unsupported, not sent, naming it; found {:?}: {error}",
            error.send_state()
        )
    })
}

fn warns_of(receipt: &InviteReceipt, feature: Field) -> bool {
    receipt.warnings.iter().any(|warning| warning.field() == feature.path())
}
