//! The parts of a request that all WebwinkelKeur calls read in the same way.

use super::account::{CODE, ID, PUBLIC_CODE};
use super::errors::Rejection;
use crate::form_fields::FormFields;
use crate::request::ApiRequest;
use crate::response::ApiResponse;
use crate::state::App;

/// The largest page of a list.
const MAX_PAGE: usize = 100;

/// UNK: the page size if none is asked for.
const DEFAULT_PAGE: usize = 20;

/// How a call proves who makes it.
pub(super) enum Access {
    /// By `id` and `code`.
    Private,
    /// By `id`, and `code` or `public_code`.
    Public,
}

/// Reads the query of a call under `1.0`, and checks the credentials in it.
pub(super) fn open(
    app: &App,
    request: &ApiRequest,
    access: &Access,
    known: &[&str],
) -> Result<FormFields, ApiResponse> {
    read(app, request, access, known).map_err(|rejection| reject(app, &rejection))
}

/// The response to a rejected call under `1.0`.
pub(super) fn reject(app: &App, rejection: &Rejection) -> ApiResponse {
    rejection.reply(app.state().webwinkelkeur.http_errors)
}

pub(super) fn read(
    app: &App,
    request: &ApiRequest,
    access: &Access,
    known: &[&str],
) -> Result<FormFields, Rejection> {
    let credentials: &[&str] = match access {
        Access::Private => &["id", "code"],
        Access::Public => &["id", "code", "public_code"],
    };
    let query = request
        .query(&[credentials, known].concat())
        .map_err(|error| Rejection::Invalid(error.to_string()))?;
    let get = |name| query.get(name).filter(|value| !value.is_empty());
    let (code, public_code) = (get("code"), get("public_code"));
    if get("id").is_none() || (code.is_none() && public_code.is_none()) {
        return Err(Rejection::Missing);
    }
    // With both, both must be right.
    let right = code.is_none_or(|code| code == CODE) && public_code.is_none_or(|code| code == PUBLIC_CODE);
    if app.state().webwinkelkeur.code_revoked || get("id") != Some(ID) || !right {
        return Err(Rejection::Credentials);
    }
    Ok(query)
}

/// The parameters of a page. DIS: the documentation of invitations names the page size `order`, the vendor's client sends
/// `limit`.
pub(super) const PAGE: [&str; 2] = ["offset", "limit"];

/// Which part of a list is wanted.
pub(super) struct Page {
    offset: usize,
    limit: usize,
}

impl Page {
    /// `size` are the names of the page size, of which at most one may be there.
    pub(super) fn read(query: &FormFields, size: &[&str]) -> Result<Self, Rejection> {
        let mut given = size.iter().filter(|name| query.get(name).is_some());
        let name = given.next();
        if let Some(other) = given.next() {
            return Err(Rejection::Invalid(format!("parameter `{other}` is a second page size")));
        }
        let limit = name.map_or(Ok(None), |name| number(query, name, 1..=MAX_PAGE))?;
        let offset = number(query, "offset", 0..=usize::MAX)?;
        Ok(Self { offset: offset.unwrap_or_default(), limit: limit.unwrap_or(DEFAULT_PAGE) })
    }

    pub(super) fn cut<T>(&self, newest_first: impl Iterator<Item = T>) -> impl Iterator<Item = T> {
        newest_first.skip(self.offset).take(self.limit)
    }
}

fn number(
    query: &FormFields,
    name: &str,
    range: std::ops::RangeInclusive<usize>,
) -> Result<Option<usize>, Rejection> {
    let Some(text) = query.get(name) else { return Ok(None) };
    let digits = text.bytes().all(|byte| byte.is_ascii_digit());
    let number = text.parse().ok().filter(|number| digits && range.contains(number));
    let wrong = || {
        Rejection::Invalid(format!("parameter `{name}` must be from {} to {}", range.start(), range.end()))
    };
    number.map(Some).ok_or_else(wrong)
}
