//! Email invitations.

use axum::extract::{Path, State};
use axum::http::StatusCode;
use chrono::{DateTime, Utc};
use serde_json::Value;

use super::body::{self, list, one_of_two, strings};
use super::findings::Finding;
use super::invitations_log::{EMAIL, Invitation, Item};
use super::links::link;
use super::schema::INVITATION;
use super::store::Trustpilot;
use super::{access, inbox, templates, time};
use crate::account;
use crate::email::{Email, EmailKind};
use crate::host::Vendor;
use crate::inbox::draft::{Delivery, Draft, setting};
use crate::json_schema::text;
use crate::request::ApiRequest;
use crate::response::{ApiResponse, ApiResult};
use crate::state::App;

const SERVICE: &str = "serviceReviewInvitation";
const PRODUCT: &str = "productReviewInvitation";
const TIME: &str = "preferredSendTime";

/// UNK: no source states the status of a success. 202 because the invitation is queued, and to find clients that
/// insist on 200. The body is empty, as public clients expect.
const INVITATION_ACCEPTED: StatusCode = StatusCode::ACCEPTED;

/// `POST /v1/private/business-units/{id}/email-invitations`
///
/// As reported from production: the call with a wrong template id succeeds, and no email goes out. INF: that it holds
/// for each part separately.
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
    for (part, kind) in parts(&body) {
        let invitation = invitation(&state.trustpilot, app.clock().now(), &body, part, kind);
        let template = text(part, "/templateId").map(str::to_owned);
        let send_at = text(part, &format!("/{TIME}")).and_then(time::parse);
        let is_sent = template.as_deref().is_none_or(templates::exists);
        let (link, result) = if is_sent {
            (Some(link(kind).1), Delivery::Email(send_at))
        } else {
            (None, Delivery::NoEmail("the account has no template with this id".to_owned()))
        };
        let setup = vec![
            setting(
                "template",
                match (&template, is_sent) {
                    (None, _) => "the account's default",
                    (Some(_), true) => "exists",
                    (Some(_), false) => "unknown to the account",
                },
            ),
            setting("time", if send_at.is_some() { "set by the request" } else { "the account's default" }),
        ];
        let draft = Draft { template: template.clone(), setup, ..inbox::draft(&invitation, link, result) };
        request.trace.invitation(draft);
        if is_sent {
            state.emails.extend([email(&invitation, template, send_at)]);
            state.trustpilot.invited.push(invitation);
        }
    }
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

/// The parts that are there.
fn parts(body: &Value) -> impl Iterator<Item = (&Value, EmailKind)> {
    let parts = [(SERVICE, EmailKind::Service), (PRODUCT, EmailKind::Product)];
    parts.into_iter().filter_map(|(name, kind)| Some((body.get(name)?, kind)))
}

/// Returns the invitation of a part, with the data that its review will show.
fn invitation(
    trustpilot: &Trustpilot,
    now: DateTime<Utc>,
    body: &Value,
    part: &Value,
    kind: EmailKind,
) -> Invitation {
    let string = |pointer| text(body, pointer).map(str::to_owned);
    let named = strings(part, "productSkus").filter_map(|sku| trustpilot.catalogue.by_sku(sku));
    Invitation {
        kind,
        source: EMAIL,
        reference: string("/referenceNumber"),
        email: string("/consumerEmail").unwrap_or_default(),
        name: string("/consumerName").unwrap_or_default(),
        locale: string("/locale"),
        tags: strings(part, "tags").map(str::to_owned).collect(),
        location: string("/locationId"),
        items: list(part, "products").map(Item::inline).chain(named).collect(),
        at: now,
    }
}

fn email(invitation: &Invitation, template: Option<String>, send_at: Option<DateTime<Utc>>) -> Email {
    Email {
        vendor: Vendor::Trustpilot,
        kind: invitation.kind,
        address: invitation.email.clone(),
        name: Some(invitation.name.clone()),
        reference: invitation.reference.clone().unwrap_or_default(),
        shop: account::BUSINESS_UNIT_ID.to_owned(),
        event: None,
        locale: invitation.locale.clone(),
        skus: invitation.items.iter().map(|item| item.sku.clone()).collect(),
        template,
        send_at,
    }
}
