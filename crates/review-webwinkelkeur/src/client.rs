//! The vendor's other endpoints, typed.

use review_core::Result;
use review_core::model::OrderReference;
use review_http::vendor::{Api, HttpProvider};

use crate::config::Webwinkelkeur;
use crate::operations::{GET_ORDER_PERMISSIONS, GET_WEB_SHOP};
use crate::wire::web_shop::{OrderPermissions, WebShop, WebShopResponse};

/// The vendor's endpoints for the web shop and for consents. It shares limits with the provider.
///
/// ```
/// use review_core::Result;
/// use review_core::model::OrderReference;
/// use review_webwinkelkeur::{WebwinkelkeurClient, WebwinkelkeurProvider};
///
/// async fn may_invite(provider: &WebwinkelkeurProvider, order: &OrderReference) -> Result<bool> {
///     WebwinkelkeurClient::new(provider).has_consent(order).await
/// }
/// ```
#[derive(Clone, Debug)]
pub struct WebwinkelkeurClient(pub(crate) Api<Webwinkelkeur>);

impl WebwinkelkeurClient {
    /// Creates a client for the web shop of a provider.
    #[must_use]
    pub fn new(provider: &HttpProvider<Webwinkelkeur>) -> Self {
        Self(provider.api())
    }

    /// Returns the web shop. DIS: one copy of the documentation names the path `webshops.json`; a newer copy and the
    /// vendor's own clients `webshop.json`.
    ///
    /// # Errors
    /// See [`Error`](review_core::Error).
    pub async fn web_shop(&self) -> Result<WebShop> {
        let step = self.0.vendor().read(GET_WEB_SHOP, &["1.0", "webshop.json"]);
        self.0.send_json::<WebShopResponse>(&step).await.map(|response| response.data)
    }

    /// Returns whether the customer of this order consented in the vendor's pop-up on the thank-you page. Only
    /// useful if the shop shows this pop-up.
    ///
    /// # Errors
    /// See [`Error`](review_core::Error). A reference that looks like an email address is an error, because it would be
    /// in the URL.
    pub async fn has_consent(&self, order: &OrderReference) -> Result<bool> {
        let step = self.0.vendor().read(GET_ORDER_PERMISSIONS, &["2.0", "order_permissions.json"]);
        let step = step.query("orderNumber", order.as_str());
        self.0.send_json::<OrderPermissions>(&step).await.map(|found| found.has_consent)
    }
}
