//! The templates of invitations.

use axum::extract::{Path, State};
use axum::http::StatusCode;
use serde_json::json;

use super::{access, body};
use crate::request::ApiRequest;
use crate::response::{ApiResponse, ApiResult};
use crate::state::App;

/// `GET /v1/private/business-units/{id}/templates`
///
/// DIS: `locale` and `type` are in newer sources only, so the last template does without. UNK: the values of `type`;
/// the sandbox's own say so.
pub(super) async fn list(State(app): State<App>, Path(unit): Path<String>, request: ApiRequest) -> ApiResult {
    access::private_unit(&app, &request, &unit)?;
    body::query(&request, &[])?;
    Ok(ApiResponse::json(
        StatusCode::OK,
        json!({"templates": [
            {
                "id": "507f191e810c19729de860ea",
                "name": "Standard template for English",
                "isDefaultTemplate": true,
                "locale": "en-US",
                "type": "sandbox-service",
            },
            {
                "id": "507f191e810c19729de860eb",
                "name": "Standard template for German",
                "isDefaultTemplate": true,
                "locale": "de-DE",
                "type": "sandbox-service",
            },
            {
                "id": "507f191e810c19729de860ec",
                "name": "Standard product template for English",
                "isDefaultTemplate": true,
                "locale": "en-US",
                "type": "sandbox-product",
            },
            {"id": "529c0abfefb96008b894ad02", "name": "My custom template", "isDefaultTemplate": false},
        ]}),
    ))
}
