//! The vendors: settings, a sample invitation, and what their servers respond.

use std::sync::Arc;

use chrono::Utc;
use review_http::vendor::{Account, HttpFactory, HttpProvider, HttpVendor, Plan};
use review_http::{ClientOptions, DynTransport, RateLimits};
use review_invites::config::Entries;
use review_invites::etrusted::Etrusted;
use review_invites::kiyoh::Kiyoh;
use review_invites::model::{InviteRequestBuilder, ProductBuilder};
use review_invites::provider::ProviderInfo;
use review_invites::trustpilot::Trustpilot;
use review_invites::webwinkelkeur::Webwinkelkeur;
use review_invites::{Consent, DynProvider, InviteKind, InviteRequest, Product};

/// The number of bytes of eTrusted's access tokens; Trustpilot's are short.
const LONG_TOKEN: usize = 1200;

/// A vendor that speaks HTTP.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Vendor {
    /// `tp`
    Trustpilot,
    /// `et`
    Etrusted,
    /// `ki`
    Kiyoh,
    /// `ww`
    Webwinkelkeur,
}

/// The response to a request.
pub struct Response {
    /// The status.
    pub status: u16,
    /// The body.
    pub body: String,
}

/// An instance of a vendor.
pub struct Instance {
    /// The provider.
    pub provider: DynProvider,
    /// Maps a request to HTTP requests.
    pub map: Box<dyn Fn(&InviteRequest) -> Plan>,
}

impl Instance {
    fn new<V: HttpVendor>(provider: HttpProvider<V>) -> Self {
        let shared = Arc::new(provider.clone());
        let map = move |request: &InviteRequest| {
            let Account::Known(account) = provider.vendor().account() else {
                panic!("the account is a setting")
            };
            provider.vendor().plan(request, &account, Utc::now()).expect("it is valid")
        };
        Self { provider: shared, map: Box::new(map) }
    }
}

