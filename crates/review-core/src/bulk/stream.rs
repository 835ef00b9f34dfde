//! The stream of results, which sends while it is read.

use std::collections::BTreeSet;
use std::fmt;
use std::pin::Pin;
use std::task::{Context, Poll};

use futures_util::future::BoxFuture;
use futures_util::stream::{BoxStream, FuturesUnordered};
use futures_util::{FutureExt, Stream, StreamExt};

use super::lanes::Lanes;
use super::options::BulkOptions;
use super::summary::{BulkSummary, StopReason};
use super::tracker::{BulkItem, BulkTracker};
use crate::error::{Error, ErrorKind, ErrorScope, Result};
use crate::model::request::InviteRequest;
use crate::provider::hooks::SendTracker;
use crate::provider::info::ProviderInfo;
use crate::provider::receipt::InviteReceipt;

/// After so many results, the stream lets other tasks of the runtime run.
const YIELD_EVERY: u32 = 64;

/// The operations of a provider that a bulk needs.
pub(crate) struct Sender<'a> {
    pub(crate) info: &'a ProviderInfo,
    pub(crate) info_for: Box<dyn Fn(&InviteRequest) -> &'a ProviderInfo + Send + 'a>,
    pub(crate) send: SendOne<'a>,
}

type SendOne<'a> =
    Box<dyn Fn(InviteRequest, SendTracker) -> BoxFuture<'a, Result<InviteReceipt>> + Send + 'a>;

/// A stream of [`BulkItem`]s that sends while it is read, created by
/// [`send_all`](crate::provider::ReviewInviteProviderExt::send_all).
///
/// It holds no more than [`BulkOptions::concurrency`] requests and as many results, however long the input
/// is. Dropping it cancels what is in flight; [`stop`](Self::stop) and reading to the end does not. Either
/// way its [`tracker`](Self::tracker) knows the state of everything. A send that panics panics through the
/// reader.
#[must_use = "nothing is sent until the stream is read"]
pub struct BulkSend<'a> {
    sender: Sender<'a>,
    options: BulkOptions,
    tracker: BulkTracker,
    lanes: Lanes,
    /// Until it ends or the bulk is stopped.
    input: Option<BoxStream<'a, InviteRequest>>,
    in_flight: FuturesUnordered<BoxFuture<'a, (u64, ProviderInfo, Result<InviteReceipt>)>>,
    /// Waits before a retry, and whether the instance waits, too.
    waits: FuturesUnordered<BoxFuture<'static, (u64, ProviderInfo, bool)>>,
    /// To be started: the oldest first.
    due: BTreeSet<u64>,
    returned: u32,
}

impl<'a> BulkSend<'a> {
    pub(crate) fn new(sender: Sender<'a>, input: BoxStream<'a, InviteRequest>, options: BulkOptions) -> Self {
        Self {
            sender,
            tracker: BulkTracker::new(options.ordered),
            lanes: Lanes::new(options.concurrency),
            options,
            input: Some(input),
            in_flight: FuturesUnordered::new(),
            waits: FuturesUnordered::new(),
            due: BTreeSet::new(),
            returned: 0,
        }
    }

    /// Returns the present numbers.
    #[must_use]
    pub fn summary(&self) -> BulkSummary {
        self.tracker.summary()
    }

    /// Returns a handle that stays valid after this stream is gone.
    #[must_use]
    pub fn tracker(&self) -> BulkTracker {
        self.tracker.clone()
    }

    /// Starts no more and reads no more of the input. What is in flight is finished, and its results come as
    /// the stream is read to its end; what waits for a retry ends with its last error.
    pub fn stop(&mut self) {
        self.stop_because(StopReason::Caller);
    }

    fn stop_because(&mut self, reason: StopReason) {
        if self.input.take().is_some() || !self.tracker.is_empty() {
            self.tracker.stop(reason);
        }
        self.waits.clear();
        self.due.clear();
        self.lanes.resume_all();
    }

    /// Handles one result; returns whether there was one.
    fn poll_result(&mut self, cx: &mut Context<'_>) -> bool {
        let Poll::Ready(Some((index, instance, result))) = self.in_flight.poll_next_unpin(cx) else {
            return false;
        };
        self.handle(index, &instance, result);
        true
    }

    fn handle(&mut self, index: u64, instance: &ProviderInfo, result: Result<InviteReceipt>) {
        let error = match result {
            Ok(receipt) => {
                self.lanes.succeeded(instance);
                self.tracker.complete(index, Ok(receipt));
                return;
            }
            Err(error) => error,
        };
        // Not an error of a wrapper that knows of an earlier unknown outcome and sent nothing now.
        let is_unknown = error.may_have_been_sent() && self.tracker.may_have_left(index);
        let too_many_unknown = self.lanes.failed(instance, is_unknown);
        if let Some(wait) = self.wait(&error, self.tracker.attempts(index)) {
            let pauses = error.kind() == ErrorKind::RateLimited;
            if pauses {
                self.lanes.pause(instance);
            }
            self.tracker.wait(index, error);
            let instance = instance.clone();
            self.waits.push(Box::pin(async move {
                wait.await;
                (index, instance, pauses)
            }));
            return;
        }
        self.tracker.complete(index, Err(error.clone()));
        let stops =
            too_many_unknown || error.scope() == ErrorScope::Account || self.is_limit_without_wait(&error);
        if stops && !self.options.continue_on_error {
            self.stop_instance(instance, &error);
        }
    }

