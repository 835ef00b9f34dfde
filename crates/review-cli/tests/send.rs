//! `send`: outcomes, ledger, report, personal data.
#![cfg(unix)]
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test may panic")]

mod common;

use std::os::unix::fs::PermissionsExt as _;

use common::{Folder, command_for, order, orders, run};
use review_sandbox::{Fault, FaultPhase, FaultRule, Sandbox};

async fn sandbox() -> Sandbox {
    Sandbox::start().await.unwrap()
}

#[tokio::test]
async fn second_run_sends_only_what_is_left() {
    let (folder, sandbox) = (Folder::new(), sandbox().await);
    folder.write("a.jsonl", &orders(1..=5));
    folder.write("b.jsonl", &orders(1..=8));
    let first =
        run(command_for(&folder, &sandbox, "etrusted"), &["send", "--ledger", "sent.db", "a.jsonl"]).await;
    assert_eq!((first.code, first.count("invited")), (0, 5), "{first:?}");
    let second =
        run(command_for(&folder, &sandbox, "etrusted"), &["send", "--ledger", "sent.db", "b.jsonl"]).await;
    assert_eq!(second.code, 0, "{second:?}");
    assert_eq!((second.count("invited"), second.count("already_invited")), (3, 5), "{second:?}");
    assert_eq!(sandbox.emails().len(), 8);
    assert!(sandbox.email_counts().values().all(|count| *count == 1));
}

#[tokio::test]
async fn ledger_is_required_without_a_terminal() {
    let (folder, sandbox) = (Folder::new(), sandbox().await);
    folder.write("a.jsonl", &orders([1]));
    let printed = run(command_for(&folder, &sandbox, "etrusted"), &["send", "a.jsonl"]).await;
    assert_eq!(printed.code, 2);
    assert!(printed.err.contains("--ledger PATH") && printed.err.contains("--no-ledger"), "{}", printed.err);
    assert_eq!(sandbox.request_count(), 0);
    let printed = run(command_for(&folder, &sandbox, "etrusted"), &["send", "--no-ledger", "a.jsonl"]).await;
    assert_eq!((printed.code, sandbox.emails().len()), (0, 1));
}

#[tokio::test]
async fn dry_run_makes_no_request_and_no_ledger() {
    let (folder, sandbox) = (Folder::new(), sandbox().await);
    folder.write("a.jsonl", &format!("{}{}", orders(1..=3), orders([2])));
    let args = ["send", "--dry-run", "--send-at", "2099-01-01T00:00:00Z", "--json", "a.jsonl"];
    let printed = run(command_for(&folder, &sandbox, "trustpilot"), &args).await;
    assert_eq!(printed.code, 0, "{printed:?}");
    let outcomes: Vec<_> =
        printed.json().iter().map(|line| line["outcome"].as_str().unwrap().to_owned()).collect();
    assert_eq!(outcomes, ["scheduled", "scheduled", "scheduled", "already_invited"]);
    assert!(printed.json().iter().all(|line| line["dry_run"] == true && line["instance"] == "trustpilot"));
    assert!(printed.err.contains("nothing was sent"), "{}", printed.err);
    assert_eq!(sandbox.request_count(), 0);
    let files: Vec<_> = std::fs::read_dir(folder.path(".")).unwrap().collect();
    assert_eq!(files.len(), 1, "only the order file: {files:?}");
    // An account that does not support an option is reported in advance.
    let printed = run(command_for(&folder, &sandbox, "etrusted"), &args).await;
    assert_eq!((printed.code, printed.json()[0]["outcome"].as_str()), (1, Some("rejected")), "{printed:?}");
}

