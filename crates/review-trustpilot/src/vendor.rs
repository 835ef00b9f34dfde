//! The capabilities of an account, and the requests of an invitation. No I/O.

use std::sync::Arc;

use chrono::{DateTime, TimeDelta, Utc};
use http::Method;
use review_core::config::Secret;
use review_core::model::{EmailAddress, Field, InviteRequest, TemplateId};
use review_core::provider::{
    Capabilities, ErasureStatus, InviteLookup, InviteRef, LocaleSupport, Operation, Requirement, ReviewLink,
    Scheduling, SetupReport,
};
use review_core::reviews::DynReader;
use review_core::{Error, ErrorKind, InviteKind, Result};
use review_http::vendor::{Account, Api, HttpProvider, HttpVendor, Plan, Step};
use review_http::{ApiResponse, Classification, RateLimits, ResourceId, TokenStore};
use serde_json::{Value, json};

use crate::config::{BusinessUnitRef, Grant, Trustpilot, default_rate_limits};
use crate::operations::{CREATE_INVITATION, VENDOR, unit_path};
use crate::rules::Rejected;
use crate::wire::VOCABULARY;
use crate::wire::request::{SHOWN, locale, name, product_json, send_time};
use crate::{classify, erase, links, lookup, setup_check, token};

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
        capabilities.add_requirement(Requirement::ProductUrl)
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
        let (mut rejected, mut warnings) = (Rejected::by_texts(request), Vec::new());
        let kind = request.kind();
        let send_at = request.send_at().resolve(request.order(), now)?;
        let tags = rejected.tags(request, &mut warnings);
        let no_product = "applies to a product part, and the kind has none";
        let options = rejected.options(request, (!kind.includes_products()).then_some(no_product));
        let template = request.template().filter(|_| kind.includes_service());
        let service = kind.includes_service().then(|| {
            json!({
                "templateId": self.template_id(template, "template", now, &mut rejected),
                "preferredSendTime": send_at.map(send_time),
                "redirectUri": request.redirect_url().map(AsRef::<str>::as_ref),
                "tags": tags,
            })
        });
        let delay = TimeDelta::from_std(self.product_delay).unwrap_or(TimeDelta::MAX);
        let product_at = options.product_send_at.or_else(|| match service {
            None => send_at,
            Some(_) => send_at?.checked_add_signed(delay),
        });
        let product = kind.includes_products().then(|| {
            let (template, field) = match (&options.product_template, &service) {
                (None, None) => (request.template(), "template"),
                (template, _) => (template.as_ref(), "options.trustpilot.product_template"),
            };
            if service.is_some() {
                rejected.order_of_emails(send_at, product_at);
            }
            json!({
                "templateId": self.template_id(template, field, now, &mut rejected),
                "preferredSendTime": product_at.map(send_time),
                "redirectUri": request.redirect_url().map(AsRef::<str>::as_ref),
                "productSkus": self.skus(request),
                "products": self.products(request),
            })
        });
        let first_at = if service.is_some() { send_at } else { product_at };
        rejected.into_result()?;
        let sender = request.sender();
        let body = json!({
            "consumerEmail": request.customer().email().as_str(),
            "consumerName": name(request),
            "referenceNumber": request.order().reference().as_str(),
            "locale": locale(request.customer()),
            "locationId": request.location().map(AsRef::<str>::as_ref),
            "replyTo": request.reply_to().map(EmailAddress::as_str),
            "senderName": sender.and_then(|sender| sender.name.as_ref()).map(AsRef::<str>::as_ref),
            "senderEmail": sender.and_then(|sender| sender.email.as_ref()).map(EmailAddress::as_str),
            // INF: a service part without any member is sent as an empty object; the account's settings decide.
            "serviceReviewInvitation": service,
            "productReviewInvitation": product,
        });
        let path = unit_path(unit, &["email-invitations"]);
        let step = Step::at_most_once(CREATE_INVITATION, Method::POST, &self.invitations_url, &path);
        let step = self.for_user(step.json(body, SHOWN))?;
        Ok(Plan::new(step).scheduled(first_at, now).add_warnings(warnings))
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
}

impl Trustpilot {
    /// Returns the vendor's id of a template. One that the account does not have would be accepted, and never sent.
    fn template_id<'a>(
        &'a self,
        template: Option<&'a TemplateId>,
        field: &'static str,
        now: DateTime<Utc>,
        rejected: &mut Rejected,
    ) -> Option<&'a str> {
        let id = self.templates.resolve(template?);
        if self.known_templates.lack(id, now) {
            let message = "must be a template of the account, or a role of the setting templates; if it is new, run \
                           the setup check again";
            rejected.add(field, message);
        }
        Some(id)
    }

    fn skus<'a>(&self, request: &'a InviteRequest) -> Option<Vec<&'a str>> {
        let skus = || request.order().products().iter().map(|product| product.sku().as_str());
        self.products_from_catalogue.then(|| skus().collect())
    }

    fn products(&self, request: &InviteRequest) -> Option<Vec<Value>> {
        let products = || request.order().products().iter();
        let json = || products().map(|product| product_json(product, product.category())).collect();
        (!self.products_from_catalogue).then(json)
    }
}
