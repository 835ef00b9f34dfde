//! What is declared is not so.

use async_trait::async_trait;
use review_core::model::*;
use review_core::provider::*;
use review_core::*;
use review_testkit::FakeProvider;

use crate::flaw::{Flaw, Parts, able, without};

/// A provider made of a fake that can do one thing and says another.
macro_rules! lies {
    ($($flaw:ident: $can:expr, says $says:expr;)*) => {$(
        #[derive(Default)]
        pub(crate) struct $flaw;

        impl Flaw for $flaw {
            fn fake() -> FakeProvider {
                FakeProvider::default().with_capabilities($can)
            }

            fn declared(_: Capabilities) -> Capabilities {
                $says
            }
        }
    )*};
}

fn demanding() -> Capabilities {
    Capabilities::all().add_requirement(Requirement::CustomerName).add_requirement(Requirement::ProductUrl)
}

lies! {
    ClaimsTags: without(Field::Tags), says Capabilities::all();
    HidesTags: Capabilities::all(), says without(Field::Tags);
    HidesAllFeatures: Capabilities::all(), says able(InviteKind::ALL, &[], Operation::ALL);
    HidesKinds: Capabilities::all(), says able(&[InviteKind::Service], Field::ALL, Operation::ALL);
    HidesService: Capabilities::all(),
        says able(
            &[InviteKind::Product, InviteKind::ServiceAndProduct, InviteKind::AccountDefault],
            Field::ALL,
            Operation::ALL,
        );
    ClaimsBoth: able(&[InviteKind::Service, InviteKind::Product, InviteKind::AccountDefault], Field::ALL, Operation::ALL),
        says Capabilities::all();
    NeedsName: Capabilities::all().add_requirement(Requirement::CustomerName), says Capabilities::all();
    IgnoresRequirements: Capabilities::all(), says demanding();
    ClaimsOperations: able(InviteKind::ALL, Field::ALL, &[]), says Capabilities::all();
    HidesOperations: Capabilities::all(), says able(InviteKind::ALL, Field::ALL, &[]);
}

#[derive(Default)]
pub(crate) struct WarnsOfTags;

impl WarnsOfTags {
    fn warnings(request: &InviteRequest) -> Option<Warning> {
        (!request.tags().is_empty()).then(|| Warning::new("tags", "left out"))
    }
}

#[async_trait]
impl Flaw for WarnsOfTags {
    fn preview(&self, fake: &FakeProvider, request: &InviteRequest) -> Result<Preview> {
        Ok(fake.preview(request)?.add_warnings(Self::warnings(request)))
    }

    async fn send(&self, fake: &FakeProvider, request: &InviteRequest) -> Result<InviteReceipt> {
        Ok(fake.send_invite(request).await?.add_warnings(Self::warnings(request)))
    }
}

fn without_location() -> FakeProvider {
    FakeProvider::default().with_capabilities(without(Field::Location))
}

#[derive(Default)]
pub(crate) struct DegradesInSilence;

#[async_trait]
impl Flaw for DegradesInSilence {
    fn fake() -> FakeProvider {
        without_location()
    }

    fn preview(&self, fake: &FakeProvider, request: &InviteRequest) -> Result<Preview> {
        let mut preview = fake.preview(request)?;
        preview.warnings.clear();
        Ok(preview)
    }

    async fn send(&self, fake: &FakeProvider, request: &InviteRequest) -> Result<InviteReceipt> {
        let mut receipt = fake.send_invite(request).await?;
        receipt.warnings.clear();
        Ok(receipt)
    }
}

#[derive(Default)]
pub(crate) struct DegradesUnasked;

impl DegradesUnasked {
    fn degraded(request: &InviteRequest) -> InviteRequest {
        let mut parts = Parts::of(request);
        parts.omittable = Field::ALL.iter().copied().collect();
        parts.together()
    }
}

#[async_trait]
impl Flaw for DegradesUnasked {
    fn fake() -> FakeProvider {
        without_location()
    }

    fn preview(&self, fake: &FakeProvider, request: &InviteRequest) -> Result<Preview> {
        fake.preview(&Self::degraded(request))
    }

    async fn send(&self, fake: &FakeProvider, request: &InviteRequest) -> Result<InviteReceipt> {
        fake.send_invite(&Self::degraded(request)).await
    }
}

/// It warns of what it left out, and has not left it out.
#[derive(Default)]
pub(crate) struct SendsWhatItLeavesOut;

impl SendsWhatItLeavesOut {
    fn honest(fake: &FakeProvider) -> FakeProvider {
        fake.clone().with_capabilities(without(Field::Location))
    }
}

#[async_trait]
impl Flaw for SendsWhatItLeavesOut {
    fn declared(_: Capabilities) -> Capabilities {
        without(Field::Location)
    }

    fn preview(&self, fake: &FakeProvider, request: &InviteRequest) -> Result<Preview> {
        Self::honest(fake).preview(request)
    }

    async fn send(&self, fake: &FakeProvider, request: &InviteRequest) -> Result<InviteReceipt> {
        let warnings = Self::honest(fake).preview(request).map(|preview| preview.warnings);
        let warnings = warnings.map_err(|error| error.with_operation("send_invite"))?;
        Ok(fake.send_invite(request).await?.add_warnings(warnings))
    }
}

#[derive(Default)]
pub(crate) struct LinkInvites;

#[async_trait]
impl Flaw for LinkInvites {
    async fn link(&self, fake: &FakeProvider, request: &InviteRequest) -> Result<ReviewLink> {
        let link = fake.create_link(request).await?;
        fake.send_invite(request).await?;
        Ok(link)
    }
}

#[derive(Default)]
pub(crate) struct DeniesAll;

#[async_trait]
impl Flaw for DeniesAll {
    async fn find(&self, fake: &FakeProvider, invite: &InviteRef) -> Result<InviteLookup> {
        fake.find_invite(invite).await.map(|_| InviteLookup::NotFound)
    }
}

#[derive(Default)]
pub(crate) struct FindsAll;

#[async_trait]
impl Flaw for FindsAll {
    async fn find(&self, fake: &FakeProvider, invite: &InviteRef) -> Result<InviteLookup> {
        fake.find_invite(invite).await.map(|_| InviteLookup::Found(InviteStatus::new()))
    }
}
