//! `send` as a process: killed, stopped, with a closed pipe, twice at the same time.
#![cfg(unix)]
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test may panic")]

mod common;

use std::collections::HashSet;
use std::process::Stdio;

use common::{Folder, Printed, command, command_for, open_page, orders, run, wait_until};
use review_sandbox::{Fault, FaultPhase, FaultRule, RetryAfter, Sandbox, Vendor};
use tokio::io::{AsyncBufReadExt as _, AsyncReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::process::Child;

const ORDERS: u32 = 400;

async fn signal(child: &Child, name: &str) {
    let id = child.id().unwrap().to_string();
    let status = tokio::process::Command::new("kill").args(["-s", name, &id]).status().await.unwrap();
    assert!(status.success());
}

async fn references(folder: &Folder, sandbox: &Sandbox, state: &str) -> HashSet<String> {
    let args = ["outbox", "list", "--ledger", "sent.db", "--state", state, "--limit", "10000", "--json"];
    let printed = run(command_for(folder, sandbox, "etrusted"), &args).await;
    let reference = |line: &serde_json::Value| line["reference"].as_str().map(str::to_owned);
    printed.json().iter().filter_map(reference).collect()
}

#[tokio::test]
async fn killed_ten_times_nothing_is_sent_twice_or_lost() {
    let (folder, sandbox) = (Folder::new(), Sandbox::start().await.unwrap());
    folder.write("a.jsonl", &orders(1..=ORDERS));
    let args = ["send", "--ledger", "sent.db", "a.jsonl"];
    for _ in 0..10 {
        let mut command = command_for(&folder, &sandbox, "etrusted");
        let mut child = command.args(args).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
        // A random moment of the run, without a clock: a number of requests that arrive.
        let until = sandbox.request_count() + fastrand::u64(1..35);
        wait_until(|| sandbox.request_count() >= until).await;
        child.kill().await.unwrap();
    }
    let last = run(command_for(&folder, &sandbox, "etrusted"), &args).await;
    let counts = sandbox.email_counts();
    assert!(counts.values().all(|count| *count == 1), "an order was sent twice: {counts:?}");
    let delivered: HashSet<String> = counts.into_keys().map(|(_, reference)| reference).collect();
    let in_doubt = references(&folder, &sandbox, "sending").await;
    assert!(in_doubt.len() <= 80, "eight at most for each kill: {}", in_doubt.len());
    for number in 1..=ORDERS {
        let reference = number.to_string();
        assert!(delivered.contains(&reference) || in_doubt.contains(&reference), "order {reference} is lost");
    }
    assert_eq!(last.count("unknown"), in_doubt.len(), "each is reported");
    assert_eq!(last.code, if in_doubt.is_empty() { 0 } else { 3 });
}

#[tokio::test]
async fn keep_open_serves_the_page_until_a_signal() {
    let folder = Folder::new();
    folder.write("mine.jsonl", &orders([7]));
    let args = ["send", "--sandbox", "--keep-open", "--instance", "trustpilot", "mine.jsonl"];
    let mut child = command(&folder).args(args).spawn().unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    let address = loop {
        let line = lines.next_line().await.unwrap().expect("the last line has the address");
        if line.starts_with("look at them: ") {
            break line;
        }
    };
    let page = open_page(&address).await;
    assert!(page.contains("customer7@example.com") && page.contains("1 invitation<"), "{page}");
    signal(&child, "INT").await;
    assert!(child.wait().await.unwrap().success());
    let misplaced = run(command(&folder), &["send", "--keep-open", "mine.jsonl"]).await;
    assert!(misplaced.code == 2 && misplaced.err.contains("--sandbox"), "{misplaced:?}");
}

#[tokio::test]
async fn signal_finishes_what_is_in_flight_and_prints_what_is_left() {
    for name in ["INT", "TERM"] {
        let (folder, sandbox) = (Folder::new(), Sandbox::start().await.unwrap());
        folder.write("a.jsonl", &orders(1..=ORDERS));
        let args = ["send", "--ledger", "sent.db", "--concurrency", "2", "a.jsonl"];
        let child = command_for(&folder, &sandbox, "etrusted").args(args).spawn().unwrap();
        wait_until(|| sandbox.emails().len() >= 20).await;
        signal(&child, name).await;
        let output = child.wait_with_output().await.unwrap();
        let printed = Printed {
            code: output.status.code().unwrap(),
            out: String::from_utf8(output.stdout).unwrap(),
            err: String::from_utf8(output.stderr).unwrap(),
        };
        let sent = sandbox.emails().len();
        assert_eq!((printed.code, printed.count("invited")), (1, sent), "{printed:?}");
        let left = usize::try_from(ORDERS).unwrap() - sent;
        assert!(printed.out.contains(&format!("{left} orders are left")), "{}", printed.out);
        assert!(printed.err.contains("stopping: "), "{}", printed.err);
        assert!(references(&folder, &sandbox, "sending").await.is_empty());
        let again = run(command_for(&folder, &sandbox, "etrusted"), &args).await;
        assert_eq!((again.code, again.count("invited")), (0, left), "{again:?}");
        assert!(sandbox.email_counts().values().all(|count| *count == 1));
    }
}

#[tokio::test]
async fn closed_pipe_neither_stops_nor_hides_the_result() {
    let (folder, sandbox) = (Folder::new(), Sandbox::start().await.unwrap());
    folder.write("a.jsonl", &orders(1..=50));
    let mut command = command_for(&folder, &sandbox, "etrusted");
    let mut child = command.args(["send", "--ledger", "sent.db", "a.jsonl"]).spawn().unwrap();
    let mut line = String::new();
    // Like `| head -1`: the reader goes after the first line.
    BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).await.unwrap();
    let mut err = String::new();
    child.stderr.take().unwrap().read_to_string(&mut err).await.unwrap();
    assert!(line.contains("invited"), "{line}");
    assert_eq!((child.wait().await.unwrap().code(), sandbox.emails().len()), (Some(0), 50));
    assert!(err.contains("50 results: 50 invited") && !err.contains("panicked"), "{err}");
}

