//! A registry from the environment.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test may panic")]

mod common;

use common::{AcmeFactory, keys, problem, request};
use review_invites::*;

const ACME: [(&str, &str); 2] = [(PROVIDER_VARIABLE, "acme"), ("ACME_API_KEY", "canary-key")];

fn builder() -> RegistryBuilder {
    Registry::builder().vendor("acme", AcmeFactory)
}

fn registry(more: &[(&str, &str)]) -> Result<Registry> {
    builder().from_pairs([&ACME[..], more].concat())
}

#[test]
fn names_that_are_not_known_are_warnings_without_values() {
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
            "ACME_APIKEY: no setting has this name; did you mean ACME_API_KEY?",
            "REVIEW_APP: no setting has this name",
            "REVIEW_SENDIGN: no setting has this name; did you mean REVIEW_SENDING?",
        ]
    );
}

#[test]
fn a_name_in_other_letters_is_no_name_of_ours_and_is_told() {
    let registry = registry(&[("review_sending", "off")]).unwrap();
    assert!(registry.sending().is_on());
    let warning = registry.warnings()[0].to_string();
    assert_eq!(warning, "review_sending: no setting has this name; did you mean REVIEW_SENDING?");
}

#[tokio::test]
async fn sending_is_switched_off_by_a_variable() {
    for (word, on) in [("off", false), ("OFF ", false), ("on", true), ("", true)] {
        let registry = registry(&[(SENDING_VARIABLE, word)]).unwrap();
        let sent = registry.provider().send_invite(&request(None, 1)).await;
        assert_eq!((registry.sending().is_on(), sent.is_ok()), (on, on), "{word}");
    }
    let error = registry(&[(SENDING_VARIABLE, "canary"), ("ACME_SHOP", "canary")]).unwrap_err();
    assert_eq!(keys(&error), ["ACME_SHOP", SENDING_VARIABLE]);
    assert!(!format!("{error} {error:?}").contains("canary"), "{error}");
}

#[cfg(unix)]
#[test]
fn bytes_that_are_no_text_are_faults() {
    use std::ffi::OsString;
    use std::os::unix::ffi::OsStringExt as _;
    let bytes = || OsString::from_vec(b"canary\xff".to_vec());
    let variables = [
        (OsString::from(PROVIDER_VARIABLE), OsString::from("acme")),
        (OsString::from("ACME_API_KEY"), bytes()),
        (OsString::from_vec(b"REVIEW_\xff".to_vec()), bytes()),
    ];
    let error = builder().from_pairs(variables).unwrap_err();
    assert_eq!(keys(&error), ["ACME_API_KEY"]);
    assert!(problem(&error, "ACME_API_KEY").contains("UTF-8"), "{error}");
    assert!(!format!("{error} {error:?}").contains("canary"), "{error:?}");
}

#[test]
fn every_known_vendor_is_made_or_named_with_its_feature() {
    for vendor in ["etrusted", "trustpilot"] {
        let error = builder().from_pairs([(PROVIDER_VARIABLE, vendor.to_uppercase())]).unwrap_err();
        if compiled_in().contains(&vendor) {
            assert!(keys(&error)[0].starts_with(&vendor.to_uppercase()), "{error}");
        } else {
            assert_eq!(keys(&error), [PROVIDER_VARIABLE]);
            assert!(error.to_string().contains(&format!("switch on the feature {vendor} of")), "{error}");
            let config = RegistryConfig::new().with_instance("shop", InstanceConfig::new(vendor));
            let error = Registry::from_config(config).unwrap_err();
            assert_eq!(keys(&error), ["instances.shop.vendor"]);
            assert!(error.to_string().contains(&format!("switch on the feature {vendor} of")), "{error}");
        }
    }
    let error = builder().from_pairs([(PROVIDER_VARIABLE, "yelp")]).unwrap_err();
    assert!(error.to_string().contains("expected one of acme, etrusted, trustpilot"), "{error}");
}

#[test]
fn the_vendor_may_be_missing_where_there_is_no_choice() {
    let error = from_vars(|_| None).unwrap_err();
    match compiled_in().as_slice() {
        [] => assert!(problem(&error, PROVIDER_VARIABLE).contains("no vendor is compiled in"), "{error}"),
        [only] => assert!(keys(&error)[0].starts_with(&only.to_uppercase()), "{error}"),
        _ => assert!(problem(&error, PROVIDER_VARIABLE).contains("one of etrusted, trustpilot"), "{error}"),
    }
    assert_eq!(keys(&reader_from_vars(|_| None).err().unwrap()), keys(&error));
}

#[cfg(not(feature = "toml"))]
#[test]
fn a_file_wants_its_feature() {
    let error = registry(&[(CONFIG_VARIABLE, "/x.toml")]).unwrap_err();
    assert_eq!(keys(&error), [CONFIG_VARIABLE]);
    assert!(error.to_string().contains("the feature toml"), "{error}");
}

#[cfg(feature = "toml")]
#[test]
fn a_variable_names_a_file() {
    let path = std::env::temp_dir().join(format!("review-invites-environment-{}.toml", std::process::id()));
    let text = "instances = { shop = { vendor = \"acme\", api_key = { env = \"ACME_MAIN_KEY\" } } }";
    std::fs::write(&path, text).unwrap();
    let file = (CONFIG_VARIABLE, path.to_str().unwrap());
    let made = registry(&[file, ("ACME_MAIN_KEY", "canary"), ("ACME_OTHER", "canary")]).unwrap();
    let off = registry(&[file, ("ACME_MAIN_KEY", "canary"), (SENDING_VARIABLE, "off")]).unwrap();
    let missing = registry(&[file]).unwrap_err();
    std::fs::remove_file(&path).unwrap();
    assert_eq!(made.provider().info().instance(), "shop");
    let warned: Vec<_> = made.warnings().iter().map(FieldError::field).collect();
    assert_eq!(warned, [PROVIDER_VARIABLE, "ACME_OTHER"], "what the file refers to is known");
    assert!(made.sending().is_on() && !off.sending().is_on());
    assert_eq!(keys(&missing), ["instances.shop.api_key"]);
    let gone = registry(&[file]).unwrap_err();
    assert_eq!(keys(&gone), [CONFIG_VARIABLE]);
    assert!(problem(&gone, CONFIG_VARIABLE).contains("that can be read"), "{gone}");
}

#[cfg(all(feature = "toml", unix))]
#[test]
fn a_file_that_is_none_of_ours_is_told_as_what_it_is() {
    let path = std::env::temp_dir().join(format!("review-invites-bytes-{}.toml", std::process::id()));
    std::fs::write(&path, b"a = \"\xff\"").unwrap();
    let bytes = registry(&[(CONFIG_VARIABLE, path.to_str().unwrap())]).unwrap_err();
    std::fs::remove_file(&path).unwrap();
    assert!(problem(&bytes, CONFIG_VARIABLE).contains("UTF-8"), "{bytes}");
    let endless = registry(&[(CONFIG_VARIABLE, "/dev/zero")]).unwrap_err();
    assert!(problem(&endless, CONFIG_VARIABLE).contains("at most 1048576 bytes"), "{endless}");
}
