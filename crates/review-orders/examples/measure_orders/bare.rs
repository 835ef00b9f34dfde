//! The bare serde loops that the parser is compared with.

use std::fmt;
use std::hint::black_box;
use std::io::{BufRead, BufReader};
use std::str::FromStr;

use chrono::{DateTime, Utc};
use review_core::model::{
    CountryCode, EmailAddress, Locale, OrderReference, PersonName, PhoneNumber, ProductName, Sku,
};
use review_core::{Consent, InviteRequest, Product};
use serde::Deserialize;
use serde::de::{IgnoredAny, MapAccess, SeqAccess, Visitor};

use crate::{Form, Generated, Work};

/// Reads all orders, does this work with each, and returns their number.
pub(crate) fn run(form: Form, count: u64, work: Work) -> u64 {
    let reader = BufReader::with_capacity(64 * 1024, Generated::new(form, count));
    match form {
        Form::Lines => lines(reader, work),
        Form::List => {
            let mut reader = serde_json::Deserializer::from_reader(reader);
            serde::Deserializer::deserialize_map(&mut reader, Orders { work }).unwrap_or_default()
        }
        Form::Csv => {
            let rows = csv::Reader::from_reader(reader).into_deserialize::<Row>();
            rows.filter_map(Result::ok).map(|row| u64::from(row.finish(work))).sum()
        }
    }
}

/// Validates a text, and drops the value.
fn typed<T: FromStr>(text: Option<&str>) {
    black_box(text.map(T::from_str).is_some_and(|value| black_box(value).is_ok()));
}

fn lines(mut reader: impl BufRead, work: Work) -> u64 {
    let mut line = String::new();
    let mut orders = 0;
    while reader.read_line(&mut line).is_ok_and(|length| length > 0) {
        orders += u64::from(serde_json::from_str::<Order>(&line).is_ok_and(|order| order.finish(work)));
        line.clear();
    }
    orders
}

/// The document `{"orders": [...]}`. Returns the number of orders.
#[derive(Clone, Copy)]
struct Orders {
    work: Work,
}

impl<'de> Visitor<'de> for Orders {
    type Value = u64;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("orders")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<u64, A::Error> {
        members.next_key::<IgnoredAny>()?;
        let orders = members.next_value_seed(self)?;
        members.next_key::<IgnoredAny>()?;
        Ok(orders)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut elements: A) -> Result<u64, A::Error> {
        let mut orders = 0;
        while let Some(order) = elements.next_element::<Order>()? {
            orders += u64::from(order.finish(self.work));
        }
        Ok(orders)
    }
}

impl<'de> serde::de::DeserializeSeed<'de> for Orders {
    type Value = u64;

    fn deserialize<D: serde::Deserializer<'de>>(self, list: D) -> Result<u64, D::Error> {
        list.deserialize_seq(self)
    }
}

/// The members of a Shopify order that the parser reads.
#[derive(Deserialize)]
struct Order {
    id: u64,
    name: String,
    order_number: Option<u64>,
    email: Option<String>,
    contact_email: Option<String>,
    phone: Option<String>,
    financial_status: Option<String>,
    fulfillment_status: Option<String>,
    cancelled_at: Option<String>,
    cancel_reason: Option<String>,
    test: Option<bool>,
    gateway: Option<String>,
    payment_gateway_names: Vec<String>,
    source_name: Option<String>,
    buyer_accepts_marketing: Option<bool>,
    note_attributes: Vec<Note>,
    customer_locale: Option<String>,
    created_at: Option<DateTime<Utc>>,
    processed_at: Option<DateTime<Utc>>,
    customer: Option<Customer>,
    billing_address: Option<Address>,
    shipping_address: Option<Address>,
    fulfillments: Vec<Fulfillment>,
    line_items: Vec<Line>,
    refunds: Vec<Refund>,
}

#[derive(Deserialize)]
struct Note {
    name: String,
    value: Option<String>,
}

#[derive(Deserialize)]
struct Customer {
    id: u64,
    email: Option<String>,
    first_name: Option<String>,
    last_name: Option<String>,
    phone: Option<String>,
    email_marketing_consent: Option<Marketing>,
}

#[derive(Deserialize)]
struct Marketing {
    state: Option<String>,
    consent_updated_at: Option<DateTime<Utc>>,
}

#[derive(Deserialize)]
struct Address {
    first_name: Option<String>,
    last_name: Option<String>,
    country: Option<String>,
    country_code: Option<String>,
    phone: Option<String>,
}

#[derive(Deserialize)]
struct Fulfillment {
    status: Option<String>,
    shipment_status: Option<String>,
    created_at: Option<DateTime<Utc>>,
    updated_at: Option<DateTime<Utc>>,
}

#[derive(Deserialize)]
struct Line {
    id: u64,
    name: String,
    title: Option<String>,
    variant_title: Option<String>,
    sku: Option<String>,
    quantity: u64,
    current_quantity: Option<u64>,
    vendor: Option<String>,
    gift_card: Option<bool>,
}

#[derive(Deserialize)]
struct Refund {
    refund_line_items: Vec<RefundLine>,
}

#[derive(Deserialize)]
struct RefundLine {
    line_item_id: u64,
    quantity: u64,
}

