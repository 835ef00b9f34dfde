//! The names, labels and values of the metrics.
#![allow(clippy::expect_used, clippy::unwrap_used, clippy::indexing_slicing, clippy::panic)]

mod support;

use std::collections::BTreeMap;
use std::sync::Arc;

use async_trait::async_trait;
use metrics_util::debugging::{DebugValue, DebuggingRecorder, Snapshotter};
use review_core::provider::BeforeSend;
use review_core::{Error, ErrorKind, InviteState};
use review_outbox::{Instance, State};
use support::database::Database;
use support::provider::ScriptedProvider;
use support::worker::{options, run_until};
use support::{in_state, requests};

/// Rejects some requests before they leave.
struct Reject(bool);

#[async_trait]
impl BeforeSend for Reject {
    async fn before_send(&self) -> review_core::Result<()> {
        if self.0 { Err(Error::new(ErrorKind::Blocked, "the customer objected")) } else { Ok(()) }
    }
}

/// The values by name and labels. A histogram is the number of its values.
fn values(snapshotter: &Snapshotter) -> BTreeMap<String, f64> {
    let snapshot = snapshotter.snapshot().into_vec().into_iter();
    let value = |value| match value {
        DebugValue::Counter(count) => f64::from(u32::try_from(count).unwrap()),
        DebugValue::Gauge(value) => value.into_inner(),
        DebugValue::Histogram(values) => f64::from(u32::try_from(values.len()).unwrap()),
    };
    snapshot
        .map(|(key, _, _, debug)| {
            let key = key.key();
            let labels: Vec<_> =
                key.labels().map(|label| format!("{}={}", label.key(), label.value())).collect();
            (format!("{}{{{}}}", key.name(), labels.join(",")), value(debug))
        })
        .collect()
}

#[tokio::test]
async fn results_are_counted_by_state_stage_and_class() {
    let database = Database::sqlite();
    let outbox = database.outbox().await;
    database.enqueue(requests(6)).await;
    let recorder = DebuggingRecorder::new();
    let snapshotter = recorder.snapshotter();
    // The worker's tasks run on this thread.
    let guard = metrics::set_default_local_recorder(&recorder);
    let provider = ScriptedProvider::new(|request, _| match request.order().reference().as_str() {
        "0" => Err(Error::new(ErrorKind::InvalidRequest, "rejected")),
        "1" => Err(Error::new(ErrorKind::OutcomeUnknown, "no response")),
        _ => Ok(InviteState::Accepted),
    });
    let options = options()
        .with_hook(|request| Arc::new(Reject(matches!(request.order().reference().as_str(), "2" | "3"))));
    let metrics = snapshotter.clone();
    let mut seen = BTreeMap::new();
    let collected = std::sync::Mutex::new(&mut seen);
    run_until(&outbox, Instance::new(provider), options, async |outbox| {
        // A snapshot takes the counts: add them up. Gauges keep their value.
        for (name, value) in values(&metrics) {
            let mut seen = collected.lock().unwrap();
            let sum = seen.entry(name.clone()).or_insert(0.0);
            *sum = if name.starts_with("review_outbox_r") && !name.contains("results")
                || name.contains("circuit")
            {
                value
            } else {
                *sum + value
            };
        }
        let seen =
            collected.lock().unwrap().get("review_outbox_rows{instance=acme,state=unknown}") == Some(&1.0);
        seen && in_state(outbox, State::Accepted).await == 2 && in_state(outbox, State::Cancelled).await == 2
    })
    .await;
    drop(guard);
    for (name, value) in values(&snapshotter) {
        if name.contains("results") || name.contains("delay") {
            *seen.entry(name).or_insert(0.0) += value;
        }
    }
    let count = |name: &str| seen.get(name).copied();
    let results = |rest: &str| count(&format!("review_outbox_results_total{{instance=acme,{rest}}}"));
    assert_eq!(results("state=accepted,stage=vendor,class=none"), Some(2.0), "{seen:#?}");
    assert_eq!(results("state=dead,stage=vendor,class=invalid_request"), Some(1.0), "{seen:#?}");
    assert_eq!(results("state=unknown,stage=vendor,class=outcome_unknown"), Some(1.0), "{seen:#?}");
    assert_eq!(results("state=cancelled,stage=before_send,class=blocked"), Some(2.0), "{seen:#?}");
    assert_eq!(count("review_outbox_delay_seconds{instance=acme}"), Some(2.0), "{seen:#?}");
    // Gauges of an instance go back to 0.
    for state in ["pending", "in_flight", "held"] {
        let name = format!("review_outbox_rows{{instance=acme,state={state}}}");
        assert!(count(&name).is_some(), "{name}");
    }
    assert!(count("review_outbox_overdue_seconds{instance=acme}").is_some());
    assert!(count("review_outbox_circuit{instance=acme}").is_some());
    let known = ["results_total", "delay_seconds", "rows", "overdue_seconds", "circuit"];
    for name in seen.keys().filter(|name| name.starts_with("review_outbox")) {
        let short = name.trim_start_matches("review_outbox_").split('{').next().unwrap();
        assert!(known.contains(&short), "{name} is not in the README");
        assert!(!name.contains("example.com"), "{name}");
    }
}
