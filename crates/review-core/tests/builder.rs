//! The promises of the builder of a request.
#![allow(clippy::unwrap_used, reason = "a test may panic")]

use std::borrow::Cow;

use review_core::model::{
    CustomerName, EmailAddress, Field, InviteRequestBuilder, Locale, MetadataValue, OrderReference,
    PersonName, PhoneNumber, Tag,
};
use review_core::provider::{Capabilities, Warning};
use review_core::re_exports::chrono::{DateTime, NaiveDate, Utc};
use review_core::re_exports::url::Url;
use review_core::{Consent, Error, ErrorKind, FieldError, InviteKind, InviteRequest, Product, SendState};

fn builder() -> InviteRequestBuilder {
    InviteRequest::builder("jane@example.com", "1001", Consent::granted("checkbox"))
}

fn paths(error: &Error) -> Vec<&str> {
    error.field_errors().iter().map(FieldError::field).collect()
}

fn warned(warnings: &[Warning]) -> Vec<&str> {
    warnings.iter().map(Warning::field).collect()
}

#[test]
fn build_with_many_errors_reports_all_paths() {
    let control = "bad\u{7}";
    let error = InviteRequest::builder("jane.example.com", "  ", Consent::legal_basis(" "))
        .name(control)
        .customer_reference(control)
        .phone("030 123456")
        .address(control)
        .country("Germany")
        .placed_at("yesterday")
        .paid_at("2026-03-01")
        .shipped_at(control)
        .delivered_at("+10000-01-01T00:00:00Z")
        .estimated_delivery("01.03.2026")
        .product(Product::builder("", "Kettle"))
        .product(Product::builder("K-2", " ").url("javascript:alert(1)").mpn(control).brand(control))
        .metadata([("note", "ask jane@example.com")])
        .shop(control)
        .kind("everything")
        .template(control)
        .tags(["fine", "", control])
        .redirect_url("ftp://shop.example/")
        .location(control)
        .reply_to("jane@localhost")
        .sender_name(control)
        .sender_email("@example.com")
        .build()
        .unwrap_err();
    assert_eq!((error.kind(), error.send_state()), (ErrorKind::InvalidRequest, SendState::NotSent));
    let expected = [
        "customer.email",
        "customer.name",
        "customer.reference",
        "customer.phone",
        "customer.address",
        "customer.country",
        "order.reference",
        "order.placed_at",
        "order.paid_at",
        "order.shipped_at",
        "order.delivered_at",
        "order.estimated_delivery",
        "order.products[0].sku",
        "order.products[1].name",
        "order.products[1].url",
        "order.products[1].mpn",
        "order.products[1].brand",
        "order.metadata",
        "order.shop",
        "kind",
        "template",
        "tags[1]",
        "tags[2]",
        "redirect_url",
        "location",
        "reply_to",
        "sender.name",
        "sender.email",
        "consent",
    ];
    assert_eq!(paths(&error), expected);
    let shown = format!("{error} {error:?} {error:#}");
    for personal in ["jane", "030 123456", "Germany", "bad", "alert"] {
        assert!(!shown.contains(personal), "{personal} in {shown}");
    }
}

#[test]
fn parsed_values_are_checked_like_texts() {
    let (late, ftp) = (DateTime::<Utc>::MAX_UTC, "ftp://shop.example/x".parse::<Url>().unwrap());
    let error = builder()
        .placed_at(late)
        .paid_at(late)
        .shipped_at(late)
        .delivered_at(late)
        .estimated_delivery(NaiveDate::MAX)
        .product(Product::builder("K-1", "Kettle").url(ftp.clone()))
        .redirect_url(ftp.clone())
        .build()
        .unwrap_err();
    let dates = ["order.placed_at", "order.paid_at", "order.shipped_at", "order.delivered_at"];
    let others = ["order.estimated_delivery", "order.products[0].url", "redirect_url"];
    assert_eq!(paths(&error), [&dates[..], &others].concat());
    let image = builder().product(Product::builder("K-1", "Kettle").image_url(ftp)).build().unwrap();
    assert_eq!(warned(image.warnings()), ["order.products[0].image_url"]);
    assert_eq!(image.order().products()[0].image_url(), None);
}

#[test]
fn build_without_products_is_reported_with_other_errors() {
    let product = |builder: InviteRequestBuilder| builder.kind(InviteKind::Product).build().unwrap_err();
    assert_eq!(paths(&product(builder())), ["order.products"]);
    let consent = Consent::granted("");
    let all = InviteRequest::builder("jane", "", consent);
    assert_eq!(paths(&product(all)), ["customer.email", "order.reference", "consent", "order.products"]);
    // A product that is invalid is not missing, too.
    let invalid = builder().product(Product::builder("", "Kettle"));
    assert_eq!(paths(&product(invalid)), ["order.products[0].sku"]);
}

