//! Reviews and ratings.

use chrono::{DateTime, Utc};
use futures_util::Stream;
use http::Method;
use review_core::Error;
use review_http::{ApiRequest, Personal, ResourceId};

use super::paging::{USUAL_COUNT, walk};
use super::{EtrustedClient, search, vendor_id};
use crate::wire::{AggregateRating, EtrustedReview, NewVeto, Page, Raw, ReviewCount, Rows, TIME_FORM};

/// Which reviews are read. Lists that are empty and members that are `None` filter nothing.
///
/// ```
/// use review_etrusted::ReviewFilter;
///
/// let mut filter = ReviewFilter::new();
/// filter.review_type = Some("SERVICE_REVIEW".to_owned());
/// filter.ratings = vec![1, 2];
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct ReviewFilter {
    /// Channels, `chl-…`.
    pub channels: Vec<String>,
    /// `SERVICE_REVIEW` or `PRODUCT_REVIEW`.
    pub review_type: Option<String>,
    /// `APPROVED`, `MODERATION` or `REJECTED`.
    pub statuses: Vec<String>,
    /// 1 to 5 stars.
    pub ratings: Vec<u8>,
    /// Sent off after this time.
    pub submitted_after: Option<DateTime<Utc>>,
    /// Sent off before this time.
    pub submitted_before: Option<DateTime<Utc>>,
    /// Whether the shop has replied.
    pub has_reply: Option<bool>,
    /// Whether statements, which are no reviews, are left out.
    pub ignore_statements: Option<bool>,
    /// An order's reference. E-mail addresses are refused: they would stand in a URL.
    pub query: Option<String>,
    /// The shop's key of a product.
    pub sku: Option<String>,
    /// What comes with a review besides; its values are not documented.
    pub additional_information: Option<String>,
    /// `submittedAt` (where missing), `updatedAt`, `editedAt` or `lastEditedAt`.
    pub order_by: Option<String>,
    /// How many stand on a page: 1 to 1000, 100 where missing. An answer may be 1 MiB in all.
    pub count: Option<u16>,
}

impl ReviewFilter {
    /// All reviews of the account.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    fn add_to(&self, mut call: ApiRequest) -> Result<ApiRequest, Error> {
        let ratings: Vec<String> = self.ratings.iter().map(ToString::to_string).collect();
        for (name, list) in [("channels", &self.channels), ("status", &self.statuses), ("rating", &ratings)] {
            if !list.is_empty() {
                call = call.query(name, &list.join(","));
            }
        }
        let time = |time: Option<DateTime<Utc>>| time.map(|time| time.format(TIME_FORM).to_string());
        let switch = |on: Option<bool>| on.map(|on| on.to_string());
        for (name, value) in [
            ("type", self.review_type.clone()),
            ("submittedAfter", time(self.submitted_after)),
            ("submittedBefore", time(self.submitted_before)),
            ("hasReply", switch(self.has_reply)),
            ("ignoreStatements", switch(self.ignore_statements)),
            ("query", self.query.as_deref().map(search).transpose()?.map(str::to_owned)),
            ("sku", self.sku.clone()),
            ("additionalInformation", self.additional_information.clone()),
            ("orderBy", self.order_by.clone()),
        ] {
            if let Some(value) = value {
                call = call.query(name, &value);
            }
        }
        Ok(call)
    }
}

impl EtrustedClient {
    /// Reads one page of reviews: `GET /reviews`. `after` is that of a page that was read before with
    /// the same filter.
    ///
    /// # Errors
    /// [`ErrorKind::InvalidRequest`](review_core::ErrorKind::InvalidRequest) for a `query` that looks
    /// like an e-mail address. See [`Error`] for the others.
    pub async fn reviews(
        &self,
        filter: &ReviewFilter,
        after: Option<&str>,
    ) -> Result<Page<EtrustedReview>, Error> {
        self.review_page("reviews", &["reviews"], filter, after).await
    }

    /// Reads one page of reviews in their short form: `GET /reviews-minimal`. As [`reviews`](Self::reviews).
    ///
    /// # Errors
    /// Those of [`reviews`](Self::reviews).
    pub async fn minimal_reviews(
        &self,
        filter: &ReviewFilter,
        after: Option<&str>,
    ) -> Result<Page<EtrustedReview>, Error> {
        self.review_page("minimal_reviews", &["reviews-minimal"], filter, after).await
    }

