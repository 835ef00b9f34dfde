//! Several processes set the same account up at once.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test may panic")]

mod common;

use std::collections::BTreeSet;
use std::time::Duration;

use common::*;
use review_core::Result;
use review_etrusted::{EtrustedProvider, EventTypeName, Setup, SetupChange, SetupOutcome};
use review_http::Id;
use review_sandbox::Sandbox;

/// Eight providers, each with connections and tokens of its own.
fn eight(sandbox: &Sandbox) -> Vec<tokio::task::JoinHandle<Result<SetupOutcome>>> {
    let one = |_| {
        let provider = provider(sandbox, "delivered");
        tokio::spawn(async move { provider.ensure_setup(Setup::new().with_delay_in_days(3)).await })
    };
    (0..8).map(one).collect()
}

/// The ids of the event types of this name, and the service's delay in their settings that are on.
async fn made(sandbox: &Sandbox) -> (Vec<String>, Vec<Option<u32>>) {
    let provider = provider(sandbox, "delivered");
    let client = provider.client();
    let event_types = client.event_types().await.unwrap().into_iter();
    let ids: Vec<_> = event_types.filter(|found| found.name == "delivered").map(|found| found.id).collect();
    let channel = Id::new(&sandbox.env_var("ETRUSTED_CHANNEL_ID").unwrap()).unwrap();
    let settings = client.invite_settings(&channel).await.unwrap().into_iter();
    let of_ours = settings.filter(|found| ids.iter().any(|id| found.event_type_id.as_ref() == Some(id)));
    let services = of_ours.filter_map(|setting| setting.service_invite_configuration);
    let delays = services
        .filter(|service| service.enabled == Some(true))
        .map(|service| service.sending_delay_in_days)
        .collect();
    (ids, delays)
}

/// Waits for the event type of the set-ups, another than this one.
async fn appears(provider: &EtrustedProvider, not: Option<&str>) -> String {
    let name = EventTypeName::new("delivered").unwrap();
    loop {
        match provider.client().find_event_type(&name).await.unwrap() {
            Some(found) if Some(found.id.as_str()) != not => return found.id,
            _ => tokio::time::sleep(Duration::from_millis(10)).await,
        }
    }
}

#[tokio::test]
async fn one_event_type_comes_of_eight_set_ups() {
    let sandbox = Sandbox::builder().settings_delay(Duration::from_millis(300)).start().await.unwrap();
    let (mut created, mut ids) = (0, BTreeSet::new());
    for set_up in eight(&sandbox) {
        let outcome = set_up.await.unwrap().unwrap();
        created += outcome.changes.iter().filter(|change| **change == SetupChange::EventTypeCreated).count();
        ids.insert((outcome.event_type_id, outcome.invite_setting_id));
    }
    assert_eq!((created, ids.len()), (1, 1));
    let (event_types, delays) = made(&sandbox).await;
    assert_eq!((event_types.len(), delays), (1, vec![Some(3)]));
    assert_eq!(sandbox.emails().len(), 0, "a set-up sends no mail");
}

#[tokio::test]
async fn an_event_type_that_is_taken_away_meanwhile_is_made_again() {
    // Settings appear when the test says so: no set-up is through before the event type is taken away.
    let sandbox = Sandbox::builder().settings_delay(Duration::from_secs(3600)).start().await.unwrap();
    let set_ups = eight(&sandbox);
    let thief = provider(&sandbox, "thief");
    let stolen = appears(&thief, None).await;
    thief.client().delete_event_type(&stolen).await.unwrap();
    appears(&thief, Some(&stolen)).await;
    sandbox.reveal_invite_settings();
    for set_up in set_ups {
        assert_ne!(set_up.await.unwrap().unwrap().event_type_id, stolen);
    }
    let (event_types, delays) = made(&sandbox).await;
    assert_eq!((event_types.len(), delays), (1, vec![Some(3)]));
    assert_eq!(sandbox.emails().len(), 0, "a set-up sends no mail");
}
