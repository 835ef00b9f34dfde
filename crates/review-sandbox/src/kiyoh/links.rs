//! Invite links: pages on which a customer writes a review without an email of the vendor.

use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{Html, IntoResponse, Response};

use super::account::{KIYOH_LOCATION_NAME, LOCATION_ID};
use super::store::Invitation;
use crate::form_fields::FormFields;
use crate::formats::{email, line};
use crate::request::ApiRequest;
use crate::state::App;

/// The documented parameters. `product_code` has one code, or several with commas between.
const PARAMETERS: [&str; 6] = ["product_code", "name", "city", "email", "reference_code", "lang"];

/// `GET /invite-link/{location}/{name}`
pub(super) async fn shop(
    State(app): State<App>,
    Path((location, name)): Path<(String, String)>,
    request: ApiRequest,
) -> Response {
    open(&app, &request, [&location, &name], None)
}

/// `GET /product-review/invite-link/{location}/{name}/{code}`
pub(super) async fn products(
    State(app): State<App>,
    Path((location, name, code)): Path<(String, String, String)>,
    request: ApiRequest,
) -> Response {
    open(&app, &request, [&location, &name], Some(code))
}

/// Opens the page, as a customer does by following a link. Then a test can submit the review. `code` is the product in the
/// path of a link that is for products only.
fn open(app: &App, request: &ApiRequest, [location, name]: [&str; 2], code: Option<String>) -> Response {
    if location != LOCATION_ID || name != KIYOH_LOCATION_NAME {
        return page(StatusCode::NOT_FOUND, "there is no location with this id and name");
    }
    let invitation = match invitation(request, code) {
        Ok(invitation) => invitation,
        Err(reason) => return page(StatusCode::BAD_REQUEST, &reason),
    };
    let state = &mut *app.state();
    let codes = invitation.products.iter().map(String::as_str);
    if !state.kiyoh.catalogue.not_reviewable(codes).is_empty() {
        return page(StatusCode::NOT_FOUND, "product_code holds a product that is not in the catalogue");
    }
    state.kiyoh.invitations.push(invitation);
    page(StatusCode::OK, "Write a review")
}

fn invitation(request: &ApiRequest, code: Option<String>) -> Result<Invitation, String> {
    let query = request.query(&PARAMETERS).map_err(|error| error.to_string())?;
    for name in PARAMETERS {
        match query.get(name) {
            Some("") => return Err(format!("parameter `{name}` must not be empty")),
            Some(value) => line(value).map_err(|wanted| format!("parameter `{name}` must be {wanted}"))?,
            None => {}
        }
    }
    query
        .get("email")
        .map_or(Ok(()), email)
        .map_err(|wanted| format!("parameter `email` must be {wanted}"))?;
    let language = query.get("lang").unwrap_or("en");
    if !language.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'-') {
        return Err("parameter `lang` must be in lower case".to_owned());
    }
    let shop = code.is_none();
    let more = query.get("product_code").into_iter().flat_map(|codes| codes.split(','));
    let string = |query: &FormFields, name| query.get(name).unwrap_or_default().to_owned();
    Ok(Invitation {
        email: string(&query, "email"),
        reference: string(&query, "reference_code"),
        author: string(&query, "name"),
        city: string(&query, "city"),
        language: language.to_owned(),
        shop,
        products: code.into_iter().chain(more.map(str::to_owned)).collect(),
    })
}

fn page(status: StatusCode, text: &str) -> Response {
    // A reason can name a parameter, which is the caller's text.
    let text = text.replace('&', "&amp;").replace('<', "&lt;");
    (status, Html(format!("<html>\n<body>{text}</body>\n</html>\n"))).into_response()
}
