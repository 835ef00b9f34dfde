//! Every documented sample, as a fixture of our own: what is sent equals it, and what is answered is
//! read from it. The transport is played, so that nothing but the sample decides.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test may panic")]

use std::fmt::Debug;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use async_trait::async_trait;
use chrono::{DateTime, SecondsFormat, Utc};
use review_core::{ErrorKind, Sent};
use review_etrusted::*;
use review_http::{
    BodyStatus, HttpResponse, HttpTransport, Personal, ResourceId, RetryPolicy, TransportError,
};
use serde_json::{Value, json};

/// Answers tokens, and everything else with one answer; keeps what was sent.
#[derive(Debug)]
struct Played {
    token: (u16, Value),
    answer: (u16, Value),
    sent: Mutex<Vec<(String, Vec<u8>)>>,
}

#[async_trait]
impl HttpTransport for Played {
    async fn send(
        &self,
        request: http::Request<bytes::Bytes>,
        _: Duration,
    ) -> Result<HttpResponse, TransportError> {
        let target = request.uri().path_and_query().unwrap().to_string();
        let (status, body) = if target == "/oauth/token" { &self.token } else { &self.answer };
        let body = if body.is_null() { Vec::new() } else { body.to_string().into_bytes() };
        self.sent.lock().unwrap().push((format!("{} {target}", request.method()), request.body().to_vec()));
        let status = http::StatusCode::from_u16(*status).unwrap();
        let headers = http::HeaderMap::new();
        Ok(HttpResponse { status, headers, body: body.into(), body_status: BodyStatus::Complete })
    }
}

struct Stage {
    played: Arc<Played>,
    client: EtrustedClient,
}

impl Stage {
    fn of(token: (u16, Value), answer: (u16, Value)) -> Self {
        let played = Arc::new(Played { token, answer, sent: Mutex::default() });
        let channel = ChannelRef::id("chl-1").unwrap();
        let config = EtrustedConfig::new(
            "<client id>".into(),
            "<client secret>".into(),
            channel,
            EventTypeName::new("shipped").unwrap(),
        );
        let config = config.unwrap().with_http(RetryPolicy::no_retries());
        let client = EtrustedClient::with_transport(config, played.clone());
        Self { played, client }
    }

    /// A stage on which every call is answered like this.
    fn new(status: u16, answer: Value) -> Self {
        Self::of((200, golden("oauth_token_response")), (status, answer))
    }

    /// The last call: method and path, and its JSON body.
    fn sent(&self) -> (String, Value) {
        let (call, body) = self.played.sent.lock().unwrap().last().unwrap().clone();
        (call, serde_json::from_slice(&body).unwrap_or_default())
    }
}

fn golden(name: &str) -> Value {
    let path = format!("{}/tests/golden/{name}.json", env!("CARGO_MANIFEST_DIR"));
    serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap()
}

/// The same with members nobody knows in every object, but for metadata, whose keys are free.
fn with_more(value: Value) -> Value {
    match value {
        Value::Array(items) => items.into_iter().map(with_more).collect(),
        Value::Object(members) => {
            let more = |(name, member): (String, Value)| {
                if name == "metadata" { (name, member) } else { (name, with_more(member)) }
            };
            let mut members: serde_json::Map<_, _> = members.into_iter().map(more).collect();
            members.insert("unheardOf".to_owned(), json!({ "a": [1, null] }));
            members.into()
        }
        value => value,
    }
}

/// The same with date-times in one form: the samples vary in the fraction, and we send three digits.
fn in_one_form(value: Value) -> Value {
    match value {
        Value::Array(items) => items.into_iter().map(in_one_form).collect(),
        Value::Object(members) => {
            members.into_iter().map(|(name, member)| (name, in_one_form(member))).collect()
        }
        Value::String(text) => match text.parse::<DateTime<Utc>>() {
            Ok(time) => time.to_rfc3339_opts(SecondsFormat::Millis, true).into(),
            Err(_) => text.into(),
        },
        value => value,
    }
}

