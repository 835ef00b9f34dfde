//! The consent given in the vendor's pop-up on the thank-you page.

use axum::extract::State;
use axum::http::StatusCode;
use serde_json::json;

use super::errors::Rejection;
use super::request::{Access, read};
use crate::request::ApiRequest;
use crate::response::{ApiResponse, ApiResult};
use crate::state::App;

/// `GET /2.0/order_permissions.json`. UNK: the response for an unknown order. INF: the customer has not consented.
pub(super) async fn has_consent(State(app): State<App>, request: ApiRequest) -> ApiResult {
    let query = read(&app, &request, &Access::Private, &["orderNumber"]).map_err(|found| rejected(&found))?;
    let order = query.get("orderNumber").filter(|order| !order.is_empty());
    let order = order.ok_or_else(|| rejected(&Rejection::Missing))?;
    let has_consent = app.state().webwinkelkeur.consents.contains(order);
    Ok(ApiResponse::json(StatusCode::OK, json!({"has_consent": has_consent})))
}

/// A status other than 200, and a message. UNK: which status.
fn rejected(rejection: &Rejection) -> ApiResponse {
    ApiResponse::json(rejection.status(), json!({"message": rejection.message()}))
}
