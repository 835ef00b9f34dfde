//! Invitations, links, and what is stored of them.

use http::Method;
use review_core::{EmailAddress, Error, FieldError};
use review_http::{ApiRequest, ResourceId};
use url::Url;

use super::{TrustpilotClient, name};
use crate::config::Grant;
use crate::wire::{
    DeleteInvitationData, DeletionConfirmed, EmailInvitation, InvitationTemplate, ProductReviewLink,
    ProductReviewLinkRequest, ServiceReviewLink, ServiceReviewLinkRequest, TemplateList,
};

impl TrustpilotClient {
    /// Invites one customer: `POST /v1/private/business-units/{id}/email-invitations`. Made at most
    /// once. The API gives no id back, and its documentation no body.
    ///
    /// # Errors
    /// [`ErrorKind::OutcomeUnknown`](review_core::ErrorKind::OutcomeUnknown) where no answer came.
    pub async fn create_email_invitation(
        &self,
        business_unit: &ResourceId,
        invitation: &EmailInvitation,
    ) -> Result<(), Error> {
        let url = self.email_invitations_url(business_unit.as_str())?;
        let call = ApiRequest::at_most_once(name::SEND_INVITE, Method::POST, url)
            .json(invitation)?
            .with_order_reference(Some(&invitation.reference_number))
            .redact(invitation.personal_values());
        self.private.send(self.for_a_user(call)?).await.map(|_| ())
    }

    /// Makes a link to a service review: `POST /v1/private/business-units/{id}/invitation-links` on the
    /// invitations host. No mail goes out.
    ///
    /// # Errors
    /// [`ErrorKind::Forbidden`](review_core::ErrorKind::Forbidden) without the right to do so.
    pub async fn create_service_review_link(
        &self,
        business_unit: &ResourceId,
        request: &ServiceReviewLinkRequest,
    ) -> Result<ServiceReviewLink, Error> {
        let url = self.service_links_url(business_unit.as_str())?;
        let call = ApiRequest::idempotent(name::CREATE_LINK, Method::POST, url)
            .json(request)?
            .redact(request.personal_values());
        self.private.send_json(call).await
    }

    /// Makes a link to product reviews:
    /// `POST /v1/private/product-reviews/business-units/{id}/invitation-links` on the API host. No mail
    /// goes out.
    ///
    /// # Errors
    /// [`ErrorKind::Forbidden`](review_core::ErrorKind::Forbidden) without the right to do so.
    pub async fn create_product_review_link(
        &self,
        business_unit: &ResourceId,
        request: &ProductReviewLinkRequest,
    ) -> Result<ProductReviewLink, Error> {
        let url = self.product_links_url(business_unit.as_str())?;
        let call = ApiRequest::idempotent(name::CREATE_LINK, Method::POST, url)
            .json(request)?
            .redact(request.personal_values());
        self.private.send_json(call).await
    }

    /// Makes a link to a service review that leads on to product reviews: both calls, chained. What the
    /// service request says of a redirect is replaced.
    ///
    /// # Errors
    /// Those of the two calls. A product link that was made before the other call failed does no harm.
    pub async fn create_service_and_product_review_link(
        &self,
        business_unit: &ResourceId,
        service: &ServiceReviewLinkRequest,
        product: &ProductReviewLinkRequest,
    ) -> Result<ServiceReviewLink, Error> {
        let made = self.create_product_review_link(business_unit, product).await?;
        let mut service = service.clone();
        service.redirect_uri = Some(made.review_url);
        self.create_service_review_link(business_unit, &service).await
    }

    /// The templates of invitations, standard ones and the shop's own:
    /// `GET /v1/private/business-units/{id}/templates`. All come at once. See
    /// [`default_template`](crate::default_template) for the one of a locale.
    ///
    /// # Errors
    /// [`ErrorKind::Forbidden`](review_core::ErrorKind::Forbidden) without the right to do so.
    pub async fn templates(&self, business_unit: &ResourceId) -> Result<Vec<InvitationTemplate>, Error> {
        let url = self.invitations(business_unit.as_str(), &["templates"])?;
        let list: TemplateList =
            self.private.send_json(ApiRequest::idempotent(name::TEMPLATES, Method::GET, url)).await?;
        Ok(list.templates)
    }

    /// Deletes all invitation data of these customers, for good:
    /// `POST /v1/private/business-units/{id}/invitation-data/delete`. Their reviews stay. How many
    /// addresses one call takes is not documented.
    ///
    /// # Errors
    /// [`ErrorKind::Forbidden`](review_core::ErrorKind::Forbidden) without the right to do so.
    pub async fn delete_invitation_data_of(
        &self,
        business_unit: &ResourceId,
        customers: &[EmailAddress],
    ) -> Result<(), Error> {
        if customers.is_empty() {
            let problem = "expected at least one address: what an empty list deletes is not documented";
            return Err(Error::invalid(vec![FieldError::new("customers", problem)]));
        }
        let addresses = customers.iter().map(|address| address.as_str().into()).collect();
        let body = DeleteInvitationData::OfCustomers(addresses);
        let hidden = customers.iter().map(|address| address.as_str().to_owned());
        self.delete(name::ERASE_CUSTOMER, business_unit, &body, hidden).await
    }

    /// Deletes all invitation data older than a time, of all customers, for good: the same call in its
    /// other form. See [`DeletionConfirmed`] for what it takes.
    ///
    /// # Errors
    /// [`ErrorKind::Forbidden`](review_core::ErrorKind::Forbidden) without the right to do so.
    pub async fn delete_invitation_data_older_than(
        &self,
        business_unit: &ResourceId,
        confirmed: DeletionConfirmed,
    ) -> Result<(), Error> {
        self.delete(name::DELETE_OLD_DATA, business_unit, &confirmed.into(), []).await
    }

    /// Deleting what is gone does no harm, so the call may be made again.
    async fn delete(
        &self,
        operation: &'static str,
        business_unit: &ResourceId,
        body: &DeleteInvitationData,
        hidden: impl IntoIterator<Item = String>,
    ) -> Result<(), Error> {
        let url = self.invitations(business_unit.as_str(), &["invitation-data", "delete"])?;
        let call = ApiRequest::idempotent(operation, Method::POST, url).json(body)?.redact(hidden);
        self.private.send(self.for_a_user(call)?).await.map(|_| ())
    }

    /// A token of client credentials belongs to no user; these calls act for one. Documented for e-mail
    /// invitations and deletion only; whether links and templates take the header is not established, so
    /// they go without.
    fn for_a_user(&self, call: ApiRequest) -> Result<ApiRequest, Error> {
        match &self.config.grant {
            Grant::ClientCredentials { business_user_id } => {
                call.header("x-business-user-id", business_user_id.as_str())
            }
            Grant::Password { .. } | Grant::AuthorizationCode { .. } => Ok(call),
        }
    }

    pub(crate) fn email_invitations_url(&self, business_unit: &str) -> Result<Url, Error> {
        self.invitations(business_unit, &["email-invitations"])
    }

    fn service_links_url(&self, business_unit: &str) -> Result<Url, Error> {
        self.invitations(business_unit, &["invitation-links"])
    }

    fn product_links_url(&self, business_unit: &str) -> Result<Url, Error> {
        self.api(&["private", "product-reviews", "business-units", business_unit, "invitation-links"])
    }
}