#[track_caller]
fn assert_sent(stage: &Stage, call: &str, name: &str) {
    assert_eq!(stage.sent(), (call.to_owned(), in_one_form(golden(name))));
}

/// Reads a sample with a call, as it is and with members nobody knows: the same comes of both.
async fn read<T: Debug + PartialEq>(
    name: &str,
    call: impl AsyncFn(&EtrustedClient) -> Result<T, review_core::Error>,
) -> T {
    let plain = call(&Stage::new(200, golden(name)).client).await.unwrap();
    let more = call(&Stage::new(200, with_more(golden(name))).client).await.unwrap();
    assert_eq!(plain, more, "{name}");
    let shown = format!("{plain:?}");
    for personal in ["John", "Doe", "john.doe", "442071838750", "metaValue", "Fast delivery", "imo2h79nl"] {
        assert!(!shown.contains(personal), "{name} shows {personal}: {shown}");
    }
    plain
}

fn time(text: &str) -> Option<DateTime<Utc>> {
    Some(text.parse().unwrap())
}

fn personal(text: &str) -> Option<Personal> {
    Some(Personal::new(text))
}

fn channel(id: &str, kind: Option<&str>) -> Channel {
    Channel { id: id.to_owned(), kind: kind.map(str::to_owned) }
}

fn order(reference: &str, date: Option<&str>) -> Transaction {
    Transaction { reference: reference.to_owned(), date: date.and_then(time) }
}

fn product() -> EventProduct {
    let mut product = EventProduct::default();
    product.name = "Specialbrand T-Shirt White M".to_owned();
    product.sku = "1234-TS-WH-M".to_owned();
    product.url = Some("https://shop.example.com/article123-TS-WH-M/".to_owned());
    product.image_url = Some("https://shop.example.com/article123-TS-WH-M/image.jpg".to_owned());
    product.gtin = Some("1234567890123".to_owned());
    product.mpn = Some("23687778".to_owned());
    product.brand = Some("specialbrand".to_owned());
    product
}

fn metadata<const N: usize>(pairs: [(&str, &str); N]) -> std::collections::BTreeMap<String, Personal> {
    pairs.into_iter().map(|(key, value)| (key.to_owned(), Personal::new(value))).collect()
}

fn system() -> (String, String) {
    ("customer_system_name".to_owned(), "1.0".to_owned())
}

const CHANNEL: &str = "chl-xxxxxxxx-yyyy-xxxx-yyyy-xxxxxxxxxxxx";
const EMAIL: &str = "john.doe@example.com";

#[tokio::test]
async fn tokens() {
    let stage = Stage::new(200, json!([]));
    stage.client.channels().await.unwrap();
    let (call, form) = stage.played.sent.lock().unwrap()[0].clone();
    assert_eq!(call, "POST /oauth/token");
    let fields: serde_json::Map<_, _> = url::form_urlencoded::parse(&form)
        .map(|(name, value)| (name.into_owned(), Value::from(value.into_owned())))
        .collect();
    assert_eq!(Value::from(fields), golden("oauth_token_request_fields"));

    let more = Stage::of((200, with_more(golden("oauth_token_response"))), (200, json!([])));
    more.client.channels().await.unwrap();
    let refused = Stage::of((400, golden("oauth_token_error_400")), (200, json!([])));
    let error = refused.client.channels().await.unwrap_err();
    assert_eq!((error.kind(), error.sent()), (ErrorKind::Unauthorized, Sent::No));
    assert!(error.to_string().contains("Missing form parameter: grant_type"), "{error}");
}

