//! A vendor in your own code, on the vendor kit: Yotpo, which is configured like the built-in vendors.
//!
//! ```text
//! $ cargo run --example custom_provider
//! > yotpo/yotpo: accepted
//! > yotpo/yotpo: already invited
//! ```
//!
//! Yotpo receives orders, and its account decides if and when a customer gets an email. The kit adds the delivery rules,
//! tokens, rate limits, redaction, previews and configuration. Yotpo's server is simulated by the routes in this file,
//! which the conformance suite uses too: `cargo test --example custom_provider`.

use std::collections::HashSet;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use axum::routing::post;
use axum::{Json, Router};
use chrono::{DateTime, SecondsFormat, Utc};
use http::{Method, StatusCode};
use review_invites::config::{
    ConfigErrors, ConfigKey, ConfigReader, FromConfig, KeyInfo, Secret, config_keys,
};
use review_invites::http::vendor::{Account, HttpFactory, HttpVendor, Plan, Step};
use review_invites::http::{
    ApiResponse, BaseUrl, Classification, RateLimits, ResourceId, TokenPlace, Verdict,
};
use review_invites::model::CustomerName;
use review_invites::prelude::*;
use review_invites::provider::{Capabilities, Requirement, SendIdempotency};
use review_invites::registry::Registry;
use serde_json::{Value, json};

config_keys! {
    KEYS {
        STORE_ID: ResourceId = ConfigKey::required("store_id", "the id of the store, also called app key");
        SECRET: Secret = ConfigKey::required("secret", "the secret of the store").secret();
        API_URL: BaseUrl = ConfigKey::with_default("api_url", "the URL of the API", "https://api.yotpo.com");
    }
}

#[derive(Debug)]
struct Yotpo {
    store_id: ResourceId,
    secret: Secret,
    url: BaseUrl,
}

impl FromConfig for Yotpo {
    const KEYS: &'static [KeyInfo] = KEYS;

    fn from_config(config: &ConfigReader<'_>) -> Result<Self, ConfigErrors> {
        Ok(Self {
            store_id: config.get(&STORE_ID)?,
            secret: config.get(&SECRET)?,
            url: config.get(&API_URL)?,
        })
    }
}

/// The names of the requests.
const CREATE_TOKEN: &str = "create_token";
const CREATE_PRODUCT: &str = "create_product";
const CREATE_ORDER: &str = "create_order";

impl Yotpo {
    /// The path of a collection of the store.
    fn path<'a>(&'a self, collection: &'a str) -> [&'a str; 5] {
        ["core", "v3", "stores", self.store_id.as_str(), collection]
    }

    /// Products are in the catalogue before an order names them. INF: the first four members are required, and the SKU is the
    /// id of the product in the shop's widgets.
    fn create_product(&self, product: &Product) -> Step {
        let body = json!({ "product": {
            "external_id": product.sku().as_str(),
            "sku": product.sku().as_str(),
            "name": product.name().as_str(),
            "url": product.url().map(ToString::to_string),
            "image_url": product.image_url().map(ToString::to_string),
            "brand": product.brand().map(|brand| brand.as_str()),
            "mpn": product.mpn().map(|mpn| mpn.as_str()),
            "gtins": product.gtin().map(|gtin| json!([{ "declared_type": "EAN", "value": gtin.as_str() }])),
        }});
        Step::idempotent(CREATE_PRODUCT, Method::POST, &self.url, &self.path("products"))
            .json(body, &["product.external_id"])
    }
}

impl HttpVendor for Yotpo {
    type Account = ();
    const NAME: &'static str = "yotpo";
    const TOKEN_PLACE: TokenPlace = TokenPlace::BodyMember("utoken");

    /// The account decides about the time and the template, and may wait for the shipment. Yotpo accepts orders that are
    /// too old, and sends nothing.
    fn capabilities(&self) -> Capabilities {
        Capabilities::new()
            .add_kind(InviteKind::Product)
            .add_requirement(Requirement::CustomerName)
            .add_requirement(Requirement::PlacedAt)
            .add_requirement(Requirement::ShippedAt)
            .add_requirement(Requirement::MaxOrderAgeDays(180))
            .add_requirement(Requirement::ProductUrl)
            .with_idempotency(SendIdempotency::OrderReference)
    }

