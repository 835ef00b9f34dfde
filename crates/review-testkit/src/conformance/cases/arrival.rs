//! The values of customer and order arrive at the vendor, or a warning names them.

use chrono::Utc;
use review_core::InviteKind;
use review_core::model::Locale;

use super::super::WireField;
use super::super::fixtures::{
    ADDRESS, CUSTOMER_REFERENCE, FIRST_NAME, LAST_NAME, LONG_NAME, NO_TEXT, OrderDates, PHONE, PRODUCT,
    product,
};
use super::super::outcome::{Check, Subject, ensure, fail, skip};
use super::super::payload::members;
use super::super::stage::{Stage, warned};

/// A long order number with characters that every vendor accepts.
const LONG_REFERENCE: &str = "2031-CONFORMANCE-0000000000000000001-B";
/// Parts of the names of members with one part of the name.
const FIRST_NAME_WORDS: [&str; 3] = ["first", "given", "fore"];
const LAST_NAME_WORDS: [&str; 3] = ["last", "surname", "family"];

pub(super) async fn customer_arrives(stage: &Stage) -> Check {
    for field in stage.harness().unmapped_fields() {
        ensure(field.may_be_unmapped(), || {
            format!(
                "every provider sends {field}, or its capabilities exclude it; remove it from Harness::unmapped_fields"
            )
        })?;
    }
    let request = stage.plain()?;
    stage.accepted(&request).await?;
    for (field, value) in [
        (WireField::Email, request.customer().email().as_str()),
        (WireField::OrderReference, request.order().reference().as_str()),
        (WireField::FirstName, FIRST_NAME),
        (WireField::LastName, LAST_NAME),
    ] {
        stage.arrives(&request, None, field, value).await?;
    }
    Ok(())
}

pub(super) async fn first_and_last_name_are_not_swapped(stage: &Stage) -> Check {
    let request = stage.plain()?;
    stage.accepted(&request).await?;
    if stage.harness().is_dry_run() {
        return Ok(());
    }
    for (name, value) in members(&stage.payload(&request, None).await?) {
        let lower = name.to_lowercase();
        let is_named = |words: [&str; 3]| words.iter().any(|word| lower.contains(word));
        let swapped = match (value.find(FIRST_NAME), value.find(LAST_NAME)) {
            (Some(first), Some(last)) => first > last,
            (Some(_), None) => is_named(LAST_NAME_WORDS),
            (None, Some(_)) => is_named(FIRST_NAME_WORDS),
            (None, None) => false,
        };
        ensure(!swapped, || {
            format!(
                "expected the first name before the last name, and each in its own member; {name} is wrong (Harness::received_payload)"
            )
        })?;
    }
    Ok(())
}

pub(super) async fn other_customer_fields_arrive(stage: &Stage) -> Check {
    let request = stage.plain()?;
    stage.accepted(&request).await?;
    let customer = request.customer();
    let locales = stage.can().locales();
    let locale = customer.locale().and_then(|locale| locales.resolve(locale, customer.country()).0);
    let values = [
        (WireField::Phone, PHONE.to_owned()),
        (WireField::Address, ADDRESS.to_owned()),
        (WireField::CustomerReference, CUSTOMER_REFERENCE.to_owned()),
    ];
    let locale = locale.map(|locale| (WireField::Locale, locale.to_string()));
    stage.all_arrive(&request, None, locale.into_iter().chain(values)).await
}

pub(super) async fn order_dates_arrive(stage: &Stage) -> Check {
    let dates = OrderDates::before(Utc::now());
    let request = stage.build(dates.add_to(stage.draft()?))?;
    stage.accepted(&request).await?;
    stage.all_arrive(&request, None, dates.values()).await
}

pub(super) async fn products_arrive(stage: &Stage) -> Check {
    let kind = stage.kind_with_products()?;
    let request = stage.build(stage.draft_of(kind))?;
    stage.accepted(&request).await?;
    // The vendor knows the product now.
    stage.accepted(&stage.build(stage.draft_of(kind))?).await?;
    let values = PRODUCT.map(|(field, value)| (field, value.to_owned()));
    stage.all_arrive(&request, Some(Subject::Kind(kind)), values).await
}

pub(super) async fn unicode_and_long_values_survive(stage: &Stage) -> Check {
    let draft = stage.draft_for(LONG_REFERENCE, stage.kind()?).first_name(NO_TEXT).last_name(NO_TEXT);
    let request = stage.build(draft.name(LONG_NAME))?;
    stage.accepted(&request).await?;
    stage.arrives(&request, None, WireField::Name, LONG_NAME).await?;
    stage.arrives(&request, None, WireField::OrderReference, LONG_REFERENCE).await
}

/// A locale that the request lost when it was built, and one that the vendor does not accept.
pub(super) async fn omitted_values_are_in_the_warnings(stage: &Stage) -> Check {
    let path = WireField::Locale.path();
    for locale in ["not a locale", "haw-US"] {
        let request = stage.build(stage.draft()?.locale(locale))?;
        let lost = match Locale::new(locale) {
            Ok(locale) => stage.can().locales().resolve(&locale, request.customer().country()).1.is_some(),
            Err(_) => true,
        };
        let receipt = stage.accepted(&request).await?;
        let found = warned(&receipt.warnings);
        if lost && !found.contains(&path) {
            return fail(format!(
                "the locale {locale:?} was left out: expected a warning about {path} in the receipt (also those of \
                 InviteRequest::warnings), got {found:?}"
            ));
        }
    }
    Ok(())
}

/// The vendor would ask for reviews of the products.
pub(super) async fn service_invitation_contains_no_products(stage: &Stage) -> Check {
    if !stage.can().supports_kind(InviteKind::Service) {
        return skip(None, "the provider does not support service invitations");
    }
    let draft = stage.draft_of(InviteKind::Service).product(product());
    let request = stage.build(draft)?;
    stage.accepted(&request).await?;
    for (field, value) in PRODUCT {
        stage
            .is_absent(&request, field, value, "an invitation of the kind Service asks for no product")
            .await?;
    }
    Ok(())
}
