//! What the heads of the examples do not show: real settings, and what stands in the way of a mail. The heads
//! themselves are run by `.ci/examples`.
#![allow(clippy::unwrap_used, reason = "a test may panic")]

#[path = "support/process.rs"]
mod process;

use review_sandbox::Sandbox;

use crate::process::{example, output};

/// Runs an example with the settings of this sandbox in its environment. Gives back its exit code and what it printed.
async fn run(sandbox: &Sandbox, name: &str, arguments: &[&str]) -> (Option<i32>, String) {
    run_with(sandbox, name, arguments, &[]).await
}

async fn run_with(
    sandbox: &Sandbox,
    name: &str,
    arguments: &[&str],
    variables: &[(&str, &str)],
) -> (Option<i32>, String) {
    let mut command = example(name);
    command
        .envs(sandbox.env_vars())
        .env_remove("REVIEW_PROVIDER")
        .envs(variables.iter().copied())
        .args(arguments);
    let output = output(command).await;
    let text = [output.stdout, output.stderr].concat();
    (output.status.code(), String::from_utf8(text).unwrap())
}

#[tokio::test]
async fn with_real_settings_nothing_is_sent_unless_it_is_said() {
    let sandbox = Sandbox::start().await.unwrap();
    for name in ["quickstart", "switch_vendor", "unit_test_with_mockall"] {
        let (code, text) = run(&sandbox, name, &["jane@example.com"]).await;
        assert_eq!(code, Some(0), "{name}: {text}");
        assert!(text.contains("add --live to send"), "{name}: {text}");
        let (code, text) = run(&sandbox, name, &["--live"]).await;
        assert_eq!(code, Some(1), "{name}: {text}");
        assert!(text.contains("expected an address of your own"), "{name}: {text}");
    }
    let (code, text) = run(&sandbox, "review_links", &[]).await;
    assert!(code == Some(0) && text.contains("blocked: this is a dry run"), "{text}");
    assert_eq!(sandbox.requests().len(), 0);
}

#[tokio::test]
async fn with_live_it_goes_to_the_account_of_the_environment() {
    for vendor in ["etrusted", "trustpilot"] {
        let sandbox = Sandbox::start().await.unwrap();
        let chosen = [("REVIEW_PROVIDER", vendor)];
        for name in ["quickstart", "switch_vendor", "review_links"] {
            let (code, text) = run_with(&sandbox, name, &["--live", "me@example.com"], &chosen).await;
            assert_eq!(code, Some(0), "{name}: {text}");
        }
        let mails = sandbox.emails();
        assert_eq!(mails.len(), 2, "a link is no mail");
        assert!(mails.iter().all(|mail| mail.address == "me@example.com"));
        assert!(mails.iter().all(|mail| format!("{:?}", mail.vendor).eq_ignore_ascii_case(vendor)));
    }
}

#[tokio::test]
async fn the_doctor_finds_what_is_wrong_and_mends_what_can_be() {
    let sandbox = Sandbox::start().await.unwrap();
    let new_event = [("ETRUSTED_EVENT_TYPE", "delivered")];
    let (code, text) = run_with(&sandbox, "doctor", &[], &new_event).await;
    assert!(code == Some(2) && text.contains("etrusted: not ready"), "{text}");
    assert!(text.contains("trustpilot: ready"), "{text}");
    let (code, text) = run_with(&sandbox, "doctor", &["--fix"], &new_event).await;
    assert!(text.contains("changed [EventTypeCreated, InviteSettingChanged]"), "{text}");
    // Ready, with a warning: the event type that was there before asks for the same.
    assert!(code == Some(1) && text.contains("etrusted: ready"), "{text}");
    let wrong_key = [("TRUSTPILOT_API_SECRET", "wrong"), ("REVIEW_PROVIDER", "trustpilot")];
    let (code, text) = run_with(&sandbox, "doctor", &[], &wrong_key).await;
    assert!(code == Some(2) && text.contains("no access token could be had"), "{text}");
    assert_eq!(sandbox.emails().len(), 0);
}

#[tokio::test]
async fn the_doctor_tells_every_setting_that_is_missing() {
    let mut command = example("doctor");
    command.env("ETRUSTED_CLIENT_ID", "id");
    let output = output(command).await;
    let text = String::from_utf8(output.stdout).unwrap();
    assert_eq!(output.status.code(), Some(2), "{text}");
    for name in ["ETRUSTED_CLIENT_SECRET", "ETRUSTED_CHANNEL_ID", "ETRUSTED_EVENT_TYPE"] {
        assert!(text.contains(name), "{text}");
    }
}

/// Programs that run until Ctrl-C.
#[cfg(unix)]
mod until_interrupted {
    use std::io::{BufRead, BufReader, Read, Write};
    use std::net::TcpStream;
    use std::process::{Child, ChildStdout, Command, Stdio};

    use super::example;

    fn start(mut command: Command) -> (Child, BufReader<ChildStdout>) {
        let mut child = command.stdout(Stdio::piped()).spawn().unwrap();
        let lines = BufReader::new(child.stdout.take().unwrap());
        (child, lines)
    }

    /// Interrupts it as a shell does. Gives back its exit code and what it had left to say.
    fn interrupt(mut child: Child, mut lines: BufReader<ChildStdout>) -> (Option<i32>, String) {
        assert!(Command::new("kill").args(["-INT", &child.id().to_string()]).status().unwrap().success());
        let mut text = String::new();
        lines.read_to_string(&mut text).unwrap();
        (child.wait().unwrap().code(), text)
    }

    #[test]
    fn an_interrupted_bulk_leaves_an_account() {
        let mut command = example("bulk");
        command.arg("20000");
        let (child, mut lines) = start(command);
        // The order that took two tries: it is under way.
        lines.read_line(&mut String::new()).unwrap();
        let (code, text) = interrupt(child, lines);
        assert!(text.contains("stopping") && text.contains("stopped by the caller"), "{text}");
        assert_eq!(code, Some(1), "{text}");
        let number = |word: &str| -> u64 {
            let before = text.split(word).next().unwrap();
            before.rsplit([' ', '\n']).next().unwrap().parse().unwrap()
        };
        // What was under way was finished.
        assert_eq!(number(" taken"), number(" accepted"), "{text}");
    }

    #[test]
    fn the_backend_answers_and_stops() {
        let (child, mut lines) = start(example("axum_backend"));
        let mut told = String::new();
        lines.read_line(&mut told).unwrap();
        lines.read_line(&mut told).unwrap();
        let body = told.split('\'').nth(1).unwrap();
        let (host, path) = told.trim().rsplit_once("http://").unwrap().1.split_once('/').unwrap();
        let mut socket = TcpStream::connect(host).unwrap();
        write!(
            socket,
            "POST /{path} HTTP/1.1\r\nhost: {host}\r\nconnection: close\r\n\
             content-type: application/json\r\ncontent-length: {}\r\n\r\n{body}",
            body.len()
        )
        .unwrap();
        let mut answer = String::new();
        socket.read_to_string(&mut answer).unwrap();
        assert!(answer.starts_with("HTTP/1.1 202 ") && answer.contains("Accepted"), "{answer}");
        let (code, text) = interrupt(child, lines);
        assert_eq!((code, text.as_str()), (Some(0), "the sandbox would have sent 1 mail(s)\n"));
    }
}
