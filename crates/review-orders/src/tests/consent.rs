use review_core::Consent;
use serde_json::{Value, json};

use super::fixtures::{
    assert_verdicts, invitee, read_by, shopify, verdict, verdict_by, with, without, woocommerce,
};
use crate::{ConsentRule, OrderReader};

const STATE: &str = "/customer/email_marketing_consent/state";
const OBJECT: &str = "/customer/email_marketing_consent";

fn how(order: &Value) -> (String, bool) {
    match invitee(order).consent {
        Consent::Granted { how, at } => (how, at.is_some()),
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_subscription_counts_with_its_time() {
    assert_eq!(how(&shopify()), ("customer.email_marketing_consent.state".to_owned(), true));
    let Consent::Granted { at, .. } = invitee(&shopify()).consent else { panic!() };
    assert_eq!(at, Some("2023-12-31T23:00:00Z".parse().unwrap()));
    let timeless = with(shopify(), &[("/customer/email_marketing_consent/consent_updated_at", json!("x"))]);
    assert!(!how(&timeless).1);
}

#[test]
fn any_no_of_shopify_is_a_no() {
    assert_verdicts(
        &shopify(),
        &[
            (
                STATE,
                json!("not_subscribed"),
                "no consent: customer.email_marketing_consent.state is `not_subscribed`",
            ),
            (
                STATE,
                json!("unsubscribed"),
                "no consent: customer.email_marketing_consent.state is `unsubscribed`",
            ),
            (STATE, json!("pending"), "no consent: customer.email_marketing_consent.state is `pending`"),
            (STATE, json!("redacted"), "no consent: customer.email_marketing_consent.state is `redacted`"),
            (
                STATE,
                json!("hooked"),
                "no consent: customer.email_marketing_consent.state is an unknown text of 6 characters",
            ),
            (STATE, json!(null), "no consent: customer.email_marketing_consent.state is missing"),
            (STATE, json!("SUBSCRIBED"), "invited"),
            ("/buyer_accepts_marketing", json!(false), "no consent: buyer_accepts_marketing is false"),
            ("/buyer_accepts_marketing", json!("FALSE"), "no consent: buyer_accepts_marketing is false"),
            ("/buyer_accepts_marketing", json!(null), "invited"),
            ("/customer/accepts_marketing", json!(false), "no consent: customer.accepts_marketing is false"),
            ("/customer/sms_marketing_consent", json!({"state": "unsubscribed"}), "invited"),
        ],
    );
}

#[test]
fn without_a_state_the_checkout_counts() {
    let older = without(shopify(), &[OBJECT]);
    assert_eq!(how(&older), ("buyer_accepts_marketing".to_owned(), false));
    assert_eq!(how(&with(shopify(), &[(OBJECT, json!(null))])).0, "buyer_accepts_marketing");
    let silent = "no consent: the record does not say: customer.email_marketing_consent.state, \
                  buyer_accepts_marketing and note_attributes.review_invitation_consent are missing";
    assert_verdicts(
        &older,
        &[
            ("/buyer_accepts_marketing", json!("yes"), "invited"),
            ("/buyer_accepts_marketing", json!(1), "invited"),
            ("/buyer_accepts_marketing", json!(false), "no consent: buyer_accepts_marketing is false"),
            ("/buyer_accepts_marketing", json!(null), silent),
            ("/customer/accepts_marketing", json!("0"), "no consent: customer.accepts_marketing is false"),
            ("/customer/accepts_marketing", json!(true), "invited"),
        ],
    );
    let account_only = with(
        older,
        &[("/buyer_accepts_marketing", json!(null)), ("/customer/accepts_marketing", json!(true))],
    );
    assert_eq!(verdict(&account_only), silent);
}

#[test]
fn the_own_field_wins_both_ways() {
    let refused =
        with(shopify(), &[(STATE, json!("unsubscribed")), ("/buyer_accepts_marketing", json!(false))]);
    let says = |value: &Value| json!([{"name": "review_invitation_consent", "value": value}]);
    for yes in [json!(true), json!("true"), json!("TRUE"), json!(" Yes "), json!("1"), json!(1), json!("on")]
    {
        let order = with(refused.clone(), &[("/note_attributes", says(&yes))]);
        assert_eq!(how(&order).0, "note_attributes.review_invitation_consent");
        let mut order = woocommerce();
        order["meta_data"][1]["value"] = yes;
        assert_eq!(how(&order).0, "meta_data.review_invitation_consent");
    }
    for no in [json!(false), json!("false"), json!("NO"), json!("0"), json!(0)] {
        let order = with(shopify(), &[("/note_attributes", says(&no))]);
        assert_eq!(verdict(&order), "no consent: note_attributes.review_invitation_consent says no");
        let mut order = woocommerce();
        order["meta_data"][1]["value"] = no;
        assert_eq!(verdict(&order), "no consent: meta_data.review_invitation_consent says no");
    }
    for neither in [json!(""), json!(null), json!("maybe"), json!(2), json!([true]), json!({})] {
        let order = with(shopify(), &[("/note_attributes", says(&neither))]);
        assert_eq!(
            verdict(&order),
            "no consent: note_attributes.review_invitation_consent says neither yes nor no"
        );
    }
    let torn = json!([
        {"name": "review_invitation_consent", "value": "yes"}, {"name": "review_invitation_consent", "value": "no"}
    ]);
    let order = with(shopify(), &[("/note_attributes", torn)]);
    assert_eq!(verdict(&order), "no consent: note_attributes.review_invitation_consent says no");
}

#[test]
fn the_own_field_has_the_name_the_shop_gave_it() {
    let reader = OrderReader::new().with_consent_field(" ok_reviews ");
    let order = with(woocommerce(), &[("/meta_data/1/key", json!("ok_reviews"))]);
    assert_eq!(verdict_by(&reader, &order), "invited");
    assert_eq!(
        verdict_by(&reader, &woocommerce()),
        "no consent: the record does not say: meta_data.ok_reviews is missing"
    );
}

#[test]
fn the_operators_word_counts_for_all_but_those_who_said_no() {
    let rule = ConsentRule::Granted { how: "contract".to_owned() };
    let reader = OrderReader::new().with_consent(rule);
    for order in [
        with(shopify(), &[(STATE, json!("unsubscribed")), ("/buyer_accepts_marketing", json!({}))]),
        with(woocommerce(), &[("/meta_data", json!([]))]),
        with(woocommerce(), &[("/meta_data/1/value", json!(""))]),
    ] {
        let consent = read_by(&reader, &order).outcome.unwrap().consent;
        assert_eq!(consent, Consent::granted("contract"));
    }
    let refused = with(woocommerce(), &[("/meta_data/1/value", json!("no"))]);
    assert_eq!(verdict_by(&reader, &refused), "no consent: meta_data.review_invitation_consent says no");
}
