//! The customers in the body of a request, whatever its endpoint.

use serde_json::Value;

use crate::json_schema::text;

/// Where a body has the address of the customer, over all endpoints.
const ADDRESSES: [&str; 5] =
    ["/consumerEmail", "/consumer/email", "/customer/email", "/email", "/invite_email"];

/// Where a body has the order reference, over all endpoints.
const REFERENCES: [&str; 6] =
    ["/referenceNumber", "/referenceId", "/transaction/reference", "/ref_code", "/reference_code", "/order"];

/// Where a body has several customers.
const MANY: &str = "/invites";

/// What a body contains about a customer.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Customer {
    pub(crate) address: Option<String>,
    pub(crate) reference: Option<String>,
}

/// One customer, or several of `POST /invites`; none for a body without a customer.
pub(crate) fn customers(body: &[u8]) -> Vec<Customer> {
    // Most calls without a customer have a form or nothing for a body.
    if body.first() != Some(&b'{') {
        return Vec::new();
    }
    let Ok(body) = serde_json::from_slice::<Value>(body) else { return Vec::new() };
    let bodies = match body.pointer(MANY).and_then(Value::as_array) {
        Some(elements) => elements.iter().collect(),
        None => vec![&body],
    };
    bodies.into_iter().map(customer).filter(|customer| *customer != Customer::default()).collect()
}

fn customer(body: &Value) -> Customer {
    let first =
        |pointers: &[&str]| pointers.iter().find_map(|pointer| text(body, pointer)).map(str::to_owned);
    Customer { address: first(&ADDRESSES), reference: first(&REFERENCES) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn customers_are_found_for_all_endpoints() {
        let found = |body: &str| {
            let found = customers(body.as_bytes()).into_iter();
            let text = |part: Option<String>| part.unwrap_or_default();
            found
                .map(|found| format!("{} {}", text(found.address), text(found.reference)))
                .collect::<Vec<_>>()
        };
        assert_eq!(found(r#"{"consumerEmail":"a","referenceNumber":"1"}"#), ["a 1"]);
        assert_eq!(found(r#"{"email":"a","referenceId":"1"}"#), ["a 1"]);
        assert_eq!(found(r#"{"consumer":{"email":"a"},"referenceId":"1"}"#), ["a 1"]);
        assert_eq!(found(r#"{"customer":{"email":"a"},"transaction":{"reference":"1"}}"#), ["a 1"]);
        assert_eq!(found(r#"{"invite_email":"a","ref_code":"1"}"#), ["a 1"]);
        assert_eq!(found(r#"{"invite_email":"a","reference_code":"1"}"#), ["a 1"]);
        assert_eq!(found(r#"{"email":"a","order":"1"}"#), ["a 1"]);
        let many = r#"{"invites":[{"customer":{"email":"a"}},{"transaction":{"reference":"2"}}]}"#;
        assert_eq!(found(many), ["a ", " 2"]);
        for other in ["", "{", "[]", "{}", "grant_type=password", r#"{"name":"a"}"#] {
            assert!(found(other).is_empty(), "{other}");
        }
    }
}