#[tokio::test]
async fn events() {
    let stage = Stage::new(202, with_more(golden("event_post_response_202")));
    let mut customer = EventCustomer::new(EMAIL);
    customer.first_name = personal("John");
    customer.last_name = personal("Doe");
    customer.address = personal("Anystr. 17, 12345, Anycity, Anystate 12345");
    customer.mobile = personal("+49123456789");
    customer.reference = personal("cus-xxxxxxxx-yyyy-xxxx-yyyy-xxxxxxxxxxxx");
    let transaction = order("order-12345", Some("2017-01-01T13:30:15Z"));
    let mut event =
        Event::new("delivery", customer, channel(CHANNEL, Some("etrusted")), transaction, system());
    event.default_locale = Some("de_DE".to_owned());
    event.estimated_delivery_date = Some("2017-01-07".parse().unwrap());
    event.products = vec![product()];
    event.metadata = metadata([("metaKey1", "metaValue1"), ("metaKey2", "metaValue2")]);
    event.created_at = time("2018-02-01T17:09:41.79Z");
    let posted = stage.client.post_event(&event).await.unwrap().unwrap();
    assert_eq!(posted.event_ref, "evt-xxxxxxxx-yyyy-xxxx-yyyy-xxxxxxxxxxxx");
    assert_sent(&stage, "POST /events", "event_post_request");

    for (channel, name) in [
        (channel(CHANNEL, None), "event_post_request_minimal"),
        (channel("my-shop-view-de", Some("user_defined")), "event_post_request_user_defined_channel"),
    ] {
        let customer = EventCustomer::new(EMAIL);
        let event = Event::new("shipped", customer, channel, order("order-12345", None), system());
        stage.client.post_event(&event).await.unwrap();
        assert_sent(&stage, "POST /events", name);
    }

    let stored = read("event_get_response_200", async |client| client.event("evt-1").await).await.unwrap();
    assert_eq!(stored.event_type.as_deref(), Some("checkout"));
    assert_eq!(stored.transaction, Some(order("order-12345", Some("2017-01-01T13:30:15Z"))));
    assert_eq!(stored.channel, Some(channel(CHANNEL, Some("etrusted"))));
}

#[tokio::test]
async fn refusals_of_events() {
    for (status, kind, sent) in [
        (400, ErrorKind::InvalidRequest, Sent::Answered),
        (401, ErrorKind::Unauthorized, Sent::Answered),
        (500, ErrorKind::OutcomeUnknown, Sent::Maybe),
        (503, ErrorKind::RateLimited, Sent::Answered),
    ] {
        let body = golden(&format!("event_error_{status}"));
        let stage = Stage::new(status, with_more(body.clone()));
        let customer = EventCustomer::new(EMAIL);
        let event = Event::new("shipped", customer, channel(CHANNEL, None), order("1", None), system());
        let error = stage.client.post_event(&event).await.unwrap_err();
        assert_eq!((error.kind(), error.sent()), (kind, sent), "{error}");
        assert!(error.to_string().contains(body["Message"].as_str().unwrap()), "{error}");
    }
}

#[tokio::test]
async fn event_types() {
    let name = EventTypeName::new("submitted").unwrap();
    let stage = Stage::new(201, with_more(golden("event_type_create_response_201")));
    let made = stage.client.create_event_type(&name).await.unwrap().unwrap();
    assert_eq!((made.id.as_str(), made.active), ("ety-dff2efe0-3903-47e0-bc35-501fd10a5509", true));
    assert_sent(&stage, "POST /event-types", "event_type_create_request");
    stage.client.set_event_type_active(&made.id, false).await.unwrap();
    assert_sent(&stage, &format!("PUT /event-types/{}", made.id), "event_type_update_request");

    let listed = read("event_types_list_response", async |client| client.event_types().await).await;
    assert_eq!((listed.len(), listed[0].name.as_str()), (1, "after_sales"));
    let one = read("event_type_create_response_201", async |client| client.event_type("ety-1").await).await;
    assert_eq!(one, Some(made));

    let refused = Stage::new(400, golden("event_types_error_400"));
    let error = refused.client.create_event_type(&name).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::InvalidRequest);
    assert!(error.to_string().contains("requires property \"name\""), "{error}");
}

