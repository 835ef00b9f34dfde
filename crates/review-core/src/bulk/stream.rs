//! The stream of results, which sends as it is read.

use std::collections::BTreeSet;
use std::fmt;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use futures_util::future::BoxFuture;
use futures_util::stream::{BoxStream, FuturesUnordered};
use futures_util::{FutureExt, Stream, StreamExt};

use super::account::{BulkAccount, BulkItem};
use super::options::{BulkOptions, Patience};
use super::summary::{BulkSummary, Stopped};
use crate::{Error, ErrorKind, InviteReceipt, InviteRequest, ProviderInfo, Result};

type SendOne<'a> = Box<dyn Fn(Arc<InviteRequest>) -> BoxFuture<'a, Result<InviteReceipt>> + Send + 'a>;

/// Invitations being sent: a stream of [`BulkItem`]s, made by
/// [`send_all`](crate::ReviewInviteProviderExt::send_all).
///
/// It works while it is read and holds no more than [`BulkOptions::at_once`] requests and as many
/// results, however long the input is. Dropping it cuts off what is in flight;
/// [`stop`](Self::stop) and reading on to the end does not. Either way its
/// [`account`](Self::account) knows what became of everything. A send that panics panics through the
/// reader; whoever catches that may read on, and what was lost stays in flight in the account.
#[must_use = "nothing is sent until the stream is read"]
pub struct Bulk<'a> {
    send: SendOne<'a>,
    provider: &'a ProviderInfo,
    options: BulkOptions,
    account: BulkAccount,
    /// Until it ends or the bulk is stopped.
    input: Option<BoxStream<'a, InviteRequest>>,
    running: FuturesUnordered<BoxFuture<'a, (u64, Result<InviteReceipt>)>>,
    /// Waits before another try, and whether all wait with it.
    waits: FuturesUnordered<BoxFuture<'static, (u64, bool)>>,
    holding: usize,
    /// How many may be under way: one after a rate limit, and one more for each that gets through.
    abreast: usize,
    /// What has waited. The oldest goes first, so that nobody runs out of tries behind the others.
    again: BTreeSet<u64>,
}

impl<'a> Bulk<'a> {
    pub(crate) fn new(
        send: SendOne<'a>,
        provider: &'a ProviderInfo,
        input: BoxStream<'a, InviteRequest>,
        options: BulkOptions,
    ) -> Self {
        Self {
            send,
            provider,
            account: BulkAccount::new(options.in_order),
            abreast: options.at_once,
            options,
            input: Some(input),
            running: FuturesUnordered::new(),
            waits: FuturesUnordered::new(),
            holding: 0,
            again: BTreeSet::new(),
        }
    }

    /// The numbers at this moment.
    #[must_use]
    pub fn summary(&self) -> BulkSummary {
        self.account.summary()
    }

    /// A handle to be kept for the time after this stream.
    #[must_use]
    pub fn account(&self) -> BulkAccount {
        self.account.clone()
    }

    /// Begins no more and reads no more of the input. What is in flight is finished, and its results
    /// come as the stream is read on to its end; what waited for another try ends with its last error.
    pub fn stop(&mut self) {
        self.stop_because(Stopped::Caller);
    }

    fn stop_because(&mut self, why: Stopped) {
        if self.input.take().is_some() || !self.account.is_empty() {
            self.account.stop(why);
        }
        self.waits.clear();
        self.again.clear();
        self.holding = 0;
    }

    /// Takes in one answer; whether there was one.
    fn settle(&mut self, cx: &mut Context<'_>) -> bool {
        let Poll::Ready(Some((index, result))) = self.running.poll_next_unpin(cx) else { return false };
        self.answered(index, result);
        true
    }

