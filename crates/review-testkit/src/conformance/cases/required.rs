//! Only fields that the vendor requires are required.

use review_core::provider::Requirement;
use review_core::{ErrorKind, InviteKind, InviteRequest, SendState};

use super::super::customer::{Name, plain_product};
use super::super::outcome::{Check, Subject, ensure, fail, skip};
use super::super::stage::{Stage, fields_of};

pub(super) async fn customer_name_is_required_as_declared(stage: &Stage) -> Check {
    let mut draft = stage.draft()?;
    draft.name = Name::None;
    let request = stage.build(draft, |request| request)?;
    required(stage, Requirement::CustomerName, "customer.name", &request).await
}

pub(super) async fn product_url_is_required_as_declared(stage: &Stage) -> Check {
    let mut kinds = [InviteKind::Product, InviteKind::ServiceAndProduct].into_iter();
    let Some(kind) = kinds.find(|kind| stage.can().supports_kind(*kind)) else {
        return skip(
            Some(Subject::Kind(InviteKind::Product)),
            "the provider does not support product invitations",
        );
    };
    let mut draft = stage.draft_of(kind)?;
    draft.products.push(plain_product());
    let request = stage.build(draft, |request| request)?;
    required(stage, Requirement::ProductUrl, "order.products[1].url", &request).await
}

async fn required(stage: &Stage, requirement: Requirement, field: &str, request: &InviteRequest) -> Check {
    if !stage.can().requires(&requirement) {
        return stage.accepted(request).await.map(drop);
    }
    let before = stage.requests().await;
    let Err(error) = stage.send(request).await? else {
        return fail(format!(
            "{field} is declared as required: expected InvalidRequest, but it was accepted"
        ));
    };
    let as_expected = (error.kind(), error.send_state()) == (ErrorKind::InvalidRequest, SendState::NotSent);
    ensure(as_expected && fields_of(&error).contains(&field), || {
        format!("expected InvalidRequest, not sent, naming {field}; found {:?}: {error}", error.send_state())
    })?;
    stage.quiet_since(before).await
}
