//! E-mail invitations.

use axum::extract::{Path, State};
use axum::http::StatusCode;
use chrono::{DateTime, Utc};
use serde_json::Value;

use super::body::{self, list, one_of_two, strings};
use super::findings::Finding;
use super::invitations_log::{EMAIL, Invitation, Item};
use super::schema::INVITATION;
use super::{Trustpilot, access, templates, time};
use crate::account;
use crate::email::{Email, EmailKind};
use crate::host::Vendor;
use crate::json_schema::text;
use crate::request::ApiRequest;
use crate::response::{ApiResponse, ApiResult};
use crate::state::App;

const SERVICE: &str = "serviceReviewInvitation";
const PRODUCT: &str = "productReviewInvitation";
const TIME: &str = "preferredSendTime";

/// UNK: no source gives the status of a success. 202 because the invitation is queued, and because a client that
/// insists on 200 is caught by it. The body is empty: that is what the clients found in public expect.
const INVITATION_ACCEPTED: StatusCode = StatusCode::ACCEPTED;

/// `POST /v1/private/business-units/{id}/email-invitations`
pub(super) async fn create(
    State(app): State<App>,
    Path(unit): Path<String>,
    request: ApiRequest,
) -> ApiResult {
    access::private_user(&app, &request, &unit)?;
    let body = body::read(&request, &INVITATION, |body| {
        let named = body.get(PRODUCT).into_iter().flat_map(|part| strings(part, "productSkus"));
        let unknown = app.state().trustpilot.catalogue.unknown_skus(named);
        contradictions(body)
            .into_iter()
            .chain(unknown.map(|reason| Finding::rule("productSkus", format!("{PRODUCT}.{reason}"))))
            .collect()
    })?;
    let state = &mut *app.state();
    let invited = invited(&state.trustpilot, app.clock().now(), &body);
    state.trustpilot.invited.extend(invited);
    state.emails.extend(emails(&body));
    Ok(ApiResponse::empty(INVITATION_ACCEPTED))
}

/// The rules that concern more than one field.
fn contradictions(body: &Value) -> Vec<Finding> {
    let mut findings = Vec::new();
    let service = body.get(SERVICE);
    let product = body.get(PRODUCT);
    if service.is_none() && product.is_none() {
        findings.push(Finding::rule(SERVICE, format!("{SERVICE} or {PRODUCT} is missing")));
    }
    findings.extend(product.and_then(|product| one_of_two(product, PRODUCT, ["products", "productSkus"])));
    let time = |part: &str| text(body, &format!("/{part}/{TIME}")).and_then(time::parse);
    if let (Some(first), Some(second)) = (time(SERVICE), time(PRODUCT))
        && first >= second
    {
        let reason = format!("{PRODUCT}.{TIME} must be later than that of {SERVICE}");
        findings.push(Finding::rule(TIME, reason));
    }
    findings
}

/// The parts that lead to an invitation: those that name no template, or one that the account has.
///
/// As reported from production: the call with a wrong template id succeeds, and no e-mail goes out. INF: that it holds
/// for each part separately.
fn parts(body: &Value) -> impl Iterator<Item = (&Value, EmailKind)> {
    let parts = [(SERVICE, EmailKind::Service), (PRODUCT, EmailKind::Product)];
    let parts = parts.into_iter().filter_map(|(name, kind)| Some((body.get(name)?, kind)));
    parts.filter(|(part, _)| text(part, "/templateId").is_none_or(templates::exists))
}

/// One invitation for each part, with what its review will show.
fn invited(trustpilot: &Trustpilot, now: DateTime<Utc>, body: &Value) -> Vec<Invitation> {
    let string = |pointer| text(body, pointer).map(str::to_owned);
    let named = |part| strings(part, "productSkus").filter_map(|sku| trustpilot.catalogue.by_sku(sku));
    parts(body)
        .map(|(part, kind)| Invitation {
            kind,
            source: EMAIL,
            reference: string("/referenceNumber"),
            email: string("/consumerEmail").unwrap_or_default(),
            name: string("/consumerName").unwrap_or_default(),
            locale: string("/locale"),
            tags: strings(part, "tags").map(str::to_owned).collect(),
            location: string("/locationId"),
            items: list(part, "products").map(Item::inline).chain(named(part)).collect(),
            at: now,
        })
        .collect()
}

/// One e-mail for each part that invites.
fn emails(body: &Value) -> Vec<Email> {
    let string = |value: Option<&str>| value.map(str::to_owned);
    parts(body)
        .map(|(part, kind)| Email {
            vendor: Vendor::Trustpilot,
            kind,
            address: text(body, "/consumerEmail").unwrap_or_default().to_owned(),
            name: string(text(body, "/consumerName")),
            reference: text(body, "/referenceNumber").unwrap_or_default().to_owned(),
            shop: account::BUSINESS_UNIT_ID.to_owned(),
            event: None,
            locale: string(text(body, "/locale")),
            skus: skus(part),
            template: string(text(part, "/templateId")),
            send_at: text(part, "/preferredSendTime").and_then(time::parse),
        })
        .collect()
}

fn skus(part: &Value) -> Vec<String> {
    let inline = list(part, "products").filter_map(|product| text(product, "/sku"));
    inline.chain(strings(part, "productSkus")).map(str::to_owned).collect()
}
