//! What a test can do with the Kiyoh account, besides HTTP.

use crate::invited::Invited;
use crate::sandbox::Sandbox;

/// Kiyoh, from the side of the customer and of the dashboard.
impl Sandbox {
    /// Submits a Kiyoh review, as the customer invited under this reference would, and returns its id (`reviewId`). The
    /// customer was invited by email, or has opened an invite link. The last invitation counts. Shop and products get
    /// the same rating, as far as the invitation is about them. The email does not have to be due.
    ///
    /// Returns `None` if there is no such invitation, or if the rating is not within 1 to 10.
    #[must_use]
    pub fn submit_kiyoh_review(&self, reference: &str, rating: u8, comment: &str) -> Option<String> {
        self.app.state().kiyoh.submit_review(&Invited::for_order(reference), rating, comment)
    }

    /// Sets whether the Kiyoh location is active. While it is not, invitations are accepted and no email goes out;
    /// `locationActive` of the statistics shows it.
    pub fn set_kiyoh_location_active(&self, active: bool) {
        self.app.state().kiyoh.location_active = active;
    }

    /// Sets whether the Kiyoh token is revoked. While it is, every call gets 401.
    pub fn set_kiyoh_token_revoked(&self, revoked: bool) {
        self.app.state().kiyoh.token_revoked = revoked;
    }
}
