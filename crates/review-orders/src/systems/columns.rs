//! The columns of CSV files, and the members that they become.

use super::csv_plan::{Plan, Resolved};
use crate::policy::Policy;
use crate::system::ShopSystem;
use crate::table::Header;

/// One column: its headings in normal form, and the member it becomes.
struct Column {
    headings: &'static [&'static str],
    member: &'static str,
    /// Whether all different values of an order are kept, so that a contradiction is found.
    all: bool,
}

/// The form of a CSV file.
pub(crate) struct Format {
    pub(crate) system: ShopSystem,
    /// Headings of which the file must have one of each.
    required: &'static [&'static [&'static str]],
    /// The headings that hold the order number.
    key: &'static [&'static str],
    /// Whether rows with another email address are another order.
    by_email: bool,
    order: &'static [Column],
    list: &'static str,
    line: &'static [Column],
}

const fn one(headings: &'static [&'static str], member: &'static str) -> Column {
    Column { headings, member, all: false }
}

const fn all(headings: &'static [&'static str], member: &'static str) -> Column {
    Column { headings, member, all: true }
}

/// The formats, the most specific first.
static FORMATS: [&Format; 5] = [&SHOPIFY, &TRUSTPILOT, &GENERIC, &TRUSTED_SHOPS, &WOOCOMMERCE];

/// Source: <https://help.shopify.com/en/manual/fulfillment/managing-orders/exporting-orders>.
static SHOPIFY: Format = Format {
    system: ShopSystem::Shopify,
    required: &[&["name"], &["lineitemname", "lineitemsku"], &["email"]],
    key: &["name"],
    by_email: false,
    order: &[
        one(&["name"], "name"),
        one(&["id"], "id"),
        one(&["email"], "email"),
        all(&["financialstatus"], "financial_status"),
        one(&["paidat"], "paid_at"),
        all(&["fulfillmentstatus"], "fulfillment_status"),
        one(&["fulfilledat"], "fulfilled_at"),
        all(&["acceptsmarketing"], "buyer_accepts_marketing"),
        one(&["createdat"], "created_at"),
        one(&["processedat"], "processed_at"),
        one(&["cancelledat"], "cancelled_at"),
        one(&["refundedamount"], "refunded_amount"),
        one(&["paymentmethod"], "gateway"),
        one(&["source"], "source_name"),
        one(&["phone"], "phone"),
        one(&["billingname"], "billing_address.name"),
        one(&["billingfirstname"], "billing_address.first_name"),
        one(&["billinglastname"], "billing_address.last_name"),
        one(&["billingcountry", "billingcountrycode"], "billing_address.country"),
        one(&["billingphone"], "billing_address.phone"),
        one(&["shippingname"], "shipping_address.name"),
        one(&["shippingcountry", "shippingcountrycode"], "shipping_address.country"),
    ],
    list: "line_items",
    line: &[
        one(&["lineitemname"], "name"),
        one(&["lineitemsku"], "sku"),
        one(&["lineitemquantity"], "quantity"),
        one(&["vendor"], "vendor"),
    ],
};

/// Source: support.trustpilot.com, articles 201836973 and 218415087.
static TRUSTPILOT: Format = Format {
    system: ShopSystem::Trustpilot,
    required: &[&["customeremail"], &["referencenumber"]],
    key: &["referencenumber"],
    by_email: true,
    order: &[
        one(&["customeremail"], "email"),
        one(&["customername"], "name"),
        one(&["referencenumber"], "order_reference"),
        one(&["locale"], "locale"),
        all(&["consent"], "consent"),
    ],
    list: "products",
    line: &[
        one(&["sku"], "sku"),
        one(&["productname"], "name"),
        one(&["producturl"], "url"),
        one(&["imageurl"], "image_url"),
    ],
};

/// Source: help.etrusted.com, article 360026049071.
static TRUSTED_SHOPS: Format = Format {
    system: ShopSystem::TrustedShops,
    required: &[&["email"], &["reference"]],
    key: &["reference"],
    by_email: true,
    order: &[
        one(&["email"], "email"),
        one(&["reference"], "order_reference"),
        one(&["firstname"], "first_name"),
        one(&["lastname"], "last_name"),
        all(&["consent"], "consent"),
    ],
    list: "products",
    line: &PRODUCT,
};

/// The product columns of Trusted Shops' template and of our own format.
static PRODUCT: [Column; 8] = [
    one(&["productname"], "name"),
    one(&["productsku"], "sku"),
    one(&["productgtin"], "gtin"),
    one(&["productmpn"], "mpn"),
    one(&["productbrand"], "brand"),
    one(&["producturl"], "url"),
    one(&["productimageurl"], "image_url"),
    one(&["productquantity"], "quantity"),
];

