//! Values on their way from the model to a vendor: whatever `validate` accepts, the vendor accepts.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic, reason = "a test may panic")]

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::time::Duration;

use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;
use proptest::sample::select;
use proptest::test_runner::{Config, RngAlgorithm, TestError, TestRng, TestRunner};
use review_invites::http::{ClientOptions, RateLimits};
use review_invites::model::{
    Consent, CountryCode, CustomerReference, DelayFrom, EmailAddress, Field, Gtin, InviteKind, Locale,
    LocationId, MetadataValue, OrderReference, ParseField, PersonName, PhoneNumber, PostalAddress, Product,
    ProductName, SendAt, ShopId, Sku, Tag, TemplateId,
};
use review_invites::prelude::*;
use review_invites::provider::Operation;
use review_invites::re_exports::chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use review_invites::re_exports::url::Url;
use review_invites_tests::vendors::TestMode;
use review_invites_tests::vendors::etrusted::{EtrustedDirect, EtrustedEvents};
use review_invites_tests::vendors::kiyoh::KiyohInvites;
use review_invites_tests::vendors::trustpilot::TrustpilotEmails;
use review_invites_tests::vendors::webwinkelkeur::WebwinkelkeurInvitations;
use review_invites_tests::{address, provider_with};
use review_sandbox::Sandbox;

/// Locales as shop systems store them, which vendors do not know or know by another name.
const LOCALES: [&str; 22] = [
    "en_EN",
    "en_UK",
    "cs_CS",
    "da_DA",
    "fil",
    "gsw",
    "eo",
    "no_NO",
    "nn_NO",
    "iw",
    "iw_IL",
    "in",
    "in_ID",
    "ji",
    "zh-Hant-TW",
    "zh-Hans",
    "sr-Latn",
    "sr_Latn_RS",
    "en_US.UTF-8",
    "de_DE@euro",
    "de_DE_formal",
    "es-419",
];

fn provider<V: TestMode>(sandbox: &Sandbox) -> DynProvider {
    provider_with(
        V::VENDOR,
        V::settings(sandbox),
        ClientOptions::default().with_rate_limits(RateLimits::unlimited()),
    )
}

/// Sends one invitation for each locale. Returns the locale of each email, and whether a warning names it.
async fn sent_locales<V: TestMode>() -> BTreeMap<&'static str, (Option<String>, bool)> {
    let sandbox = Sandbox::start().await.unwrap();
    let provider = provider::<V>(&sandbox);
    let mut sent = BTreeMap::new();
    for (number, locale) in LOCALES.into_iter().chain(["C", "tlh_XX", "german"]).enumerate() {
        let request = InviteRequest::builder(
            address(&number.to_string()),
            number.to_string(),
            Consent::granted("test"),
        );
        let request = request.name("Jane").locale(locale).build().unwrap();
        let receipt =
            provider.send_invite(&request).await.unwrap_or_else(|error| panic!("{locale}: {error}"));
        let emails = sandbox.emails_for(&number.to_string());
        assert_eq!(emails.len(), 1, "{locale}");
        let warns = receipt.warnings.iter().any(|warning| warning.field() == "customer.locale");
        let body = sandbox.requests().last().unwrap().body.clone();
        let is_sent = String::from_utf8_lossy(&body).contains("ocale\"");
        let name = is_sent.then(|| emails[0].locale.clone().unwrap().replace('_', "-"));
        sent.insert(locale, (name, warns));
    }
    sent
}

async fn locales_are_mapped_or_left_out<V: TestMode>() {
    let sent = sent_locales::<V>().await;
    // Without a locale the account's applies, and the caller is informed.
    assert!(sent.values().all(|(name, warns)| name.is_some() || *warns), "{sent:?}");
    for (locale, expected, warns) in [
        ("en_EN", Some("en-US"), false),
        ("en_UK", Some("en-GB"), false),
        ("cs_CS", Some("cs-CZ"), false),
        ("no_NO", Some("nb-NO"), false),
        ("iw", Some("he-IL"), false),
        ("in_ID", Some("id-ID"), false),
        ("zh-Hant-TW", Some("zh-TW"), false),
        ("sr-Latn", Some("sr-RS"), true),
        ("en_US.UTF-8", Some("en-US"), false),
        ("fil", None, true),
        ("gsw", None, true),
        ("eo", None, true),
        ("german", None, true),
    ] {
        assert_eq!(sent[locale], (expected.map(str::to_owned), warns), "{locale} at {}", V::VENDOR.name);
    }
}

