//! Invitations: adding one, and the list.

use axum::extract::State;
use chrono::{DateTime, TimeDelta, Utc};
use serde_json::{Value, json};

use super::account::{DELAY_DAYS, ID, SHOP_NAME, WEB};
use super::errors::{Rejection, success};
use super::request::{Access, Page, open, reject};
use super::store::{Invitation, Webwinkelkeur};
use super::{schema, time};
use crate::email::{Email, EmailKind};
use crate::host::Vendor;
use crate::inbox::draft::{Delivery, Draft, setting};
use crate::inbox::entry::InboxProduct;
use crate::json_schema::text;
use crate::request::ApiRequest;
use crate::response::ApiResult;
use crate::state::App;

/// DIS: the documentation's sample writes "Invite successfully added to queue!" under a table that has this text.
const QUEUED: &str = "Invitation successfully added to queue!";
const ALREADY_SENT: &str = "Invitation already sent for this order.";

/// How long an invitation that is due stays in the queue. INF: the documentation's sample has an invitation without a delay
/// that was sent 90 minutes after it was scheduled.
const IN_QUEUE: TimeDelta = TimeDelta::minutes(90);

/// `POST /1.0/invitations.json`
pub(super) async fn add(State(app): State<App>, request: ApiRequest) -> ApiResult {
    open(&app, &request, &Access::Private, &[])?;
    // Form and multipart bodies are used as well, by plugins of the vendor. They are not simulated.
    if !request.is_of_type("application/json") {
        let message = "Content-Type must be application/json; forms are not simulated".to_owned();
        return Err(reject(&app, &Rejection::Invalid(message)));
    }
    let (body, products) = schema::read(&request.body).map_err(|rejection| reject(&app, &rejection))?;
    let invitation = invitation(&body, &products, app.clock().now());
    let invitation = invitation.map_err(|rejection| reject(&app, &rejection))?;
    let state = &mut *app.state();
    let account = &mut state.webwinkelkeur;
    let email = email(&body, &invitation);
    let no_email = |reason: &str| Delivery::NoEmail(reason.to_owned());
    let repeated = account.was_invited(&invitation.email, text(&body, "/order"));
    let number = |name: &str| body.get(name).map_or("not set".to_owned(), Value::to_string);
    let setup = vec![
        setting("address invited for this order before", if repeated { "yes" } else { "no" }),
        setting("earlier invitations of the address", account.invitations_of(&invitation.email).to_string()),
        setting("max_invitations_per_email", number("max_invitations_per_email")),
        setting("noremail", number("noremail")),
        setting("delay", format!("{} days", invitation.delay)),
    ];
    let (message, result) = if repeated {
        (ALREADY_SENT, no_email("the address was invited for this order before"))
    } else if sends(account, &body) {
        state.emails.extend([email.clone()]);
        account.queue(invitation);
        (QUEUED, Delivery::Email(email.send_at))
    } else {
        (QUEUED, no_email("the address has been invited as often as the request allows"))
    };
    let items = products.iter().map(inbox_product).collect();
    request.trace.invitation(Draft::of(&email, SHOP_NAME, items, review_link(), setup, result));
    Ok(success(message, json!({})))
}

fn inbox_product(product: &Value) -> InboxProduct {
    let string = |pointer| text(product, pointer).unwrap_or_default().to_owned();
    InboxProduct {
        sku: string("/id"),
        name: string("/name"),
        url: string("/url"),
        image_url: text(product, "/image_url").map(str::to_owned),
    }
}

/// The page that the email leads to. UNK: its address.
fn review_link() -> String {
    format!("{WEB}/review/{ID}")
}

/// Whether an accepted invitation leads to an email.
///
/// `max_invitations_per_email` and `noremail` limit the invitations of an address. UNK: their effect on the response. INF:
/// none. INF: `noremail` is 1 to leave out an address that was invited before.
fn sends(account: &Webwinkelkeur, body: &Value) -> bool {
    let number = |name| body.get(name).and_then(Value::as_u64);
    let before = account.invitations_of(text(body, "/email").unwrap_or_default());
    let most = number("max_invitations_per_email").unwrap_or(u64::MAX);
    before < most && !(number("noremail") == Some(1) && before > 0)
}

fn invitation(body: &Value, products: &[Value], now: DateTime<Utc>) -> Result<Invitation, Rejection> {
    let string = |pointer| text(body, pointer).unwrap_or_default().to_owned();
    let delay = body.get("delay").and_then(Value::as_u64).unwrap_or(DELAY_DAYS);
    // UNK: whether a day is 24 hours. As in the documentation's sample, where two days keep the time of day.
    let days = i64::try_from(delay).ok().and_then(TimeDelta::try_days);
    let scheduled = days.and_then(|days| now.checked_add_signed(days));
    let allowed = |product: &&Value| product.get("reviews_allowed") != Some(&Value::Bool(false));
    let ids = products.iter().filter(allowed).filter_map(|product| text(product, "/id"));
    Ok(Invitation {
        email: string("/email"),
        order: string("/order"),
        name: string("/customer_name"),
        language: string("/language"),
        delay,
        created: now,
        scheduled: scheduled.ok_or_else(|| Rejection::Invalid("delay is out of range".to_owned()))?,
        products: ids.map(str::to_owned).collect(),
    })
}

/// One email, for the shop and the products together.
fn email(body: &Value, invitation: &Invitation) -> Email {
    let string = |pointer| text(body, pointer).map(str::to_owned);
    Email {
        vendor: Vendor::Webwinkelkeur,
        kind: if invitation.products.is_empty() { EmailKind::Service } else { EmailKind::ServiceAndProduct },
        address: invitation.email.clone(),
        name: string("/customer_name"),
        reference: invitation.order.clone(),
        shop: ID.to_owned(),
        event: None,
        locale: string("/language"),
        skus: invitation.products.clone(),
        template: None,
        send_at: Some(sent_at(invitation)),
    }
}

fn sent_at(invitation: &Invitation) -> DateTime<Utc> {
    invitation.scheduled.checked_add_signed(IN_QUEUE).unwrap_or(invitation.scheduled)
}

/// `GET /1.0/invitations.json`: the newest first.
///
/// DIS: the documentation's sample has no `total`, the vendor's client works with it.
pub(super) async fn list(State(app): State<App>, request: ApiRequest) -> ApiResult {
    const SIZE: [&str; 2] = ["limit", "order"];
    let query = open(&app, &request, &Access::Private, &["offset", "limit", "order"])?;
    let page = Page::read(&query, &SIZE).map_err(|rejection| reject(&app, &rejection))?;
    let now = app.clock().now();
    let state = app.state();
    let all = &state.webwinkelkeur.invitations;
    let printed: Vec<_> = page.cut(all.iter().rev()).map(|invitation| print(invitation, now)).collect();
    let more = json!({"total": all.len(), "invitations": printed});
    Ok(success("Invitations successfully retrieved!", more))
}

fn print(invitation: &Invitation, now: DateTime<Utc>) -> Value {
    let sent = sent_at(invitation);
    // Not a date-time that is null: documented as `false`.
    let sent = if sent <= now { Value::from(time::print(sent)) } else { Value::Bool(false) };
    json!({
        "email": invitation.email,
        "order": invitation.order,
        "delay": invitation.delay,
        "datetimes": {
            "created": time::print(invitation.created),
            "scheduled": time::print(invitation.scheduled),
            "sent": sent,
        },
    })
}
