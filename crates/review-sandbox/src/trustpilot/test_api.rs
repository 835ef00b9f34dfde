//! What a test can do and see of Trustpilot, beyond HTTP.

use serde_json::{Value, json};

use super::{DeletedInvitationData, SubmittedReview, WEB};
use crate::json_schema::text;
use crate::sandbox::Sandbox;

/// Trustpilot, seen from behind.
impl Sandbox {
    /// Logs the user in at Trustpilot's page and gives back the code its browser would carry to `redirect_uri`, for
    /// the authorization code grant. It works once, and only with the same address, which has to be https.
    #[must_use]
    pub fn issue_authorization_code(&self, redirect_uri: &str) -> String {
        self.app.state().trustpilot.tokens.issue_code(redirect_uri)
    }

    /// Puts a product into Trustpilot's private products, as an upload before the test would, and gives back its id.
    /// Without it, invitations by `productSkus` are refused.
    pub fn add_product(&self, sku: &str) -> String {
        let product =
            json!({"sku": sku, "title": format!("Product {sku}"), "link": format!("{WEB}/product")});
        let product: Value = self.app.state().trustpilot.catalogue.upsert(&product);
        text(&product, "/id").unwrap_or_default().to_owned()
    }

    /// Writes what a customer would whom Trustpilot has invited under this reference, by mail or by link: a review
    /// of the service and of each product, as far as invited. Each invitation can be used once, the oldest goes first,
    /// and it does not wait for the mail's send time. Stars beyond 1 to 5 count as the nearest of these.
    ///
    /// Nothing is written, and nothing given back, when nobody was invited, or the invitation's data was deleted.
    pub fn submit_trustpilot_review(&self, reference: &str, stars: u8, text: &str) -> Vec<SubmittedReview> {
        let now = self.app.clock().now();
        self.app.state().trustpilot.submit_review(now, reference, stars, text)
    }

    /// The deletions of invitation data Trustpilot has accepted, in order. [`emails`](Self::emails) keeps the mails all
    /// the same.
    #[must_use]
    pub fn deleted_invitation_data(&self) -> Vec<DeletedInvitationData> {
        self.app.state().trustpilot.deleted_invitation_data.clone()
    }

    /// Makes the CDN before Trustpilot's API refuse every call with 403 and a page of HTML, or let them in again.
    pub fn set_cdn_blocking(&self, blocking: bool) {
        self.app.state().trustpilot.cdn_blocking = blocking;
    }
}
