//! Too many invitations, or too few.

use std::collections::HashSet;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use async_trait::async_trait;
use review_core::model::*;
use review_core::provider::*;
use review_core::*;
use review_testkit::FakeProvider;

use super::sends;
use crate::flaw::{Flaw, Vendor};
use crate::parts::Parts;

sends! {
    SendsTwice: |vendor, request| {
        vendor.send_invite(request).await?;
        vendor.send_invite(request).await
    }

    /// Sends an invitation to review both as one invitation for each.
    SendsBothKindsSeparately: |vendor, request| {
        if request.kind() == InviteKind::ServiceAndProduct {
            Parts { kind: InviteKind::Service, ..Parts::of(request) }.send(vendor).await?;
            return Parts { kind: InviteKind::Product, ..Parts::of(request) }.send(vendor).await;
        }
        vendor.send_invite(request).await
    }

    /// Sends a request again in the background if its call is dropped.
    ResendsDroppedCalls: |vendor, request| {
        let mut guard = Guard(Some((vendor, request)));
        let result = vendor.send_invite(request).await;
        guard.0 = None;
        result
    }
}

struct Guard<'a>(Option<(&'a FakeProvider, &'a InviteRequest)>);

impl Drop for Guard<'_> {
    fn drop(&mut self) {
        if let Some((fake, request)) = self.0 {
            let (fake, request) = (fake.clone(), request.clone());
            tokio::spawn(async move { fake.send_invite(&request).await });
        }
    }
}

/// Reports an order that it has sent before as accepted, and sends nothing.
#[derive(Default)]
pub(crate) struct LosesSecondCall(Mutex<HashSet<String>>);

#[async_trait]
impl Flaw for LosesSecondCall {
    async fn send(&self, vendor: &Vendor, request: &InviteRequest) -> Result<InviteReceipt> {
        let reference = request.order().reference().to_string();
        if self.0.lock().unwrap().contains(&reference) {
            return Ok(vendor.invented_receipt());
        }
        let receipt = vendor.send_invite(request).await?;
        self.0.lock().unwrap().insert(reference);
        Ok(receipt)
    }
}

#[derive(Default)]
pub(crate) struct LosesOneOfFifty(AtomicUsize);

#[async_trait]
impl Flaw for LosesOneOfFifty {
    async fn send(&self, vendor: &Vendor, request: &InviteRequest) -> Result<InviteReceipt> {
        // Only the case with fifty calls sends this many plain invitations without a warning or an error.
        if vendor.calls().iter().all(|call| matches!(call, review_testkit::FakeCall::SendInvite(_)))
            && self.0.fetch_add(1, Ordering::SeqCst) == 45
        {
            return Ok(vendor.invented_receipt());
        }
        vendor.send_invite(request).await
    }
}