    fn secrets(&self) -> Vec<&Secret> {
        vec![&self.secret]
    }

    /// DIS: 5 requests a second, or 5,000 a minute.
    fn rate_limits(&self) -> RateLimits {
        RateLimits::unlimited().with_limit(5, Duration::from_secs(1))
    }

    fn account(&self) -> Account<()> {
        Account::Known(())
    }

    fn token_step(&self, _: Option<&Secret>) -> Option<Step> {
        let body = json!({ "secret": self.secret.expose() });
        let path = self.path("access_tokens");
        Some(Step::idempotent(CREATE_TOKEN, Method::POST, &self.url, &path).json(body, &[]))
    }

    fn plan(&self, request: &InviteRequest, (): &(), _: DateTime<Utc>) -> Result<Plan> {
        let (customer, order) = (request.customer(), request.order());
        let date = |at: DateTime<Utc>| at.to_rfc3339_opts(SecondsFormat::Secs, true);
        let reference = order.reference().as_str();
        // A guest is a customer of one order: the address is no id.
        let guest = || format!("order-{reference}");
        // A whole name is not split.
        let first_name = |name: &CustomerName| match (name.first(), name.last()) {
            (None, None) => Some(name.full()),
            (first, _) => first.map(str::to_owned),
        };
        let product =
            |product: &Product| json!({ "external_product_id": product.sku().as_str(), "quantity": 1 });
        let items: Vec<_> = order.products().iter().map(product).collect();
        // INF: these members are enough; more are optional.
        let body = json!({ "order": {
            "external_id": reference,
            "order_date": order.placed_at().map(date),
            "customer": {
                "external_id": customer.reference().map_or_else(guest, |id| id.as_str().to_owned()),
                "email": customer.email().as_str(),
                "first_name": customer.name().and_then(first_name),
                "last_name": customer.name().and_then(CustomerName::last),
                "phone_number": customer.phone().map(|phone| phone.as_str()),
            },
            "line_items": items,
            // INF: an account can wait for a fulfillment with this status.
            "fulfillments": [{
                "external_id": format!("{reference}-1"),
                "fulfillment_date": order.shipped_at().map(date),
                "status": "success",
                "fulfilled_items": items,
            }],
        }});
        // A second request is a 409, but the first can have led to an email.
        let invitation = Step::at_most_once(CREATE_ORDER, Method::POST, &self.url, &self.path("orders"));
        let shown = &["order.external_id", "order.order_date", "order.line_items"];
        let plan = Plan::new(invitation.json(body, shown));
        Ok(order.products().iter().map(|product| self.create_product(product)).fold(plan, Plan::add_before))
    }

    /// Yotpo responds with `{"order":{"yotpo_id":7}}`, and with `{"errors":[{"message":"..."}]}` (INF: the form of an
    /// error).
    fn classify(response: &ApiResponse) -> Classification {
        let found =
            Classification::by_status(response).with_message(response.text_at(&["/errors/0/message"]));
        match (response.operation, response.status) {
            // INF: for a product as well.
            (CREATE_ORDER | CREATE_PRODUCT, StatusCode::CONFLICT) => {
                found.with_verdict(Verdict::AlreadyInvited)
            }
            (CREATE_ORDER, status) if status.is_success() => match response.text_at(&["/order/yotpo_id"]) {
                Some(id) => Classification::accepted(Some(id)),
                None => Verdict::NotFromVendor.into(),
            },
            _ => found,
        }
    }
}