impl Vendor {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Trustpilot, Self::Etrusted, Self::Kiyoh, Self::Webwinkelkeur];

    /// Returns the short name, as tables have it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Trustpilot => "tp",
            Self::Etrusted => "et",
            Self::Kiyoh => "ki",
            Self::Webwinkelkeur => "ww",
        }
    }

    /// Returns the vendor of a short name.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|vendor| vendor.name() == name)
    }

    /// Returns the path of the request that invites, with its query.
    pub fn path(self) -> &'static str {
        match self {
            Self::Trustpilot => "/v1/private/business-units/507f191e810c19729de860ea/email-invitations",
            Self::Etrusted => "/events",
            Self::Kiyoh => "/v1/invite/external",
            Self::Webwinkelkeur => "/1.0/invitations.json?id=12345&code=not-a-real-code",
        }
    }

    /// Returns the name and the value of the header with the credentials.
    pub fn header(self) -> Option<(&'static str, String)> {
        match self {
            Self::Trustpilot | Self::Etrusted => Some(("authorization", format!("Bearer {}", self.token()))),
            Self::Kiyoh => Some(("x-publication-api-token", "not-a-real-token".to_owned())),
            Self::Webwinkelkeur => None,
        }
    }

    fn token(self) -> String {
        match self {
            Self::Etrusted => "t".repeat(LONG_TOKEN),
            _ => "a-token-of-the-loopback-server".to_owned(),
        }
    }

    /// Returns what the vendor's server responds to a request for this path.
    pub fn response(path: &str) -> Response {
        let ok = |body: &str| Response { status: 200, body: body.to_owned() };
        let token = |vendor: Self| {
            ok(&format!(
                r#"{{"access_token":"{}","token_type":"bearer","expires_in":86400}}"#,
                vendor.token()
            ))
        };
        match path.split('?').next().unwrap_or_default() {
            "/oauth/token" => token(Self::Etrusted),
            path if path.ends_with("/accesstoken") => token(Self::Trustpilot),
            "/events" => Response {
                status: 202,
                body: r#"{"Message":"Event accepted","EventRef":"evt-00000000-0000-4000-8000-000000000000"}"#
                    .to_owned(),
            },
            "/1.0/invitations.json" => ok(r#"{"status":"success","message":"The invitation was created"}"#),
            "/v1/invite/external" => ok("OK"),
            _ => ok(""),
        }
    }

    /// Returns a rejection that quotes the customer, or `None` for other paths.
    pub fn rejection(path: &str) -> Option<Response> {
        let rejected = |body: &str| Some(Response { status: 400, body: body.to_owned() });
        let sentence = "Invalid consumer 'Zoë Hall-Krüger <zoe.krueger@hallkrueger.example>' for order 1001";
        match path.split('?').next().unwrap_or_default() {
            "/events" => rejected(&format!(r#"{{"Message":"{sentence}","Error":"BadRequest"}}"#)),
            "/1.0/invitations.json" => rejected(&format!(r#"{{"status":"error","message":"{sentence}"}}"#)),
            "/v1/invite/external" => rejected(&format!(
                r#"{{"errorCode":"INVALID_EMAIL","id":"4711","detailedError":[{{"errorCode":"INVALID","message":"{sentence}"}}]}}"#
            )),
            path if path.ends_with("/email-invitations") => rejected(&format!(
                r#"{{"message":"{sentence}","errorCode":1002,"correlationId":"00000000-0000-4000-8000-000000000000"}}"#
            )),
            _ => None,
        }
    }

    /// Returns the instance with default settings, without a rate limit, at this address.
    pub fn provider(self, address: &str, transport: Option<DynTransport>) -> DynProvider {
        self.instance(address, transport).provider
    }

    /// Returns the same with its mapping.
    pub fn instance(self, address: &str, transport: Option<DynTransport>) -> Instance {
        macro_rules! built {
            ($vendor:ty, $urls:expr, $settings:expr) => {{
                let urls = $urls.map(|name: &str| (name, address));
                let entries = Entries::from_code(urls.into_iter().chain($settings));
                let options = ClientOptions::default().with_rate_limits(RateLimits::unlimited());
                let info = ProviderInfo::new(self.name(), "bench");
                let built = HttpFactory::<$vendor>::new().build(info, &entries, options, transport);
                Instance::new(built.expect("the settings are valid"))
            }};
        }
        match self {
            Self::Trustpilot => built!(
                Trustpilot,
                ["api_url", "invitations_url"],
                [
                    ("api_key", "0123456789abcdef0123456789abcdef"),
                    ("api_secret", "not-a-real-secret"),
                    ("business_user_id", "507f191e810c19729de860eb"),
                    ("business_unit_id", "507f191e810c19729de860ea"),
                ]
            ),
            Self::Etrusted => built!(
                Etrusted,
                ["api_url", "login_url"],
                [
                    ("client_id", "not-a-real-id"),
                    ("client_secret", "not-a-real-secret"),
                    ("channel_id", "chl-00000000-0000-4000-8000-000000000000"),
                    ("event_type", "shipped"),
                    ("review_kind", "both"),
                    ("system", "bench"),
                    ("system_version", "1"),
                ]
            ),
            Self::Kiyoh => built!(
                Kiyoh,
                ["api_url"],
                [
                    ("api_token", "not-a-real-token"),
                    ("location_id", "1234567"),
                    ("language", "nl"),
                    ("delay_days", "7"),
                ]
            ),
            Self::Webwinkelkeur => {
                built!(Webwinkelkeur, ["api_url"], [("id", "12345"), ("code", "not-a-real-code")])
            }
        }
    }

    /// Starts the sample invitation of this vendor.
    pub fn builder(self, order: &str) -> InviteRequestBuilder {
        let consent = Consent::granted("checkbox at the checkout");
        let request =
            InviteRequest::builder("zoe.krueger@hallkrueger.example", order, consent).name("Zoë Hall-Krüger");
        match self {
            Self::Trustpilot => request
                .kind(InviteKind::Service)
                .locale("en-GB")
                .template("507f191e810c19729de860ec")
                .redirect_url("https://shop.example/thanks")
                .tags(["webshop", "summer"]),
            Self::Etrusted => request
                .kind(InviteKind::ServiceAndProduct)
                .locale("de-DE")
                .customer_reference("C-4711")
                .placed_at("2026-11-01T10:00:00Z")
                .estimated_delivery("2026-11-05")
                .products([product("A-1", "A kettle"), product("A-2", "A lamp")]),
            Self::Kiyoh => request.kind(InviteKind::Service).locale("nl-NL"),
            Self::Webwinkelkeur => request.kind(InviteKind::Service).locale("nl-NL"),
        }
    }

    /// Returns the sample invitation of this vendor.
    pub fn request(self, order: &str) -> InviteRequest {
        self.builder(order).build().expect("the sample invitation is valid")
    }
}

fn product(sku: &str, name: &str) -> ProductBuilder {
    Product::builder(sku, name)
        .url(format!("https://shop.example/products/{sku}"))
        .image_url(format!("https://shop.example/images/{sku}.jpg"))
        .gtin("4006381333931")
        .brand("Acme")
}
