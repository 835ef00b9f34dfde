//! Templates. They are created during account setup, not by API.

use axum::extract::{Path, State};
use axum::http::StatusCode;
use serde_json::{Value, json};

use super::{errors, open, page, schema};
use crate::request::ApiRequest;
use crate::response::{ApiResponse, ApiResult};
use crate::state::App;

/// UNK: the values of `type` and `transport`. Words like those of the other enumerations of this API.
const TYPE_INVITE: &str = "INVITE";
const TYPE_QUESTIONNAIRE: &str = "QUESTIONNAIRE";
const TRANSPORT: &str = "EMAIL";

/// The example in the documentation.
const VERSION: &str = "2.1";

/// The languages of a template with translations.
static LOCALES: [&str; 3] = ["de_DE", "en_GB", "fr_FR"];

/// Global invite templates are not documented; this id is from a sample.
pub(super) const INVITE_TEMPLATE: &str = "tpl-inv-12261ad3-d36b-4a3a-a4ab-850920d7b11f";
/// Documented as "Standard".
pub(super) const SERVICE_QUESTIONNAIRE: &str = "tpl-qst-aabd1dee-2676-4303-995a-1e6762a78b44";
/// Documented as "Product only".
pub(super) const PRODUCT_QUESTIONNAIRE: &str = "tpl-qst-a62a58a3-2dbe-4cc0-8be7-d57d1b1a075a";

struct Template {
    id: &'static str,
    name: &'static str,
    global: bool,
    default: bool,
    translated: bool,
}

/// The documented questionnaire templates, the default invite template of settings, and one of the account's own.
static TEMPLATES: [Template; 7] = [
    Template {
        id: INVITE_TEMPLATE,
        name: "After Sales Standard",
        global: true,
        default: true,
        translated: true,
    },
    Template {
        id: "tpl-inv-3f0a9c1e-5b2d-4a7f-8e61-0c4d9b7a2f15",
        name: "Own",
        global: false,
        default: false,
        translated: false,
    },
    Template { id: SERVICE_QUESTIONNAIRE, name: "Standard", global: true, default: true, translated: true },
    Template {
        id: "tpl-qst-1605077d-f768-422d-8fad-809f93d7a18f",
        name: "Standard, Covid",
        global: true,
        default: false,
        translated: false,
    },
    Template {
        id: "tpl-qst-baaec16a-7fd6-4815-b119-9aadea3cf986",
        name: "Extended, several pages",
        global: true,
        default: false,
        translated: true,
    },
    Template {
        id: "tpl-qst-fc188b0e-5777-4a26-be03-ef186aab9cd1",
        name: "Extended, Covid",
        global: true,
        default: false,
        translated: false,
    },
    Template {
        id: PRODUCT_QUESTIONNAIRE,
        name: "Product only",
        global: true,
        default: false,
        translated: true,
    },
];

impl Template {
    fn kind(&self) -> &'static str {
        if self.id.starts_with("tpl-inv-") { TYPE_INVITE } else { TYPE_QUESTIONNAIRE }
    }

    fn locales(&self) -> &'static [&'static str] {
        if self.translated { &LOCALES } else { &[] }
    }

    /// UNK: the form. Its members are those that the list can be filtered by, and the languages.
    fn print(&self) -> Value {
        json!({
            "id": self.id,
            "name": self.name,
            "type": self.kind(),
            "transport": TRANSPORT,
            "version": VERSION,
            "isGlobal": self.global,
            "isDefault": self.default,
            "hasTranslations": self.translated,
            "locales": self.locales(),
        })
    }

    /// UNK: the form. The template, the language and the text.
    fn print_locale(&self, locale: &str) -> Value {
        json!({"id": self.id, "locale": locale, "name": self.name, "subject": "Your opinion counts"})
    }
}

/// UNK: the form of "TemplateList". An array, like every other list of the setup calls.
fn print_list(templates: impl Iterator<Item = &'static Template>) -> Value {
    Value::Array(templates.map(Template::print).collect())
}

/// `GET /templates`
///
/// UNK: the values of `type` and `transport`, so an unknown value finds nothing and is not rejected.
pub(super) async fn list(State(app): State<App>, request: ApiRequest) -> ApiResult {
    const FILTERS: [&str; 6] = ["type", "transport", "version", "isGlobal", "isDefault", "hasTranslations"];
    let query = open(&app, &request, &FILTERS)?;
    page::no_empty(&query, &FILTERS)?;
    if query.get("version").is_some_and(|version| !is_version(version)) {
        return Err(errors::invalid("parameter `version` is not of the form 2.1"));
    }
    let (global, default) = (page::flag(&query, "isGlobal")?, page::flag(&query, "isDefault")?);
    let translated = page::flag(&query, "hasTranslations")?;
    let word = |name: &str, value: &str| query.get(name).is_none_or(|wanted| wanted == value);
    let found = TEMPLATES.iter().filter(|template| {
        word("type", template.kind())
            && word("transport", TRANSPORT)
            && word("version", VERSION)
            && global.is_none_or(|wanted| wanted == template.global)
            && default.is_none_or(|wanted| wanted == template.default)
            && translated.is_none_or(|wanted| wanted == template.translated)
    });
    Ok(ApiResponse::json(StatusCode::OK, print_list(found)))
}

/// `GET /templates/{id}`
pub(super) async fn read(State(app): State<App>, Path(id): Path<String>, request: ApiRequest) -> ApiResult {
    open(&app, &request, &[])?;
    Ok(ApiResponse::json(StatusCode::OK, find(&id).ok_or_else(unknown)?.print()))
}

/// `GET /templates/{id}/locales/{locale}`
pub(super) async fn read_locale(
    State(app): State<App>,
    Path((id, locale)): Path<(String, String)>,
    request: ApiRequest,
) -> ApiResult {
    open(&app, &request, &[])?;
    schema::locale(&locale)
        .map_err(|wanted| errors::invalid(&format!("the path's locale is not {wanted}")))?;
    let template = find(&id).ok_or_else(unknown)?;
    if template.locales().contains(&locale.as_str()) {
        Ok(ApiResponse::json(StatusCode::OK, template.print_locale(&locale)))
    } else {
        Err(unknown())
    }
}

pub(super) fn exists(id: &str) -> bool {
    find(id).is_some()
}

pub(super) fn name(id: &str) -> Option<&'static str> {
    find(id).map(|template| template.name)
}

fn find(id: &str) -> Option<&'static Template> {
    TEMPLATES.iter().find(|template| template.id == id)
}

fn is_version(text: &str) -> bool {
    let number = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
    text.split_once('.').is_some_and(|(major, minor)| number(major) && number(minor))
}

/// UNK: the response for an unknown template or language. Without a body, like most 404 responses of this API.
fn unknown() -> ApiResponse {
    ApiResponse::empty(StatusCode::NOT_FOUND)
}
