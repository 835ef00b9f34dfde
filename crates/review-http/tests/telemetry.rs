//! The names of spans, events and metrics. Users build dashboards and alarms on them.
#![cfg(feature = "metrics")]
#![allow(clippy::unwrap_used, reason = "a test may panic")]

mod common;

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use metrics_util::debugging::{DebugValue, DebuggingRecorder};
use review_http::RetryPolicy;
use tracing::field::{Field, Visit};
use tracing::span::Attributes;
use tracing::{Event, Id, Subscriber};
use tracing_subscriber::layer::{Context, SubscriberExt as _};
use tracing_subscriber::{Layer, Registry};

use common::{Marks, Script, Step, Tokens, client, invitation};

/// One accepted after a 429, two unknown (with a response and without), one whose caller is cancelled.
async fn calls() {
    let script = Script::default();
    script.steps.lock().unwrap().extend([
        Step::RetryAfter(429, "1"),
        Step::Status(202),
        Step::Status(500),
        Step::Lost,
        Step::Hang(Marks::Sent),
    ]);
    let client = client(&script, RetryPolicy::default(), Tokens::default());
    client.send(invitation()).await.unwrap();
    client.send(invitation()).await.unwrap_err();
    client.send(invitation()).await.unwrap_err();
    assert!(tokio::time::timeout(Duration::from_secs(1), client.send(invitation())).await.is_err());
}

fn run() {
    let mut runtime = tokio::runtime::Builder::new_current_thread();
    runtime.enable_time().start_paused(true).build().unwrap().block_on(calls());
}

/// Records the name of every span and the message of every event, with their fields.
#[derive(Clone, Default)]
struct Names(Arc<Mutex<BTreeSet<String>>>);

#[derive(Default)]
struct Fields {
    message: String,
    names: Vec<&'static str>,
}

impl Visit for Fields {
    fn record_debug(&mut self, field: &Field, value: &dyn std::fmt::Debug) {
        match field.name() {
            "message" => self.message = format!("{value:?}"),
            name => self.names.push(name),
        }
    }
}

impl<S: Subscriber> Layer<S> for Names {
    fn on_new_span(&self, attributes: &Attributes<'_>, _: &Id, _: Context<'_, S>) {
        let fields: Vec<_> = attributes.metadata().fields().iter().map(|field| field.name()).collect();
        let name = attributes.metadata().name();
        self.0.lock().unwrap().insert(format!("span {name}: {}", fields.join(", ")));
    }

    fn on_event(&self, event: &Event<'_>, _: Context<'_, S>) {
        let mut fields = Fields::default();
        event.record(&mut fields);
        let text = format!("{} {}: {}", event.metadata().level(), fields.message, fields.names.join(", "));
        self.0.lock().unwrap().insert(text);
    }
}

/// One test for both: with a second test that listens to no events, tracing may disable them for the process.
#[test]
fn all_names_are_stable() {
    let (names, recorder) = (Names::default(), DebuggingRecorder::new());
    tracing::subscriber::with_default(Registry::default().with(names.clone()), || {
        metrics::with_local_recorder(&recorder, run);
    });
    spans_and_events(&names);
    metrics_and_labels(&recorder);
}

fn metrics_and_labels(recorder: &DebuggingRecorder) {
    let mut seen: Vec<_> = recorder
        .snapshotter()
        .snapshot()
        .into_vec()
        .into_iter()
        .map(|(key, _, _, value)| {
            let key = key.key();
            let labels: Vec<_> =
                key.labels().map(|label| format!("{}={}", label.key(), label.value())).collect();
            let value = match value {
                DebugValue::Counter(count) => format!("{count}"),
                DebugValue::Histogram(values) => format!("{} values", values.len()),
                DebugValue::Gauge(_) => "a gauge".to_owned(),
            };
            format!("{}{{{}}} {value}", key.name(), labels.join(","))
        })
        .collect();
    seen.sort();
    let of = "vendor=vendor,instance=test,operation=send_invite";
    assert_eq!(
        seen,
        [
            format!("review_abandoned_total{{{of}}} 1"),
            format!("review_attempt_seconds{{{of}}} 4 values"),
            format!("review_attempts_total{{{of},outcome=accepted}} 1"),
            format!("review_attempts_total{{{of},outcome=throttled}} 1"),
            format!("review_attempts_total{{{of},outcome=unknown}} 2"),
            format!("review_request_seconds{{{of}}} 3 values"),
            format!("review_requests_total{{{of},result=ok}} 1"),
            format!("review_requests_total{{{of},result=outcome_unknown}} 2"),
            format!("review_throttled_total{{{of}}} 1"),
            "review_token_fetches_total{vendor=vendor,instance=test,result=ok} 1".to_owned(),
        ]
    );
}

fn spans_and_events(names: &Names) {
    let seen: Vec<_> = names.0.lock().unwrap().iter().cloned().collect();
    assert_eq!(
        seen,
        [
            "DEBUG attempt: outcome, elapsed_ms",
            "DEBUG attempt: status, outcome, elapsed_ms",
            "DEBUG request: result, elapsed_ms",
            "DEBUG throttled: wait_ms",
            "DEBUG token: vendor, instance, result",
            "WARN abandoned: vendor, instance, operation",
            "WARN outcome unknown: ",
            "span review_attempt: attempt",
            "span review_request: vendor, instance, operation",
        ]
    );
}
