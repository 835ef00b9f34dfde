//! Links, looking up, erasing, the set-up check and reading, against the sandbox over real sockets.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test may panic")]

use std::sync::Arc;
use std::time::Duration;

use futures_util::StreamExt;
use review_core::*;
use review_http::{FileTokenStore, Id, RetryPolicy};
use review_sandbox::{Sandbox, Vendor};
use review_trustpilot::*;
use serde_json::{Value, json};

fn config_with(sandbox: &Sandbox, changed: &[(&str, &str)]) -> TrustpilotConfig {
    let vars = |name: &str| match changed.iter().find(|(key, _)| *key == name) {
        Some((_, value)) => Some((*value).to_owned()),
        None => sandbox.env_var(name),
    };
    let retry = RetryPolicy::default().with_waits(Duration::ZERO, Duration::ZERO);
    TrustpilotConfig::from_vars(vars).unwrap().with_http(retry)
}

/// Without a log-in: client credentials.
const NO_LOG_IN: [(&str, &str); 2] = [("TRUSTPILOT_USERNAME", ""), ("TRUSTPILOT_PASSWORD", "")];

fn provider(sandbox: &Sandbox) -> TrustpilotProvider {
    TrustpilotProvider::new(config_with(sandbox, &[])).unwrap()
}

fn request(kind: InviteKind) -> InviteRequestBuilder {
    let customer = Customer::new(EmailAddress::new("canary@example.com").unwrap())
        .with_name(CustomerName::Full(PersonName::new("Canary Bird").unwrap()))
        .with_locale(Locale::new("de-DE").unwrap());
    let product = Product::new(Sku::new("A-1").unwrap(), ProductText::new("Metal Toy Car").unwrap())
        .with_category(ProductText::new("1267").unwrap())
        .with_url("https://shop.example.com/car".parse().unwrap());
    let order = Order::new(OrderReference::new("1001").unwrap()).with_product(product);
    InviteRequest::builder(customer, order, Consent::granted("checkbox")).kind(kind)
}

fn bodies(sandbox: &Sandbox, ending: &str) -> Vec<Value> {
    let requests = sandbox.requests().into_iter().filter(|request| request.path.ends_with(ending));
    requests.filter_map(|request| request.json()).collect()
}

#[tokio::test]
async fn links_of_every_kind() {
    let sandbox = Sandbox::start().await.unwrap();
    let provider = provider(&sandbox);
    let wish = |kind| request(kind).redirect_url("https://shop.example.com/thanks".parse().unwrap());
    let service = wish(InviteKind::Service)
        .tag(Tag::new("a").unwrap())
        .location(LocationId::new("ABC").unwrap())
        .build()
        .unwrap();
    let link = provider.create_link(&service).await.unwrap();
    assert!(link.url.path().contains("/evaluate-link/") && link.warnings.is_empty());
    assert!(!format!("{link:?}").contains("evaluate"));
    let product = provider.create_link(&wish(InviteKind::Product).build().unwrap()).await.unwrap();
    let both = provider.create_link(&wish(InviteKind::ServiceAndProduct).build().unwrap()).await.unwrap();
    assert!(both.url.path().contains("/evaluate-link/") && !both.url.path().contains("product"));

    let sent = bodies(&sandbox, "/invitation-links");
    let consumer = json!({ "email": "canary@example.com", "name": "Canary Bird" });
    let products =
        json!([{ "sku": "A-1", "name": "Metal Toy Car", "productUrl": "https://shop.example.com/car" }]);
    let product_body = json!({
        "consumer": consumer, "referenceId": "1001", "locale": "de-DE",
        "redirectUri": "https://shop.example.com/thanks", "products": products
    });
    assert_eq!(
        sent[0],
        json!({
            "email": "canary@example.com", "name": "Canary Bird", "referenceId": "1001", "locale": "de-DE",
            "tags": ["a"], "locationId": "ABC", "redirectUri": "https://shop.example.com/thanks"
        })
    );
    assert_eq!((&sent[1], &sent[2]), (&product_body, &product_body));
    let onward: url::Url = sent[3]["redirectUri"].as_str().unwrap().parse().unwrap();
    assert_eq!(onward.host_str(), product.url.host_str(), "the service link leads on to the product link");
    assert_eq!(sandbox.emails().len(), 0, "links are no mails");
}

