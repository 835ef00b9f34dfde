//! A thousand random valid requests for each vendor: the sandbox accepts every one.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test may panic")]

use std::collections::HashSet;

use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::{Config, TestRunner};
use review_invites::http::{ClientOptions, RateLimits};
use review_invites::model::{
    CustomerName, CustomerReference, EmailAddress, Field, Gtin, InviteRequestBuilder, OrderReference,
    PersonName, PostalAddress, ProductBuilder, ProductName, Sku,
};
use review_invites::prelude::*;
use review_invites::provider::Requirement;
use review_invites::re_exports::chrono::DateTime;
use review_invites_tests::vendors::etrusted::ETRUSTED;
use review_invites_tests::{TestVendor, VENDORS, provider_with, settings};
use review_sandbox::{Email, EmailKind, Sandbox};

const REQUESTS: usize = 1000;

fn email() -> impl Strategy<Value = EmailAddress> {
    "[a-z0-9]{1,12}([.+_-][A-Z0-9]{1,8}){0,3}@[a-z0-9]{1,12}(-[a-z0-9]{1,5})?\\.(com|example|co\\.uk)"
        .prop_filter_map("address", |text| EmailAddress::new(text).ok())
}

fn person() -> impl Strategy<Value = PersonName> {
    prop_oneof!["\\PC{1,40}", "[\\p{L}' -]{1,20}"].prop_filter_map("name", |text| PersonName::new(text).ok())
}

/// The whole name, one part of it, or both.
fn name() -> impl Strategy<Value = (Option<PersonName>, Option<PersonName>, Option<PersonName>)> {
    prop_oneof![
        person().prop_map(|name| (Some(name), None, None)),
        person().prop_map(|first| (None, Some(first), None)),
        person().prop_map(|last| (None, None, Some(last))),
        (person(), person()).prop_map(|(first, last)| (None, Some(first), Some(last))),
    ]
}

fn customer(reference: OrderReference) -> impl Strategy<Value = InviteRequestBuilder> {
    let locale = proptest::sample::select(vec![
        "de",
        "de-DE",
        "en_GB",
        "sv",
        "fr-CH",
        "zh-Hant-TW",
        "es-419",
        "pt_BR",
        "nb",
        "no",
    ]);
    let country = proptest::sample::select(vec!["DE", "AT", "GB", "FR", "BR", "uk"]);
    let phone = "\\+[1-9][0-9]{6,13}";
    let optional = (
        proptest::option::of(locale),
        proptest::option::of(country),
        proptest::option::of(phone),
        proptest::option::of("\\PC{1,60}"),
        proptest::option::of("[A-Za-z0-9-]{1,30}"),
    );
    (email(), name(), optional).prop_map(move |(email, name, optional)| {
        let (locale, country, phone, address, customer_reference) = optional;
        let (name, first, last) = name;
        InviteRequest::builder(email, reference.clone(), Consent::granted("test"))
            .name(name)
            .first_name(first)
            .last_name(last)
            .locale(locale)
            .country(country)
            .phone(phone)
            .address(address.and_then(|text| PostalAddress::new(text).ok()))
            .customer_reference(customer_reference.map(|text| CustomerReference::new(text).unwrap()))
    })
}

fn product() -> impl Strategy<Value = ProductBuilder> {
    let text = || "\\PC{1,30}".prop_filter_map("text", |text| ProductName::new(text).ok());
    let sku = "\\PC{1,20}".prop_filter_map("sku", |text| Sku::new(text).ok());
    let image = Just("https://shop.example/i.jpg");
    let more = (
        proptest::option::of(text()),
        proptest::option::of(text()),
        proptest::option::of("[0-9]{8,14}"),
        proptest::option::of(image),
    );
    (sku, text(), "[a-zA-Z0-9/?=&%äß]{0,30}", more).prop_map(
        |(sku, name, path, (brand, mpn, gtin, image))| {
            let gtin = gtin.and_then(|text| Gtin::new(text).ok());
            let product = Product::builder(sku, name).url(format!("https://shop.example/{path}"));
            product.brand(brand).mpn(mpn).gtin(gtin).image_url(image)
        },
    )
}