#[tokio::test]
async fn locales_of_shops_are_mapped_or_left_out() {
    locales_are_mapped_or_left_out::<TrustpilotEmails>().await;
    locales_are_mapped_or_left_out::<EtrustedEvents>().await;
    locales_are_mapped_or_left_out::<EtrustedDirect>().await;
    // These send a language and no country.
    for sent in [sent_locales::<KiyohInvites>().await, sent_locales::<WebwinkelkeurInvitations>().await] {
        assert!(["fil", "gsw", "german"].iter().all(|locale| sent[locale].1), "{sent:?}");
    }
}

/// Any text, and texts that have broken something before.
fn text() -> impl Strategy<Value = String> {
    let odd = [
        "",
        " ",
        "\u{feff}x",
        "x\u{200b}y",
        "e\u{301}",
        "\u{202e}x",
        "a\tb",
        "a\r\nb",
        "\0",
        "'; --",
        "<b>x</b>",
        "O'Brien",
        "\"",
        "\\",
        "{}",
        "null",
        "1e400",
        "👩‍👩‍👧",
        "ＡＢＣ",
        "a\u{a0}b",
        "x@y",
        "jane@example.com",
        "%00",
    ];
    prop_oneof![
        2 => any::<String>(),
        3 => "\\PC{1,30}",
        2 => "[ -~]{1,60}",
        1 => "\\PC{120,140}",
        1 => "[a-z]{250,260}",
        2 => select(odd.to_vec()).prop_map(str::to_owned),
    ]
}

/// The values of a type that the model accepts, out of any text and of texts in the usual form.
fn valid<T: ParseField + std::fmt::Debug + 'static>(
    usual: impl Strategy<Value = String> + 'static,
) -> BoxedStrategy<Option<T>> {
    prop_oneof![1 => text().boxed(), 2 => usual.boxed()].prop_map(|text| T::parse_field(&text).ok()).boxed()
}

fn email() -> BoxedStrategy<Option<EmailAddress>> {
    valid(prop_oneof![
        "[a-zA-Z0-9!#$%&'*+/=?^_`{|}~-]{1,20}(\\.[a-z0-9]{1,5})?@[a-z0-9]{1,10}(-[a-z0-9]{1,4})?\\.[a-z]{2,6}",
        "\"[ -~]{1,10}\"@example\\.com",
        "\\PC{1,8}@\\PC{1,8}\\.(com|example|рф)",
        "[a-z]{60,66}@[a-z]{1,63}\\.[a-z]{2,6}",
    ])
}

fn url() -> BoxedStrategy<Option<Url>> {
    valid(prop_oneof![
        "https?://[a-zäö0-9.-]{1,15}\\.[a-z]{2,4}(:[0-9]{1,5})?/[!-~]{0,20}",
        "(ftp|javascript|data|mailto|HTTPS):[!-~]{0,20}",
        "https://[!-~]{1,20}",
        "https://\\PC{1,9}\\.example/\\PC{0,9}",
    ])
}

fn locale() -> BoxedStrategy<Option<Locale>> {
    valid(prop_oneof![
        select(LOCALES.to_vec()).prop_map(str::to_owned),
        "[a-z]{2,3}([-_][A-Z][a-z]{3})?([-_]([A-Z]{2}|[0-9]{3}))?(\\.UTF-8|@euro)?",
    ])
}

fn time() -> impl Strategy<Value = DateTime<Utc>> {
    let seconds = prop_oneof![
        -100_000_000_000_i64..300_000_000_000,
        1_600_000_000_i64..1_900_000_000,
        Just(253_402_300_799),
        Just(-62_135_596_800),
    ];
    (seconds, 0..1_999_999_999_u32).prop_map(|(seconds, nanoseconds)| {
        let time = DateTime::from_timestamp(seconds, nanoseconds % 1_000_000_000).unwrap();
        time.checked_sub_signed(TimeDelta::zero()).unwrap()
    })
}

fn day() -> impl Strategy<Value = NaiveDate> {
    time().prop_map(|time| time.date_naive())
}

/// A date of an order that the model accepts.
fn date() -> BoxedStrategy<Option<DateTime<Utc>>> {
    option::of(time())
        .prop_map(|time| time.filter(|time| is_valid(|builder| builder.placed_at(*time))))
        .boxed()
}

