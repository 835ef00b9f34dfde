//! Reading reviews.

use chrono::{DateTime, Utc};
use http::Method;
use review_core::Error;
use review_http::{ApiRequest, ResourceId};
use serde_json::json;

use super::query::{with, with_list};
use super::streams::PER_PAGE;
use super::{TrustpilotClient, name};
use crate::wire::time::FILTER_TIME_FORM;
use crate::wire::{
    ProductReview, ProductReviewPage, ProductReviewSummary, ServiceReview, ServiceReviewPage, SummaryList,
};

/// Which service reviews are read. Everything is optional.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct ServiceReviewQuery {
    /// 1 to 5.
    pub stars: Option<u8>,
    /// Two letters.
    pub language: Option<String>,
    /// From 1. At most 100,000 reviews are reached by paging.
    pub page: Option<u32>,
    /// 1 to 100; 20 where missing.
    pub per_page: Option<u32>,
    /// The newest first where missing.
    pub order: Option<ServiceReviewOrder>,
    /// The shop's code of a branch.
    pub location_id: Option<String>,
    /// The group of a word.
    pub tag_group: Option<String>,
    /// A word.
    pub tag_value: Option<String>,
    /// Whether the shop has answered.
    pub responded: Option<bool>,
    /// Whether reported reviews come too.
    pub include_reported_reviews: Option<bool>,
    /// The order number of the invitation; private calls only.
    pub reference_id: Option<String>,
    /// Written at or after; private calls only.
    pub since: Option<DateTime<Utc>>,
    /// Written before; private calls only.
    pub until: Option<DateTime<Utc>>,
    /// How it came about, such as `InvitationApi`; private calls only.
    pub source: Option<String>,
}

impl ServiceReviewQuery {
    /// The same query, for one of its full pages.
    pub(crate) fn on_page(&self, page: u32) -> Self {
        Self { page: Some(page), per_page: Some(PER_PAGE), ..self.clone() }
    }
}

/// In what order service reviews come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ServiceReviewOrder {
    /// The oldest first. New reviews do not shift the pages that are still to come.
    OldestFirst,
    /// The newest first.
    NewestFirst,
    /// The worst first.
    FewestStarsFirst,
    /// The best first.
    MostStarsFirst,
}

impl ServiceReviewOrder {
    fn word(self) -> &'static str {
        match self {
            Self::OldestFirst => "createdat.asc",
            Self::NewestFirst => "createdat.desc",
            Self::FewestStarsFirst => "stars.asc",
            Self::MostStarsFirst => "stars.desc",
        }
    }
}

/// Which product reviews are read.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct ProductReviewQuery {
    /// The shop's keys of products, without commas. Public calls want this or a page.
    pub skus: Vec<String>,
    /// The page of a product; public calls only.
    pub product_url: Option<String>,
    /// Two letters.
    pub language: Option<String>,
    /// 1 to 5; public calls only.
    pub stars: Option<u8>,
    /// `ll-CC`: the language of the names of properties.
    pub locale: Option<String>,
    /// From 1. A page past the end is empty.
    pub page: Option<u32>,
    /// 1 to 100; 20 where missing.
    pub per_page: Option<u32>,
    /// `published` (where empty), `unpublished`, `underModeration`, `archived`; private calls only.
    pub states: Vec<String>,
    /// Whether reported reviews come too; private calls only.
    pub include_reported_reviews: Option<bool>,
}

impl ProductReviewQuery {
    /// The same query, for one of its full pages.
    pub(crate) fn on_page(&self, page: u32) -> Self {
        Self { page: Some(page), per_page: Some(PER_PAGE), ..self.clone() }
    }
}

impl TrustpilotClient {
    /// A page of a shop's reviews as the public sees them: `GET /v1/business-units/{id}/reviews`.
    ///
    /// # Errors
    /// Reading is harmless twice, so no error leaves a question.
    pub async fn public_service_reviews(
        &self,
        business_unit: &ResourceId,
        query: &ServiceReviewQuery,
    ) -> Result<ServiceReviewPage, Error> {
        let path = ["business-units", business_unit.as_str(), "reviews"];
        let call = self.public_get(name::READ_PUBLIC_REVIEWS, &path)?;
        self.public.send_json(public_service_query(call, query)).await
    }

