//! Only fields that the vendor requires are required.

use review_core::provider::Requirement;
use review_core::{ErrorKind, InviteRequest};

use super::super::fixtures::{NO_TEXT, product_without_url};
use super::super::outcome::Check;
use super::super::stage::{Stage, names_field};

pub(super) async fn customer_name_is_required_as_declared(stage: &Stage) -> Check {
    let request = stage.build(stage.draft()?.first_name(NO_TEXT).last_name(NO_TEXT))?;
    required(stage, &Requirement::CustomerName, "customer.name", &request).await
}

pub(super) async fn product_url_is_required_as_declared(stage: &Stage) -> Check {
    let kind = stage.kind_with_products()?;
    let request = stage.build(stage.draft_of(kind).product(product_without_url()))?;
    required(stage, &Requirement::ProductUrl, "order.products[1].url", &request).await
}

async fn required(stage: &Stage, requirement: &Requirement, path: &str, request: &InviteRequest) -> Check {
    if !stage.can().requires(requirement) {
        return stage.accepted(request).await.map(drop);
    }
    let before = stage.requests().await;
    let expected =
        format!("InvalidRequest, because {path} is declared as required (Capabilities::add_requirement)");
    let error = stage.rejected(request, &expected).await?;
    names_field(&error, ErrorKind::InvalidRequest, path)?;
    stage.quiet_since(before).await
}
