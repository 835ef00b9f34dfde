//! All errors of a configuration file are reported together, and no secret with them.
#![cfg(all(feature = "toml", feature = "etrusted", feature = "trustpilot"))]
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test may panic")]

mod common;

use std::fs;
use std::path::PathBuf;

use common::{builder, keys, message};

/// A file in the folder of temporary files, removed in the end.
struct TempFile(PathBuf);

impl TempFile {
    fn new(name: &str, content: &[u8]) -> Self {
        let path = std::env::temp_dir().join(format!("review-invites-{name}-{}", std::process::id()));
        fs::write(&path, content).unwrap();
        Self(path)
    }

    fn path(&self) -> &str {
        self.0.to_str().unwrap()
    }
}

impl Drop for TempFile {
    fn drop(&mut self) {
        let _ = fs::remove_file(&self.0);
    }
}

#[test]
fn ten_different_errors_are_reported_together() {
    let several = TempFile::new("several", b"canary-one\ncanary-two\n");
    let text = format!(
        r#"
        default = "shop-de"
        sending = "canary-yes"                           # 2: a wrong type

        [instances.shop-de]
        vendor = "trustpilot"
        api_key = "canary-literal"                       # 3: a secret by value
        api_secret = {{ env = "NOT_SET" }}               # 4: a variable that is not set
        username = {{ file = "{}" }}                     # 5: a file of several lines
        password = {{ env = "GOOD" }}
        domain = "https://canary.example/"               # 6: a value that the vendor does not accept

        [instances.shop-nl]
        vendor = "etrusted"
        client_id = {{ env = "GOOD" }}
        client_secret = {{ file = "/nowhere/canary" }}   # 7: a missing file
        channel_id = "chl-1"
        event_type = "shipped"
        [instances.shop-nl.http]
        max_atempts = 3                                      # 1: an unknown key

        [instances.shop-fr]
        vendor = "trustpliot"                            # 8: an unknown vendor

        [[routes]]
        country = "AUT"                                  # 9: not a country
        to = "shop-de"
        [[routes]]
        locale = "fr"
        to = "shop-fi"                                   # 10: an unknown instance
        "#,
        several.path()
    );
    let error = builder(&[("GOOD", "canary-good")]).from_toml(&text).unwrap_err();
    let mut expected = [
        "instances.shop-nl.http.max_atempts",
        "sending",
        "instances.shop-de.api_key",
        "instances.shop-de.api_secret",
        "instances.shop-de.username",
        "instances.shop-de.domain",
        "instances.shop-nl.client_secret",
        "instances.shop-fr.vendor",
        "routes[0].country",
        "routes[1].to",
    ];
    expected.sort_unstable();
    assert_eq!(keys(&error), expected, "{error}");
    for (key, part) in [
        ("instances.shop-nl.http.max_atempts", "did you mean instances.shop-nl.http.max_attempts?"),
        ("sending", "must be true or false, without quotes, got a text"),
        ("instances.shop-de.api_key", r#"must be a reference: { env = "NAME" }"#),
        ("instances.shop-de.api_secret", "NOT_SET is not set"),
        ("instances.shop-de.username", "got several"),
        ("instances.shop-de.domain", "domain"),
        ("instances.shop-nl.client_secret", "cannot be read: entity not found"),
        (
            "instances.shop-fr.vendor",
            "one of acme, etrusted, kiyoh, trustpilot, webwinkelkeur; did you mean trustpilot?",
        ),
        ("routes[0].country", "must be"),
        ("routes[1].to", "one of shop-de, shop-fr, shop-nl; did you mean"),
    ] {
        assert!(message(&error, key).contains(part), "{key}: {}", message(&error, key));
    }
    assert!(!format!("{error} {error:?}").contains("canary"), "{error:?}");
}

/// A configuration of one vendor, with a few lines of its own.
fn trustpilot(lines: &str) -> String {
    format!(
        r#"
        [instances.shop]
        vendor = "trustpilot"
        api_key = {{ env = "GOOD" }}
        api_secret = {{ env = "GOOD" }}
        {lines}
        "#
    )
}

const GOOD: &[(&str, &str)] = &[("GOOD", "canary-good"), ("BLANK", "  ")];

#[test]
fn errors_name_keys_and_not_variables() {
    let error = builder(GOOD).from_toml(&trustpilot("")).unwrap_err();
    assert_eq!(keys(&error), ["instances.shop.business_unit_id"]);
    let text = message(&error, "instances.shop.business_unit_id");
    assert!(text.contains("is missing") && text.contains("or set instances.shop.domain"), "{error}");
    assert!(!error.to_string().contains("TRUSTPILOT_"), "{error}");
}

#[test]
fn consequences_of_an_error_are_not_reported() {
    let lines = r#"
        business_user_id = 5
        domain = { env = "BLANK" }
        tokenfile = "/var/lib/shop/token"
        [instances.shop.http]
        max_attempts = 0
        attempt_timeout_seconds = 4
        rate_limits = ["5"]
        retries = 3
    "#;
    let error = builder(GOOD).from_toml(&trustpilot(lines)).unwrap_err();
    let expected = [
        "instances.shop.business_user_id",
        "instances.shop.domain",
        "instances.shop.http.connect_timeout_seconds",
        "instances.shop.http.max_attempts",
        "instances.shop.http.rate_limits",
        "instances.shop.http.retries",
        "instances.shop.tokenfile",
    ];
    assert_eq!(keys(&error), expected, "{error}");
    assert!(
        message(&error, "instances.shop.tokenfile").contains("did you mean instances.shop.token_file?"),
        "{error}"
    );
    assert!(message(&error, "instances.shop.http.max_attempts").contains("1 or more"), "{error}");
    let retries = message(&error, "instances.shop.http.retries");
    assert!(retries.contains("did you mean instances.shop.http.max_attempts?"), "{retries}");
}

#[test]
fn key_in_the_wrong_table_is_suggested_in_its_own() {
    let lines = r#"
        business_user_id = "507f191e810c19729de860eb"
        domain = "shop.example"
        retries = 3
        rate_limits = ["5/1"]
        [instances.shop.http]
        username = { env = "GOOD" }
    "#;
    let error = builder(GOOD).from_toml(&trustpilot(lines)).unwrap_err();
    for (key, meant) in [
        ("instances.shop.retries", "instances.shop.http.max_attempts"),
        ("instances.shop.rate_limits", "instances.shop.http.rate_limits"),
        ("instances.shop.http.username", "instances.shop.username"),
    ] {
        let message = message(&error, key);
        assert!(message.contains(&format!("did you mean {meant}?")), "{key}: {message}");
    }
}

#[test]
fn proxy_and_certificates_are_settings() {
    let pem = TempFile::new("ca", b"-----BEGIN CERTIFICATE-----\nMA==\n-----END CERTIFICATE-----\n");
    let lines = format!(
        r#"
        business_user_id = "507f191e810c19729de860eb"
        domain = "shop.example"
        [instances.shop.http]
        proxy = "http://user:canary@proxy.example:3128"
        root_certificates_file = "{}"
    "#,
        pem.path()
    );
    let error = builder(GOOD).from_toml(&trustpilot(&lines)).unwrap_err();
    assert_eq!(keys(&error), ["instances.shop.http.proxy"], "{error}");
    assert!(!format!("{error} {error:?}").contains("canary"), "{error:?}");
}

#[test]
fn references_have_one_form() {
    let lines = r#"
        username = { env = "GOOD", file = "/x" }
        password = { vault = "canary" }
        domain = { env = 5 }
        business_user_id = { env = "canary=x" }
        token_file = ["/x"]
    "#;
    let error = builder(GOOD).from_toml(&trustpilot(lines)).unwrap_err();
    let expected = [
        "instances.shop.business_user_id",
        "instances.shop.domain.env",
        "instances.shop.password.vault",
        "instances.shop.token_file",
        "instances.shop.username",
    ];
    assert_eq!(keys(&error), expected, "{error}");
    assert!(!format!("{error} {error:?}").contains("canary"), "{error:?}");
    // A secret used as a key, also as that of a reference.
    let lines = r#"
        business_user_id = { canary7Xk9f8sdf7sd6 = "GOOD" }
        domain = "shop.example"
        canary7Xk9f8sdf7sd6f5 = "api_key"
    "#;
    let error = builder(GOOD).from_toml(&trustpilot(lines)).unwrap_err();
    assert_eq!(error.field_errors().len(), 2, "{error}");
    assert!(!format!("{error} {error:?}").contains("canary"), "{error:?}");
    // A secret instead of a name.
    let lines = "business_user_id = { env = \"canary-secret\" }\ndomain = \"shop.example\"";
    let error = builder(GOOD).from_toml(&trustpilot(lines)).unwrap_err();
    assert_eq!(keys(&error), ["instances.shop.business_user_id"]);
    assert!(!format!("{error} {error:?}").contains("canary"), "{error:?}");
}

#[test]
fn secret_file_has_one_line() {
    for (name, content, part) in [
        ("empty", &b"\n"[..], "got an empty file"),
        ("two", b"canary\ncanary", "got several"),
        ("bytes", b"canary\xff", "valid UTF-8"),
        ("large", &[b'x'; 70_000], "got more than 65536 bytes"),
    ] {
        let file = TempFile::new(name, content);
        let lines = format!("business_user_id = {{ file = \"{}\" }}\ndomain = \"shop.example\"", file.path());
        let error = builder(GOOD).from_toml(&trustpilot(&lines)).unwrap_err();
        assert_eq!(keys(&error), ["instances.shop.business_user_id"], "{name}");
        assert!(error.to_string().contains(part), "{name}: {error}");
        assert!(!format!("{error} {error:?}").contains("canary"), "{error:?}");
    }
    let file = TempFile::new("good", b"\xef\xbb\xbf507f191e810c19729de860eb\r\n\n");
    let lines = format!("business_user_id = {{ file = \"{}\" }}\ndomain = \"shop.example\"", file.path());
    let registry = builder(GOOD).from_toml(&trustpilot(&lines)).unwrap();
    assert!(!format!("{registry:?}").contains("canary"), "{registry:?}");
}

#[test]
fn invalid_toml_is_reported_by_position_only() {
    for (text, place) in [
        ("default = \"a\"\napi_key = canary-secret", "line 2, column 11"),
        ("[instances.a]\nvendor = \"acme\"\n[instances.a]\n", "line 3, column 12"),
        ("a = \"é\" canary", "line 1, column 9"),
    ] {
        let error = builder(&[]).from_toml(text).unwrap_err();
        assert_eq!(keys(&error), [place], "{error}");
        assert!(!format!("{error} {error:?}").contains("canary"), "{error:?}");
    }
}

#[test]
fn example_of_the_documentation_is_valid() {
    let secret = TempFile::new("example", b"canary\n");
    let example: String = include_str!("../src/registry/mod.rs")
        .lines()
        .skip_while(|line| *line != "/// ```toml")
        .skip(1)
        .take_while(|line| *line != "/// ```")
        .map(|line| line.trim_start_matches('/').to_owned() + "\n")
        .collect();
    let example = example.replace("/run/secrets/tp", secret.path());
    let variables = &[("TP_KEY", "canary-1"), ("ET_ID", "canary-2"), ("ET_SECRET", "canary-3")];
    let registry = builder(variables).from_toml(&example).unwrap();
    assert_eq!(registry.instances().collect::<Vec<_>>(), ["shop-de", "shop-nl"]);
    assert!(registry.reader("shop-nl").is_some() && registry.kill_switch().is_enabled());
    assert!(!format!("{registry:?}").contains("canary"), "{registry:?}");
}

#[test]
fn wrong_types_are_reported() {
    for (text, expected) in [
        ("", &["instances"][..]),
        ("instances = 5", &["instances"]),
        ("instances = { a = 5 }", &["instances.a"]),
        ("instances = { a = {} }", &["instances.a.vendor"]),
        ("instances = { \"a b\" = { vendor = \"acme\", api_key = { env = \"GOOD\" } } }", &["instances.a b"]),
        (
            "routes = {}\ndefault = 1979-05-27\ninstances = { a = { vendor = 5 } }",
            &["default", "instances.a.vendor", "routes"],
        ),
    ] {
        let error = builder(GOOD).from_toml(text).unwrap_err();
        assert_eq!(keys(&error), expected, "{text}: {error}");
    }
    let error = builder(&[]).from_toml_file("/nowhere/review.toml").unwrap_err();
    assert_eq!(keys(&error), ["/nowhere/review.toml"]);
}

#[test]
fn dates_and_infinite_numbers_are_reported_by_key() {
    let text = r#"
        default = 2024-01-01
        [instances.x]
        vendor = "trustpilot"
        domain = 2024-01-01
        [instances.x.http]
        total_timeout_seconds = inf
        "#;
    let error = builder(&[]).from_toml(text).unwrap_err();
    for key in ["default", "instances.x.domain"] {
        assert!(message(&error, key).contains("must not be a date"), "{error}");
    }
    assert!(message(&error, "instances.x.http.total_timeout_seconds").contains("number"), "{error}");
    assert!(!error.to_string().contains("__toml"), "{error}");
}

#[test]
fn thousands_of_errors_are_reported_quickly() {
    let many: String = (0..20_000).map(|number| format!("key_{number} = 1\n")).collect();
    let error =
        builder(&[]).from_toml(&format!("[instances.x]\nvendor = \"trustpilot\"\n{many}")).unwrap_err();
    assert!(error.field_errors().len() >= 20_000);
}
