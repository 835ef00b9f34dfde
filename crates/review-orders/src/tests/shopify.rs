use serde_json::{Value, json};

use super::fixtures::{assert_verdicts, invitee, read, shopify, verdict, verdict_by, with, without};
use crate::{OrderReader, ShopSystem};

#[test]
fn a_good_order_is_read_wholly() {
    let record = read(&shopify());
    assert_eq!(record.system, Some(ShopSystem::Shopify));
    assert_eq!((record.position, record.reference.as_deref()), (0, Some("1001")));
    let invitee = record.outcome.unwrap();
    let customer = &invitee.customer;
    assert_eq!(customer.email().as_str(), "first@example.com");
    let name = customer.name().unwrap();
    assert_eq!((name.first(), name.last()), (Some("Zoé"), Some("Ölander")));
    assert_eq!(customer.phone().unwrap().as_str(), "+33123456789");
    assert_eq!(customer.locale().unwrap().to_string(), "fr-CA");
    assert_eq!(customer.country().unwrap().as_str(), "CA");
    assert_eq!(customer.reference().unwrap().as_str(), "777");
    assert!(customer.address().is_none());
    let order = &invitee.order;
    assert_eq!(order.placed_at().unwrap().to_rfc3339(), "2024-03-01T15:00:00+00:00");
    assert_eq!(order.delivered_at().unwrap().to_rfc3339(), "2024-03-05T17:00:00+00:00");
    let products: Vec<_> = order
        .products()
        .iter()
        .map(|product| {
            (
                product.sku().as_str(),
                product.name().as_str(),
                product.brand().map(review_core::ProductText::as_str),
            )
        })
        .collect();
    assert_eq!(products, [("MUG-1", "Mug – blue", Some("Potters")), ("CUP-2", "Cup - red", None)]);
    assert!(order.metadata().is_empty());
}

#[test]
fn each_marker_keeps_its_customer_from_being_invited() {
    let test = "a test order: test is true";
    let cancelled = "cancelled: cancelled_at holds a date";
    let nothing_sent = "not fulfilled: fulfillment_status is empty: nothing has been sent";
    let bogus = "a test order: payment_gateway_names holds the bogus gateway";
    assert_verdicts(
        &shopify(),
        &[
            ("/test", json!(true), test),
            ("/test", json!("TRUE"), test),
            ("/test", json!("true"), test),
            ("/test", json!("false"), "invited"),
            ("/test", json!(null), "invited"),
            ("/gateway", json!("bogus"), "a test order: gateway is the bogus gateway"),
            ("/gateway", json!(null), "invited"),
            ("/payment_gateway_names", json!(["visa", "bogus"]), bogus),
            ("/payment_gateway_names", json!(["(for testing) Bogus Gateway"]), bogus),
            (
                "/id",
                json!(820_982_911_946_154_508_u64),
                "a test order: id is that of Shopify's test notification",
            ),
            ("/id", json!("820982911946154508"), "a test order: id is that of Shopify's test notification"),
            ("/name", json!("#9999"), "invited"),
            ("/cancelled_at", json!("2024-03-03T00:00:00Z"), cancelled),
            ("/cancelled_at", json!(""), "invited"),
            ("/cancelled_at", json!("NULL"), "invited"),
            ("/cancel_reason", json!("customer"), "cancelled: cancel_reason is `customer`"),
            ("/financial_status", json!("voided"), "cancelled: financial_status is `voided`"),
            ("/financial_status", json!("refunded"), "refunded: financial_status is `refunded`"),
            (
                "/financial_status",
                json!("partially_refunded"),
                "partly refunded: financial_status is `partially_refunded`",
            ),
            (
                "/financial_status",
                json!("pending"),
                "not paid: financial_status is `pending`, expected `paid`",
            ),
            ("/financial_status", json!("PAID"), "invited"),
            (
                "/financial_status",
                json!("teleported"),
                "not paid: financial_status is `teleported`, expected `paid`",
            ),
            (
                "/financial_status",
                json!("was paid by jane@example.com"),
                "not paid: financial_status is a text of 28 characters, expected `paid`",
            ),
            (
                "/financial_status",
                json!(null),
                "not paid: the record does not say: financial_status is missing",
            ),
            ("/fulfillment_status", json!(null), nothing_sent),
            ("/fulfillment_status", json!(""), nothing_sent),
            (
                "/fulfillment_status",
                json!("partial"),
                "not fulfilled: fulfillment_status is `partial`, expected `fulfilled`",
            ),
            (
                "/fulfillment_status",
                json!("restocked"),
                "not fulfilled: fulfillment_status is `restocked`, expected `fulfilled`",
            ),
            ("/fulfillments", json!([]), "invited"),
            ("/fulfillments", json!([{"id": 1}]), "invited"),
            (
                "/fulfillments",
                json!([{"status": "failure"}, {"status": "cancelled"}]),
                "not fulfilled: no fulfillment was sent: fulfillments[].status is `failure`, `cancelled`",
            ),
            ("/fulfillments", json!([{"status": "error"}, {"status": "success"}]), "invited"),
            (
                "/fulfillments",
                json!([{"status": "beamed"}]),
                "not fulfilled: no fulfillment was sent: fulfillments[].status is `beamed`",
            ),
        ],
    );
    let silent = without(shopify(), &["/financial_status", "/fulfillment_status"]);
    assert_eq!(
        verdict(&silent),
        "not paid: the record does not say: financial_status is missing; \
         not fulfilled: the record does not say: fulfillment_status is missing"
    );
}

