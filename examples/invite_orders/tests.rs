//! Runs the example as an operator does.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test may panic")]

#[path = "../support/process.rs"]
mod process;

use std::io::{Read, Write};
use std::net::TcpListener;
use std::path::PathBuf;
use std::process::{Command, Output};

use review_sandbox::{Sandbox, Vendor};
use serde_json::{Value, json};

use crate::process::output;

fn example() -> Command {
    process::example("invite_orders")
}

fn lines(output: &Output) -> Vec<Value> {
    String::from_utf8_lossy(&output.stdout).lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

fn outcomes(lines: &[Value]) -> Vec<(&str, &str)> {
    lines
        .iter()
        .map(|line| (line["reference"].as_str().unwrap_or("?"), line["outcome"].as_str().unwrap()))
        .collect()
}

/// A file that goes when the test ends.
struct File(PathBuf);

impl File {
    fn new(name: &str, content: &Value) -> Self {
        let path = std::env::temp_dir().join(format!("invite_orders-{}-{name}.json", std::process::id()));
        std::fs::write(&path, content.to_string()).unwrap();
        Self(path)
    }
}

impl Drop for File {
    fn drop(&mut self) {
        let _ = std::fs::remove_file(&self.0);
    }
}

fn order(name: &str) -> Value {
    json!({
        "name": name, "email": "jane@example.com", "financial_status": "paid", "fulfillment_status": "fulfilled",
        "buyer_accepts_marketing": true, "customer": { "first_name": "Jane" }, "line_items": []
    })
}

#[tokio::test]
async fn without_arguments_it_shows_both_vendors_with_records_of_its_own() {
    let output = output(example()).await;
    let text = String::from_utf8_lossy(&output.stdout);
    assert_eq!(output.status.code(), Some(0), "{text}");
    for vendor in ["etrusted", "trustpilot"] {
        assert_eq!(
            text.lines().filter(|line| line.starts_with(&format!("{vendor}  "))).count(),
            11,
            "{text}"
        );
        assert!(
            text.contains(&format!("{vendor} invited: 3, {vendor} known: 1, {vendor} skipped: 7")),
            "{text}"
        );
    }
    assert!(text.ends_with("the sandbox would have sent 6 mail(s)\n"), "{text}");
}

#[tokio::test]
async fn every_record_has_its_line_and_one_bad_record_stops_no_other() {
    let mut refused = order("A&B");
    refused["customer"] = json!({ "first_name": "Jane" });
    let mut nameless = order("#3");
    nameless["customer"] = Value::Null;
    let mut hesitant = order("#4");
    hesitant["buyer_accepts_marketing"] = json!(false);
    let file = File::new(
        "mixed",
        &json!([order("#1"), 7, { "line_items": "x", "name": "#2", "financial_status": "paid" }, refused, nameless, hesitant, order("#1")]),
    );
    for (vendor, expected) in [
        (
            "etrusted",
            [
                ("1", "invited"),
                ("?", "malformed"),
                ("2", "malformed"),
                ("A&B", "invited"),
                ("3", "invited"),
                ("4", "invited"),
                ("1", "known"),
            ],
        ),
        (
            "trustpilot",
            [
                ("1", "invited"),
                ("?", "malformed"),
                ("2", "malformed"),
                ("A&B", "refused"),
                ("3", "refused"),
                ("4", "invited"),
                ("1", "known"),
            ],
        ),
    ] {
        let mut command = example();
        command.args(["--json", "--consent", "granted", "--provider", vendor]).arg(&file.0);
        let output = output(command).await;
        let lines = lines(&output);
        assert_eq!(outcomes(&lines), expected, "{vendor}");
        assert!(
            lines.iter().all(|line| !line["reason"].as_str().unwrap().is_empty()
                && line["file"] == file.0.to_str().unwrap())
        );
        assert_eq!(output.status.code(), Some(1));
        assert!(!String::from_utf8_lossy(&output.stdout).contains("jane@"), "no address is printed");
    }
    let mut command = example();
    command.args(["--json", "--provider", "etrusted"]).arg(&file.0);
    let output = output(command).await;
    assert_eq!(outcomes(&lines(&output))[5], ("4", "skipped"), "the record's own marker says no");
}

#[tokio::test]
async fn live_takes_everything_from_the_environment() {
    let file = File::new("live", &json!({ "order": order("#77") }));
    for vendor in ["etrusted", "trustpilot"] {
        let sandbox = Sandbox::start().await.unwrap();
        let mut command = example();
        command.envs(sandbox.env_vars()).args(["--live", "--provider", vendor]).arg(&file.0);
        let output = output(command).await;
        assert_eq!(output.status.code(), Some(0), "{}", String::from_utf8_lossy(&output.stdout));
        assert_eq!(sandbox.emails_for("77").len(), 1);
        assert!(sandbox.requests().iter().all(|request| request.status < 300));
    }
}

#[tokio::test]
async fn set_up_makes_the_event_type_first() {
    let sandbox = Sandbox::start().await.unwrap();
    let file = File::new("setup", &order("#78"));
    let mut command = example();
    command
        .envs(sandbox.env_vars())
        .env("REVIEW_PROVIDER", "etrusted")
        .env("ETRUSTED_EVENT_TYPE", "delivered");
    command.args(["--live", "--setup"]).arg(&file.0);
    let output = output(command).await;
    let said = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(0), "{said}");
    assert!(said.contains("EventTypeCreated, InviteSettingChanged"), "{said}");
    assert_eq!(sandbox.emails_for("78").len(), 1);
}

