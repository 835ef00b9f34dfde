//! The provider against the sandbox, over real sockets.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test may panic")]

mod common;

use std::sync::Arc;
use std::time::Duration;

use common::{provider, request};
use futures_util::TryStreamExt;
use review_core::model::{OrderReference, SendAt};
use review_core::provider::{InviteLookup, InviteState, ReviewInviteProvider, SetupStatus};
use review_core::reviews::{ReviewQuery, ReviewReaderExt};
use review_core::wrappers::{Dedup, MemoryDedupStore};
use review_core::{ErrorKind, InviteKind, RetryAdvice};
use review_sandbox::{EmailKind, Fault, FaultRule, Sandbox};
use review_webwinkelkeur::WebwinkelkeurClient;

#[tokio::test]
async fn invitation_leads_to_one_email() {
    let sandbox = Sandbox::start().await.unwrap();
    let receipt = provider(&sandbox, &[]).send_invite(&request("1001").build().unwrap()).await.unwrap();
    assert_eq!((receipt.state, receipt.warnings), (InviteState::Accepted, vec![]));
    let emails = sandbox.emails_for("1001");
    assert_eq!(
        (emails.len(), emails[0].kind, emails[0].locale.as_deref()),
        (1, EmailKind::Service, Some("nl"))
    );
}

#[tokio::test]
async fn products_arrive_in_the_documented_text() {
    let sandbox = Sandbox::start().await.unwrap();
    let provider = provider(&sandbox, &[("phone_numbers", "true")]);
    let request = request("1001").kind(InviteKind::ServiceAndProduct).build().unwrap();
    provider.send_invite(&request).await.unwrap();
    let emails = sandbox.emails_for("1001");
    assert_eq!(
        (emails[0].kind, emails[0].skus.as_slice()),
        (EmailKind::ServiceAndProduct, &["A 1/2".to_owned()][..])
    );
    let seen = sandbox.requests().pop().unwrap();
    assert!(String::from_utf8_lossy(&seen.body).contains("+31201234567"));
}

#[tokio::test]
async fn second_request_is_already_invited() {
    let sandbox = Sandbox::start().await.unwrap();
    let provider = provider(&sandbox, &[]);
    let request = request("1001").build().unwrap();
    provider.send_invite(&request).await.unwrap();
    assert_eq!(provider.send_invite(&request).await.unwrap().state, InviteState::AlreadyInvited);
    assert_eq!(sandbox.emails_for("1001").len(), 1);
}

#[tokio::test]
async fn delay_is_kept_until_the_day() {
    let sandbox = Sandbox::start().await.unwrap();
    let at = sandbox.now() + Duration::from_secs(47 * 3600);
    let request = request("1001").send_at(SendAt::At(at)).build().unwrap();
    let receipt = provider(&sandbox, &[]).send_invite(&request).await.unwrap();
    let InviteState::ScheduledOn(day) = receipt.state else { unreachable!("{receipt:?}") };
    let sent = sandbox.emails_for("1001")[0].send_at.unwrap();
    assert!(sent >= at && sent.date_naive() >= day, "{sent}");
}

#[tokio::test]
async fn unknown_outcome_is_found_by_a_lookup() {
    let sandbox = Sandbox::start().await.unwrap();
    let provider = provider(&sandbox, &[]);
    let dedup = Dedup::new(provider.clone(), Arc::new(MemoryDedupStore::new()));
    let lost = FaultRule::new("reset-after-commit".parse::<Fault>().unwrap());
    sandbox.add_fault(lost.with_method("POST").with_max_hits(1)).unwrap();
    let request = request("1001").build().unwrap();
    let key = request.key(provider.info());
    let error = dedup.send_invite(&request).await.unwrap_err();
    assert_eq!((error.kind(), error.retry_advice()), (ErrorKind::OutcomeUnknown, RetryAdvice::Reconcile));
    // Until it is looked up, nothing is sent again.
    assert_eq!(dedup.send_invite(&request).await.unwrap_err().kind(), ErrorKind::OutcomeUnknown);
    let found = dedup.find_invite(&key.clone().into()).await.unwrap();
    assert!(matches!(found, InviteLookup::Found(_)), "{found:?}");
    dedup.confirm_sent(&key).await.unwrap();
    assert_eq!(dedup.send_invite(&request).await.unwrap().state, InviteState::AlreadyInvited);
    assert_eq!(sandbox.emails_for("1001").len(), 1);
}

