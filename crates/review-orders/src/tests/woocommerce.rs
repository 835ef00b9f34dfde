use serde_json::{Value, json};

use super::fixtures::{
    assert_verdicts, invitee, legacy, read, verdict, verdict_by, with, without, woocommerce,
};
use crate::{OrderReader, ShopSystem};

#[test]
fn a_good_order_is_read_wholly() {
    let record = read(&woocommerce());
    assert_eq!(record.system, Some(ShopSystem::WooCommerce));
    assert_eq!(record.reference.as_deref(), Some("W-91"));
    let invitee = record.outcome.unwrap();
    let customer = &invitee.customer;
    assert_eq!(customer.email().as_str(), "first@example.com");
    assert_eq!(customer.name().unwrap().full(), "Zoé Ölander");
    assert_eq!(customer.phone().unwrap().as_str(), "+33123456789");
    assert_eq!(customer.country().unwrap().as_str(), "FR");
    assert_eq!(customer.reference().unwrap().as_str(), "12");
    assert!(customer.locale().is_none() && customer.address().is_none());
    let order = &invitee.order;
    assert_eq!(order.placed_at().unwrap().to_rfc3339(), "2024-03-01T10:00:00+00:00");
    assert!(order.delivered_at().is_none());
    let tea = &order.products()[0];
    assert_eq!((tea.sku().as_str(), tea.name().as_str()), ("4711", "Tea & Co"));
    assert_eq!(tea.image_url().unwrap().as_str(), "https://shop.example.com/tea.jpg");
    assert_eq!(order.products()[1].sku().as_str(), "POT");
}

#[test]
fn the_legacy_shape_is_read_too() {
    let record = read(&json!({"order": legacy()}));
    assert_eq!(record.system, Some(ShopSystem::WooCommerce));
    assert_eq!(record.reference.as_deref(), Some("92"));
    let invitee = record.outcome.unwrap();
    assert_eq!(invitee.customer.email().as_str(), "first@example.com");
    assert_eq!(invitee.customer.name().unwrap().full(), "Zoé Ölander");
    assert!(invitee.customer.phone().is_none());
    assert_eq!(invitee.order.placed_at().unwrap().to_rfc3339(), "2024-03-01T10:00:00+00:00");
    assert_eq!(invitee.order.products().len(), 1);
}

#[test]
fn each_marker_keeps_its_customer_from_being_invited() {
    let consent = json!({"key": "review_invitation_consent", "value": true});
    let mode = |mode: &str| json!([consent, {"key": "_wcpay_mode", "value": mode}]);
    let part = "partly refunded: refunds hold an amount";
    assert_verdicts(
        &woocommerce(),
        &[
            ("/meta_data", mode("test"), "a test order: meta_data._wcpay_mode is `test`"),
            ("/meta_data", mode("prod"), "invited"),
            ("/status", json!("cancelled"), "cancelled: status is `cancelled`"),
            ("/status", json!("failed"), "cancelled: status is `failed`"),
            ("/status", json!("trash"), "cancelled: status is `trash`"),
            ("/status", json!("refunded"), "refunded: status is `refunded`"),
            ("/status", json!("pending"), "not paid: status is `pending`"),
            ("/status", json!("on-hold"), "not paid: status is `on-hold`"),
            ("/status", json!("draft"), "not paid: status is `draft`"),
            ("/status", json!("auto-draft"), "not paid: status is `auto-draft`"),
            ("/status", json!("checkout-draft"), "not paid: status is `checkout-draft`"),
            ("/status", json!("processing"), "not fulfilled: status is `processing`, expected `completed`"),
            ("/status", json!("shipped"), "not fulfilled: status is `shipped`, expected `completed`"),
            ("/status", json!("wc-completed"), "invited"),
            ("/status", json!(null), "not fulfilled: the record does not say: status is missing"),
            ("/refunds", json!([{"id": 1, "total": "-10.00"}]), part),
            ("/refunds", json!([{"id": 1, "total": -10}]), part),
            ("/refunds", json!([{"id": 1}]), part),
            ("/refunds", json!([{"id": 1, "total": "0.00"}]), "invited"),
            (
                "/refunds",
                json!([{"total": "-10.10"}, {"total": "-19.90"}]),
                "refunded: refunds hold the order's total",
            ),
            ("/refunds", json!(null), "invited"),
        ],
    );
    let generous = OrderReader::new().with_partial_refunds(true);
    for (refund, expected) in [("-29.99", "invited"), ("-30.00", "refunded: refunds hold the order's total")]
    {
        let order = with(woocommerce(), &[("/refunds", json!([{"total": refund}]))]);
        assert_eq!(verdict_by(&generous, &order), expected);
    }
}

