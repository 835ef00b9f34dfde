//! `check`, `setup`, `reconcile`, `erase`, `reviews`, `outbox` and `sandbox`.
#![cfg(unix)]
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test may panic")]

mod common;

use std::process::Stdio;
use std::time::Duration;

use common::{Folder, Printed, command, command_for, open_page, orders, run, wait_until};
use review_sandbox::{Fault, FaultPhase, FaultRule, Host, Sandbox};
use tokio::io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader};

/// Those whose responses to a probe and whose reviews these tests know.
const VENDORS: [&str; 2] = ["etrusted", "trustpilot"];

async fn start() -> (Folder, Sandbox) {
    (Folder::new(), Sandbox::start().await.unwrap())
}

#[tokio::test]
async fn check_of_a_good_account_is_ready_and_sends_nothing() {
    let (folder, sandbox) = start().await;
    for vendor in review_invites::available_vendors() {
        let printed = run(command_for(&folder, &sandbox, vendor), &["check"]).await;
        assert_eq!(printed.code, 0, "{printed:?}");
        assert!(printed.out.starts_with(&format!("{vendor} ({vendor}): ready")), "{printed:?}");
        let json = run(command_for(&folder, &sandbox, vendor), &["check", "--json"]).await.json();
        assert_eq!((json[0]["instance"].as_str(), json[0]["status"].as_str()), (Some(vendor), Some("ready")));
    }
    assert_eq!(sandbox.emails().len(), 0);
}

/// A fault of the setup, as variables of the environment, and what the check must print.
#[tokio::test]
async fn check_names_each_fault_of_the_setup_and_its_fix() {
    let (folder, sandbox) = start().await;
    let other_channel = "chl-00000000-0000-4000-8000-000000000000";
    sandbox.add_event_type("returned");
    let faults = [
        ("etrusted", "ETRUSTED_CLIENT_SECRET", "wrong", 1, "no access", "check client_id, client_secret"),
        ("etrusted", "ETRUSTED_EVENT_TYPE", "delivered", 1, "event type", "review-invites setup"),
        (
            "etrusted",
            "ETRUSTED_EVENT_TYPE",
            "returned",
            1,
            "invitations are disabled",
            "review-invites setup",
        ),
        ("etrusted", "ETRUSTED_CHANNEL_ID", other_channel, 1, "channel", "channel"),
        (
            "etrusted",
            "ETRUSTED_API_URL",
            "http://127.0.0.1:9",
            3,
            "no connection",
            "run the same command again",
        ),
        ("trustpilot", "TRUSTPILOT_API_SECRET", "wrong", 1, "credentials", "api_key"),
        ("trustpilot", "TRUSTPILOT_PASSWORD", "wrong", 1, "credentials", "the login"),
        (
            "trustpilot",
            "TRUSTPILOT_BUSINESS_UNIT_ID",
            "000000000000000000000000",
            1,
            "business unit",
            "business",
        ),
        ("kiyoh", "KIYOH_API_TOKEN", "wrong", 1, "credentials", "api_token"),
        ("kiyoh", "KIYOH_LOCATION_ID", "1", 1, "credentials", "location_id"),
        ("webwinkelkeur", "WEBWINKELKEUR_ID", "1", 1, "credentials", "check id and code"),
        ("webwinkelkeur", "WEBWINKELKEUR_CODE", "wrong", 1, "credentials", "check id and code"),
    ];
    let off = ["etrusted", "kiyoh", "trustpilot", "webwinkelkeur"]
        .map(|vendor| (vendor, "REVIEW_SENDING", "off", 1, "turns sending off", "sending = true"));
    for (vendor, name, value, code, finding, fix) in faults.into_iter().chain(off) {
        let mut command = command_for(&folder, &sandbox, vendor);
        if vendor == "trustpilot" {
            command.env_remove("TRUSTPILOT_BUSINESS_USER_ID").env_remove("TRUSTPILOT_DOMAIN");
        }
        command.env(name, value);
        let printed = run(command, &["check"]).await;
        assert_eq!(printed.code, code, "{name}={value}: {printed:?}");
        let text = printed.out.to_lowercase();
        assert!(
            text.contains(finding) && text.contains(&fix.to_lowercase()),
            "{name}={value}: {}",
            printed.out
        );
    }
    sandbox.set_kiyoh_location_active(false);
    let printed = run(command_for(&folder, &sandbox, "kiyoh"), &["check"]).await;
    assert!(printed.code == 1 && printed.out.contains("activate the location"), "{printed:?}");
    assert_eq!(sandbox.emails().len(), 0);
}