#[test]
fn all_reasons_are_told_in_their_order() {
    let order = with(
        shopify(),
        &[
            ("/customer/email_marketing_consent/state", json!("unsubscribed")),
            ("/fulfillment_status", json!(null)),
            ("/fulfillments", json!([{"status": "failure"}])),
            ("/financial_status", json!("voided")),
            ("/cancelled_at", json!("2024-03-03T00:00:00Z")),
            ("/test", json!(true)),
            ("/email", json!("")),
            ("/contact_email", json!("x")),
            ("/customer/email", json!("a@localhost")),
            ("/name", json!("#")),
            ("/order_number", json!(null)),
            ("/id", json!(1.5)),
        ],
    );
    assert_eq!(
        verdict(&order),
        "a test order: test is true; cancelled: cancelled_at holds a date; \
         not fulfilled: fulfillment_status is empty: nothing has been sent; \
         no usable e-mail address: email is missing or empty, contact_email holds no address one can write to, \
         customer.email holds no address one can write to; \
         no usable order number: neither the number nor the id of the order can be used; \
         no consent: customer.email_marketing_consent.state is `unsubscribed`"
    );
}

#[test]
fn partial_refunds_are_the_shops_decision() {
    let generous = OrderReader::new().with_partial_refunds(true);
    let order = with(shopify(), &[("/financial_status", json!("partially_refunded"))]);
    assert_eq!(verdict_by(&generous, &order), "invited");
    let order = with(shopify(), &[("/financial_status", json!("refunded"))]);
    assert_eq!(verdict_by(&generous, &order), "refunded: financial_status is `refunded`");
}

#[test]
fn the_first_usable_number_is_the_reference() {
    for (name, number, id, expected) in [
        (json!("#1001"), json!(7), json!(1), Some("1001")),
        (json!("##1"), json!(7), json!(1), Some("#1")),
        (json!("EU-1001#"), json!(7), json!(1), Some("EU-1001#")),
        (json!("#007"), json!(7), json!(1), Some("007")),
        (json!(1001), json!(7), json!(1), Some("1001")),
        (json!(""), json!(7), json!(1), Some("7")),
        (json!(null), json!("S7"), json!(1), Some("S7")),
        (json!("NULL"), json!(null), json!(9_007_199_254_740_993_u64), Some("9007199254740993")),
        (json!(null), json!(null), json!("g1"), Some("g1")),
        (json!(null), json!(null), json!(1e21), None),
        (json!(null), json!(null), json!({}), None),
    ] {
        let order = with(shopify(), &[("/name", name), ("/order_number", number), ("/id", id)]);
        assert_eq!(read(&order).reference.as_deref(), expected, "{order}");
        assert_eq!(read(&order).outcome.is_ok(), expected.is_some(), "{order}");
    }
}

#[test]
fn a_number_that_cannot_be_used_is_told_and_not_passed_over() {
    let order = with(shopify(), &[("/name", json!("a\nb"))]);
    let problem = "order number: found a control character at position 1; remove it";
    assert_eq!(verdict(&order), problem);
    assert!(
        verdict(&with(shopify(), &[("/name", json!("9".repeat(300)))]))
            .starts_with("order number: expected at most")
    );
}

#[test]
fn a_name_as_it_stands_in_html_is_decoded() {
    let order = with(shopify(), &[("/customer/first_name", json!("Tom &amp; Jerry"))]);
    assert_eq!(invitee(&order).customer.name().unwrap().first(), Some("Tom & Jerry"));
}

#[test]
fn the_first_usable_address_is_written_to() {
    for (email, contact, customer, expected) in [
        (json!("JANE+x@Example.com"), json!("b@example.com"), json!(null), "JANE+x@Example.com"),
        (json!(null), json!("b@example.com"), json!("c@example.com"), "b@example.com"),
        (json!("d41d8cd98f00b204e9800998ecf8427e"), json!("NULL"), json!("c@example.com"), "c@example.com"),
    ] {
        let order =
            with(shopify(), &[("/email", email), ("/contact_email", contact), ("/customer/email", customer)]);
        assert_eq!(invitee(&order).customer.email().as_str(), expected);
    }
    let guest = without(with(shopify(), &[("/email", json!(null))]), &["/contact_email", "/customer"]);
    assert!(
        verdict(&guest).starts_with("no usable e-mail address: email is missing or empty, contact_email")
    );
}