fn half(enabled: bool, days: Option<u32>) -> Option<InviteConfiguration> {
    let mut half = InviteConfiguration::default();
    half.enabled = Some(enabled);
    half.sending_delay_in_days = days;
    Some(half)
}

fn change(enabled: bool, days: Option<u32>) -> InviteSettingChange {
    let mut change = InviteSettingChange::default();
    change.enabled = Some(true);
    change.service_invite_configuration = half(enabled, days);
    change.product_invite_configuration = half(enabled, days);
    change
}

#[tokio::test]
async fn invite_settings() {
    let stage = Stage::new(200, golden("invite_settings_list_response"));
    let changed = stage.client.change_invite_settings_everywhere("ety-1", &change(false, Some(5))).await;
    assert_eq!(changed.unwrap().len(), 1);
    let call = "PATCH /invite-settings?event-type-id=ety-1";
    assert_sent(&stage, call, "invite_settings_patch_by_event_type_request");
    stage.client.change_invite_setting("set-1", &change(true, None)).await.unwrap();
    assert_sent(&stage, "PATCH /invite-settings/set-1", "invite_settings_patch_one_request");

    let id = ResourceId::new("chl-1").unwrap();
    let listed =
        read("invite_settings_list_response", async |client| client.invite_settings(&id).await).await;
    let service = listed[0].service_invite_configuration.clone().unwrap();
    assert_eq!((service.enabled, service.sending_delay_in_days), (Some(true), Some(5)));
    assert_eq!(service.questionnaire_template_id.as_deref(), Some(STANDARD));
    let product = listed[0].product_invite_configuration.clone().unwrap();
    assert_eq!(product.questionnaire_template_id.as_deref(), Some(PRODUCT_ONLY));
    let one = Stage::new(200, golden("invite_settings_list_response")[0].clone());
    assert_eq!(one.client.invite_setting("set-1").await.unwrap().as_ref(), listed.first());

    let refused = Stage::new(400, golden("invite_settings_error_400"));
    let error = refused.client.change_invite_setting("set-1", &change(true, None)).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::InvalidRequest);
    assert!(error.to_string().contains("<text>"), "{error}");
}

#[tokio::test]
async fn channels() {
    let listed = read("channels_list_response_200", async |client| client.channels().await).await;
    let first = &listed[0];
    assert_eq!((first.name.as_deref(), first.locale.as_deref()), (Some("my_example_channel"), Some("en_US")));
    assert_eq!(first.logo_url.as_deref(), Some("https://shop.example.com/logo.png"));

    let stage = Stage::new(200, with_more(golden("channel_update_response_200")));
    let mut update = ChannelUpdate::new("my_example_channel");
    update.address = first.address.clone();
    update.url = first.url.clone();
    update.logo_url = first.logo_url.clone();
    update.locale = first.locale.clone();
    stage.client.update_channel(&ResourceId::new("chl-1").unwrap(), &update).await.unwrap();
    assert_sent(&stage, "PUT /channels/chl-1", "channel_update_request");
}

#[tokio::test]
async fn questionnaire_links() {
    let mut customer = LinkCustomer::new(EMAIL);
    customer.id = personal("cst-xxxxxxxx-yyyy-xxxx-yyyy-xxxxxxxxxxxx");
    customer.first_name = personal("John");
    customer.last_name = personal("Doe");
    customer.mobile = personal("+49123456789");
    customer.address = personal("Anystr. 17, 12345");
    let transaction = order("order-12345", Some("2017-01-01T13:30:15Z"));
    let channel = channel(CHANNEL, Some("etrusted"));
    let mut link = NewQuestionnaireLink::new(STANDARD, customer, channel, transaction, system());
    link.event_type = Some("sales".to_owned());
    link.products = vec![product()];
    link.metadata = metadata([("metaKey1", "metaValue1"), ("metaKey2", "metaValue2")]);
    let made =
        read("questionnaire_link_response_200", async |client| client.create_questionnaire_link(&link).await);
    assert_eq!(made.await.link.as_str(), "https://etru.st/imo2h79nl");
    let stage = Stage::new(200, golden("questionnaire_link_response_200"));
    stage.client.create_questionnaire_link(&link).await.unwrap();
    assert_sent(&stage, "POST /questionnaire-links", "questionnaire_link_request");
}

