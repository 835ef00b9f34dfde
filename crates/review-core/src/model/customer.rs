//! The customer.

use super::email::EmailAddress;
use super::locale::{CountryCode, Locale};
use super::phone::PhoneNumber;
use super::text::{check_id, text_type};

text_type! {
    /// A first name, a last name or a whole name: at most 200 characters. `Debug` does not show it.
    personal PersonName, "customer.name", 200
}
text_type! {
    /// The shop's own id of the customer: at most 255 characters. `Debug` does not show it.
    personal CustomerReference, |text| check_id("customer.reference", text, 255)
}
text_type! {
    /// A postal address in one line: at most 500 characters. `Debug` does not show it.
    personal PostalAddress, "customer.address", 500
}

/// A customer's name, as a whole or as first and last name, as the shop stores it. A whole name is
/// never split: where the first name ends differs between languages.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(rename_all = "snake_case"))]
#[non_exhaustive]
pub enum CustomerName {
    /// The whole name.
    Full(PersonName),
    /// Only a first name is known.
    First(PersonName),
    /// Only a last name is known.
    Last(PersonName),
    /// First and last name.
    FirstAndLast(PersonName, PersonName),
}

impl CustomerName {
    /// Returns the first name, if it is known separately.
    #[must_use]
    pub fn first(&self) -> Option<&str> {
        match self {
            Self::First(first) | Self::FirstAndLast(first, _) => Some(first.as_str()),
            Self::Full(_) | Self::Last(_) => None,
        }
    }

    /// Returns the last name, if it is known separately.
    #[must_use]
    pub fn last(&self) -> Option<&str> {
        match self {
            Self::Last(last) | Self::FirstAndLast(_, last) => Some(last.as_str()),
            Self::Full(_) | Self::First(_) => None,
        }
    }

    /// Returns everything that is known as one text: first name before last name.
    #[must_use]
    pub fn full(&self) -> String {
        match self {
            Self::Full(name) | Self::First(name) | Self::Last(name) => name.as_str().to_owned(),
            Self::FirstAndLast(first, last) => format!("{} {}", first.as_str(), last.as_str()),
        }
    }
}

/// The customer who is invited. Created by
/// [`InviteRequest::builder`](crate::InviteRequest::builder). `Debug` does not show personal values.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Customer {
    pub(super) email: EmailAddress,
    #[cfg_attr(feature = "serde", serde(default, skip_serializing_if = "Option::is_none"))]
    pub(super) name: Option<CustomerName>,
    #[cfg_attr(feature = "serde", serde(default, skip_serializing_if = "Option::is_none"))]
    pub(super) reference: Option<CustomerReference>,
    #[cfg_attr(feature = "serde", serde(default, skip_serializing_if = "Option::is_none"))]
    pub(super) phone: Option<PhoneNumber>,
    #[cfg_attr(feature = "serde", serde(default, skip_serializing_if = "Option::is_none"))]
    pub(super) address: Option<PostalAddress>,
    #[cfg_attr(feature = "serde", serde(default, skip_serializing_if = "Option::is_none"))]
    pub(super) locale: Option<Locale>,
    #[cfg_attr(feature = "serde", serde(default, skip_serializing_if = "Option::is_none"))]
    pub(super) country: Option<CountryCode>,
}

impl Customer {
    /// Returns the email address.
    #[must_use]
    pub fn email(&self) -> &EmailAddress {
        &self.email
    }

    /// Returns the name.
    #[must_use]
    pub fn name(&self) -> Option<&CustomerName> {
        self.name.as_ref()
    }

    /// Returns the shop's own id of the customer.
    #[must_use]
    pub fn reference(&self) -> Option<&CustomerReference> {
        self.reference.as_ref()
    }

    /// Returns the phone number.
    #[must_use]
    pub fn phone(&self) -> Option<&PhoneNumber> {
        self.phone.as_ref()
    }

    /// Returns the postal address.
    #[must_use]
    pub fn address(&self) -> Option<&PostalAddress> {
        self.address.as_ref()
    }

    /// Returns the language of the invitation. Without it the vendor's account decides.
    #[must_use]
    pub fn locale(&self) -> Option<&Locale> {
        self.locale.as_ref()
    }

    /// Returns the country.
    #[must_use]
    pub fn country(&self) -> Option<&CountryCode> {
        self.country.as_ref()
    }

    /// Returns every value that must not appear in a log or an error. Vendor crates remove them from
    /// messages of the vendor, because an error message may quote its input.
    #[doc(hidden)]
    #[must_use]
    pub fn pii_values(&self) -> Vec<String> {
        let mut values = vec![self.email.as_str().to_owned()];
        if let Some(name) = &self.name {
            values.push(name.full());
            values.extend(name.first().map(str::to_owned));
            values.extend(name.last().map(str::to_owned));
        }
        values.extend(self.reference.as_ref().map(|reference| reference.as_str().to_owned()));
        values.extend(self.phone.as_ref().map(|phone| phone.as_str().to_owned()));
        values.extend(self.address.as_ref().map(|address| address.as_str().to_owned()));
        values
    }
}