    fn answered(&mut self, index: u64, result: Result<InviteReceipt>) {
        let error = match result {
            Ok(receipt) => {
                self.account.settled(index, Ok(receipt));
                self.abreast = self.options.at_once.min(self.abreast + 1);
                return;
            }
            Err(error) => error,
        };
        if let Some(wait) = self.wait(&error, self.account.tries(index)) {
            let holds_all = error.kind() == ErrorKind::RateLimited;
            self.holding += usize::from(holds_all);
            self.account.waits(index, error);
            self.waits.push(Box::pin(async move {
                wait.await;
                (index, holds_all)
            }));
            return;
        }
        self.account.settled(index, Err(error.clone()));
        if self.ends(&error) {
            self.stop_because(Stopped::Error(error));
        }
    }

    /// Whether nothing else would be taken either. An error of one target of several says nothing of
    /// the others.
    fn ends(&self, error: &Error) -> bool {
        (error.concerns_all() || self.is_too_long(error))
            && !self.options.keep_going
            && error.provider().is_none_or(|who| who == self.provider)
    }

    /// Whether it is a limit that nobody waits for: without an end, all the input would run into it and be
    /// refused within moments.
    fn is_too_long(&self, error: &Error) -> bool {
        let patient = |patience: &Patience| patience.is_long_enough_for(error);
        error.kind() == ErrorKind::RateLimited && !self.options.patience.as_ref().is_some_and(patient)
    }

    fn wait(&self, error: &Error, tries: u32) -> Option<BoxFuture<'static, ()>> {
        let patience = self.options.patience.as_ref().filter(|_| !self.account.is_stopped())?;
        patience.wait(error, tries)
    }

    /// Takes in the end of one wait; whether there was one.
    fn end_wait(&mut self, cx: &mut Context<'_>) -> bool {
        let Poll::Ready(Some((index, held_all))) = self.waits.poll_next_unpin(cx) else { return false };
        self.holding -= usize::from(held_all);
        if held_all {
            self.abreast = 1;
        }
        self.again.insert(index);
        true
    }

    /// Begins one invitation; whether there was one to begin. It is begun indeed when this returns, so
    /// that a stop leaves none that the provider would first hear of afterwards.
    fn begin(&mut self, cx: &mut Context<'_>) -> bool {
        if self.holding > 0 || self.running.len() >= self.abreast {
            return false;
        }
        let Some(index) = self.again.pop_first().or_else(|| self.take(cx)) else { return false };
        let Some(request) = self.account.begun(index) else { return true };
        let mut sending = (self.send)(request).map(move |result| (index, result)).boxed();
        match sending.poll_unpin(cx) {
            Poll::Ready((index, result)) => self.answered(index, result),
            Poll::Pending => self.running.push(sending),
        }
        true
    }

    /// Whether there is nothing left that could wake the reader. Requests may be open all the same: a
    /// send or a timer that panicked comes back no more.
    fn is_over(&self) -> bool {
        let reads_on = self.input.is_some() && self.holding == 0 && self.has_room();
        self.running.is_empty() && self.waits.is_empty() && !reads_on
    }

    fn has_room(&self) -> bool {
        self.account.has_room(self.options.at_once)
    }

    /// Takes one request from the input.
    fn take(&mut self, cx: &mut Context<'_>) -> Option<u64> {
        if !self.has_room() {
            return None;
        }
        let input = self.input.as_mut()?;
        match input.poll_next_unpin(cx) {
            Poll::Ready(Some(request)) => Some(self.account.taken(request.key(self.provider), request)),
            Poll::Ready(None) => {
                self.input = None;
                None
            }
            Poll::Pending => None,
        }
    }
}

impl Stream for Bulk<'_> {
    type Item = BulkItem;

    fn poll_next(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<BulkItem>> {
        let this = self.get_mut();
        // Answers first: one may hold up or stop what would be begun next.
        while this.settle(cx) || this.end_wait(cx) || this.begin(cx) {}
        match this.account.deliver() {
            Some(item) => Poll::Ready(Some(item)),
            None if this.is_over() => Poll::Ready(None),
            None => Poll::Pending,
        }
    }
}

impl Drop for Bulk<'_> {
    fn drop(&mut self) {
        self.account.dropped();
    }
}

impl fmt::Debug for Bulk<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Bulk")
            .field("provider", self.provider)
            .field("options", &self.options)
            .field("account", &self.account)
            .finish_non_exhaustive()
    }
}
