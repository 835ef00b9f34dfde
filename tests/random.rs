//! A thousand valid requests a vendor: every one passes the sandbox's own opinion of what is valid.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test may panic")]

use std::collections::HashSet;

use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::{Config, TestRunner};
use review_invites::reexport::chrono::DateTime;
use review_invites::transport::ClientOptions;
use review_invites::*;
use review_invites_tests::{provider_with, settings};
use review_sandbox::{Email, EmailKind, Sandbox};

const REQUESTS: usize = 1000;

fn email() -> impl Strategy<Value = EmailAddress> {
    "[a-z0-9]{1,12}([.+_-][A-Z0-9]{1,8}){0,3}@[a-z0-9]{1,12}(-[a-z0-9]{1,5})?\\.(com|example|co\\.uk)"
        .prop_filter_map("address", |text| EmailAddress::new(text).ok())
}

fn person() -> impl Strategy<Value = PersonName> {
    prop_oneof!["\\PC{1,40}", "[\\p{L}' -]{1,20}"].prop_filter_map("name", |text| PersonName::new(text).ok())
}

fn name() -> impl Strategy<Value = CustomerName> {
    prop_oneof![
        person().prop_map(CustomerName::Full),
        person().prop_map(CustomerName::First),
        person().prop_map(CustomerName::Last),
        (person(), person()).prop_map(|(first, last)| CustomerName::FirstAndLast(first, last)),
    ]
}

fn customer() -> impl Strategy<Value = Customer> {
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
    (email(), name(), optional).prop_map(|(email, name, (locale, country, phone, address, reference))| {
        let mut customer = Customer::new(email).with_name(name);
        if let Some(locale) = locale {
            customer = customer.with_locale(Locale::new(locale).unwrap());
        }
        if let Some(country) = country {
            customer = customer.with_country(CountryCode::new(country).unwrap());
        }
        if let Some(phone) = phone {
            customer = customer.with_phone(PhoneNumber::new(phone).unwrap());
        }
        if let Some(address) = address.and_then(|text| PostalAddress::new(text).ok()) {
            customer = customer.with_address(address);
        }
        if let Some(reference) = reference {
            customer = customer.with_reference(CustomerReference::new(reference).unwrap());
        }
        customer
    })
}

fn product() -> impl Strategy<Value = Product> {
    let text = || "\\PC{1,30}".prop_filter_map("text", |text| ProductText::new(text).ok());
    let sku = "\\PC{1,20}".prop_filter_map("sku", |text| Sku::new(text).ok());
    let more =
        (proptest::option::of(text()), proptest::option::of(text()), proptest::option::of("[0-9]{8,14}"));
    (sku, text(), "[a-zA-Z0-9/?=&%äß]{0,30}", more).prop_map(|(sku, name, path, (brand, mpn, gtin))| {
        let url = format!("https://shop.example/{path}").parse();
        let mut product = Product::new(sku, name)
            .with_url(url.unwrap_or_else(|_| "https://shop.example/".parse().unwrap()));
        if let Some(brand) = brand {
            product = product.with_brand(brand);
        }
        if let Some(mpn) = mpn {
            product = product.with_mpn(mpn);
        }
        if let Some(gtin) = gtin {
            product = product
                .with_gtin(Gtin::new(gtin).unwrap())
                .with_image_url("https://shop.example/i.jpg".parse().unwrap());
        }
        product
    })
}

fn order() -> impl Strategy<Value = Order> {
    let reference =
        "[A-Za-z0-9äé/_.: -]{1,40}".prop_filter_map("number", |text| OrderReference::new(text).ok());
    let second = 0_i64..4_000_000_000;
    let metadata = proptest::collection::btree_map("[a-z]{1,8}", "\\PC{1,20}", 0..3);
    (reference, proptest::option::of(second), proptest::collection::vec(product(), 1..4), metadata).prop_map(
        |(reference, placed, products, metadata)| {
            let mut order = products.into_iter().fold(Order::new(reference), Order::with_product);
            if let Some(second) = placed {
                let placed = DateTime::from_timestamp(second, 123_456_789).unwrap();
                order = order.with_placed_at(placed).with_estimated_delivery(placed.date_naive());
            }
            metadata.into_iter().fold(order, |order, (key, value)| order.with_metadata(key, value))
        },
    )
}

