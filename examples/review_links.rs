//! A link in the shop's own mail: the vendor makes a personal address and sends nothing.
//!
//! ```text
//! $ REVIEW_PROVIDER=trustpilot cargo run --example review_links
//! > Subject: How was order 1001?
//! > the sandbox would have sent 0 mail(s)
//! $ REVIEW_PROVIDER=etrusted cargo run --example review_links
//! > Tell us: http
//! ```
//!
//! With an account in the environment it makes a link after `-- --live you@your-shop.example`; no mail goes out.

use review_invites::{
    Consent, Customer, CustomerName, ErrorKind, InviteRequest, Locale, Operation, Order, OrderReference,
    PersonName, ReviewLink,
};
use support::{Failure, Settings};

/// The mail goes to this customer alone: whoever has the link can write the review in their name.
fn mail(request: &InviteRequest, link: &ReviewLink) -> String {
    let name = request.customer().name().and_then(CustomerName::first).unwrap_or("customer");
    let (to, number) = (request.customer().email().as_str(), request.order().reference());
    format!(
        "To: {to}\nSubject: How was order {number}?\n\nDear {name},\n\nare you happy with what you bought?\nTell us: {}\n",
        link.url
    )
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Failure> {
    let settings = Settings::find().await?;
    let customer = Customer::new(settings.address()?)
        .with_name(CustomerName::FirstAndLast(PersonName::new("Jane")?, PersonName::new("Doe")?))
        .with_locale(Locale::new("en-GB")?);
    let order = Order::new(OrderReference::new("1001")?);
    let consent = Consent::legal_basis("the confirmation of the order, which is sent anyway");
    let request = InviteRequest::builder(customer, order, consent).build()?;

    for vendor in settings.vendors() {
        let provider = settings.provider_of(&vendor)?;
        if !provider.capabilities().has(Operation::CreateLink) {
            println!("{vendor} makes no links");
            continue;
        }
        match provider.create_link(&request).await {
            Ok(link) => println!("{}", mail(&request, &link)),
            Err(error) if error.kind() == ErrorKind::Blocked => println!("{error}"),
            Err(error) => return Err(error.into()),
        }
    }
    settings.print_mails();
    Ok(())
}
