//! The same code with any vendor: `REVIEW_PROVIDER` decides, and nothing is compiled anew.
//!
//! ```text
//! $ REVIEW_PROVIDER=etrusted cargo run --example switch_vendor
//! > etrusted/etrusted: Accepted
//! > left out: tags
//! $ REVIEW_PROVIDER=trustpilot cargo run --example switch_vendor
//! > trustpilot/trustpilot: Accepted
//! ```
//!
//! Without `REVIEW_PROVIDER` it goes through all vendors. With accounts in the environment it makes a dry run, and
//! sends after `-- --live you@your-shop.example`.

use review_invites::{
    Consent, Customer, CustomerName, EmailAddress, InviteReceipt, InviteRequest, OnUnsupported, Order,
    OrderReference, PersonName, Result, ReviewInviteProvider, ReviewInviteProviderExt, Tag,
};
use support::{Failure, Settings};

/// What your backend does when an order was shipped. It knows no vendor.
async fn order_shipped(
    provider: &dyn ReviewInviteProvider,
    email: EmailAddress,
    name: &str,
    number: &str,
) -> Result<InviteReceipt> {
    let customer = Customer::new(email).with_name(CustomerName::Full(PersonName::new(name)?));
    let order = Order::new(OrderReference::new(number)?);
    let request = InviteRequest::builder(customer, order, Consent::granted("checkbox at the checkout"))
        .tag(Tag::new("first-order")?)
        // eTrusted has no tags. Its provider refuses the request and says so, unless it may leave them out.
        .on_unsupported(OnUnsupported::Degrade)
        .build()?;
    provider.send_or_known(&request).await
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Failure> {
    let settings = Settings::find().await?;
    for vendor in settings.vendors() {
        let provider = settings.provider_of(&vendor)?;
        let receipt = order_shipped(&provider, settings.address()?, "Jane Doe", "1001").await?;
        println!("{}: {:?}", receipt.provider, receipt.state);
        for warning in &receipt.warnings {
            println!("  left out: {}", warning.field());
        }
    }
    settings.print_mails();
    Ok(())
}
