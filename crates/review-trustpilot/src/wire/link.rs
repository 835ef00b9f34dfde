//! Links under which one customer writes a review. The shop sends them itself.

use review_http::Personal;
use serde::{Deserialize, Serialize};

use super::InvitedProduct;

/// The body of `POST {invitations}…/invitation-links`. Its members have other names than those of an
/// e-mail invitation.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct ServiceReviewLinkRequest {
    /// The shop's code of a branch.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub location_id: Option<String>,
    /// The order or invoice number. No source says that it is required; without it the review cannot be
    /// joined to the order.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reference_id: Option<String>,
    /// The address of the customer.
    pub email: Personal,
    /// The name of the customer.
    pub name: Personal,
    /// `ll-CC`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub locale: Option<String>,
    /// Words put on the review: letters, digits, `_`, `-`, `.`.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub tags: Vec<String>,
    /// Where the customer lands after the review; it may be the link of a product review.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub redirect_uri: Option<Personal>,
}

impl ServiceReviewLinkRequest {
    /// A link for this customer.
    pub fn new(email: impl Into<Personal>, name: impl Into<Personal>) -> Self {
        Self {
            location_id: None,
            reference_id: None,
            email: email.into(),
            name: name.into(),
            locale: None,
            tags: Vec::new(),
            redirect_uri: None,
        }
    }

    pub(crate) fn personal_values(&self) -> Vec<String> {
        personal_values(&self.email, &self.name, self.redirect_uri.as_ref())
    }
}

/// A link to a service review.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct ServiceReviewLink {
    /// The id of the link. Whoever knows it can make the link of it.
    #[serde(default, deserialize_with = "review_http::lenient::or_default")]
    pub id: Option<Personal>,
    /// The link. Whoever has it can write the review in the customer's name.
    pub url: Personal,
}

/// The body of `POST {api}…/product-reviews/…/invitation-links`, on the other host.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct ProductReviewLinkRequest {
    consumer: Consumer,
    /// The order or invoice number.
    pub reference_id: String,
    /// `ll-CC`.
    pub locale: String,
    /// Where the customer lands after the review.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub redirect_uri: Option<Personal>,
    /// The products.
    #[serde(flatten)]
    pub products: LinkedProducts,
}

impl ProductReviewLinkRequest {
    /// A link for this customer to review these products.
    pub fn new(
        email: impl Into<Personal>,
        name: impl Into<Personal>,
        reference_id: impl Into<String>,
        locale: impl Into<String>,
        products: LinkedProducts,
    ) -> Self {
        Self {
            consumer: Consumer { email: email.into(), name: name.into() },
            reference_id: reference_id.into(),
            locale: locale.into(),
            redirect_uri: None,
            products,
        }
    }

    pub(crate) fn personal_values(&self) -> Vec<String> {
        personal_values(&self.consumer.email, &self.consumer.name, self.redirect_uri.as_ref())
    }
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
struct Consumer {
    email: Personal,
    name: Personal,
}

/// The products of a link: told here, or uploaded to the catalogue before. The API takes exactly one of
/// the two.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub enum LinkedProducts {
    /// Told here. No sample of a link has a category. (Older docs call this form obsolete, newer ones
    /// do not.)
    #[serde(rename = "products")]
    Inline(Vec<InvitedProduct>),
    /// Trustpilot's ids (not the SKUs) of products in the catalogue; see
    /// [`CatalogueProduct::id`](crate::CatalogueProduct).
    #[serde(rename = "productIds")]
    Catalogue(Vec<String>),
}

/// A link to product reviews.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct ProductReviewLink {
    /// The id of the link. Whoever knows it may be able to make the link of it.
    #[serde(default, deserialize_with = "review_http::lenient::or_default")]
    pub review_link_id: Option<Personal>,
    /// The link. Whoever has it can write the review in the customer's name.
    pub review_url: Personal,
}

fn personal_values(email: &Personal, name: &Personal, redirect: Option<&Personal>) -> Vec<String> {
    [email, name].into_iter().chain(redirect).map(|value| value.as_str().to_owned()).collect()
}
