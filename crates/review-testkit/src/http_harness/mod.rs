//! A conformance harness for a vendor with an HTTP API.

mod router;

use std::marker::PhantomData;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use http::StatusCode;
use review_core::config::{Entries, FromConfig};
use review_core::model::InviteRequestBuilder;
use review_core::provider::ProviderInfo;
use review_core::{DynProvider, ErrorScope};
use review_http::vendor::{HttpFactory, HttpVendor};
use review_http::{ClientOptions, RetryPolicy};
use serde_json::Value;

pub use self::router::FakeRouter;
use self::router::{Exchange, RouterTransport};
use crate::conformance::{Harness, InstanceSettings, VendorFault, WireField};
use crate::{FaultRule, FaultTransport, TransportFault};

/// The attempts of one call, if a case does not set them.
const MAX_ATTEMPTS: u32 = 3;

/// The fake of a vendor with an HTTP API, for [`HttpHarness`].
///
/// A case that fails names a method of [`Harness`], which `HttpHarness` implements with these items: `accepted_count` and
/// `received_payload` with `INVITATION`, `REFERENCE`, `PREPARATION` and `is_accepted`, `fault` with `INVITATION`, `TOKEN`,
/// `PREPARATION` and `rejection_in_success`, `secrets` with `SETTINGS` and `TOKEN`, and some with the item of the same name.
pub trait HttpFake: Send + Sync + 'static {
    /// The vendor under test.
    type Vendor: HttpVendor + FromConfig;

    /// Its settings, by the names of its keys. Use made-up secrets of at least four characters that are no words of the
    /// messages of the fake: errors show such a word as `[redacted]`. The base URL keeps its default; its host is ignored.
    const SETTINGS: &'static [(&'static str, &'static str)];

    /// The end of the path of the request that invites: `/invitations`. Requests with the method GET do not count.
    const INVITATION: &'static str;

    /// The member of its JSON body with the order reference, as a JSON pointer (RFC 6901): `/order/id`.
    const REFERENCE: &'static str;

    /// The end of the path of the request for a token: `/oauth/token`. Set it if the vendor has a
    /// [`token_step`](HttpVendor::token_step).
    const TOKEN: Option<&'static str> = None;

    /// The ends of the paths of requests before an invitation, and what a failure concerns: the order, such as an upload
    /// of its products, or the account, such as a lookup of its id.
    const PREPARATION: &'static [(ErrorScope, &'static str)] = &[];

    /// See [`Harness::unmapped_fields`].
    const UNMAPPED_FIELDS: &'static [WireField] = &[];

    /// Returns the routes, with a new state.
    fn router() -> impl FakeRouter;

    /// Returns whether a response of the routes accepts an invitation. Default: a 2xx status.
    fn is_accepted(status: StatusCode, body: &Value) -> bool {
        let _ = body;
        status.is_success()
    }

    /// Returns the body with a 2xx status with which the vendor rejects an invitation and states this message. Default:
    /// the vendor does not do so.
    fn rejection_in_success(message: &str) -> Option<Value> {
        let _ = message;
        None
    }

    /// See [`Harness::wire_forms`].
    fn wire_forms(field: WireField, value: &str) -> Vec<String> {
        let _ = field;
        vec![value.to_owned()]
    }

    /// See [`Harness::field_value`].
    fn field_value(field: WireField, default: &str) -> String {
        let _ = field;
        default.to_owned()
    }

    /// See [`Harness::customize`].
    fn customize(request: InviteRequestBuilder) -> InviteRequestBuilder {
        request
    }
}

