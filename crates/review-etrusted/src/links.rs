//! Questionnaire links, which the shop sends itself.

use http::Method;
use review_core::model::{InviteRequest, ParseField};
use review_core::provider::{ReviewLink, Warning};
use review_core::{Error, ErrorKind, InviteKind, Result};
use review_http::vendor::{Api, Step};
use serde_json::json;

use crate::config::{Etrusted, PRODUCT_QUESTIONNAIRE, STANDARD_QUESTIONNAIRE};
use crate::operations::CREATE_LINK;
use crate::wire::request::{customer, metadata, products, transaction};

/// Creates a link. The type of its event is left out, so that it is `link_generation`: the vendor records an event for
/// each link, and one of a type with invite settings might lead to an email.
///
/// DIS: whether a link expires.
pub(crate) async fn create(
    etrusted: &Etrusted,
    api: &Api<Etrusted>,
    request: &InviteRequest,
) -> Result<ReviewLink> {
    let channel = api.account().await?;
    let (system, system_version) = &etrusted.system;
    let body = json!({
        "questionnaireTemplate": { "id": questionnaire(etrusted, request.kind()) },
        "customer": customer(request.customer(), None),
        "channel": channel,
        "transaction": transaction(request),
        "products": products(request),
        "metadata": metadata(request),
        "system": system,
        "systemVersion": system_version,
    });
    let step = Step::idempotent(CREATE_LINK, Method::POST, &etrusted.api_url, &["questionnaire-links"]);
    let response = api.send(&step.json(body, &[])).await?;
    let url = response.text_at(&["/link"]).and_then(|link| ParseField::parse_field(&link).ok());
    let url = url.ok_or_else(|| {
        Error::new(ErrorKind::Unexpected, "the response contains no usable link")
            .with_http_status(response.status.as_u16())
    })?;
    let message = "left out: a link has no language; the channel's applies";
    let locale = request.customer().locale().map(|_| Warning::new("customer.locale", message));
    Ok(ReviewLink::new(api.info().clone(), url).add_warnings(locale))
}

/// INF: the documentation names five questionnaires that every account has. That "Standard" asks about the products as
/// well, if a link has some, follows from the existence of "Product only".
fn questionnaire(etrusted: &Etrusted, kind: InviteKind) -> &str {
    match (&etrusted.questionnaire_template, kind) {
        (Some(template), _) => template.as_str(),
        (None, InviteKind::Product) => PRODUCT_QUESTIONNAIRE,
        (None, _) => STANDARD_QUESTIONNAIRE,
    }
}