#[tokio::test]
async fn what_a_link_cannot_carry_is_refused_or_dropped() {
    let sandbox = Sandbox::start().await.unwrap();
    let provider = provider(&sandbox);
    let full = |kind| {
        request(kind)
            .send_at(SendAt::Now)
            .template(TemplateId::new("507f191e810c19729de860ea").unwrap())
            .reply_to(EmailAddress::new("shop@example.com").unwrap())
            .sender(Sender { name: Some(PersonName::new("Shop").unwrap()), email: None })
    };
    let fields =
        |error: &Error| error.fields().iter().map(|field| field.field().to_owned()).collect::<Vec<_>>();
    let error = provider.create_link(&full(InviteKind::Service).build().unwrap()).await.unwrap_err();
    assert_eq!((error.kind(), error.sent()), (ErrorKind::Unsupported, Sent::No));
    assert_eq!(fields(&error), ["send_at", "template", "reply_to", "sender"]);
    assert_eq!(error.operation(), Some("create_link"));
    let tagged =
        request(InviteKind::Product).tag(Tag::new("a").unwrap()).location(LocationId::new("L").unwrap());
    let error = provider.create_link(&tagged.clone().build().unwrap()).await.unwrap_err();
    assert_eq!(fields(&error), ["tags", "location"]);
    let options = TrustpilotOptions::new().with_product_template(TemplateId::new("t").unwrap());
    let mailed = request(InviteKind::ServiceAndProduct).options(options);
    let error = provider.create_link(&mailed.clone().build().unwrap()).await.unwrap_err();
    assert_eq!(
        (error.kind(), fields(&error)),
        (ErrorKind::Unsupported, vec!["options.product_template".to_owned()])
    );
    assert_eq!(sandbox.requests().len(), 0);

    for (request, dropped) in [
        (full(InviteKind::Service), &["send_at", "template", "reply_to", "sender"][..]),
        (tagged, &["tags", "location"]),
        (mailed, &["options.product_template"]),
    ] {
        let request = request.on_unsupported(OnUnsupported::Degrade).build().unwrap();
        let link = provider.create_link(&request).await.unwrap();
        assert_eq!(link.warnings.iter().map(Warning::field).collect::<Vec<_>>(), dropped);
    }
}

#[tokio::test]
async fn a_product_link_wants_a_locale_and_a_service_link_does_not() {
    let sandbox = Sandbox::start().await.unwrap();
    let provider = provider(&sandbox);
    let without = |kind| {
        let named = Customer::new(EmailAddress::new("a@example.com").unwrap())
            .with_name(CustomerName::Full(PersonName::new("A").unwrap()));
        let order = request(kind).build().unwrap().order().clone();
        InviteRequest::builder(named, order, Consent::granted("checkbox")).kind(kind).build().unwrap()
    };
    provider.create_link(&without(InviteKind::Service)).await.unwrap();
    let error = provider.create_link(&without(InviteKind::Product)).await.unwrap_err();
    assert_eq!((error.kind(), error.fields()[0].field()), (ErrorKind::InvalidRequest, "customer.locale"));
}

#[tokio::test]
async fn a_customer_is_erased_for_the_user() {
    let sandbox = Sandbox::start().await.unwrap();
    for changed in [&[][..], &NO_LOG_IN] {
        let provider = TrustpilotProvider::new(config_with(&sandbox, changed)).unwrap();
        let email = EmailAddress::new("canary@example.com").unwrap();
        assert_eq!(provider.erase_customer(&email).await.unwrap(), Erasure::Accepted);
    }
    let expected = json!({ "customerEmails": ["canary@example.com"] });
    assert_eq!(bodies(&sandbox, "/invitation-data/delete"), [expected.clone(), expected]);
}

fn key(reference: &str, kind: InviteKind) -> InviteKey {
    let reference = OrderReference::new(reference).unwrap();
    InviteKey { instance: VENDOR.to_owned(), reference, kind }
}

#[tokio::test]
async fn an_invitation_without_a_review_is_neither_found_nor_missing() {
    let sandbox = Sandbox::start().await.unwrap();
    let provider = provider(&sandbox);
    provider.send_invite(&request(InviteKind::Service).build().unwrap()).await.unwrap();
    let found = provider.find_invite(&key("1001", InviteKind::Service)).await.unwrap();
    assert!(
        matches!(&found, InviteLookup::Inconclusive(why) if why.contains("no service review")),
        "{found:?}"
    );
    let asked = sandbox.requests().last().unwrap().clone();
    assert_eq!(asked.query.as_deref(), Some("referenceId=1001"));
    let requests = sandbox.requests().len();
    let found = provider.find_invite(&key("1001", InviteKind::Product)).await.unwrap();
    assert!(matches!(found, InviteLookup::Inconclusive(_)));
    assert_eq!(sandbox.requests().len(), requests, "there is nothing to ask");
}