#[test]
fn field_set_again_replaces_its_error() {
    let request = builder()
        .phone("nonsense")
        .locale("nonsense")
        .kind("nonsense")
        .redirect_url("nonsense")
        .product(Product::builder("K-1", "Kettle").url("nonsense").url("https://shop.example/kettle"))
        .phone("+49 30 123456")
        .locale("de")
        .kind("product")
        .redirect_url(None::<&str>)
        .build()
        .unwrap();
    assert_eq!(request.customer().phone().unwrap().as_str(), "+4930123456");
    assert_eq!(request.customer().locale().unwrap().to_string(), "de");
    assert_eq!((request.kind(), request.redirect_url()), (InviteKind::Product, None));
    assert!(request.warnings().is_empty());
    let error = builder().phone("+49 30 123456").phone("nonsense").build().unwrap_err();
    assert_eq!(paths(&error), ["customer.phone"]);
}

#[test]
fn blank_optional_text_is_absent() {
    let product = Product::builder("K-1", "Kettle").url("").image_url(" ").gtin("\t").brand("").mpn(" ");
    let request = builder()
        .name(" ")
        .first_name("\u{200b}")
        .phone("\t")
        .locale(" ")
        .country("")
        .placed_at(" ")
        .estimated_delivery("")
        .shop(" ")
        .template("")
        .redirect_url("")
        .reply_to(" ")
        .sender_name("")
        .sender_email(" ")
        .product(product)
        .build()
        .unwrap();
    let plain = builder().product(Product::builder("K-1", "Kettle")).build().unwrap();
    assert_eq!(request, plain);
    assert!(request.customer().name().is_none() && request.sender().is_none());
    // A required text is not optional.
    let error = InviteRequest::builder("", " ", Consent::granted("x")).build().unwrap_err();
    assert_eq!(paths(&error), ["customer.email", "order.reference"]);
}

#[test]
fn setter_accepts_texts_values_and_options() {
    let (email, reference) = (EmailAddress::new("jane@example.com"), OrderReference::new("1001"));
    let (email, reference) = (email.unwrap(), reference.unwrap());
    let phone = PhoneNumber::new("+4930123456").unwrap();
    let at: DateTime<Utc> = "2026-03-01T12:00:00Z".parse().unwrap();
    let url: Url = "https://shop.example/thanks".parse().unwrap();
    let consent = || Consent::granted("checkbox");
    let from_texts = InviteRequest::builder("jane@example.com", "1001", consent())
        .phone("+4930123456")
        .locale("de")
        .placed_at("2026-03-01T13:00:00+01:00")
        .redirect_url("https://shop.example/thanks")
        .tags(["a"])
        .build()
        .unwrap();
    let from_values = InviteRequest::builder(&email, &reference, consent())
        .phone(&phone)
        .locale(Locale::new("de").unwrap())
        .placed_at(at)
        .redirect_url(&url)
        .tags([Tag::new("a").unwrap()])
        .build();
    let from_options = InviteRequest::builder(email, reference, consent())
        .phone(Some(phone))
        .locale(Some(&"de".to_owned()))
        .placed_at(Some(&at))
        .redirect_url(Some(url))
        .template(None::<String>)
        .tags([&"a".to_owned()])
        .build();
    let from_strings = InviteRequest::builder("jane@example.com".to_owned(), Cow::from("1001"), consent())
        .phone("+4930123456".to_owned())
        .locale(Cow::from("de"))
        .placed_at(Some(Some("2026-03-01T12:00:00Z")))
        .redirect_url(Some("https://shop.example/thanks"))
        .tags(vec!["a".to_owned()])
        .build();
    for request in [from_values, from_options, from_strings] {
        assert_eq!(request.unwrap(), from_texts);
    }
    assert_eq!(from_texts.order().placed_at(), Some(at));
}

#[test]
fn product_can_be_finished_or_not() {
    let finished = Product::builder("K-1", "Kettle").gtin("4006381333931").build().unwrap();
    let one = builder().product(&finished).product(finished.clone()).build().unwrap();
    let unfinished = Product::builder("K-1", "Kettle").gtin("4006381333931");
    let other = builder().products([unfinished.clone(), unfinished]).build().unwrap();
    assert_eq!(one, other);
    assert_eq!(one.order().products(), [finished.clone(), finished]);
}

#[test]
fn invalid_locale_image_and_gtin_are_left_out() {
    let request = builder()
        .locale("klingon")
        .product(Product::builder("K-1", "Kettle").image_url("nonsense"))
        .product(Product::builder("K-2", "Lid").gtin("4.0058E+12").url("https://shop.example/lid"))
        .build()
        .unwrap();
    let expected = ["customer.locale", "order.products[0].image_url", "order.products[1].gtin"];
    assert_eq!(warned(request.warnings()), expected);
    assert!(request.warnings().iter().all(|warning| warning.message().starts_with("left out: ")));
    assert!(request.customer().locale().is_none());
    let [kettle, lid] = request.order().products() else { panic!("two products") };
    assert!(kettle.image_url().is_none() && lid.gtin().is_none() && lid.url().is_some());
    // The receipt of a provider contains them: they are the first warnings of the check.
    let validated = Capabilities::all().check_request(&request, Utc::now()).unwrap();
    assert_eq!(warned(&validated.warnings), expected);
}

