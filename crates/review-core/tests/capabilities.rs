//! The check of a request against what a vendor supports.
#![allow(clippy::unwrap_used, reason = "a test may panic")]

use std::time::Duration;

use review_core::model::{DelayFrom, Field, InviteRequestBuilder};
use review_core::provider::{
    Capabilities, LocaleSupport, Operation, Requirement, Scheduling, SendIdempotency, Warning,
};
use review_core::re_exports::chrono::{DateTime, Utc};
use review_core::{Consent, Error, ErrorKind, FieldError, InviteKind, InviteRequest, Product, SendAt};

fn builder() -> InviteRequestBuilder {
    InviteRequest::builder("jane@example.com", "1001", Consent::granted("checkbox"))
}

fn now() -> DateTime<Utc> {
    "2026-03-01T12:00:00Z".parse().unwrap()
}

fn check(capabilities: &Capabilities, builder: InviteRequestBuilder) -> Result<Vec<String>, Error> {
    let validated = capabilities.check_request(&builder.build().unwrap(), now())?;
    Ok(validated.warnings.iter().map(Warning::to_string).collect())
}

/// The paths of the invalid fields.
fn paths(capabilities: &Capabilities, builder: InviteRequestBuilder) -> Vec<String> {
    let Err(error) = check(capabilities, builder) else { return Vec::new() };
    error.field_errors().iter().map(|field| field.field().to_owned()).collect()
}

#[test]
fn requirement_of_a_fact_rejects_its_absence() {
    for (requirement, path, set) in [
        (Requirement::CustomerName, "customer.name", builder().last_name("Doe")),
        (Requirement::Locale, "customer.locale", builder().locale("de")),
        (Requirement::Country, "customer.country", builder().country("DE")),
        (Requirement::Phone, "customer.phone", builder().phone("+4930123456")),
        (Requirement::PlacedAt, "order.placed_at", builder().placed_at(now())),
        (Requirement::ShippedAt, "order.shipped_at", builder().shipped_at(now())),
    ] {
        let vendor = Capabilities::all().add_requirement(requirement.clone());
        assert!(vendor.requires(&requirement));
        assert_eq!(paths(&vendor, builder()), [path]);
        assert!(paths(&vendor, set).is_empty(), "{path}");
        assert!(check(&Capabilities::all(), builder()).is_ok());
    }
}

#[test]
fn requirement_of_products_names_each_product() {
    let products = || {
        let complete = Product::builder("K_1", "Kettle")
            .url("https://shop.example/kettle")
            .image_url("https://shop.example/kettle.jpg");
        builder().product(complete).product(Product::builder("K 2", "Lid"))
    };
    for (requirement, path) in [
        (Requirement::ProductUrl, "order.products[1].url"),
        (Requirement::ProductImage, "order.products[1].image_url"),
        (Requirement::SkuCharacters("_-".into()), "order.products[1].sku"),
    ] {
        let vendor = Capabilities::all().add_requirement(requirement);
        for kind in [InviteKind::Product, InviteKind::ServiceAndProduct] {
            assert_eq!(paths(&vendor, products().kind(kind)), [path]);
        }
        // The products of an invitation about the service are not sent.
        assert!(paths(&vendor, products()).is_empty(), "{path}");
    }
    let vendor = Capabilities::all().add_requirement(Requirement::ProductUrl);
    let vendor = vendor.with_setting_for("order.products[].url", "products_from_catalogue");
    let request = products().kind(InviteKind::Product).build().unwrap();
    let error = vendor.check_request(&request, now()).map(drop).unwrap_err();
    assert!(error.message().ends_with("or set products_from_catalogue"), "{error}");
}

#[test]
fn requirement_of_sku_characters_allows_only_these() {
    let vendor = Capabilities::all().add_requirement(Requirement::SkuCharacters("_-".into()));
    for (sku, is_valid) in [("aZ-9_", true), ("a.b", false), ("ä", false), ("a b", false)] {
        let request = builder().kind(InviteKind::Product).product(Product::builder(sku, "Kettle"));
        assert_eq!(check(&vendor, request).is_ok(), is_valid, "{sku}");
    }
}

#[test]
fn requirement_of_texts_names_reference_and_tags() {
    let vendor = Capabilities::all()
        .add_requirement(Requirement::ReferenceWithout("#%".into()))
        .add_requirement(Requirement::TagCharacters("_".into()));
    assert!(paths(&vendor, builder().tags(["a_B9"])).is_empty());
    assert_eq!(paths(&vendor, builder().tags(["ok", "a b", "ä"])), ["tags[1]", "tags[2]"]);
    let reference =
        |text: &str| InviteRequest::builder("jane@example.com", text, Consent::granted("checkbox"));
    assert_eq!(paths(&vendor, reference("10%")), ["order.reference"]);
    assert!(paths(&vendor, reference("R+1")).is_empty());
}

#[test]
fn requirement_of_order_age_rejects_older_orders() {
    let vendor = Capabilities::all().add_requirement(Requirement::MaxOrderAgeDays(30));
    assert!(paths(&vendor, builder()).is_empty());
    assert!(paths(&vendor, builder().placed_at("2026-01-30T12:00:00Z")).is_empty());
    let too_old = check(&vendor, builder().placed_at("2026-01-30T11:59:59Z")).unwrap_err();
    assert_eq!(too_old.field_errors()[0].field(), "order.placed_at");
    assert!(too_old.message().contains("at most 30 days"), "{too_old}");
}

