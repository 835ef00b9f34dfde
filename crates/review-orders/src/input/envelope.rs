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

/// Returns whether an object with these members is an envelope. `is_order` recognises the orders of
/// the shop systems.
pub(crate) fn is_envelope<'a>(
    keys: impl Iterator<Item = &'a [u8]> + Clone,
    is_order: impl Fn(&[u8]) -> bool,
) -> bool {
    if keys.clone().any(is_order) {
        return false;
    }
    let has_order_key = keys.clone().any(|key| ORDER_KEYS.iter().any(|name| name.as_bytes() == key));
    keys.into_iter().any(|key| match key {
        b"order" | b"orders" => true,
        b"data" | b"node" | b"edges" | b"nodes" | b"elements" => !has_order_key,
        _ => is_envelope_key(key) && !has_order_key,
    })
}
