//! An invitation whose personal values are known, to be looked for in all that is shown.

use review_core::{
    Consent, Customer, CustomerName, CustomerReference, EmailAddress, Error, InviteRequest, Order,
    OrderReference, PersonName, PhoneNumber,
};

/// What must not show. They are long and stand in no text of ours, so that finding one is no accident; the first
/// name is short and has a short part, as names do.
pub const PERSONAL: [&str; 5] =
    ["canaryperson@example.com", "Canarilla", "Canarienvogel", "+4930998877665", "canary-customer-17"];

pub fn request() -> Result<InviteRequest, Error> {
    let [email, first, last, phone, reference] = PERSONAL;
    let customer = Customer::new(EmailAddress::new(email)?)
        .with_name(CustomerName::FirstAndLast(PersonName::new(first)?, PersonName::new(last)?))
        .with_phone(PhoneNumber::new(phone)?)
        .with_reference(CustomerReference::new(reference)?);
    let order = Order::new(OrderReference::new("1001")?);
    InviteRequest::builder(customer, order, Consent::granted("checkbox")).build()
}

/// No value may stand in any text an error shows of itself.
pub fn assert_hidden<'a>(error: &Error, values: impl IntoIterator<Item = &'a str>) {
    let mut shown = format!("{error} {error:?} {error:#?}");
    let mut source = std::error::Error::source(error);
    while let Some(cause) = source {
        shown += &format!("{cause} {cause:?}");
        source = cause.source();
    }
    let shown = shown.to_lowercase();
    for value in values {
        assert!(!shown.contains(&value.to_lowercase()), "{value} shows in {shown}");
    }
}