#[tokio::test]
async fn check_that_cannot_read_the_account_is_unknown() {
    let (folder, sandbox) = start().await;
    for (vendor, host) in [("etrusted", Host::EtrustedApi), ("trustpilot", Host::TrustpilotInvitations)] {
        let down =
            Fault::Status { code: 503, retry_after: None, empty: false, phase: FaultPhase::BeforeCommit };
        sandbox.add_fault(FaultRule::new(down).with_host(host)).unwrap();
        let mut command = command_for(&folder, &sandbox, vendor);
        command.env("REVIEW_PROVIDER", vendor);
        let printed = run(command, &["check"]).await;
        assert_eq!(printed.code, 3, "{printed:?}");
        assert!(printed.out.contains(": unknown"), "{printed:?}");
        sandbox.clear_faults();
    }
}

#[tokio::test]
async fn probe_reports_without_personal_data() {
    let (folder, sandbox) = start().await;
    for vendor in VENDORS {
        let args = ["check", "--probe", "olga.operator@shop.example"];
        let printed = run(command_for(&folder, &sandbox, vendor), &args).await;
        assert_eq!(printed.code, 0, "{printed:?}");
        for text in ["the invitation: ", "the same invitation again: ", "POST /", "202", "bytes"] {
            assert!(printed.out.contains(text), "{vendor} {text}: {}", printed.out);
        }
        let secrets = sandbox.env_vars().into_iter().filter(|(name, _)| !name.ends_with("_URL"));
        let secrets = secrets.map(|(_, value)| value).filter(|value| value.len() > 12);
        for text in secrets.chain(["olga".to_owned(), "Recipient".to_owned(), "@".to_owned()]) {
            assert!(!printed.out.contains(&text), "{vendor}: the report contains {text}: {}", printed.out);
        }
    }
    assert_eq!(sandbox.emails().len(), 4, "one each, and one repeat each");
}

#[tokio::test]
async fn setup_completes_an_account_and_check_is_ready() {
    let (folder, sandbox) = Sandbox::builder()
        .settings_delay(Duration::ZERO)
        .start()
        .await
        .map(|sandbox| (Folder::new(), sandbox))
        .unwrap();
    let account = || {
        let mut command = command_for(&folder, &sandbox, "etrusted");
        command.env("ETRUSTED_EVENT_TYPE", "delivered");
        command
    };
    assert_eq!(run(account(), &["check"]).await.code, 1);
    let printed = run(account(), &["setup", "--delay-days", "3"]).await;
    assert_eq!(printed.code, 0, "{printed:?}");
    assert!(printed.out.contains("was created") && printed.out.contains("was updated"), "{printed:?}");
    assert!(run(account(), &["setup", "--delay-days", "3"]).await.out.contains("nothing was changed"));
    let printed = run(account(), &["check"]).await;
    assert!(printed.code == 0 && printed.out.contains("3 days after"), "{printed:?}");
    let printed =
        run(command_for(&folder, &sandbox, "trustpilot"), &["setup", "--instance", "trustpilot"]).await;
    assert!(printed.code == 1 && printed.out.contains("unsupported"), "{printed:?}");
    assert_eq!(sandbox.emails().len(), 0);
}

/// One unknown outcome that the vendor has, and one that it does not have.
async fn two_unknown(folder: &Folder, sandbox: &Sandbox, vendor: &str) {
    for (reference, phase) in [("1", FaultPhase::AfterCommit), ("2", FaultPhase::BeforeCommit)] {
        sandbox.add_fault(FaultRule::new(Fault::Reset(phase)).with_reference(reference)).unwrap();
    }
    folder.write("a.jsonl", &orders(1..=3));
    let printed =
        run(command_for(folder, sandbox, vendor), &["send", "--ledger", "sent.db", "a.jsonl"]).await;
    assert_eq!((printed.code, printed.count("unknown"), printed.count("invited")), (3, 2, 1), "{printed:?}");
    sandbox.clear_faults();
}