#[tokio::test]
async fn request_that_never_arrived_is_not_found() {
    let sandbox = Sandbox::start().await.unwrap();
    let provider = provider(&sandbox, &[]);
    let dedup = Dedup::new(provider.clone(), Arc::new(MemoryDedupStore::new()));
    let lost = FaultRule::new("reset-before-commit".parse::<Fault>().unwrap());
    sandbox.add_fault(lost.with_method("POST").with_max_hits(1)).unwrap();
    let request = request("1001").build().unwrap();
    let key = request.key(provider.info());
    assert_eq!(dedup.send_invite(&request).await.unwrap_err().kind(), ErrorKind::OutcomeUnknown);
    assert_eq!(dedup.find_invite(&key.clone().into()).await.unwrap(), InviteLookup::NotFound);
    dedup.release(&key).await.unwrap();
    assert_eq!(dedup.send_invite(&request).await.unwrap().state, InviteState::Accepted);
    assert_eq!(sandbox.emails_for("1001").len(), 1);
}

#[tokio::test]
async fn lookup_reads_page_by_page() {
    let sandbox = Sandbox::start().await.unwrap();
    let provider = provider(&sandbox, &[]);
    for number in 0..230 {
        provider.send_invite(&request(&format!("order-{number}")).build().unwrap()).await.unwrap();
    }
    sandbox.advance(Duration::from_secs(10 * 24 * 3600));
    for (reference, pages) in [("order-229", 1), ("order-0", 3), ("order-x", 4)] {
        let before = sandbox.request_count();
        let key = request(reference).build().unwrap().key(provider.info());
        let found = provider.find_invite(&key.into()).await.unwrap();
        assert_eq!(sandbox.request_count() - before, pages, "{reference}");
        match found {
            InviteLookup::Found(status) => {
                let due = status.scheduled_at.unwrap();
                assert!(due < sandbox.now() && status.sent_at.unwrap() > due, "{status:?}");
            }
            other => assert_eq!((reference, other), ("order-x", InviteLookup::NotFound)),
        }
    }
}

#[tokio::test]
async fn reference_like_an_email_is_not_looked_up() {
    let sandbox = Sandbox::start().await.unwrap();
    let provider = provider(&sandbox, &[]);
    let request = request("jane@example.com").build().unwrap();
    let found = provider.find_invite(&request.key(provider.info()).into()).await.unwrap();
    assert!(matches!(found, InviteLookup::Inconclusive { retry_after: None, .. }), "{found:?}");
    assert_eq!(sandbox.request_count(), 0);
}

#[tokio::test]
async fn revoked_code_stops_the_account_in_both_forms() {
    let sandbox = Sandbox::start().await.unwrap();
    let provider = provider(&sandbox, &[]);
    assert_eq!(provider.check_setup().await.unwrap().status(), SetupStatus::Ready);
    sandbox.set_webwinkelkeur_code_revoked(true);
    for http_errors in [false, true] {
        sandbox.set_webwinkelkeur_http_errors(http_errors);
        let error = provider.send_invite(&request("1001").build().unwrap()).await.unwrap_err();
        assert_eq!(
            (error.kind(), error.retry_advice()),
            (ErrorKind::Unauthorized, RetryAdvice::Hold),
            "{error}"
        );
        assert_eq!(provider.check_setup().await.unwrap().status(), SetupStatus::NotReady);
    }
    assert_eq!(sandbox.emails().len(), 0);
}

#[tokio::test]
async fn reviews_of_shop_and_products_are_read() {
    let sandbox = Sandbox::start().await.unwrap();
    let provider = provider(&sandbox, &[]);
    let request = request("1001").kind(InviteKind::ServiceAndProduct).build().unwrap();
    provider.send_invite(&request).await.unwrap();
    assert!(sandbox.submit_webwinkelkeur_review("1001", 4, "Fast"));
    let since = sandbox.now() - Duration::from_secs(60);
    for query in [ReviewQuery::service().since(since), ReviewQuery::products()] {
        let is_product = query == ReviewQuery::products();
        let reviews: Vec<_> = provider.reviews(query).try_collect().await.unwrap();
        assert_eq!(reviews.len(), 1);
        assert_eq!((reviews[0].stars, reviews[0].text.as_deref()), (4, Some("Fast")));
        assert_eq!(reviews[0].sku.as_deref(), is_product.then_some("A 1/2"));
        let written = reviews[0].written_at.unwrap();
        assert!((sandbox.now() - written).num_seconds().abs() < 3600, "{written}");
    }
}

#[tokio::test]
async fn consent_of_the_pop_up_is_read() {
    let sandbox = Sandbox::start().await.unwrap();
    let provider = provider(&sandbox, &[]);
    let client = WebwinkelkeurClient::new(&provider);
    let order = OrderReference::new("1001").unwrap();
    assert!(!client.has_consent(&order).await.unwrap());
    sandbox.set_webwinkelkeur_consent("1001", true);
    assert!(client.has_consent(&order).await.unwrap());
    sandbox.set_webwinkelkeur_code_revoked(true);
    assert_eq!(client.has_consent(&order).await.unwrap_err().kind(), ErrorKind::Unauthorized);
}
