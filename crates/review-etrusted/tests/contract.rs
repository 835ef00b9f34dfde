//! The operations of the contract besides sending, and the direct route, against the sandbox.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test may panic")]

mod common;

use std::time::Duration;

use common::*;
use futures_util::TryStreamExt;
use review_core::*;
use review_etrusted::*;
use review_sandbox::{EmailKind, Sandbox, USER_DEFINED_CHANNEL};
use serde_json::{Value, json};

/// The mail template of the sandbox's account.
const MAIL: &str = "tpl-inv-12261ad3-d36b-4a3a-a4ab-850920d7b11f";

fn template(id: &str) -> TemplateId {
    TemplateId::new(id).unwrap()
}

fn direct(sandbox: &Sandbox, kind: InviteKind, questionnaire: &str) -> EtrustedProvider {
    let config = config(sandbox, "shipped")
        .with_direct_invites(template(MAIL), template(questionnaire))
        .with_event_type_asking_for(kind);
    EtrustedProvider::new(config).unwrap()
}

fn user_defined(sandbox: &Sandbox) -> EtrustedProvider {
    let [id, secret, api, login] =
        ["ETRUSTED_CLIENT_ID", "ETRUSTED_CLIENT_SECRET", "ETRUSTED_API_URL", "ETRUSTED_LOGIN_URL"]
            .map(|name| sandbox.env_var(name).unwrap());
    let channel = ChannelRef::UserDefined(USER_DEFINED_CHANNEL.to_owned());
    let config =
        EtrustedConfig::new(id.into(), secret.into(), channel, EventTypeName::new("shipped").unwrap())
            .unwrap();
    EtrustedProvider::new(config.with_urls(&api, &login).unwrap()).unwrap()
}

fn sent(sandbox: &Sandbox, path: &str) -> Vec<Value> {
    let sent = sandbox.requests().into_iter().filter(|request| request.path == path);
    sent.map(|request| request.json().unwrap()).collect()
}

fn key(reference: &str, kind: InviteKind) -> InviteKey {
    let reference = OrderReference::new(reference).unwrap();
    InviteKey { instance: "etrusted".to_owned(), reference, kind }
}

#[tokio::test]
async fn a_link_is_made_and_no_mail_is_sent() {
    let sandbox = Sandbox::start().await.unwrap();
    let provider = provider(&sandbox, "shipped");
    let customer = customer()
        .with_phone(PhoneNumber::new("+43123456789").unwrap())
        .with_address(PostalAddress::new("Anystr. 17, 12345 Anycity").unwrap())
        .with_reference(CustomerReference::new("17").unwrap());
    let order = order("1001")
        .with_placed_at("2024-02-03T04:05:06Z".parse().unwrap())
        .with_estimated_delivery("2024-02-10".parse().unwrap())
        .with_metadata("key", "value");
    let request = InviteRequest::builder(customer, order, Consent::granted("checkbox")).build().unwrap();
    let link = provider.create_link(&request).await.unwrap();
    assert_eq!((link.url.scheme(), link.url.host_str()), ("https", Some("etru.st")));
    assert!(!format!("{link:?}").contains(link.url.path()), "{link:?}");
    assert_eq!(link.warnings[0].field(), "customer.locale");
    assert_eq!(
        sent(&sandbox, "/questionnaire-links"),
        [json!({
            "questionnaireTemplate": { "id": STANDARD },
            "customer": {
                "email": "zoe+shop@example.com", "firstName": "Zoë", "lastName": "Müller & Söhne",
                "address": "Anystr. 17, 12345 Anycity", "mobile": "+43123456789"
            },
            "channel": { "id": sandbox.env_var("ETRUSTED_CHANNEL_ID").unwrap(), "type": "etrusted" },
            "transaction": { "reference": "1001", "date": "2024-02-03T04:05:06.000Z" },
            "metadata": { "key": "value" },
            "system": "review-invites", "systemVersion": env!("CARGO_PKG_VERSION")
        })]
    );
    assert_eq!(sandbox.emails().len(), 0);
}