#[tokio::test]
async fn orders_are_read_from_a_pipe() {
    let (folder, sandbox) = (Folder::new(), Sandbox::start().await.unwrap());
    let args = ["send", "--ledger", "sent.db", "-"];
    let start =
        || command_for(&folder, &sandbox, "etrusted").args(args).stdin(Stdio::piped()).spawn().unwrap();
    let mut child = start();
    let mut stdin = child.stdin.take().unwrap();
    stdin.write_all(orders(1..=30).as_bytes()).await.unwrap();
    drop(stdin);
    let output = child.wait_with_output().await.unwrap();
    assert_eq!((output.status.code(), sandbox.emails().len()), (Some(0), 30));
    // A pipe that stays open does not stop a signal.
    let mut child = start();
    let mut stdin = child.stdin.take().unwrap();
    stdin.write_all(orders(31..=32).as_bytes()).await.unwrap();
    wait_until(|| folder.path("sent.db-wal").exists()).await;
    signal(&child, "TERM").await;
    let output = child.wait_with_output().await.unwrap();
    let out = String::from_utf8(output.stdout).unwrap();
    assert!(out.contains(" results: ") && out.contains("the input was not read to its end"), "{out}");
    assert_eq!(output.status.code(), Some(1), "{out}");
    drop(stdin);
}

#[tokio::test]
async fn dry_run_stopped_in_a_pipe_fails() {
    let (folder, sandbox) = (Folder::new(), Sandbox::start().await.unwrap());
    let mut command = command_for(&folder, &sandbox, "etrusted");
    let mut child = command.args(["send", "--dry-run", "-"]).stdin(Stdio::piped()).spawn().unwrap();
    let mut stdin = child.stdin.take().unwrap();
    stdin.write_all(orders(1..=ORDERS).as_bytes()).await.unwrap();
    let mut out = BufReader::new(child.stdout.take().unwrap());
    let mut text = String::new();
    out.read_line(&mut text).await.unwrap();
    signal(&child, "TERM").await;
    out.read_to_string(&mut text).await.unwrap();
    assert_eq!(child.wait().await.unwrap().code(), Some(1), "{text}");
    assert!(text.contains("the input was not read to its end\n"), "{text}");
}

