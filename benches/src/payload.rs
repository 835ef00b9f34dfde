//! The bodies of the sample invitations as a user of serde would write them: one struct for each vendor. Times are ready
//! texts, which is cheaper than what any client has to do.

use serde::Serialize;

use crate::vendor::Vendor;

/// The body of the sample invitation.
#[derive(Serialize)]
#[serde(untagged)]
pub enum Payload {
    /// Trustpilot.
    #[serde(rename_all = "camelCase")]
    Trustpilot {
        consumer_email: String,
        consumer_name: String,
        reference_number: String,
        locale: String,
        service_review_invitation: ServicePart,
    },
    /// eTrusted.
    #[serde(rename_all = "camelCase")]
    Etrusted {
        #[serde(rename = "type")]
        kind: String,
        default_locale: String,
        customer: Customer,
        channel: Channel,
        transaction: Transaction,
        estimated_delivery_date: String,
        products: Vec<Product>,
        system: String,
        system_version: String,
    },
    /// Kiyoh.
    Kiyoh {
        location_id: String,
        invite_email: String,
        delay: u32,
        language: String,
        first_name: String,
        ref_code: String,
    },
    /// WebwinkelKeur.
    Webwinkelkeur { email: String, order: String, language: String, customer_name: String },
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ServicePart {
    template_id: String,
    redirect_uri: String,
    tags: Vec<String>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Customer {
    email: String,
    first_name: String,
    reference: String,
}

#[derive(Serialize)]
pub struct Channel {
    id: String,
    #[serde(rename = "type")]
    kind: String,
}

#[derive(Serialize)]
pub struct Transaction {
    reference: String,
    date: String,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Product {
    sku: String,
    name: String,
    url: String,
    image_url: String,
    gtin: String,
    brand: String,
}

impl Payload {
    /// Returns the body for this order.
    pub fn new(vendor: Vendor, order: &str) -> Self {
        let email = "zoe.krueger@hallkrueger.example".to_owned();
        let (name, order) = ("Zoë Hall-Krüger".to_owned(), order.to_owned());
        match vendor {
            Vendor::Trustpilot => Self::Trustpilot {
                consumer_email: email,
                consumer_name: name,
                reference_number: order,
                locale: "en-GB".to_owned(),
                service_review_invitation: ServicePart {
                    template_id: "507f191e810c19729de860ec".to_owned(),
                    redirect_uri: "https://shop.example/thanks".to_owned(),
                    tags: vec!["webshop".to_owned(), "summer".to_owned()],
                },
            },
            Vendor::Etrusted => Self::Etrusted {
                kind: "shipped".to_owned(),
                default_locale: "de_DE".to_owned(),
                customer: Customer { email, first_name: name, reference: "C-4711".to_owned() },
                channel: Channel {
                    id: "chl-00000000-0000-4000-8000-000000000000".to_owned(),
                    kind: "etrusted".to_owned(),
                },
                transaction: Transaction { reference: order, date: "2026-11-01T10:00:00.000Z".to_owned() },
                estimated_delivery_date: "2026-11-05".to_owned(),
                products: vec![product("A-1", "A kettle"), product("A-2", "A lamp")],
                system: "bench".to_owned(),
                system_version: "1".to_owned(),
            },
            Vendor::Kiyoh => Self::Kiyoh {
                location_id: "1234567".to_owned(),
                invite_email: email,
                delay: 7,
                language: "nl".to_owned(),
                first_name: name,
                ref_code: order,
            },
            Vendor::Webwinkelkeur => {
                Self::Webwinkelkeur { email, order, language: "nl".to_owned(), customer_name: name }
            }
        }
    }
}

fn product(sku: &str, name: &str) -> Product {
    Product {
        sku: sku.to_owned(),
        name: name.to_owned(),
        url: format!("https://shop.example/products/{sku}"),
        image_url: format!("https://shop.example/images/{sku}.jpg"),
        gtin: "4006381333931".to_owned(),
        brand: "Acme".to_owned(),
    }
}