#[tokio::test]
async fn invites() {
    let mut customer = Invitee::new(EMAIL);
    customer.first_name = personal("John");
    customer.last_name = personal("Doe");
    let mut invite = NewInvite::new(
        "tpl-qst-12261ad3-d36b-4a3a-a4ab-850920d7b11f",
        "tpl-inv-12261ad3-d36b-4a3a-a4ab-850920d7b11f",
        customer,
        order("ORDER-121416990", Some("2017-11-01T13:30:15Z")),
    );
    invite.locale = Some("de_DE".to_owned());
    invite.products = vec![product()];
    invite.preferred_send_time = time("2018-02-01T17:09:41.79Z");
    invite.metadata = metadata([("carModel", "Touareg"), ("carColor", "silver")]);
    let channel = channel("chl-f8c8c9c3-93ff-48dd-1111-629196b5955a", Some("user_defined"));
    let system = ("Magento".to_owned(), "1.0.0".to_owned());
    let mut invites = NewInvites::new(channel.clone(), system, vec![invite]);
    // Nothing of the answer is documented.
    for (status, answer) in [(200, json!({ "invites": [{ "id": "inv-1" }] })), (202, Value::Null)] {
        let ids = usize::from(!answer.is_null());
        let stage = Stage::new(status, answer);
        assert_eq!(stage.client.post_invites(&invites).await.unwrap().ids.len(), ids);
        assert_sent(&stage, "POST /invites", "invites_post_request");
    }
    invites.invites.clear();
    let error = Stage::new(200, Value::Null).client.post_invites(&invites).await.unwrap_err();
    assert_eq!((error.kind(), error.sent()), (ErrorKind::InvalidRequest, Sent::No));

    let shop = Channel { kind: Some("etrusted".to_owned()), ..channel };
    let page =
        read("invites_list_response_200", async |client| client.invites(&shop, None, None).await).await;
    assert_eq!((page.total_elements, page.items.len()), (Some(95), 1));
    assert_eq!(page.after.as_deref(), Some("inv-xxxxxxxb-yyyy-xxxx-yyyy-xxxxxxxxxxxx"));
    let invite = &page.items[0];
    assert_eq!(invite.review_type.as_deref(), Some("SERVICE_REVIEW"));
    assert_eq!(invite.transaction.as_ref().unwrap().reference.as_deref(), Some("ORDER-12792"));
    assert_eq!(invite.sent_at, time("2018-02-01T17:09:41.790Z"));
    let customer = invite.customer.as_ref().unwrap();
    assert_eq!(customer.phone_number, personal("442071838750"), "a number in the sample");
    assert_eq!((customer.consents.len(), customer.consents[0].given), (1, false));
    assert_eq!(invite.status, None, "cut off in the sample");

    let mut odd = golden("invites_list_response_200");
    odd["items"][0]["status"] = json!({ "code": "SENT", "to": EMAIL });
    odd["items"][0]["customer"]["phoneNumber"] = "+442071838750".into();
    let page = Stage::new(200, odd).client.invites(&shop, None, None).await.unwrap();
    let status = page.items[0].status.as_ref().unwrap();
    assert!(status.as_json().contains("SENT") && !format!("{page:?}").contains(EMAIL));
    assert_eq!(page.items[0].customer.as_ref().unwrap().phone_number, personal("+442071838750"));
}

