//! The typed client's further calls against the sandbox.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test may panic")]

mod common;

use std::collections::BTreeSet;
use std::time::Duration;

use common::*;
use futures_util::{StreamExt, TryStreamExt};
use review_core::*;
use review_etrusted::*;
use review_http::{Id, Personal};
use review_sandbox::Sandbox;

const MAIL: &str = "tpl-inv-12261ad3-d36b-4a3a-a4ab-850920d7b11f";

fn client(sandbox: &Sandbox) -> EtrustedClient {
    EtrustedClient::new(config(sandbox, "shipped")).unwrap()
}

fn channel_id(sandbox: &Sandbox) -> Id {
    Id::new(&sandbox.env_var("ETRUSTED_CHANNEL_ID").unwrap()).unwrap()
}

fn channel(sandbox: &Sandbox) -> Channel {
    Channel { id: channel_id(sandbox).to_string(), kind: Some("etrusted".to_owned()) }
}

#[tokio::test]
async fn a_channel_is_changed() {
    let sandbox = Sandbox::start().await.unwrap();
    let (client, id) = (client(&sandbox), channel_id(&sandbox));
    let mut update = ChannelUpdate::new("renamed");
    update.locale = Some("en_GB".to_owned());
    client.update_channel(&id, &update).await.unwrap();
    let channels = client.channels().await.unwrap();
    let ours = channels.iter().find(|channel| channel.id == id.as_str()).unwrap();
    assert_eq!((ours.name.as_deref(), ours.locale.as_deref()), (Some("renamed"), Some("en_GB")));
    let others = channels.iter().filter(|channel| channel.name.as_deref() == Some("renamed")).count();
    assert_eq!(others, 1);
}

#[tokio::test]
async fn an_event_type_and_its_settings_are_read_and_changed() {
    let sandbox = Sandbox::start().await.unwrap();
    let client = client(&sandbox);
    let made = client.create_event_type(&EventTypeName::new("returned").unwrap()).await.unwrap().unwrap();
    assert_eq!(client.event_type(&made.id).await.unwrap(), Some(made.clone()));
    assert_eq!(client.event_type("ety-0").await.unwrap(), None);
    assert!(client.event_type("../channels").await.is_err(), "no id");

    let mut half = InviteConfiguration::default();
    half.enabled = Some(true);
    half.sending_delay_in_days = Some(2);
    let mut change = InviteSettingChange::default();
    change.service_invite_configuration = Some(half.clone());
    sandbox.reveal_invite_settings();
    let changed = client.change_invite_settings_everywhere(&made.id, &change).await.unwrap();
    let channels: BTreeSet<_> = changed.iter().filter_map(|setting| setting.channel_id.clone()).collect();
    assert_eq!((changed.len(), channels.len()), (2, 2), "one in each channel of the account");

    half.sending_delay_in_days = Some(4);
    change.service_invite_configuration = Some(half);
    client.change_invite_setting(&changed[0].id, &change).await.unwrap();
    let mut delays = Vec::new();
    for setting in &changed {
        let read = client.invite_setting(&setting.id).await.unwrap().unwrap();
        delays.push(read.service_invite_configuration.unwrap().sending_delay_in_days.unwrap());
    }
    assert_eq!(delays, [4, 2]);
    assert_eq!(client.invite_setting("set-0").await.unwrap(), None);
}

#[tokio::test]
async fn templates_are_listed_and_read() {
    let sandbox = Sandbox::start().await.unwrap();
    let client = client(&sandbox);
    let all = client.templates(&TemplateFilter::new()).await.unwrap();
    let mut own = TemplateFilter::new();
    own.is_global = Some(false);
    own.version = Some("2.1".to_owned());
    let own = client.templates(&own).await.unwrap();
    assert!(!own.is_empty() && own.len() < all.len(), "{} of {}", own.len(), all.len());
    assert!(all.iter().any(|template| template.id == STANDARD && template.name.is_some()));
    let one = client.template(STANDARD).await.unwrap().unwrap();
    assert_eq!(one.id, STANDARD);
    assert_eq!(client.template("tpl-qst-0").await.unwrap(), None);
    assert!(client.template_in(STANDARD, "de_DE").await.unwrap().is_some());
    assert_eq!(client.template_in(STANDARD, "pl_PL").await.unwrap(), None);
    let error = client.template_in(STANDARD, "de/DE").await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::InvalidRequest);
}

