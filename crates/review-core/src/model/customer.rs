//! The person who is asked.

use super::text::text_type;
use super::{CountryCode, EmailAddress, Locale, PhoneNumber};

text_type! {
    /// A first name, a last name or a whole name. `Debug` shows nothing of it.
    personal PersonName, "customer.name", 200
}
text_type! {
    /// The shop's own id of the customer. `Debug` shows nothing of it.
    personal CustomerReference, "customer.reference", 255
}
text_type! {
    /// A postal address in one line. `Debug` shows nothing of it.
    personal PostalAddress, "customer.address", 500
}

/// What a customer is called: in one piece, or as first and last name, as the shop knows it.
/// A whole name is never split: where the first name ends differs from language to language.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum CustomerName {
    /// The name in one piece.
    Full(PersonName),
    /// Only a first name is known.
    First(PersonName),
    /// Only a last name is known.
    Last(PersonName),
    /// First and last name.
    FirstAndLast(PersonName, PersonName),
}

impl CustomerName {
    /// The first name, where it is known on its own.
    #[must_use]
    pub fn first(&self) -> Option<&str> {
        match self {
            Self::First(first) | Self::FirstAndLast(first, _) => Some(first.as_str()),
            Self::Full(_) | Self::Last(_) => None,
        }
    }

    /// The last name, where it is known on its own.
    #[must_use]
    pub fn last(&self) -> Option<&str> {
        match self {
            Self::Last(last) | Self::FirstAndLast(_, last) => Some(last.as_str()),
            Self::Full(_) | Self::First(_) => None,
        }
    }

    /// All that is known, in one piece: first name before last name.
    #[must_use]
    pub fn full(&self) -> String {
        match self {
            Self::Full(name) | Self::First(name) | Self::Last(name) => name.as_str().to_owned(),
            Self::FirstAndLast(first, last) => format!("{} {}", first.as_str(), last.as_str()),
        }
    }
}

/// The person who is asked for a review. Every part has been checked when it was made, and none of
/// it shows in `Debug`.
///
/// ```
/// use review_core::{Customer, CustomerName, EmailAddress, Locale, PersonName};
///
/// let customer = Customer::new(EmailAddress::new("jane@example.com")?)
///     .with_name(CustomerName::FirstAndLast(PersonName::new("Jane")?, PersonName::new("Doe")?))
///     .with_locale(Locale::new("en-GB")?);
/// assert!(!format!("{customer:?}").contains("Jane"));
/// # Ok::<(), review_core::FieldError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Customer {
    email: EmailAddress,
    name: Option<CustomerName>,
    reference: Option<CustomerReference>,
    phone: Option<PhoneNumber>,
    address: Option<PostalAddress>,
    locale: Option<Locale>,
    country: Option<CountryCode>,
}

impl Customer {
    /// A customer of whom only the address is known. Some vendors want a name too
    /// (see [`Requirement::CustomerName`](crate::Requirement::CustomerName)).
    #[must_use]
    pub fn new(email: EmailAddress) -> Self {
        Self { email, name: None, reference: None, phone: None, address: None, locale: None, country: None }
    }

    /// Sets the name.
    #[must_use]
    pub fn with_name(mut self, name: CustomerName) -> Self {
        self.name = Some(name);
        self
    }

    /// Sets the shop's own id of the customer.
    #[must_use]
    pub fn with_reference(mut self, reference: CustomerReference) -> Self {
        self.reference = Some(reference);
        self
    }

    /// Sets the telephone number.
    #[must_use]
    pub fn with_phone(mut self, phone: PhoneNumber) -> Self {
        self.phone = Some(phone);
        self
    }

    /// Sets the postal address.
    #[must_use]
    pub fn with_address(mut self, address: PostalAddress) -> Self {
        self.address = Some(address);
        self
    }

    /// Sets the language the customer is written to in. Without it the vendor's account decides.
    #[must_use]
    pub fn with_locale(mut self, locale: Locale) -> Self {
        self.locale = Some(locale);
        self
    }

    /// Sets the country the customer lives in.
    #[must_use]
    pub fn with_country(mut self, country: CountryCode) -> Self {
        self.country = Some(country);
        self
    }

    /// The address to write to.
    #[must_use]
    pub fn email(&self) -> &EmailAddress {
        &self.email
    }

    /// The name.
    #[must_use]
    pub fn name(&self) -> Option<&CustomerName> {
        self.name.as_ref()
    }

    /// The shop's own id of the customer.
    #[must_use]
    pub fn reference(&self) -> Option<&CustomerReference> {
        self.reference.as_ref()
    }

    /// The telephone number.
    #[must_use]
    pub fn phone(&self) -> Option<&PhoneNumber> {
        self.phone.as_ref()
    }

    /// The postal address.
    #[must_use]
    pub fn address(&self) -> Option<&PostalAddress> {
        self.address.as_ref()
    }

    /// The language to write in.
    #[must_use]
    pub fn locale(&self) -> Option<&Locale> {
        self.locale.as_ref()
    }

    /// The country.
    #[must_use]
    pub fn country(&self) -> Option<&CountryCode> {
        self.country.as_ref()
    }

    /// Every value that must not show up in a log or an error. Providers mask them in what a vendor
    /// answers, since an error text may quote its input.
    #[must_use]
    pub fn personal_values(&self) -> Vec<String> {
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_personal_shows_in_debug() {
        let customer = Customer::new(EmailAddress::new("canary@example.com").unwrap())
            .with_name(CustomerName::FirstAndLast(
                PersonName::new("Canary").unwrap(),
                PersonName::new("Birdie").unwrap(),
            ))
            .with_reference(CustomerReference::new("canary-17").unwrap())
            .with_phone(PhoneNumber::new("+4930123456").unwrap())
            .with_address(PostalAddress::new("Canary Road 1").unwrap());
        let shown = format!("{customer:?}").to_lowercase();
        for value in customer.personal_values() {
            assert!(!shown.contains(&value.to_lowercase()), "{shown}");
        }
        assert_eq!(customer.personal_values().len(), 7);
    }

    #[test]
    fn a_name_in_one_piece_is_not_split() {
        let name = CustomerName::Full(PersonName::new("Jane van Doe").unwrap());
        assert_eq!((name.first(), name.last(), name.full().as_str()), (None, None, "Jane van Doe"));
    }
}
