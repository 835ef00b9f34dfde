//! An application that does not know the vendor. A package for each vendor builds this file; their features differ,
//! and so does the platform that invites. `.ci/run features` runs them.

use std::io::Write as _;

use review_invites::prelude::*;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<()> {
    let provider = review_invites::from_env()?;
    let consent = Consent::granted("checkbox at the checkout");
    let request = InviteRequest::builder("jane@example.com", "1001", consent).name("Jane Doe").build()?;
    let receipt = provider.send_invite(&request).await?;
    // A closed pipe is not a failure of the invitation.
    let _ = writeln!(std::io::stdout(), "{}: {}", receipt.provider, receipt.state);
    Ok(())
}
