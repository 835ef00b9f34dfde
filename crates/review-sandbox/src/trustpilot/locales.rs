//! The locales that Trustpilot supports.

use axum::http::StatusCode;
use serde_json::{Value, json};

use super::{access, body};
use crate::request::ApiRequest;
use crate::response::{ApiResponse, ApiResult};

/// UNK: the real list is only available live. These are hard-coded in a production client: locale, name in its own
/// language, name in English, country domain.
const LOCALES: [(&str, &str, &str, &str); 25] = [
    ("da-DK", "Dansk", "Danish", "dk"),
    ("de-DE", "Deutsch", "German", "de"),
    ("de-AT", "Deutsch", "German", "at"),
    ("de-CH", "Deutsch", "German", "ch"),
    ("en-US", "English", "English", "com"),
    ("en-AU", "English", "English", "com.au"),
    ("en-CA", "English", "English", "ca"),
    ("en-GB", "English", "English", "co.uk"),
    ("en-IE", "English", "English", "ie"),
    ("en-NZ", "English", "English", "co.nz"),
    ("es-ES", "Espa\u{f1}ol", "Spanish", "es"),
    ("fi-FI", "Suomi", "Finnish", "fi"),
    ("fr-FR", "Fran\u{e7}ais", "French", "fr"),
    ("fr-BE", "Fran\u{e7}ais", "French", "be"),
    ("it-IT", "Italiano", "Italian", "it"),
    ("ja-JP", "\u{65e5}\u{672c}\u{8a9e}", "Japanese", "jp"),
    ("nb-NO", "Norsk", "Norwegian", "no"),
    ("nl-NL", "Nederlands", "Dutch", "nl"),
    ("nl-BE", "Nederlands", "Dutch", "be"),
    ("pl-PL", "Polski", "Polish", "pl"),
    ("pt-PT", "Portugu\u{ea}s", "Portuguese", "pt"),
    ("pt-BR", "Portugu\u{ea}s", "Portuguese", "com.br"),
    ("ru-RU", "\u{420}\u{443}\u{441}\u{441}\u{43a}\u{438}\u{439}", "Russian", "ru"),
    ("sv-SE", "Svenska", "Swedish", "se"),
    ("zh-CN", "\u{4e2d}\u{6587}", "Chinese", "cn"),
];

/// `GET /v1/resources/metadata/locales[?translationLocale=]`
///
/// UNK: the translations. Names are always in English; the locale has to be a supported one.
pub(super) async fn list(request: ApiRequest) -> ApiResult {
    access::public(&request)?;
    let query = access::public_query(&request, &["translationLocale"])?;
    body::formed(&query, "translationLocale", known)?;
    let locales: Vec<_> = (1..).zip(&LOCALES).map(locale).collect();
    // The default in the sample is its first locale, as here.
    let default = locales.first().cloned();
    Ok(ApiResponse::json(StatusCode::OK, json!({"locales": locales, "defaultLocale": default})))
}

/// A locale of the list.
pub(super) fn known(text: &str) -> Result<(), &'static str> {
    if LOCALES.iter().any(|(locale, ..)| *locale == text) {
        Ok(())
    } else {
        Err("a known locale such as de-DE")
    }
}

/// UNK: the ids of countries; they are counted here, which fits the one that is known.
fn locale((number, (locale, native, english, tld)): (usize, &(&str, &str, &str, &str))) -> Value {
    let (language, region) = locale.split_once('-').unwrap_or((locale, ""));
    // The table has each language's main country first.
    let first = LOCALES.iter().find(|(other, ..)| other.starts_with(language));
    json!({
        "locale": locale,
        "language": language,
        "region": region,
        "countryId": number,
        "nativeName": native,
        "translatedName": english,
        "tld": tld,
        "consumerWebApp": format!("https://{tld}.trustpilot.example.com/"),
        "businessWebApp": format!("https://{}.b2b.trustpilot.example.com/", locale.to_lowercase()),
        "isDefaultForLanguage": first.is_some_and(|(first, ..)| first == locale),
        "isSupportedInBusinessWebApp": false,
    })
}