#[tokio::test]
async fn ledger_and_report_contain_no_personal_data() {
    let (folder, sandbox) = (Folder::new(), sandbox().await);
    let mut by_address = order(3);
    by_address["name"] = "wilhelmina.q@example.com".into();
    by_address["order_number"] = serde_json::Value::Null;
    let elsewhere = Folder::new();
    let file = elsewhere.write("a.jsonl", &format!("{}{by_address}\n", orders(1..=2)));
    let args = ["send", "--ledger", "sent.db", "--report", "report.jsonl", "--json", file.to_str().unwrap()];
    let printed = run(command_for(&folder, &sandbox, "etrusted"), &args).await;
    assert_eq!(printed.code, 0, "{printed:?}");
    assert_eq!(sandbox.emails().len(), 3);
    for word in ["example.com", "Wilhelmina", "wilhelmina", "Quakenbush", "customer1"] {
        assert!(!folder.contains(word), "a file contains {word}");
        assert!(
            !printed.out.contains(word) && !printed.err.contains(word),
            "{word} was printed: {printed:?}"
        );
    }
    assert_eq!(String::from_utf8(folder.read("report.jsonl")).unwrap(), printed.out);
    for name in ["sent.db", "report.jsonl"] {
        let mode = std::fs::metadata(folder.path(name)).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600, "{name}");
    }
    let args = ["send", "--no-ledger", "--personal-data", "--json", file.to_str().unwrap()];
    let asked = run(command_for(&folder, &sandbox, "etrusted"), &args).await;
    assert!(asked.out.contains("customer1@example.com"), "{asked:?}");
}

#[tokio::test]
async fn every_outcome_has_its_json_and_exit_code() {
    let (folder, sandbox) = (Folder::new(), sandbox().await);
    sandbox.add_fault(FaultRule::new(Fault::Reset(FaultPhase::AfterCommit)).with_reference("2")).unwrap();
    let mut refunded = order(3);
    refunded["financial_status"] = "refunded".into();
    let mut text = format!("{}{refunded}\n", orders(1..=2));
    folder.write("good.jsonl", &text);
    let args = ["send", "--ledger", "sent.db", "--json", "good.jsonl"];
    let printed = run(command_for(&folder, &sandbox, "etrusted"), &args).await;
    assert_eq!(printed.code, 3, "an outcome is unknown: {printed:?}");
    let mut lines = printed.json();
    lines.sort_by_key(|line| line["reference"].as_str().unwrap().to_owned());
    let outcomes: Vec<_> = lines.iter().map(|line| line["outcome"].as_str().unwrap()).collect();
    assert_eq!(outcomes, ["invited", "unknown", "skipped"]);
    assert_eq!(lines[0]["instance"], "etrusted");
    assert_eq!(lines[0]["file"], "good.jsonl");
    assert!(lines[1]["reason"].as_str().unwrap().contains("reconcile"), "the next step: {}", lines[1]);
    assert!(printed.err.contains("next: review-invites reconcile --ledger sent.db"), "{}", printed.err);
    text.push_str("{\"id\": 4, \"name\": [");
    folder.write("bad.jsonl", &text);
    let printed =
        run(command_for(&folder, &sandbox, "trustpilot"), &["send", "--no-ledger", "--json", "bad.jsonl"])
            .await;
    let malformed = printed.json().into_iter().find(|line| line["outcome"] == "malformed").unwrap();
    assert!(!malformed["fields"].as_array().unwrap().is_empty(), "{malformed}");
    let ledger = String::from_utf8_lossy(&folder.read("sent.db")).into_owned();
    assert!(ledger.contains("customer2@example.com"), "the request of an unknown outcome is kept");
    assert!(!ledger.contains("customer1@example.com"), "that of an accepted one is not");
}

#[tokio::test]
async fn account_error_holds_every_order() {
    let (folder, sandbox) = (Folder::new(), sandbox().await);
    folder.write("a.jsonl", &orders(1..=4));
    let mut command = command_for(&folder, &sandbox, "etrusted");
    command.env("ETRUSTED_CLIENT_SECRET", "wrong");
    let printed = run(command, &["send", "--ledger", "sent.db", "a.jsonl"]).await;
    assert_eq!((printed.code, printed.count("held"), sandbox.emails().len()), (1, 4, 0), "{printed:?}");
    let again =
        run(command_for(&folder, &sandbox, "etrusted"), &["send", "--ledger", "sent.db", "a.jsonl"]).await;
    assert_eq!((again.code, again.count("invited"), sandbox.emails().len()), (0, 4, 4), "{again:?}");
}