static GENERIC: Format = Format {
    system: ShopSystem::Generic,
    required: &[&["email"], &["orderreference"]],
    key: &["orderreference"],
    by_email: true,
    order: &[
        one(&["email"], "email"),
        one(&["orderreference"], "order_reference"),
        one(&["name"], "name"),
        one(&["firstname"], "first_name"),
        one(&["lastname"], "last_name"),
        one(&["phone"], "phone"),
        one(&["locale"], "locale"),
        one(&["country"], "country"),
        one(&["customerreference"], "customer_reference"),
        all(&["status"], "status"),
        one(&["placedat"], "placed_at"),
        one(&["paidat"], "paid_at"),
        one(&["shippedat"], "shipped_at"),
        one(&["deliveredat"], "delivered_at"),
        all(&["consent"], "consent"),
        one(&["consentat"], "consent_at"),
    ],
    list: "products",
    line: &PRODUCT,
};

/// The headings of "Customer / Order / Coupon Export", "Order Export & Order Import" and "Advanced Order
/// Export", which are the common export plugins.
// INF: the headings, and the lines packed into one cell (`Plan::packed_lines`), are from general knowledge of
// these plugins; there is no sample of a file, and the plugins are sold without public documentation of them. A
// file with other headings is reported as unknown, with the headings of the documented format. No order of it is
// invited by mistake: status, payment date and consent have to be found under one of these headings.
static WOOCOMMERCE: Format = Format {
    system: ShopSystem::WooCommerce,
    required: &[
        &["billingemail", "emailbilling", "customeremail"],
        &["status", "orderstatus"],
        &["ordernumberformatted", "ordernumber", "orderid"],
    ],
    key: &["ordernumberformatted", "ordernumber", "orderid"],
    by_email: false,
    order: &[
        one(&["ordernumberformatted", "ordernumber"], "number"),
        one(&["orderid"], "id"),
        all(&["status", "orderstatus"], "status"),
        one(&["billingemail", "emailbilling", "customeremail"], "billing.email"),
        one(&["billingfirstname", "firstnamebilling"], "billing.first_name"),
        one(&["billinglastname", "lastnamebilling"], "billing.last_name"),
        one(&["billingphone", "phonebilling"], "billing.phone"),
        one(&["billingcountry", "countrycodebilling", "billingcountrycode"], "billing.country"),
        one(&["customerid", "customeruser", "customeruserid"], "customer_id"),
        one(&["dategmt", "orderdategmt"], "date_created_gmt"),
        one(&["datepaid", "paiddate"], "date_paid"),
        one(&["datepaidgmt"], "date_paid_gmt"),
        one(&["datecompletedgmt"], "date_completed_gmt"),
        one(&["completeddate", "datecompleted"], "date_completed"),
        one(&["paymentmethod"], "payment_method"),
        one(&["ordertotal", "total", "ordertotalamount"], "total"),
        one(&["refundedtotal", "orderrefundamount", "totalrefunded"], "refunded_amount"),
    ],
    list: "line_items",
    line: &[
        one(&["itemname", "productname", "lineitemname"], "name"),
        one(&["itemsku", "sku", "productsku"], "sku"),
        one(&["itemquantity", "quantity", "itemqty"], "quantity"),
        one(&["itemrefundedqty", "itemrefunded"], "refunded_quantity"),
    ],
};

/// Recognises a file by its headings.
pub(crate) fn recognise(header: &Header, named: Option<ShopSystem>) -> Option<&'static Format> {
    let fits = |format: &&&Format| {
        named.is_none_or(|system| system == format.system)
            && format.required.iter().all(|any| any.iter().any(|heading| header.has(heading)))
    };
    FORMATS.iter().find(fits).copied()
}

/// Describes the files that would have been recognised.
pub(crate) fn expected() -> String {
    let systems: Vec<_> = FORMATS.iter().map(|format| format.system.to_string()).collect();
    format!(
        "expected the headings of {}; name the columns `email`, `order_reference` and `consent`",
        systems.join(", ")
    )
}

impl Format {
    /// Finds the columns of a file.
    pub(crate) fn plan(&self, header: &Header, policy: &Policy) -> Plan {
        let resolve = |columns: &'static [Column]| {
            let found = columns.iter().map(|column| {
                let (outer, member) = match column.member.split_once('.') {
                    Some((outer, member)) => (Some(outer), member),
                    None => (None, column.member),
                };
                // Of two columns with one heading, none is more right than the other.
                let all =
                    column.all || column.headings.iter().any(|heading| header.columns(&[heading]).len() > 1);
                Resolved { member, outer, all, columns: header.columns(column.headings) }
            });
            found.filter(|column| !column.columns.is_empty()).collect()
        };
        Plan {
            system: self.system,
            key: header.columns(self.key),
            email: match self.by_email {
                true => header.columns(&["customeremail", "email"]),
                false => Vec::new(),
            },
            order: resolve(self.order),
            list: self.list,
            line: resolve(self.line),
            consent_field: policy.consent_field.clone(),
            consent: header.consents(&policy.consent_field),
            notes: header.columns(&["noteattributes"]),
            line_status: match header.has("fulfillmentstatus") {
                true => Vec::new(),
                false => header.columns(&["lineitemfulfillmentstatus"]),
            },
            packed: header.columns(&["lineitems"]),
            numbered: header.matching(|heading| {
                let number = heading.strip_prefix("lineitem").unwrap_or_default();
                !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit())
            }),
        }
    }
}
