//! The capabilities of a location, and the requests of an invitation. No I/O.

use std::sync::Arc;

use chrono::{DateTime, Utc};
use http::Method;
use review_core::config::Secret;
use review_core::model::{CustomerName, InviteRequest, Locale, whole_days_until};
use review_core::provider::{
    Capabilities, LocaleSupport, Operation, Requirement, ReviewLink, Scheduling, SendIdempotency, SetupReport,
};
use review_core::reviews::DynReader;
use review_core::{InviteKind, Result};
use review_http::vendor::{Account, Api, HttpProvider, HttpVendor, Plan, Step};
use review_http::{ApiResponse, Classification};
use serde_json::json;

use crate::client::upsert_products;
use crate::config::Kiyoh;
use crate::language::Language;
use crate::operations::CREATE_INVITATION;
use crate::products::products;
use crate::wire::catalogue::CatalogueProduct;
use crate::wire::{SHOWN, VOCABULARY};
use crate::{classify, links, setup_check};

impl HttpVendor for Kiyoh {
    type Account = ();
    const NAME: &'static str = crate::VENDOR;
    const VOCABULARY: &'static [&'static str] = VOCABULARY;

    fn capabilities(&self) -> Capabilities {
        let links = self.location_name.as_ref().map(|_| Operation::CreateLink);
        let operations = links.into_iter().chain([Operation::CheckSetup]);
        let capabilities = operations
            .fold(self.base_capabilities(), Capabilities::add_operation)
            .with_scheduling(Scheduling::WholeDay)
            // INF: for 30 days.
            .with_idempotency(SendIdempotency::Email);
        match self.products_from_catalogue {
            true => capabilities,
            false => capabilities
                .add_requirement(Requirement::ProductUrl)
                .add_requirement(Requirement::ProductImage)
                .with_setting_for("order.products[].url", "products_from_catalogue")
                .with_setting_for("order.products[].image_url", "products_from_catalogue"),
        }
    }

    fn link_capabilities(&self, _: InviteKind) -> Capabilities {
        self.base_capabilities()
    }

    fn secrets(&self) -> Vec<&Secret> {
        vec![&self.api_token]
    }

    fn account(&self) -> Account<()> {
        Account::Known(())
    }

    fn plan(&self, request: &InviteRequest, (): &(), now: DateTime<Utc>) -> Result<Plan> {
        let (products, warning) = products(request);
        let codes: Vec<_> = products.iter().map(|product| product.sku().as_str()).collect();
        let has_products = request.kind().includes_products();
        // DIS: a setting of another client turns 0 into 1. The vendor's papers have 0 for "at once". UNK: the largest value.
        let delay = match request.send_at().resolve(request.order(), now)? {
            Some(at) => whole_days_until(at, now),
            None => self.delay_days,
        };
        // A name in one piece goes into the first name: splitting it would guess.
        let (first_name, last_name) = match request.customer().name() {
            Some(CustomerName::Full(full)) => (Some(full.as_str()), None),
            name => (name.and_then(CustomerName::first), name.and_then(CustomerName::last)),
        };
        // UNK: the effect of `city`, `supplier` and `variable`, which no paper has for this request. They are not sent.
        // UNK: the maximum lengths.
        let body = json!({
            "location_id": self.location_id.as_str(),
            "invite_email": request.customer().email().as_str(),
            "delay": delay,
            "language": self.language_of(request.customer().locale()).as_str(),
            "first_name": first_name,
            "last_name": last_name,
            self.reference_field.as_str(): request.order().reference().as_str(),
            "product_code": has_products.then_some(codes),
            "product_invite": has_products.then_some(request.kind() == InviteKind::Product),
        });
        let path = ["v1", "invite", "external"];
        let step = Step::at_most_once(CREATE_INVITATION, Method::POST, &self.api_url, &path);
        let mut plan = Plan::new(self.authorized(step).json(body, SHOWN)).add_warnings(warning);
        if !self.products_from_catalogue {
            let products: Vec<_> = products.into_iter().map(CatalogueProduct::from).collect();
            plan.before = upsert_products(self, &products);
        }
        // UNK: the time of day, and whether a day has 24 hours or begins at midnight.
        Ok(plan.scheduled_in_days(delay, now))
    }

    fn classify(response: &ApiResponse) -> Classification {
        classify::classify(response)
    }

    fn reader(provider: &HttpProvider<Self>) -> Option<DynReader> {
        Some(Arc::new(provider.clone()))
    }

    async fn create_link(&self, api: &Api<Self>, request: &InviteRequest) -> Result<ReviewLink> {
        links::create(self, api, request)
    }

    async fn check_setup(&self, api: &Api<Self>) -> Result<SetupReport> {
        setup_check::check_setup(api).await
    }
}

impl Kiyoh {
    /// UNK: whether one token serves several locations, so a request cannot choose one.
    fn base_capabilities(&self) -> Capabilities {
        let tags = self.languages().flat_map(Language::tags).copied();
        let kinds = [InviteKind::Service, InviteKind::Product, InviteKind::ServiceAndProduct];
        let capabilities = Capabilities::new().with_locales(LocaleSupport::list(tags));
        kinds.into_iter().fold(capabilities, Capabilities::add_kind)
    }

    /// The languages of the settings come first: an account that names a form accepts it.
    fn languages(&self) -> impl Iterator<Item = Language> {
        [self.language].into_iter().chain(self.extra_languages.iter().copied()).chain(Language::agreed())
    }

    /// Returns the language of a locale that the capabilities have resolved.
    pub(crate) fn language_of(&self, locale: Option<&Locale>) -> Language {
        let tag = locale.map(ToString::to_string).unwrap_or_default();
        self.languages().find(|language| language.tags().contains(&tag.as_str())).unwrap_or(self.language)
    }

    pub(crate) fn authorized(&self, step: Step) -> Step {
        step.secret_header("x-publication-api-token", &self.api_token)
    }
}
