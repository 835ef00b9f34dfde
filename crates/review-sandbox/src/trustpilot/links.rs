//! Invitation links: service reviews on one host, product reviews on the other, with different field names.

use axum::extract::{Path, State};
use axum::http::StatusCode;
use serde_json::{Value, json};
use uuid::Uuid;

use super::body::{self, one_of_two, strings};
use super::findings::Finding;
use super::ids::WEB;
use super::invitations_log::{Invitation, Item, LINK};
use super::schema::{PRODUCT_LINK, SERVICE_LINK};
use super::{access, inbox};
use crate::email::EmailKind;
use crate::inbox::draft::Delivery;
use crate::json_schema::text;
use crate::request::ApiRequest;
use crate::response::{ApiResponse, ApiResult};
use crate::state::App;

/// UNK: which 2xx it is. That of the legacy call for invitations, which clients insist on.
const LINK_MADE: StatusCode = StatusCode::OK;

/// `POST /v1/private/business-units/{id}/invitation-links` on the invitations host
///
/// UNK: whether `x-business-user-id` is needed with an application's token. Not here: it is not documented for this
/// call, and a user saw links work with a token that got 403 for emails.
pub(super) async fn service(
    State(app): State<App>,
    Path(unit): Path<String>,
    request: ApiRequest,
) -> ApiResult {
    access::private_unit(&app, &request, &unit)?;
    let body = body::read(&request, &SERVICE_LINK, |_| Vec::new())?;
    let now = app.clock().now();
    let string = |name: &str| body.get(name).and_then(Value::as_str).map(str::to_owned);
    let invitation = Invitation {
        kind: EmailKind::Service,
        source: LINK,
        reference: string("referenceId"),
        email: string("email").unwrap_or_default(),
        name: string("name").unwrap_or_default(),
        locale: string("locale"),
        tags: strings(&body, "tags").map(str::to_owned).collect(),
        location: string("locationId"),
        items: Vec::new(),
        at: now,
    };
    let (id, url) = link(EmailKind::Service);
    request.trace.invitation(inbox::draft(&invitation, Some(url.clone()), Delivery::Link));
    app.state().trustpilot.invited.push(invitation);
    Ok(ApiResponse::json(LINK_MADE, json!({"id": id, "url": url})))
}

/// `POST /v1/private/product-reviews/business-units/{id}/invitation-links` on the API host
///
/// DIS: inline `products` are obsolete in older texts, and equivalent to ids in newer ones. Both are accepted.
pub(super) async fn product(
    State(app): State<App>,
    Path(unit): Path<String>,
    request: ApiRequest,
) -> ApiResult {
    access::private_unit(&app, &request, &unit)?;
    let body = body::read(&request, &PRODUCT_LINK, |body| {
        let unknown = app.state().trustpilot.catalogue.unknown_ids(strings(body, "productIds"));
        one_of_two(body, "body", ["products", "productIds"])
            .into_iter()
            .chain(unknown.map(|reason| Finding::rule("productIds", reason)))
            .collect()
    })?;
    let now = app.clock().now();
    let string = |pointer: &str| text(&body, pointer).map(str::to_owned);
    let mut state = app.state();
    let known = strings(&body, "productIds").filter_map(|id| state.trustpilot.catalogue.by_id(id));
    let items = body::list(&body, "products").map(Item::inline).chain(known).collect();
    let invitation = Invitation {
        kind: EmailKind::Product,
        source: LINK,
        reference: string("/referenceId"),
        email: string("/consumer/email").unwrap_or_default(),
        name: string("/consumer/name").unwrap_or_default(),
        locale: string("/locale"),
        tags: Vec::new(),
        location: None,
        items,
        at: now,
    };
    let (id, url) = link(EmailKind::Product);
    request.trace.invitation(inbox::draft(&invitation, Some(url.clone()), Delivery::Link));
    state.trustpilot.invited.push(invitation);
    Ok(ApiResponse::json(LINK_MADE, json!({"reviewLinkId": id, "reviewUrl": url})))
}

/// Returns a new link to a review page: its id and its URL.
pub(super) fn link(kind: EmailKind) -> (String, String) {
    let id = Uuid::new_v4().simple().to_string();
    let path = match kind {
        EmailKind::Service => "evaluate-link",
        EmailKind::Product | EmailKind::ServiceAndProduct => "products/evaluate-link",
    };
    let url = format!("{WEB}/{path}/{id}");
    (id, url)
}