#[tokio::test]
async fn the_questionnaire_of_a_link_follows_the_kind_or_the_configuration() {
    let sandbox = Sandbox::start().await.unwrap();
    use InviteKind::{Product, Service, ServiceAndProduct};
    let extended = "tpl-qst-baaec16a-7fd6-4815-b119-9aadea3cf986";
    let chosen = config(&sandbox, "shipped").with_questionnaire_template(template(extended));
    let chosen = EtrustedProvider::new(chosen).unwrap();
    for (provider, kind) in [
        (&provider(&sandbox, "shipped"), Service),
        (&provider(&sandbox, "shipped"), Product),
        (&provider(&sandbox, "shipped"), ServiceAndProduct),
        (&chosen, Product),
    ] {
        provider.create_link(&request("1").kind(kind).build().unwrap()).await.unwrap();
    }
    let sent = sent(&sandbox, "/questionnaire-links");
    let found: Vec<_> = sent
        .iter()
        .map(|link| (link["questionnaireTemplate"]["id"].as_str().unwrap(), link.get("products").is_some()))
        .collect();
    assert_eq!(
        found,
        [(STANDARD, false), (PRODUCT_ONLY, true), (STANDARD, true), (extended, true)],
        "products only where they are asked for"
    );
}

#[tokio::test]
async fn wishes_a_link_cannot_carry_are_refused_before_anything_is_sent_or_dropped() {
    let sandbox = Sandbox::start().await.unwrap();
    // The direct route can schedule and choose templates; its links cannot.
    let provider = direct(&sandbox, InviteKind::Service, STANDARD);
    let wish = request("1")
        .send_at(SendAt::Now)
        .template(template(MAIL))
        .tag(Tag::new("a").unwrap())
        .redirect_url("https://shop.example/thanks".parse().unwrap())
        .location(LocationId::new("a").unwrap())
        .reply_to(EmailAddress::new("reply@example.com").unwrap())
        .sender(Sender { name: Some(PersonName::new("Shop").unwrap()), email: None });
    let error = provider.create_link(&wish.clone().build().unwrap()).await.unwrap_err();
    let fields: Vec<_> = error.fields().iter().map(FieldError::field).collect();
    assert_eq!(fields, ["send_at", "template", "tags", "redirect_url", "location", "reply_to", "sender"]);
    assert_eq!((error.kind(), error.operation()), (ErrorKind::Unsupported, Some("create_link")));
    assert_eq!(sandbox.requests().len(), 0);
    let degraded = wish.on_unsupported(OnUnsupported::Degrade).build().unwrap();
    assert_eq!(provider.create_link(&degraded).await.unwrap().warnings.len(), 8, "and the locale");
}

#[tokio::test]
async fn mails_are_ordered_directly() {
    let sandbox = Sandbox::start().await.unwrap();
    let provider = direct(&sandbox, InviteKind::Product, PRODUCT_ONLY);
    let capabilities = provider.capabilities();
    assert!(capabilities.supports(Feature::Scheduling) && capabilities.supports(Feature::Template));
    assert!(!common::provider(&sandbox, "shipped").capabilities().supports(Feature::Scheduling));
    let own = "tpl-inv-3f0a9c1e-5b2d-4a7f-8e61-0c4d9b7a2f15";
    let at = sandbox.now() + Duration::from_secs(86_400);
    let request = request("1001").kind(InviteKind::Product).template(template(own)).send_at(SendAt::At(at));
    let request = request.build().unwrap();
    let preview = format!("{:?}", provider.preview(&request).unwrap());
    assert!(preview.contains("/invites") && preview.contains(own) && !preview.contains("zoe"), "{preview}");
    assert_eq!(sandbox.requests().len(), 0);
    let receipt = provider.send_invite(&request).await.unwrap();
    assert_eq!((receipt.state, receipt.warnings), (InviteState::Scheduled(at), vec![]));
    assert_eq!(
        sent(&sandbox, "/invites"),
        [json!({
            "channel": { "id": sandbox.env_var("ETRUSTED_CHANNEL_ID").unwrap(), "type": "etrusted" },
            "system": "review-invites", "systemVersion": env!("CARGO_PKG_VERSION"),
            "invites": [{
                "questionnaireTemplate": { "id": PRODUCT_ONLY }, "template": { "id": own },
                "customer": {
                    "email": "zoe+shop@example.com", "firstName": "Zoë", "lastName": "Müller & Söhne"
                },
                "locale": "de_AT",
                "transaction": { "reference": "1001" },
                "products": [{
                    "sku": "A 1/2", "name": "Metal Toy Car", "url": "https://shop.example/car?a=1&b=2"
                }],
                "preferredSendTime": at.format("%Y-%m-%dT%H:%M:%S%.3fZ").to_string()
            }]
        })]
    );
    assert_eq!(sandbox.emails_for("1001")[0].kind, EmailKind::Product);
}

