//! What a test can do with the WebwinkelKeur account, besides HTTP.

use crate::invited::Invited;
use crate::sandbox::Sandbox;

/// WebwinkelKeur, from the side of the customer and of the dashboard.
impl Sandbox {
    /// Submits a WebwinkelKeur review, as the customer invited for this order would: a rating of the shop, and a review of
    /// each product of the invitation. The last invitation counts. The email does not have to be due.
    ///
    /// Returns `false` if there is no such invitation, or if the stars are not within 1 to 5. The rating has no id at this
    /// vendor.
    #[must_use]
    pub fn submit_webwinkelkeur_review(&self, reference: &str, stars: u8, comment: &str) -> bool {
        self.app.state().webwinkelkeur.submit_review(&Invited::for_order(reference), stars, comment)
    }

    /// Sets whether the customer of this order consented in WebwinkelKeur's pop-up; `order_permissions.json` shows it.
    pub fn set_webwinkelkeur_consent(&self, reference: &str, consent: bool) {
        let consents = &mut self.app.state().webwinkelkeur.consents;
        if consent {
            consents.insert(reference.to_owned());
        } else {
            consents.remove(reference);
        }
    }

    /// Sets whether the code of the WebwinkelKeur account is revoked. While it is, all credentials are incorrect.
    pub fn set_webwinkelkeur_code_revoked(&self, revoked: bool) {
        self.app.state().webwinkelkeur.code_revoked = revoked;
    }

    /// Sets whether WebwinkelKeur rejects calls under `1.0` with an HTTP error: 401 for the credentials, 400 for the rest. By
    /// default the status is 200, because the vendor does not document it. The body has `"status": "error"` in any case.
    pub fn set_webwinkelkeur_http_errors(&self, http_errors: bool) {
        self.app.state().webwinkelkeur.http_errors = http_errors;
    }
}
