//! What goes over the wire, in Trustpilot's words.
//!
//! What is sent leaves out members that are `None` or empty. What is read insists on ids alone: a member
//! that is missing, or of another shape than any source shows, reads as nothing, and one that is not known
//! is passed over.

/// A part of an answer. Members under `lenient` and `times` read as nothing where they do not fit, those
/// under `required` must be there.
macro_rules! answer {
    (
        $(#[$meta:meta])*
        $name:ident {
            $(required { $($(#[$required_meta:meta])* $required:ident: $required_type:ty,)* })?
            $(lenient { $($(#[$lenient_meta:meta])* $lenient:ident: $lenient_type:ty,)* })?
            $(times { $($(#[$time_meta:meta])* $time:ident,)* })?
        }
    ) => {
        $(#[$meta])*
        #[derive(Clone, Debug, Default, PartialEq, serde::Serialize, serde::Deserialize)]
        #[serde(rename_all = "camelCase")]
        #[non_exhaustive]
        pub struct $name {
            $($($(#[$required_meta])* pub $required: $required_type,)*)?
            $($(
                $(#[$lenient_meta])*
                #[serde(default, deserialize_with = "review_http::lenient::or_default")]
                pub $lenient: $lenient_type,
            )*)?
            $($(
                $(#[$time_meta])*
                #[serde(
                    default,
                    deserialize_with = "crate::wire::time::lenient",
                    serialize_with = "crate::wire::time::write"
                )]
                pub $time: Option<chrono::DateTime<chrono::Utc>>,
            )*)?
        }
    };
}
pub(crate) use answer;

mod business_unit;
mod catalogue;
mod invitation;
mod link;
mod locale;
mod product_review;
mod service_review;
mod stored_data;
mod template;
pub(crate) mod time;
mod token;

pub use business_unit::{BusinessUnit, BusinessUnitNames, BusinessUnitReviews, BusinessUnitScore, WebLinks};
pub use catalogue::{CatalogueProduct, ProcessedImage, ProductBatch};
pub use invitation::{
    EmailInvitation, InvitedProduct, InvitedProducts, ProductReviewInvitation, ServiceReviewInvitation,
};
pub use link::{
    LinkedProducts, ProductReviewLink, ProductReviewLinkRequest, ServiceReviewLink, ServiceReviewLinkRequest,
};
pub use locale::{Locales, TrustpilotLocale};
pub use product_review::{
    Attachment, AttributeRating, CompanyComment, ProcessedFile, ProductReview, ProductReviewConsumer,
    ProductReviewPage, ProductReviewSummary, ReviewCounts, ReviewedProduct,
};
pub use service_review::{
    BusinessUnitChange, BusinessUnitSummary, CompanyReply, ConsumerResponse, FindReviewer,
    FindReviewerRequest, ReviewConsumer, ReviewInvitation, ReviewLocation, ReviewReport, ReviewTag,
    ServiceReview, ServiceReviewPage,
};
pub use stored_data::DeletionConfirmed;
pub use template::{InvitationTemplate, default_template};

pub(crate) use business_unit::BusinessUnitList;
pub(crate) use catalogue::ProductList;
pub(crate) use product_review::SummaryList;
pub(crate) use stored_data::DeleteInvitationData;
pub(crate) use template::TemplateList;
pub(crate) use token::TokenAnswer;
