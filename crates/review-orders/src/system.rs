//! Which shop system wrote a record.

use std::fmt;

use crate::value::Fields;
use crate::{shopify, woocommerce};

/// A shop system whose orders are read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ShopSystem {
    /// Shopify: orders of the REST Admin API and of its webhooks.
    Shopify,
    /// WooCommerce: orders of the REST API v2 and v3, and of the legacy API v3.
    WooCommerce,
}

/// The systems and the members only their orders have. A new system gets a line here and a file of
/// its own.
const SYSTEMS: [(ShopSystem, &[&str]); 2] =
    [(ShopSystem::Shopify, shopify::MEMBERS), (ShopSystem::WooCommerce, woocommerce::MEMBERS)];

impl ShopSystem {
    /// Recognises the system by most of its members, so that a missing one or one that another
    /// plugin added does not matter. On failure: the system, if that much is clear, and a sentence.
    pub(crate) fn detect(record: &Fields<'_>) -> Result<Self, (Option<Self>, String)> {
        let mut counts = SYSTEMS.map(|(system, members)| {
            let found = members.iter().filter(|member| record.has(member)).count();
            (found, system)
        });
        counts.sort_by_key(|(found, _)| std::cmp::Reverse(*found));
        match counts {
            [(0, _), ..] if shopify::is_fulfillment(record) => Err((
                Some(Self::Shopify),
                "this is a Shopify fulfillment, which names neither the customer nor the payment; \
                 send the order it belongs to (order_id) instead, e.g. from the topic orders/fulfilled"
                    .to_owned(),
            )),
            [(0, _), ..] => Err((None, unknown())),
            [(first, _), (second, _)] if first == second => Err((
                None,
                "this has members of several shop systems, so that nobody can tell whose order it is"
                    .to_owned(),
            )),
            [(_, system), ..] => Ok(system),
        }
    }
}

/// Says what would have been recognised. The members found are not repeated: they may be anything.
fn unknown() -> String {
    let known = SYSTEMS.map(|(system, members)| format!("{system} (looked for {})", members.join(", ")));
    format!("expected an order of {}; found no member of any", known.join(" or "))
}

impl fmt::Display for ShopSystem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Shopify => "Shopify",
            Self::WooCommerce => "WooCommerce",
        })
    }
}
