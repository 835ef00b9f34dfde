//! The templates of invitations.

use axum::extract::{Path, State};
use axum::http::StatusCode;
use serde_json::{Value, json};

use super::{access, body};
use crate::request::ApiRequest;
use crate::response::{ApiResponse, ApiResult};
use crate::state::App;

/// Seen in a shop's back end, as the value of `type` and of the filter `types`.
const SERVICE: &str = "ServiceReview";
/// INF: the word for the other kind.
const PRODUCT: &str = "ProductReview";

struct Template {
    id: &'static str,
    name: &'static str,
    is_default: bool,
    /// `None`: a template as older sources show it, with neither type nor locale.
    kind: Option<(&'static str, &'static str)>,
}

/// The account's templates, with one default for each type and language.
static TEMPLATES: [Template; 5] = [
    Template {
        id: "507f191e810c19729de860ea",
        name: "Standard template for English",
        is_default: true,
        kind: Some((SERVICE, "en-US")),
    },
    Template {
        id: "507f191e810c19729de860eb",
        name: "Standard template for German",
        is_default: true,
        kind: Some((SERVICE, "de-DE")),
    },
    Template {
        id: "507f191e810c19729de860ec",
        name: "Standard product template for English",
        is_default: true,
        kind: Some((PRODUCT, "en-US")),
    },
    Template {
        id: "507f191e810c19729de860ed",
        name: "Standard product template for German",
        is_default: true,
        kind: Some((PRODUCT, "de-DE")),
    },
    Template { id: "529c0abfefb96008b894ad02", name: "My custom template", is_default: false, kind: None },
];

impl Template {
    fn print(&self) -> Value {
        let mut printed = json!({"id": self.id, "name": self.name, "isDefaultTemplate": self.is_default});
        if let (Some((kind, locale)), Some(members)) = (self.kind, printed.as_object_mut()) {
            members.insert("locale".to_owned(), locale.into());
            members.insert("type".to_owned(), kind.into());
        }
        printed
    }
}

/// Returns whether the account has a template. An invitation with another one is accepted, and no email goes out.
pub(super) fn exists(id: &str) -> bool {
    TEMPLATES.iter().any(|template| template.id == id)
}

/// `GET /v1/private/business-units/{id}/templates[?types=]`
///
/// DIS: `locale` and `type` are in newer sources only, so the last template does without. UNK: several values of
/// `types`; comma-separated, like the other lists in a query. A template without a type passes no filter.
pub(super) async fn list(State(app): State<App>, Path(unit): Path<String>, request: ApiRequest) -> ApiResult {
    access::private_unit(&app, &request, &unit)?;
    let query = body::query(&request, &["types"])?;
    let types = body::several(&query, "types")?;
    let fits = |template: &&Template| {
        types.is_empty() || template.kind.is_some_and(|(kind, _)| types.contains(&kind))
    };
    let found: Vec<_> = TEMPLATES.iter().filter(fits).map(Template::print).collect();
    Ok(ApiResponse::json(StatusCode::OK, json!({"templates": found})))
}