/// Every wish there is; those a vendor cannot fulfil are left out with a warning.
fn request() -> impl Strategy<Value = InviteRequest> {
    let kind = proptest::sample::select(vec![
        InviteKind::Service,
        InviteKind::Product,
        InviteKind::ServiceAndProduct,
    ]);
    let send_at = prop_oneof![
        Just(SendAt::VendorDefault),
        Just(SendAt::Now),
        (0_i64..4_000_000_000).prop_map(|second| SendAt::At(DateTime::from_timestamp(second, 0).unwrap())),
    ];
    let wishes = (
        proptest::collection::vec("[A-Za-z0-9_.-]{1,20}", 0..3),
        proptest::option::of("507f191e810c19729de860ea|529c0abfefb96008b894ad02"),
        proptest::option::of("[A-Za-z0-9]{1,12}"),
        proptest::option::of(email()),
        proptest::option::of(person()),
    );
    (customer(), order(), kind, send_at, wishes).prop_map(|(customer, order, kind, send_at, wishes)| {
        let (tags, template, location, reply_to, sender) = wishes;
        let mut request = InviteRequest::builder(customer, order, Consent::granted("test"))
            .kind(kind)
            .send_at(send_at)
            .redirect_url("https://shop.example/thanks?a=ä&b=1".parse().unwrap())
            .on_unsupported(OnUnsupported::Degrade);
        for tag in tags {
            request = request.tag(Tag::new(tag).unwrap());
        }
        if let Some(template) = template {
            request = request.template(TemplateId::new(template).unwrap());
        }
        if let Some(location) = location {
            request = request.location(LocationId::new(location).unwrap());
        }
        if let Some(address) = reply_to {
            request = request.reply_to(address);
        }
        if let Some(name) = sender {
            request = request.sender(Sender { name: Some(name), email: None });
        }
        request.build().unwrap()
    })
}

/// What stands in the mails is what stood in the request, all the way through mapping, wire and the
/// sandbox's own reading.
fn arrived(vendor: &str, request: &InviteRequest, mails: &[Email]) {
    let of_kind = |kind| mails.iter().rfind(|mail| mail.kind == kind);
    let wanted = [
        (EmailKind::Service, request.kind().asks_for_service()),
        // The sandbox's account at eTrusted asks for the service alone, whatever stands in an event.
        (EmailKind::Product, request.kind().asks_for_products() && vendor == "trustpilot"),
    ];
    for mail in wanted.into_iter().filter(|(_, wanted)| *wanted).map(|(kind, _)| of_kind(kind)) {
        let mail = mail.unwrap_or_else(|| panic!("no mail: {request:?}"));
        assert_eq!(mail.address, request.customer().email().as_str());
        let found: Vec<_> = mail.name.as_deref().unwrap_or_default().split_whitespace().collect();
        let expected = request.customer().name().map(CustomerName::full).unwrap_or_default();
        assert_eq!(found, expected.split_whitespace().collect::<Vec<_>>());
        let language = request.customer().locale().map(|locale| locale.language().to_owned());
        if let (Some(language), Some(found)) = (language, &mail.locale) {
            // Trustpilot knows Norwegian by the name of its written form.
            let language = if language == "no" { "nb" } else { &language };
            assert!(found.starts_with(language) || found.starts_with("no"), "{found} for {language}");
        }
        if mail.kind == EmailKind::Product {
            let skus = request.order().products().iter().map(|product| product.sku().as_str());
            assert_eq!(mail.skus, skus.collect::<Vec<_>>());
        }
    }
}

async fn all_pass(vendor: &'static str) {
    let sandbox = Sandbox::start().await.unwrap();
    // eTrusted takes products only where its settings ask for them.
    let vars = settings(&sandbox, vendor);
    let vars = |name: &str| if name == "ETRUSTED_ASKS_FOR" { Some("both".to_owned()) } else { vars(name) };
    // A thousand calls in a row are more than Trustpilot asks for.
    let provider = provider_with(vendor, vars, ClientOptions::default().with_limits(RateLimits::none()));
    let mut runner = TestRunner::new_with_rng(
        Config::default(),
        proptest::test_runner::TestRng::deterministic_rng(Default::default()),
    );
    let strategy = request();
    let mut kinds = HashSet::new();
    let mut sent = 0;
    while sent < REQUESTS {
        let request = strategy.new_tree(&mut runner).unwrap().current();
        if !provider.capabilities().sends(request.kind()) {
            continue;
        }
        provider.preview(&request).unwrap_or_else(|error| panic!("{vendor}: {error}: {request:?}"));
        provider.send_invite(&request).await.unwrap_or_else(|error| panic!("{vendor}: {error}: {request:?}"));
        arrived(vendor, &request, &sandbox.emails_for(request.order().reference().as_str()));
        kinds.insert(request.kind());
        sent += 1;
    }
    assert!(kinds.len() >= 2, "{vendor}: {kinds:?}");
    assert!(sandbox.requests().iter().all(|seen| seen.status < 300), "{vendor}");
}

#[tokio::test]
async fn a_thousand_random_requests_pass_at_trustpilot() {
    all_pass("trustpilot").await;
}

#[tokio::test]
async fn a_thousand_random_requests_pass_at_etrusted() {
    all_pass("etrusted").await;
}
