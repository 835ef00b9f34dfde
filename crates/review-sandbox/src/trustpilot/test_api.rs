//! What a test can do at Trustpilot beyond HTTP.

use serde_json::{Value, json};

use super::ids::WEB;
use super::reviews::SubmittedReview;
use super::store::DeletedInvitationData;
use crate::invited::Invited;
use crate::json_schema::text;
use crate::sandbox::Sandbox;

/// Trustpilot, from the side of its users and customers.
impl Sandbox {
    /// Logs the user in at Trustpilot's page, and returns the code that the browser would carry to `redirect_uri`,
    /// for the authorization code grant. It works once, and only with the same URL, which has to be https.
    #[must_use]
    pub fn issue_authorization_code(&self, redirect_uri: &str) -> String {
        self.app.state().trustpilot.tokens.issue_code(redirect_uri)
    }

    /// Adds a product to Trustpilot's private products, like an upload before the test, and returns its id. Without
    /// it, invitations by `productSkus` are rejected.
    pub fn add_product(&self, sku: &str) -> String {
        let product =
            json!({"sku": sku, "title": format!("Product {sku}"), "link": format!("{WEB}/product")});
        let product: Value = self.app.state().trustpilot.catalogue.upsert(&product);
        text(&product, "/id").unwrap_or_default().to_owned()
    }

    /// Submits reviews, as a customer would whom Trustpilot has invited under this reference, by email or by link:
    /// one of the service and one of each product, depending on the invitations. Each invitation can be used once,
    /// the oldest first. The email does not have to be due. Stars outside 1 to 5 count as the nearest of these.
    ///
    /// Returns the reviews; none if there is no invitation, or if its data was deleted.
    pub fn submit_trustpilot_review(&self, reference: &str, stars: u8, text: &str) -> Vec<SubmittedReview> {
        let now = self.app.clock().now();
        self.app.state().trustpilot.submit_review(now, &Invited::for_order(reference), stars, text)
    }

    /// Returns the deletions of invitation data that Trustpilot has accepted, in order. [`emails`](Self::emails)
    /// still contains the emails.
    #[must_use]
    pub fn deleted_invitation_data(&self) -> Vec<DeletedInvitationData> {
        self.app.state().trustpilot.deleted_invitation_data.clone()
    }

    /// Makes the CDN in front of Trustpilot's API reject every request with 403 and an HTML page, or stop doing so.
    pub fn set_cdn_blocking(&self, blocking: bool) {
        self.app.state().trustpilot.cdn_blocking = blocking;
    }
}
