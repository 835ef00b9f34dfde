//! E-mail invitations.

use chrono::{DateTime, Utc};
use review_http::Personal;
use serde::Serialize;

use super::time;

/// The body of `POST …/email-invitations`: one customer is invited to review the service, products or
/// both. Members that are `None` or empty are left out.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct EmailInvitation {
    /// Where answers to the mail go.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reply_to: Option<Personal>,
    /// `ll-CC`, such as `en-US`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub locale: Option<String>,
    /// The name the customer reads; the account's where missing.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sender_name: Option<Personal>,
    /// The address the customer reads; the account's where missing.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sender_email: Option<Personal>,
    /// The shop's code of a branch.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub location_id: Option<String>,
    /// The order or invoice number; it comes back as `referenceId` on the review.
    pub reference_number: String,
    /// The name of the customer.
    pub consumer_name: Personal,
    /// The address of the customer.
    pub consumer_email: Personal,
    /// `email` in the official sample, missing in the support centre's. Not needed, so not sent.
    #[serde(rename = "type", skip_serializing_if = "Option::is_none")]
    pub kind: Option<String>,
    /// The invitation to review the service.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub service_review_invitation: Option<ServiceReviewInvitation>,
    /// The invitation to review products.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub product_review_invitation: Option<ProductReviewInvitation>,
}

impl EmailInvitation {
    /// An invitation with what is required. A service part, a product part or both must be set.
    pub fn new(
        reference_number: impl Into<String>,
        consumer_name: impl Into<Personal>,
        consumer_email: impl Into<Personal>,
    ) -> Self {
        Self {
            reply_to: None,
            locale: None,
            sender_name: None,
            sender_email: None,
            location_id: None,
            reference_number: reference_number.into(),
            consumer_name: consumer_name.into(),
            consumer_email: consumer_email.into(),
            kind: None,
            service_review_invitation: None,
            product_review_invitation: None,
        }
    }
}

impl EmailInvitation {
    pub(crate) fn personal_values(&self) -> Vec<String> {
        let service = self.service_review_invitation.as_ref().and_then(|part| part.redirect_uri.as_ref());
        let product = self.product_review_invitation.as_ref().and_then(|part| part.redirect_uri.as_ref());
        [&self.reply_to, &self.sender_name, &self.sender_email]
            .into_iter()
            .flatten()
            .chain([&self.consumer_name, &self.consumer_email])
            .chain(service)
            .chain(product)
            .map(|value| value.as_str().to_owned())
            .collect()
    }
}

/// The invitation to review the service.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct ServiceReviewInvitation {
    /// The template; the account's where missing.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub template_id: Option<String>,
    /// When the mail goes out; the account's settings decide where missing.
    #[serde(skip_serializing_if = "Option::is_none", serialize_with = "time::in_send_form")]
    pub preferred_send_time: Option<DateTime<Utc>>,
    /// Where the customer lands after the review.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub redirect_uri: Option<Personal>,
    /// Words put on the review.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub tags: Vec<String>,
}

/// The invitation to review products.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct ProductReviewInvitation {
    /// The template; the account's where missing.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub template_id: Option<String>,
    /// When the mail goes out; it must be later than that of the service part.
    #[serde(skip_serializing_if = "Option::is_none", serialize_with = "time::in_send_form")]
    pub preferred_send_time: Option<DateTime<Utc>>,
    /// Where the customer lands after the review.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub redirect_uri: Option<Personal>,
    /// The products.
    #[serde(flatten)]
    pub products: InvitedProducts,
}

impl ProductReviewInvitation {
    /// An invitation to review these products.
    #[must_use]
    pub fn new(products: InvitedProducts) -> Self {
        Self { template_id: None, preferred_send_time: None, redirect_uri: None, products }
    }
}

/// The products of an invitation: told here, or uploaded to Trustpilot's catalogue before. The API
/// takes exactly one of the two.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub enum InvitedProducts {
    /// Told here.
    #[serde(rename = "products")]
    Inline(Vec<InvitedProduct>),
    /// The SKUs of products in the catalogue.
    #[serde(rename = "productSkus")]
    Catalogue(Vec<String>),
}

/// One product that is told with the invitation.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct InvitedProduct {
    /// The shop's key.
    pub sku: String,
    /// The name.
    pub name: String,
    /// The page of the product.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub product_url: Option<String>,
    /// A picture.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub image_url: Option<String>,
    /// The brand.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub brand: Option<String>,
    /// The manufacturer's part number.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub mpn: Option<String>,
    /// EAN, UPC or ISBN.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub gtin: Option<String>,
    /// The id in the Google product taxonomy.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub product_category_google_id: Option<String>,
}
