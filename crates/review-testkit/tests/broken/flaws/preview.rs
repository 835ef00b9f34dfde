//! A preview that is none.

use async_trait::async_trait;
use futures_util::FutureExt;
use review_core::model::*;
use review_core::provider::*;
use review_core::*;
use review_testkit::FakeProvider;

use crate::flaw::Flaw;

#[derive(Default)]
pub(crate) struct PreviewCalls;

#[async_trait]
impl Flaw for PreviewCalls {
    fn preview(&self, fake: &FakeProvider, request: &InviteRequest) -> Result<Preview> {
        let _ = fake.check_setup().now_or_never();
        fake.preview(request)
    }
}

/// Its preview checks nothing.
#[derive(Default)]
pub(crate) struct PreviewPromises;

#[async_trait]
impl Flaw for PreviewPromises {
    fn fake() -> FakeProvider {
        FakeProvider::default().with_capabilities(crate::flaw::without(Field::Template))
    }

    fn preview(&self, _: &FakeProvider, _: &InviteRequest) -> Result<Preview> {
        Ok(Preview::new(vec![PreviewRequest::new("POST", "https://vendor.example/invitations")]))
    }
}

#[derive(Default)]
pub(crate) struct PreviewWarnsOfNothing;

#[async_trait]
impl Flaw for PreviewWarnsOfNothing {
    fn fake() -> FakeProvider {
        FakeProvider::default().with_capabilities(crate::flaw::without(Field::Template))
    }

    fn preview(&self, fake: &FakeProvider, request: &InviteRequest) -> Result<Preview> {
        let mut preview = fake.preview(request)?;
        preview.warnings.clear();
        Ok(preview)
    }
}

#[derive(Default)]
pub(crate) struct PreviewLeaks;

#[async_trait]
impl Flaw for PreviewLeaks {
    fn preview(&self, fake: &FakeProvider, request: &InviteRequest) -> Result<Preview> {
        let mut preview = fake.preview(request)?;
        let body = format!("{{\"to\":\"{}\"}}", request.customer().email().as_str().replace('@', "%40"));
        preview
            .requests
            .push(PreviewRequest::new("POST", "https://vendor.example/").with_redacted_body(body));
        Ok(preview)
    }
}
