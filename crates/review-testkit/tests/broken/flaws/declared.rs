//! The declared capabilities are wrong.

use async_trait::async_trait;
use review_core::model::*;
use review_core::provider::*;
use review_core::*;

use super::sends;
use crate::flaw::{Flaw, Vendor, only, without};
use crate::parts::Parts;

/// Defines providers whose declared capabilities differ from the actual ones.
macro_rules! declares {
    ($($flaw:ident: $actual:expr, as $declared:expr;)*) => {$(
        #[derive(Default)]
        pub(crate) struct $flaw;

        impl Flaw for $flaw {
            fn actual() -> Capabilities {
                $actual
            }

            fn declared() -> Capabilities {
                $declared
            }
        }
    )*};
}

use InviteKind::{AccountDefault, Product, Service, ServiceAndProduct};

declares! {
    ClaimsTags: without(Field::Tags), as Capabilities::all();
    HidesTags: Capabilities::all(), as without(Field::Tags);
    HidesAllFields: Capabilities::all(), as only(InviteKind::ALL, &[], Operation::ALL);
    HidesKinds: Capabilities::all(), as only(&[Service], Field::ALL, Operation::ALL);
    HidesService: Capabilities::all(),
        as only(&[Product, ServiceAndProduct, AccountDefault], Field::ALL, Operation::ALL);
    ClaimsBothKinds: only(&[Service, Product, AccountDefault], Field::ALL, Operation::ALL),
        as Capabilities::all();
    HidesRequirement: Capabilities::all().add_requirement(Requirement::CustomerName), as Capabilities::all();
    IgnoresRequirements: Capabilities::all(),
        as Capabilities::all().add_requirement(Requirement::CustomerName).add_requirement(Requirement::ProductUrl);
    ClaimsOperations: only(InviteKind::ALL, Field::ALL, &[]), as Capabilities::all();
    HidesOperations: Capabilities::all(), as only(InviteKind::ALL, Field::ALL, &[]);
    HidesAccountSchedule: Capabilities::all(), as Capabilities::all().with_account_schedule(false);
}

#[derive(Default)]
pub(crate) struct WarnsOfDeclaredTags;

impl WarnsOfDeclaredTags {
    fn warning(request: &InviteRequest) -> Option<Warning> {
        (!request.tags().is_empty()).then(|| Warning::new("tags", "left out"))
    }
}

#[async_trait]
impl Flaw for WarnsOfDeclaredTags {
    fn preview(&self, vendor: &Vendor, request: &InviteRequest) -> Result<Preview> {
        Ok(vendor.preview(request)?.add_warnings(Self::warning(request)))
    }

    async fn send(&self, vendor: &Vendor, request: &InviteRequest) -> Result<InviteReceipt> {
        Ok(vendor.send_invite(request).await?.add_warnings(Self::warning(request)))
    }
}

/// Defines providers that lose the warnings about one path.
macro_rules! loses_warnings {
    ($($flaw:ident: $actual:expr, $path:literal;)*) => {$(
        #[derive(Default)]
        pub(crate) struct $flaw;

        #[async_trait]
        impl Flaw for $flaw {
            fn actual() -> Capabilities {
                $actual
            }

            fn preview(&self, vendor: &Vendor, request: &InviteRequest) -> Result<Preview> {
                let mut preview = vendor.preview(request)?;
                preview.warnings.retain(|warning| warning.field() != $path);
                Ok(preview)
            }

            async fn send(&self, vendor: &Vendor, request: &InviteRequest) -> Result<InviteReceipt> {
                let mut receipt = vendor.send_invite(request).await?;
                receipt.warnings.retain(|warning| warning.field() != $path);
                Ok(receipt)
            }
        }
    )*};
}

loses_warnings! {
    OmitsLocationWithoutWarning: without(Field::Location), "location";
    LosesWarningsOfBuild: Capabilities::all(), "customer.locale";
    OmitsLocaleWithoutWarning:
        Capabilities::all().with_locales(LocaleSupport::list(["de-DE", "en"])), "customer.locale";
}

#[derive(Default)]
pub(crate) struct OmitsWithoutPermission;

impl OmitsWithoutPermission {
    fn permissive(request: &InviteRequest) -> Parts<'_> {
        Parts { omittable: Field::ALL.iter().copied().collect(), ..Parts::of(request) }
    }
}

#[async_trait]
impl Flaw for OmitsWithoutPermission {
    fn actual() -> Capabilities {
        without(Field::Location)
    }

    fn preview(&self, vendor: &Vendor, request: &InviteRequest) -> Result<Preview> {
        vendor.preview(&Self::permissive(request).build())
    }

    async fn send(&self, vendor: &Vendor, request: &InviteRequest) -> Result<InviteReceipt> {
        Self::permissive(request).send(vendor).await
    }
}

/// Warns that it omitted a field, and sends it.
#[derive(Default)]
pub(crate) struct SendsOmittedField;

#[async_trait]
impl Flaw for SendsOmittedField {
    fn declared() -> Capabilities {
        without(Field::Location)
    }

    fn preview(&self, vendor: &Vendor, request: &InviteRequest) -> Result<Preview> {
        FakeCheck::of(vendor).preview(request)
    }

    async fn send(&self, vendor: &Vendor, request: &InviteRequest) -> Result<InviteReceipt> {
        let checked =
            FakeCheck::of(vendor).preview(request).map_err(|error| error.with_operation("send_invite"))?;
        let mut receipt = vendor.send_invite(request).await?;
        receipt.warnings = checked.warnings;
        Ok(receipt)
    }
}

/// A fake with the declared capabilities, for its checks.
struct FakeCheck;

impl FakeCheck {
    fn of(vendor: &Vendor) -> review_testkit::FakeProvider {
        (**vendor).clone().with_capabilities(without(Field::Location))
    }
}

#[derive(Default)]
pub(crate) struct LinkInvites;

#[async_trait]
impl Flaw for LinkInvites {
    async fn link(&self, vendor: &Vendor, request: &InviteRequest) -> Result<ReviewLink> {
        let link = vendor.create_link(request).await?;
        vendor.send_invite(request).await?;
        Ok(link)
    }
}

#[derive(Default)]
pub(crate) struct FindsNothing;

#[async_trait]
impl Flaw for FindsNothing {
    async fn find(&self, vendor: &Vendor, invite: &InviteRef) -> Result<InviteLookup> {
        vendor.find_invite(invite).await.map(|_| InviteLookup::NotFound)
    }
}

#[derive(Default)]
pub(crate) struct FindsEverything;

#[async_trait]
impl Flaw for FindsEverything {
    async fn find(&self, vendor: &Vendor, invite: &InviteRef) -> Result<InviteLookup> {
        vendor.find_invite(invite).await.map(|_| InviteLookup::Found(InviteStatus::new()))
    }
}

sends! {
    SkipsHooks: |vendor, request| {
        vendor.send_invite(&Parts::of(request).build()).await
    }
}
