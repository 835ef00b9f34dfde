//! A request in parts, for providers that change a request before they send it.

use std::collections::BTreeSet;
use std::sync::Arc;

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use review_core::model::*;
use review_core::provider::*;
use review_core::*;

use crate::flaw::Vendor;

pub(crate) struct Parts<'a> {
    pub(crate) request: &'a InviteRequest,
    pub(crate) name: Option<CustomerName>,
    pub(crate) phone: Option<PhoneNumber>,
    pub(crate) placed_at: Option<DateTime<Utc>>,
    pub(crate) products: Vec<Product>,
    pub(crate) tags: Vec<Tag>,
    pub(crate) kind: InviteKind,
    pub(crate) send_at: SendAt,
    pub(crate) omittable: BTreeSet<Field>,
}

impl<'a> Parts<'a> {
    pub(crate) fn of(request: &'a InviteRequest) -> Self {
        Self {
            request,
            name: request.customer().name().cloned(),
            phone: request.customer().phone().cloned(),
            placed_at: request.order().placed_at(),
            products: request.order().products().to_vec(),
            tags: request.tags().to_vec(),
            kind: request.kind(),
            send_at: request.send_at(),
            omittable: request.omittable_fields().clone(),
        }
    }

    /// Builds the changed request, without hooks.
    pub(crate) fn build(self) -> InviteRequest {
        let (customer, order) = (self.request.customer(), self.request.order());
        let reference = order.reference().clone();
        let sender = self.request.sender();
        // An invalid locale is not part of a request, only its warning.
        let is_lost = !self.request.warnings().is_empty();
        let locale = customer.locale().map(ToString::to_string);
        InviteRequest::builder(customer.email().clone(), reference, self.request.consent().clone())
            .first_name(self.name.as_ref().and_then(CustomerName::first))
            .last_name(self.name.as_ref().and_then(CustomerName::last))
            .name(match &self.name {
                Some(CustomerName::Full(name)) => Some(name.clone()),
                _ => None,
            })
            .phone(self.phone)
            .customer_reference(customer.reference().cloned())
            .address(customer.address().cloned())
            .locale(locale.or(is_lost.then(|| "not a locale".to_owned())))
            .country(customer.country().cloned())
            .placed_at(self.placed_at)
            .paid_at(order.paid_at())
            .shipped_at(order.shipped_at())
            .delivered_at(order.delivered_at())
            .estimated_delivery(order.estimated_delivery())
            .products(self.products)
            .metadata(order.metadata().clone())
            .kind(self.kind)
            .allow_omitting(self.omittable)
            .send_at(self.send_at)
            .tags(self.tags)
            .template(self.request.template().cloned())
            .redirect_url(self.request.redirect_url().cloned())
            .location(self.request.location().cloned())
            .reply_to(self.request.reply_to().cloned())
            .sender_name(sender.and_then(|sender| sender.name.clone()))
            .sender_email(sender.and_then(|sender| sender.email.clone()))
            .build()
            .unwrap()
    }

    /// Sends the changed request with the hooks and trackers of the original.
    pub(crate) async fn send(self, vendor: &Vendor) -> Result<InviteReceipt> {
        let hooks = self.request.hooks().clone();
        let changed = self.build().with_hook(Arc::new(Forward(hooks.clone())));
        let result = vendor.send_invite(&changed).await;
        hooks.record(&result);
        result
    }
}

/// The hooks of another request.
struct Forward(SendHooks);

#[async_trait]
impl BeforeSend for Forward {
    async fn before_send(&self) -> Result<()> {
        self.0.before_send().await
    }

    fn check(&self) -> Result<()> {
        self.0.check()?;
        self.0.mark_sent();
        Ok(())
    }
}
