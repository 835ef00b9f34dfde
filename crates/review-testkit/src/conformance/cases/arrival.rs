//! The fields of customer and order arrive at the vendor.

use review_core::{InviteKind, InviteRequest};

use super::super::customer::{
    ADDRESS, BRAND, CUSTOMER_REFERENCE, Draft, FIRST_NAME, GTIN, IMAGE_URL, LAST_NAME, LOCALE, LONG_NAME,
    MPN, Name, PHONE, PRODUCT_NAME, PRODUCT_URL, SKU,
};
use super::super::outcome::{Check, Subject, ensure, skip};
use super::super::stage::Stage;

/// A long order number with characters that every vendor accepts.
const LONG_REFERENCE: &str = "2031-CONFORMANCE-0000000000000000001-B";

pub(super) async fn customer_arrives(stage: &Stage) -> Check {
    let request = stage.plain()?;
    stage.accepted(&request).await?;
    for (field, value) in [
        ("customer.email", request.customer().email().as_str()),
        ("order.reference", request.order().reference().as_str()),
        ("customer.name", FIRST_NAME),
        ("customer.name", LAST_NAME),
    ] {
        stage.arrives(&request, None, field, value).await?;
    }
    Ok(())
}

pub(super) async fn other_customer_fields_arrive(stage: &Stage) -> Check {
    let request = stage.plain()?;
    stage.accepted(&request).await?;
    let fields = [
        ("customer.locale", LOCALE),
        ("customer.phone", PHONE),
        ("customer.address", ADDRESS),
        ("customer.reference", CUSTOMER_REFERENCE),
    ];
    arrive_unless_without_place(stage, &request, None, &fields).await
}

pub(super) async fn products_arrive(stage: &Stage) -> Check {
    let mut kinds = [InviteKind::Product, InviteKind::ServiceAndProduct].into_iter();
    let Some(kind) = kinds.find(|kind| stage.can().supports_kind(*kind)) else {
        return skip(
            Some(Subject::Kind(InviteKind::Product)),
            "the provider does not support product invitations",
        );
    };
    let request = stage.build(stage.draft_of(kind)?, |request| request)?;
    stage.accepted(&request).await?;
    let about = Some(Subject::Kind(kind));
    let always = [
        ("order.products.sku", SKU),
        ("order.products.name", PRODUCT_NAME),
        ("order.products.url", PRODUCT_URL),
    ];
    for (field, value) in always {
        stage.arrives(&request, about, field, value).await?;
    }
    let fields = [
        ("order.products.image_url", IMAGE_URL),
        ("order.products.gtin", GTIN),
        ("order.products.mpn", MPN),
        ("order.products.brand", BRAND),
    ];
    arrive_unless_without_place(stage, &request, about, &fields).await
}

/// Expects mapped fields to arrive. Unmapped fields must not arrive, otherwise the list of the harness is wrong.
async fn arrive_unless_without_place(
    stage: &Stage,
    request: &InviteRequest,
    about: Option<Subject>,
    fields: &[(&str, &str)],
) -> Check {
    for (field, value) in fields {
        if !stage.harness().unmapped_fields().contains(field) {
            stage.arrives(request, about, field, value).await?;
            continue;
        }
        let (_, found) = stage.look(request, about, field, value).await?;
        ensure(!found, || format!("{field} arrived; remove it from Harness::unmapped_fields"))?;
    }
    Ok(())
}

pub(super) async fn unicode_and_long_values_survive(stage: &Stage) -> Check {
    let mut draft = Draft::new(LONG_REFERENCE, stage.draft()?.kind);
    draft.name = Name::Full(LONG_NAME);
    let request = stage.build(draft, |request| request)?;
    stage.accepted(&request).await?;
    stage.arrives(&request, None, "customer.name", LONG_NAME).await?;
    stage.arrives(&request, None, "order.reference", LONG_REFERENCE).await
}
