use serde_json::{Value, json};

use super::fixtures::{
    assert_verdicts, eligible, eligible_by, locale, parse, products, read, shopify, text, verdict,
    verdict_of, with, without,
};
use crate::{OrderName, Policy, ShopSystem};

#[test]
fn shopify_order_is_read_completely() {
    let record = read(&shopify());
    assert_eq!(record.system, Some(ShopSystem::Shopify));
    assert_eq!((record.source.position, record.order_reference.as_deref()), (0, Some("1001")));
    let order = record.result.unwrap();
    assert_eq!((order.email.as_str(), order.order_reference.as_str()), ("first@example.com", "1001"));
    assert_eq!(order.name, Some(OrderName::FirstAndLast("Zoé".parse().unwrap(), "Ölander".parse().unwrap())));
    assert_eq!(text(&order.phone), Some("+33123456789"));
    assert_eq!((locale(&order).as_deref(), text(&order.country)), (Some("fr-CA"), Some("CA")));
    assert_eq!(text(&order.customer_reference), Some("777"));
    assert_eq!(order.consent.source, "customer.email_marketing_consent.state");
    let times = [order.consent.at, order.placed_at, order.shipped_at, order.delivered_at];
    let times = times.map(|time| time.unwrap().to_rfc3339());
    assert_eq!(
        times,
        [
            "2023-12-31T23:00:00+00:00",
            "2024-03-01T15:00:00+00:00",
            "2024-03-04T17:00:00+00:00",
            "2024-03-05T17:00:00+00:00"
        ]
    );
    assert_eq!(products(&order), [("Mug – blue", Some("MUG-1")), ("Cup - red", Some("CUP-2"))]);
    assert_eq!(text(&order.products[0].brand), Some("Potters"));
    let request = order.into_builder().build().unwrap();
    assert_eq!(request.customer().email().as_str(), "first@example.com");
    assert_eq!(request.order().products().len(), 2);
}

#[test]
fn shopify_markers_decide_eligibility() {
    let notification = "test order: id is that of Shopify's test notification";
    assert_verdicts(
        &Policy::default(),
        &shopify(),
        &[
            ("/test", json!("TRUE"), "test order: test is true (setting `test_orders`)"),
            ("/test", json!("false"), "ready"),
            ("/test", json!("perhaps"), "test: expected true or false, found a text of 7 characters"),
            ("/gateway", json!("bogus"), "test order: gateway is the bogus gateway"),
            ("/payment_gateway_names", json!(["(for testing) Bogus Gateway"]), "test order: payment_gateway"),
            ("/id", json!(820_982_911_946_154_508_u64), notification),
            ("/id", json!("820982911946154508"), notification),
            ("/name", json!("#9999"), "ready"),
            ("/cancelled_at", json!("2024-03-03T00:00:00Z"), "cancelled: cancelled_at is a date"),
            ("/cancelled_at", json!("NULL"), "ready"),
            ("/cancel_reason", json!("customer"), "cancelled: cancel_reason is `customer`"),
            ("/cancel_reason", json!("jane"), "cancelled: cancel_reason is an unknown text of 4 characters"),
            ("/financial_status", json!("voided"), "cancelled: financial_status is `voided`"),
            ("/financial_status", json!("refunded"), "refunded: financial_status is `refunded`"),
            (
                "/financial_status",
                json!("pending"),
                "not paid: financial_status is `pending`, expected `paid`",
            ),
            ("/financial_status", json!("PAID"), "ready"),
            ("/financial_status", json!("of jane@example.com"), "not paid: financial_status is a text of 19"),
            ("/financial_status", json!(null), "not paid: financial_status is missing, expected `paid`"),
            ("/fulfillment_status", json!(null), "not fulfilled: fulfillment_status is empty"),
            ("/fulfillment_status", json!("partial"), "not fulfilled: fulfillment_status is `partial`"),
            ("/fulfillments", json!([]), "ready"),
            ("/fulfillments", json!({"0": {"status": "success"}, "2": {"status": "error"}}), "ready"),
            (
                "/fulfillments",
                json!([{"status": "error"}, {"shipment_status": "failure"}]),
                "not fulfilled: no fulfillment was sent: status is `error`, shipment_status is `failure`",
            ),
            ("/source_name", json!("subscription_contract"), "subscription renewal: source_name"),
            ("/email", json!({}), "email: expected a text, found an object"),
            ("/line_items", json!("x"), "line_items: expected a list, found a text of 1 characters"),
            ("/line_items/1", json!(7), "line_items[1]: expected an object, found a number"),
            ("/name", json!([]), "name: expected a text or a whole number, found a list"),
            ("/customer", json!("Jane"), "customer: expected an object, found a text of 4 characters"),
        ],
    );
}

