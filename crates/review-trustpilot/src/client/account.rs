//! Business units, locales, and the catalogue of products.

use http::Method;
use review_core::Error;
use review_http::{ApiRequest, ResourceId};

use super::query::with;
use super::{TrustpilotClient, name};
use crate::config::Domain;
use crate::wire::{
    BusinessUnit, BusinessUnitList, CatalogueProduct, Locales, ProductBatch, ProductList, WebLinks,
};

/// What is searched among business units.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct BusinessUnitSearch {
    /// A name or a part of one.
    pub query: String,
    /// Two letters.
    pub country: Option<String>,
    /// From 1.
    pub page: Option<u32>,
    /// How many on a page.
    pub per_page: Option<u32>,
}

impl BusinessUnitSearch {
    /// A search for a name.
    pub fn new(query: impl Into<String>) -> Self {
        Self { query: query.into(), ..Self::default() }
    }
}

/// Which part of the catalogue is listed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct ProductListing {
    /// `ll-CC`.
    pub locale: Option<String>,
    /// How many at most; 10,000 where missing, which may be more than an answer may be large here (1 MiB).
    /// No way to a second page is documented.
    pub per_page: Option<u32>,
}

impl TrustpilotClient {
    /// Finds the business unit of a domain: `GET /v1/business-units/find`.
    ///
    /// # Errors
    /// [`ErrorKind::Config`](review_core::ErrorKind::Config) where Trustpilot knows none.
    pub async fn find_business_unit(&self, domain: &Domain) -> Result<BusinessUnit, Error> {
        let call = self.public_get(name::FIND_BUSINESS_UNIT, &["business-units", "find"])?;
        self.public.send_json(call.query("name", domain.as_str())).await
    }

    /// A business unit by its id: `GET /v1/business-units/{id}`.
    ///
    /// # Errors
    /// [`ErrorKind::Config`](review_core::ErrorKind::Config) where Trustpilot knows none.
    pub async fn business_unit(&self, business_unit: &ResourceId) -> Result<BusinessUnit, Error> {
        let call = self.public_get(name::GET_BUSINESS_UNIT, &["business-units", business_unit.as_str()])?;
        self.public.send_json(call).await
    }

    /// Searches business units by name: `GET /v1/business-units/search`. Of an answer only ids and names
    /// are sure to be there.
    ///
    /// # Errors
    /// [`ErrorKind::Unauthorized`](review_core::ErrorKind::Unauthorized) where the key is not taken.
    pub async fn search_business_units(
        &self,
        search: &BusinessUnitSearch,
    ) -> Result<Vec<BusinessUnit>, Error> {
        let call = self.public_get(name::SEARCH_BUSINESS_UNITS, &["business-units", "search"])?;
        let call = with(call.query("query", &search.query), "country", search.country.as_ref());
        let call = with(call, "page", search.page);
        // In lower case here, and nowhere else.
        let call = with(call, "perpage", search.per_page);
        let list: BusinessUnitList = self.public.send_json(call).await?;
        Ok(list.business_units)
    }

    /// Where a business unit is shown and reviewed: `GET /v1/business-units/{id}/web-links`. The locale
    /// (`ll-CC`) is required.
    ///
    /// # Errors
    /// [`ErrorKind::Config`](review_core::ErrorKind::Config) where Trustpilot knows no such unit.
    pub async fn web_links(&self, business_unit: &ResourceId, locale: &str) -> Result<WebLinks, Error> {
        let path = ["business-units", business_unit.as_str(), "web-links"];
        let call = self.public_get(name::WEB_LINKS, &path)?;
        self.public.send_json(call.query("locale", locale)).await
    }

    /// The locales Trustpilot knows: `GET /v1/resources/metadata/locales`, their names in a language of
    /// choice (`ll-CC`).
    ///
    /// # Errors
    /// [`ErrorKind::Unauthorized`](review_core::ErrorKind::Unauthorized) where the key is not taken.
    pub async fn locales(&self, translated_into: Option<&str>) -> Result<Locales, Error> {
        let call = self.public_get(name::LOCALES, &["resources", "metadata", "locales"])?;
        self.public.send_json(with(call, "translationLocale", translated_into)).await
    }

    /// Adds products to the catalogue, or replaces those with the same SKU:
    /// `POST /v1/private/business-units/{id}/products`. Invitations may name them by SKU then; see
    /// [`with_products_from_catalogue`](crate::TrustpilotConfig::with_products_from_catalogue).
    ///
    /// # Errors
    /// [`ErrorKind::Forbidden`](review_core::ErrorKind::Forbidden) without the right to do so.
    pub async fn upsert_products(
        &self,
        business_unit: &ResourceId,
        batch: &ProductBatch,
    ) -> Result<Vec<CatalogueProduct>, Error> {
        let url = self.api(&products_of(business_unit))?;
        let call = ApiRequest::idempotent(name::UPSERT_PRODUCTS, Method::POST, url).json(batch)?;
        let list: ProductList = self.private.send_json(call).await?;
        Ok(list.products)
    }

    /// Products of the catalogue: `GET /v1/private/business-units/{id}/products`.
    ///
    /// # Errors
    /// [`ErrorKind::Unexpected`](review_core::ErrorKind::Unexpected) where a page is larger than 1 MiB; ask
    /// for fewer then.
    pub async fn products(
        &self,
        business_unit: &ResourceId,
        listing: &ProductListing,
    ) -> Result<Vec<CatalogueProduct>, Error> {
        let call = self.private_get(name::LIST_PRODUCTS, &products_of(business_unit))?;
        let call = with(call, "locale", listing.locale.as_ref());
        let call = with(call, "perPage", listing.per_page);
        let list: ProductList = self.private.send_json(call).await?;
        Ok(list.products)
    }
}

fn products_of(business_unit: &ResourceId) -> [&str; 4] {
    ["private", "business-units", business_unit.as_str(), "products"]
}