#[test]
fn names_come_from_the_first_place_that_knows_any() {
    let nobody = json!({"first_name": null, "last_name": "", "name": "NULL"});
    for (customer, billing, shipping, expected) in [
        (json!({"first_name": "A", "last_name": "B"}), nobody.clone(), nobody.clone(), Some("A B")),
        (json!({"first_name": "A", "last_name": null}), json!({"last_name": "X"}), nobody.clone(), Some("A")),
        (nobody.clone(), json!({"last_name": "X"}), json!({"first_name": "S"}), Some("X")),
        (nobody.clone(), nobody.clone(), json!({"first_name": "S", "last_name": "T"}), Some("S T")),
        (json!({"last_name": "Null"}), nobody.clone(), nobody.clone(), Some("Null")),
        (json!({"name": "Jane van Doe"}), nobody.clone(), nobody.clone(), Some("Jane van Doe")),
        (json!({"first_name": {"x": 1}, "last_name": "a\u{7}b"}), nobody.clone(), json!(5), None),
        (nobody.clone(), nobody.clone(), nobody.clone(), None),
    ] {
        let mut customer = customer;
        customer["email_marketing_consent"] = json!({"state": "subscribed"});
        let order = with(
            shopify(),
            &[("/customer", customer), ("/billing_address", billing), ("/shipping_address", shipping)],
        );
        let name = invitee(&order).customer.name().map(review_core::CustomerName::full);
        assert_eq!(name.as_deref(), expected, "{order}");
    }
}

#[test]
fn bad_decorations_are_left_out() {
    for wrong in [json!("?"), json!(true), json!(0), json!([1]), json!({"a": 1}), json!(null)] {
        let order = with(
            shopify(),
            &[
                ("/customer_locale", wrong.clone()),
                ("/phone", wrong.clone()),
                ("/customer/phone", wrong.clone()),
                ("/billing_address/phone", wrong.clone()),
                ("/billing_address/country_code", wrong.clone()),
                ("/shipping_address", wrong.clone()),
                ("/created_at", wrong.clone()),
                ("/processed_at", wrong.clone()),
                ("/line_items/0/vendor", wrong.clone()),
                ("/line_items/1/sku", wrong.clone()),
                ("/fulfillments/0/updated_at", wrong.clone()),
            ],
        );
        let invitee = invitee(&order);
        let customer = invitee.customer;
        assert!(customer.locale().is_none() && customer.phone().is_none() && customer.country().is_none());
        assert!(invitee.order.placed_at().is_none() && invitee.order.delivered_at().is_none());
        assert_eq!(invitee.order.products()[0].sku().as_str(), "MUG-1");
    }
}

#[test]
fn only_what_can_be_reviewed_is_a_product() {
    let skus = |lines: Value| -> Vec<String> {
        let order = with(shopify(), &[("/line_items", lines)]);
        let products = invitee(&order).order.products().to_vec();
        products.iter().map(|p| format!("{}={}", p.sku().as_str(), p.name().as_str())).collect()
    };
    assert_eq!(
        skus(json!([
            {"sku": "A", "name": "first"}, {"sku": "A", "name": "again"}, {"sku": "", "name": "no key"},
            {"sku": null, "name": "no key"}, {"sku": "B", "name": ""}, {"sku": "G", "name": "Card", "gift_card": true},
            {"sku": "H", "name": "Card", "gift_card": "true"}, {"sku": 12, "name": "Caf&eacute;\n small"},
            {"sku": 1.5, "name": "rounded"}
        ])),
        ["A=first", "12=Café small"]
    );
    assert!(skus(json!([])).is_empty());
    assert!(invitee(&without(shopify(), &["/line_items"])).order.products().is_empty());
}

#[test]
fn an_order_is_delivered_when_its_last_parcel_is() {
    let parcel = |status: &str, shipment: &str, day: u8| json!({"status": status, "shipment_status": shipment, "updated_at": format!("2024-03-0{day}T00:00:00Z")});
    for (parcels, expected) in [
        (vec![parcel("success", "delivered", 4), parcel("success", "delivered", 6)], Some(6)),
        (vec![parcel("success", "delivered", 6), parcel("failure", "in_transit", 7)], Some(6)),
        (vec![parcel("success", "delivered", 4), parcel("success", "in_transit", 6)], None),
        (vec![parcel("success", "in_transit", 4)], None),
    ] {
        let order = with(shopify(), &[("/fulfillments", json!(parcels))]);
        let at = invitee(&order).order.delivered_at();
        assert_eq!(at, expected.map(|day| format!("2024-03-0{day}T00:00:00Z").parse().unwrap()));
    }
}