#[test]
fn a_completed_order_needs_a_payment_date() {
    let unpaid = "not paid: there is no payment date: neither date_paid_gmt nor date_paid holds one";
    for (gmt, local, expected) in [
        (json!(null), json!(null), unpaid),
        (json!(""), json!("0000-00-00T00:00:00"), unpaid),
        (json!("soon"), json!(null), unpaid),
        (json!(null), json!("2024-03-01T12:05:00"), "invited"),
        (json!("2024-03-01T12:05:00Z"), json!(null), "invited"),
    ] {
        let order = with(woocommerce(), &[("/date_paid_gmt", gmt), ("/date_paid", local)]);
        assert_eq!(verdict(&order), expected, "{order}");
    }
    assert_eq!(verdict(&without(woocommerce(), &["/date_paid", "/date_paid_gmt"])), unpaid);
    assert_verdicts(
        &legacy(),
        &[
            ("/payment_details/paid", json!(false), "not paid: payment_details.paid is false"),
            ("/payment_details/paid", json!("false"), "not paid: payment_details.paid is false"),
            (
                "/payment_details/paid",
                json!(null),
                "not paid: the record does not say: payment_details.paid is missing",
            ),
            (
                "/payment_details",
                json!([]),
                "not paid: the record does not say: payment_details.paid is missing",
            ),
        ],
    );
}

#[test]
fn the_first_usable_number_is_the_reference() {
    for (number, id, expected) in [
        (json!("#91"), json!(1), Some("#91")),
        (json!(91), json!(1), Some("91")),
        (json!(""), json!(1), Some("1")),
        (json!(null), json!("1"), Some("1")),
        (json!(null), json!(1.0), None),
    ] {
        let order = with(woocommerce(), &[("/number", number), ("/id", id)]);
        let record = read(&order);
        assert_eq!(record.reference.as_deref(), expected, "{order}");
        assert_eq!(record.outcome.is_ok(), expected.is_some());
    }
}

#[test]
fn the_first_usable_address_is_written_to() {
    let order = with(legacy(), &[("/billing_address/email", json!("scrambled@scrambled"))]);
    assert_eq!(invitee(&order).customer.email().as_str(), "third@example.com");
    assert_eq!(
        verdict(&with(woocommerce(), &[("/billing", json!([]))])),
        "no usable e-mail address: billing.email is missing or empty, customer.email is missing or empty"
    );
}

#[test]
fn decorations_are_taken_where_they_are_usable() {
    for (pointer, value, name) in [
        ("/billing/first_name", json!(""), Some("Ölander")),
        ("/billing/last_name", json!(null), Some("Zoé")),
        ("/billing", json!({"email": "a@example.com", "name": "Jane van Doe"}), Some("Jane van Doe")),
        ("/billing", json!({"email": "a@example.com", "first_name": 5}), None),
    ] {
        let customer = invitee(&with(woocommerce(), &[(pointer, value)])).customer;
        let found = customer.name().map(review_core::CustomerName::full);
        assert_eq!(found.as_deref(), name);
    }
    for (id, expected) in [
        (json!(0), None),
        (json!("0"), None),
        (json!(null), None),
        (json!(-1.5), None),
        (json!("12"), Some("12")),
        (json!(115_310_627_314_723_954_u64), Some("115310627314723954")),
    ] {
        let customer = invitee(&with(woocommerce(), &[("/customer_id", id)])).customer;
        assert_eq!(customer.reference().map(|reference| reference.as_str().to_owned()).as_deref(), expected);
    }
    let consent = json!({"key": "review_invitation_consent", "value": 1});
    for (language, expected) in [(json!("pt_BR"), Some("pt-BR")), (json!("german"), None), (json!(4), None)] {
        let meta = json!([consent, {"key": "wpml_language", "value": language}]);
        let customer = invitee(&with(woocommerce(), &[("/meta_data", meta)])).customer;
        assert_eq!(customer.locale().map(ToString::to_string).as_deref(), expected);
    }
}

#[test]
fn shop_time_without_a_zone_is_no_point_in_time() {
    let at = |changes: &[(&str, Value)]| invitee(&with(woocommerce(), changes)).order.placed_at();
    assert_eq!(at(&[("/date_created_gmt", json!(null))]), None);
    assert_eq!(at(&[("/date_created_gmt", json!("0000-00-00T00:00:00")), ("/date_created", json!(7))]), None);
    let zoned =
        at(&[("/date_created_gmt", json!("")), ("/date_created", json!("2024-03-01T12:00:00+02:00"))]);
    assert_eq!(zoned, Some("2024-03-01T10:00:00Z".parse().unwrap()));
}

#[test]
fn parts_of_bundles_are_no_products_of_their_own() {
    let order = with(
        woocommerce(),
        &[(
            "/line_items",
            json!([
                {"sku": "A", "name": "Box"}, {"sku": "B", "name": "Part", "bundled_by": "315"},
                {"sku": "C", "name": "Part", "composite_parent": 315}, {"sku": "D", "name": "Alone", "bundled_by": "0"},
                {"sku": "E", "name": "Alone", "composite_parent": [], "bundled_by": null},
                {"sku": "F", "name": "Odd picture", "image": {"src": "javascript:alert(1)"}},
                {"sku": "G", "name": "Odd picture", "image": []}
            ]),
        )],
    );
    let invitee = invitee(&order);
    let skus: Vec<_> = invitee.order.products().iter().map(|product| product.sku().as_str()).collect();
    assert_eq!(skus, ["A", "D", "E", "F", "G"]);
    assert!(invitee.order.products().iter().all(|product| product.image_url().is_none()));
}