#[tokio::test]
async fn limit_counts_invitations_and_leaves_the_rest() {
    let (folder, sandbox) = (Folder::new(), sandbox().await);
    folder.write("a.jsonl", &orders(1..=9));
    for (invited, left) in [(4, "5 orders are left"), (4, "1 orders are left"), (1, "ledger: ")] {
        let args = ["send", "--ledger", "sent.db", "--limit", "4", "a.jsonl"];
        let printed = run(command_for(&folder, &sandbox, "etrusted"), &args).await;
        assert_eq!((printed.code, printed.count("invited")), (0, invited), "{printed:?}");
        assert!(printed.out.contains(left), "{left}: {printed:?}");
    }
    assert_eq!(sandbox.emails().len(), 9);
    let args = ["send", "--dry-run", "--limit", "4", "a.jsonl"];
    let printed = run(command_for(&folder, &sandbox, "etrusted"), &args).await;
    assert!(printed.out.contains("5 orders are left\n") && !printed.out.contains("again"), "{printed:?}");
}

#[tokio::test]
async fn consent_age_and_instance_are_explicit() {
    let (folder, sandbox) = (Folder::new(), sandbox().await);
    let (mut silent, mut old) = (order(1), order(2));
    silent["buyer_accepts_marketing"] = serde_json::Value::Null;
    old["created_at"] = "2019-01-01T00:00:00Z".into();
    folder.write("a.jsonl", &format!("{silent}\n{old}\n"));
    let send = |extra: &'static [&'static str]| {
        let args: Vec<&str> =
            ["send", "--no-ledger", "a.jsonl"].into_iter().chain(extra.iter().copied()).collect();
        let command = command_for(&folder, &sandbox, "etrusted");
        async move { run(command, &args).await }
    };
    let printed = send(&[]).await;
    assert!(printed.out.contains("no consent") && printed.out.contains("too old"), "{printed:?}");
    assert_eq!(sandbox.emails().len(), 0);
    let printed = send(&["--consent", "granted=checkbox at the checkout", "--max-age", "none"]).await;
    assert_eq!((printed.count("invited"), sandbox.emails().len()), (2, 2), "{printed:?}");
    let printed = send(&["--instance", "other"]).await;
    assert_eq!(printed.code, 2);
    assert!(printed.err.contains("use one of: etrusted"), "{printed:?}");
}

#[tokio::test]
async fn files_are_named_if_there_are_several() {
    let (folder, sandbox) = (Folder::new(), sandbox().await);
    folder.write("a.jsonl", &orders([1]));
    folder.write("b.jsonl", &orders([2]));
    let args = ["send", "--no-ledger", "--color", "always", "a.jsonl", "b.jsonl"];
    let printed = run(command_for(&folder, &sandbox, "etrusted"), &args).await;
    assert!(
        printed.out.contains("a.jsonl: etrusted") && printed.out.contains("b.jsonl: etrusted"),
        "{printed:?}"
    );
    assert!(printed.out.contains("\u{1b}["), "--color always colors: {printed:?}");
    let args = ["send", "--no-ledger", "--quiet", "a.jsonl"];
    let printed = run(command_for(&folder, &sandbox, "etrusted"), &args).await;
    assert_eq!(printed.out, "1 results: 1 invited\n");
}

#[tokio::test]
async fn sandbox_sends_the_examples_through_every_vendor() {
    let folder = Folder::new();
    let printed = run(common::command(&folder), &["send", "--sandbox", "--json"]).await;
    assert_eq!(printed.code, 0, "{printed:?}");
    for vendor in review_invites::available_vendors() {
        let invited = |line: &serde_json::Value| line["instance"] == vendor && line["outcome"] != "rejected";
        assert!(printed.json().iter().filter(|line| invited(line)).count() >= 3, "{vendor}: {printed:?}");
    }
    assert!(printed.err.contains("the sandbox would send"), "{}", printed.err);
    assert!(printed.err.contains("see what customers would get: http://127.0.0.1:"), "{}", printed.err);
    assert!(printed.err.contains("with --keep-open, you can look at them"), "{}", printed.err);
    assert!(!folder.path("home").exists(), "the sandbox touches no ledger");
    folder.write("mine.jsonl", &orders([7]));
    let args = ["send", "--sandbox", "--instance", "trustpilot", "mine.jsonl"];
    let printed = run(common::command(&folder), &args).await;
    assert_eq!((printed.code, printed.count("invited")), (0, 1), "{printed:?}");
}