#[tokio::test]
async fn named_pipe_is_not_awaited_after_a_signal() {
    let (folder, sandbox) = (Folder::new(), Sandbox::start().await.unwrap());
    let pipe = folder.path("pipe");
    assert!(tokio::process::Command::new("mkfifo").arg(&pipe).status().await.unwrap().success());
    // Nothing writes yet, so opening it would wait.
    let args = ["send", "--no-ledger", "pipe", "missing.csv"];
    let mut child = command_for(&folder, &sandbox, "etrusted").args(args).spawn().unwrap();
    wait_until(|| child.try_wait().unwrap().is_some()).await;
    let args = ["send", "--no-ledger", "pipe"];
    let mut child = command_for(&folder, &sandbox, "etrusted").args(args).spawn().unwrap();
    let mut writer = tokio::fs::OpenOptions::new().write(true).open(&pipe).await.unwrap();
    writer.write_all(orders(1..=ORDERS).as_bytes()).await.unwrap();
    writer.flush().await.unwrap();
    wait_until(|| !sandbox.emails().is_empty()).await;
    signal(&child, "TERM").await;
    wait_until(|| child.try_wait().unwrap().is_some()).await;
    assert_eq!(child.wait().await.unwrap().code(), Some(1));
    drop(writer);
}

#[tokio::test]
async fn sandbox_run_that_is_stopped_names_the_vendors_that_are_left() {
    let folder = Folder::new();
    // More lines than a pipe holds: the first vendor is not finished before the signal.
    folder.write("a.jsonl", &orders(1..=3_000));
    let mut child = command(&folder).args(["send", "--sandbox", "a.jsonl"]).spawn().unwrap();
    let mut first = [0];
    child.stdout.as_mut().unwrap().read_exact(&mut first).await.unwrap();
    signal(&child, "TERM").await;
    let output = child.wait_with_output().await.unwrap();
    let out = String::from_utf8(output.stdout).unwrap();
    let summary = out.lines().last().unwrap();
    assert!(out.contains("stopped before these vendors: kiyoh, trustpilot, webwinkelkeur"), "{summary}");
    assert_eq!(output.status.code(), Some(1), "{summary}");
}

/// A configuration whose limit is short, so that no test waits.
fn limited(folder: &Folder, vendor: &str, limit: &str) {
    let keys = match vendor {
        "trustpilot" => "api_key api_secret username password business_unit_id api_url invitations_url",
        _ => "client_id client_secret channel_id event_type api_url login_url",
    };
    let mut text = format!("[instances.shop]\nvendor = \"{vendor}\"\n");
    for key in keys.split(' ') {
        let variable = format!("{vendor}_{key}").to_uppercase();
        text.push_str(&format!("{key} = {{ env = \"{variable}\" }}\n"));
    }
    text.push_str(&format!("[instances.shop.http]\nrate_limits = [\"{limit}\"]\n"));
    folder.write("reviews.toml", &text);
}

#[tokio::test]
async fn two_runs_share_the_vendors_limit() {
    let (folder, sandbox) = (Folder::new(), Sandbox::start().await.unwrap());
    limited(&folder, "trustpilot", "20/3600");
    folder.write("a.jsonl", &orders(1..=40));
    let args = ["send", "--config", "reviews.toml", "--ledger", "sent.db", "--no-wait", "a.jsonl"];
    let start = || {
        let mut command = command(&folder);
        command.envs(sandbox.env_vars());
        run(command, &args)
    };
    // At the same time, and one after them.
    let (first, second) = tokio::join!(start(), start());
    // What was left after the two raced for the same orders.
    let third = start().await;
    let fourth = start().await;
    let calls =
        sandbox.requests().iter().filter(|request| request.vendor() == Some(Vendor::Trustpilot)).count();
    assert!(calls <= 20, "{calls} calls");
    let invited = first.count("invited") + second.count("invited") + third.count("invited");
    assert_eq!(invited, sandbox.emails().len());
    assert!(invited >= 14, "the limit is used: {invited}");
    assert!(sandbox.email_counts().values().all(|count| *count == 1));
    assert_eq!((fourth.code, fourth.count("invited")), (1, 0), "{fourth:?}");
    assert!(fourth.out.contains("rate_limited") && fourth.out.contains("orders are left"), "{fourth:?}");
    // The limit is used up, so nothing of a pipe that stays open is sent.
    let mut command = command(&folder);
    let args = ["send", "--config", "reviews.toml", "--ledger", "sent.db", "--no-wait", "-"];
    let child = command.envs(sandbox.env_vars()).args(args).stdin(Stdio::piped()).spawn().unwrap();
    let output = child_with_open_stdin(child).await;
    let out = String::from_utf8(output.stdout).unwrap();
    assert_eq!(output.status.code(), Some(1), "{out}");
    assert!(out.contains("the input was not read to its end; run the same command again"), "{out}");
}

