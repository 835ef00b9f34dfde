//! A kit for providers over HTTP: the vendor crate describes requests and responses, and the kit does the rest.
//!
//! A vendor that speaks HTTP implements [`HttpVendor`]: its capabilities, its account, a pure
//! [`plan`](HttpVendor::plan) of requests, and what a response means ([`classify`](HttpVendor::classify)).
//! [`HttpProvider`] makes a [`ReviewInviteProvider`](review_core::ReviewInviteProvider) of it: checks, previews
//! of the same requests, tokens, hooks after the last wait, redaction, and the names of provider and operation
//! in every error. [`HttpFactory`] builds instances from settings. Operations that take several dependent
//! requests are async functions over [`Api`].
//!
//! ```
//! use chrono::{DateTime, Utc};
//! use http::Method;
//! use review_core::config::{ConfigErrors, ConfigKey, ConfigReader, FromConfig, KeyInfo, Secret};
//! use review_core::provider::{Capabilities, ReviewInviteProvider};
//! use review_core::{Consent, InviteKind, InviteRequest, Result};
//! use review_http::vendor::{Account, HttpProvider, HttpVendor, Plan, Step};
//! use review_http::{ApiResponse, BaseUrl, Classification, ClientOptions};
//! use serde_json::json;
//!
//! review_core::config_keys! {
//!     /// The settings.
//!     pub CONFIG_KEYS {
//!         API_KEY: Secret = ConfigKey::required("api_key", "the key of the account").secret();
//!         API_URL: BaseUrl =
//!             ConfigKey::with_default("api_url", "the URL of the API", "https://api.acme.example");
//!     }
//! }
//!
//! /// One account at acme.
//! #[derive(Debug)]
//! struct Acme {
//!     api_key: Secret,
//!     api_url: BaseUrl,
//! }
//!
//! impl FromConfig for Acme {
//!     const KEYS: &'static [KeyInfo] = CONFIG_KEYS;
//!
//!     fn from_config(config: &ConfigReader<'_>) -> Result<Self, ConfigErrors> {
//!         Ok(Self { api_key: config.get(&API_KEY)?, api_url: config.get(&API_URL)? })
//!     }
//! }
//!
//! impl HttpVendor for Acme {
//!     type Account = ();
//!     const NAME: &'static str = "acme";
//!
//!     fn capabilities(&self) -> Capabilities {
//!         Capabilities::new().add_kind(InviteKind::Service)
//!     }
//!
//!     fn secrets(&self) -> Vec<&Secret> {
//!         vec![&self.api_key]
//!     }
//!
//!     fn account(&self) -> Account<()> {
//!         Account::Known(())
//!     }
//!
//!     fn plan(&self, request: &InviteRequest, _: &(), _: DateTime<Utc>) -> Result<Plan> {
//!         let body = json!({
//!             "email": request.customer().email().as_str(),
//!             "order": request.order().reference().as_str(),
//!         });
//!         let step = Step::at_most_once("create_invitation", Method::POST, &self.api_url, &["invitations"]);
//!         Ok(Plan::new(step.secret_header("x-key", &self.api_key).json(body, &["order"])))
//!     }
//!
//!     fn classify(response: &ApiResponse) -> Classification {
//!         Classification::by_status(response).with_message(response.text_at(&["/message"]))
//!     }
//! }
//!
//! # #[cfg(feature = "rustls")]
//! # fn main() -> Result<()> {
//! let acme = Acme { api_key: "a key".into(), api_url: BaseUrl::new("https://api.acme.example")? };
//! let provider = HttpProvider::new(acme, "shop-de", ClientOptions::default())?;
//! let consent = Consent::granted("checkbox at the checkout");
//! let preview = provider.preview(&InviteRequest::builder("jane@example.com", "1001", consent).build()?)?;
//! assert_eq!(preview.requests[0].url, "https://api.acme.example/invitations");
//! assert!(!preview.requests[0].to_string().contains("jane"));
//! # Ok(())
//! # }
//! # #[cfg(not(feature = "rustls"))]
//! # fn main() {}
//! ```

mod api;
mod contract;
mod factory;
mod field_errors;
mod provider;
mod setup_check;
mod step;
mod template_roles;
mod token;

pub use self::api::is_response;
pub use self::contract::{Account, Api, HttpProvider, HttpReviewSource, HttpVendor, Plan};
pub use self::factory::HttpFactory;
pub use self::field_errors::FieldErrors;
pub use self::setup_check::SetupCheck;
pub use self::step::Step;
pub use self::template_roles::TemplateRoles;
pub use self::token::client_credentials;