    /// All of a shop's reviews as the public sees them, beyond the limit of paging:
    /// `GET /v1/business-units/{id}/all-reviews`. The first page without a token, the others with
    /// [`ServiceReviewPage::next_page_token`] of the one before.
    ///
    /// # Errors
    /// As [`public_service_reviews`](Self::public_service_reviews).
    pub async fn all_public_service_reviews(
        &self,
        business_unit: &ResourceId,
        page_token: Option<&str>,
    ) -> Result<ServiceReviewPage, Error> {
        let path = ["business-units", business_unit.as_str(), "all-reviews"];
        let call = self.public_get(name::READ_PUBLIC_REVIEWS, &path)?;
        self.public.send_json(with(call, "pageToken", page_token)).await
    }

    /// One review of a shop as the public sees it: `GET /v1/reviews/{id}`.
    ///
    /// # Errors
    /// [`ErrorKind::InvalidRequest`](review_core::ErrorKind::InvalidRequest) (HTTP 404) where there is none.
    pub async fn public_service_review(&self, review: &ResourceId) -> Result<ServiceReview, Error> {
        let call = self.public_get(name::READ_PUBLIC_REVIEWS, &["reviews", review.as_str()])?;
        self.public.send_json(call).await
    }

    /// A page of a shop's reviews with their order numbers:
    /// `GET /v1/private/business-units/{id}/reviews`. There is no way to ask for a customer's address: it
    /// would put personal data into a URL.
    ///
    /// # Errors
    /// As [`public_service_reviews`](Self::public_service_reviews).
    pub async fn service_reviews(
        &self,
        business_unit: &ResourceId,
        query: &ServiceReviewQuery,
    ) -> Result<ServiceReviewPage, Error> {
        let path = ["private", "business-units", business_unit.as_str(), "reviews"];
        let call = public_service_query(self.private_get(name::READ_REVIEWS, &path)?, query);
        let time = |time: Option<DateTime<Utc>>| time.map(|time| time.format(FILTER_TIME_FORM));
        let call = with(call, "referenceId", query.reference_id.as_ref());
        let call = with(call, "startDateTime", time(query.since));
        let call = with(call, "endDateTime", time(query.until));
        self.private.send_json(with(call, "source", query.source.as_ref())).await
    }

    /// One review of a shop with its order number: `GET /v1/private/reviews/{id}`.
    ///
    /// # Errors
    /// As [`public_service_review`](Self::public_service_review).
    pub async fn service_review(&self, review: &ResourceId) -> Result<ServiceReview, Error> {
        let call = self.private_get(name::READ_REVIEWS, &["private", "reviews", review.as_str()])?;
        self.private.send_json(call).await
    }

    /// A page of product reviews as the public sees them:
    /// `GET /v1/product-reviews/business-units/{id}/reviews`.
    ///
    /// # Errors
    /// As [`public_service_reviews`](Self::public_service_reviews).
    pub async fn public_product_reviews(
        &self,
        business_unit: &ResourceId,
        query: &ProductReviewQuery,
    ) -> Result<ProductReviewPage, Error> {
        let path = ["product-reviews", "business-units", business_unit.as_str(), "reviews"];
        let call = self.public_get(name::READ_PUBLIC_REVIEWS, &path)?;
        let call = with(product_query(call, query), "productUrl", query.product_url.as_ref());
        self.public.send_json(with(call, "stars", query.stars)).await
    }

    /// A page of product reviews with their order numbers:
    /// `GET /v1/private/product-reviews/business-units/{id}/reviews`.
    ///
    /// # Errors
    /// As [`public_service_reviews`](Self::public_service_reviews).
    pub async fn product_reviews(
        &self,
        business_unit: &ResourceId,
        query: &ProductReviewQuery,
    ) -> Result<ProductReviewPage, Error> {
        let path = ["private", "product-reviews", "business-units", business_unit.as_str(), "reviews"];
        let call = product_query(self.private_get(name::READ_REVIEWS, &path)?, query);
        let call = with_list(call, "state", &query.states);
        self.private.send_json(with(call, "includeReportedReviews", query.include_reported_reviews)).await
    }

