//! E-mail invitations.

use axum::extract::{Path, State};
use axum::http::StatusCode;
use serde_json::Value;

use super::shape::{INVITATION, send_time};
use super::{Holder, authorize, errors};
use crate::account;
use crate::call::Call;
use crate::check::{self, Fault, Problem, text};
use crate::host::Vendor;
use crate::json;
use crate::mail::{Mail, MailKind};
use crate::reply::{Outcome, Reply};
use crate::state::App;

/// UNK: no source gives the status of a success. 202 because the invitation is queued, and because a client that
/// insists on 200 is caught by it. The body is empty: that is what the clients found in public expect.
const INVITATION_ACCEPTED: StatusCode = StatusCode::ACCEPTED;

/// `POST /v1/private/business-units/{id}/email-invitations`
pub(super) async fn create(State(app): State<App>, Path(unit): Path<String>, call: Call) -> Outcome {
    let holder = authorize(&app, &call)?;
    // 403 for an unknown unit, not 404: seen on private calls.
    if unit != account::BUSINESS_UNIT_ID || !acts_for_the_user(holder, &call) {
        return Err(errors::forbidden());
    }
    call.query(&[]).map_err(|fault| errors::bad_request(&fault.to_string()))?;
    if !call.is_of_type("application/json") {
        return Err(errors::unsupported_media_type("application/json"));
    }
    let body = json::parse(&call.body).map_err(|error| errors::bad_request(&format!("body: {error}")))?;
    let mut findings: Vec<_> = check::object(&INVITATION, &body).iter().map(describe).collect();
    findings.extend(contradictions(&body));
    if !findings.is_empty() {
        return Err(errors::bad_request(&findings.join("; ")));
    }
    app.state().mails.extend(mails(&body));
    Ok(Reply::empty(INVITATION_ACCEPTED))
}

/// An application's token belongs to no user, so the header has to name one. With a user's token it is not needed;
/// UNK: whether one that is sent all the same is looked at. Here it has to be the user's own.
fn acts_for_the_user(holder: Holder, call: &Call) -> bool {
    const HEADER: &str = "x-business-user-id";
    match holder {
        Holder::User if !call.has_header(HEADER) => true,
        _ => call.header(HEADER) == Some(account::BUSINESS_USER_ID),
    }
}

/// UNK: the treatment of unknown members and of empty strings. Both are refused: the first is a slip that would go
/// unnoticed, the second has no meaning the documentation gives.
fn describe(fault: &Fault) -> String {
    let path = if fault.name.is_empty() { "body".to_owned() } else { fault.path() };
    match &fault.problem {
        Problem::Missing => format!("{path} is missing"),
        Problem::Unknown => format!("{path} is not a known field"),
        Problem::Type(wanted) => format!("{path} must be of type {wanted}"),
        Problem::Empty => format!("{path} must not be empty"),
        Problem::Form(wanted) => format!("{path} must be {wanted}"),
    }
}

/// The rules that concern more than one field.
fn contradictions(body: &Value) -> Vec<String> {
    let mut findings = Vec::new();
    let service = body.get("serviceReviewInvitation");
    let product = body.get("productReviewInvitation");
    if service.is_none() && product.is_none() {
        findings.push("serviceReviewInvitation or productReviewInvitation is missing".to_owned());
    }
    if let Some(product) = product.filter(|product| product.is_object())
        && product.get("products").is_some() == product.get("productSkus").is_some()
    {
        findings.push("productReviewInvitation must have exactly one of products and productSkus".to_owned());
    }
    let time = |part: &str| text(body, &format!("/{part}/preferredSendTime")).and_then(send_time);
    if let (Some(first), Some(second)) = (time("serviceReviewInvitation"), time("productReviewInvitation"))
        && first >= second
    {
        findings.push(
            "productReviewInvitation.preferredSendTime must be later than that of serviceReviewInvitation"
                .to_owned(),
        );
    }
    findings
}

/// One mail for each part that is there.
fn mails(body: &Value) -> Vec<Mail> {
    let string = |value: Option<&str>| value.map(str::to_owned);
    let parts =
        [("serviceReviewInvitation", MailKind::Service), ("productReviewInvitation", MailKind::Product)];
    let present = parts.into_iter().filter_map(|(name, kind)| Some((body.get(name)?, kind)));
    present
        .map(|(part, kind)| Mail {
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
            send_at: text(part, "/preferredSendTime").and_then(send_time),
        })
        .collect()
}

fn skus(part: &Value) -> Vec<String> {
    let list = |name: &str| part.get(name).and_then(Value::as_array).into_iter().flatten();
    let inline = list("products").filter_map(|product| text(product, "/sku"));
    let named = list("productSkus").filter_map(Value::as_str);
    inline.chain(named).map(str::to_owned).collect()
}
