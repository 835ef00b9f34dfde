//! The capabilities of an account, and the requests of an invitation. No I/O.

use std::sync::Arc;

use chrono::{DateTime, TimeDelta, Utc};
use http::Method;
use review_core::config::Secret;
use review_core::model::{
    Customer, CustomerName, EmailAddress, Field, InviteRequest, Locale, Product, ProductName,
};
use review_core::provider::{
    Capabilities, ErasureStatus, InviteLookup, InviteRef, LocaleSupport, Operation, Requirement, ReviewLink,
    Scheduling, SetupReport, Warning,
};
use review_core::reviews::DynReader;
use review_core::{Error, ErrorKind, FieldError, InviteKind, Result};
use review_http::vendor::{Account, Api, HttpProvider, HttpVendor, Plan, Step};
use review_http::{ApiResponse, Classification, RateLimits, ResourceId, TokenStore};
use serde_json::{Value, json};

use crate::config::{BusinessUnitRef, Grant, Trustpilot, default_rate_limits};
use crate::operations::CREATE_INVITATION;
use crate::options::TrustpilotOptions;
use crate::{classify, erase, links, lookup, setup_check, token};

/// Members of the body that a preview shows: none of them contains personal data. A redirect may be a personal link.
const SHOWN: &[&str] = &[
    "locale",
    "locationId",
    "referenceNumber",
    "serviceReviewInvitation.templateId",
    "serviceReviewInvitation.preferredSendTime",
    "serviceReviewInvitation.tags",
    "productReviewInvitation.templateId",
    "productReviewInvitation.preferredSendTime",
    "productReviewInvitation.productSkus",
    "productReviewInvitation.products.sku",
    "productReviewInvitation.products.name",
    "productReviewInvitation.products.productUrl",
    "productReviewInvitation.products.imageUrl",
    "productReviewInvitation.products.brand",
    "productReviewInvitation.products.mpn",
    "productReviewInvitation.products.gtin",
    "productReviewInvitation.products.productCategoryGoogleId",
];

/// INF: characters that break the links in Trustpilot's emails, by an older support article.
const BREAK_LINKS: [char; 6] = ['#', '*', '+', '"', '%', '&'];

impl HttpVendor for Trustpilot {
    type Account = ResourceId;
    const NAME: &'static str = crate::VENDOR;
    const VOCABULARY: &'static [&'static str] = classify::VOCABULARY;

    fn capabilities(&self) -> Capabilities {
        let fields = [
            Field::Template,
            Field::Tags,
            Field::RedirectUrl,
            Field::Location,
            Field::ReplyTo,
            Field::Sender,
        ];
        let mut capabilities = kinds(base_capabilities()).with_scheduling(Scheduling::Instant);
        capabilities = fields.into_iter().fold(capabilities, Capabilities::add_field);
        capabilities = Operation::ALL.iter().copied().fold(capabilities, Capabilities::add_operation);
        if self.products_from_catalogue {
            return capabilities;
        }
        // UNK: which product members are mandatory. The official minimal sample has the URL.
        capabilities.add_requirement(Requirement::ProductUrl)
    }

    fn link_capabilities(&self, kind: InviteKind) -> Capabilities {
        let mut capabilities =
            kinds(base_capabilities()).add_field(Field::RedirectUrl).add_requirement(Requirement::ProductUrl);
        if kind.includes_service() {
            capabilities = capabilities.add_field(Field::Tags).add_field(Field::Location);
        }
        // INF: every sample of a product link has a locale.
        if kind.includes_products() {
            capabilities.add_requirement(Requirement::Locale)
        } else {
            capabilities
        }
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
        let (mut errors, mut warnings) = (check_texts(request), Vec::new());
        let send_at = request.send_at().resolve(request.order(), now)?;
        let product = self.product_part(request, send_at, &mut errors)?;
        if !errors.is_empty() {
            return Err(Error::invalid(errors));
        }
        let tags = tags(request, &mut warnings)?;
        let service = request.kind().includes_service().then(|| {
            json!({
                "templateId": request.template().map(|template| self.templates.resolve(template)),
                "preferredSendTime": send_at.map(send_time),
                "redirectUri": request.redirect_url().map(AsRef::<str>::as_ref),
                "tags": tags,
            })
        });
        let sender = request.sender();
        let first_at = product.as_ref().filter(|_| service.is_none()).map_or(send_at, |(_, at)| *at);
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
            "productReviewInvitation": product.map(|(part, _)| part),
        });
        let path = invitations_path(unit, &["email-invitations"]);
        let step = Step::at_most_once(CREATE_INVITATION, Method::POST, &self.invitations_url, &path);
        let step = self.for_user(step.json(body, SHOWN));
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
    Capabilities::new()
        .with_locales(LocaleSupport::LanguageAndCountry)
        .add_requirement(Requirement::CustomerName)
}

fn kinds(capabilities: Capabilities) -> Capabilities {
    let kinds = [InviteKind::Service, InviteKind::Product, InviteKind::ServiceAndProduct];
    kinds.into_iter().fold(capabilities, Capabilities::add_kind)
}