#[tokio::test]
async fn wrong_use_and_wrong_configuration_are_told_with_what_is_wrong() {
    for (arguments, told) in [
        (&["--no-such-option"][..], vec!["--no-such-option"]),
        (&["no-such-file.json"], vec!["no-such-file.json"]),
        (&["--provider", "yelp"], vec!["etrusted", "trustpilot"]),
        (&["--provider", "trustpilot", "--setup"], vec!["--setup"]),
        (&["--live"], vec!["REVIEW_PROVIDER"]),
        (
            &["--live", "--provider", "etrusted"],
            vec![
                "ETRUSTED_CLIENT_ID",
                "ETRUSTED_CLIENT_SECRET",
                "ETRUSTED_CHANNEL_ID",
                "ETRUSTED_EVENT_TYPE",
            ],
        ),
        (
            &["--live", "--provider", "trustpilot"],
            vec![
                "TRUSTPILOT_API_KEY",
                "TRUSTPILOT_API_SECRET",
                "TRUSTPILOT_USERNAME",
                "TRUSTPILOT_BUSINESS_UNIT_ID",
            ],
        ),
    ] {
        let mut command = example();
        command.args(arguments);
        let output = output(command).await;
        let said = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(2), "{arguments:?}: {said}");
        for name in told {
            assert!(said.contains(name), "{arguments:?}: {said}");
        }
        assert!(output.stdout.is_empty());
    }
}

#[tokio::test]
async fn wrong_credentials_are_tried_once_and_nothing_is_lost() {
    let sandbox = Sandbox::start().await.unwrap();
    let file = File::new("credentials", &json!([order("#1"), order("#2"), order("#3")]));
    let mut command = example();
    command.envs(sandbox.env_vars()).env("ETRUSTED_CLIENT_SECRET", "wrong");
    command.args(["--json", "--live", "--provider", "etrusted"]).arg(&file.0);
    let output = output(command).await;
    assert_eq!(outcomes(&lines(&output)), [("1", "not_sent"), ("2", "not_sent"), ("3", "not_sent")]);
    assert_eq!((output.status.code(), sandbox.token_requests(Vendor::Etrusted)), (Some(1), 1));
}

#[tokio::test]
async fn the_same_number_of_another_customer_is_told_and_not_taken_for_known() {
    let mut other = order("#1");
    other["email"] = json!("bob@example.com");
    let file = File::new("numbers", &json!([order("#1"), other]));
    let mut command = example();
    command.args(["--json", "--provider", "trustpilot"]).arg(&file.0);
    let output = output(command).await;
    assert_eq!(
        (outcomes(&lines(&output)), output.status.code()),
        (vec![("1", "invited"), ("1", "refused")], Some(1))
    );
}

#[tokio::test]
async fn a_host_that_is_not_there_is_not_tried_for_every_order() {
    let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let orders: Vec<_> = (0..6).map(|number| order(&number.to_string())).collect();
    let file = File::new("not-there", &json!(orders));
    let sandbox = Sandbox::start().await.unwrap();
    let mut command = example();
    command.envs(sandbox.env_vars()).env("ETRUSTED_API_URL", format!("http://127.0.0.1:{port}"));
    command.args(["--json", "--live", "--provider", "etrusted"]).arg(&file.0);
    let output = output(command).await;
    let lines = lines(&output);
    assert!(outcomes(&lines).iter().all(|(_, outcome)| *outcome == "not_sent"));
    let untried = lines.iter().filter(|line| line["reason"] == "not tried after the failure above").count();
    assert_eq!((lines.len(), untried, output.status.code()), (6, 3, Some(1)));
}

#[tokio::test]
async fn a_lost_answer_is_unknown() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let base = format!("http://{}", listener.local_addr().unwrap());
    std::thread::spawn(move || {
        for stream in listener.incoming().take(4) {
            let mut stream = stream.unwrap();
            let mut piece = [0; 8192];
            let length = stream.read(&mut piece).unwrap_or(0);
            if String::from_utf8_lossy(&piece[..length]).starts_with("POST /oauth/token") {
                let body = r#"{"access_token":"t","expires_in":300}"#;
                let _ = write!(
                    stream,
                    "HTTP/1.1 200 OK\r\nconnection: close\r\ncontent-length: {}\r\n\r\n{body}",
                    body.len()
                );
            }
        }
    });
    let file = File::new("unknown", &json!([order("#1"), order("#1")]));
    let mut command = example();
    command.args(["--json", "--live", "--provider", "etrusted"]).arg(&file.0).envs([
        ("ETRUSTED_CLIENT_ID", "id"),
        ("ETRUSTED_CLIENT_SECRET", "secret"),
        ("ETRUSTED_CHANNEL_ID", "chl-1"),
        ("ETRUSTED_EVENT_TYPE", "shipped"),
        ("ETRUSTED_API_URL", &base),
        ("ETRUSTED_LOGIN_URL", &base),
    ]);
    let output = output(command).await;
    let lines = lines(&output);
    assert_eq!((outcomes(&lines), output.status.code()), (vec![("1", "unknown"), ("1", "unknown")], Some(3)));
    assert!(lines[1]["reason"].as_str().unwrap().starts_with("not sent again"));
}
