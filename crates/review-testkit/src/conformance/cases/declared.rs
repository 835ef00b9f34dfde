//! What is declared works and arrives; what is not is refused, or left out with a warning.

use review_core::{ErrorKind, Feature, InviteKind, InviteReceipt, OnUnsupported, Result as Answer, Sent};

use super::super::asking::asking_for;
use super::super::outcome::{CaseResult, Subject, ensure, fail};
use super::super::stage::{Stage, fields_of};

pub(super) async fn service_invitations_work_as_declared(stage: &Stage) -> CaseResult {
    kind(stage, InviteKind::Service).await
}

pub(super) async fn product_invitations_work_as_declared(stage: &Stage) -> CaseResult {
    kind(stage, InviteKind::Product).await
}

pub(super) async fn invitations_to_both_work_as_declared(stage: &Stage) -> CaseResult {
    kind(stage, InviteKind::ServiceAndProduct).await
}

pub(super) async fn scheduling_works_as_declared(stage: &Stage) -> CaseResult {
    feature(stage, Feature::Scheduling).await
}

pub(super) async fn templates_work_as_declared(stage: &Stage) -> CaseResult {
    feature(stage, Feature::Template).await
}

pub(super) async fn tags_work_as_declared(stage: &Stage) -> CaseResult {
    feature(stage, Feature::Tags).await
}

pub(super) async fn redirect_urls_work_as_declared(stage: &Stage) -> CaseResult {
    feature(stage, Feature::RedirectUrl).await
}

pub(super) async fn locations_work_as_declared(stage: &Stage) -> CaseResult {
    feature(stage, Feature::Location).await
}

pub(super) async fn reply_to_works_as_declared(stage: &Stage) -> CaseResult {
    feature(stage, Feature::ReplyTo).await
}

pub(super) async fn senders_work_as_declared(stage: &Stage) -> CaseResult {
    feature(stage, Feature::Sender).await
}

pub(super) async fn metadata_works_as_declared(stage: &Stage) -> CaseResult {
    feature(stage, Feature::Metadata).await
}

async fn kind(stage: &Stage, kind: InviteKind) -> CaseResult {
    let request = stage.build(stage.draft_of(kind)?, |request| request)?;
    if stage.can().sends(kind) {
        return stage.accepted(&request).await.map(drop);
    }
    let before = stage.requests().await;
    let answer = stage.send(&request).await?;
    unsupported(answer, "kind")?;
    // A kind is never degraded: what is asked for would be something else.
    let mut degrade = stage.draft_of(kind)?;
    degrade.rule = OnUnsupported::Degrade;
    let degrade = stage.build(degrade, |request| request)?;
    unsupported(stage.send(&degrade).await?, "kind")?;
    stage.quiet_since(before).await
}

async fn feature(stage: &Stage, feature: Feature) -> CaseResult {
    let about = Some(Subject::Feature(feature));
    let asking = asking_for(stage, feature, OnUnsupported::Refuse)?;
    if stage.can().supports(feature) {
        let receipt = stage.accepted(&asking.request).await?;
        ensure(!warns_of(&receipt, feature), || {
            format!("{feature} is declared, and the receipt warns of it")
        })?;
        for (field, value) in &asking.markers {
            stage.arrives(&asking.request, about, field, value).await?;
        }
        return Ok(());
    }
    let before = stage.requests().await;
    unsupported(stage.send(&asking.request).await?, feature.field())?;
    stage.quiet_since(before).await?;
    let degraded = asking_for(stage, feature, OnUnsupported::Degrade)?;
    let receipt = stage.accepted(&degraded.request).await?;
    ensure(warns_of(&receipt, feature), || {
        format!("{feature} was left out, and the receipt does not warn of it")
    })?;
    for (field, value) in &degraded.markers {
        let (_, found) = stage.look(&degraded.request, about, field, value).await?;
        ensure(!found, || format!("{field} is not declared, and it arrived"))?;
    }
    Ok(())
}

fn unsupported(answer: Answer<InviteReceipt>, field: &str) -> CaseResult {
    let Err(error) = answer else {
        return fail(format!("{field} is not declared: expected Unsupported; it was taken"));
    };
    let told = (error.kind(), error.sent()) == (ErrorKind::Unsupported, Sent::No);
    ensure(told && fields_of(&error).contains(&field), || {
        format!(
            "{field} is not declared: expected Unsupported, not sent, naming it; found {:?}: {error}",
            error.sent()
        )
    })
}

fn warns_of(receipt: &InviteReceipt, feature: Feature) -> bool {
    receipt.warnings.iter().any(|warning| warning.field() == feature.field())
}
