//! The settings.
#![allow(clippy::unwrap_used, reason = "a test may panic")]

use review_core::config::{ConfigErrors, ConfigReader, Entries};
use review_core::provider::{Operation, ReviewInviteProvider};
use review_core::{Consent, InviteRequest};
use review_http::RetryPolicy;
use review_kiyoh::{Kiyoh, KiyohProvider};

const REQUIRED: [(&str, &str); 4] = [
    ("KIYOH_API_TOKEN", "canary-token"),
    ("KIYOH_LOCATION_ID", "1018015"),
    ("KIYOH_LANGUAGE", "nl"),
    ("KIYOH_DELAY_DAYS", "7"),
];

fn read(more: &[(&'static str, &str)]) -> Result<Kiyoh, Vec<String>> {
    let entries = REQUIRED.iter().chain(more).map(|(name, value)| (*name, (*value).to_owned()));
    let kiyoh = ConfigReader::read(&Entries::from_env("KIYOH_", entries));
    kiyoh.map_err(ConfigErrors::into_vec).map_err(|errors| errors.iter().map(ToString::to_string).collect())
}

fn preview(kiyoh: Kiyoh) -> String {
    let provider = KiyohProvider::new(kiyoh, "shop-nl", RetryPolicy::no_retries()).unwrap();
    let request = InviteRequest::builder("jane@example.com", "1001", Consent::granted("checkbox"));
    let preview = provider.preview(&request.locale("es").build().unwrap()).unwrap();
    preview.requests.first().unwrap().to_string()
}

#[test]
fn settings_reach_the_request() {
    let shown = preview(read(&[]).unwrap());
    for part in
        ["https://www.kiyoh.com/v1/invite/external", "1018015", r#""delay": 7"#, r#""nl""#, "ref_code"]
    {
        assert!(shown.contains(part), "{part}: {shown}");
    }
    assert!(!shown.contains("jane") && !shown.contains("canary"), "{shown}");
    let other = [
        ("KIYOH_BRAND", "klantenvertellen"),
        ("KIYOH_EXTRA_LANGUAGES", "es-ES, pt-BR"),
        ("KIYOH_REFERENCE_FIELD", "reference_code"),
    ];
    let shown = preview(read(&other).unwrap());
    for part in ["https://www.klantenvertellen.nl/v1/invite", r#""es-ES""#, "reference_code"] {
        assert!(shown.contains(part), "{part}: {shown}");
    }
    let shown = preview(read(&[("KIYOH_API_URL", "http://127.0.0.1:9/kiyoh")]).unwrap());
    assert!(shown.contains("http://127.0.0.1:9/kiyoh/v1/invite/external"), "{shown}");
}

#[test]
fn link_is_a_capability_with_a_name() {
    let has_links = |more: &[_]| {
        let kiyoh = read(more).unwrap();
        let provider = KiyohProvider::new(kiyoh, "shop-nl", RetryPolicy::no_retries()).unwrap();
        provider.capabilities().supports_operation(Operation::CreateLink)
    };
    assert!(!has_links(&[]) && has_links(&[("KIYOH_LOCATION_NAME", "shop")]));
}

#[test]
fn invalid_settings_are_reported_together_without_values() {
    let errors = read(&[
        ("KIYOH_API_TOKEN", "canary ü"),
        ("KIYOH_LOCATION_ID", "../canary"),
        ("KIYOH_LANGUAGE", "nl-canary"),
        ("KIYOH_DELAY_DAYS", "-1"),
        ("KIYOH_BRAND", "canary"),
        ("KIYOH_REFERENCE_FIELD", "canary"),
        ("KIYOH_EXTRA_LANGUAGES", "es, canary"),
        ("KIYOH_API_URL", "canary"),
    ])
    .unwrap_err();
    let text = errors.join("\n");
    assert_eq!(errors.len(), 7, "{text}");
    assert!(!text.contains("canary"), "{text}");
    let token = read(&[("KIYOH_API_TOKEN", "canary ü")]).unwrap_err().join("\n");
    assert!(token.contains("KIYOH_API_TOKEN") && !token.contains("canary"), "{token}");
}

#[test]
fn debug_shows_no_secret() {
    assert!(!format!("{:?}", read(&[]).unwrap()).contains("canary"));
}