#[test]
fn shopify_numbers_as_texts_and_texts_as_numbers_are_read() {
    let order = with(
        shopify(),
        &[
            ("/name", json!(1001)),
            ("/buyer_accepts_marketing", json!("1")),
            ("/test", json!(0)),
            ("/line_items/0/quantity", json!("2")),
            ("/line_items/0/sku", json!(77)),
            ("/customer/id", json!("777")),
        ],
    );
    let order = eligible(&order);
    assert_eq!((order.order_reference.as_str(), text(&order.products[0].sku)), ("1001", Some("77")));
}

#[test]
fn shopify_lines_are_read_as_kept() {
    let line = |id: u32, quantity: u32| json!({"id": id, "sku": format!("S{id}"), "name": format!("P{id}"), "quantity": quantity});
    let lines = |changed: Value| json!([line(1, 2), changed, {"id": 3, "name": "Card", "sku": "G", "gift_card": true}]);
    let kept = |changed: Value, refunds: Value| {
        let order = with(shopify(), &[("/line_items", lines(changed)), ("/refunds", refunds)]);
        let order = eligible(&order);
        products(&order).iter().map(|(_, sku)| sku.unwrap().to_owned()).collect::<Vec<_>>()
    };
    let refund =
        |quantity: u32| json!([{"refund_line_items": [{"line_item_id": "2", "quantity": quantity}]}]);
    assert_eq!(kept(line(2, 2), json!([])), ["S1", "S2"]);
    assert_eq!(kept(with(line(2, 2), &[("/current_quantity", json!(0))]), json!([])), ["S1"]);
    assert_eq!(kept(line(2, 2), refund(1)), ["S1", "S2"]);
    assert_eq!(kept(line(2, 2), refund(2)), ["S1"]);
    assert_eq!(kept(with(line(2, 2), &[("/current_quantity", json!("1"))]), refund(2)), ["S1"]);
    // Two lines of one product are asked about once.
    assert_eq!(kept(with(line(2, 2), &[("/sku", json!("S1"))]), json!([])), ["S1"]);
}

#[test]
fn shopify_order_without_kept_lines_is_not_eligible() {
    let gone = json!([{"id": 1, "sku": "A", "name": "A", "quantity": 1, "current_quantity": 0}]);
    let order = with(shopify(), &[("/line_items", gone)]);
    assert_eq!(verdict(&order), "nothing kept: all 1 lines were removed, returned or refunded");
    assert_eq!(verdict(&with(shopify(), &[("/line_items", json!([]))])), "ready");
}

#[test]
fn shopify_partial_refund_follows_policy() {
    let order = with(
        shopify(),
        &[
            ("/financial_status", json!("partially_refunded")),
            ("/refunds", json!([{"refund_line_items": [{"line_item_id": 2, "quantity": 1}]}])),
        ],
    );
    assert!(verdict(&order).starts_with("partially refunded: financial_status"));
    let order = eligible_by(&Policy::default().with_partial_refunds(true), &order);
    assert_eq!(products(&order), [("Mug – blue", Some("MUG-1"))]);
}

