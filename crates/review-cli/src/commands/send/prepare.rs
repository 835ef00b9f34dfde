//! From a record of a file to a request.

use std::sync::{Mutex, MutexGuard, PoisonError};

use futures_util::Stream;
use futures_util::stream;
use review_invites::{DynProvider, InviteKind, InviteRequest, ReviewInviteProvider as _, SendAt};
use review_orders::OrderRecord;
use tokio::sync::{Notify, Semaphore, mpsc};

use super::input::Item;
use super::recorder::{Fate, Order, Recorder};
use crate::outcome::Outcome;

/// What every request gets.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Options {
    pub(crate) kind: Option<InviteKind>,
    pub(crate) send_at: Option<SendAt>,
    pub(crate) personal_data: bool,
    /// Whether orders that are not eligible are recorded: once, if the input is read several times.
    pub(crate) record_ineligible: bool,
}

/// Returns the recorder. A panic elsewhere does not hide the results.
pub(crate) fn lock<'a, 'b>(recorder: &'a Mutex<Recorder<'b>>) -> MutexGuard<'a, Recorder<'b>> {
    recorder.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Returns the request of an item. Otherwise its outcome is recorded.
pub(crate) fn prepare(
    item: Item,
    options: &Options,
    recorder: &Mutex<Recorder<'_>>,
) -> Option<(Order, InviteRequest)> {
    let (order, fate) = match item {
        Item::Record(record) => match request(*record, options) {
            Ok(prepared) => return Some(prepared),
            Err(failed) => *failed,
        },
        Item::Failed { file, error } => {
            let reason =
                format!("reading stopped: {error}; repair or export the file again, and run it again");
            (Order::of_file(file), Fate::new(Outcome::Malformed, "unreadable file", reason))
        }
    };
    if options.record_ineligible {
        lock(recorder).record(&order, None, &fate);
    }
    None
}

fn request(record: OrderRecord, options: &Options) -> Result<(Order, InviteRequest), Box<(Order, Fate)>> {
    let order = Order::new(&record, options.personal_data);
    let eligible = match record.result {
        Ok(eligible) => eligible,
        Err(reasons) => return Err(Box::new((order, Fate::of_reasons(&reasons)))),
    };
    let mut builder = eligible.into_builder();
    if let Some(kind) = options.kind {
        builder = builder.kind(kind);
    }
    if let Some(send_at) = options.send_at {
        builder = builder.send_at(send_at);
    }
    match builder.build() {
        Ok(request) => Ok((order, request)),
        Err(error) => {
            let fate = Fate::of_error(&error, false);
            Err(Box::new((order, fate)))
        }
    }
}

/// The input of a bulk, and how it is slowed down.
pub(crate) struct Feed {
    pub(crate) items: tokio::sync::Mutex<mpsc::Receiver<Item>>,
    /// Each request takes a permit, which its result returns unless it counts. Closed at the limit.
    pub(crate) permits: Semaphore,
    /// A result was recorded.
    pub(crate) finished: Notify,
}

/// The requests of the input. The same invitation is never in flight twice: its second result would be unknown.
pub(crate) fn requests<'a>(
    feed: &'a Feed,
    provider: &'a DynProvider,
    options: Options,
    recorder: &'a Mutex<Recorder<'_>>,
) -> impl Stream<Item = InviteRequest> + Send + 'a {
    stream::unfold((), move |()| async move {
        feed.permits.acquire().await.ok()?.forget();
        let (mut order, request) = loop {
            let item = feed.items.lock().await.recv().await?;
            if let Some(prepared) = prepare(item, &options, recorder) {
                break prepared;
            }
        };
        let info = provider.info_for(&request);
        order.instance = Some(info.instance().to_owned());
        let key = request.key(info);
        // No await before this: an order that was read is either here or has an outcome.
        let index = lock(recorder).start(order, key.clone());
        loop {
            let finished = feed.finished.notified();
            if !lock(recorder).must_wait(index, &key) {
                return Some((request, ()));
            }
            finished.await;
        }
    })
}
