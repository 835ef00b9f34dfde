//! Faults by control calls.

mod common;

use std::io::ErrorKind;

use common::*;
use review_sandbox::{Host, Sandbox};
use serde_json::json;
use tokio::net::TcpStream;

#[tokio::test]
async fn rules_can_be_added_listed_and_removed() {
    let sandbox = Sandbox::start().await.unwrap();
    let rule = json!({"fault": "status-503-retry-after-2", "vendor": "etrusted", "host": "/etrusted/api",
        "method": "POST", "pathPrefix": "/events", "pathContains": "event", "recipient": "jane.doe@example.com",
        "reference": "order-1", "oncePerReference": true, "probability": 1, "seed": 7, "maxHits": 3});
    let added = control(&sandbox, "POST /faults", &rule.to_string()).await.is(201).json();
    assert_eq!(added, json!({"id": 1}));
    for when in [json!({"nth": 2}), json!({"first": 2}), json!({"every": 2}), json!({})] {
        let rule = with(&when, "/fault", json!("reset-after-commit"));
        let rule = with(&rule, "/pathPrefix", json!("/other"));
        control(&sandbox, "POST /faults", &rule.to_string()).await.is(201);
    }
    for status in [503, 401] {
        let event = event(&sandbox).to_string();
        send(&sandbox, Host::EtrustedApi, "POST /events", &[JSON], event).await.is(status);
    }
    let listed = control(&sandbox, "GET /faults", "").await.is(200).json();
    let mut expected = rule;
    for (name, value) in [("id", 1), ("matched", 1), ("hit", 1)] {
        expected[name] = json!(value);
    }
    expected["probability"] = json!(1.0);
    assert_eq!(listed["rules"][0], expected);
    let second = json!({"id": 2, "matched": 0, "hit": 0, "fault": "reset-after-commit", "pathPrefix": "/other", "nth": 2});
    assert_eq!(listed["rules"][1], second);
    assert_eq!((&listed["rules"][2]["first"], &listed["rules"][3]["every"]), (&json!(2), &json!(2)));
    let count = json!({"injected": 1, "read": 1, "committed": 0, "responded": 1, "unknown": 0});
    assert_eq!(listed["counts"], json!({"status-503-retry-after-2": count}));

    control(&sandbox, "DELETE /faults/1", "").await.empty(204);
    control(&sandbox, "DELETE /faults/1", "").await.assert_error(404, "no rule");
    control(&sandbox, "DELETE /faults/x", "").await.assert_error(400, "must be a number");
    control(&sandbox, "DELETE /faults", "").await.empty(204);
    let listed = control(&sandbox, "GET /faults", "").await.json();
    assert_eq!((&listed["rules"], listed["counts"].as_object().unwrap().len()), (&json!([]), 1));
    // The control calls are not in the record.
    assert_eq!(sandbox.request_count(), 2);
}

#[tokio::test]
async fn invalid_rule_bodies_are_rejected() {
    let sandbox = Sandbox::start().await.unwrap();
    for (body, text) in [
        ("", "`fault` is missing"),
        ("[]", "the body must be of type object"),
        (r#"{"fault":"jane@example.com"}"#, "member `fault` must be the name of a fault"),
        (r#"{"fault":"status-42"}"#, "200 to 599"),
        (r#"{"fault":"close","when":"now"}"#, "`when` is not a known member"),
        (r#"{"fault":"close","vendor":"other"}"#, "`vendor`"),
        (r#"{"fault":"close","host":"etrusted"}"#, "`host`"),
        (r#"{"fault":"close","method":"post"}"#, "`method`"),
        (r#"{"fault":"close","nth":0}"#, "`nth`"),
        (r#"{"fault":"close","nth":-1}"#, "`nth` must be of type integer"),
        (r#"{"fault":"close","nth":1,"every":2}"#, "`nth` and `every`"),
        (r#"{"fault":"close","probability":2}"#, "`probability`"),
        (r#"{"fault":"close","probability":"0.5"}"#, "`probability` must be of type number"),
        (r#"{"fault":"close","seed":2}"#, "`seed`"),
        (r#"{"fault":"close","oncePerReference":1}"#, "`oncePerReference`"),
        (r#"{"fault":"close-on-accept","reference":"1"}"#, "connections"),
    ] {
        let response = control(&sandbox, "POST /faults", body).await;
        response.assert_error(400, text);
        assert!(response.json()["error"].is_string() && !response.body.contains("jane"), "{response:?}");
    }
    control(&sandbox, "POST /faults?fault=close", "{}").await.assert_error(400, "`fault`");
    control(&sandbox, "GET /faults?a=1", "").await.assert_error(400, "`a`");
    control(&sandbox, "POST /refuse", "{}").await.assert_error(400, "`milliseconds` is missing");
    control(&sandbox, "POST /refuse", r#"{"milliseconds":99999999999}"#)
        .await
        .assert_error(400, "`milliseconds`");
    assert_eq!(control(&sandbox, "GET /faults", "").await.json()["rules"], json!([]));
}

#[tokio::test]
async fn refuse_call_refuses_connections() {
    let sandbox = Sandbox::start().await.unwrap();
    control(&sandbox, "POST /refuse", r#"{"milliseconds":200}"#).await.empty(204);
    let connect = async || TcpStream::connect(("127.0.0.1", sandbox.port())).await;
    assert_eq!(connect().await.unwrap_err().kind(), ErrorKind::ConnectionRefused);
    drop(wire::connect_when_open(&sandbox).await);
    control(&sandbox, "GET /emails", "").await.is(200);
}
