use serde_json::{Value, json};

use super::*;

fn event_types() -> Vec<EventType> {
    let list = json!([
        { "id": "ety-1", "name": "shipped", "active": true },
        { "id": "ety-2", "name": "after_sales", "active": true },
        { "id": "ety-3", "name": "sleeping", "active": false }
    ]);
    serde_json::from_value(list).unwrap()
}

fn half(enabled: bool) -> Value {
    json!({
        "enabled": enabled, "sendingDelayInDays": 5,
        "inviteTemplateId": "tpl-inv-1", "questionnaireTemplateId": "tpl-qst-1"
    })
}

fn setting(id: &str, event_type: &str, service: &Value, product: &Value) -> Value {
    json!({
        "id": id, "channelId": "chl-1", "eventTypeId": event_type,
        "serviceInviteConfiguration": service, "productInviteConfiguration": product
    })
}

/// What is found about `shipped` in channel `chl-1`: severities and what was seen.
fn found(kind: InviteKind, settings: Value) -> Vec<(Severity, String)> {
    let (event_types, channel) = (event_types(), ResourceId::new("chl-1").unwrap());
    let settings: Vec<InviteSetting> = serde_json::from_value(settings).unwrap();
    let mut findings = Vec::new();
    of_settings(kind, &event_types[0], &channel, &event_types, &settings, &mut findings);
    let findings = SetupReport::new(findings).findings;
    findings.into_iter().map(|finding| (finding.severity, finding.seen)).collect()
}

#[track_caller]
fn assert_found(findings: &[(Severity, String)], expected: &[(Severity, &str)]) {
    assert_eq!(findings.len(), expected.len(), "{findings:?}");
    for ((severity, seen), (expected, part)) in findings.iter().zip(expected) {
        assert_eq!(severity, expected, "{seen}");
        assert!(seen.contains(part), "{seen} lacks {part}");
    }
}

#[test]
fn settings_that_are_right_show_their_delay_and_nothing_else() {
    let settings = json!([setting("a", "ety-1", &half(true), &half(false))]);
    assert_found(&found(InviteKind::Service, settings), &[(Severity::Info, "5 days")]);
}

#[test]
fn what_is_off_or_missing_is_found() {
    use InviteKind::{Product, Service, ServiceAndProduct};
    use Severity::{Error, Info, Warning};
    assert_found(&found(Service, json!([])), &[(Error, "no invite setting")]);
    let other_channel = json!([{ "id": "a", "channelId": "chl-2", "eventTypeId": "ety-1" }]);
    assert_found(&found(Service, other_channel), &[(Error, "no invite setting")]);

    let off = || json!([setting("a", "ety-1", &half(false), &half(false))]);
    assert_found(&found(Service, off()), &[(Error, "service invitations are switched off")]);
    assert_found(&found(ServiceAndProduct, off()), &[(Error, "service"), (Error, "product")]);

    let service = || json!([setting("a", "ety-1", &half(true), &half(false))]);
    assert_found(&found(ServiceAndProduct, service()), &[(Warning, "product"), (Info, "service")]);
    assert_found(&found(Product, service()), &[(Error, "product"), (Warning, "though only products")]);

    let mut whole = service();
    whole[0]["enabled"] = false.into();
    assert_found(&found(Service, whole), &[(Error, "`enabled` is false"), (Info, "5 days")]);

    let bare = json!([setting("a", "ety-1", &json!({ "enabled": true }), &Value::Null)]);
    let expected = [(Warning, "for the mail"), (Warning, "for the questionnaire"), (Info, "not shown")];
    assert_found(&found(Service, bare), &expected);
}

#[test]
fn rivals_are_named_where_they_are_live() {
    let ours = || setting("a", "ety-1", &half(true), &half(false));
    let live = json!([ours(), setting("b", "ety-2", &half(true), &half(false))]);
    let expected = [(Severity::Warning, "after_sales"), (Severity::Info, "5 days")];
    assert_found(&found(InviteKind::Service, live), &expected);
    for harmless in [
        setting("b", "ety-2", &half(false), &half(true)),
        setting("b", "ety-3", &half(true), &half(true)),
        setting("b", "ety-9", &half(true), &half(true)),
    ] {
        let settings = json!([ours(), harmless]);
        assert_found(&found(InviteKind::Service, settings), &[(Severity::Info, "5 days")]);
    }
}

#[test]
fn a_slip_in_the_name_of_an_event_type_is_told() {
    let event_types = event_types();
    for (name, meant) in [("shiped", "shipped"), ("aftersales", "after_sales"), ("order_shipped", "shipped")]
    {
        let mut findings = Vec::new();
        assert!(of_event_type(name, &event_types, &mut findings).is_none());
        assert!(findings[0].advice.contains(&format!("meant: {meant}?")), "{}", findings[0]);
    }
    let mut findings = Vec::new();
    of_event_type("delivered", &event_types, &mut findings);
    assert!(findings[0].advice.contains("shipped, after_sales, sleeping"), "{}", findings[0]);
    let mut findings = Vec::new();
    assert!(of_event_type("sleeping", &event_types, &mut findings).is_some());
    assert_eq!((findings.len(), findings[0].severity), (1, Severity::Error));
}

#[test]
fn channels_are_found_or_the_known_ones_are_named() {
    let channels: Vec<ChannelDetails> = serde_json::from_value(json!([
        { "id": "chl-1", "name": "one" }, { "id": "chl-2", "name": "two" }, { "id": "chl-3", "name": "two" }
    ]))
    .unwrap();
    let tsid = format!("X{}", "0A1B2C3D".repeat(4));
    let id = |id: &str| ChannelRef::Id(ResourceId::new(id).unwrap());
    let name = |name: &str| ChannelRef::Name(name.to_owned());
    for (wanted, channel, seen) in [
        (id("chl-1"), Some("chl-1"), None),
        (id("chl-9"), None, Some("no channel chl-9")),
        (id(&tsid), None, Some("Trusted Shops id")),
        (name("one"), Some("chl-1"), None),
        (name("two"), None, Some("more than one")),
        (name("nine"), None, Some("none called nine")),
    ] {
        let mut findings = Vec::new();
        let found = of_channel(&wanted, Some(&channels), &mut findings);
        assert_eq!(found.as_ref().map(ResourceId::as_str), channel, "{wanted:?}");
        assert_eq!(findings.len(), usize::from(seen.is_some()), "{wanted:?}");
        if let Some(seen) = seen {
            assert!(findings[0].seen.contains(seen) && findings[0].advice.contains("chl-2 (two)"));
        }
    }
    assert!(of_channel(&id("chl-9"), None, &mut Vec::new()).is_some(), "the channels may not be read");
    let mut findings = Vec::new();
    assert!(of_channel(&ChannelRef::UserDefined("x".to_owned()), Some(&channels), &mut findings).is_none());
    assert_eq!(findings[0].severity, Severity::Warning);
}

#[test]
fn distances_are_those_of_levenshtein() {
    for (one, other, expected) in
        [("", "", 0), ("abc", "", 3), ("kitten", "sitting", 3), ("shiped", "shipped", 1), ("äb", "b", 1)]
    {
        assert_eq!((distance(one, other), distance(other, one)), (expected, expected), "{one} {other}");
    }
}
