//! The mock, and the conversion into a shared provider.
#![allow(clippy::unwrap_used, reason = "a test may panic")]

use std::sync::Arc;

use review_core::provider::{
    Capabilities, DynProvider, InviteReceipt, InviteState, MockReviewInviteProvider, ProviderInfo,
    ReviewInviteProvider, into_dyn,
};
use review_core::{Consent, ErrorKind, InviteRequest};

fn request() -> InviteRequest {
    InviteRequest::builder("jane@example.com", "1", Consent::granted("test")).tags(["a"]).build().unwrap()
}

#[test]
fn mock_accepting_all_validates_every_request() {
    let mock = MockReviewInviteProvider::accepting_all();
    assert_eq!(mock.info().to_string(), "mock/test");
    assert_eq!(mock.info_for(&request()), mock.info());
    assert_eq!(mock.capabilities(), &Capabilities::all());
    assert_eq!(mock.capabilities_for(&request()), mock.capabilities());
    assert!(mock.validate(&request()).unwrap().is_empty());
}

#[test]
fn mock_preset_rejects_what_it_does_not_support() {
    let info = ProviderInfo::new("acme", "one").with_shop("de");
    let mock = MockReviewInviteProvider::preset(info.clone(), Capabilities::new());
    let error = mock.validate(&request()).unwrap_err();
    assert_eq!((error.kind(), error.field_errors().len()), (ErrorKind::Unsupported, 2));
    assert_eq!((error.provider(), error.operation()), (Some(&info), Some("validate")));
}

#[tokio::test]
async fn mock_with_an_expectation_sends_through_dyn() {
    let mut mock = MockReviewInviteProvider::accepting_all();
    let receipt = InviteReceipt::new(mock.info().clone(), InviteState::AlreadyInvited);
    let expected = receipt.clone();
    mock.expect_send_invite().times(1).return_once(move |_| Ok(receipt));
    let provider = into_dyn(mock);
    assert_eq!(provider.send_invite(&request()).await.unwrap(), expected);
}

#[test]
fn shared_provider_is_not_wrapped_again() {
    let shared: DynProvider = Arc::new(MockReviewInviteProvider::accepting_all());
    assert!(Arc::ptr_eq(&into_dyn(shared.clone()), &shared));
    assert!(Arc::ptr_eq(&into_dyn(into_dyn(shared.clone())), &shared));
    assert_eq!(Arc::strong_count(&shared), 1);
    // A concrete type in an `Arc` has to be wrapped, and forwards.
    let concrete = into_dyn(Arc::new(MockReviewInviteProvider::accepting_all()));
    assert_eq!(concrete.info().vendor(), "mock");
}

#[test]
fn boxed_provider_is_not_wrapped_again() {
    let boxed: Box<dyn ReviewInviteProvider> = Box::new(MockReviewInviteProvider::accepting_all());
    let size = size_of_val(&*boxed);
    assert_eq!(size_of_val(&*into_dyn(boxed)), size);
}
