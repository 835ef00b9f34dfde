//! One invitation: what the customer gets, why, and what was on the wire.

use askama::Template;
use axum::extract::{Path, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};

use super::view::{self, When, minute};
use super::{POLICY_WITH_IMAGES, html};
use crate::control_call::rejected;
use crate::email::EmailKind;
use crate::inbox::entry::{InboxEntry, InboxProduct};
use crate::inbox::exchange::RawExchange;
use crate::inbox::review;
use crate::request::ApiRequest;
use crate::response::ApiResponse;
use crate::state::App;

#[derive(Template)]
#[template(path = "detail.html")]
struct Detail {
    entry: InboxEntry,
    now: String,
    received: When,
    when: Option<When>,
    /// Whether the browser loads the images of the products.
    with_images: bool,
}

#[derive(Template)]
#[template(path = "missing.html")]
struct Missing {}

/// `GET /inbox/{id}[?images=load]`
///
/// Images are at URLs of the request, which a stranger can choose. The browser loads them only if a person asks for it,
/// as email programs do.
pub(super) async fn show(
    State(app): State<App>,
    Path(id): Path<String>,
    request: ApiRequest,
) -> Result<Response, ApiResponse> {
    let query = request.query(&["images"]).map_err(|error| rejected(&error.to_string()))?;
    let with_images = query.get("images") == Some("load");
    let now = app.clock().now();
    let entry = id.parse().ok().and_then(|id| app.state().inbox.get(id, now));
    let Some(entry) = entry else { return Ok(html(&request, StatusCode::NOT_FOUND, &Missing {})) };
    let detail = Detail {
        now: minute(now),
        received: When::new(entry.received_at, now),
        when: entry.send_at.map(|at| When::new(at, now)),
        entry,
        with_images,
    };
    let response = html(&request, StatusCode::OK, &detail);
    Ok(match with_images {
        true => ([(header::CONTENT_SECURITY_POLICY, POLICY_WITH_IMAGES)], response).into_response(),
        false => response,
    })
}

impl Detail {
    fn kind(&self) -> &'static str {
        match self.entry.kind {
            Some(EmailKind::Service) => "review of the shop",
            Some(EmailKind::Product) => "reviews of the products",
            Some(EmailKind::ServiceAndProduct) => "reviews of the shop and the products",
            None => "not known",
        }
    }

    fn has_images(&self) -> bool {
        self.entry.products.iter().any(|product| product.image_url.is_some())
    }

    /// The image to load.
    fn image<'a>(&self, product: &'a InboxProduct) -> Option<&'a str> {
        product.image_url.as_deref().filter(|_| self.with_images)
    }

    /// The best rating, if the customer can write a review.
    fn best_rating(&self) -> Option<u8> {
        review::is_possible(&self.entry.state).then(|| review::best_rating(self.entry.vendor))
    }

    /// Both messages with their headers and bodies. Bytes that are not UTF-8 are replaced.
    fn messages(&self) -> [Message<'_>; 2] {
        let RawExchange { method, target, status, .. } = &*self.entry.exchange;
        let exchange = &self.entry.exchange;
        let line = if *status == 0 { "no response".to_owned() } else { format!("status {status}") };
        [
            Message::new(
                "Request",
                format!("{method} {target}"),
                &exchange.request_headers,
                &exchange.request_body,
            ),
            Message::new("Response", line, &exchange.response_headers, &exchange.response_body),
        ]
    }
}

struct Message<'a> {
    title: &'static str,
    line: String,
    headers: &'a [(String, String)],
    body: String,
}

impl<'a> Message<'a> {
    fn new(title: &'static str, line: String, headers: &'a [(String, String)], body: &[u8]) -> Self {
        Self { title, line, headers, body: String::from_utf8_lossy(body).into_owned() }
    }
}
