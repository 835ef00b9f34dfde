//! Recognises objects that hold orders instead of being one, by their member names alone.

/// Members that hold the order or the orders, in responses and exports of shop systems.
const ENVELOPES: [&str; 9] =
    ["order", "orders", "data", "items", "results", "elements", "edges", "nodes", "node"];

/// Members of an order of any system. An object with one of these and `items` is an order, and its
/// items are products.
const ORDER_KEYS: [&str; 9] = [
    "id",
    "entity_id",
    "increment_id",
    "number",
    "order_number",
    "orderNumber",
    "order_reference",
    "order_id",
    "email",
];

/// Returns whether a member may hold orders.
pub(crate) fn is_envelope_key(key: &[u8]) -> bool {
    ENVELOPES.iter().any(|name| name.as_bytes() == key)
}

/// Returns whether an object is an envelope. `all` are its members, `containers` those whose value is a list
/// or an object. `is_order` recognises the members of orders.
pub(crate) fn is_envelope<'a>(
    mut all: impl Iterator<Item = &'a [u8]> + Clone,
    mut containers: impl Iterator<Item = &'a [u8]>,
    is_order: impl Fn(&[u8]) -> bool,
) -> bool {
    if all.clone().any(is_order) {
        return false;
    }
    let is_order_key = |key: &[u8]| ORDER_KEYS.iter().any(|name| name.as_bytes() == key);
    let has_order_key = all.any(is_order_key);
    containers.any(|key| match key {
        b"order" | b"orders" => true,
        _ => is_envelope_key(key) && !has_order_key,
    })
}