    /// All reviews, one by one; see [`reviews`](Self::reviews). Pages are read as they are needed, so
    /// memory does not grow. After an error, and when the list leads back to where it was, the stream
    /// ends.
    pub fn all_reviews<'a>(
        &'a self,
        filter: &'a ReviewFilter,
    ) -> impl Stream<Item = Result<EtrustedReview, Error>> + Send + 'a {
        walk(self.info(), move |after| async move { self.reviews(filter, after.as_deref()).await })
    }

    async fn review_page(
        &self,
        operation: &'static str,
        path: &[&str],
        filter: &ReviewFilter,
        after: Option<&str>,
    ) -> Result<Page<EtrustedReview>, Error> {
        let count = filter.count.unwrap_or(USUAL_COUNT).to_string();
        let mut call = filter.add_to(self.idempotent(operation, Method::GET, path)?)?.query("count", &count);
        if let Some(cursor) = after {
            call = call.query("after", cursor);
        }
        self.client.send_json(call).await
    }

    /// Counts reviews: `GET /reviews/count`.
    ///
    /// # Errors
    /// Those of [`reviews`](Self::reviews).
    pub async fn count_reviews(&self, filter: &ReviewFilter) -> Result<ReviewCount, Error> {
        let call = self.idempotent("count_reviews", Method::GET, &["reviews", "count"])?;
        self.client.send_json(filter.add_to(call)?).await
    }

    /// Reads a review: `GET /reviews/{id}`. `None` where there is none of this id.
    ///
    /// # Errors
    /// See [`Error`].
    pub async fn review(&self, id: &str) -> Result<Option<EtrustedReview>, Error> {
        let id = vendor_id(id)?;
        self.one(self.idempotent("review", Method::GET, &["reviews", id.as_str()])?).await
    }

    /// Replies to a review in public: `POST /reviews/{id}/reply`. Made at most once, as eTrusted may
    /// tell the customer by mail; `send_notification` says whether it should.
    ///
    /// # Errors
    /// See [`Error`].
    pub async fn reply_to_review(
        &self,
        id: &str,
        comment: &Personal,
        send_notification: Option<bool>,
    ) -> Result<(), Error> {
        let id = vendor_id(id)?;
        let mut body = serde_json::json!({ "comment": comment });
        if let (Some(send), Some(members)) = (send_notification, body.as_object_mut()) {
            members.insert("sendNotification".to_owned(), send.into());
        }
        let call = self.at_most_once("reply_to_review", Method::POST, &["reviews", id.as_str(), "reply"])?;
        let call = call.json(&body)?.redact([comment.as_str().to_owned()]);
        self.client.send(call).await.map(|_| ())
    }

    /// Takes a reply back: `DELETE /reviews/{id}/reply`. One that is gone already is no error.
    ///
    /// # Errors
    /// See [`Error`].
    pub async fn delete_reply(&self, id: &str) -> Result<(), Error> {
        let id = vendor_id(id)?;
        self.remove(self.idempotent("delete_reply", Method::DELETE, &["reviews", id.as_str(), "reply"])?)
            .await
    }

    /// Lists the objections to a review: `GET /reviews/{id}/vetos`. Their form is not documented.
    ///
    /// # Errors
    /// See [`Error`].
    pub async fn vetos(&self, id: &str) -> Result<Vec<Raw>, Error> {
        let id = vendor_id(id)?;
        let call = self.idempotent("vetos", Method::GET, &["reviews", id.as_str(), "vetos"])?;
        self.client.send_json::<Rows<Raw>>(call).await.map(|Rows(vetos)| vetos)
    }

    /// Objects to a review: `POST /reviews/{id}/vetos`. Made at most once: people look at it.
    ///
    /// # Errors
    /// See [`Error`].
    pub async fn post_veto(&self, id: &str, veto: &NewVeto) -> Result<(), Error> {
        let id = vendor_id(id)?;
        let call = self.at_most_once("post_veto", Method::POST, &["reviews", id.as_str(), "vetos"])?;
        let personal = [Some(&veto.comment), veto.veto_reporter_email.as_ref()];
        let personal = personal.into_iter().flatten().map(|value| value.as_str().to_owned());
        self.client.send(call.json(veto)?.redact(personal)).await.map(|_| ())
    }

    /// Reads the rating of a channel: `GET /channels/{id}/service-reviews/aggregate-rating`.
    ///
    /// # Errors
    /// See [`Error`].
    pub async fn aggregate_rating(&self, channel: &ResourceId) -> Result<AggregateRating, Error> {
        let path = ["channels", channel.as_str(), "service-reviews", "aggregate-rating"];
        self.client.send_json(self.idempotent("aggregate_rating", Method::GET, &path)?).await
    }
}