#[test]
fn shopify_statuses_and_cash_on_delivery_follow_policy() {
    let policy = Policy::default().with_shipped_statuses(["Delivered"]).with_paid_when_completed(["COD"]);
    let base = with(shopify(), &[("/gateway", json!("cod")), ("/payment_gateway_names", json!(["COD"]))]);
    assert_verdicts(
        &policy,
        &base,
        &[
            ("/financial_status", json!("pending"), "ready"),
            ("/fulfillment_status", json!("delivered"), "ready"),
            ("/fulfillment_status", json!(null), "ready"),
            ("/fulfillment_status", json!("partial"), "not fulfilled"),
        ],
    );
    let bank = with(base, &[("/financial_status", json!("pending")), ("/gateway", json!("bank"))]);
    assert!(super::fixtures::verdict_by(&policy, &bank).starts_with("not paid"));
}

#[test]
fn shopify_reference_with_error_is_shown_but_not_used() {
    let record = read(&with(shopify(), &[("/name", json!(1.5))]));
    assert_eq!(record.order_reference.as_deref(), Some("1001"));
    assert!(verdict_of(&record).starts_with("name: expected a text or a whole number, found a number with"));
    let record = read(&without(shopify(), &["/name", "/order_number"]));
    assert_eq!(record.result.unwrap().order_reference.as_str(), "5550001");
    assert_eq!(
        verdict(&without(shopify(), &["/name", "/order_number", "/id"])),
        "no order number: expected an order number, found neither a number nor an id"
    );
}

#[test]
fn shopify_graphql_response_is_read_like_rest() {
    let order = json!({
        "id": "gid://shopify/Order/1", "name": "#1001", "email": "jane@example.com",
        "displayFinancialStatus": "PAID", "displayFulfillmentStatus": "FULFILLED", "test": false,
        "customerLocale": "de-CH", "createdAt": "2024-03-01T10:00:00Z", "cancelledAt": null,
        "customer": {"id": "gid://shopify/Customer/9", "firstName": "Ann", "lastName": "Lee",
            "emailMarketingConsent": {"marketingState": "SUBSCRIBED"}},
        "billingAddress": {"countryCodeV2": "CH"},
        "customAttributes": [{"key": "Review-Invitation-Consent", "value": "yes"}],
        "fulfillments": [{"status": "SUCCESS", "displayStatus": "DELIVERED", "createdAt": "2024-03-02T10:00:00Z",
            "deliveredAt": "2024-03-03T10:00:00Z"}],
        "lineItems": {"edges": [
            {"node": {"id": "gid://shopify/LineItem/1", "name": "Cup", "sku": "C", "quantity": 1,
                "currentQuantity": 1, "vendor": "Potters", "variant": {"barcode": "4006381333931"},
                "image": {"url": "https://shop.example.com/cup.jpg"}}},
            {"node": {"id": "gid://shopify/LineItem/2", "name": "Jug", "sku": "J", "quantity": 1, "currentQuantity": 0}}
        ]}
    });
    for (input, path) in [
        (
            json!({"data": {"orders": {"edges": [{"cursor": "x", "node": order}], "pageInfo": {}}}}),
            "data.orders.edges[0].node",
        ),
        (json!({"data": {"orders": {"nodes": [order]}}}), "data.orders.nodes[0]"),
        (json!({"data": {"order": order}}), "data.order"),
    ] {
        let records = parse(input.to_string());
        assert_eq!((records.len(), records[0].source.path.as_str()), (1, path));
        let order = records[0].result.as_ref().unwrap();
        assert_eq!(products(order), [("Cup", Some("C"))]);
        assert_eq!(text(&order.products[0].gtin), Some("4006381333931"));
        assert_eq!(order.consent.source, "note_attributes.review_invitation_consent");
        assert_eq!((text(&order.country), text(&order.customer_reference)), (Some("CH"), Some("9")));
        assert!(order.shipped_at < order.delivered_at && order.shipped_at.is_some());
    }
    let open = with(order, &[("/displayFulfillmentStatus", json!("UNFULFILLED"))]);
    assert!(verdict(&open).starts_with("not fulfilled: fulfillment_status is empty"));
}

#[test]
fn shopify_fulfillment_body_names_the_way_out() {
    let record = read(
        &json!({"id": 1, "order_id": 2, "status": "success", "tracking_company": "DHL", "email": "a@example.com"}),
    );
    assert!(
        verdict_of(&record).starts_with("a Shopify fulfillment: it contains neither customer nor payment")
    );
}
