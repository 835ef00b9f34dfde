//! Untrusted JSON of a webhook becomes a request, or a complete list of what is wrong.
//!
//! ```text
//! $ cargo run --example webhook
//! > 422 {"errors":[{"field":"customer.email"
//! > order.products[1].sku
//! ```
//!
//! The conversion is `parse`; everything else is the program around it.

use review_invites::prelude::*;
use serde_json::{Value, json};

/// Returns the request, or the status and body of the response.
fn parse(order: &Value) -> std::result::Result<InviteRequest, (u16, Value)> {
    let text = |value: &Value, key: &str| value[key].as_str().map(str::to_owned);
    let required = |key: &str| text(order, key).unwrap_or_default();
    let products = order["products"].as_array().into_iter().flatten().map(|product| {
        let (sku, name) =
            (text(product, "sku").unwrap_or_default(), text(product, "name").unwrap_or_default());
        Product::builder(sku, name).url(text(product, "url")).gtin(text(product, "gtin"))
    });
    InviteRequest::builder(required("email"), required("number"), Consent::granted(required("consent")))
        .name(text(order, "name"))
        .locale(text(order, "locale"))
        .placed_at(text(order, "placed_at"))
        .kind(text(order, "kind").unwrap_or_else(|| "service".to_owned()))
        .products(products)
        .build()
        .map_err(|error| {
            let errors = error.field_errors().iter();
            let errors = errors.map(|e| json!({ "field": e.field(), "message": e.message() }));
            (422, json!({ "errors": errors.collect::<Vec<_>>() }))
        })
}

fn main() {
    let order = json!({
        "email": "jane.example.com",
        "number": "1001",
        "consent": "checkbox at the checkout",
        "placed_at": "yesterday",
        "products": [{ "sku": "K-1", "name": "Kettle" }, { "name": "Lamp", "url": "javascript:alert(1)" }],
    });
    match parse(&order) {
        Ok(request) => println!("200 {}", request.order().reference()),
        Err((status, body)) => println!("{status} {body}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn valid_order_becomes_a_request() {
        let order =
            json!({ "email": "jane@example.com", "number": "1001", "consent": "checkbox", "locale": "" });
        let request = parse(&order).unwrap();
        assert_eq!(request.order().reference().as_str(), "1001");
        assert_eq!(request.customer().locale(), None);
    }

    #[test]
    fn every_invalid_field_is_in_the_response() {
        let order = json!({
            "email": "canary.example.com", "number": "", "consent": " ", "placed_at": "canary",
            "kind": "product", "products": [{ "sku": "1", "name": "Kettle" }, { "name": "Lamp", "url": "ftp://canary/" }],
        });
        let (status, body) = parse(&order).unwrap_err();
        let fields: Vec<_> =
            body["errors"].as_array().unwrap().iter().map(|e| e["field"].as_str().unwrap()).collect();
        let expected = [
            "customer.email",
            "order.reference",
            "order.placed_at",
            "order.products[1].sku",
            "order.products[1].url",
            "consent",
        ];
        assert_eq!((status, fields), (422, expected.to_vec()));
        assert!(!body.to_string().contains("canary"), "{body}");
    }

    #[test]
    fn wrong_types_are_errors_and_not_panics() {
        for order in [json!(null), json!([]), json!("x"), json!({ "email": 5, "products": {} })] {
            assert!(parse(&order).is_err(), "{order}");
        }
    }
}