/// The harness of a vendor on the vendor kit (`review_http::vendor`), with its routes in the same process. It counts and
/// records the requests, injects every fault, lists the secrets of the settings and the issued tokens, and uses the
/// paused time of tokio: no wait takes real time. `run_case` and `run_all` need
/// `#[tokio::test(start_paused = true)]` for that.
///
/// A vendor with an API key, its fake and its tests:
///
/// ```
/// use axum::routing::post;
/// use axum::{Json, Router};
/// use chrono::{DateTime, Utc};
/// use review_core::config::{ConfigErrors, ConfigKey, ConfigReader, FromConfig, KeyInfo, Secret};
/// use review_core::provider::Capabilities;
/// use review_core::{InviteKind, InviteRequest, Result, config_keys};
/// use review_http::vendor::{Account, HttpVendor, Plan, Step};
/// use review_http::{ApiResponse, BaseUrl, Classification};
/// use review_testkit::conformance::WireField;
/// use review_testkit::{FakeRouter, HttpFake, HttpHarness};
/// use serde_json::{Value, json};
///
/// config_keys! {
///     KEYS {
///         API_KEY: Secret = ConfigKey::required("api_key", "the key of the account").secret();
///         API_URL: BaseUrl = ConfigKey::with_default("api_url", "the URL of the API", "https://api.acme.example");
///     }
/// }
///
/// #[derive(Debug)]
/// struct Acme {
///     api_key: Secret,
///     api_url: BaseUrl,
/// }
///
/// impl FromConfig for Acme {
///     const KEYS: &'static [KeyInfo] = KEYS;
///
///     fn from_config(config: &ConfigReader<'_>) -> Result<Self, ConfigErrors> {
///         Ok(Self { api_key: config.get(&API_KEY)?, api_url: config.get(&API_URL)? })
///     }
/// }
///
/// impl HttpVendor for Acme {
///     type Account = ();
///     const NAME: &'static str = "acme";
///
///     fn capabilities(&self) -> Capabilities {
///         Capabilities::new().add_kind(InviteKind::Service)
///     }
///
///     fn secrets(&self) -> Vec<&Secret> {
///         vec![&self.api_key]
///     }
///
///     fn account(&self) -> Account<()> {
///         Account::Known(())
///     }
///
///     fn plan(&self, request: &InviteRequest, _: &(), _: DateTime<Utc>) -> Result<Plan> {
///         let (customer, order) = (request.customer(), request.order());
///         let body = json!({
///             "email": customer.email().as_str(),
///             "name": customer.name().map(|name| name.full()),
///             "order": order.reference().as_str(),
///         });
///         let step = Step::at_most_once("create_invitation", http::Method::POST, &self.api_url, &["invitations"]);
///         Ok(Plan::new(step.secret_header("x-key", &self.api_key).json(body, &["order"])))
///     }
///
///     fn classify(response: &ApiResponse) -> Classification {
///         Classification::by_status(response).with_message(response.text_at(&["/message"]))
///     }
/// }
///
/// struct AcmeFake;
///
/// impl HttpFake for AcmeFake {
///     type Vendor = Acme;
///     const SETTINGS: &'static [(&'static str, &'static str)] = &[("api_key", "not-a-real-key")];
///     const INVITATION: &'static str = "/invitations";
///     const REFERENCE: &'static str = "/order";
///     const UNMAPPED_FIELDS: &'static [WireField] = {
///         use WireField::*;
///         &[
///             Locale, Phone, Address, CustomerReference, PlacedAt, PaidAt, ShippedAt, DeliveredAt, EstimatedDelivery,
///         ]
///     };
///
///     fn router() -> impl FakeRouter {
///         Router::new().route("/invitations", post(async |Json(_): Json<Value>| Json(json!({ "id": "inv-1" }))))
///     }
/// }
///
/// review_testkit::conformance_suite! { harness: HttpHarness<AcmeFake> }
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() {
/// #     tokio::time::pause();
/// #     for (case, result) in review_testkit::conformance::run_all::<HttpHarness<AcmeFake>>().await {
/// #         assert!(!result.is_failure(), "{case}: {result}");
/// #     }
/// # }
/// ```
#[derive(Debug)]
pub struct HttpHarness<F> {
    provider: DynProvider,
    vendor: RouterTransport,
    faults: FaultTransport,
    max_attempts: u32,
    fake: PhantomData<fn() -> F>,
}

impl<F: HttpFake> HttpHarness<F> {
    #[expect(clippy::panic, reason = "a harness is a part of a test")]
    fn new(instance: &str, max_attempts: u32) -> Self {
        let vendor = RouterTransport::new(F::router());
        let faults = FaultTransport::new(Arc::new(vendor.clone()));
        let retry = RetryPolicy::default().with_max_attempts(max_attempts);
        let provider = HttpFactory::<F::Vendor>::new().build(
            ProviderInfo::new(F::Vendor::NAME, instance),
            &Entries::from_code(F::SETTINGS.iter().copied()),
            ClientOptions::default().with_retry(retry),
            Some(Arc::new(faults.clone())),
        );
        let provider = provider.unwrap_or_else(|error| panic!("HttpFake::SETTINGS are invalid: {error:?}"));
        let has_token = provider.api().vendor().token_step(None).is_some();
        assert!(
            !has_token || F::TOKEN.is_some(),
            "the vendor has a token_step: set HttpFake::TOKEN to its path"
        );
        Self { provider: Arc::new(provider), vendor, faults, max_attempts, fake: PhantomData }
    }

    fn is_invitation(exchange: &Exchange) -> bool {
        exchange.request.method() != http::Method::GET && exchange.is_to(F::INVITATION)
    }

    fn is_preparation(exchange: &Exchange) -> bool {
        F::PREPARATION.iter().any(|(_, path)| exchange.is_to(path))
    }
}

#[async_trait]
impl<F: HttpFake> Harness for HttpHarness<F> {
    async fn start() -> Self {
        Self::new("test", MAX_ATTEMPTS)
    }

    async fn start_instance(settings: &InstanceSettings) -> Option<Self> {
        Some(Self::new(&settings.instance, settings.max_attempts))
    }

    fn uses_paused_time() -> bool {
        true
    }

    fn provider(&self) -> DynProvider {
        self.provider.clone()
    }

    async fn accepted_count(&self, reference: &str) -> usize {
        let is_accepted = |exchange: &&Exchange| {
            let status = exchange.response.as_ref().map(|response| response.status);
            Self::is_invitation(exchange)
                && exchange.member(F::REFERENCE).as_deref() == Some(reference)
                && status.is_some_and(|status| F::is_accepted(status, &exchange.response_json()))
        };
        self.vendor.exchanges().iter().filter(is_accepted).count()
    }

    async fn request_count(&self) -> usize {
        self.vendor.exchanges().len()
    }

    async fn received_payload(&self, reference: &str) -> Option<String> {
        let exchanges = self.vendor.exchanges();
        let of_order = exchanges
            .iter()
            .filter(|exchange| Self::is_preparation(exchange) || exchange.body_contains(reference));
        Some(of_order.map(Exchange::to_text).collect())
    }

    async fn fault(&self, fault: VendorFault) -> bool {
        let path = match &fault {
            VendorFault::RejectToken(_) => F::TOKEN,
            VendorFault::RejectPreparation(scope) => {
                F::PREPARATION.iter().find(|(concerns, _)| concerns == scope).map(|(_, path)| *path)
            }
            _ => Some(F::INVITATION),
        };
        let Some(path) = path else { return false };
        let is_refused = fault == VendorFault::RefuseConnection;
        let is_read = move |method: &http::Method| method == http::Method::GET && path == F::INVITATION;
        let fault = match fault {
            VendorFault::RejectInSuccess(value) => {
                let Some(body) = F::rejection_in_success(&format!("the value {value} is invalid")) else {
                    return false;
                };
                TransportFault::json(StatusCode::OK, &body)
            }
            fault => fault.into(),
        };
        let rule = FaultRule::new(fault).with_max_hits(if is_refused { self.max_attempts.into() } else { 1 });
        self.faults.add(
            rule.when(move |request| request.uri().path().ends_with(path) && !is_read(request.method())),
        );
        true
    }

    fn secrets(&self) -> Vec<String> {
        let keys = <F::Vendor as FromConfig>::KEYS;
        let is_secret = |name: &str| keys.iter().any(|key| key.secret && key.name == name);
        let settings = F::SETTINGS.iter().filter(|(name, _)| is_secret(name)).map(|(_, value)| *value);
        let mut secrets: Vec<_> = settings.map(str::to_owned).collect();
        let exchanges = self.vendor.exchanges();
        for exchange in exchanges.iter().filter(|exchange| F::TOKEN.is_some_and(|path| exchange.is_to(path)))
        {
            let body = exchange.response_json();
            let tokens =
                ["access_token", "refresh_token"].map(|name| body.get(name)?.as_str().map(str::to_owned));
            secrets.extend(tokens.into_iter().flatten());
        }
        secrets
    }

    fn field_value(&self, field: WireField, default: &str) -> String {
        F::field_value(field, default)
    }

    fn wire_forms(&self, field: WireField, value: &str) -> Vec<String> {
        F::wire_forms(field, value)
    }

    fn unmapped_fields(&self) -> &[WireField] {
        F::UNMAPPED_FIELDS
    }

    fn customize(&self, request: InviteRequestBuilder) -> InviteRequestBuilder {
        F::customize(request)
    }

    /// More than the total timeout of a call.
    fn deadline(&self) -> Duration {
        Duration::from_secs(60)
    }
}