#[test]
fn requirements_that_are_not_met_are_reported_together() {
    let vendor = Capabilities::all()
        .add_requirement(Requirement::ShippedAt)
        .add_requirement(Requirement::Phone)
        .add_requirement(Requirement::CustomerName);
    let delay = SendAt::After(Duration::from_secs(60), DelayFrom::Delivered);
    let error = check(&vendor, builder().send_at(delay)).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::InvalidRequest);
    let fields: Vec<_> = error.field_errors().iter().map(FieldError::field).collect();
    assert_eq!(fields, ["customer.name", "customer.phone", "order.shipped_at", "order.delivered_at"]);
}

#[test]
fn unsupported_kind_names_the_kinds_and_the_setting() {
    let vendor = Capabilities::new()
        .add_kind(InviteKind::Service)
        .with_setting_for("kind", "ACME_PRODUCT_REVIEWS=true")
        .with_setting_for("tags", "ACME_PLAN");
    let request = builder().kind(InviteKind::AccountDefault).tags(["a"]).template("t");
    let error = check(&vendor, request).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Unsupported);
    let messages: Vec<_> = error.field_errors().iter().map(ToString::to_string).collect();
    let expected = [
        "kind: must be one of: service; got: account_default; or set ACME_PRODUCT_REVIEWS=true",
        "template: this vendor does not support it; remove it, allow omitting it",
        "tags: this vendor does not support it; remove it, allow omitting it, or set ACME_PLAN",
    ];
    assert_eq!(messages, expected);
}

#[test]
fn unsupported_and_missing_fields_are_reported_together() {
    let vendor = Capabilities::new().add_kind(InviteKind::Service).add_requirement(Requirement::CustomerName);
    let error =
        check(&vendor, builder().kind(InviteKind::Service).send_at(SendAt::AccountDefault).tags(["a"]));
    let error = error.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::InvalidRequest);
    let fields: Vec<_> = error.field_errors().iter().map(FieldError::field).collect();
    assert_eq!(fields, ["tags", "customer.name"]);
}

#[test]
fn account_schedule_that_is_missing_requires_a_time() {
    let vendor = Capabilities::all().with_account_schedule(false);
    assert_eq!(paths(&vendor, builder()), ["send_at"]);
    assert!(paths(&vendor, builder().send_at(SendAt::Now)).is_empty());
}

#[test]
fn scheduling_adds_and_removes_the_field() {
    let service = Capabilities::new().add_kind(InviteKind::Service);
    let vendor = service.with_scheduling(Scheduling::WholeDay);
    assert!(paths(&vendor, builder().send_at(SendAt::Now)).is_empty());
    let vendor = vendor.with_scheduling(Scheduling::None);
    assert_eq!(paths(&vendor, builder().send_at(SendAt::Now)), ["send_at"]);
}

#[test]
fn locale_the_vendor_does_not_accept_is_omitted() {
    let vendor = Capabilities::all().with_locales(LocaleSupport::list(["de", "en-GB"]));
    let send = |locale: &str| {
        let request = builder().locale(locale).build().unwrap();
        let validated = vendor.check_request(&request, now()).unwrap();
        let warned = validated.warnings.iter().any(|warning| warning.field() == "customer.locale");
        (validated.request.customer().locale().map(ToString::to_string), warned)
    };
    assert_eq!(send("fr-FR"), (None, true));
    assert_eq!(send("de-AT"), (Some("de".to_owned()), false));
    assert_eq!(send("en-GB"), (Some("en-GB".to_owned()), false));
    // A vendor that requires a locale cannot do without the one that was omitted.
    let strict = vendor.clone().add_requirement(Requirement::Locale);
    assert_eq!(paths(&strict, builder().locale("fr")), ["customer.locale"]);
}

#[test]
fn intersection_of_two_supports_both_and_requires_either() {
    let one = Capabilities::all()
        .with_scheduling(Scheduling::WholeDay)
        .with_locales(LocaleSupport::list(["de", "fr"]))
        .with_idempotency(SendIdempotency::OrderReference)
        .with_send_hooks()
        .with_setting_for("kind", "ONE")
        .add_requirement(Requirement::Phone);
    let other = Capabilities::new()
        .add_kind(InviteKind::Service)
        .add_field(Field::Tags)
        .add_operation(Operation::FindInvite)
        .with_scheduling(Scheduling::Instant)
        .with_locales(LocaleSupport::list(["fr", "es"]))
        .with_idempotency(SendIdempotency::Email)
        .with_account_schedule(false)
        .with_setting_for("tags", "OTHER")
        .add_requirement(Requirement::Locale);
    let both = one.intersection(&other);
    assert_eq!(both.kinds().collect::<Vec<_>>(), [InviteKind::Service]);
    let fields: Vec<_> = Field::ALL.iter().filter(|field| both.supports_field(**field)).collect();
    assert_eq!(fields, [&Field::SendAt, &Field::Tags]);
    let operations: Vec<_> = Operation::ALL.iter().filter(|one| both.supports_operation(**one)).collect();
    assert_eq!(operations, [&Operation::FindInvite]);
    let requirements: Vec<_> = both.requirements().cloned().collect();
    assert_eq!(requirements, [Requirement::Locale, Requirement::Phone]);
    assert_eq!(both.scheduling(), Scheduling::WholeDay);
    assert_eq!(both.locales(), &LocaleSupport::list(["fr"]));
    assert_eq!(both.idempotency(), SendIdempotency::None);
    assert!(!both.runs_send_hooks() && !both.has_account_schedule());
    assert_eq!((both.setting_for("kind"), both.setting_for("tags")), (Some("ONE"), Some("OTHER")));
    assert_eq!(one.intersection(&one), one);
}
