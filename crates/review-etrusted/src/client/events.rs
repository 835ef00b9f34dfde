//! Events.

use http::Method;
use review_core::Error;
use review_http::ResourceId;

use super::{EtrustedClient, SEND_INVITE, vendor_id};
use crate::wire::{Event, PostedEvent, StoredEvent};

impl EtrustedClient {
    /// Posts an event: `POST /events`. Made at most once. `None` where the event was accepted but the
    /// answer shows no id.
    ///
    /// # Errors
    /// [`ErrorKind::OutcomeUnknown`](review_core::ErrorKind::OutcomeUnknown) where no answer came.
    pub async fn post_event(&self, event: &Event) -> Result<Option<PostedEvent>, Error> {
        let call = self.at_most_once(SEND_INVITE, Method::POST, &["events"])?;
        let call = call
            .json(event)?
            .with_order_reference(Some(&event.transaction.reference))
            .redact(event.personal_values());
        let posted: Option<PostedEvent> = self.client.send(call).await?.json().ok();
        Ok(posted.filter(|posted| ResourceId::new(&posted.event_ref).is_ok()))
    }

    /// Reads an event back: `GET /events/{id}`. `None` where eTrusted knows none, which may be so for a
    /// moment after it was posted.
    ///
    /// # Errors
    /// See [`Error`].
    pub async fn event(&self, event_ref: &str) -> Result<Option<StoredEvent>, Error> {
        let id = vendor_id(event_ref)?;
        let call = self.idempotent("event", Method::GET, &["events", id.as_str()])?;
        self.one(call).await
    }
}
