//! Recorded calls and assertions of a fake.

use review_core::InviteRequest;

use super::{FakeCall, FakeProvider};

impl FakeProvider {
    /// Returns every call in order, including rejected ones.
    #[must_use]
    pub fn calls(&self) -> Vec<FakeCall> {
        self.lock().record.calls.clone()
    }

    /// Returns how many calls a vendor would have received: all except previews and those rejected before sending.
    #[must_use]
    pub fn request_count(&self) -> usize {
        self.lock().record.request_count
    }

    /// Returns the accepted invitations in order, including those whose response was lost. Fields that were omitted
    /// with a warning are removed, as a vendor would not have received them.
    #[must_use]
    pub fn sent(&self) -> Vec<InviteRequest> {
        self.lock().record.accepted.clone()
    }

    /// Returns the accepted invitations for one order.
    #[must_use]
    pub fn sent_for(&self, reference: &str) -> Vec<InviteRequest> {
        let mut sent = self.sent();
        sent.retain(|request| request.order().reference().as_str() == reference);
        sent
    }

    /// Asserts that exactly one invitation was accepted for an order.
    ///
    /// # Panics
    /// If there is none, or more than one.
    #[track_caller]
    pub fn assert_invited(&self, reference: &str) {
        let count = self.sent_for(reference).len();
        assert!(
            count == 1,
            "expected one invitation for order {reference}, found {count}; {}",
            self.summary()
        );
    }

    /// Asserts that no invitation was accepted for an order.
    ///
    /// # Panics
    /// If there is one.
    #[track_caller]
    pub fn assert_not_invited(&self, reference: &str) {
        let count = self.sent_for(reference).len();
        assert!(
            count == 0,
            "expected no invitation for order {reference}, found {count}; {}",
            self.summary()
        );
    }

    /// Asserts that no invitation was accepted.
    ///
    /// # Panics
    /// If there is one.
    #[track_caller]
    pub fn assert_nothing_sent(&self) {
        assert!(self.lock().record.accepted.is_empty(), "expected no invitation; {}", self.summary());
    }

