//! Reviews of products.

use review_http::Personal;
use serde::{Deserialize, Serialize};

answer! {
    /// A page of product reviews. One past the end is empty.
    ProductReviewPage {
        lenient {
            /// The reviews.
            product_reviews: Vec<ProductReview>,
        }
    }
}

answer! {
    /// A review of a product. The private calls tell more than the public ones.
    ProductReview {
        required {
            /// The id.
            id: String,
        }
        lenient {
            /// 1 to 5.
            stars: Option<u8>,
            /// What the customer wrote.
            content: Option<Personal>,
            /// The product; private calls only.
            product: Option<ReviewedProduct>,
            /// Who wrote it.
            consumer: Option<ProductReviewConsumer>,
            /// Two letters.
            language: Option<String>,
            /// `ll-CC`; private calls only.
            locale: Option<String>,
            /// `published`, `unpublished`, `underModeration` or `archived`; private calls only.
            state: Option<String>,
            /// The order number of the invitation; private calls only.
            reference_id: Option<String>,
            /// The conversation about it; private calls only.
            conversation_id: Option<String>,
            /// Pictures.
            attachments: Vec<Attachment>,
            /// Stars for single properties.
            attribute_ratings: Vec<AttributeRating>,
            /// What the shop said first.
            first_company_comment: Option<CompanyComment>,
        }
        times {
            /// When it was written.
            created_at,
        }
    }
}

answer! {
    /// The product of a review.
    #[derive(Eq)]
    ReviewedProduct {
        lenient {
            /// Trustpilot's id.
            id: Option<String>,
            /// The shop's key.
            sku: Option<String>,
            /// The name.
            name: Option<String>,
            /// The page.
            product_url: Option<String>,
        }
    }
}

answer! {
    /// Who wrote a product review: a display name in public answers, name and address in private ones.
    #[derive(Eq)]
    ProductReviewConsumer {
        lenient {
            /// Trustpilot's id.
            id: Option<String>,
            /// The name that is shown.
            display_name: Option<Personal>,
            /// The name.
            name: Option<Personal>,
            /// The address.
            email: Option<Personal>,
        }
    }
}

answer! {
    /// What the shop said to a product review.
    #[derive(Eq)]
    CompanyComment {
        lenient {
            /// The words.
            comment: Option<Personal>,
        }
        times {
            /// When.
            created_at,
        }
    }
}

answer! {
    /// A picture with a review.
    #[derive(Eq)]
    Attachment {
        lenient {
            /// Its id.
            id: Option<String>,
            /// Its values are not established.
            state: Option<String>,
            /// The picture in several sizes.
            processed_files: Vec<ProcessedFile>,
        }
    }
}

answer! {
    /// A picture in one size.
    #[derive(Eq)]
    ProcessedFile {
        lenient {
            /// Such as `360pxWide`.
            dimension: Option<String>,
            /// Such as `image/jpeg`.
            mime_type: Option<String>,
            /// Where it is.
            url: Option<Personal>,
        }
    }
}

/// Stars for one property of a product.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct AttributeRating {
    /// The property.
    #[serde(default, deserialize_with = "review_http::lenient::or_default")]
    pub attribute_id: Option<String>,
    /// Its name, in the locale that was asked for.
    #[serde(default, deserialize_with = "review_http::lenient::or_default")]
    pub attribute_name: Option<String>,
    /// 1 to 5.
    #[serde(default, deserialize_with = "review_http::lenient::number")]
    pub rating: Option<f64>,
}

/// What the reviews of one product come to.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct ProductReviewSummary {
    /// The shop's key of the product; the public summary of several products has none.
    #[serde(default, deserialize_with = "review_http::lenient::or_default")]
    pub sku: Option<String>,
    /// 1.0 to 5.0.
    #[serde(default, deserialize_with = "review_http::lenient::number")]
    pub stars_average: Option<f64>,
    /// How many there are.
    #[serde(default, deserialize_with = "review_http::lenient::or_default")]
    pub number_of_reviews: Option<ReviewCounts>,
}

answer! {
    /// How many reviews there are, by stars.
    #[derive(Eq)]
    ReviewCounts {
        lenient {
            /// All.
            total: Option<u64>,
            /// With one star.
            one_star: Option<u64>,
            /// With two stars.
            two_stars: Option<u64>,
            /// With three stars.
            three_stars: Option<u64>,
            /// With four stars.
            four_stars: Option<u64>,
            /// With five stars.
            five_stars: Option<u64>,
        }
    }
}

#[derive(serde::Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct SummaryList {
    #[serde(default, deserialize_with = "review_http::lenient::or_default")]
    pub(crate) summaries: Vec<ProductReviewSummary>,
}
