use std::time::Duration;

use chrono::DateTime;
use serde_json::json;

use super::fixtures::{eligible_by, generic, kinds, read, read_by, verdict, verdict_by, with, without};
use crate::Policy;

fn email(address: &str) -> serde_json::Value {
    with(generic(), &[("/email", json!(address))])
}

#[test]
fn reserved_domains_are_not_eligible_by_default() {
    for address in
        ["a@shop.invalid", "a@x.test", "a@x.y.example", "a@mail.localhost", "a@nas.local", "a@x.INTERNAL"]
    {
        assert_eq!(kinds(&read(&email(address))), ["reserved email domain"], "{address}");
        eligible_by(&Policy::default().with_reserved_domains(true), &email(address));
    }
    for address in ["a@example.com", "a@test.example.com", "a@contest.com"] {
        assert_eq!(verdict(&email(address)), "ready", "{address}");
    }
}

#[test]
fn erased_customers_are_not_eligible_by_default() {
    let address = email("5f4dcc3b@site.invalid");
    assert_eq!(kinds(&read(&address)), ["reserved email domain", "erased customer"]);
    let name = with(generic(), &[("/name", json!("[deleted] [deleted]"))]);
    assert_eq!(kinds(&read(&name)), ["erased customer"]);
    eligible_by(&Policy::default().with_erased_customers(true), &name);
    let parts = with(
        without(generic(), &["/name"]),
        &[("/first_name", json!("[deleted]")), ("/last_name", json!("[deleted]"))],
    );
    assert_eq!(kinds(&read(&parts)), ["erased customer"]);
}

#[test]
fn marketplace_relays_are_not_eligible_by_default() {
    for address in [
        "x@marketplace.amazon.de",
        "x@Marketplace.Amazon.co.uk",
        "x@m.marketplace.amazon.com",
        "x@members.ebay.com",
        "x@relay.walmart.com",
    ] {
        assert_eq!(kinds(&read(&email(address))), ["marketplace relay address"], "{address}");
        eligible_by(&Policy::default().with_relay_domains([""; 0]), &email(address));
    }
    for address in ["x@amazon.de", "x@notmarketplace.amazon.de", "x@marketplace.amazon.shop.example.com"] {
        assert_eq!(verdict(&email(address)), "ready", "{address}");
    }
    let policy = Policy::default().with_relay_domains(["Relay.Example.com"]);
    assert!(
        verdict_by(&policy, &email("x@relay.example.com"))
            .starts_with("marketplace relay address: email is a relay")
    );
}

#[test]
fn maximum_age_counts_from_the_latest_date() {
    let now = DateTime::from_timestamp(1_714_521_600, 0).unwrap(); // 2024-05-01
    let days = |days: u64| Policy::default().with_now(now).with_max_age(Duration::from_secs(days * 86_400));
    let order = generic(); // placed 2024-03-01, 61 days before
    assert_eq!(verdict(&order), "ready");
    assert_eq!(verdict_by(&days(61), &order), "ready");
    assert_eq!(verdict_by(&days(60), &order), "too old: 61 days, expected at most 60 (setting `max_age`)");
    for later in ["paid_at", "shipped_at", "delivered_at"] {
        let order = with(order.clone(), &[(&format!("/{later}"), json!("2024-04-20T00:00:00Z"))]);
        assert_eq!(verdict_by(&days(60), &order), "ready", "{later}");
    }
    let undated = without(order, &["/placed_at"]);
    assert!(verdict_by(&days(60), &undated).starts_with("too old: expected a date"));
    assert_eq!(verdict(&undated), "ready");
}

#[test]
fn every_reason_of_a_policy_names_its_setting() {
    let order = with(
        generic(),
        &[("/email", json!("a@x.test")), ("/status", json!("test")), ("/consent", json!(false))],
    );
    let why = read(&order).result.unwrap_err();
    let settings: Vec<_> = why.reasons().iter().map(crate::IneligibleReason::setting).collect();
    assert_eq!(settings, [Some("test_orders"), Some("reserved_domains"), Some("consent")]);
    assert!(why.to_string().contains("(setting `test_orders`)"));
    assert!(!why.is_malformed());
}

#[test]
fn generic_status_counts_if_present() {
    for (status, expected) in [
        ("delivered", "ready"),
        ("packed", "not fulfilled: status is `packed`"),
        ("cancelled", "cancelled: status is `cancelled`"),
        ("refunded", "refunded: status is `refunded`"),
        ("unpaid", "not paid: status is `unpaid`"),
    ] {
        assert!(verdict(&with(generic(), &[("/status", json!(status))])).starts_with(expected), "{status}");
    }
    let policy = Policy::default().with_shipped_statuses(["packed"]).with_test_orders(true);
    assert_eq!(verdict_by(&policy, &with(generic(), &[("/status", json!("packed"))])), "ready");
    assert_eq!(verdict_by(&policy, &with(generic(), &[("/status", json!("test"))])), "ready");
}

#[test]
fn order_with_too_many_lines_is_malformed() {
    let lines = |count: usize| with(generic(), &[("/products", json!(vec![json!({"name": "Cup"}); count]))]);
    assert_eq!(verdict_by(&Policy::default(), &lines(10_000)), "ready");
    let expected = "products: expected at most 10000 elements, found more";
    assert_eq!(verdict_by(&Policy::default(), &lines(10_001)), expected);
}

#[test]
fn invalid_optional_values_are_left_out_with_a_warning() {
    let order = with(
        generic(),
        &[
            ("/locale", json!("german")),
            ("/placed_at", json!("last Monday")),
            ("/products/0/gtin", json!("123")),
            ("/products/0/url", json!("/pen")),
            ("/products/0/image_url", json!("javascript:alert(1)")),
            ("/name", json!("Visit https://example.com")),
            ("/phone", json!("555-SHIP")),
        ],
    );
    let order = read_by(&Policy::default(), &order).result.unwrap();
    assert!(
        order.locale.is_none() && order.placed_at.is_none() && order.name.is_none() && order.phone.is_none()
    );
    let paths: Vec<_> = order.warnings.iter().map(|warning| warning.path.as_str()).collect();
    let expected =
        ["name", "locale", "placed_at", "products[0].gtin", "products[0].url", "products[0].image_url"];
    assert_eq!(paths, expected);
    assert!(order.warnings.iter().all(|warning| warning.problem.ends_with("left out")));
}
