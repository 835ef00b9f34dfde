//! Business units.

use axum::extract::State;
use axum::http::StatusCode;
use serde_json::json;

use super::errors;
use crate::account;
use crate::call::Call;
use crate::reply::{Outcome, Reply};
use crate::state::App;

/// `GET /v1/business-units/find?name=`
///
/// The key may be in the query too, says the documentation, and advises against it, as it leaks into logs. Here
/// `apikey` is no known parameter.
pub(super) async fn find(State(_): State<App>, call: Call) -> Outcome {
    if call.header("apikey") != Some(account::TRUSTPILOT_KEY) {
        return Err(errors::invalid_api_key());
    }
    let query = call.query(&["name"]).map_err(|fault| errors::bad_request(&fault.to_string()))?;
    let name = query.get("name").unwrap_or_default();
    if !is_bare_domain(name) {
        return Err(errors::bad_request("name must be a bare domain, without scheme, port or path"));
    }
    if name != account::DOMAIN && name != account::REFERRING_DOMAIN {
        return Err(errors::not_found("Business unit not found"));
    }
    Ok(Reply::json(
        StatusCode::OK,
        json!({
            "id": account::BUSINESS_UNIT_ID,
            "displayName": account::BUSINESS_UNIT_NAME,
            "name": {
                "identifying": account::DOMAIN,
                "referring": [account::DOMAIN, account::REFERRING_DOMAIN],
            },
            "websiteUrl": format!("https://{}", account::DOMAIN),
            "country": "DE",
            "numberOfReviews": {
                "total": 14,
                "usedForTrustScoreCalculation": 12,
                "oneStar": 2,
                "twoStars": 3,
                "threeStars": 2,
                "fourStars": 5,
                "fiveStars": 2,
            },
            "status": "active",
            "score": {"trustScore": 4.6, "stars": 4.5},
            "badFit": false,
            "links": [],
        }),
    ))
}

fn is_bare_domain(name: &str) -> bool {
    name.contains('.') && name.chars().all(|c| c.is_alphanumeric() || matches!(c, '.' | '-'))
}