    /// One product review with its order number: `GET /v1/private/product-reviews/{id}`.
    ///
    /// # Errors
    /// As [`public_service_review`](Self::public_service_review).
    pub async fn product_review(&self, review: &ResourceId) -> Result<ProductReview, Error> {
        let path = ["private", "product-reviews", review.as_str()];
        self.private.send_json(self.private_get(name::READ_REVIEWS, &path)?).await
    }

    /// What the reviews of some products come to together:
    /// `GET /v1/product-reviews/business-units/{id}`.
    ///
    /// # Errors
    /// As [`public_service_reviews`](Self::public_service_reviews).
    pub async fn product_summary(
        &self,
        business_unit: &ResourceId,
        skus: &[&str],
    ) -> Result<ProductReviewSummary, Error> {
        let path = ["product-reviews", "business-units", business_unit.as_str()];
        let call = self.public_get(name::READ_PUBLIC_REVIEWS, &path)?;
        self.public.send_json(with_list(call, "sku", skus)).await
    }

    /// What the reviews of each of these products come to:
    /// `POST /v1/product-reviews/business-units/{id}/batch-summaries`.
    ///
    /// # Errors
    /// As [`public_service_reviews`](Self::public_service_reviews).
    pub async fn product_batch_summaries(
        &self,
        business_unit: &ResourceId,
        skus: &[&str],
    ) -> Result<Vec<ProductReviewSummary>, Error> {
        let path = ["product-reviews", "business-units", business_unit.as_str(), "batch-summaries"];
        let call = ApiRequest::idempotent(name::READ_PUBLIC_REVIEWS, Method::POST, self.api(&path)?)
            .json(&json!({ "skus": skus }))?;
        let list: SummaryList = self.public.send_json(self.with_key(call)?).await?;
        Ok(list.summaries)
    }

    /// What the reviews of each product come to, page by page (from 1, 1 to 1,000 on a page):
    /// `GET /v1/private/product-reviews/business-units/{id}/summaries`.
    ///
    /// # Errors
    /// As [`public_service_reviews`](Self::public_service_reviews).
    pub async fn product_summaries(
        &self,
        business_unit: &ResourceId,
        page: u32,
        per_page: u32,
    ) -> Result<Vec<ProductReviewSummary>, Error> {
        let path = ["private", "product-reviews", "business-units", business_unit.as_str(), "summaries"];
        let call = self.private_get(name::READ_REVIEWS, &path)?;
        let call = with(with(call, "page", Some(page)), "perPage", Some(per_page));
        let list: SummaryList = self.private.send_json(call).await?;
        Ok(list.summaries)
    }
}

fn public_service_query(call: ApiRequest, query: &ServiceReviewQuery) -> ApiRequest {
    let call = with(call, "stars", query.stars);
    let call = with(call, "language", query.language.as_ref());
    let call = with(call, "page", query.page);
    let call = with(call, "perPage", query.per_page);
    let call = with(call, "orderBy", query.order.map(ServiceReviewOrder::word));
    let call = with(call, "internalLocationId", query.location_id.as_ref());
    let call = with(call, "tagGroup", query.tag_group.as_ref());
    let call = with(call, "tagValue", query.tag_value.as_ref());
    let call = with(call, "responded", query.responded);
    with(call, "includeReportedReviews", query.include_reported_reviews)
}

fn product_query(call: ApiRequest, query: &ProductReviewQuery) -> ApiRequest {
    let call = with_list(call, "sku", &query.skus);
    let call = with(call, "language", query.language.as_ref());
    let call = with(call, "locale", query.locale.as_ref());
    let call = with(call, "page", query.page);
    with(call, "perPage", query.per_page)
}