#[tokio::test]
async fn invites_are_read_page_by_page() {
    let sandbox = Sandbox::start().await.unwrap();
    let (client, channel) = (client(&sandbox), channel(&sandbox));
    let invite = |number: usize| {
        let transaction = Transaction { reference: format!("order-{number}"), date: None };
        NewInvite::new(STANDARD, MAIL, Invitee::new("zoe@example.com"), transaction)
    };
    let system = || ("test".to_owned(), "1".to_owned());
    let many = (0..250).map(invite).collect();
    client.post_invites(&NewInvites::new(channel.clone(), system(), many)).await.unwrap();
    sandbox.advance(Duration::from_secs(60));
    let calls = || sandbox.requests().iter().filter(|request| request.path.ends_with("/invites")).count();
    let before = calls();
    let mut invites = std::pin::pin!(client.all_invites(&channel, None));
    invites.next().await.unwrap().unwrap();
    assert_eq!(calls() - before, 1, "a page is read when it is needed");
    let rest: Vec<Invite> = invites.try_collect().await.unwrap();
    let ids: BTreeSet<_> = rest.iter().map(|invite| &invite.id).collect();
    assert_eq!((ids.len(), calls() - before), (249, 3));

    let found: Vec<_> = client.all_invites(&channel, Some("order-24")).try_collect().await.unwrap();
    assert!(
        found
            .iter()
            .any(|invite| { invite.transaction.as_ref().unwrap().reference.as_deref() == Some("order-24") })
    );
    let error = client.invites(&channel, Some("zoe@example.com"), None).await.unwrap_err();
    assert_eq!((error.kind(), error.sent()), (ErrorKind::InvalidRequest, Sent::No));
    assert!(!format!("{error} {error:?}").contains("zoe"), "{error:?}");
}

#[tokio::test]
async fn reviews_are_read_answered_and_objected_to() {
    let sandbox = Sandbox::start().await.unwrap();
    let provider = provider(&sandbox, "shipped");
    let client = provider.client();
    let ids: Vec<String> = {
        let mut ids = Vec::new();
        for (reference, stars) in [("a-1", 1), ("a-2", 2), ("a-3", 3), ("a-4", 4), ("a-5", 5)] {
            provider.send_invite(&request(reference).build().unwrap()).await.unwrap();
            sandbox.advance(Duration::from_secs(60));
            ids.push(sandbox.submit_etrusted_review(reference, stars, "Words.").unwrap());
        }
        ids
    };
    let mut all = ReviewFilter::new();
    all.channels = vec![channel_id(&sandbox).to_string()];
    all.count = Some(2);
    let found: Vec<_> = client.all_reviews(&all).try_collect().await.unwrap();
    let found: BTreeSet<_> = found.into_iter().map(|review| review.id).collect();
    assert_eq!(found, ids.iter().cloned().collect(), "over three pages");
    assert_eq!(client.count_reviews(&all).await.unwrap().total_elements, 5);

    let mut bad = ReviewFilter::new();
    bad.review_type = Some("SERVICE_REVIEW".to_owned());
    bad.ratings = vec![1, 2];
    bad.submitted_after = Some(sandbox.now() - Duration::from_secs(3600));
    bad.submitted_before = Some(sandbox.now() + Duration::from_secs(3600));
    bad.has_reply = Some(false);
    bad.order_by = Some("submittedAt".to_owned());
    let page = client.minimal_reviews(&bad, None).await.unwrap();
    let stars: BTreeSet<_> = page.items.iter().filter_map(|review| review.rating).collect();
    assert_eq!(stars, BTreeSet::from([1, 2]));

    let id = &ids[0];
    let review = client.review(id).await.unwrap().unwrap();
    assert_eq!((review.rating, review.reply), (Some(1), None));
    assert_eq!(client.review("rev-0").await.unwrap(), None);
    client.reply_to_review(id, &Personal::new("Sorry."), Some(false)).await.unwrap();
    assert!(client.review(id).await.unwrap().unwrap().reply.unwrap().as_json().contains("Sorry."));
    let replies = sandbox.requests().into_iter().filter(|request| request.path.ends_with("/reply"));
    let sent: Vec<_> = replies.map(|request| request.json().unwrap()).collect();
    assert_eq!(sent, [serde_json::json!({ "comment": "Sorry.", "sendNotification": false })]);
    client.delete_reply(id).await.unwrap();
    client.delete_reply(id).await.unwrap();
    assert_eq!(client.review(id).await.unwrap().unwrap().reply, None);

    let mut veto = NewVeto::new(VetoReason::ViolatesTheTermsOfUse, "It is an advertisement.");
    veto.veto_reporter_email = Some(Personal::new("shop@example.com"));
    assert!(!format!("{veto:?}").contains("shop@"));
    client.post_veto(id, &veto).await.unwrap();
    let vetos = client.vetos(id).await.unwrap();
    assert_eq!(vetos.len(), 1);
    assert!(vetos[0].as_json().contains("VIOLATES_THE_TERMS_OF_USE"));

    let mut personal = ReviewFilter::new();
    personal.query = Some("zoe@example.com".to_owned());
    assert_eq!(client.reviews(&personal, None).await.unwrap_err().sent(), Sent::No);
    let rating = client.aggregate_rating(&channel_id(&sandbox)).await.unwrap();
    assert_eq!(rating.last_365_days.unwrap().count, 5);
}
