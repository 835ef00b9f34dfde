//! The names of the requests in classification, spans and metrics.

pub(crate) const CREATE_INVITATION: &str = "create_invitation";
pub(crate) const GET_STATISTICS: &str = "get_statistics";
pub(crate) const LIST_CLUSTERS: &str = "list_product_clusters";
pub(crate) const LIST_PRODUCT_REVIEWS: &str = "list_product_reviews";
pub(crate) const LIST_PRODUCTS: &str = "list_products";
pub(crate) const LIST_SERVICE_REVIEWS: &str = "list_service_reviews";
pub(crate) const UPSERT_PRODUCTS: &str = "upsert_products";