/// The simulated server.
fn routes() -> Router {
    let (orders, products) = (Known::default(), Known::default());
    let catalogue = products.clone();
    let create_token = async |Json(body): Json<Value>| match text(&body, "/secret") {
        Some("not-a-real-secret") => (StatusCode::OK, Json(json!({ "access_token": "ut-00000000" }))),
        _ => error(StatusCode::UNAUTHORIZED, "unknown secret"),
    };
    let create_product = async move |Json(body): Json<Value>| {
        let required = ["/product/external_id", "/product/name", "/product/url"];
        products.create("product", &body, &required)
    };
    let create_order = async move |Json(body): Json<Value>| {
        let line_items = body.pointer("/order/line_items").and_then(Value::as_array);
        let skus = line_items.into_iter().flatten().map(|item| text(item, "/external_product_id"));
        if !skus.map(Option::unwrap_or_default).all(|sku| catalogue.contains(sku)) {
            return error(StatusCode::NOT_FOUND, "products not found");
        }
        let required = [
            "/order/external_id",
            "/order/order_date",
            "/order/customer/external_id",
            "/order/customer/email",
            "/order/line_items/0/external_product_id",
            "/order/fulfillments/0/fulfillment_date",
        ];
        orders.create("order", &body, &required)
    };
    Router::new()
        .route("/core/v3/stores/store-1/access_tokens", post(create_token))
        .route("/core/v3/stores/store-1/products", post(create_product))
        .route("/core/v3/stores/store-1/orders", post(create_order))
}

type Reply = (StatusCode, Json<Value>);

fn error(status: StatusCode, message: &str) -> Reply {
    (status, Json(json!({ "errors": [{ "message": message }] })))
}

fn text<'a>(body: &'a Value, pointer: &str) -> Option<&'a str> {
    body.pointer(pointer)?.as_str()
}

/// The external ids of what exists.
#[derive(Clone, Default)]
struct Known(Arc<Mutex<HashSet<String>>>);

impl Known {
    fn contains(&self, id: &str) -> bool {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).contains(id)
    }

    fn create(&self, kind: &str, body: &Value, required: &[&str]) -> Reply {
        if text(body, "/utoken") != Some("ut-00000000") {
            return error(StatusCode::UNAUTHORIZED, "unknown token");
        }
        if let Some(missing) = required.iter().find(|pointer| text(body, pointer).is_none()) {
            return error(StatusCode::BAD_REQUEST, &format!("{missing} is missing"));
        }
        let id = text(body, &format!("/{kind}/external_id")).unwrap_or_default();
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if !known.insert(id.to_owned()) {
            return error(StatusCode::CONFLICT, &format!("{kind} with external_id {id} already exists"));
        }
        (StatusCode::CREATED, Json(json!({ kind: { "yotpo_id": known.len() } })))
    }
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await?;
    let url = format!("http://{}", listener.local_addr()?);
    tokio::spawn(async move { axum::serve(listener, routes()).await });
    let settings = [
        ("REVIEW_PROVIDER", "yotpo"),
        ("YOTPO_STORE_ID", "store-1"),
        ("YOTPO_SECRET", "not-a-real-secret"),
        ("YOTPO_API_URL", url.as_str()),
    ];
    let registry = Registry::builder().vendor("yotpo", HttpFactory::<Yotpo>::new()).from_iter(settings)?;
    let consent = Consent::granted("checkbox at the checkout");
    let request = InviteRequest::builder("jane@example.com", "1001", consent)
        .name("Jane Doe")
        .kind(InviteKind::Product)
        .placed_at(Utc::now())
        .shipped_at(Utc::now())
        .product(Product::builder("K-1", "Kettle").url("https://shop.example.com/kettle"))
        .build()?;
    for _ in 0..2 {
        let receipt = registry.provider().send_invite(&request).await?;
        println!("{}: {}", receipt.provider, receipt.state);
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use review_invites::ErrorScope;
    use review_invites::testkit::conformance::WireField;
    use review_invites::testkit::{self, FakeRouter, HttpFake, HttpHarness};

    use super::*;

    struct YotpoFake;

    impl HttpFake for YotpoFake {
        type Vendor = Yotpo;
        const SETTINGS: &'static [(&'static str, &'static str)] =
            &[("store_id", "store-1"), ("secret", "not-a-real-secret")];
        const INVITATION: &'static str = "/orders";
        const REFERENCE: &'static str = "/order/external_id";
        const TOKEN: Option<&'static str> = Some("/access_tokens");
        const PREPARATION: &'static [(ErrorScope, &'static str)] = &[(ErrorScope::Request, "/products")];
        const UNMAPPED_FIELDS: &'static [WireField] = {
            use WireField::*;
            &[Locale, Address, PaidAt, DeliveredAt, EstimatedDelivery, Category]
        };

        fn router() -> impl FakeRouter {
            routes()
        }
    }

    testkit::conformance_suite! { harness: HttpHarness<YotpoFake> }
}
