//! What is known does not arrive.

use async_trait::async_trait;
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

/// A customer as known, without the telephone number.
fn without_phone(customer: &Customer) -> Customer {
    let mut less = Customer::new(customer.email().clone());
    if let Some(name) = customer.name() {
        less = less.with_name(name.clone());
    }
    if let (Some(reference), Some(address)) = (customer.reference(), customer.address()) {
        less = less.with_reference(reference.clone()).with_address(address.clone());
    }
    if let (Some(locale), Some(country)) = (customer.locale(), customer.country()) {
        less = less.with_locale(locale.clone()).with_country(country.clone());
    }
    less
}

changes! {
    DropsTags: |parts| { parts.tags.clear(); }

    DropsLastName: |parts| {
        if let Some(CustomerName::FirstAndLast(first, _)) = parts.customer.name().cloned() {
            parts.customer = parts.customer.with_name(CustomerName::First(first));
        }
    }

    DropsPhone: |parts| { parts.customer = without_phone(&parts.customer); }

    CutsNames: |parts| {
        if let Some(name) = parts.customer.name().map(CustomerName::full) {
            let name: String = name.chars().take(50).collect();
            parts.customer = parts.customer.with_name(CustomerName::Full(PersonName::new(name).unwrap()));
        }
    }

    DropsProducts: |parts| {
        if parts.kind == InviteKind::Product {
            let product = Product::new(Sku::new("all").unwrap(), ProductText::new("all").unwrap());
            parts.order = Order::new(parts.order.reference().clone()).with_product(product);
        }
    }
}