fn is_valid(
    set: impl FnOnce(review_invites::model::InviteRequestBuilder) -> review_invites::model::InviteRequestBuilder,
) -> bool {
    set(InviteRequest::builder("jane@example.com", "1", Consent::granted("test"))).build().is_ok()
}

fn send_at() -> impl Strategy<Value = SendAt> {
    let from = select(vec![
        DelayFrom::Placed,
        DelayFrom::Paid,
        DelayFrom::Shipped,
        DelayFrom::Delivered,
        DelayFrom::EstimatedDelivery,
    ]);
    let delay = prop_oneof![
        Just(Duration::ZERO),
        Just(Duration::MAX),
        (0..400_u64).prop_map(|days| Duration::from_secs(days * 86_400))
    ];
    prop_oneof![
        2 => Just(SendAt::AccountDefault),
        1 => Just(SendAt::Now),
        1 => time().prop_map(SendAt::At),
        2 => (delay, from).prop_map(|(delay, from)| SendAt::After(delay, from)),
    ]
}

fn product() -> impl Strategy<Value = Option<Product>> {
    let name = || valid::<ProductName>("\\PC{1,20}");
    let gtin = valid::<Gtin>(prop_oneof!["[0-9 -]{6,16}", "[0-9]{9}[xX]", "[0-9]{8,14}"]);
    let url = prop_oneof![3 => Just(Url::parse("https://shop.example/p").ok()), 2 => url()];
    let parts =
        (valid::<Sku>("[A-Za-z0-9_./ -]{1,20}"), name(), url, self::url(), gtin, name(), name(), name());
    parts.prop_map(|(sku, name, url, image, gtin, mpn, brand, category)| {
        let product = Product::builder(sku?, name?).url(url).image_url(image).gtin(gtin);
        product.mpn(mpn).brand(brand).category(category).build().ok()
    })
}

fn metadata() -> impl Strategy<Value = Vec<(String, MetadataValue)>> {
    let value = prop_oneof![
        text().prop_map(MetadataValue::Text),
        any::<bool>().prop_map(MetadataValue::Boolean),
        any::<i64>().prop_map(MetadataValue::Integer),
        any::<f64>().prop_map(MetadataValue::Decimal),
    ];
    let is_accepted = |entry: &(String, MetadataValue)| is_valid(|builder| builder.metadata([entry.clone()]));
    vec((text(), value), 0..4).prop_map(move |all| all.into_iter().filter(is_accepted).collect())
}

fn template() -> BoxedStrategy<Option<TemplateId>> {
    let known = [
        "529c0abfefb96008b894ad02",
        "507f191e810c19729de860ff",
        "tpl-inv-12261ad3-d36b-4a3a-a4ab-850920d7b11f",
        "tpl-qst-aabd1dee-2676-4303-995a-1e6762a78b44",
    ];
    option::weighted(0.3, valid(select(known.to_vec()).prop_map(str::to_owned)))
        .prop_map(Option::flatten)
        .boxed()
}

/// Any request that the model can express.
fn request() -> impl Strategy<Value = InviteRequest> {
    let maybe = |strategy: BoxedStrategy<Option<PersonName>>| strategy;
    let name = || maybe(valid::<PersonName>("\\PC{1,20}"));
    let customer = (
        email().prop_filter_map("no address", |email| email),
        (any::<bool>(), name(), name()),
        (
            valid::<CustomerReference>("[0-9]{1,9}"),
            valid::<PhoneNumber>(prop_oneof!["\\+[0-9]{6,16}", "\\+[0-9 ()./-]{7,20}"]),
            valid::<PostalAddress>("\\PC{1,40}"),
        ),
        locale(),
        valid::<CountryCode>("[A-Z]{2}"),
    );
    let order = (
        valid::<OrderReference>("[A-Za-z0-9 #/_.-]{1,20}")
            .prop_filter_map("no reference", |reference| reference),
        (date(), date(), date(), date()),
        option::of(day()),
        vec(product(), 0..4),
        metadata(),
        valid::<ShopId>("[a-z-]{1,9}"),
    );
    let fields = (
        select(InviteKind::ALL.to_vec()),
        send_at(),
        template(),
        vec(valid::<Tag>("[a-zA-Z0-9_.-]{1,20}"), 0..3),
        option::of(url()).prop_map(Option::flatten),
        (valid::<LocationId>("[A-Z0-9]{1,9}"), email(), name(), email()),
        any::<[bool; 6]>(),
    );
    (customer, order, fields).prop_filter_map("contradiction", |(customer, order, fields)| {
        let (email, (is_whole, first, last), (customer_reference, phone, address), locale, country) =
            customer;
        let (reference, (placed, paid, shipped, delivered), delivery, products, metadata, shop) = order;
        let (kind, send_at, template, tags, redirect, (location, reply_to, sender, sender_email), uses) =
            fields;
        let builder = InviteRequest::builder(email, reference, Consent::granted("test"))
            .customer_reference(customer_reference)
            .phone(phone)
            .address(address)
            .locale(locale)
            .country(country)
            .placed_at(placed)
            .paid_at(paid)
            .shipped_at(shipped)
            .delivered_at(delivered)
            .estimated_delivery(delivery.filter(|day| is_valid(|builder| builder.estimated_delivery(*day))))
            .products(products.into_iter().flatten())
            .shop(shop)
            .kind(kind)
            .allow_omitting(Field::ALL.iter().copied());
        let builder = if is_whole { builder.name(first) } else { builder.first_name(first).last_name(last) };
        let builder = builder
            .send_at(if uses[0] { send_at } else { SendAt::AccountDefault })
            .template(template)
            .metadata(if uses[1] { metadata } else { Vec::new() })
            .tags(tags.into_iter().flatten().filter(|_| uses[2]))
            .redirect_url(redirect)
            .location(location.filter(|_| uses[3]))
            .reply_to(reply_to.filter(|_| uses[4]));
        builder
            .sender_name(sender.filter(|_| uses[5]))
            .sender_email(sender_email.filter(|_| uses[5]))
            .build()
            .ok()
    })
}