#[tokio::test]
async fn nothing_to_read_is_an_empty_stream() {
    let sandbox = Sandbox::start().await.unwrap();
    let provider = provider(&sandbox);
    for query in
        [ReviewQuery::service().since("2020-01-01T00:00:00Z".parse().unwrap()), ReviewQuery::products()]
    {
        assert_eq!(provider.reviews(query).collect::<Vec<_>>().await.len(), 0);
    }
    let requests = sandbox.requests();
    let asked = requests.iter().filter_map(|request| request.query.as_deref());
    assert_eq!(
        asked.collect::<Vec<_>>(),
        [
            "page=1&perPage=100&orderBy=createdat.asc&startDateTime=2020-01-01T00%3A00%3A00",
            "page=1&perPage=100"
        ]
    );
    let foreign = Some(PageToken::new("next"));
    let error = provider.read_reviews(&ReviewQuery::service(), foreign).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::InvalidRequest);
}

#[tokio::test]
async fn the_account_is_read() {
    let sandbox = Sandbox::start().await.unwrap();
    let client = TrustpilotClient::new(config_with(&sandbox, &[])).unwrap();
    let unit = Id::new(&sandbox.env_var("TRUSTPILOT_BUSINESS_UNIT_ID").unwrap()).unwrap();
    let by_id = client.business_unit(&unit).await.unwrap();
    let mut search = BusinessUnitSearch::new("shop");
    search.per_page = Some(5);
    assert_eq!(client.search_business_units(&search).await.unwrap(), [by_id]);
    assert!(client.web_links(&unit, "de-DE").await.unwrap().evaluate_url.is_some());
    assert!(client.locales(Some("en-US")).await.unwrap().knows("de-DE"));
    let templates = client.templates(&unit).await.unwrap();
    assert!(default_template(&templates, "de-AT").unwrap().name.as_ref().unwrap().contains("German"));

    let mut car = CatalogueProduct::new("A-1", "Metal Toy Car");
    car.link = Some("https://shop.example.com/car".to_owned());
    let made = client.upsert_products(&unit, &ProductBatch::new(vec![car])).await.unwrap();
    let listed = client.products(&unit, &ProductListing::default()).await.unwrap();
    assert_eq!((made[0].id.is_some(), &listed[0].sku), (true, &"A-1".to_owned()));
    let config = config_with(&sandbox, &[]).with_products_from_catalogue();
    let provider = TrustpilotProvider::new(config).unwrap();
    provider.send_invite(&request(InviteKind::Product).build().unwrap()).await.unwrap();
    assert_eq!(
        bodies(&sandbox, "/email-invitations")[0]["productReviewInvitation"],
        json!({ "productSkus": ["A-1"] })
    );

    // Nothing was reviewed, and every way to read it is open.
    assert_eq!(
        client.public_service_reviews(&unit, &ServiceReviewQuery::default()).await.unwrap().reviews,
        []
    );
    assert_eq!(client.all_public_service_reviews(&unit, None).await.unwrap().reviews, []);
    let mut query = ProductReviewQuery::default();
    query.skus = vec!["A-1".to_owned(), "B".to_owned()];
    assert_eq!(client.public_product_reviews(&unit, &query).await.unwrap().product_reviews, []);
    assert_eq!(client.product_reviews(&unit, &query).await.unwrap().product_reviews, []);
    let total = |summary: &ProductReviewSummary| summary.number_of_reviews.as_ref().unwrap().total;
    assert_eq!(total(&client.product_summary(&unit, &["A-1"]).await.unwrap()), Some(0));
    assert_eq!(client.product_batch_summaries(&unit, &["A-1", "B"]).await.unwrap().len(), 2);
    assert_eq!(client.product_summaries(&unit, 1, 1000).await.unwrap(), []);
    for error in [
        client.service_review(&unit).await.unwrap_err(),
        client.public_service_review(&unit).await.unwrap_err(),
        client.product_review(&unit).await.unwrap_err(),
    ] {
        assert_eq!((error.kind(), error.http_status()), (ErrorKind::InvalidRequest, Some(404)), "{error}");
    }
}

