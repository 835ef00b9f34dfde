//! A registry from the environment.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test may panic")]

mod common;

use common::{AcmeFactory, keys, message, request};
use review_invites::config::{InstanceConfig, RegistryConfig, Secret};
use review_invites::prelude::*;
use review_invites::registry::{CONFIG_ENV, PROVIDER_ENV, RegistryBuilder, SENDING_ENV};
use review_invites::{Registry, available_vendors, from_lookup, reader_from_lookup};

const ACME: [(&str, &str); 2] = [(PROVIDER_ENV, "acme"), ("ACME_API_KEY", "canary-key")];

fn builder() -> RegistryBuilder {
    Registry::builder().vendor("acme", AcmeFactory)
}

fn registry(more: &[(&str, &str)]) -> Result<Registry> {
    builder().from_iter([&ACME[..], more].concat())
}

#[test]
fn unknown_variables_are_warnings_without_values() {
    let registry = registry(&[
        ("REVIEW_SENDIGN", "canary"),
        ("REVIEW_APP", "canary"),
        ("ACME_APIKEY", "canary"),
        ("PATH", "canary"),
    ])
    .unwrap();
    let warnings: Vec<_> = registry.warnings().iter().map(ToString::to_string).collect();
    assert_eq!(
        warnings,
        [
            "ACME_APIKEY: is not a setting; did you mean ACME_API_KEY?",
            "REVIEW_APP: is not a setting",
            "REVIEW_SENDIGN: is not a setting; did you mean REVIEW_SENDING?",
        ]
    );
}

#[test]
fn wrong_case_variable_is_reported_as_unknown() {
    let registry = registry(&[("review_sending", "off")]).unwrap();
    assert!(registry.kill_switch().is_enabled());
    let warning = registry.warnings()[0].to_string();
    assert_eq!(warning, "review_sending: is not a setting; did you mean REVIEW_SENDING?");
}

#[test]
fn typo_is_reported_with_the_missing_variable() {
    let error = builder().from_iter([(PROVIDER_ENV, "acme"), ("ACME_APIKEY", "canary")]).unwrap_err();
    assert_eq!(keys(&error), ["ACME_APIKEY", "ACME_API_KEY"]);
    assert!(message(&error, "ACME_APIKEY").contains("did you mean ACME_API_KEY?"), "{error}");
    assert!(!format!("{error} {error:?}").contains("canary"), "{error:?}");
}

#[tokio::test]
async fn sending_variable_counts_for_every_configuration() {
    let config = || {
        let instance = InstanceConfig::new("acme").with_setting("api_key", Secret::new("key"));
        RegistryConfig::new().with_instance("shop", instance)
    };
    for (word, allowed) in [("off", false), ("on", true)] {
        let builder = builder().env_lookup(move |name| (name == SENDING_ENV).then(|| word.to_owned()));
        let registry = builder.from_config(config()).unwrap();
        assert_eq!(registry.provider().send_invite(&request(None, 1)).await.is_ok(), allowed, "{word}");
    }
}

#[tokio::test]
async fn sending_variable_sets_the_kill_switch() {
    for (word, on) in [("off", false), ("OFF ", false), ("on", true), ("", true)] {
        let registry = registry(&[(SENDING_ENV, word)]).unwrap();
        let sent = registry.provider().send_invite(&request(None, 1)).await;
        assert_eq!((registry.kill_switch().is_enabled(), sent.is_ok()), (on, on), "{word}");
    }
    let error = registry(&[(SENDING_ENV, "canary"), ("ACME_STORE", "canary")]).unwrap_err();
    assert_eq!(keys(&error), ["ACME_STORE", SENDING_ENV]);
    assert!(!format!("{error} {error:?}").contains("canary"), "{error}");
}

#[cfg(unix)]
#[test]
fn variable_that_is_not_utf8_is_an_error() {
    use std::ffi::OsString;
    use std::os::unix::ffi::OsStringExt as _;
    let bytes = || OsString::from_vec(b"canary\xff".to_vec());
    let variables = [
        (OsString::from(PROVIDER_ENV), OsString::from("acme")),
        (OsString::from("ACME_API_KEY"), bytes()),
        (OsString::from_vec(b"REVIEW_\xff".to_vec()), bytes()),
    ];
    let error = builder().from_iter(variables).unwrap_err();
    assert_eq!(keys(&error), ["ACME_API_KEY"]);
    assert!(message(&error, "ACME_API_KEY").contains("UTF-8"), "{error}");
    assert!(!format!("{error} {error:?}").contains("canary"), "{error:?}");
}