#[test]
fn whole_name_with_parts_is_an_error() {
    for both in [builder().name("Jane Doe").first_name("Jane"), builder().last_name("Doe").name("Jane Doe")] {
        let error = both.build().unwrap_err();
        assert_eq!(paths(&error), ["customer.name"]);
        assert!(error.message().contains("got both"), "{error}");
    }
}

#[test]
fn name_parts_stay_separate() {
    let name = |text: &str| PersonName::new(text).unwrap();
    for (builder, expected, full) in [
        (builder().name("Jane Doe"), CustomerName::Full(name("Jane Doe")), "Jane Doe"),
        (builder().first_name("Jane"), CustomerName::First(name("Jane")), "Jane"),
        (builder().last_name("Doe"), CustomerName::Last(name("Doe")), "Doe"),
        (
            builder().first_name("Jane").last_name("Doe"),
            CustomerName::FirstAndLast(name("Jane"), name("Doe")),
            "Jane Doe",
        ),
    ] {
        let request = builder.build().unwrap();
        assert_eq!(request.customer().name(), Some(&expected));
        assert_eq!(expected.full(), full);
    }
}

#[test]
fn empty_consent_is_an_error() {
    for empty in [Consent::granted(""), Consent::granted_at(" ", Utc::now()), Consent::legal_basis("\t")] {
        let error = InviteRequest::builder("jane@example.com", "1001", empty).build().unwrap_err();
        assert_eq!(paths(&error), ["consent"]);
    }
}

#[test]
fn sender_consists_of_a_name_an_address_or_both() {
    let sender = |builder: InviteRequestBuilder| builder.build().unwrap().sender().cloned();
    assert_eq!(sender(builder()), None);
    let both = sender(builder().sender_name("Shop").sender_email("shop@example.com")).unwrap();
    let parts = (both.name.unwrap(), both.email.unwrap());
    assert_eq!((parts.0.as_str(), parts.1.as_str()), ("Shop", "shop@example.com"));
    let name = sender(builder().sender_name("Shop")).unwrap();
    assert!(name.name.is_some() && name.email.is_none());
    let email = sender(builder().sender_email("shop@example.com")).unwrap();
    assert!(email.name.is_none() && email.email.is_some());
}

#[test]
fn metadata_keeps_the_types_of_its_values() {
    let request = builder()
        .metadata([("channel", "web"), ("week", "9")])
        .metadata([("items", 3_i64)])
        .metadata([("total", 12.5)])
        .metadata([("gift".to_owned(), true)])
        .metadata([("channel", "app")])
        .build()
        .unwrap();
    let expected: [(&str, MetadataValue); 5] = [
        ("channel", "app".into()),
        ("gift", true.into()),
        ("items", 3_i64.into()),
        ("total", 12.5.into()),
        ("week", "9".into()),
    ];
    let read: Vec<_> = request.order().metadata().iter().map(|(k, v)| (k.as_str(), v.clone())).collect();
    assert_eq!(read, expected);
    let error = builder().metadata([("", 1.0), ("total", f64::NAN)]).build().unwrap_err();
    assert_eq!(paths(&error), ["order.metadata", "order.metadata"]);
}

#[test]
fn omittable_field_is_left_out_with_a_warning() {
    let vendor = Capabilities::new().add_kind(InviteKind::Service).add_field(Field::Template);
    let set = || builder().template("spring").tags(["a"]).sender_name("Shop").metadata([("a", "b")]);
    let error = vendor.check_request(&set().build().unwrap(), Utc::now()).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Unsupported);
    assert_eq!(paths(&error), ["tags", "sender", "order.metadata"]);
    let some = set().allow_omitting([Field::Tags, Field::Template]).allow_omitting([Field::Sender]);
    let error = vendor.check_request(&some.clone().build().unwrap(), Utc::now()).unwrap_err();
    assert_eq!(paths(&error), ["order.metadata"]);
    let all = some.allow_omitting([Field::Metadata]).build().unwrap();
    let validated = vendor.check_request(&all, Utc::now()).unwrap();
    assert_eq!(warned(&validated.warnings), ["tags", "sender", "order.metadata"]);
    assert_eq!(validated.request.used_fields(), [Field::Template]);
    assert_eq!(all.used_fields(), [Field::Template, Field::Tags, Field::Sender, Field::Metadata]);
}

#[test]
fn request_debug_shows_no_personal_data() {
    let request = builder()
        .name("Zebedee Quux")
        .customer_reference("C-77")
        .phone("+4930123456")
        .address("Hauptstr. 1")
        .redirect_url("https://shop.example/thanks/zebedee")
        .sender_email("boss@example.com")
        .reply_to("reply@example.com")
        .metadata([("note", "Zebedee's birthday")])
        .build()
        .unwrap();
    let shown = format!("{request:?} {request:#?}");
    for personal in ["jane", "Zebedee", "zebedee", "C-77", "30123456", "Hauptstr", "boss", "reply@"] {
        assert!(!shown.contains(personal), "{personal} in {shown}");
    }
    assert!(shown.contains("1001") && shown.contains("shop.example"));
}
