//! Authentication and permissions of the calls.

use super::tokens::Holder;
use super::{body, errors};
use crate::account;
use crate::form_fields::FormFields;
use crate::request::ApiRequest;
use crate::response::ApiResponse;
use crate::state::App;

const KEY: &str = "apikey";
const USER: &str = "x-business-user-id";

/// Checks a public call: the key, in its header or in the query.
///
/// The documentation advises against the query, because it leaks into logs, but the support pages show it. A key in
/// both places has to be right in both. A bearer token is ignored: the official Python client sends both with every
/// call.
pub(super) fn public(request: &ApiRequest) -> Result<(), ApiResponse> {
    let in_header = request.has_header(KEY).then(|| request.header(KEY) == Some(account::TRUSTPILOT_KEY));
    let in_query = request.query_value(KEY).map(|key| key == account::TRUSTPILOT_KEY);
    if [in_header, in_query].into_iter().flatten().reduce(|one, other| one && other) == Some(true) {
        Ok(())
    } else {
        Err(errors::invalid_api_key())
    }
}

/// Returns the query of a public call, which can also contain the key.
pub(super) fn public_query(request: &ApiRequest, known: &[&str]) -> Result<FormFields, ApiResponse> {
    body::query(request, &[known, &[KEY]].concat())
}

/// Checks a public call about a business unit. 404 for one that does not exist, as documented.
pub(super) fn public_unit(request: &ApiRequest, unit: &str) -> Result<(), ApiResponse> {
    public(request)?;
    if unit == account::BUSINESS_UNIT_ID { Ok(()) } else { Err(errors::not_found("Business unit not found")) }
}

/// Checks a private call: a bearer token.
pub(super) fn private(app: &App, request: &ApiRequest) -> Result<Holder, ApiResponse> {
    let holder = request
        .bearer()
        .and_then(|token| app.state().trustpilot.tokens.holder(token))
        .ok_or_else(errors::invalid_access_token)?;
    key_with_bearer(request)?;
    Ok(holder)
}

/// UNK: whether the gateway checks a key that comes with a bearer token. Both official clients send it with every
/// private call, so it is accepted; it has to be the right one, because a wrong one can only be a mistake.
fn key_with_bearer(request: &ApiRequest) -> Result<(), ApiResponse> {
    if request.has_header(KEY) { public(request) } else { Ok(()) }
}

/// Checks a private call about a business unit, by a user or an application.
pub(super) fn private_unit(app: &App, request: &ApiRequest, unit: &str) -> Result<(), ApiResponse> {
    private(app, request)?;
    if is_own(unit) && (!request.has_header(USER) || names_the_user(request)) {
        Ok(())
    } else {
        Err(errors::forbidden())
    }
}

/// Checks a private call that acts for a user: an application's token belongs to no user, so the header has to name
/// one.
pub(super) fn private_user(app: &App, request: &ApiRequest, unit: &str) -> Result<(), ApiResponse> {
    let holder = private(app, request)?;
    let acts_for_the_user = match holder {
        Holder::User if !request.has_header(USER) => true,
        _ => names_the_user(request),
    };
    if is_own(unit) && acts_for_the_user { Ok(()) } else { Err(errors::forbidden()) }
}

/// 403 for an unknown unit, not 404, as seen on private calls.
fn is_own(unit: &str) -> bool {
    unit == account::BUSINESS_UNIT_ID
}

/// UNK: whether the header is checked where it is not needed: with a user's token, and on calls that do not document
/// it. It is accepted, because a client may send it with every call, and it has to be the user's own.
fn names_the_user(request: &ApiRequest) -> bool {
    request.header(USER) == Some(account::BUSINESS_USER_ID)
}