#[test]
fn known_vendor_is_built_or_named_with_its_feature() {
    for vendor in ["etrusted", "kiyoh", "trustpilot", "webwinkelkeur"] {
        let error = builder().from_iter([(PROVIDER_ENV, vendor.to_uppercase())]).unwrap_err();
        if available_vendors().contains(&vendor) {
            assert!(keys(&error)[0].starts_with(&vendor.to_uppercase()), "{error}");
        } else {
            assert_eq!(keys(&error), [PROVIDER_ENV]);
            assert!(error.to_string().contains(&format!("enable the feature {vendor} of")), "{error}");
            let config = RegistryConfig::new().with_instance("shop", InstanceConfig::new(vendor));
            let error = Registry::from_config(config).unwrap_err();
            assert_eq!(keys(&error), ["instances.shop.vendor"]);
            assert!(error.to_string().contains(&format!("enable the feature {vendor} of")), "{error}");
        }
    }
    let error = builder().from_iter([(PROVIDER_ENV, "yelp")]).unwrap_err();
    assert!(
        error.to_string().contains("must be one of acme, etrusted, kiyoh, trustpilot, webwinkelkeur"),
        "{error}"
    );
}

#[test]
fn vendor_is_optional_if_only_one_is_compiled_in() {
    let error = from_lookup(|_| None).unwrap_err();
    match available_vendors().as_slice() {
        [] => assert!(message(&error, PROVIDER_ENV).contains("no vendor is compiled in"), "{error}"),
        [only] => assert!(keys(&error)[0].starts_with(&only.to_uppercase()), "{error}"),
        several => {
            assert!(several.iter().all(|name| message(&error, PROVIDER_ENV).contains(name)), "{error}");
        }
    }
    assert_eq!(keys(&reader_from_lookup(|_| None).err().unwrap()), keys(&error));
}

#[cfg(not(feature = "toml"))]
#[test]
fn configuration_file_needs_its_feature() {
    let error = registry(&[(CONFIG_ENV, "/x.toml")]).unwrap_err();
    assert_eq!(keys(&error), [CONFIG_ENV]);
    assert!(error.to_string().contains("the feature toml"), "{error}");
}

#[cfg(feature = "toml")]
#[test]
fn variable_names_a_configuration_file() {
    let path = std::env::temp_dir().join(format!("review-invites-environment-{}.toml", std::process::id()));
    let text = "instances = { shop = { vendor = \"acme\", api_key = { env = \"ACME_MAIN_KEY\" } } }";
    std::fs::write(&path, text).unwrap();
    let file = (CONFIG_ENV, path.to_str().unwrap());
    let made = registry(&[file, ("ACME_MAIN_KEY", "canary"), ("ACME_OTHER", "canary")]).unwrap();
    let off = registry(&[file, ("ACME_MAIN_KEY", "canary"), (SENDING_ENV, "off")]).unwrap();
    let missing = registry(&[file]).unwrap_err();
    std::fs::remove_file(&path).unwrap();
    assert_eq!(made.provider().info().instance(), "shop");
    let warned: Vec<_> = made.warnings().iter().map(review_invites::FieldError::field).collect();
    assert_eq!(warned, [PROVIDER_ENV, "ACME_OTHER"], "what the file refers to is known");
    assert!(made.kill_switch().is_enabled() && !off.kill_switch().is_enabled());
    assert_eq!(keys(&missing), ["instances.shop.api_key"]);
    let gone = registry(&[file]).unwrap_err();
    assert_eq!(keys(&gone), [CONFIG_ENV]);
    assert!(message(&gone, CONFIG_ENV).contains("cannot be read"), "{gone}");
}

#[cfg(all(feature = "toml", unix))]
#[test]
fn unreadable_configuration_file_is_an_error() {
    let path = std::env::temp_dir().join(format!("review-invites-bytes-{}.toml", std::process::id()));
    std::fs::write(&path, b"a = \"\xff\"").unwrap();
    let bytes = registry(&[(CONFIG_ENV, path.to_str().unwrap())]).unwrap_err();
    std::fs::remove_file(&path).unwrap();
    assert!(message(&bytes, CONFIG_ENV).contains("UTF-8"), "{bytes}");
    let endless = registry(&[(CONFIG_ENV, "/dev/zero")]).unwrap_err();
    assert!(message(&endless, CONFIG_ENV).contains("at most 1048576 bytes"), "{endless}");
}