    fn summary(&self) -> String {
        let shared = self.lock();
        format!("invited orders: {:?}, in {} calls", shared.record.references(), shared.record.calls.len())
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::time::Duration;

    use review_core::model::*;
    use review_core::provider::*;
    use review_core::*;

    use super::*;
    use crate::FakeResponse;

    fn request(reference: &str) -> InviteRequestBuilder {
        InviteRequest::builder("jane@example.com", reference, Consent::granted("test"))
    }

    async fn send(fake: &FakeProvider, reference: &str) -> Result<InviteState, ErrorKind> {
        let result = fake.send_invite(&request(reference).build().unwrap()).await;
        result.map(|receipt| receipt.state).map_err(|error| error.kind())
    }

    #[tokio::test]
    async fn queued_response_precedes_order_and_default() {
        let known = InviteReceipt::new(ProviderInfo::new("fake", "test"), InviteState::AlreadyInvited);
        let fake = FakeProvider::default()
            .with_order_response("2", ErrorKind::Forbidden)
            .with_default_response(Err::<InviteReceipt, _>(ErrorKind::Unauthorized));
        fake.respond_next(Ok::<_, Error>(known))
            .respond_next(FakeResponse::accepted())
            .respond_next(FakeResponse::lost_response());
        assert_eq!(send(&fake, "2").await, Ok(InviteState::AlreadyInvited));
        assert_eq!(send(&fake, "2").await, Ok(InviteState::Accepted));
        assert_eq!(send(&fake, "3").await, Err(ErrorKind::OutcomeUnknown));
        assert_eq!(send(&fake, "2").await, Err(ErrorKind::Forbidden));
        assert_eq!(send(&fake, "1").await, Err(ErrorKind::Unauthorized));
        assert_eq!(fake.sent().len(), 2, "one was known, two were rejected");
        assert_eq!((fake.calls().len(), fake.request_count()), (5, 5));
        fake.assert_invited("2");
        fake.assert_invited("3");
        fake.assert_not_invited("1");
    }

    #[tokio::test]
    async fn rejected_request_uses_no_response_and_no_call() {
        let fake = FakeProvider::default()
            .with_capabilities(Capabilities::all().add_requirement(Requirement::CustomerName));
        fake.respond_next(ErrorKind::Forbidden);
        let error = fake.send_invite(&request("1").build().unwrap()).await.unwrap_err();
        assert_eq!((error.kind(), error.operation()), (ErrorKind::InvalidRequest, Some("send_invite")));
        assert_eq!(error.provider(), Some(fake.info()));
        assert_eq!((fake.calls().len(), fake.request_count()), (1, 0));
        let named = request("1").name("Jane Doe").build().unwrap();
        let error = fake.send_invite(&named).await.unwrap_err();
        assert_eq!((error.kind(), fake.request_count()), (ErrorKind::Forbidden, 1));
        fake.assert_nothing_sent();
    }

    #[tokio::test]
    async fn unsupported_field_is_not_recorded() {
        let few = Capabilities::new().add_kind(InviteKind::Service).add_field(Field::SendAt);
        let fake = FakeProvider::default().with_capabilities(few);
        let moment = chrono::Utc::now() + chrono::TimeDelta::days(1);
        let request = request("1").tags(["t"]).send_at(SendAt::At(moment));
        let request = request.allow_omitting([Field::Tags]).build().unwrap();
        let receipt = fake.send_invite(&request).await.unwrap();
        assert_eq!(receipt.state, InviteState::Scheduled(moment));
        assert_eq!(receipt.warnings[0].field(), "tags");
        assert_eq!(fake.preview(&request).unwrap().warnings, receipt.warnings);
        assert!(fake.sent()[0].tags().is_empty());
        assert_eq!(fake.check_setup().await.unwrap_err().kind(), ErrorKind::Unsupported);
    }

    #[tokio::test(start_paused = true)]
    async fn delayed_response_records_the_invitation_at_once() {
        let fake = FakeProvider::default();
        fake.respond_next(FakeResponse::accepted().with_delay(Duration::from_secs(60)));
        let request = request("1").build().unwrap();
        let gave_up = tokio::time::timeout(Duration::from_secs(59), fake.send_invite(&request)).await;
        assert!(gave_up.is_err());
        fake.assert_invited("1");
    }

    #[tokio::test]
    async fn other_operations_know_what_was_sent() {
        let fake = FakeProvider::default();
        let provider: DynProvider = Arc::new(fake.clone());
        let request = request("1").build().unwrap();
        let key = request.key(provider.info());
        assert_eq!(provider.find_invite(&InviteRef::from(&key)).await.unwrap(), InviteLookup::NotFound);
        assert_eq!(
            provider.erase_customer(request.customer().email()).await.unwrap(),
            ErasureStatus::NotFound
        );
        provider.send_invite(&request).await.unwrap();
        assert!(matches!(
            provider.find_invite(&InviteRef::from(&key)).await.unwrap(),
            InviteLookup::Found(_)
        ));
        assert_eq!(
            provider.erase_customer(request.customer().email()).await.unwrap(),
            ErasureStatus::Accepted
        );
        assert!(provider.check_setup().await.unwrap().is_ready());
        let links =
            [provider.create_link(&request).await.unwrap(), provider.create_link(&request).await.unwrap()];
        assert_ne!(links[0].url, links[1].url);
        fake.assert_invited("1");
        let broken = fake.with_operation_error(Operation::FindInvite, Error::new(ErrorKind::Transient, "x"));
        let error = broken.find_invite(&InviteRef::from(&key)).await.unwrap_err();
        assert_eq!((error.kind(), error.operation()), (ErrorKind::Transient, Some("find_invite")));
    }

    #[test]
    #[should_panic(expected = "expected one invitation for order 7, found 0; invited orders: []")]
    fn failed_assertion_lists_the_invited_orders() {
        FakeProvider::default().assert_invited("7");
    }

    #[tokio::test]
    async fn debug_shows_no_personal_data() {
        let fake = FakeProvider::default();
        send(&fake, "1001").await.unwrap();
        let shown = format!("{fake:?} {:?}", fake.calls());
        assert!(shown.contains("1001") && !shown.contains("jane"), "{shown}");
    }
}
