//! The settings of an account.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test may panic")]

use review_core::FieldError;
use review_core::config::{ConfigErrors, ConfigReader, Entries, RawValue};
use review_trustpilot::Trustpilot;

const MINIMAL: [(&str, &str); 3] =
    [("api_key", "key"), ("api_secret", "secret"), ("business_unit_id", "507f191e810c19729de860ea")];

/// Reads the minimal settings with others; an empty one is removed.
fn read(others: &[(&'static str, &str)]) -> Result<Trustpilot, Vec<FieldError>> {
    let minimal = MINIMAL.iter().filter(|(name, _)| others.iter().all(|(other, _)| other != name));
    let all = others.iter().chain(minimal).filter(|(_, value)| !value.is_empty());
    let entries = Entries::from_code(all.map(|(name, value)| (*name, RawValue::from(*value))));
    ConfigReader::read(&entries).map_err(ConfigErrors::into_vec)
}

fn fields(errors: &[FieldError]) -> Vec<&str> {
    errors.iter().map(FieldError::field).collect()
}

#[test]
fn every_grant_is_a_setting() {
    let shown = |settings: &[(&'static str, &str)]| format!("{:?}", read(settings).unwrap());
    assert!(shown(&[]).contains("ClientCredentials { business_user_id: None }"));
    assert!(shown(&[("business_user_id", "507f191e810c19729de860eb")]).contains("business_user_id: Some"));
    assert!(shown(&[("username", "jane@example.com"), ("password", "canary")]).contains("Password {"));
    let code = [("authorization_code", "canary"), ("redirect_uri", "https://shop.example/callback")];
    let shown = shown(&code);
    assert!(
        shown.contains("AuthorizationCode {") && shown.contains("https://shop.example/callback"),
        "{shown}"
    );
    assert!(!shown.contains("canary"));
    // It is compared as a text: no slash is added.
    let code = [("authorization_code", "canary"), ("redirect_uri", "https://shop.example")];
    assert!(format!("{:?}", read(&code).unwrap()).contains("\"https://shop.example\""));
}

#[test]
fn half_a_grant_and_two_grants_are_rejected() {
    assert_eq!(fields(&read(&[("username", "jane@example.com")]).unwrap_err()), ["username"]);
    assert_eq!(fields(&read(&[("authorization_code", "x")]).unwrap_err()), ["authorization_code"]);
    assert_eq!(fields(&read(&[("redirect_uri", "https://shop.example/")]).unwrap_err()), ["redirect_uri"]);
    let both = [
        ("username", "jane@example.com"),
        ("password", "x"),
        ("authorization_code", "x"),
        ("redirect_uri", "https://shop.example/"),
    ];
    assert_eq!(fields(&read(&both).unwrap_err()), ["username"]);
}

#[test]
fn all_invalid_settings_are_reported_together() {
    let errors = read(&[
        ("api_key", "a:b"),
        ("api_secret", ""),
        ("authorization_code", "x"),
        ("redirect_uri", "ftp://shop.example"),
        ("business_unit_id", "../x"),
        ("product_delay", "soon"),
        ("products_from_catalogue", "perhaps"),
        ("locales", "de-DE, german"),
        ("templates", "vip"),
    ]);
    assert_eq!(
        fields(&errors.unwrap_err()),
        [
            "api_key",
            "api_secret",
            "redirect_uri",
            "business_unit_id",
            "product_delay",
            "products_from_catalogue",
            "locales",
            "templates"
        ]
    );
}
