//! The values of a request, as a vendor receives them.

use std::fmt;

macro_rules! wire_fields {
    ($($variant:ident $path:literal, $doc:literal;)*) => {
        /// A value of a request that a vendor can receive. A harness describes with it how, and whether, a value
        /// arrives.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        #[non_exhaustive]
        pub enum WireField {
            $(#[doc = $doc] $variant,)*
        }

        impl WireField {
            /// Returns the path of the value in a request, as errors contain it: `customer.email`.
            #[must_use]
            pub const fn path(self) -> &'static str {
                match self {
                    $(Self::$variant => $path,)*
                }
            }
        }
    };
}

wire_fields! {
    Email "customer.email", "The email address of the customer.";
    OrderReference "order.reference", "The reference of the order.";
    FirstName "customer.first_name", "The first name, `Quetzalina`.";
    LastName "customer.last_name", "The last name, `Fitzcarraldo`.";
    Name "customer.name", "The name of a customer whose first and last name are not known.";
    Locale "customer.locale", "The locale that the capabilities allow, such as `de-DE`.";
    Phone "customer.phone", "The phone number in E.164 form.";
    Address "customer.address", "The postal address.";
    CustomerReference "customer.reference", "The shop's own id of the customer.";
    PlacedAt "order.placed_at", "The time of the order, such as `2031-02-03T04:05:06` (UTC).";
    PaidAt "order.paid_at", "The time of the payment, in the same form.";
    ShippedAt "order.shipped_at", "The time of the shipment, in the same form.";
    DeliveredAt "order.delivered_at", "The time of the delivery, in the same form.";
    EstimatedDelivery "order.estimated_delivery", "The day of the estimated delivery, such as `2031-02-03`.";
    Sku "order.products.sku", "The SKU of a product.";
    ProductName "order.products.name", "The name of a product.";
    ProductUrl "order.products.url", "The URL of a product.";
    ImageUrl "order.products.image_url", "The URL of an image.";
    Gtin "order.products.gtin", "The GTIN of a product.";
    Mpn "order.products.mpn", "The manufacturer's number of a product.";
    Brand "order.products.brand", "The brand of a product.";
    Category "order.products.category", "The category of a product.";
    SendAt "send_at", "The time of the invitation, such as `2031-02-03T04:05:06` (UTC).";
    Template "template", "The template.";
    Tags "tags", "A tag.";
    RedirectUrl "redirect_url", "The page after the review.";
    Location "location", "The branch.";
    ReplyTo "reply_to", "The address for replies.";
    SenderName "sender.name", "The name of the sender.";
    SenderEmail "sender.email", "The address of the sender.";
    Metadata "order.metadata", "A key or a value of the metadata.";
}

impl WireField {
    /// Returns whether a vendor can lack it without a declaration in the capabilities.
    pub(super) const fn may_be_unmapped(self) -> bool {
        use WireField::{
            Address, Brand, Category, CustomerReference, DeliveredAt, EstimatedDelivery, Gtin, ImageUrl,
            Locale, Mpn, PaidAt, Phone, PlacedAt, ShippedAt,
        };
        matches!(
            self,
            Locale
                | Phone
                | Address
                | CustomerReference
                | PlacedAt
                | PaidAt
                | ShippedAt
                | DeliveredAt
                | EstimatedDelivery
                | ImageUrl
                | Gtin
                | Mpn
                | Brand
                | Category
        )
    }
}

impl fmt::Display for WireField {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.path())
    }
}