impl Trustpilot {
    /// Returns the product part and the time it is sent.
    fn product_part(
        &self,
        request: &InviteRequest,
        service_at: Option<DateTime<Utc>>,
        errors: &mut Vec<FieldError>,
    ) -> Result<Option<(Value, Option<DateTime<Utc>>)>> {
        let TrustpilotOptions { product_template, product_send_at } =
            request.options::<TrustpilotOptions>()?.unwrap_or_default();
        if !request.kind().includes_products() {
            reject_options(request, "applies to a product part, and the kind has none")?;
            return Ok(None);
        }
        let is_alone = request.kind() == InviteKind::Product;
        let template = product_template.as_ref().or(request.template().filter(|_| is_alone));
        let delay = TimeDelta::from_std(self.product_delay).unwrap_or(TimeDelta::MAX);
        let send_at = product_send_at.or_else(|| match is_alone {
            true => service_at,
            false => service_at?.checked_add_signed(delay),
        });
        match (service_at, send_at) {
            _ if is_alone => {}
            // Compared as sent, in whole seconds.
            (Some(service), Some(product)) if send_time(product) <= send_time(service) => {
                let message = "must be after the service email, which Trustpilot sends first";
                errors.push(FieldError::new("options.trustpilot.product_send_at", message));
            }
            (None, Some(_)) => {
                let message =
                    "expected a time for the service email as well, so that it is certain to be first";
                errors.push(FieldError::new("send_at", message));
            }
            _ => {}
        }
        let products = request.order().products();
        let skus = || products.iter().map(|product| product.sku().as_str()).collect::<Vec<_>>();
        let part = json!({
            "templateId": template.map(|template| self.templates.resolve(template)),
            "preferredSendTime": send_at.map(send_time),
            "redirectUri": request.redirect_url().map(AsRef::<str>::as_ref),
            "productSkus": self.products_from_catalogue.then(skus),
            "products": (!self.products_from_catalogue)
                .then(|| products.iter().map(|product| product_json(product, product.category())).collect::<Vec<_>>()),
        });
        Ok(Some((part, send_at)))
    }

    /// Client credentials act for a user, whose header is documented for invitations and deletions only.
    pub(crate) fn for_user(&self, step: Step) -> Step {
        match &self.grant {
            Grant::ClientCredentials { business_user_id } => {
                step.header("x-business-user-id", business_user_id.as_str())
            }
            Grant::Password { .. } | Grant::AuthorizationCode { .. } => step,
        }
    }
}

pub(crate) fn invitations_path<'a>(unit: &'a ResourceId, rest: &[&'a str]) -> Vec<&'a str> {
    ["v1", "private", "business-units", unit.as_str()].into_iter().chain(rest.iter().copied()).collect()
}

/// DIS: three forms are documented. UTC without a zone is that of the official support samples and of most clients. A
/// time in the past means "as soon as possible", as two public clients rely on.
pub(crate) fn send_time(time: DateTime<Utc>) -> String {
    time.format("%Y-%m-%dT%H:%M:%S").to_string()
}

pub(crate) fn name(request: &InviteRequest) -> Option<String> {
    request.customer().name().map(CustomerName::full)
}

pub(crate) fn locale(customer: &Customer) -> Option<String> {
    customer.locale().and_then(locale_name)
}

/// `ll-CC`. INF: the one known list has Norwegian by the name of its written form.
pub(crate) fn locale_name(locale: &Locale) -> Option<String> {
    let language = if locale.language() == "no" { "nb" } else { locale.language() };
    Some(format!("{language}-{}", locale.region()?))
}

pub(crate) fn product_json(product: &Product, category: Option<&ProductName>) -> Value {
    json!({
        "sku": product.sku().as_str(),
        "name": product.name().as_str(),
        "productUrl": product.url().map(AsRef::<str>::as_ref),
        "imageUrl": product.image_url().map(AsRef::<str>::as_ref),
        "brand": product.brand().map(AsRef::<str>::as_ref),
        "mpn": product.mpn().map(AsRef::<str>::as_ref),
        "gtin": product.gtin().map(AsRef::<str>::as_ref),
        "productCategoryGoogleId": category.map(AsRef::<str>::as_ref),
    })
}

/// Returns what is wrong with reference and tags.
pub(crate) fn check_texts(request: &InviteRequest) -> Vec<FieldError> {
    let reference = request.order().reference().as_str();
    let found = reference.chars().find(|c| BREAK_LINKS.contains(c)).map(|found| {
        let message = format!("must not contain # * + \" % &, which break Trustpilot's links; found {found}");
        FieldError::new("order.reference", message)
    });
    let is_allowed = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.');
    let tags = request.tags().iter().enumerate().filter(|(_, tag)| !tag.as_str().chars().all(is_allowed));
    let tags = tags.map(|(index, _)| {
        let message = "must be letters a to z, digits, _, - and . only: Trustpilot accepts no others";
        FieldError::new(format!("tags[{index}]"), message)
    });
    found.into_iter().chain(tags).collect()
}

/// Returns the tags, which only service reviews have.
pub(crate) fn tags(request: &InviteRequest, warnings: &mut Vec<Warning>) -> Result<Option<Vec<String>>> {
    if request.tags().is_empty() || request.kind().includes_service() {
        let tags: Vec<_> = request.tags().iter().map(|tag| tag.as_str().to_owned()).collect();
        return Ok(Some(tags).filter(|tags| !tags.is_empty()));
    }
    let message = "only service reviews have tags";
    if !request.omittable_fields().contains(&Field::Tags) {
        return Err(
            Error::new(ErrorKind::Unsupported, "").with_field_errors([FieldError::new("tags", message)])
        );
    }
    warnings.push(Warning::new("tags", format!("left out: {message}")));
    Ok(None)
}

pub(crate) fn reject_options(request: &InviteRequest, message: &'static str) -> Result<()> {
    let Some(options) = request.options::<TrustpilotOptions>()? else { return Ok(()) };
    let used = [
        options.product_template.is_some().then_some("options.trustpilot.product_template"),
        options.product_send_at.is_some().then_some("options.trustpilot.product_send_at"),
    ];
    let errors: Vec<_> = used.into_iter().flatten().map(|field| FieldError::new(field, message)).collect();
    if errors.is_empty() {
        Ok(())
    } else {
        Err(Error::new(ErrorKind::Unsupported, "").with_field_errors(errors))
    }
}
