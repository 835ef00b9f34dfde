//! A model of two ledgers over the real statements, on one invitation whose row may be absent.

use std::time::Duration;

use crate::clock::Millis;
use crate::outbox::Outbox;
use crate::store::claim::Owner;
use crate::store::ledger::{Claimed, Written};
use crate::tests::{LEASE, key, provider, request};
use crate::{Changed, State};

pub(in crate::tests) struct Ledgers {
    outbox: Outbox,
    owners: [Owner; 2],
    hands: Vec<Claimed>,
    emails: u32,
    cancelled: bool,
    stopped: bool,
    due: Millis,
}

impl Ledgers {
    pub(in crate::tests) async fn new(outbox: Outbox) -> Self {
        outbox.reset().await;
        let owners = [Owner::named("ledger-1"), Owner::named("ledger-2")];
        Self { outbox, owners, hands: Vec::new(), emails: 0, cancelled: false, stopped: false, due: 0 }
    }

    pub(in crate::tests) async fn step(&mut self, number: u32) -> Result<(), &'static str> {
        let outbox = self.outbox.clone();
        let entry = outbox.find(&key("1")).await.unwrap();
        match number % 9 {
            0 | 1 => return self.claim(number as usize % 9).await,
            // The request leaves and is accepted; the process may be killed before it records that.
            2 | 3 => {
                if let Some(hand) = self.hands.pop() {
                    self.emails += 1;
                    if self.emails > 1 {
                        return Err("a customer got two emails");
                    }
                    if number % 9 == 2 {
                        outbox.ledger_done(&hand, "accepted").await.unwrap();
                        let entry = outbox.find(&key("1")).await.unwrap();
                        if entry.is_none_or(|entry| entry.state != State::Accepted) {
                            return Err("a sent invitation has no record");
                        }
                    }
                }
            }
            4 => {
                if let Some(hand) = self.hands.pop() {
                    outbox.ledger_release(&hand).await.unwrap();
                }
            }
            // No call lasts longer than its lease.
            5 => {
                outbox.clock.advance(LEASE + Duration::from_millis(1));
                self.hands.clear();
                outbox.sweep_sending().await.unwrap();
            }
            6 => self.cancelled |= outbox.cancel_one("1").await == Changed::Yes,
            7 if self.stopped => {
                outbox.resume("acme").await.unwrap();
                self.stopped = false;
            }
            7 => {
                outbox.stop("acme").await.unwrap();
                self.stopped = true;
            }
            _ if entry.is_none() && self.emails == 0 => {
                outbox.enqueue_one("1").await;
            }
            _ => {
                let due = outbox.clock.now() + 30_000;
                let at = chrono::DateTime::from_timestamp_millis(due).unwrap();
                let mut connection = outbox.sqlite().acquire().await.unwrap();
                let connection = (&mut *connection).into();
                let changed = crate::enqueue::reschedule_with(connection, outbox.sql, &key("1"), at).await;
                if changed.unwrap() == Changed::Yes {
                    self.due = due;
                }
            }
        }
        Ok(())
    }

    async fn claim(&mut self, process: usize) -> Result<(), &'static str> {
        let fence = self.owners[process].next_fence();
        let (request, info, key) = (request("1"), provider(), key("1"));
        let claim = self.outbox.ledger_claim(&request, &info, &key, &fence, LEASE);
        if let Written::Yes(hand) = claim.await.unwrap() {
            if self.cancelled {
                return Err("a cancelled invitation was claimed");
            }
            if self.stopped {
                return Err("an invitation was claimed through a stopped instance");
            }
            if self.due > self.outbox.clock.now() {
                return Err("an invitation was claimed before its time");
            }
            self.hands.push(hand);
        }
        Ok(())
    }
}