#[tokio::test]
async fn times_are_mapped_or_left_to_the_vendor() {
    let sandbox = Sandbox::start().await.unwrap();
    let provider = direct(&sandbox, InviteKind::Service, STANDARD);
    let past: chrono::DateTime<chrono::Utc> = "2020-01-01T00:00:00Z".parse().unwrap();
    for (number, send_at) in [SendAt::VendorDefault, SendAt::Now, SendAt::At(past)].into_iter().enumerate() {
        let request = request(&number.to_string()).send_at(send_at).build().unwrap();
        let receipt = provider.send_invite(&request).await.unwrap();
        assert_eq!(receipt.state, InviteState::Accepted, "{send_at:?}");
    }
    let sent = sent(&sandbox, "/invites");
    assert_eq!(sent[0]["invites"][0].get("preferredSendTime"), None);
    for now in &sent[1..] {
        let time: chrono::DateTime<chrono::Utc> =
            now["invites"][0]["preferredSendTime"].as_str().unwrap().parse().unwrap();
        assert!((sandbox.now() - time).num_seconds() < 60, "{time}");
    }
    let late = request("9").send_at(SendAt::After(Duration::from_secs(1), Anchor::Delivered));
    let error = provider.send_invite(&late.build().unwrap()).await.unwrap_err();
    assert_eq!((error.kind(), error.fields()[0].field()), (ErrorKind::InvalidRequest, "order.delivered_at"));
    let error = provider.ensure_setup(Setup::new()).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Unsupported);
}

#[tokio::test]
async fn an_invite_is_found_by_the_orders_reference() {
    let sandbox = Sandbox::start().await.unwrap();
    let provider = provider(&sandbox, "shipped");
    for reference in ["100", "1001"] {
        provider.send_invite(&request(reference).build().unwrap()).await.unwrap();
    }
    sandbox.advance(Duration::from_secs(60));
    let InviteLookup::Found { vendor_id, sent_at } =
        provider.find_invite(&key("100", InviteKind::Service)).await.unwrap()
    else {
        panic!("not found");
    };
    assert!(vendor_id.unwrap().starts_with("inv-"));
    assert_eq!(sent_at, None, "the delay is not over");
    let asked = sandbox.requests().into_iter().rev().find(|request| request.path.ends_with("/invites"));
    assert!(!format!("{:?}", asked.unwrap()).contains("zoe"), "no e-mail address in a URL");
    sandbox.advance(Duration::from_secs(30 * 86_400));
    let found = provider.find_invite(&key("100", InviteKind::Service)).await.unwrap();
    assert!(matches!(found, InviteLookup::Found { sent_at: Some(_), .. }), "{found:?}");
    let half = provider.find_invite(&key("100", InviteKind::ServiceAndProduct)).await.unwrap();
    assert_eq!(half, InviteLookup::Inconclusive("only the service half of it is listed".to_owned()));
    for absent in [key("10", InviteKind::Service), key("100", InviteKind::Product)] {
        let found = provider.find_invite(&absent).await.unwrap();
        let InviteLookup::Inconclusive(why) = found else { panic!("{found:?}") };
        assert!(why.contains("check_setup"), "{why}");
    }
    let calls = sandbox.requests().len();
    let found = provider.find_invite(&key("zoe@example.com", InviteKind::Service)).await.unwrap();
    let InviteLookup::Inconclusive(why) = found else { panic!("{found:?}") };
    assert!(why.contains("e-mail") && !why.contains("zoe"), "{why}");
    assert_eq!(sandbox.requests().len(), calls);
}