/// Sends every request that `validate` accepts, and creates its link. No response may be a rejection.
fn vendor_accepts_what_validate_accepts<V: TestMode>(cases: u32) {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let sandbox = runtime.block_on(Sandbox::start()).unwrap();
    let provider = provider::<V>(&sandbox);
    let mut runner = TestRunner::new_with_rng(
        Config { cases, failure_persistence: None, max_global_rejects: 100_000, ..Config::default() },
        TestRng::deterministic_rng(RngAlgorithm::ChaCha),
    );
    let (sent, linked) = (RefCell::new(BTreeMap::new()), RefCell::new(0));
    let result = runner.run(&request(), |request| {
        runtime.block_on(async {
            if provider.validate(&request).is_ok() {
                let result = provider.send_invite(&request).await;
                prop_assert!(result.is_ok(), "send: {:#?}", result.err());
                *sent.borrow_mut().entry(request.kind()).or_insert(0) += 1;
            }
            match provider.create_link(&request).await {
                Ok(_) => *linked.borrow_mut() += 1,
                Err(error) => prop_assert_eq!(error.http_status(), None, "link: {:#?}", error),
            }
            Ok(())
        })
    });
    match result {
        Ok(()) => {}
        Err(TestError::Fail(reason, request)) => {
            let last = sandbox.requests().pop().unwrap();
            panic!("{reason}\n{request:#?}\n{} {}", last.path, String::from_utf8_lossy(&last.body));
        }
        Err(error) => panic!("{error}"),
    }
    let (sent, linked) = (sent.into_inner(), linked.into_inner());
    // Most draws must get through, or the property says little.
    let has_links = provider.capabilities().supports_operation(Operation::CreateLink);
    assert!(sent.values().sum::<u32>() > cases / 10, "{sent:?}");
    assert!(!has_links || linked > cases / 10, "{linked} links");
    for kind in provider.capabilities().kinds() {
        assert!(sent.get(&kind).is_some_and(|count| *count > cases / 100), "{kind}: {sent:?}");
    }
}

#[test]
fn trustpilot_accepts_what_validate_accepts() {
    vendor_accepts_what_validate_accepts::<TrustpilotEmails>(CASES);
}

#[test]
fn etrusted_events_accept_what_validate_accepts() {
    vendor_accepts_what_validate_accepts::<EtrustedEvents>(CASES);
}

#[test]
fn kiyoh_accepts_what_validate_accepts() {
    vendor_accepts_what_validate_accepts::<KiyohInvites>(CASES);
}

#[test]
fn webwinkelkeur_accepts_what_validate_accepts() {
    vendor_accepts_what_validate_accepts::<WebwinkelkeurInvitations>(CASES);
}

#[test]
fn etrusted_direct_accepts_what_validate_accepts() {
    vendor_accepts_what_validate_accepts::<EtrustedDirect>(CASES);
}

const CASES: u32 = 500;
