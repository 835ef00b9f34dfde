//! What holds for every input: where requests go, what is shown, and what is read.
#![allow(clippy::unwrap_used, reason = "a test may panic")]

use std::time::{Duration, SystemTime};

use proptest::prelude::*;
use review_http::{BaseUrl, ResourceId, StoredToken, lenient, parse_retry_after, redact};

const HOSTILE: [&str; 54] = [
    "",
    " ",
    ".",
    "..",
    "...",
    "../x",
    "../../etc/passwd",
    "..\\x",
    "\\..\\x",
    "/",
    "//",
    "//evil.example/",
    "///x",
    "/x",
    "x/",
    "a/b",
    "a//b",
    "a/../b",
    "%2e",
    "%2e%2e",
    "%2E%2E/x",
    ".%2e",
    "%2e.",
    "%2f",
    "%5c",
    "%00",
    "\0",
    "a\0b",
    "a\rb",
    "a\nb",
    "a\r\nhost: evil.example",
    "a\tb",
    "?",
    "?a=b",
    "a?b",
    "#",
    "#a",
    "a#b",
    "@",
    "a@b",
    "user:pw@evil.example",
    ":",
    ":80",
    "http://evil.example",
    "https:evil.example",
    "javascript:x",
    "a b",
    "ä",
    "\u{202e}x",
    "\u{2028}",
    "＼",
    "．．",
    "%c0%ae",
    "ａ",
];

fn bases() -> [BaseUrl; 3] {
    ["https://api.example.com", "https://api.example.com/prefix/", "http://127.0.0.1:8080/a/b"]
        .map(|base| BaseUrl::new(base).unwrap())
}

/// An id is rejected, or is one segment in its place.
fn check(id: &str) {
    for base in bases() {
        let checked = ResourceId::new(id).ok().map(|id| base.join(&["events", id.as_str(), "end"]).unwrap());
        // Without the first lock the second one has to hold.
        for url in checked.into_iter().chain(base.join(&["events", id, "end"])) {
            let plain = url::Url::parse(&base.to_string()).unwrap();
            assert_eq!(
                (url.scheme(), url.host(), url.port()),
                (plain.scheme(), plain.host(), plain.port()),
                "{id:?}"
            );
            assert_eq!((url.query(), url.fragment(), url.username()), (None, None, ""), "{id:?}");
            let before: Vec<_> = plain.path_segments().unwrap().filter(|part| !part.is_empty()).collect();
            let path: Vec<_> = url.path_segments().unwrap().collect();
            assert_eq!(path.len(), before.len() + 3, "{id:?}: {url}");
            assert!(path.starts_with(&before) && path.ends_with(&["end"]), "{id:?}: {url}");
            assert!(!path.iter().any(|part| matches!(*part, "." | ".." | "")), "{id:?}: {url}");
            // Nothing that reads the address again finds another one.
            assert_eq!(url::Url::parse(url.as_str()).unwrap(), url, "{id:?}");
        }
    }
}

#[test]
fn hostile_ids_never_change_the_way() {
    for id in HOSTILE {
        assert!(ResourceId::new(id).is_err(), "{id:?}");
        check(id);
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(10_000))]

    #[test]
    fn random_ids_never_change_the_way(id in prop_oneof![".*", "[-._~%/\\\\?#@:a0]{0,12}", "[A-Za-z0-9_-]{1,130}"]) {
        check(&id);
    }
}

/// A value of the kind that people have: words, mailboxes, numbers, and what breaks formats.
fn personal() -> impl Strategy<Value = String> {
    prop_oneof![
        "[A-Z][a-zäöü]{2,9}( [A-Z][a-z'-]{2,12})?",
        "[a-z]{4,9}\\.[a-z]{3,9}@[a-z]{3,9}\\.example",
        "\\+[1-9][0-9]{8,13}",
        "[\"\\\\&=+%/ a-z]{2}[a-z]{5,12}[\"\\\\&=+%]",
    ]
}

