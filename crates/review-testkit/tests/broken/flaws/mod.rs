//! The flaws, by the part of the contract that they break.

mod declared;
mod faults;
mod fields;
mod instances;
mod preview;
mod privacy;
mod schedule;
mod sending;

pub(crate) use declared::*;
pub(crate) use faults::*;
pub(crate) use fields::*;
pub(crate) use instances::*;
pub(crate) use preview::*;
pub(crate) use privacy::*;
pub(crate) use schedule::*;
pub(crate) use sending::*;

/// Defines flaws that change the call `send_invite`: of a vendor, for a request.
macro_rules! sends {
    ($($(#[$doc:meta])* $flaw:ident: |$vendor:ident, $request:ident| $send:block)*) => {$(
        $(#[$doc])*
        #[derive(Default)]
        pub(crate) struct $flaw;

        #[async_trait::async_trait]
        impl crate::flaw::Flaw for $flaw {
            async fn send(
                &self,
                $vendor: &crate::flaw::Vendor,
                $request: &review_core::InviteRequest,
            ) -> review_core::Result<review_core::InviteReceipt> $send
        }
    )*};
}
use sends;