#[tokio::test]
async fn a_channel_of_the_shops_own_id_is_searched_by_a_header() {
    let sandbox = Sandbox::start().await.unwrap();
    let provider = user_defined(&sandbox);
    provider.send_invite(&request("1").build().unwrap()).await.unwrap();
    sandbox.advance(Duration::from_secs(60));
    let found = provider.find_invite(&key("1", InviteKind::Service)).await.unwrap();
    assert!(matches!(found, InviteLookup::Found { .. }), "{found:?}");
    let asked = sandbox.requests().into_iter().rev().find(|request| request.path.ends_with("/invites"));
    let asked = asked.unwrap();
    assert_eq!(asked.path, "/channels/user-defined/invites");
    assert_eq!(asked.header("channel-id"), Some(USER_DEFINED_CHANNEL));
}

#[tokio::test]
async fn erasing_names_the_way_there_is() {
    let sandbox = Sandbox::start().await.unwrap();
    let provider = provider(&sandbox, "shipped");
    let error = provider.erase_customer(customer().email()).await.unwrap_err();
    assert_eq!((error.kind(), error.sent()), (ErrorKind::Unsupported, Sent::No));
    assert!(error.to_string().contains("privacy@trustedshops.com"), "{error}");
    assert!(!provider.capabilities().has(Operation::EraseCustomer));
    for operation in [Operation::CreateLink, Operation::FindInvite, Operation::CheckSetup] {
        assert!(provider.capabilities().has(operation));
    }
}

#[tokio::test]
async fn reviews_are_joined_to_their_orders() {
    let sandbox = Sandbox::start().await.unwrap();
    let config = config(&sandbox, "both").with_event_type_asking_for(InviteKind::ServiceAndProduct);
    let provider = EtrustedProvider::new(config).unwrap();
    provider.ensure_setup(Setup::new().with_delay_in_days(0)).await.unwrap();
    for reference in ["1001", "10012"] {
        let request = request(reference).kind(InviteKind::ServiceAndProduct).build().unwrap();
        provider.send_invite(&request).await.unwrap();
    }
    sandbox.advance(Duration::from_secs(7 * 86_400));
    for (reference, stars) in [("1001", 4), ("10012", 2)] {
        sandbox.submit_etrusted_review(reference, stars, "Came in time.").unwrap();
    }
    let reference = OrderReference::new("1001").unwrap();
    let query =
        ReviewQuery::service().of_order(reference.clone()).since(sandbox.now() - Duration::from_secs(60));
    let reviews: Vec<_> = provider.reviews(query).try_collect().await.unwrap();
    assert_eq!(reviews.len(), 1, "{reviews:?}");
    assert_eq!((reviews[0].stars, reviews[0].text.as_deref()), (4, Some("Came in time.")));
    assert!(reviews[0].answers(&reference, InviteKind::Service) && reviews[0].written_at.is_some());
    let all: Vec<_> = provider.reviews(ReviewQuery::service()).try_collect().await.unwrap();
    assert_eq!(all.iter().filter(|review| review.reference.is_some()).count(), all.len());
    let later = ReviewQuery::service().since(sandbox.now() + Duration::from_secs(60));
    assert_eq!(provider.reviews(later).try_collect::<Vec<_>>().await.unwrap(), []);
    let error = user_defined(&sandbox).read_reviews(&ReviewQuery::service(), None).await.unwrap_err();
    assert_eq!((error.kind(), error.fields()[0].field()), (ErrorKind::Config, "channel"));
}
