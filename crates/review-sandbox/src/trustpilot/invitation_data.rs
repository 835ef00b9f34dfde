//! Deleting the data of invitations.

use std::fmt;

use axum::extract::{Path, State};
use axum::http::StatusCode;
use chrono::{DateTime, Utc};

use super::body::{self, one_of_two, strings};
use super::schema::DELETION;
use super::store::Trustpilot;
use super::{access, time};
use crate::json_schema::text;
use crate::request::ApiRequest;
use crate::response::{ApiResponse, ApiResult};
use crate::state::App;

/// UNK: status and body of a deletion. Clients expect no data.
const ERASED: StatusCode = StatusCode::NO_CONTENT;

/// An accepted deletion of invitation data at Trustpilot.
///
/// Contains addresses on purpose, for tests to compare; `Debug` leaves them out.
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum DeletedInvitationData {
    /// Of these consumers, as in the request.
    Emails(Vec<String>),
    /// Of all consumers invited before this time.
    OlderThan(DateTime<Utc>),
}

impl fmt::Debug for DeletedInvitationData {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Emails(emails) => write!(f, "Emails({} addresses)", emails.len()),
            Self::OlderThan(time) => f.debug_tuple("OlderThan").field(time).finish(),
        }
    }
}

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

impl Trustpilot {
    /// Deletes open invitations; reviews stay, as documented. Addresses are compared ignoring case.
    fn erase(&mut self, deletion: DeletedInvitationData) {
        match &deletion {
            DeletedInvitationData::Emails(emails) => {
                let named = |email: &str| emails.iter().any(|other| other.eq_ignore_ascii_case(email));
                self.invited.retain(|invited| !named(&invited.email));
            }
            DeletedInvitationData::OlderThan(time) => self.invited.retain(|invited| invited.at >= *time),
        }
        self.deleted_invitation_data.push(deletion);
    }
}