#[tokio::test]
async fn reconcile_resolves_what_the_vendor_lists() {
    let (folder, sandbox) = start().await;
    two_unknown(&folder, &sandbox, "etrusted").await;
    sandbox.advance(Duration::from_secs(60 * 24 * 3600));
    let printed =
        run(command_for(&folder, &sandbox, "etrusted"), &["reconcile", "--ledger", "sent.db"]).await;
    assert_eq!(printed.code, 3, "one is left: {printed:?}");
    assert!(printed.out.contains("1 resolved, 1 to look up again later, 0 need an operator"), "{printed:?}");
    assert!(printed.out.contains("look up again at "), "not before an hour: {printed:?}");
    let kept = |text: &[u8]| folder.read("sent.db").windows(text.len()).any(|window| window == text);
    assert!(!kept(b"customer1@example.com"), "a resolved request is forgotten");
    assert!(kept(b"customer2@example.com"));
    let emails = sandbox.emails().len();
    let again =
        run(command_for(&folder, &sandbox, "etrusted"), &["send", "--ledger", "sent.db", "a.jsonl"]).await;
    assert_eq!((again.count("already_invited"), again.count("unknown")), (2, 1), "{again:?}");
    assert_eq!(sandbox.emails().len(), emails, "an unknown outcome is never retried automatically");
}

#[tokio::test]
async fn reconcile_lists_what_needs_a_person() {
    let (folder, sandbox) = start().await;
    two_unknown(&folder, &sandbox, "trustpilot").await;
    sandbox.submit_trustpilot_review("1", 5, "Fast");
    let args = ["reconcile", "--ledger", "sent.db", "--instance", "trustpliot"];
    let printed = run(command_for(&folder, &sandbox, "trustpilot"), &args).await;
    assert!(printed.code == 2 && printed.err.contains("use one of: trustpilot"), "{printed:?}");
    let args = ["reconcile", "--ledger", "sent.db", "--json"];
    let printed = run(command_for(&folder, &sandbox, "trustpilot"), &args).await;
    let status: Vec<_> =
        printed.json().iter().map(|line| line["status"].as_str().unwrap().to_owned()).collect();
    assert_eq!((printed.code, status), (3, vec!["resolved".to_owned(), "person".to_owned()]), "{printed:?}");
    assert!(printed.err.contains("outbox resolve ID"), "the next step: {printed:?}");
}

#[tokio::test]
async fn operator_resolves_and_the_next_run_sends() {
    let (folder, sandbox) = start().await;
    two_unknown(&folder, &sandbox, "etrusted").await;
    let outbox = |args: &'static [&'static str]| {
        let all: Vec<&str> =
            ["outbox"].into_iter().chain(args.iter().copied()).chain(["--ledger", "sent.db"]).collect();
        let command = command_for(&folder, &sandbox, "etrusted");
        async move { run(command, &all).await }
    };
    assert_eq!(outbox(&["status"]).await.code, 3);
    let listed = outbox(&["list", "--json"]).await.json();
    let id = |reference: &str| {
        let row = listed.iter().find(|row| row["reference"] == reference).unwrap();
        row["id"].as_i64().unwrap().to_string()
    };
    let resolve = |reference: &str, result: &'static str| {
        let id = id(reference);
        let command = command_for(&folder, &sandbox, "etrusted");
        async move { run(command, &["outbox", "resolve", &id, "--as", result, "--ledger", "sent.db"]).await }
    };
    assert_eq!(resolve("1", "sent").await.code, 0);
    assert_eq!(resolve("2", "not-sent").await.code, 0);
    let twice = resolve("2", "sent").await;
    assert!(twice.code == 1 && twice.out.contains("not changed, it is pending"), "{twice:?}");
    let again =
        run(command_for(&folder, &sandbox, "etrusted"), &["send", "--ledger", "sent.db", "a.jsonl"]).await;
    assert_eq!((again.code, again.count("invited"), again.count("already_invited")), (0, 1, 2), "{again:?}");
    assert_eq!(outbox(&["status"]).await.code, 0);
    assert!(sandbox.email_counts().values().all(|count| *count == 1));
    assert!(
        !folder.contains("example.com") || !folder.read("sent.db").windows(11).any(|w| w == b"example.com")
    );
}

