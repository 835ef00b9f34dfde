//! Templates. They are created during account setup, not by API.

use serde_json::{Value, json};

/// UNK: the values of `type` and `transport`. Words like those of the other enumerations of this API.
const TYPE_INVITE: &str = "INVITE";
const TYPE_QUESTIONNAIRE: &str = "QUESTIONNAIRE";
pub(super) const TRANSPORT: &str = "EMAIL";

/// The example in the documentation.
pub(super) const VERSION: &str = "2.1";

/// The languages of a template with translations.
static LOCALES: [&str; 3] = ["de_DE", "en_GB", "fr_FR"];

/// Global invite templates are not documented; this id is from a sample.
pub(super) const INVITE_TEMPLATE: &str = "tpl-inv-12261ad3-d36b-4a3a-a4ab-850920d7b11f";
/// Documented as "Standard".
pub(super) const SERVICE_QUESTIONNAIRE: &str = "tpl-qst-aabd1dee-2676-4303-995a-1e6762a78b44";
/// Documented as "Product only".
pub(super) const PRODUCT_QUESTIONNAIRE: &str = "tpl-qst-a62a58a3-2dbe-4cc0-8be7-d57d1b1a075a";

pub(super) struct Template {
    pub(super) id: &'static str,
    pub(super) name: &'static str,
    pub(super) global: bool,
    pub(super) default: bool,
    pub(super) translated: bool,
}

/// The documented questionnaire templates, the default invite template of settings, and one of the account's own.
pub(super) static TEMPLATES: [Template; 7] = [
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
    pub(super) fn kind(&self) -> &'static str {
        if self.id.starts_with("tpl-inv-") { TYPE_INVITE } else { TYPE_QUESTIONNAIRE }
    }

    pub(super) fn locales(&self) -> &'static [&'static str] {
        if self.translated { &LOCALES } else { &[] }
    }

    /// UNK: the form. Its members are those that the list can be filtered by, and the languages.
    pub(super) fn print(&self) -> Value {
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
    pub(super) fn print_locale(&self, locale: &str) -> Value {
        json!({"id": self.id, "locale": locale, "name": self.name, "subject": "Your opinion counts"})
    }
}

pub(super) fn exists(id: &str) -> bool {
    find(id).is_some()
}

pub(super) fn name(id: &str) -> Option<&'static str> {
    find(id).map(|template| template.name)
}

pub(super) fn find(id: &str) -> Option<&'static Template> {
    TEMPLATES.iter().find(|template| template.id == id)
}
