//! The shortest way: one customer, one order, one invitation.
//!
//! ```text
//! $ cargo run --example quickstart
//! > etrusted/etrusted: Accepted
//! > the sandbox would have sent 1 mail(s)
//! ```
//!
//! With an account in the environment (the README lists the variables) it makes a dry run, and sends after
//! `-- --live you@your-shop.example`.

use review_invites::{
    Consent, Customer, CustomerName, InviteRequest, Locale, Order, OrderReference, PersonName,
    ReviewInviteProviderExt,
};
use support::{Failure, Settings};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Failure> {
    // In your program: let provider = review_invites::from_env()?;
    let settings = Settings::find().await?;
    let provider = settings.provider()?;

    // Every value is checked when it is made, so that nothing wrong gets as far as the vendor.
    let customer = Customer::new(settings.address()?)
        .with_name(CustomerName::Full(PersonName::new("Jane Doe")?))
        .with_locale(Locale::new("en-GB")?);
    let order = Order::new(OrderReference::new("1001")?);
    // Without saying why this customer may be asked there is no request.
    let consent = Consent::granted("checkbox at the checkout");
    let request = InviteRequest::builder(customer, order, consent).build()?;

    // What would be sent, without personal data. No call is made.
    for call in provider.preview(&request)?.calls {
        println!("{call}");
    }
    let receipt = provider.send_or_known(&request).await?;
    println!("{}: {:?}", receipt.provider, receipt.state);
    settings.print_mails();
    Ok(())
}
