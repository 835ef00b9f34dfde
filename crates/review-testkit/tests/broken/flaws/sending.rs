//! Too many invitations, or too few.

use std::collections::HashSet;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use async_trait::async_trait;
use review_core::model::*;
use review_core::provider::*;
use review_core::*;
use review_testkit::FakeProvider;

use crate::flaw::{Flaw, Parts};

fn made_up(fake: &FakeProvider) -> InviteReceipt {
    InviteReceipt::new(fake.info().clone(), InviteState::Accepted)
}

#[derive(Default)]
pub(crate) struct SendsTwice;

#[async_trait]
impl Flaw for SendsTwice {
    async fn send(&self, fake: &FakeProvider, request: &InviteRequest) -> Result<InviteReceipt> {
        fake.send_invite(request).await?;
        fake.send_invite(request).await
    }
}

/// An invitation to both as two of one kind each.
#[derive(Default)]
pub(crate) struct SendsBothTwice;

#[async_trait]
impl Flaw for SendsBothTwice {
    async fn send(&self, fake: &FakeProvider, request: &InviteRequest) -> Result<InviteReceipt> {
        if request.kind() == InviteKind::ServiceAndProduct {
            let mut parts = Parts::of(request);
            parts.kind = InviteKind::Service;
            fake.send_invite(&parts.together()).await?;
            let mut parts = Parts::of(request);
            parts.kind = InviteKind::Product;
            return fake.send_invite(&parts.together()).await;
        }
        fake.send_invite(request).await
    }
}

/// It says that an order is accepted that it has sent before, and sends nothing.
#[derive(Default)]
pub(crate) struct ForgetsTheSecond(Mutex<HashSet<String>>);

#[async_trait]
impl Flaw for ForgetsTheSecond {
    async fn send(&self, fake: &FakeProvider, request: &InviteRequest) -> Result<InviteReceipt> {
        let reference = request.order().reference().to_string();
        if self.0.lock().unwrap().contains(&reference) {
            return Ok(made_up(fake));
        }
        let receipt = fake.send_invite(request).await?;
        self.0.lock().unwrap().insert(reference);
        Ok(receipt)
    }
}

#[derive(Default)]
pub(crate) struct ForgetsTheThirtieth(AtomicUsize);

#[async_trait]
impl Flaw for ForgetsTheThirtieth {
    async fn send(&self, fake: &FakeProvider, request: &InviteRequest) -> Result<InviteReceipt> {
        let preview = fake.preview(request);
        preview.map_err(|error| error.with_operation("send_invite"))?;
        if self.0.fetch_add(1, Ordering::SeqCst) == 30 {
            return Ok(made_up(fake));
        }
        fake.send_invite(request).await
    }
}

/// It sends in the background what its caller has given up.
#[derive(Default)]
pub(crate) struct RepeatsWhatIsDropped;

struct Guard<'a>(Option<(&'a FakeProvider, &'a InviteRequest)>);

impl Drop for Guard<'_> {
    fn drop(&mut self) {
        if let Some((fake, request)) = self.0 {
            let (fake, request) = (fake.clone(), request.clone());
            tokio::spawn(async move { fake.send_invite(&request).await });
        }
    }
}

#[async_trait]
impl Flaw for RepeatsWhatIsDropped {
    async fn send(&self, fake: &FakeProvider, request: &InviteRequest) -> Result<InviteReceipt> {
        let mut guard = Guard(Some((fake, request)));
        let result = fake.send_invite(request).await;
        guard.0 = None;
        result
    }
}

/// Vendors' ids are written in lower case.
#[derive(Default)]
pub(crate) struct Shouts;

impl Flaw for Shouts {
    fn fake() -> FakeProvider {
        FakeProvider::new("ACME", "test")
    }
}
