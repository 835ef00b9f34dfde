//! Who may make which call.

use super::{Holder, errors};
use crate::account;
use crate::call::Call;
use crate::reply::Reply;
use crate::state::App;

const KEY: &str = "apikey";
const USER: &str = "x-business-user-id";

/// A public call: the key, in its header.
///
/// The key may be in the query too, says the documentation, and advises against it, as it leaks into logs. Here
/// `apikey` is no known parameter. A bearer beside the key is not looked at: the official Python client sends both
/// with every call.
pub(super) fn public(call: &Call) -> Result<(), Reply> {
    match call.header(KEY) {
        Some(account::TRUSTPILOT_KEY) => Ok(()),
        _ => Err(errors::invalid_api_key()),
    }
}

/// A public call about a business unit. 404 for one that does not exist, as documented.
pub(super) fn public_unit(call: &Call, unit: &str) -> Result<(), Reply> {
    public(call)?;
    if unit == account::BUSINESS_UNIT_ID { Ok(()) } else { Err(errors::not_found("Business unit not found")) }
}

/// A private call: a bearer.
pub(super) fn private(app: &App, call: &Call) -> Result<Holder, Reply> {
    let holder = call
        .bearer()
        .and_then(|token| app.state().trustpilot.tokens.holder(token))
        .ok_or_else(errors::invalid_access_token)?;
    key_beside_bearer(call)?;
    Ok(holder)
}

/// UNK: whether the gateway looks at a key that comes with a bearer. Both official clients send it with every
/// private call, so it is taken; it has to be the right one, as a wrong one can only be a slip.
fn key_beside_bearer(call: &Call) -> Result<(), Reply> {
    if call.has_header(KEY) { public(call) } else { Ok(()) }
}

/// A private call about a business unit, of a user or of an application.
pub(super) fn private_unit(app: &App, call: &Call, unit: &str) -> Result<(), Reply> {
    private(app, call)?;
    if is_own(unit) && (!call.has_header(USER) || names_the_user(call)) {
        Ok(())
    } else {
        Err(errors::forbidden())
    }
}

/// A private call that acts for a user: an application's token belongs to none, so the header has to name one.
pub(super) fn private_user(app: &App, call: &Call, unit: &str) -> Result<(), Reply> {
    let holder = private(app, call)?;
    let acts_for_the_user = match holder {
        Holder::User if !call.has_header(USER) => true,
        _ => names_the_user(call),
    };
    if is_own(unit) && acts_for_the_user { Ok(()) } else { Err(errors::forbidden()) }
}

/// 403 for an unknown unit, not 404: seen on private calls.
fn is_own(unit: &str) -> bool {
    unit == account::BUSINESS_UNIT_ID
}

/// UNK: whether the header is looked at where it is not needed: with a user's token, and on the calls that do not
/// document it. It is taken, as a client may set it on every call, and it has to be the user's own.
fn names_the_user(call: &Call) -> bool {
    call.header(USER) == Some(account::BUSINESS_USER_ID)
}
