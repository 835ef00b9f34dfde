//! Customers, orders and invitations, in no vendor's words.

mod consent;
mod customer;
mod email;
mod locale;
mod options;
mod order;
mod phone;
mod product;
mod request;
mod send_at;
mod text;

pub use consent::Consent;
pub use customer::{Customer, CustomerName, CustomerReference, PersonName, PostalAddress};
pub use email::EmailAddress;
pub use locale::{CountryCode, Locale};
pub use options::VendorOptions;
pub use order::{Order, OrderReference, ShopKey};
pub use phone::PhoneNumber;
pub use product::{Gtin, Product, ProductText, Sku};
pub use request::{
    InviteKey, InviteKind, InviteRequest, InviteRequestBuilder, LocationId, OnUnsupported, Sender, Tag,
    TemplateId,
};
pub use send_at::{Anchor, SendAt};
