//! Invites and questionnaire links.

use futures_util::Stream;
use http::Method;
use review_core::{Error, FieldError};
use review_http::ApiRequest;

use super::paging::{USUAL_COUNT, walk};
use super::{EtrustedClient, POST_INVITES, search, vendor_id};
use crate::config::USER_DEFINED;
use crate::wire::{
    Channel, Invite, NewInvites, NewQuestionnaireLink, Page, PostedInvites, QuestionnaireLink,
};

/// The most invites of one call, as one client states.
const MOST_INVITES: usize = 10_000;

impl EtrustedClient {
    /// Reads one page of the invites of a channel, the newest first:
    /// `GET /channels/{id}/invites?query=&count=&after=`. `query` is an order's reference, and finds
    /// more than what equals it; `after` is that of a page that was read before.
    ///
    /// A channel of the type `user_defined` is found by the shop's own id of it.
    ///
    /// # Errors
    /// [`ErrorKind::InvalidRequest`](review_core::ErrorKind::InvalidRequest) for a `query` that looks
    /// like an e-mail address. See [`Error`] for the others.
    pub async fn invites(
        &self,
        channel: &Channel,
        query: Option<&str>,
        after: Option<&str>,
    ) -> Result<Page<Invite>, Error> {
        let mut call = self.invites_call(channel)?.query("count", &USUAL_COUNT.to_string());
        if let Some(text) = query {
            call = call.query("query", search(text)?);
        }
        if let Some(cursor) = after {
            call = call.query("after", cursor);
        }
        self.client.send_json(call).await
    }

    /// All invites of a channel, one by one; see [`invites`](Self::invites). Pages are read as they are
    /// needed, so memory does not grow. After an error, and when the list leads back to where it was,
    /// the stream ends.
    pub fn all_invites<'a>(
        &'a self,
        channel: &'a Channel,
        query: Option<&'a str>,
    ) -> impl Stream<Item = Result<Invite, Error>> + Send + 'a {
        walk(self.info(), move |after| async move { self.invites(channel, query, after.as_deref()).await })
    }

    fn invites_call(&self, channel: &Channel) -> Result<ApiRequest, Error> {
        if channel.kind.as_deref() == Some(USER_DEFINED) {
            let path = ["channels", "user-defined", "invites"];
            return self.idempotent("invites", Method::GET, &path)?.header("channel-id", &channel.id);
        }
        let id = vendor_id(&channel.id)?;
        self.idempotent("invites", Method::GET, &["channels", id.as_str(), "invites"])
    }

    /// Orders mails directly: `POST /invites`. Made at most once.
    ///
    /// # Errors
    /// [`ErrorKind::InvalidRequest`](review_core::ErrorKind::InvalidRequest) for no invite and for more
    /// than 10,000; [`ErrorKind::OutcomeUnknown`](review_core::ErrorKind::OutcomeUnknown) where no
    /// answer came.
    pub async fn post_invites(&self, invites: &NewInvites) -> Result<PostedInvites, Error> {
        if !(1..=MOST_INVITES).contains(&invites.invites.len()) {
            let problem = format!("expected 1 to {MOST_INVITES} invites, found {}", invites.invites.len());
            return Err(Error::invalid(vec![FieldError::new("invites", problem)]));
        }
        let call = self.at_most_once(POST_INVITES, Method::POST, &["invites"])?;
        // Of many orders none stands for all.
        let only = match invites.invites.as_slice() {
            [invite] => Some(invite.transaction.reference.as_str()),
            _ => None,
        };
        let call = call.json(invites)?.with_order_reference(only).redact(invites.personal_values());
        // Nothing of the answer is documented; it is an acceptance whatever is in it.
        Ok(self.client.send(call).await?.json().unwrap_or_default())
    }

    /// Makes a link for the shop to send itself: `POST /questionnaire-links`. eTrusted sends no mail.
    ///
    /// # Errors
    /// See [`Error`].
    pub async fn create_questionnaire_link(
        &self,
        link: &NewQuestionnaireLink,
    ) -> Result<QuestionnaireLink, Error> {
        let call = self.idempotent(super::CREATE_LINK, Method::POST, &["questionnaire-links"])?;
        self.client.send_json(call.json(link)?.redact(link.personal_values())).await
    }
}
