//! Reviews.

use review_http::Personal;

response_type! {
    /// A page of service reviews.
    pub(crate) ServiceReviews {
        lenient {
            /// The reviews.
            reviews: Vec<ServiceReview>,
        }
    }
}

response_type! {
    /// A service review.
    pub(crate) ServiceReview {
        required {
            /// The id.
            id: String,
        }
        lenient {
            /// 1 to 5.
            stars: Option<u8>,
            /// The headline.
            title: Option<Personal>,
            /// The text of the review.
            text: Option<Personal>,
            /// The order reference of the invitation.
            reference_id: Option<String>,
        }
        times {
            /// When it was written.
            created_at,
        }
    }
}

response_type! {
    /// A page of product reviews.
    pub(crate) ProductReviews {
        lenient {
            /// The reviews.
            product_reviews: Vec<ProductReview>,
        }
    }
}

response_type! {
    /// A product review.
    pub ProductReview {
        required {
            /// The id.
            id: String,
        }
        lenient {
            /// 1 to 5.
            stars: Option<u8>,
            /// The text of the review.
            content: Option<Personal>,
            /// The product.
            product: Option<ReviewedProduct>,
            /// The language.
            language: Option<String>,
            /// The state of moderation.
            state: Option<String>,
            /// The order reference of the invitation.
            reference_id: Option<String>,
        }
        times {
            /// When it was written.
            created_at,
        }
    }
}

response_type! {
    /// The product of a review.
    #[derive(Eq)]
    pub ReviewedProduct {
        lenient {
            /// Trustpilot's id.
            id: Option<String>,
            /// The shop's id.
            sku: Option<String>,
            /// The name.
            name: Option<String>,
        }
    }
}

response_type! {
    /// A tag of a review.
    #[derive(Eq)]
    pub ReviewTag {
        lenient {
            /// The group.
            group: Option<String>,
            /// The value.
            value: Option<String>,
        }
    }
}
