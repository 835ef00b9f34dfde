//! Validates single values with the types of `review-core`, and converts an eligible order into a request.

use review_core::model::{InviteRequestBuilder, ParseField, ProductBuilder};
use review_core::{Consent, InviteRequest, Product};

use crate::eligible_order::{EligibleOrder, OrderName, OrderProduct};

/// Validates a text. The error is a description that does not repeat it.
pub(crate) fn check<T: ParseField>(text: &str) -> Result<T, String> {
    T::parse_field(text).map_err(|error| error.message().to_owned())
}

impl EligibleOrder {
    /// Converts the order into a builder of an [`InviteRequest`], to which the kind, the send time and
    /// further values are added. Products without an SKU are left out, because a [`Product`] requires
    /// one.
    ///
    /// The values are validated already, so [`InviteRequestBuilder::build`] reports only what was added.
    pub fn into_builder(self) -> InviteRequestBuilder {
        let consent = match self.consent.at {
            Some(at) => Consent::granted_at(self.consent.source, at),
            None => Consent::granted(self.consent.source),
        };
        let builder = InviteRequest::builder(self.email, self.order_reference, consent)
            .phone(self.phone)
            .locale(self.locale)
            .country(self.country)
            .customer_reference(self.customer_reference)
            .placed_at(self.placed_at)
            .paid_at(self.paid_at)
            .shipped_at(self.shipped_at)
            .delivered_at(self.delivered_at)
            .products(self.products.into_iter().filter_map(convert_product));
        match self.name {
            None => builder,
            Some(OrderName::First(first)) => builder.first_name(first),
            Some(OrderName::Last(last)) => builder.last_name(last),
            Some(OrderName::FirstAndLast(first, last)) => builder.first_name(first).last_name(last),
            Some(OrderName::Full(name)) => builder.name(name),
        }
    }
}

fn convert_product(from: OrderProduct) -> Option<ProductBuilder> {
    let product = Product::builder(from.sku?, from.name)
        .gtin(from.gtin)
        .mpn(from.mpn)
        .brand(from.brand)
        .url(from.url)
        .image_url(from.image_url);
    Some(product)
}
