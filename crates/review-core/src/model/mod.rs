//! Customers, orders and requests, independent of any vendor.

mod builder;
mod characters;
mod collector;
pub(crate) mod consent;
mod customer;
pub(crate) mod email;
pub(crate) mod field;
mod into_field;
pub(crate) mod key;
pub(crate) mod kind;
pub(crate) mod locale;
mod metadata;
pub(crate) mod order;
mod phone;
pub(crate) mod product;
pub(crate) mod request;
pub(crate) mod send_at;
#[cfg(feature = "serde")]
mod stored;
mod text;
mod url;
mod vendor_options;

pub use self::builder::InviteRequestBuilder;
pub use self::characters::{is_control_or_bidi, is_invisible};
pub use self::consent::Consent;
pub use self::customer::{Customer, CustomerName, CustomerReference, PersonName, PostalAddress};
pub use self::email::EmailAddress;
pub use self::field::Field;
pub use self::into_field::{IntoField, IntoOptionalField, ParseField};
pub use self::key::InviteKey;
pub use self::kind::InviteKind;
pub use self::locale::{CountryCode, Locale};
pub use self::metadata::MetadataValue;
pub use self::order::{Order, OrderReference, ShopId};
pub use self::phone::PhoneNumber;
pub use self::product::{Gtin, Product, ProductBuilder, ProductName, Sku};
pub use self::request::{InviteRequest, LocationId, Sender, Tag, TemplateId};
pub use self::send_at::{DelayFrom, SendAt, whole_days_until};
pub use self::vendor_options::VendorOptions;