/// What vendors do to a value before they quote it.
fn quoted(value: &str, way: u8) -> String {
    use base64::Engine as _;
    match way % 8 {
        5 => base64::engine::general_purpose::STANDARD.encode(value),
        6 => value.chars().map(|c| format!("&#{};", u32::from(c))).collect(),
        7 => value.encode_utf16().map(|unit| format!("\\u{unit:04x}")).collect(),
        0 => value.to_owned(),
        1 => value.to_uppercase(),
        2 => url::form_urlencoded::byte_serialize(value.as_bytes()).collect(),
        3 => serde_json::to_string(value).unwrap(),
        _ => format!("'{value}'"),
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    #[test]
    fn what_was_sent_never_comes_back(
        values in prop::collection::vec(personal(), 1..4),
        words in prop::collection::vec("[0-9 ,;]{0,3}", 4),
        way in any::<u8>(),
    ) {
        let mut text = String::from("rejected ");
        for (value, word) in values.iter().zip(&words) {
            text.push_str(&format!("{word} {} ", quoted(value, way)));
        }
        let redactor = redact::Redactor::new(&values);
        let shown = redactor.message(&text, &[]).to_lowercase();
        for value in &values {
            let plain = value.trim().to_lowercase();
            prop_assert!(!shown.contains(&plain) && !shown.contains(&quoted(value, way).to_lowercase()), "{shown:?}");
        }
        prop_assert!(redactor.is_in(&text) && (shown.is_empty() || shown.contains("rejected")), "{shown:?}");
        prop_assert!(shown.chars().count() <= 201);
        prop_assert!(!shown.chars().any(char::is_control));
    }

    #[test]
    fn only_what_is_listed_is_shown_of_a_body(name in "[a-z]{1,8}", value in "[A-Z0-9]{8,20}", depth in 0_usize..4) {
        let mut body = serde_json::json!({name.as_str(): value, "shown": "fine"});
        for _ in 0..depth {
            body = serde_json::json!({"inner": [body], "shown": "fine"});
        }
        let text = redact::json(&body, &["shown"]);
        prop_assert!(!text.contains(&value) || name == "shown" && depth == 0, "{text}");
        prop_assert!(text.contains("fine") || name == "shown", "{text}");
    }

    #[test]
    fn a_wait_is_read_or_not_and_is_never_absurd(value in prop_oneof![".*", "[0-9]{1,30}", "[A-Za-z0-9 ,:+-]{0,40}"]) {
        if let Some(wait) = parse_retry_after(&value, SystemTime::now()) {
            prop_assert!(wait <= Duration::from_secs(3600));
        }
    }

    #[test]
    fn both_forms_of_a_wait_agree(seconds in 0_u64..100_000) {
        let now = httpdate::parse_http_date("Sun, 06 Nov 1994 08:49:37 GMT").unwrap();
        let date = httpdate::fmt_http_date(now + Duration::from_secs(seconds));
        prop_assert_eq!(parse_retry_after(&date, now), parse_retry_after(&seconds.to_string(), now));
    }

    #[test]
    fn a_stored_token_reads_back_or_not_at_all(
        access in "[!-~]{1,80}",
        refresh in prop::option::of(".{1,40}"),
        life in 1_u64..10_000_000,
        other in ".*",
    ) {
        let token = review_http::Token::new(access.clone().into(), Some(Duration::from_secs(life))).unwrap();
        let stored = StoredToken::new(token.with_refresh_token(refresh.clone().map(Into::into)));
        let read = StoredToken::from_json(stored.to_json().expose()).unwrap();
        prop_assert_eq!(read.token.access_token.expose(), access);
        prop_assert_eq!(read.token.refresh_token.as_ref().map(|refresh| refresh.expose().to_owned()), refresh);
        prop_assert_eq!((read.token.expires_in.as_secs(), read.obtained_at), (life.min(366 * 24 * 3600), stored.obtained_at));
        // Whatever a file holds, it is a token or it is none.
        let _ = StoredToken::from_json(&other);
    }

    #[test]
    fn a_life_is_read_from_whatever_stands_there(text in ".*", number in any::<f64>(), whole in any::<i64>()) {
        #[derive(serde::Deserialize)]
        struct Parsed {
            #[serde(default, deserialize_with = "lenient::seconds")]
            expires_in: Option<Duration>,
        }
        let values = [serde_json::json!(text), serde_json::json!(number), serde_json::json!(whole), serde_json::json!([whole])];
        for value in values {
            let response: Parsed = serde_json::from_value(serde_json::json!({"expires_in": value})).unwrap();
            let _ = response.expires_in;
        }
        let parsed = |value| serde_json::from_value::<Parsed>(serde_json::json!({"expires_in": value})).unwrap().expires_in;
        let seconds = u64::from(whole.unsigned_abs() as u32);
        prop_assert_eq!(parsed(serde_json::json!(seconds)), Some(Duration::from_secs(seconds)));
        prop_assert_eq!(parsed(serde_json::json!(seconds.to_string())), Some(Duration::from_secs(seconds)));
    }
}
