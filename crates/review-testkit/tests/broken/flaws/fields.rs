//! What is known does not arrive.

use async_trait::async_trait;
use review_core::model::*;
use review_core::provider::*;
use review_core::*;
use review_testkit::FakeProvider;

use crate::flaw::{Flaw, Parts};

/// A provider that changes a request before it sends it.
macro_rules! changes {
    ($($flaw:ident: |$parts:ident| $change:block)*) => {$(
        #[derive(Default)]
        pub(crate) struct $flaw;

        #[async_trait]
        impl Flaw for $flaw {
            async fn send(&self, fake: &FakeProvider, request: &InviteRequest) -> Result<InviteReceipt> {
                let mut $parts = Parts::of(request);
                $change;
                fake.send_invite(&$parts.together()).await
            }
        }
    )*};
}

changes! {
    DropsTags: |parts| { parts.tags.clear(); }

    DropsLastName: |parts| {
        if let Some(CustomerName::FirstAndLast(first, _)) = parts.name.clone() {
            parts.name = Some(CustomerName::First(first));
        }
    }

    DropsPhone: |parts| { parts.phone = None; }

    CutsNames: |parts| {
        if let Some(name) = parts.name.as_ref().map(CustomerName::full) {
            let name: String = name.chars().take(50).collect();
            parts.name = Some(CustomerName::Full(PersonName::new(name).unwrap()));
        }
    }

    DropsProducts: |parts| {
        if parts.kind == InviteKind::Product {
            parts.products = vec![Product::builder("all", "all").build().unwrap()];
        }
    }
}
