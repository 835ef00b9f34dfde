//! The calls that read templates.

use axum::extract::{Path, State};
use axum::http::StatusCode;
use serde_json::Value;

use super::template::{TEMPLATES, TRANSPORT, Template, VERSION, find};
use super::{errors, open, page, schema};
use crate::request::ApiRequest;
use crate::response::{ApiResponse, ApiResult};
use crate::state::App;

/// `GET /templates`
///
/// UNK: the values of `type` and `transport`, so an unknown value finds nothing and is not rejected.
/// UNK: the form of "TemplateList". An array, like every other list of the setup calls.
pub(super) async fn list(State(app): State<App>, request: ApiRequest) -> ApiResult {
    const FILTERS: [&str; 6] = ["type", "transport", "version", "isGlobal", "isDefault", "hasTranslations"];
    let query = open(&app, &request, &FILTERS)?;
    page::no_empty(&query, &FILTERS)?;
    if query.get("version").is_some_and(|version| !is_version(version)) {
        return Err(errors::invalid("parameter `version` is not of the form 2.1"));
    }
    let (global, default) = (page::flag(&query, "isGlobal")?, page::flag(&query, "isDefault")?);
    let translated = page::flag(&query, "hasTranslations")?;
    let word = |name: &str, value: &str| query.get(name).is_none_or(|wanted| wanted == value);
    let found = TEMPLATES.iter().filter(|template| {
        word("type", template.kind())
            && word("transport", TRANSPORT)
            && word("version", VERSION)
            && global.is_none_or(|wanted| wanted == template.global)
            && default.is_none_or(|wanted| wanted == template.default)
            && translated.is_none_or(|wanted| wanted == template.translated)
    });
    Ok(ApiResponse::json(StatusCode::OK, Value::Array(found.map(Template::print).collect())))
}

/// `GET /templates/{id}`
pub(super) async fn read(State(app): State<App>, Path(id): Path<String>, request: ApiRequest) -> ApiResult {
    open(&app, &request, &[])?;
    Ok(ApiResponse::json(StatusCode::OK, find(&id).ok_or_else(unknown)?.print()))
}

/// `GET /templates/{id}/locales/{locale}`
pub(super) async fn read_locale(
    State(app): State<App>,
    Path((id, locale)): Path<(String, String)>,
    request: ApiRequest,
) -> ApiResult {
    open(&app, &request, &[])?;
    schema::locale(&locale)
        .map_err(|wanted| errors::invalid(&format!("the path's locale is not {wanted}")))?;
    let template = find(&id).ok_or_else(unknown)?;
    if template.locales().contains(&locale.as_str()) {
        Ok(ApiResponse::json(StatusCode::OK, template.print_locale(&locale)))
    } else {
        Err(unknown())
    }
}

fn is_version(text: &str) -> bool {
    let number = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
    text.split_once('.').is_some_and(|(major, minor)| number(major) && number(minor))
}

/// UNK: the response for an unknown template or language. Without a body, like most 404 responses of this API.
fn unknown() -> ApiResponse {
    ApiResponse::empty(StatusCode::NOT_FOUND)
}
