//! Questionnaire links, for merchants who send the email themselves.

use axum::extract::State;
use axum::http::StatusCode;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};
use uuid::Uuid;

use super::compact_json::Body;
use super::review_request::ReviewRequest;
use super::schema::QUESTIONNAIRE_LINK;
use super::{body, events, inbox, invites, is_authorized, template};
use crate::account;
use crate::json_schema::text;
use crate::request::ApiRequest;
use crate::response::{ApiResponse, ApiResult};
use crate::state::App;

/// The documented default of `type`.
const DEFAULT_TYPE: &str = "link_generation";

/// `POST /questionnaire-links`: no email.
///
/// DIS: whether links expire. They do not here: nothing in the sandbox opens them.
pub(super) async fn create(State(app): State<App>, request: ApiRequest) -> ApiResult {
    if !is_authorized(&app, &request) {
        return Err(ApiResponse::empty(StatusCode::UNAUTHORIZED));
    }
    request.query(&[]).map_err(|error| rejected(&error.to_string()))?;
    let mut sent = body(&request, &QUESTIONNAIRE_LINK, '"').map_err(|text| rejected(&text))?;
    let template = text(&sent, "/questionnaireTemplate/id").unwrap_or_default().to_owned();
    if !template::exists(&template) {
        return Err(rejected("instance.questionnaireTemplate.id is not a template of the account"));
    }
    if let Some(members) = sent.as_object_mut() {
        members.entry("type").or_insert_with(|| DEFAULT_TYPE.into());
    }
    let now = app.clock().now();
    let account = &mut app.state().etrusted;
    // UNK: an unknown channel. INF: the documented 403 is for a channel that is not the account's.
    let Some(channel) = events::channel(account, &sent) else {
        return Err(ApiResponse::empty(StatusCode::FORBIDDEN)
            .with_reason("instance.channel.id is not a channel of the account"));
    };
    let (id, event) = (format!("qre-{}", Uuid::new_v4()), format!("evt-{}", Uuid::new_v4()));
    let asked = ReviewRequest {
        channel: channel.id.to_owned(),
        kind: invites::kind(&template),
        // INF: the request has no locale, so the channel's is used.
        locale: channel.locale.clone(),
        questionnaire: id.clone(),
        questionnaire_template: template,
        event: Some(event.clone()),
        body: Body::new(&sent),
        invite: None,
    };
    request.trace.invitation(inbox::request(&asked, &channel.name, Vec::new()));
    let (token, link) = (token(&asked, &event), asked.link());
    account.requests.push(asked);
    // The token's claims name an event, so one is created. INF: it can be read like those that were posted.
    if let Some(members) = sent.as_object_mut() {
        members.remove("questionnaireTemplate");
    }
    account.events.insert(event.clone(), events::stored(sent, &event, now));
    Ok(ApiResponse::json(StatusCode::OK, json!({"id": id, "link": link, "token": token})))
}

/// The documented claims, without a valid signature: a client must not look inside.
fn token(request: &ReviewRequest, event: &str) -> String {
    let claims = json!({
        "questionnaireRef": request.questionnaire,
        "eventRef": event,
        "accountRef": account::ACCOUNT_ID,
        "channelRef": request.channel,
        "questionnaireLocale": request.locale,
        "questionnaireTemplateRef": request.questionnaire_template,
        "collectionProcess": "CLOSED_FEEDBACK",
        "aud": "https://feedback.etrusted.com",
        "apiVersion": "1.1.0",
    });
    let part = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
    let head = part(&json!({"alg": "RS256", "typ": "JWT"}));
    format!("{head}.{}.{}", part(&claims), URL_SAFE_NO_PAD.encode([0x5a; 256]))
}

/// Documented without a body; the reason is in a header.
fn rejected(reason: &str) -> ApiResponse {
    ApiResponse::empty(StatusCode::BAD_REQUEST).with_reason(reason)
}