impl Order {
    fn finish(self, work: Work) -> bool {
        match work {
            Work::Texts => return read_all(black_box(&self)),
            Work::Types => {
                let customer = self.customer.as_ref();
                let billing = self.billing_address.as_ref();
                typed::<EmailAddress>(self.email.as_deref());
                typed::<OrderReference>(Some(self.name.trim_start_matches('#')));
                typed::<PersonName>(customer.and_then(|customer| customer.first_name.as_deref()));
                typed::<PersonName>(customer.and_then(|customer| customer.last_name.as_deref()));
                typed::<PhoneNumber>(billing.and_then(|address| address.phone.as_deref()));
                typed::<CountryCode>(billing.and_then(|address| address.country_code.as_deref()));
                typed::<Locale>(self.customer_locale.as_deref());
                for line in &self.line_items {
                    typed::<ProductName>(Some(&line.name));
                    typed::<Sku>(line.sku.as_deref());
                    typed::<ProductName>(line.vendor.as_deref());
                }
                return read_all(black_box(&self));
            }
            Work::Request => {}
        }
        let customer = self.customer;
        let marketing = customer.as_ref().and_then(|customer| customer.email_marketing_consent.as_ref());
        let is_subscribed = marketing.is_some_and(|consent| consent.state.as_deref() == Some("subscribed"));
        let (Some(email), true) = (self.email, is_subscribed) else { return false };
        let products = self.line_items.into_iter().filter_map(|line| {
            Some(Product::builder(line.sku?, line.name).brand(line.vendor.filter(|brand| !brand.is_empty())))
        });
        let parcel = self.fulfillments.first();
        let request =
            InviteRequest::builder(email, self.name.trim_start_matches('#'), Consent::granted("opt-in"))
                .first_name(customer.as_ref().and_then(|customer| customer.first_name.clone()))
                .last_name(customer.as_ref().and_then(|customer| customer.last_name.clone()))
                .customer_reference(customer.map(|customer| customer.id.to_string()))
                .phone(self.billing_address.as_ref().and_then(|address| address.phone.clone()))
                .country(self.billing_address.and_then(|address| address.country_code))
                .locale(self.customer_locale)
                .placed_at(self.created_at)
                .shipped_at(parcel.and_then(|parcel| parcel.created_at))
                .delivered_at(parcel.and_then(|parcel| parcel.updated_at))
                .products(products);
        black_box(request.build()).is_ok()
    }
}

/// Uses every member, so that none of them is unused.
fn read_all(order: &Order) -> bool {
    let Order { id, name, order_number, email, contact_email, phone, gateway, .. } = order;
    black_box((id, name, order_number, contact_email, phone, gateway, &order.source_name, &order.test));
    black_box((&order.financial_status, &order.fulfillment_status, &order.payment_gateway_names));
    black_box((&order.cancelled_at, &order.cancel_reason, &order.buyer_accepts_marketing));
    black_box((order.created_at, order.processed_at));
    for Note { name, value } in &order.note_attributes {
        black_box((name, value));
    }
    if let Some(Customer { id, email, first_name, last_name, phone, email_marketing_consent }) =
        &order.customer
    {
        let marketing = email_marketing_consent.as_ref();
        black_box((id, email, first_name, last_name, phone));
        black_box(marketing.map(|consent| (&consent.state, consent.consent_updated_at)));
    }
    for address in order.billing_address.iter().chain(&order.shipping_address) {
        let Address { first_name, last_name, country, country_code, phone } = address;
        black_box((first_name, last_name, country, country_code, phone));
    }
    for Fulfillment { status, shipment_status, created_at, updated_at } in &order.fulfillments {
        black_box((status, shipment_status, created_at, updated_at));
    }
    for line in &order.line_items {
        let Line { id, name, title, variant_title, sku, vendor, .. } = line;
        black_box((id, name, title, variant_title, sku, vendor));
        black_box((line.quantity, line.current_quantity, line.gift_card));
    }
    for line in order.refunds.iter().flat_map(|refund| &refund.refund_line_items) {
        black_box((line.line_item_id, line.quantity));
    }
    email.is_some()
}

/// The columns of the generated CSV file.
#[derive(Deserialize)]
struct Row {
    email: String,
    order_reference: String,
    first_name: Option<String>,
    last_name: Option<String>,
    locale: Option<String>,
    placed_at: Option<DateTime<Utc>>,
    consent: Option<String>,
    product_name: Option<String>,
    product_sku: Option<String>,
}

impl Row {
    fn finish(self, work: Work) -> bool {
        match work {
            Work::Texts => return !black_box(self).email.is_empty(),
            Work::Types => {
                typed::<EmailAddress>(Some(&self.email));
                typed::<OrderReference>(Some(&self.order_reference));
                typed::<PersonName>(self.first_name.as_deref());
                typed::<PersonName>(self.last_name.as_deref());
                typed::<Locale>(self.locale.as_deref());
                typed::<ProductName>(self.product_name.as_deref());
                typed::<Sku>(self.product_sku.as_deref());
                return !black_box(self).email.is_empty();
            }
            Work::Request => {}
        }
        if self.consent.as_deref() != Some("yes") {
            return false;
        }
        let product = self.product_sku.zip(self.product_name).map(|(sku, name)| Product::builder(sku, name));
        let request = InviteRequest::builder(self.email, self.order_reference, Consent::granted("consent"))
            .first_name(self.first_name)
            .last_name(self.last_name)
            .locale(self.locale)
            .placed_at(self.placed_at)
            .products(product);
        black_box(request.build()).is_ok()
    }
}
