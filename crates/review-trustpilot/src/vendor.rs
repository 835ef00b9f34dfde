//! The capabilities of an account, and the requests of an invitation. No I/O.

use std::sync::Arc;

use chrono::{DateTime, TimeDelta, Utc};
use http::Method;
use review_core::config::Secret;
use review_core::model::{EmailAddress, Field, InviteRequest};
use review_core::provider::{
    Capabilities, ErasureStatus, InviteLookup, InviteRef, LocaleSupport, Operation, Requirement, ReviewLink,
    Scheduling, SetupReport,
};
use review_core::reviews::DynReader;
use review_core::{Error, ErrorKind, InviteKind, Result};
use review_http::vendor::{Account, Api, FieldErrors, HttpProvider, HttpVendor, Plan, Step};
use review_http::{ApiResponse, Classification, RateLimits, ResourceId, TokenStore};

use crate::config::{BusinessUnitRef, Grant, Trustpilot, default_rate_limits};
use crate::operations::{CREATE_INVITATION, VENDOR, unit_path};
use crate::options::TrustpilotOptions;
use crate::wire::VOCABULARY;
use crate::wire::request::{SHOWN, invitation, product_part, service_part};
use crate::{classify, erase, links, lookup, rules, setup_check, token};

impl HttpVendor for Trustpilot {
    type Account = ResourceId;
    const NAME: &'static str = VENDOR;
    const VOCABULARY: &'static [&'static str] = VOCABULARY;

    fn capabilities(&self) -> Capabilities {
        let fields = [Field::Template, Field::Tags, Field::RedirectUrl, Field::Location];
        let fields = fields.into_iter().chain([Field::ReplyTo, Field::Sender]);
        let mut capabilities = base_capabilities().with_scheduling(Scheduling::Instant);
        capabilities = fields.fold(capabilities, Capabilities::add_field);
        capabilities = Operation::ALL.iter().copied().fold(capabilities, Capabilities::add_operation);
        if self.products_from_catalogue {
            return capabilities;
        }
        // UNK: which product members are mandatory. The official minimal sample has the URL.
        capabilities
            .add_requirement(Requirement::ProductUrl)
            .with_setting_for("order.products[].url", "products_from_catalogue")
    }

    fn link_capabilities(&self, kind: InviteKind) -> Capabilities {
        let mut capabilities =
            base_capabilities().add_field(Field::RedirectUrl).add_requirement(Requirement::ProductUrl);
        if kind.includes_service() {
            capabilities = capabilities.add_field(Field::Tags).add_field(Field::Location);
        }
        // INF: every sample of a product link has a locale.
        if kind.includes_products() {
            capabilities = capabilities.add_requirement(Requirement::Locale);
        }
        capabilities
    }

    fn secrets(&self) -> Vec<&Secret> {
        let mut secrets = vec![&self.api_key, &self.api_secret];
        match &self.grant {
            Grant::Password { username, password } => secrets.extend([username, password]),
            Grant::AuthorizationCode { code, .. } => secrets.push(code),
            Grant::ClientCredentials { .. } => {}
        }
        secrets
    }

    fn rate_limits(&self) -> RateLimits {
        default_rate_limits()
    }

    fn account(&self) -> Account<ResourceId> {
        match &self.business_unit {
            BusinessUnitRef::Id(id) => Account::Known(id.clone()),
            BusinessUnitRef::Domain(domain) => Account::Lookup {
                step: lookup::find_business_unit(self, domain),
                placeholder: ResourceId::placeholder(&format!("id of {}", domain.as_str())),
            },
        }
    }

    fn read_account(&self, response: &ApiResponse) -> Result<ResourceId> {
        let id = response.text_at(&["/id"]).and_then(|id| ResourceId::new(&id).ok());
        id.ok_or_else(|| Error::new(ErrorKind::Unexpected, "the business unit has no usable id"))
    }

    fn plan(&self, request: &InviteRequest, unit: &ResourceId, now: DateTime<Utc>) -> Result<Plan> {
        let (mut errors, mut warnings) = (FieldErrors::default(), Vec::new());
        let (has_service, has_products) =
            (request.kind().includes_service(), request.kind().includes_products());
        let send_at = request.send_at().resolve(request.order(), now)?;
        let no_product = (!has_products).then_some("applies to a product part, and the kind has none");
        let options = TrustpilotOptions::of(request, no_product, &mut errors);
        let tags = rules::tags(request, &mut errors, &mut warnings);
        let service = has_service.then(|| {
            let template = errors.ok(self.template_id(request.template(), now)).flatten();
            service_part(request, template, send_at, tags)
        });
        let delay = TimeDelta::from_std(self.product_delay).unwrap_or(TimeDelta::MAX);
        let product_at = options.product_send_at.or_else(|| match has_service {
            // A time in the past means now, and this email must still follow that about the service.
            true => send_at?.max(now).checked_add_signed(delay),
            false => send_at,
        });
        let product = has_products.then(|| {
            let (template, field) = match &options.product_template {
                None if !has_service => (request.template(), "template"),
                template => (template.as_ref(), "options.trustpilot.product_template"),
            };
            let template = self.template_id(template, now).map_err(|error| error.with_field(field));
            let template = errors.ok(template).flatten();
            product_part(request, template, product_at, self.products_from_catalogue)
        });
        if has_service && has_products {
            rules::check_order(send_at, product_at, &mut errors);
        }
        errors.into_result()?;
        let body = invitation(request, service, product);
        let path = unit_path(unit, &["email-invitations"]);
        // UNK: what a second invitation with the same reference leads to.
        let step = Step::at_most_once(CREATE_INVITATION, Method::POST, &self.invitations_url, &path);
        let first_at = if has_service { send_at } else { product_at };
        let plan = Plan::new(self.for_user(step.typed_json(&body, SHOWN))?).scheduled(first_at, now);
        Ok(plan.add_warnings(warnings))
    }

    fn classify(response: &ApiResponse) -> Classification {
        classify::classify(response)
    }

    fn token_step(&self, refresh_token: Option<&Secret>) -> Option<Step> {
        Some(token::step(self, refresh_token))
    }

    fn token_store(&self) -> Option<Arc<dyn TokenStore>> {
        self.token_store.clone()
    }

    fn reader(provider: &HttpProvider<Self>) -> Option<DynReader> {
        Some(Arc::new(provider.clone()))
    }

    async fn create_link(&self, api: &Api<Self>, request: &InviteRequest) -> Result<ReviewLink> {
        links::create(self, api, request).await
    }

    async fn find_invite(&self, api: &Api<Self>, invite: &InviteRef) -> Result<InviteLookup> {
        lookup::find_invite(self, api, invite).await
    }

    async fn erase_customer(&self, api: &Api<Self>, email: &EmailAddress) -> Result<ErasureStatus> {
        erase::erase_customer(self, api, email).await
    }

    async fn check_setup(&self, api: &Api<Self>) -> Result<SetupReport> {
        setup_check::check_setup(api).await
    }
}

fn base_capabilities() -> Capabilities {
    [InviteKind::Service, InviteKind::Product, InviteKind::ServiceAndProduct]
        .into_iter()
        .fold(Capabilities::new(), Capabilities::add_kind)
        .with_locales(LocaleSupport::LanguageAndCountry)
        .add_requirement(Requirement::CustomerName)
        // INF: characters that break the links in Trustpilot's emails, by an older support article.
        .add_requirement(Requirement::ReferenceWithout("#*+\"%&".into()))
        .add_requirement(Requirement::TagCharacters("_-.".into()))
}