#[tokio::test]
async fn ledgers_of_two_configurations_are_separate() {
    let (folder, sandbox) = (Folder::new(), sandbox().await);
    let config = "[instances.shop]\nvendor = \"etrusted\"\nclient_id = { env = \"ETRUSTED_CLIENT_ID\" }\n\
                  client_secret = { env = \"ETRUSTED_CLIENT_SECRET\" }\n\
                  channel_id = { env = \"ETRUSTED_CHANNEL_ID\" }\nevent_type = { env = \"ETRUSTED_EVENT_TYPE\" }\n\
                  api_url = { env = \"ETRUSTED_API_URL\" }\nlogin_url = { env = \"ETRUSTED_LOGIN_URL\" }\n";
    for name in ["one.toml", "two.toml"] {
        folder.write(name, config);
        let printed =
            run(command_for(&folder, &sandbox, "etrusted"), &["outbox", "list", "--config", name]).await;
        assert_eq!(printed.code, 2, "{printed:?}");
        let stem = name.trim_end_matches(".toml");
        assert!(printed.err.contains(&format!("/.local/state/review-invites/{stem}-")), "{printed:?}");
    }
    let printed =
        run(command_for(&folder, &sandbox, "etrusted"), &["config", "check", "--config", "one.toml"]).await;
    assert_eq!(printed.code, 0);
    assert!(printed.out.starts_with("shop: etrusted, shop default, the default"), "{printed:?}");
}

#[tokio::test]
async fn report_over_a_file_of_the_run_is_rejected() {
    let (folder, sandbox) = (Folder::new(), sandbox().await);
    let text = orders(1..=3);
    folder.write("a.jsonl", &text);
    std::os::unix::fs::symlink("a.jsonl", folder.path("link.jsonl")).unwrap();
    for (report, options) in [
        ("a.jsonl", &["--ledger", "sent.db"][..]),
        ("./link.jsonl", &["--ledger", "sent.db"]),
        ("sent.db", &["--ledger", "./sent.db"]),
        ("sent.db", &["--ledger", "sqlite://sent.db?mode=rwc"]),
        ("a.jsonl", &["--dry-run"]),
        ("a.jsonl", &["--sandbox"]),
    ] {
        let args: Vec<&str> =
            ["send", "--report", report, "a.jsonl"].iter().chain(options).copied().collect();
        let printed = run(command_for(&folder, &sandbox, "etrusted"), &args).await;
        assert_eq!(printed.code, 2, "{args:?} {printed:?}");
        assert!(printed.err.contains("choose another file with --report"), "{printed:?}");
        assert_eq!(folder.read("a.jsonl"), text.as_bytes(), "{args:?}");
    }
    assert_eq!(sandbox.request_count(), 0);
}

#[tokio::test]
async fn files_that_existed_become_private() {
    let (folder, sandbox) = (Folder::new(), sandbox().await);
    folder.write("a.jsonl", &orders([1]));
    for name in ["sent.db", "report.jsonl"] {
        let path = folder.write(name, "");
        std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o644)).unwrap();
    }
    let args = ["send", "--ledger", "sent.db", "--report", "report.jsonl", "--personal-data", "a.jsonl"];
    let printed = run(command_for(&folder, &sandbox, "etrusted"), &args).await;
    assert_eq!(printed.code, 0, "{printed:?}");
    for name in ["sent.db", "report.jsonl"] {
        let mode = std::fs::metadata(folder.path(name)).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600, "{name}");
    }
}

#[tokio::test]
async fn rejection_names_no_type_of_the_library() {
    let (folder, sandbox) = (Folder::new(), sandbox().await);
    folder.write("a.jsonl", &orders([1]));
    let mut command = command_for(&folder, &sandbox, "kiyoh");
    command.env("KIYOH_API_TOKEN", "of-another-account");
    let printed = run(command, &["send", "--ledger", "sent.db", "a.jsonl"]).await;
    assert_eq!((printed.code, printed.count("held")), (1, 1), "{printed:?}");
    assert!(printed.out.contains("check api_token") && !printed.out.contains("RawResponse"), "{printed:?}");
}
