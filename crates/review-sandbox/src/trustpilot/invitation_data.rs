//! Deleting the data of invitations.

use axum::extract::{Path, State};
use axum::http::StatusCode;

use super::body::{self, one_of_two, strings};
use super::schema::DELETION;
use super::store::DeletedInvitationData;
use super::{access, time};
use crate::json_schema::text;
use crate::request::ApiRequest;
use crate::response::{ApiResponse, ApiResult};
use crate::state::App;

/// UNK: status and body of a deletion. Clients expect no data.
const ERASED: StatusCode = StatusCode::NO_CONTENT;

/// `POST /v1/private/business-units/{id}/invitation-data/delete`
pub(super) async fn delete(
    State(app): State<App>,
    Path(unit): Path<String>,
    request: ApiRequest,
) -> ApiResult {
    access::private_user(&app, &request, &unit)?;
    // DIS: the documentation's own sample has both, and its text forbids it.
    let exclusive = |body: &_| {
        one_of_two(body, "body", ["customerEmails", "deleteOlderThan"]).into_iter().collect::<Vec<_>>()
    };
    let body = body::read(&request, &DELETION, exclusive)?;
    let deletion = match text(&body, "/deleteOlderThan").and_then(time::parse) {
        Some(time) => DeletedInvitationData::OlderThan(time),
        None => DeletedInvitationData::Emails(strings(&body, "customerEmails").map(str::to_owned).collect()),
    };
    app.state().trustpilot.erase(deletion);
    Ok(ApiResponse::empty(ERASED))
}