async fn child_with_open_stdin(mut child: Child) -> std::process::Output {
    // `wait_with_output` would close it.
    let stdin = child.stdin.take();
    let output = child.wait_with_output().await.unwrap();
    drop(stdin);
    output
}

#[tokio::test]
async fn run_waits_at_the_vendors_limit_and_finishes() {
    let (folder, sandbox) = (Folder::new(), Sandbox::start().await.unwrap());
    let busy = Fault::Status {
        code: 429,
        retry_after: Some(RetryAfter::Seconds(1)),
        empty: false,
        phase: FaultPhase::BeforeCommit,
    };
    let rule = || FaultRule::new(busy.clone()).with_path_contains("events").with_max_hits(3);
    sandbox.add_fault(rule()).unwrap();
    folder.write("a.jsonl", &orders(1..=10));
    let args = ["send", "--ledger", "sent.db", "a.jsonl"];
    let printed = run(command_for(&folder, &sandbox, "etrusted"), &args).await;
    assert_eq!((printed.code, printed.count("invited"), sandbox.emails().len()), (0, 10, 10), "{printed:?}");
}

#[tokio::test]
async fn outage_stops_after_ten_orders_that_were_not_sent() {
    let folder = Folder::new();
    let sandbox = Sandbox::start().await.unwrap();
    let variables = sandbox.env_vars();
    // Nothing listens there any more.
    sandbox.stop().await;
    folder.write("a.jsonl", &orders(1..=200));
    let mut command = command(&folder);
    command.envs(variables).env("REVIEW_PROVIDER", "etrusted");
    let args = ["send", "--ledger", "sent.db", "--no-wait", "a.jsonl"];
    let printed = run(command, &args).await;
    assert_eq!(printed.code, 1, "{printed:?}");
    assert!(printed.out.contains("not_sent") && printed.out.contains("orders are left"), "{printed:?}");
    assert!(printed.err.contains("check the network"), "{printed:?}");
    assert!(printed.count("not_sent") < 30, "the rest is not tried: {printed:?}");
}

/// A send whose request arrived and gets no response, after one signal.
async fn stopped_in_flight(folder: &Folder, sandbox: &Sandbox, args: &[&str]) -> Child {
    let stall = FaultRule::new(Fault::Stall(FaultPhase::AfterCommit)).with_reference("1");
    sandbox.add_fault(stall).unwrap();
    let mut child = command_for(folder, sandbox, "etrusted").args(args).spawn().unwrap();
    wait_until(|| sandbox.emails().len() == 1).await;
    signal(&child, "TERM").await;
    let mut first = String::new();
    let err = child.stderr.as_mut().unwrap();
    while !first.contains("stopping: ") {
        first.push(char::from(err.read_u8().await.unwrap()));
    }
    child
}

#[tokio::test]
async fn second_signal_records_what_may_have_left_as_unknown() {
    for (ledger, next) in [
        (&["--ledger", "sent.db"][..], "next: review-invites reconcile --ledger sent.db"),
        (&["--no-ledger"], "next: look for the order in the vendor's web application"),
    ] {
        let (folder, sandbox) = (Folder::new(), Sandbox::start().await.unwrap());
        folder.write("a.jsonl", &orders(1..=3));
        let args = ["send", "--concurrency", "1", "--report", "report.jsonl", "a.jsonl"];
        let args: Vec<&str> = args.iter().chain(ledger).copied().collect();
        let child = stopped_in_flight(&folder, &sandbox, &args).await;
        signal(&child, "TERM").await;
        let output = child.wait_with_output().await.unwrap();
        let out = String::from_utf8(output.stdout).unwrap();
        let report = String::from_utf8(folder.read("report.jsonl")).unwrap();
        let first = report.lines().find(|line| line.contains("\"reference\":\"1\"")).unwrap();
        assert!(first.contains("\"outcome\":\"unknown\""), "{report}");
        assert!(first.contains("\"instance\":\"etrusted\""), "{report}");
        assert_eq!(output.status.code(), Some(3), "{out}");
        assert!(out.contains(next), "{out}");
        assert_eq!(out.contains("reconcile"), ledger.len() == 2, "{out}");
    }
}
