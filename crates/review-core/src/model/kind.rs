//! What a customer is asked to review.

use std::fmt;

/// What the customer is asked to review.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(rename_all = "snake_case"))]
#[non_exhaustive]
pub enum InviteKind {
    /// The shop and its service.
    #[default]
    Service,
    /// The products of the order.
    Product,
    /// Both.
    ServiceAndProduct,
    /// What the settings of the vendor account say.
    AccountDefault,
}

impl InviteKind {
    /// All kinds. The list grows with the contract.
    pub const ALL: &'static [Self] =
        &[Self::Service, Self::Product, Self::ServiceAndProduct, Self::AccountDefault];

    /// Returns whether the shop is certainly reviewed.
    #[must_use]
    pub const fn includes_service(self) -> bool {
        matches!(self, Self::Service | Self::ServiceAndProduct)
    }

    /// Returns whether the products are certainly reviewed.
    #[must_use]
    pub const fn includes_products(self) -> bool {
        matches!(self, Self::Product | Self::ServiceAndProduct)
    }

    /// Returns the word of a key and of configuration: `service_and_product`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Service => "service",
            Self::Product => "product",
            Self::ServiceAndProduct => "service_and_product",
            Self::AccountDefault => "account_default",
        }
    }
}

impl fmt::Display for InviteKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl std::str::FromStr for InviteKind {
    type Err = crate::error::FieldError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::ALL.iter().copied().find(|kind| kind.as_str() == text).ok_or_else(|| {
            let message = "must be service, product, service_and_product or account_default";
            crate::error::FieldError::new("kind", message)
        })
    }
}

impl crate::model::into_field::ParseField for InviteKind {
    fn parse_field(text: &str) -> Result<Self, crate::error::FieldError> {
        text.trim().parse()
    }
}
