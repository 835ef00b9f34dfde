//! The settings of an account.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test may panic")]

use review_core::FieldError;
use review_core::config::{ConfigErrors, ConfigReader, Entries, RawValue};
use review_etrusted::Etrusted;

const MINIMAL: [(&str, &str); 4] =
    [("client_id", "id"), ("client_secret", "secret"), ("channel_id", "chl-1"), ("event_type", "shipped")];

/// Reads the minimal settings with others; an empty one is removed.
fn read(others: &[(&'static str, &str)]) -> Result<Etrusted, Vec<FieldError>> {
    let minimal = MINIMAL.iter().filter(|(name, _)| others.iter().all(|(other, _)| other != name));
    let all = others.iter().chain(minimal).filter(|(_, value)| !value.is_empty());
    let entries = Entries::from_code(all.map(|(name, value)| (*name, RawValue::from(*value))));
    ConfigReader::read(&entries).map_err(ConfigErrors::into_vec)
}

fn fields(errors: &[FieldError]) -> Vec<&str> {
    errors.iter().map(FieldError::field).collect()
}

#[test]
fn every_option_of_code_is_a_setting() {
    let all = [
        ("channel_id", ""),
        ("own_channel_id", "shop-view-de"),
        ("system", "Magento"),
        ("system_version", "2.4"),
        ("review_kind", "both"),
        ("invite_template", "tpl-inv-1"),
        ("questionnaire_template", "tpl-qst-1"),
        ("templates", "vip=tpl-inv-2"),
        ("api_url", "https://api.example.com"),
        ("login_url", "https://login.example.com"),
    ];
    let shown = format!("{:?}", read(&all).unwrap());
    for text in ["shop-view-de", "Magento", "2.4", "tpl-inv-1", "tpl-qst-1", "tpl-inv-2", "api.example.com"] {
        assert!(shown.contains(text), "{text}: {shown}");
    }
    assert!(read(&[("channel_id", ""), ("channel_name", "Shop DE")]).is_ok());
}

#[test]
fn all_invalid_settings_are_reported_together() {
    let errors = read(&[
        ("client_secret", ""),
        ("channel_id", "XTSID"),
        ("event_type", "checkout"),
        ("review_kind", "all"),
        ("invite_template", "tpl-qst-1"),
        ("questionnaire_template", "tpl-inv-1"),
        ("templates", "vip=tpl-qst-2"),
        ("system", "a\u{200b}"),
        ("api_url", "http://api.example.com"),
    ]);
    assert_eq!(
        fields(&errors.unwrap_err()),
        [
            "client_secret",
            "channel_id",
            "event_type",
            "review_kind",
            "invite_template",
            "questionnaire_template",
            "templates",
            "system",
            "api_url"
        ]
    );
}

#[test]
fn channel_is_named_in_one_way() {
    let missing = read(&[("channel_id", "")]).unwrap_err();
    assert_eq!(fields(&missing), ["channel_id"]);
    assert!(missing[0].message().contains("channel_name or own_channel_id"), "{missing:?}");
    for pair in
        [["channel_id", "channel_name"], ["channel_id", "own_channel_id"], ["channel_name", "own_channel_id"]]
    {
        let given: Vec<_> = ["channel_id", "channel_name", "own_channel_id"]
            .into_iter()
            .map(|name| (name, if pair.contains(&name) { "chl-1" } else { "" }))
            .collect();
        assert_eq!(read(&given).unwrap_err().len(), 1, "{pair:?}");
    }
    assert_eq!(
        fields(&read(&[("channel_id", ""), ("own_channel_id", "shöp")]).unwrap_err()),
        ["own_channel_id"]
    );
}