/// Requests with every field. Fields that a vendor does not support are left out with a warning.
fn request() -> impl Strategy<Value = InviteRequest> {
    let reference =
        "[A-Za-z0-9äé/_.: -]{1,40}".prop_filter_map("number", |text| OrderReference::new(text).ok());
    let second = 0_i64..4_000_000_000;
    let value = "\\PC{1,20}".prop_filter("text", |text| ProductName::new(text).is_ok());
    let metadata = proptest::collection::btree_map("[a-z]{1,8}", value, 0..3);
    let products = proptest::collection::vec(product(), 1..4);
    let order = (reference.prop_flat_map(customer), proptest::option::of(second), products, metadata);
    let kind = proptest::sample::select(vec![
        InviteKind::Service,
        InviteKind::Product,
        InviteKind::ServiceAndProduct,
    ]);
    let send_at = prop_oneof![
        Just(SendAt::AccountDefault),
        Just(SendAt::Now),
        (0_i64..4_000_000_000).prop_map(|second| SendAt::At(DateTime::from_timestamp(second, 0).unwrap())),
    ];
    let fields = (
        proptest::collection::vec("[A-Za-z0-9_.-]{1,20}", 0..3),
        proptest::option::of("507f191e810c19729de860ea|529c0abfefb96008b894ad02"),
        proptest::option::of("[A-Za-z0-9]{1,12}"),
        proptest::option::of(email()),
        proptest::option::of(person()),
    );
    (order, kind, send_at, fields).prop_map(|(order, kind, send_at, fields)| {
        let (builder, placed, products, metadata) = order;
        let (tags, template, location, reply_to, sender_name) = fields;
        let placed = placed.map(|second| DateTime::from_timestamp(second, 123_456_789).unwrap());
        builder
            .placed_at(placed)
            .estimated_delivery(placed.map(|placed| placed.date_naive()))
            .products(products)
            .metadata(metadata)
            .kind(kind)
            .send_at(send_at)
            .redirect_url("https://shop.example/thanks?a=ä&b=1")
            .allow_omitting(Field::ALL.iter().copied())
            .tags(tags)
            .template(template)
            .location(location)
            .reply_to(reply_to)
            .sender_name(sender_name)
            .build()
            .unwrap()
    })
}

/// Compares the emails with the request, after mapping, transport and the sandbox's own parsing.
fn arrived(vendor: &TestVendor, provider: &DynProvider, request: &InviteRequest, emails: &[Email]) {
    let of_kind =
        |kind| emails.iter().rfind(|email| email.kind == kind || email.kind == EmailKind::ServiceAndProduct);
    let wanted = [
        (EmailKind::Service, request.kind().includes_service()),
        // The sandbox's account at eTrusted asks for a service review only, whatever an event contains.
        (EmailKind::Product, request.kind().includes_products() && vendor.name != ETRUSTED.name),
    ];
    for email in wanted.into_iter().filter(|(_, wanted)| *wanted).map(|(kind, _)| of_kind(kind)) {
        let email = email.unwrap_or_else(|| panic!("no email: {request:?}"));
        assert_eq!(email.address, request.customer().email().as_str());
        let found: Vec<_> = email.name.as_deref().unwrap_or_default().split_whitespace().collect();
        let expected = request.customer().name().map(CustomerName::full).unwrap_or_default();
        assert_eq!(found, expected.split_whitespace().collect::<Vec<_>>());
        // A language that the vendor does not accept is left out.
        let resolve =
            |locale| provider.capabilities().locales().resolve(locale, request.customer().country()).0;
        let locale = request.customer().locale().and_then(resolve);
        let language = locale.map(|locale| locale.language().to_owned());
        if let (Some(language), Some(found)) = (language, &email.locale) {
            // Trustpilot uses the code of the written form of Norwegian.
            let language = if language == "no" { "nb" } else { &language };
            assert!(found.starts_with(language) || found.starts_with("no"), "{found} for {language}");
        }
        if email.kind == EmailKind::Product {
            let skus = request.order().products().iter().map(|product| product.sku().as_str());
            assert_eq!(email.skus, skus.collect::<Vec<_>>());
        }
    }
}

/// Returns whether the request lacks an image that the vendor requires.
fn lacks_image(provider: &DynProvider, request: &InviteRequest) -> bool {
    let products = request.order().products();
    provider.capabilities().requires(&Requirement::ProductImage)
        && request.kind().includes_products()
        && products.iter().any(|product| product.image_url().is_none())
}

async fn all_pass(vendor: &TestVendor) {
    let sandbox = Sandbox::start().await.unwrap();
    // eTrusted accepts products only if its settings ask for them.
    let vars = settings(&sandbox, vendor);
    let vars = |name: &str| if name == "ETRUSTED_REVIEW_KIND" { Some("both".to_owned()) } else { vars(name) };
    // The published rate limits would slow down a thousand calls.
    let provider =
        provider_with(vendor, vars, ClientOptions::default().with_rate_limits(RateLimits::unlimited()));
    let mut runner = TestRunner::new_with_rng(
        Config::default(),
        proptest::test_runner::TestRng::deterministic_rng(Default::default()),
    );
    let strategy = request();
    let mut kinds = HashSet::new();
    let mut sent = 0;
    while sent < REQUESTS {
        let request = strategy.new_tree(&mut runner).unwrap().current();
        if !provider.capabilities().supports_kind(request.kind()) || lacks_image(&provider, &request) {
            continue;
        }
        provider.preview(&request).unwrap_or_else(|error| panic!("{vendor}: {error}: {request:?}"));
        provider.send_invite(&request).await.unwrap_or_else(|error| panic!("{vendor}: {error}: {request:?}"));
        arrived(vendor, &provider, &request, &sandbox.emails_for(request.order().reference().as_str()));
        kinds.insert(request.kind());
        sent += 1;
    }
    assert!(kinds.len() >= 2, "{vendor}: {kinds:?}");
    assert!(sandbox.requests().iter().all(|seen| seen.status < 300), "{vendor}");
}

#[tokio::test]
async fn random_requests_are_accepted_by_every_vendor() {
    for vendor in VENDORS {
        all_pass(vendor).await;
    }
}