#[tokio::test]
async fn worker_sends_what_is_queued_and_cancelled_stays() {
    let (folder, sandbox) = start().await;
    two_unknown(&folder, &sandbox, "etrusted").await;
    for id in ["1", "2", "3"] {
        // The row of the accepted order cannot be resolved; its number is not known here.
        let args = ["outbox", "resolve", id, "--as", "not-sent", "--ledger", "sent.db"];
        run(command_for(&folder, &sandbox, "etrusted"), &args).await;
    }
    let invalid = ["outbox", "cancel", "1", "", "3", "\n", "--ledger", "sent.db"];
    let printed = run(command_for(&folder, &sandbox, "etrusted"), &invalid).await;
    assert!(printed.code == 2 && printed.out.is_empty(), "{printed:?}");
    assert!(printed.err.contains("ORDER 2: ") && printed.err.contains("ORDER 4: "), "{printed:?}");
    let cancel = ["outbox", "cancel", "1", "3", "9", "--ledger", "sent.db"];
    let printed = run(command_for(&folder, &sandbox, "etrusted"), &cancel).await;
    assert_eq!(printed.code, 1);
    for text in ["1: cancelled", "3: too late, it is accepted", "9: not in this outbox"] {
        assert!(printed.out.contains(text), "{text}: {printed:?}");
    }
    let before = sandbox.emails().len();
    let args = ["outbox", "work", "--ledger", "sent.db"];
    let mut child =
        command_for(&folder, &sandbox, "etrusted").args(args).stderr(Stdio::null()).spawn().unwrap();
    wait_until(|| sandbox.emails().len() > before).await;
    let id = child.id().unwrap().to_string();
    tokio::process::Command::new("kill").args(["-s", "TERM", &id]).status().await.unwrap();
    assert!(child.wait().await.unwrap().success());
    assert_eq!((sandbox.emails_for("1").len(), sandbox.emails_for("2").len()), (1, 1));
    let retry = ["outbox", "list", "--state", "cancelled", "--json", "--ledger", "sent.db"];
    let row = run(command_for(&folder, &sandbox, "etrusted"), &retry).await.json();
    let row = row[0]["id"].as_i64().unwrap().to_string();
    let retried = run(
        command_for(&folder, &sandbox, "etrusted"),
        &["outbox", "retry", &row, "99", "--ledger", "sent.db"],
    )
    .await;
    assert!(retried.out.contains(&format!("{row}: queued again")), "{retried:?}");
    assert!(retried.code == 1 && retried.out.contains("99: there is no such row"), "{retried:?}");
    let purge = ["outbox", "purge", "--older-than", "0s", "--ledger", "sent.db"];
    assert!(run(command(&folder), &purge).await.out.contains("rows purged"));
}

#[tokio::test]
async fn erase_needs_a_confirmation_and_reaches_ledger_and_vendor() {
    let (folder, sandbox) = start().await;
    two_unknown(&folder, &sandbox, "trustpilot").await;
    let erase = ["erase", "--ledger", "sent.db", "customer2@example.com"];
    assert_eq!(run(command_for(&folder, &sandbox, "trustpilot"), &erase).await.code, 2, "--yes is required");
    let wrong = [&erase[..], &["--yes", "--instance", "other"]].concat();
    let printed = run(command_for(&folder, &sandbox, "trustpilot"), &wrong).await;
    assert!(printed.code == 2 && printed.out.is_empty(), "the ledger is not erased: {printed:?}");
    let mut command = command_for(&folder, &sandbox, "trustpilot");
    let mut child =
        command.args(["erase", "--yes", "--ledger", "sent.db", "-"]).stdin(Stdio::piped()).spawn().unwrap();
    child.stdin.take().unwrap().write_all(b"customer2@example.com\n").await.unwrap();
    let output = child.wait_with_output().await.unwrap();
    let printed = String::from_utf8(output.stdout).unwrap();
    assert!(
        printed.contains("ledger: 1 rows erased") && printed.contains("trustpilot: accepted"),
        "{printed}"
    );
    assert!(!printed.contains("customer2"), "{printed}");
    assert!(!folder.read("sent.db").windows(9).any(|window| window == b"customer2"));
    assert_eq!(sandbox.deleted_invitation_data().len(), 1);
    let args = ["erase", "--yes", "--ledger", "sent.db", "jane@example.com"];
    let printed = run(command_for(&folder, &sandbox, "etrusted"), &args).await;
    assert!(printed.code == 1 && printed.out.contains("privacy@trustedshops.com"), "{printed:?}");
    let printed =
        run(command_for(&folder, &sandbox, "etrusted"), &["erase", "--yes", "no-address-of-jane"]).await;
    assert!(printed.code == 2 && !printed.err.contains("jane"), "{printed:?}");
}

