//! Sends a number of invitations with a number of tasks, by one of the clients.

use std::cell::Cell;
use std::rc::Rc;
use std::sync::Arc;

use futures_util::StreamExt;
use review_invites::bulk::BulkOptions;
use review_invites::provider::ReviewInviteProviderExt;
use review_invites::{DynProvider, InviteRequest, ReviewInviteProvider};
use tokio::task::LocalSet;

use crate::plain::{self, Send};
use crate::vendor::Vendor;

/// The clients that are compared.
pub const CLIENTS: [&str; 6] = ["hyper", "hyper-pooled", "reqwest", "ours", "ours-prebuilt", "ours-send-all"];

/// A client that is ready: connected as far as it connects before the first request.
pub enum Client {
    /// One for each task.
    Tasks(Vec<Rc<Send>>),
    /// `send_all` of a provider.
    SendAll(DynProvider, usize),
}

/// Returns a client by its name.
pub async fn client(name: &str, vendor: Vendor, address: &str, tasks: usize) -> Client {
    let shared = |send: Send| Client::Tasks(vec![Rc::new(send); tasks]);
    match name {
        "hyper" => {
            let mut all = Vec::new();
            for _ in 0..tasks {
                all.push(Rc::new(plain::hyper(vendor, address).await));
            }
            Client::Tasks(all)
        }
        "hyper-pooled" => shared(plain::pooled(vendor, address, plain::pool())),
        "reqwest" => shared(plain::reqwest(vendor, address, reqwest::Client::new())),
        "ours" => shared(ours(vendor.provider(address, None), move |order| Arc::new(vendor.request(&order)))),
        "ours-prebuilt" => {
            let request = Arc::new(vendor.request("1001"));
            shared(ours(vendor.provider(address, None), move |_| Arc::clone(&request)))
        }
        "ours-send-all" => Client::SendAll(vendor.provider(address, None), tasks),
        name => panic!("unknown client: {name}; the clients are: {CLIENTS:?}"),
    }
}

/// Sends with a provider.
pub fn ours(provider: DynProvider, request: impl Fn(String) -> Arc<InviteRequest> + 'static) -> Send {
    Box::new(move |order| {
        let (provider, request) = (provider.clone(), request(order));
        Box::pin(async move { drop(provider.send_invite(&request).await.expect("an acceptance")) })
    })
}

/// Sends this many invitations.
pub async fn send(client: &Client, vendor: Vendor, count: u32) {
    match client {
        Client::Tasks(tasks) => {
            let (set, next) = (LocalSet::new(), Rc::new(Cell::new(0)));
            for send in tasks {
                let (send, next) = (Rc::clone(send), Rc::clone(&next));
                set.spawn_local(async move {
                    while next.get() < count {
                        next.set(next.get() + 1);
                        send(format!("order-{}", next.get())).await;
                    }
                });
            }
            set.await;
        }
        Client::SendAll(provider, tasks) => {
            let requests = futures_util::stream::iter(
                (0..count).map(|number| vendor.request(&format!("order-{number}"))),
            );
            let options = BulkOptions::new().concurrency(*tasks);
            let mut bulk = provider.send_all(requests, options);
            while let Some(item) = bulk.next().await {
                drop(item.result.expect("an acceptance"));
            }
        }
    }
}
