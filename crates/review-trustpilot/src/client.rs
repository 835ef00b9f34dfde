//! Trustpilot's other endpoints, typed.

use http::Method;
use review_core::model::ParseField;
use review_core::{Error, ErrorKind, Result};
use review_http::ResourceId;
use review_http::vendor::{Api, FieldErrors, HttpProvider, Step};
use url::Url;

use crate::config::{BusinessUnitRef, Trustpilot};
use crate::erase::{self, ConfirmedDeletion};
use crate::lookup::find_business_unit;
use crate::operations::{GET_BUSINESS_UNIT, LIST_LOCALES, LIST_TEMPLATES, UPSERT_PRODUCTS, unit_path};
use crate::wire::catalogue::{CatalogueProduct, ProductBatch, ProductList};
use crate::wire::setup::{BusinessUnit, InvitationTemplate, Locales, TemplateList};

/// Trustpilot's endpoints for the product catalogue and for erasing old data. It shares tokens and limits with the
/// provider.
///
/// ```
/// use review_core::Result;
/// use review_trustpilot::{CatalogueProduct, ProductBatch, TrustpilotClient, TrustpilotProvider};
///
/// async fn upload(provider: &TrustpilotProvider) -> Result<()> {
///     let batch = ProductBatch::new(vec![CatalogueProduct::new("A1", "A lamp")]);
///     TrustpilotClient::new(provider).upsert_products(&batch).await?;
///     Ok(())
/// }
/// ```
#[derive(Clone, Debug)]
pub struct TrustpilotClient(pub(crate) Api<Trustpilot>);

impl TrustpilotClient {
    /// Creates a client for the account of a provider.
    #[must_use]
    pub fn new(provider: &HttpProvider<Trustpilot>) -> Self {
        Self(provider.api())
    }

    /// Uploads products to the catalogue, or updates them by their SKU.
    ///
    /// # Errors
    /// [`ErrorKind::InvalidRequest`] with every URL that is not `http` or `https`. See [`Error`].
    pub async fn upsert_products(&self, batch: &ProductBatch) -> Result<Vec<CatalogueProduct>> {
        let mut errors = FieldErrors::default();
        for (index, product) in batch.products.iter().enumerate() {
            for (name, url) in [("link", &product.link), ("image_link", &product.image_link)] {
                let checked = url.as_deref().map_or(Ok(()), |url| Url::parse_field(url).map(drop));
                errors.ok(checked.map_err(|error| error.with_field(format!("products[{index}].{name}"))));
            }
        }
        errors.into_result().map_err(|error| self.0.named(error))?;
        let unit = self.0.account().await?;
        let path = unit_path(&unit, &["products"]);
        let step = Step::idempotent(UPSERT_PRODUCTS, Method::POST, &self.0.vendor().api_url, &path);
        let body = serde_json::to_value(batch)
            .map_err(|_| Error::new(ErrorKind::InvalidRequest, "the products have no JSON form"))?;
        self.0.send_json::<ProductList>(&step.json(body, &[])).await.map(|list| list.products)
    }

    /// Deletes all invitation data before a time. It cannot be undone.
    ///
    /// # Errors
    /// See [`Error`].
    pub async fn delete_invitation_data_before(&self, confirmed: ConfirmedDeletion) -> Result<()> {
        erase::delete_before(&self.0, confirmed).await
    }

    /// Returns the business unit of the settings. A public endpoint: the API key alone gives access.
    pub(crate) async fn business_unit(&self) -> Result<BusinessUnit> {
        let trustpilot = self.0.vendor();
        let step = match &trustpilot.business_unit {
            BusinessUnitRef::Domain(domain) => find_business_unit(trustpilot, domain),
            BusinessUnitRef::Id(id) => self.public(GET_BUSINESS_UNIT, &["v1", "business-units", id.as_str()]),
        };
        self.0.send_json(&step).await
    }

    pub(crate) async fn templates(&self, unit: &ResourceId) -> Result<Vec<InvitationTemplate>> {
        let path = unit_path(unit, &["templates"]);
        let step = Step::idempotent(LIST_TEMPLATES, Method::GET, &self.0.vendor().invitations_url, &path);
        self.0.send_json::<TemplateList>(&step).await.map(|list| list.templates)
    }

    pub(crate) async fn locales(&self) -> Result<Locales> {
        self.0.send_json(&self.public(LIST_LOCALES, &["v1", "resources", "metadata", "locales"])).await
    }

    fn public(&self, operation: &'static str, path: &[&str]) -> Step {
        let trustpilot = self.0.vendor();
        Step::idempotent(operation, Method::GET, &trustpilot.api_url, path)
            .secret_header("apikey", &trustpilot.api_key)
            .without_token()
    }
}