    /// Stops the instance that handled the request; if it is the only one, stops everything.
    fn stop_instance(&mut self, instance: &ProviderInfo, error: &Error) {
        if instance == self.sender.info {
            self.stop_because(StopReason::Error(error.clone()));
        }
        if self.lanes.stop(instance, error) {
            self.tracker.instance_stopped(instance, error);
        }
    }

    /// Whether it is a limit that is not waited for: every other request would run into it.
    fn is_limit_without_wait(&self, error: &Error) -> bool {
        let waits = self.options.retry.as_ref().is_some_and(|retry| retry.allows(error));
        error.kind() == ErrorKind::RateLimited && !waits
    }

    fn wait(&self, error: &Error, attempts: u32) -> Option<BoxFuture<'static, ()>> {
        let retry = self.options.retry.as_ref().filter(|_| !self.tracker.is_stopped())?;
        retry.wait(error, attempts)
    }

    /// Handles the end of one wait; returns whether there was one.
    fn poll_wait(&mut self, cx: &mut Context<'_>) -> bool {
        let Poll::Ready(Some((index, instance, paused))) = self.waits.poll_next_unpin(cx) else {
            return false;
        };
        if paused {
            self.lanes.resume(&instance);
        }
        self.due.insert(index);
        true
    }

    /// Starts one invitation; returns whether there was one to start. It has been polled when this returns,
    /// so that a stop leaves none that the provider would first see afterwards.
    fn start(&mut self, cx: &mut Context<'_>) -> bool {
        let Some(index) = self.next_due().or_else(|| self.read(cx)) else { return false };
        let Some(instance) = self.tracker.provider(index) else { return true };
        if let Some(error) = self.lanes.stopped(&instance) {
            self.tracker.complete(index, Err(error));
            return true;
        }
        if !self.lanes.can_start(&instance) {
            self.due.insert(index);
            // Requests of other instances may still be read.
            return self.has_room() && self.input.is_some() && self.due.len() < self.options.concurrency;
        }
        let tracker = SendTracker::new();
        let Some(request) = self.tracker.start(index, tracker.clone()) else { return true };
        self.lanes.started(&instance);
        let sending = (self.sender.send)(request, tracker);
        let mut sending = sending.map(move |result| (index, instance, result)).boxed();
        match sending.poll_unpin(cx) {
            Poll::Ready((index, instance, result)) => self.handle(index, &instance, result),
            Poll::Pending => self.in_flight.push(sending),
        }
        true
    }

    /// The oldest request that can be started or that ends because its instance was stopped.
    fn next_due(&mut self) -> Option<u64> {
        let tracker = &self.tracker;
        let lanes = &mut self.lanes;
        let index = self.due.iter().copied().find(|index| {
            tracker
                .provider(*index)
                .is_none_or(|instance| lanes.stopped(&instance).is_some() || lanes.can_start(&instance))
        })?;
        self.due.remove(&index);
        Some(index)
    }

    /// Whether nothing is left that could wake the reader.
    fn is_over(&self) -> bool {
        let reads_on = self.input.is_some() && self.has_room();
        self.in_flight.is_empty() && self.waits.is_empty() && !reads_on
    }

    fn has_room(&self) -> bool {
        self.tracker.has_room(self.options.concurrency)
    }

    /// Reads one request from the input.
    fn read(&mut self, cx: &mut Context<'_>) -> Option<u64> {
        if !self.has_room() {
            return None;
        }
        match self.input.as_mut()?.poll_next_unpin(cx) {
            Poll::Ready(Some(request)) => {
                let instance = (self.sender.info_for)(&request);
                Some(self.tracker.read(request.key(instance), instance.clone(), request))
            }
            Poll::Ready(None) => {
                self.input = None;
                None
            }
            Poll::Pending => None,
        }
    }
}

impl Stream for BulkSend<'_> {
    type Item = BulkItem;

    fn poll_next(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<BulkItem>> {
        let this = self.get_mut();
        if this.returned >= YIELD_EVERY {
            this.returned = 0;
            cx.waker().wake_by_ref();
            return Poll::Pending;
        }
        // Results first: one may pause or stop what would be started next.
        while this.poll_result(cx) || this.poll_wait(cx) || this.start(cx) {}
        match this.tracker.next_result() {
            Some(item) => {
                this.returned += 1;
                Poll::Ready(Some(item))
            }
            None if this.is_over() => Poll::Ready(None),
            None => {
                this.returned = 0;
                Poll::Pending
            }
        }
    }
}

impl Drop for BulkSend<'_> {
    fn drop(&mut self) {
        self.tracker.mark_dropped();
    }
}

impl fmt::Debug for BulkSend<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("BulkSend")
            .field("provider", self.sender.info)
            .field("options", &self.options)
            .field("tracker", &self.tracker)
            .finish_non_exhaustive()
    }
}
