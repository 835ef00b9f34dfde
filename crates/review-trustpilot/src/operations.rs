//! The vendor's name, and the names and paths of the requests.

use review_http::ResourceId;

/// The vendor's name in settings and errors.
pub const VENDOR: &str = "trustpilot";

pub(crate) const FETCH_TOKEN: &str = "fetch_token";
pub(crate) const REFRESH_TOKEN: &str = "refresh_token";
pub(crate) const CREATE_INVITATION: &str = "create_email_invitation";
pub(crate) const CREATE_SERVICE_LINK: &str = "create_service_review_link";
pub(crate) const CREATE_PRODUCT_LINK: &str = "create_product_review_link";
pub(crate) const DELETE_INVITATION_DATA: &str = "delete_invitation_data";
pub(crate) const FIND_BUSINESS_UNIT: &str = "find_business_unit";
pub(crate) const GET_BUSINESS_UNIT: &str = "get_business_unit";
pub(crate) const LIST_LOCALES: &str = "list_locales";
pub(crate) const LIST_TEMPLATES: &str = "list_templates";
pub(crate) const LIST_SERVICE_REVIEWS: &str = "list_service_reviews";
pub(crate) const LIST_PRODUCT_REVIEWS: &str = "list_product_reviews";
pub(crate) const UPSERT_PRODUCTS: &str = "upsert_products";

/// The path of a private endpoint of a business unit.
pub(crate) fn unit_path<'a>(unit: &'a ResourceId, rest: &[&'a str]) -> Vec<&'a str> {
    ["v1", "private", "business-units", unit.as_str()].into_iter().chain(rest.iter().copied()).collect()
}
