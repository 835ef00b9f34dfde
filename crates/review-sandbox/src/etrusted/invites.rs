//! Invites: the list, and direct scheduling. There is no way to cancel one.

use axum::extract::{Path, State};
use axum::http::StatusCode;
use chrono::{DateTime, Utc};
use serde_json::Value;
use uuid::Uuid;

use super::compact_json::Body;
use super::page::{self, Paging};
use super::review_request::{Invite, MODE_MANUAL, ReviewRequest};
use super::schema::INVITES;
use super::template::{self, PRODUCT_QUESTIONNAIRE};
use super::{body, errors, events, inbox, open};
use crate::email::EmailKind;
use crate::json_schema::text;
use crate::request::ApiRequest;
use crate::response::{ApiResponse, ApiResult};
use crate::state::App;

/// UNK: the status of success. INF: like that of events, whose work is queued too.
const SCHEDULED: StatusCode = StatusCode::ACCEPTED;

/// The maximum number of elements per request.
const MAX_INVITES: usize = 10_000;

/// The path segment for a channel by the merchant's own id, and the header with that id.
const USER_DEFINED_PATH: &str = "user-defined";
const CHANNEL_ID_HEADER: &str = "channel-id";

/// `GET /channels/{id}/invites[?count=][&after=][&before=][&query=]`
pub(super) async fn list(State(app): State<App>, Path(id): Path<String>, request: ApiRequest) -> ApiResult {
    const PARAMETERS: [&str; 4] = ["count", "after", "before", "query"];
    let query = open(&app, &request, &PARAMETERS)?;
    page::no_empty(&query, &PARAMETERS)?;
    let paging = Paging::read(&query)?;
    let now = app.clock().now();
    let state = app.state();
    let account = &state.etrusted;
    let channel = if id == USER_DEFINED_PATH {
        let own = request.header(CHANNEL_ID_HEADER).filter(|own| !own.is_empty());
        let own = own.ok_or_else(|| errors::invalid("header `Channel-Id` is missing"))?;
        account.channels.iter().find(|channel| channel.own_id == Some(own))
    } else {
        account.channels.iter().find(|channel| channel.id == id)
    };
    let channel = channel.ok_or_else(|| ApiResponse::empty(StatusCode::NOT_FOUND))?;
    let wanted = |request: &&ReviewRequest| {
        request.channel == channel.id && query.get("query").is_none_or(|text| request.matches(text))
    };
    let requests = account.requests.iter().rev().filter(wanted);
    let invites = requests.filter_map(|request| Some((request, request.invite.as_ref()?)));
    let listed = invites.filter(|(_, invite)| invite.created <= now);
    let found: Vec<_> = listed.map(|(request, invite)| (invite.id.as_str(), (request, invite))).collect();
    let address = page::address(&request, &format!("/channels/{id}/invites"));
    let page = paging.page(&found, |(request, invite)| request.print_invite(invite, now), &address)?;
    Ok(ApiResponse::json(StatusCode::OK, page))
}

/// `POST /invites`
///
/// UNK: the body of success. Empty here, so that clients do not depend on one; the list of invites shows the result.
///
/// UNK: errors of single elements. One invalid element rejects the whole request, and the error names it.
pub(super) async fn create(State(app): State<App>, request: ApiRequest) -> ApiResult {
    open(&app, &request, &[])?;
    let mut sent = body(&request, &INVITES, '"').map_err(|text| errors::invalid(&text))?;
    let now = app.clock().now();
    let mut state = app.state();
    let Some(channel) = events::channel(&state.etrusted, &sent) else {
        return Err(unknown_channel());
    };
    let (channel, name, locale) = (channel.id, channel.name.clone(), channel.locale.clone());
    let elements = match sent.get_mut("invites").map(Value::take) {
        Some(Value::Array(elements)) => elements,
        _ => Vec::new(),
    };
    if elements.len() > MAX_INVITES {
        return Err(errors::invalid("instance.invites does not meet maximum length of 10000"));
    }
    for (index, element) in elements.iter().enumerate() {
        check(element).map_err(|error| errors::invalid(&format!("instance.invites[{index}]{error}")))?;
    }
    for element in elements {
        let part = |pointer: &str| text(&element, pointer).unwrap_or_default().to_owned();
        let questionnaire_template = part("/questionnaireTemplate/id");
        let template = part("/template/id");
        let send_at = send_at(text(&element, "/preferredSendTime"), now);
        let sent = ReviewRequest {
            channel: channel.to_owned(),
            kind: kind(&questionnaire_template),
            locale: text(&element, "/locale").unwrap_or(&locale).to_owned(),
            questionnaire: format!("qre-{}", Uuid::new_v4()),
            questionnaire_template,
            // UNK: whether an event is created. None here, because the response could not return its id.
            event: None,
            body: Body::new(&element),
            invite: Some(Invite::new(MODE_MANUAL, &template, now, app.options().invite_delay, Some(send_at))),
        };
        request.trace.invitation(inbox::request(&sent, &name, Vec::new()));
        state.emails.extend(sent.email());
        state.etrusted.requests.push(sent);
    }
    Ok(ApiResponse::empty(SCHEDULED))
}

/// Checks the rules that a table cannot express.
///
/// INF: both templates have to exist, and a product questionnaire needs products.
fn check(element: &Value) -> Result<(), &'static str> {
    let exists = |pointer: &str| text(element, pointer).is_some_and(template::exists);
    if !exists("/questionnaireTemplate/id") {
        Err(".questionnaireTemplate.id is not a template of the account")
    } else if !exists("/template/id") {
        Err(".template.id is not a template of the account")
    } else if text(element, "/questionnaireTemplate/id").map(kind) == Some(EmailKind::Product)
        && super::review_request::skus(element).is_empty()
    {
        Err(".products is empty, but the questionnaire asks about products")
    } else {
        Ok(())
    }
}

/// INF: the documented template "Product only" is about products, every other about the shop.
pub(super) fn kind(questionnaire_template: &str) -> EmailKind {
    if questionnaire_template == PRODUCT_QUESTIONNAIRE { EmailKind::Product } else { EmailKind::Service }
}

/// UNK: a preferred time in the past, or none. INF: it is sent immediately.
fn send_at(preferred: Option<&str>, now: DateTime<Utc>) -> DateTime<Utc> {
    let preferred = preferred.and_then(|text| DateTime::parse_from_rfc3339(text).ok());
    preferred.map_or(now, |at| now.max(at.with_timezone(&Utc)))
}

/// UNK: the response. Rejected, unlike for an event: this call is not documented as queued.
pub(super) fn unknown_channel() -> ApiResponse {
    errors::invalid("instance.channel.id is not a channel of the account")
}
