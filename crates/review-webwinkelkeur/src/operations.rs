//! The names of the requests in classification, spans and metrics.

pub(crate) const CREATE_INVITATION: &str = "create_invitation";
pub(crate) const LIST_INVITATIONS: &str = "list_invitations";
pub(crate) const LIST_RATINGS: &str = "list_ratings";
pub(crate) const LIST_PRODUCT_REVIEWS: &str = "list_product_reviews";
pub(crate) const GET_WEB_SHOP: &str = "get_web_shop";
pub(crate) const GET_ORDER_PERMISSIONS: &str = "get_order_permissions";
