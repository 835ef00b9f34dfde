//! The table of faults in the README, held against the program.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "clippy.toml allows these in test functions, and these are their helpers"
)]

mod common;

use std::collections::BTreeSet;

use common::wire::{bearer, connect, connect_when_open, post_event, wait_for_faults};
use common::{kiyoh, webwinkelkeur};
use review_sandbox::{Fault, FaultPhase, Host, Sandbox};
use tokio::io::AsyncWriteExt;

/// Name and moment of each row.
fn rows() -> Vec<(String, String)> {
    let readme = include_str!("../README.md");
    let table = readme.split_once("| Name | Phase |").unwrap().1;
    let rows = table.lines().skip(2).take_while(|line| line.starts_with('|'));
    let rows = rows.map(|line| {
        let mut cells = line.split('|').map(str::trim).skip(1);
        let name = cells.next().unwrap().trim_matches('`').to_owned();
        (name, cells.next().unwrap().to_owned())
    });
    rows.collect()
}

/// The phases a row claims, the one without a suffix first.
fn phases(cell: &str) -> Vec<FaultPhase> {
    match cell {
        "before" => vec![FaultPhase::BeforeCommit],
        "after" => vec![FaultPhase::AfterCommit],
        "both, before" => vec![FaultPhase::BeforeCommit, FaultPhase::AfterCommit],
        "both, after" => vec![FaultPhase::AfterCommit, FaultPhase::BeforeCommit],
        other => panic!("{other}"),
    }
}

/// A name with its phase.
fn at(name: &str, phase: FaultPhase) -> String {
    let suffix = if phase == FaultPhase::BeforeCommit { "-before-commit" } else { "-after-commit" };
    match name.split_once("-to-") {
        Some((name, location)) => format!("{name}{suffix}-to-{location}"),
        None => format!("{name}{suffix}"),
    }
}

/// The enum is not exhaustive for us, but it knows its own names: see `readme_lists_all_fault_names` next to it.
#[test]
fn fault_names_parse_as_the_readme_states() {
    let rows = rows();
    let names: BTreeSet<_> = rows.iter().map(|(name, _)| name).collect();
    assert!(names.len() == rows.len() && rows.len() > 25, "{rows:?}");
    for (name, cell) in &rows {
        let plain: Fault = name.parse().unwrap_or_else(|error| panic!("{name}: {error}"));
        if cell == "connection" {
            assert!(plain.is_on_accept(), "{name}");
            continue;
        }
        let phases = phases(cell);
        assert_eq!(plain.phase(), phases[0], "{name}");
        for phase in [FaultPhase::BeforeCommit, FaultPhase::AfterCommit] {
            let read = at(name, phase).parse::<Fault>();
            if phases.len() == 2 {
                assert_eq!(read.as_ref().map(Fault::phase), Ok(phase), "{name}");
                assert_eq!(read.as_ref() == Ok(&plain), phase == phases[0], "{name}");
            } else {
                assert!(read.is_err(), "{name} accepts a phase");
            }
        }
    }
}

/// An invitation through this host, for a recipient and an order.
async fn invitation(sandbox: &Sandbox, host: Host, recipient: &str, reference: &str) -> Vec<u8> {
    match host {
        Host::Kiyoh => kiyoh::invitation_bytes(sandbox, recipient, reference),
        Host::Webwinkelkeur => webwinkelkeur::invitation_bytes(sandbox, recipient, reference),
        _ => post_event(sandbox, &bearer(sandbox).await, recipient, reference),
    }
}

/// Every row that can come by recipient does, and has its email counted or not, as the table states.
#[tokio::test]
async fn every_fault_by_recipient_has_the_stated_effect() {
    let sandbox = Sandbox::start().await.unwrap();
    let mut tried = 0;
    for (name, cell) in rows() {
        let by_rule_only = cell == "connection" || name.contains("-to-");
        if by_rule_only {
            continue;
        }
        for phase in phases(&cell) {
            let name = if phase == phases(&cell)[0] { name.clone() } else { at(&name, phase) };
            for host in [Host::EtrustedApi, Host::Kiyoh, Host::Webwinkelkeur] {
                let order = format!("{name} {host:?}");
                let request = invitation(&sandbox, host, &format!("{name}+1@sandbox.test"), &order).await;
                let mut socket = connect(&sandbox).await;
                socket.write_all(&request).await.unwrap();
                tried += 1;
                wait_for_faults(&sandbox, tried).await;
                let fault = sandbox.faults().pop().unwrap();
                assert_eq!(name.parse().as_ref(), Ok(&fault.fault));
                assert_eq!((fault.vendor, fault.reference.as_deref()), (Some(host.vendor()), Some(&*order)));
                let committed = phase == FaultPhase::AfterCommit && fault.fault != Fault::ExpiredToken;
                assert_eq!((fault.committed, fault.read), (committed, true), "{order}");
                assert_eq!(sandbox.emails_for(&order).len(), usize::from(committed), "{order}");
                drop(socket);
                // `bearer` needs an open port, and this one may have been shut.
                drop(connect_when_open(&sandbox).await);
                sandbox.set_kiyoh_token_revoked(false);
                sandbox.set_webwinkelkeur_code_revoked(false);
            }
        }
    }
    assert!(tried > 120, "{tried}");
}
