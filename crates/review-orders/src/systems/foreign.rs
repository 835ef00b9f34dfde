//! Records that are not orders of a supported system, recognised so that the reason can name them.

use crate::fields::Fields;
use crate::reason::IneligibleReason;

/// A kind of record: members that only it has, what it is, and what to use instead.
struct Foreign {
    any: &'static [&'static str],
    all: &'static [&'static str],
    what: &'static str,
    help: &'static str,
}

const OWN_FORMAT: &str = "convert it to the CSV or JSON Lines format of review-orders";

const FOREIGN: [Foreign; 18] = [
    Foreign {
        any: &["tracking_company", "tracking_numbers", "shipment_status"],
        all: &["order_id"],
        what: "a Shopify fulfillment",
        help: "it contains neither customer nor payment; use the order of `order_id`, for example from the \
               webhook topic orders/fulfilled",
    },
    Foreign {
        any: &["__parentId"],
        all: &[],
        what: "a child line of a Shopify bulk operation",
        help: "query orders with `lineItems(first: …)` instead of a bulk operation",
    },
    Foreign {
        any: &["order_address_id", "name_merchant"],
        all: &["order_id"],
        what: "a product or shipment of a BigCommerce order",
        help: OWN_FORMAT,
    },
    Foreign {
        any: &["status_id", "order_is_digital", "items_shipped"],
        all: &["date_created"],
        what: "a BigCommerce order",
        help: OWN_FORMAT,
    },
    Foreign {
        any: &["producer"],
        all: &["scope"],
        what: "a BigCommerce webhook",
        help: "it contains only the id; fetch the order and convert it to the format of review-orders",
    },
    Foreign {
        any: &["orderState", "taxRoundingMode"],
        all: &[],
        what: "a commercetools order",
        help: OWN_FORMAT,
    },
    Foreign {
        any: &["id_address_delivery", "id_cart", "current_state"],
        all: &[],
        what: "a PrestaShop order",
        help: OWN_FORMAT,
    },
    Foreign {
        any: &["attributes"],
        all: &["type", "relationships"],
        what: "a JSON:API record of Shopware 6",
        help: "request the orders with the header `Accept: application/json`",
    },
    Foreign {
        any: &["orderStatusId", "paymentStatusId"],
        all: &[],
        what: "a Shopware 5 order",
        help: OWN_FORMAT,
    },
    Foreign { any: &["AmazonOrderId"], all: &[], what: "an Amazon order", help: MARKETPLACE },
    Foreign {
        any: &["legacyOrderId", "orderFulfillmentStatus"],
        all: &[],
        what: "an eBay order",
        help: MARKETPLACE,
    },
    Foreign { any: &["receipt_id"], all: &[], what: "an Etsy order", help: MARKETPLACE },
    Foreign { any: &["buyerInfo"], all: &[], what: "a Wix order", help: OWN_FORMAT },
    Foreign {
        any: &["fulfillmentStatus"],
        all: &["customerEmail"],
        what: "a Squarespace order",
        help: OWN_FORMAT,
    },
    Foreign {
        any: &["fulfillmentStatus", "paymentStatus"],
        all: &["orderNumber"],
        what: "an Ecwid order",
        help: OWN_FORMAT,
    },
    Foreign {
        any: &["errors"],
        all: &[],
        what: "an error response",
        help: "it contains no orders; repeat the export after fixing the error it describes",
    },
    Foreign {
        any: &["message"],
        all: &["code"],
        what: "an error response",
        help: "it contains no orders; repeat the export after fixing the error it describes",
    },
    Foreign {
        any: &["regular_price", "permalink", "body_html", "variants"],
        all: &[],
        what: "a product",
        help: "export the orders instead",
    },
];

const MARKETPLACE: &str = "marketplaces forbid review emails to their buyers; no invitation is possible";

/// Members that show even next to an envelope member that an object is not an envelope.
const NOT_ENVELOPES: [&[u8]; 3] = [b"orderState", b"producer", b"order_address_id"];

/// Returns whether a member rules out that its object is an envelope.
pub(crate) fn is_marker(key: &[u8]) -> bool {
    NOT_ENVELOPES.contains(&key)
}

/// Returns the reason for a record that was recognised.
pub(crate) fn recognise(record: &Fields<'_>) -> Option<IneligibleReason> {
    let is_it = |foreign: &&Foreign| {
        foreign.all.iter().all(|member| record.has(member))
            && foreign.any.iter().any(|member| record.has(member))
    };
    FOREIGN.iter().find(is_it).map(|foreign| reason(foreign.what, foreign.help))
}

/// Heading rows of other files: the headings in normal form, what the file is, and what to use instead.
const FILES: [(&[&str], &str, &str); 5] = [
    (&["amazonorderid"], "an Amazon order report", MARKETPLACE),
    (&["salesrecordnumber"], "an eBay order report", MARKETPLACE),
    (&["saledate", "orderid", "buyer"], "an Etsy order report", MARKETPLACE),
    (
        &["order#", "customertype"],
        "a WooCommerce Analytics report",
        "it contains no email addresses; use the REST API or an order export plugin",
    ),
    (&["customerid", "acceptsemailmarketing"], "a Shopify customer export", "export the orders instead"),
];

/// Returns the reason for a CSV file that was recognised by its headings.
pub(crate) fn recognise_file(has: impl Fn(&str) -> bool) -> Option<IneligibleReason> {
    let found = FILES.iter().find(|(headings, ..)| headings.iter().all(|heading| has(heading)));
    found.map(|(_, what, help)| reason(what, help))
}

fn reason(what: &str, help: &str) -> IneligibleReason {
    IneligibleReason::Unsupported { what: what.to_owned(), help: help.to_owned() }
}
