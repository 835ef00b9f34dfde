//! The whole table of outcomes, in `outcomes.txt`: the result of a request by its response and idempotency. With
//! `UPDATE_GOLDEN=1` the table is written again; check every line that changes.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test may panic")]

mod common;

use std::fmt::Write as _;

use http::Method;
use review_core::{Error, RetryAdvice};
use review_http::{ApiRequest, Idempotency, RetryPolicy};

use common::{Script, Step, Tokens, client, invitation};

const STATUSES: [u16; 33] = [
    200, 202, 204, 300, 301, 302, 303, 304, 307, 308, 400, 401, 402, 403, 404, 405, 407, 408, 409, 410, 413,
    415, 422, 425, 429, 500, 501, 502, 503, 504, 523, 530, 600,
];

fn steps() -> Vec<(String, Step)> {
    let mut steps = vec![
        ("cannot be built".to_owned(), Step::Unbuilt),
        ("no connection, or the body was not taken".to_owned(), Step::NotSent),
        ("the body was taken, no response".to_owned(), Step::Lost),
    ];
    for status in STATUSES {
        steps.push((format!("{status}, empty"), Step::Status(status)));
        steps.push((format!("{status}, the vendor's JSON"), Step::Body(status, r#"{"code":"x"}"#)));
        steps.push((format!("{status}, HTML"), Step::Body(status, "<html>blocked</html>")));
        for wait in ["7", "Sat, 06 Nov 2094 08:00:00 GMT", "Sun, 06 Nov 1994 08:49:37 GMT", "soon"] {
            if matches!(status, 408 | 429 | 500 | 503) {
                steps.push((format!("{status}, Retry-After: {wait}"), Step::RetryAfter(status, wait)));
            }
        }
    }
    steps.push(("202, its body cut off".to_owned(), Step::Truncated(202)));
    steps.push(("523, from Cloudflare".to_owned(), Step::Cloudflare(523)));
    for (name, body) in [
        ("throttled", r#"{"verdict":"throttled"}"#),
        ("rejected", r#"{"verdict":"rejected"}"#),
        ("token rejected", r#"{"verdict":"token rejected"}"#),
        ("already invited", r#"{"verdict":"already invited"}"#),
    ] {
        for status in [200, 400, 429, 500, 503] {
            steps.push((format!("{status}, the vendor states: {name}"), Step::Body(status, body)));
        }
    }
    steps
}

fn call(idempotency: Idempotency) -> ApiRequest {
    let url = "https://vendor.example/x".parse().unwrap();
    match idempotency {
        Idempotency::AtMostOnce => invitation(),
        Idempotency::Idempotent => ApiRequest::idempotent("read", Method::GET, url),
        Idempotency::SingleUse => ApiRequest::single_use("refresh", Method::POST, url),
    }
}

fn described(result: Result<(), Error>) -> String {
    let Err(error) = result else { return "ok".to_owned() };
    let advice = match error.retry_advice() {
        RetryAdvice::Never => "never".to_owned(),
        RetryAdvice::After(wait) => format!("after {} s", wait.as_secs()),
        RetryAdvice::Reconcile => "reconcile".to_owned(),
        RetryAdvice::Hold => "hold".to_owned(),
    };
    format!("{:?}, {:?}, {:?}, {advice}", error.kind(), error.send_state(), error.scope())
}

/// Sends a request that always gets this response. Returns the result and how often it was sent.
async fn send(step: Step, idempotency: Idempotency) -> (String, usize) {
    const MANY: usize = 10;
    let script = Script::default();
    script.steps.lock().unwrap().extend([step; MANY]);
    let policy = RetryPolicy::default().with_total_timeout(std::time::Duration::from_secs(60 * 60 * 5));
    let result = client(&script, policy, Tokens::default()).send(call(idempotency)).await;
    let left = script.steps.lock().unwrap().len();
    (described(result.map(|_| ())), MANY - left)
}

#[tokio::test(start_paused = true)]
async fn the_table_is_as_it_was() {
    let mut table = String::from(
        "The response to every attempt; then, for each idempotency, how often the request was sent and the result\n",
    );
    for (name, step) in steps() {
        writeln!(table, "\n{name}").unwrap();
        for idempotency in [Idempotency::AtMostOnce, Idempotency::Idempotent, Idempotency::SingleUse] {
            let (result, sent) = send(step, idempotency).await;
            writeln!(table, "  {:<11} {sent} x  {result}", format!("{idempotency:?}")).unwrap();
        }
    }
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/outcomes.txt");
    if std::env::var_os("UPDATE_GOLDEN").is_some() {
        std::fs::write(path, &table).unwrap();
    }
    let golden = std::fs::read_to_string(path).unwrap_or_default();
    for (number, (found, expected)) in table.lines().zip(golden.lines()).enumerate() {
        assert_eq!(found, expected, "line {}", number + 1);
    }
    assert_eq!(table.lines().count(), golden.lines().count());
}