#[tokio::test]
async fn a_refusal_that_quotes_what_was_sent_shows_no_person() {
    let said = "no john.doe@example.com, John Doe, canary, Anystr. 17 or +49123456789";
    let stage = Stage::new(400, json!({ "Error": "Invalid request", "ErrorDescription": said }));
    let client = &stage.client;
    let mut invitee = Invitee::new(EMAIL);
    invitee.first_name = personal("John");
    invitee.last_name = personal("Doe");
    let mut invite = NewInvite::new("tpl-qst-1", "tpl-inv-1", invitee, order("1", None));
    invite.metadata = metadata([("note", "canary")]);
    let invites = NewInvites::new(channel(CHANNEL, Some("etrusted")), system(), vec![invite]);
    let mut customer = LinkCustomer::new(EMAIL);
    customer.first_name = personal("John");
    customer.last_name = personal("Doe");
    customer.mobile = personal("+49123456789");
    customer.address = personal("Anystr. 17");
    let mut link =
        NewQuestionnaireLink::new(STANDARD, customer, channel(CHANNEL, None), order("1", None), system());
    link.metadata = metadata([("note", "canary")]);
    let all_of_it = Personal::new("John Doe, canary");
    let mut veto = NewVeto::new(VetoReason::Abusive, all_of_it.clone());
    veto.veto_reporter_email = personal(EMAIL);
    for error in [
        client.post_invites(&invites).await.unwrap_err(),
        client.create_questionnaire_link(&link).await.unwrap_err(),
        client.reply_to_review("rev-1", &all_of_it, None).await.unwrap_err(),
        client.post_veto("rev-1", &veto).await.unwrap_err(),
    ] {
        let shown = format!("{error} {error:?}");
        assert!(shown.contains("the vendor says"), "{shown}");
        for value in ["john", "John", "Doe", "canary", "+4912"] {
            assert!(!shown.contains(value), "{shown}");
        }
    }
    for (debug, name) in [(format!("{invites:?}"), "invites"), (format!("{link:?}"), "link")] {
        assert!(!debug.contains("John") && !debug.contains("canary"), "{name}: {debug}");
    }
}

#[tokio::test]
async fn reviews() {
    let filter = ReviewFilter::new();
    let page = read("reviews_list_response_200", async |client| client.reviews(&filter, None).await).await;
    assert_eq!((page.items.len(), page.after.as_deref()), (1, None), "the last page");
    let review = &page.items[0];
    assert_eq!((review.rating, review.state.as_deref()), (Some(5), Some("APPROVED")));
    assert_eq!(review.comment, personal("Fast delivery."));
    assert_eq!(review.transaction.as_ref().unwrap().reference.as_deref(), Some("order-12345"));
    assert_eq!(review.event.as_ref().unwrap().event_type.as_deref(), Some("shipped"));
    assert_eq!(review.metadata.len(), 2);
    let minimal = read("reviews_list_response_200", async |client| {
        client.minimal_reviews(&filter, Some("rev-1")).await
    });
    assert_eq!(minimal.await, page);

    let count = read("reviews_count_response_200", async |client| client.count_reviews(&filter).await);
    assert_eq!(count.await.total_elements, 70);
}

#[tokio::test]
async fn the_rating() {
    let id = ResourceId::new("chl-1").unwrap();
    let rating =
        read("aggregate_rating_response_200", async |client| client.aggregate_rating(&id).await).await;
    let spans =
        [rating.last_7_days, rating.last_30_days, rating.last_90_days, rating.last_365_days, rating.overall];
    let read: Vec<_> = spans.iter().flatten().map(|span| (span.count, span.rating)).collect();
    assert_eq!(read, [(0, 0.0), (0, 0.0), (2, 3.5), (5, 4.4), (70, 3.51)]);
    let year = spans[3].as_ref().unwrap();
    assert_eq!(year.distribution.unwrap().five_stars, 4);
    assert_eq!(year.period.as_ref().unwrap().rating_trend.as_deref(), Some("POSITIVE"));
}
