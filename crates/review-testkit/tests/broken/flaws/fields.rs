//! Values of a request do not arrive, or arrive as something else.

use review_core::model::*;
use review_core::*;

use super::sends;

/// Defines providers that change a request before they send it.
macro_rules! changes_requests {
    ($($flaw:ident: |$parts:ident| $change:block)*) => {
        sends! {$(
            $flaw: |vendor, request| {
                let mut $parts = crate::parts::Parts::of(request);
                $change;
                $parts.send(vendor).await
            }
        )*}
    };
}
pub(super) use changes_requests;

changes_requests! {
    DropsTags: |parts| { parts.tags.clear(); }

    DropsLastName: |parts| {
        if let Some(CustomerName::FirstAndLast(first, _)) = parts.name.clone() {
            parts.name = Some(CustomerName::First(first));
        }
    }

    SwapsNames: |parts| {
        if let Some(CustomerName::FirstAndLast(first, last)) = parts.name.clone() {
            parts.name = Some(CustomerName::FirstAndLast(last, first));
        }
    }

    DropsPhone: |parts| { parts.phone = None; }

    TruncatesNames: |parts| {
        if let Some(CustomerName::Full(name)) = &parts.name {
            let name: String = name.as_str().chars().take(50).collect();
            parts.name = Some(CustomerName::Full(PersonName::new(name).unwrap()));
        }
    }

    DropsProducts: |parts| {
        if parts.kind == InviteKind::Product {
            parts.products = vec![Product::builder("all", "all").build().unwrap()];
        }
    }

    AsksForProducts: |parts| {
        if parts.kind == InviteKind::Service && !parts.products.is_empty() {
            parts.kind = InviteKind::ServiceAndProduct;
        }
    }

    DropsOrderDate: |parts| {
        if !matches!(parts.send_at, SendAt::After(..)) {
            parts.placed_at = None;
        }
    }
}

sends! {
    RejectsDatedOrders: |vendor, request| {
        if request.order().placed_at().is_some() && request.send_at() == SendAt::AccountDefault {
            let error = Error::new(ErrorKind::InvalidRequest, "no dates");
            return Err(error.with_provider(vendor.info()).with_operation("send_invite"));
        }
        vendor.send_invite(request).await
    }
}
