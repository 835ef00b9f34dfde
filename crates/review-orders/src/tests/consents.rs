use serde_json::{Value, json};

use super::fixtures::{
    assert_verdicts, eligible, generic, parse, shopify, verdict, verdict_by, verdict_of, with, without,
    woocommerce,
};
use crate::{ConsentSource, Policy};

fn granted() -> Policy {
    Policy::default().with_consent(ConsentSource::Granted { source: "form of 2024".to_owned() })
}

#[test]
fn shopify_marketing_consent_must_not_be_contradicted() {
    let state = "/customer/email_marketing_consent/state";
    assert_verdicts(
        &Policy::default(),
        &shopify(),
        &[
            (
                state,
                json!("not_subscribed"),
                "no consent: customer.email_marketing_consent.state is `not_subscribed`",
            ),
            (
                state,
                json!("jane"),
                "no consent: customer.email_marketing_consent.state is an unknown text of 4",
            ),
            (state, json!(null), "no consent: customer.email_marketing_consent.state is missing"),
            ("/buyer_accepts_marketing", json!(false), "no consent: buyer_accepts_marketing is `no`"),
            ("/buyer_accepts_marketing", json!("later"), "buyer_accepts_marketing: expected true or false"),
            ("/customer/accepts_marketing", json!(false), "no consent: customer.accepts_marketing is `no`"),
            ("/customer/email_marketing_consent", json!(null), "ready"),
            (
                "/customer/email_marketing_consent",
                json!("x"),
                "customer.email_marketing_consent: expected an object",
            ),
        ],
    );
    let neither = without(shopify(), &["/buyer_accepts_marketing", "/customer/email_marketing_consent"]);
    assert!(
        verdict(&neither)
            .starts_with("no consent: expected a consent in customer.email_marketing_consent.state")
    );
}

#[test]
fn marketing_opt_in_counts_unless_own_field_is_set() {
    let own = Policy::default().with_consent(ConsentSource::OwnField);
    assert_eq!(verdict(&shopify()), "ready");
    let why = "no consent: expected a consent in note_attributes.review_invitation_consent, found none";
    assert!(verdict_by(&own, &shopify()).starts_with(why));
    let note = |value: &str| json!([{"name": "review_invitation_consent", "value": value}]);
    assert_verdicts(
        &own,
        &shopify(),
        &[
            ("/note_attributes", note("yes"), "ready"),
            ("/note_attributes", note("no"), "no consent: note_attributes.review_invitation_consent is `no`"),
            (
                "/note_attributes",
                note("?"),
                "no consent: note_attributes.review_invitation_consent is neither",
            ),
        ],
    );
    assert_eq!(verdict_by(&own, &generic()), "ready");
    assert_eq!(verdict_by(&own, &woocommerce()), "ready");
}

#[test]
fn own_consent_field_decides_in_any_spelling() {
    for name in ["review_invitation_consent", "Review-Invitation Consent", "_reviewInvitationConsent"] {
        let note =
            |value: Value| with(shopify(), &[("/note_attributes", json!([{"name": name, "value": value}]))]);
        assert!(
            verdict(&note(json!("no")))
                .starts_with("no consent: note_attributes.review_invitation_consent is `no`")
        );
        assert!(verdict(&note(json!("perhaps"))).contains("is neither `yes` nor `no`"));
        let yes = with(note(json!("on")), &[("/buyer_accepts_marketing", json!(false))]);
        assert_eq!(eligible(&yes).consent.source, "note_attributes.review_invitation_consent");
    }
}

#[test]
fn doubled_consent_counts_by_its_stricter_value() {
    let twice = json!([
        {"key": "review_invitation_consent", "value": "yes"},
        {"key": "Review_Invitation_Consent", "value": "no"}
    ]);
    let order = with(woocommerce(), &[("/meta_data", twice)]);
    assert!(verdict(&order).starts_with("no consent: meta_data.review_invitation_consent is `no`"));
    for (base, member) in [(shopify(), "buyer_accepts_marketing"), (generic(), "consent")] {
        for member in [member.to_owned(), member.to_uppercase()] {
            let doubled = base.to_string().replacen('{', &format!("{{\"{member}\": false,"), 1);
            assert!(verdict_of(&parse(doubled)[0]).starts_with("no consent"), "{member}");
        }
    }
    let state = "\"email_marketing_consent\":{";
    let doubled = shopify().to_string().replace(state, &format!("{state}\"state\":\"unsubscribed\","));
    assert!(verdict_of(&parse(doubled)[0]).contains("state is `unsubscribed`"));
}

#[test]
fn granted_consent_is_overruled_by_the_own_field_only() {
    let order = with(shopify(), &[("/buyer_accepts_marketing", json!(false))]);
    assert_eq!(super::fixtures::eligible_by(&granted(), &order).consent.source, "form of 2024");
    let declined =
        with(order, &[("/note_attributes", json!([{"name": "review_invitation_consent", "value": 0}]))]);
    assert!(verdict_by(&granted(), &declined).starts_with("no consent"));
}

#[test]
fn consent_field_has_a_setting() {
    let policy = Policy::default().with_consent_field("ask_me");
    let order = with(woocommerce(), &[("/meta_data", json!([{"key": "ask_me", "value": true}]))]);
    assert_eq!(verdict_by(&policy, &order), "ready");
    assert!(
        verdict_by(&policy, &woocommerce()).starts_with("no consent: expected a consent in meta_data.ask_me")
    );
    let custom = with(without(generic(), &["/consent"]), &[("/ask_me", json!("y"))]);
    assert_eq!(verdict_by(&policy, &custom), "ready");
}