#[tokio::test]
async fn reviews_are_read_back() {
    let (folder, sandbox) = start().await;
    folder.write("a.jsonl", &orders(1..=2));
    for vendor in VENDORS {
        let args = ["send", "--no-ledger", "a.jsonl"];
        assert_eq!(run(command_for(&folder, &sandbox, vendor), &args).await.code, 0);
    }
    sandbox.submit_etrusted_review("1", 4, "Well packed").unwrap();
    sandbox.submit_trustpilot_review("2", 2, "Came late");
    for (vendor, reference, stars) in [("etrusted", "1", 4), ("trustpilot", "2", 2)] {
        let printed =
            run(command_for(&folder, &sandbox, vendor), &["reviews", "--json", "--since", "30d"]).await;
        let review = &printed.json()[0];
        assert_eq!((review["reference"].as_str(), review["stars"].as_i64()), (Some(reference), Some(stars)));
        let printed: Printed =
            run(command_for(&folder, &sandbox, vendor), &["reviews", "--limit", "1"]).await;
        assert!(printed.out.contains(&format!("{stars} stars {reference}")), "{printed:?}");
    }
}

#[tokio::test]
async fn sandbox_prints_settings_and_stops_at_a_signal() {
    let folder = Folder::new();
    let mut child = command(&folder).arg("sandbox").spawn().unwrap();
    let mut notes = BufReader::new(child.stderr.take().unwrap()).lines();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    let mut settings = Vec::new();
    while let Some(line) = lines.next_line().await.unwrap() {
        let (name, value) = line.strip_prefix("export ").unwrap().split_once('=').unwrap();
        settings.push((name.to_owned(), value.trim_matches('\'').replace(r"'\''", "'")));
        if name == "REVIEW_PROVIDER" {
            break;
        }
    }
    let note = notes.next_line().await.unwrap().unwrap();
    assert!(open_page(&note).await.contains("Nothing yet"), "{note}");
    let mut check = command(&folder);
    check.envs(settings);
    assert_eq!(run(check, &["check"]).await.code, 0);
    let id = child.id().unwrap().to_string();
    tokio::process::Command::new("kill").args(["-s", "TERM", &id]).status().await.unwrap();
    assert!(child.wait().await.unwrap().success());
}

#[tokio::test]
async fn file_that_is_no_ledger_is_reported_and_kept() {
    let folder = Folder::new();
    // An SQLite database without tables: a header, and the first page.
    let mut database = b"SQLite format 3\0\x10\0\x01\x01\0\x40\x20\x20".to_vec();
    database.extend([0, 0, 0, 1, 0, 0, 0, 1]);
    database.resize(44, 0);
    database.extend([0, 0, 0, 4]);
    database.resize(100, 0);
    database.extend([0x0d, 0, 0, 0, 0, 0x10, 0]);
    database.resize(4096, 0);
    for content in [Vec::new(), database] {
        std::fs::write(folder.path("other.db"), &content).unwrap();
        for args in [
            &["outbox", "status"][..],
            &["outbox", "cancel", "1"],
            &["outbox", "purge", "--older-than", "1d"],
        ] {
            let args: Vec<&str> = args.iter().copied().chain(["--ledger", "other.db"]).collect();
            let printed = run(command(&folder), &args).await;
            assert_eq!(printed.code, 2, "{args:?} {printed:?}");
            assert!(printed.err.contains("is not a ledger or an outbox"), "{printed:?}");
            assert_eq!(folder.read("other.db"), content, "{args:?}");
        }
        if !content.is_empty() {
            let sandbox = Sandbox::start().await.unwrap();
            folder.write("a.jsonl", &orders([1]));
            let args = ["send", "--ledger", "other.db", "a.jsonl"];
            let printed = run(command_for(&folder, &sandbox, "etrusted"), &args).await;
            assert_eq!(printed.code, 2, "{printed:?}");
            assert!(printed.err.contains("is not a ledger or an outbox"), "{printed:?}");
            assert_eq!((folder.read("other.db"), sandbox.emails().len()), (content, 0));
        }
    }
}

#[tokio::test]
async fn change_of_nothing_names_no_next_step() {
    let (folder, sandbox) = (Folder::new(), Sandbox::start().await.unwrap());
    folder.write("a.jsonl", &orders([1]));
    let args = ["send", "--ledger", "sent.db", "a.jsonl"];
    assert_eq!(run(command_for(&folder, &sandbox, "etrusted"), &args).await.code, 0);
    for args in [&["retry", "99"][..], &["resolve", "1", "--as", "not-sent"]] {
        let args: Vec<&str> = ["outbox"].iter().chain(args).copied().chain(["--ledger", "sent.db"]).collect();
        let printed = run(command(&folder), &args).await;
        assert_eq!(printed.code, 1, "{printed:?}");
        assert!(!printed.out.contains("next:"), "{printed:?}");
    }
}
