//! The columns of CSV files, and the members that they become.
//!
//! Each row group (one order) becomes a JSON object in the shape of its system, so that one set of rules
//! reads both.

use crate::json::{Json, Member};
use crate::policy::Policy;
use crate::system::ShopSystem;
use crate::table::{Header, Row};

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
    pub(crate) key: &'static [&'static str],
    /// Whether rows with another e-mail address are another order.
    pub(crate) by_email: bool,
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
    /// Turns the rows of one order into an object in the shape of the system.
    pub(crate) fn order<'v>(&self, header: &Header, rows: &'v [Row], policy: &Policy) -> Json<'v> {
        let mut order = Vec::new();
        for column in self.order {
            let mut seen: Vec<&str> = Vec::new();
            for value in rows.iter().filter_map(|row| header.first(row, column.headings)) {
                let repeated = seen.iter().any(|other| other.eq_ignore_ascii_case(value));
                if (seen.is_empty() || column.all) && !repeated {
                    set(&mut order, column.member, Json::text(value));
                    seen.push(value);
                }
            }
        }
        self.add_consent(&mut order, header, rows, policy);
        if self.system == ShopSystem::Shopify {
            shopify_extras(&mut order, header, rows);
        }
        let mut lines: Vec<Json<'v>> = rows.iter().filter_map(|row| self.line(header, row)).collect();
        if self.system == ShopSystem::WooCommerce {
            lines.extend(rows.first().into_iter().flat_map(|row| packed_lines(header, row)));
        }
        order.push(Member::new(self.list, Json::List(lines)));
        Json::Object(order)
    }

    fn line<'v>(&self, header: &Header, row: &'v Row) -> Option<Json<'v>> {
        let members: Vec<_> = self
            .line
            .iter()
            .filter_map(|column| {
                Some(Member::new(column.member, Json::text(header.first(row, column.headings)?)))
            })
            .collect();
        // A row of another line may still repeat the vendor.
        let is_line = members.iter().any(|member| matches!(member.name.as_ref(), "name" | "sku"));
        is_line.then_some(Json::Object(members))
    }

    /// A column with the name of the consent field becomes the member that its system has for it.
    fn add_consent<'v>(
        &self,
        order: &mut Vec<Member<'v>>,
        header: &Header,
        rows: &'v [Row],
        policy: &Policy,
    ) {
        let values = header.consents(rows, &policy.consent_field).into_iter();
        match self.system {
            ShopSystem::Shopify | ShopSystem::WooCommerce => {
                let (list, name) = match self.system {
                    ShopSystem::Shopify => ("note_attributes", "name"),
                    _ => ("meta_data", "key"),
                };
                let elements: Vec<_> = values
                    .map(|value| {
                        let field = Json::text(policy.consent_field.clone());
                        Json::Object(vec![Member::new(name, field), Member::new("value", Json::text(value))])
                    })
                    .collect();
                if !elements.is_empty() {
                    order.push(Member::new(list, Json::List(elements)));
                }
            }
            _ => order.extend(values.map(|value| Member::new("consent", Json::text(value)))),
        }
    }
}

/// Sets a member, or a member of an inner object.
fn set<'v>(order: &mut Vec<Member<'v>>, path: &'static str, value: Json<'v>) {
    let Some((outer, inner)) = path.split_once('.') else {
        order.push(Member::new(path, value));
        return;
    };
    match order.iter_mut().find(|member| member.name == outer).map(|member| &mut member.value) {
        Some(Json::Object(members)) => members.push(Member::new(inner, value)),
        _ => order.push(Member::new(outer, Json::Object(vec![Member::new(inner, value)]))),
    }
}

/// `Note Attributes` holds one `name: value` per line. The layout for imports has a fulfillment status
/// per line only.
fn shopify_extras<'v>(order: &mut Vec<Member<'v>>, header: &Header, rows: &'v [Row]) {
    let notes = rows.iter().filter_map(|row| header.first(row, &["noteattributes"])).flat_map(str::lines);
    let notes: Vec<_> = notes
        .filter_map(|line| line.split_once(':'))
        .map(|(name, value)| {
            Json::Object(vec![
                Member::new("name", Json::text(name.trim())),
                Member::new("value", Json::text(value.trim())),
            ])
        })
        .collect();
    if !notes.is_empty() {
        match order.iter_mut().find(|member| member.name == "note_attributes").map(|member| &mut member.value)
        {
            Some(Json::List(list)) => list.extend(notes),
            _ => order.push(Member::new("note_attributes", Json::List(notes))),
        }
    }
    if !header.has("fulfillmentstatus") && header.has("lineitemfulfillmentstatus") {
        let words = rows.iter().map(|row| header.first(row, &["lineitemfulfillmentstatus"]));
        let fulfilled =
            words.clone().all(|word| word.is_some_and(|word| word.eq_ignore_ascii_case("fulfilled")));
        let word = if fulfilled { "fulfilled" } else { "partial" };
        order.push(Member::new("fulfillment_status", Json::text(word)));
    }
}

/// Plugins pack all lines of an order into one cell, `name:Mug|sku:M-1|quantity:1` with `;` between
/// lines, or into the cells `line_item_1`, `line_item_2` and so on.
fn packed_lines<'v>(header: &Header, row: &'v Row) -> Vec<Json<'v>> {
    let numbered = header.matching(row, |heading| {
        let number = heading.strip_prefix("lineitem").unwrap_or_default();
        !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit())
    });
    let packed = header.first(row, &["lineitems"]).into_iter().flat_map(|cell| cell.split(';'));
    packed
        .chain(numbered)
        .filter_map(|line| {
            let members: Vec<_> = line
                .split('|')
                .filter_map(|part| part.split_once(':'))
                .filter_map(|(name, value)| {
                    let name = match name.trim() {
                        name @ ("name" | "sku" | "quantity") => name,
                        _ => return None,
                    };
                    Some(Member::new(name, Json::text(value.trim())))
                })
                .collect();
            members.iter().any(|member| member.name == "name").then_some(Json::Object(members))
        })
        .collect()
}
