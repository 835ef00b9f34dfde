//! Business units. The account has one.

use axum::extract::{Path, State};
use axum::http::StatusCode;
use serde_json::{Value, json};

use super::body::{self, Page};
use super::ids::WEB;
use super::reviews::{Review, average, counts};
use super::{access, errors, locales};
use crate::account;
use crate::formats::{is_locale, line};
use crate::request::ApiRequest;
use crate::response::{ApiResponse, ApiResult};
use crate::state::App;

const COUNTRY: &str = "DE";

/// `GET /v1/business-units/find?name=`
pub(super) async fn find(State(app): State<App>, request: ApiRequest) -> ApiResult {
    access::public(&request)?;
    let query = access::public_query(&request, &["name"])?;
    let name = query.get("name").unwrap_or_default();
    if !is_bare_domain(name) {
        return Err(errors::bad_request("name must be a bare domain, without scheme, port or path"));
    }
    if name != account::DOMAIN && name != account::REFERRING_DOMAIN {
        return Err(errors::not_found("Business unit not found"));
    }
    Ok(ApiResponse::json(StatusCode::OK, unit(&app.state().trustpilot.reviews.service)))
}

/// `GET /v1/business-units/{id}`
pub(super) async fn one(State(app): State<App>, Path(id): Path<String>, request: ApiRequest) -> ApiResult {
    access::public_unit(&request, &id)?;
    access::public_query(&request, &[])?;
    Ok(ApiResponse::json(StatusCode::OK, unit(&app.state().trustpilot.reviews.service)))
}

/// `GET /v1/business-units/search?query=&country=&page=&perpage=`
///
/// Here `perpage` is in lower case, as documented. UNK: its default and its maximum, taken from the other lists;
/// which parameters are required, here `query`; and what is searched, here names and domains, ignoring case.
pub(super) async fn search(State(app): State<App>, request: ApiRequest) -> ApiResult {
    access::public(&request)?;
    let query = access::public_query(&request, &["query", "country", "page", "perpage"])?;
    let wanted = body::required(&query, "query", line)?.to_lowercase();
    let country = body::formed(&query, "country", country)?;
    let page = Page::read(&query, "perpage", 20, 1..=100)?;
    let named = [account::BUSINESS_UNIT_NAME, account::DOMAIN, account::REFERRING_DOMAIN]
        .iter()
        .any(|name| name.to_lowercase().contains(&wanted));
    let found = named && country.is_none_or(|country| country == COUNTRY);
    let unit = found.then(|| unit(&app.state().trustpilot.reviews.service));
    Ok(ApiResponse::json(StatusCode::OK, json!({"businessUnits": page.of(unit)})))
}

/// `GET /v1/business-units/{id}/web-links?locale=`
pub(super) async fn web_links(Path(id): Path<String>, request: ApiRequest) -> ApiResult {
    access::public_unit(&request, &id)?;
    let query = access::public_query(&request, &["locale"])?;
    body::required(&query, "locale", locales::known)?;
    let domain = account::DOMAIN;
    Ok(ApiResponse::json(
        StatusCode::OK,
        json!({
            "profileUrl": format!("{WEB}/review/{domain}"),
            "evaluateUrl": format!("{WEB}/evaluate/{domain}"),
            "evaluateEmbedUrl": format!("{WEB}/evaluate/embed/{domain}"),
        }),
    ))
}

/// UNK: how the score is calculated from the reviews. Here it is their average.
fn unit(reviews: &[Review]) -> Value {
    let mut numbers = counts(reviews);
    if let Some(numbers) = numbers.as_object_mut() {
        numbers.insert("usedForTrustScoreCalculation".to_owned(), reviews.len().into());
    }
    let score = average(reviews);
    json!({
        "id": account::BUSINESS_UNIT_ID,
        "displayName": account::BUSINESS_UNIT_NAME,
        "name": {
            "identifying": account::DOMAIN,
            "referring": [account::DOMAIN, account::REFERRING_DOMAIN],
        },
        "websiteUrl": format!("https://{}", account::DOMAIN),
        "country": COUNTRY,
        "numberOfReviews": numbers,
        "status": "active",
        "score": {"trustScore": score, "stars": (score * 2.0).round() / 2.0},
        "badFit": false,
        "links": [],
    })
}

fn is_bare_domain(name: &str) -> bool {
    name.contains('.') && name.chars().all(|c| c.is_alphanumeric() || matches!(c, '.' | '-'))
}

fn country(text: &str) -> Result<(), &'static str> {
    if is_locale(&format!("en-{text}"), '-') { Ok(()) } else { Err("a country such as DE") }
}
