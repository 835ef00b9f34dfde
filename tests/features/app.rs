//! An application that knows no vendor. Two packages build this very file; their features differ, and so does the
//! platform that invites. `../features.rs` runs both.

use std::io::Write as _;

use review_invites::{
    Consent, Customer, CustomerName, EmailAddress, InviteRequest, Order, OrderReference, PersonName, Result,
    ReviewInviteProviderExt,
};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<()> {
    let provider = review_invites::from_env()?;
    let customer = Customer::new(EmailAddress::new("jane@example.com")?)
        .with_name(CustomerName::Full(PersonName::new("Jane Doe")?));
    let order = Order::new(OrderReference::new("1001")?);
    let request =
        InviteRequest::builder(customer, order, Consent::granted("checkbox at the checkout")).build()?;
    let receipt = provider.send_or_known(&request).await?;
    // A reader who has gone is no failure of the invitation.
    let _ = writeln!(std::io::stdout(), "{}: {:?}", receipt.provider, receipt.state);
    Ok(())
}