#[tokio::test]
async fn the_set_up_check_finds_what_an_api_can_tell() {
    let sandbox = Sandbox::start().await.unwrap();
    let unit = sandbox.env_var("TRUSTPILOT_BUSINESS_UNIT_ID").unwrap();
    let no_unit = ("TRUSTPILOT_BUSINESS_UNIT_ID", "");
    let mut swapped = NO_LOG_IN.to_vec();
    swapped.push(("TRUSTPILOT_BUSINESS_USER_ID", &unit));
    for (changed, severity, word) in [
        (&[("TRUSTPILOT_API_KEY", "canary")][..], Severity::Error, "the credentials are not taken"),
        (&[("TRUSTPILOT_API_SECRET", "canary")], Severity::Error, "no access token"),
        (&[("TRUSTPILOT_PASSWORD", "canary")], Severity::Error, "no access token"),
        (&[("TRUSTPILOT_BUSINESS_UNIT_ID", "canary")], Severity::Error, "the business unit is not known"),
        (
            &[no_unit, ("TRUSTPILOT_DOMAIN", "nobody.example.com")],
            Severity::Error,
            "the business unit is not known",
        ),
        (&[("TRUSTPILOT_BUSINESS_UNIT_ID", "canary")], Severity::Error, "there is no right to it"),
        (&swapped, Severity::Error, "is that of the business unit"),
        (&NO_LOG_IN, Severity::Info, "only an invitation shows"),
    ] {
        let provider = TrustpilotProvider::new(config_with(&sandbox, changed)).unwrap();
        let report = provider.check_setup().await.unwrap();
        let found = report.findings.iter().find(|finding| finding.seen.contains(word));
        let found = found.unwrap_or_else(|| panic!("{word}: {report:?}"));
        assert_eq!((found.severity, report.is_ready()), (severity, severity < Severity::Error), "{report:?}");
        assert!(!found.advice.is_empty() && !format!("{report:?}").contains("canary"), "{report:?}");
    }
    let locales = ["de-DE", "fr-FR", "xx"].map(|locale| Locale::new(locale).unwrap());
    let config = config_with(&sandbox, &[]).with_locales(locales.clone());
    let report = TrustpilotProvider::new(config).unwrap().check_setup().await.unwrap();
    let seen: Vec<_> = report.findings.iter().map(|finding| finding.seen.as_str()).collect();
    let expected = ["no template is for fr-FR", "the locale xx names no country, and none is known for it"];
    assert_eq!(seen, expected, "{report:?}");
    let config = config_with(&sandbox, &[]).with_locales([Locale::new("de-FR").unwrap()]);
    let report = TrustpilotProvider::new(config).unwrap().check_setup().await.unwrap();
    assert!(report.findings[0].seen.contains("does not know the locale de-FR"), "{report:?}");
    let well = provider(&sandbox).check_setup().await.unwrap();
    assert_eq!(well, SetupReport::new(vec![]));
    assert_eq!(sandbox.emails().len(), 0);

    let nobody = config_with(&sandbox, &[]).with_urls("http://127.0.0.1:1", "http://127.0.0.1:1").unwrap();
    let error = TrustpilotProvider::new(nobody).unwrap().check_setup().await.unwrap_err();
    assert_eq!((error.kind(), error.operation()), (ErrorKind::Transient, Some("check_setup")));
}

#[tokio::test]
async fn providers_with_one_token_file_log_in_once() {
    let sandbox = Sandbox::start().await.unwrap();
    let folder = std::env::temp_dir().join(format!("review-trustpilot-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    let provider = || {
        let store = Arc::new(FileTokenStore::new(folder.join("token")));
        TrustpilotProvider::new(config_with(&sandbox, &[]).with_token_store(store)).unwrap()
    };
    let (first, second) = (provider(), provider());
    let request = request(InviteKind::Service).build().unwrap();
    let both = || async {
        let (first, second) = tokio::join!(first.create_link(&request), second.create_link(&request));
        first.unwrap();
        second.unwrap();
        sandbox.token_requests(Vendor::Trustpilot)
    };
    assert_eq!(both().await, 1);
    sandbox.expire_tokens(Vendor::Trustpilot);
    assert_eq!(both().await, 2, "the refresh token was used once");
    assert_eq!(sandbox.requests().iter().filter(|request| request.path.ends_with("/refresh")).count(), 1);
    std::fs::remove_dir_all(&folder).unwrap();
}
