//! eTrusted (Trusted Shops) for review-invites.
//!
//! [`EtrustedProvider`] asks for reviews through the contract of `review-core`, and reads them back as a
//! [`ReviewReader`](review_core::ReviewReader); [`EtrustedClient`] makes the same calls, and more, in
//! eTrusted's own words.
//!
//! # Two routes to a mail
//! **Events** (the default): an event type exists and is active → eTrusted makes one invite setting for
//! it in each channel → the setting is switched on → an event is posted → after the delay a mail goes
//! out. An event for which a step is missing is accepted all the same, and nothing is sent.
//! [`EtrustedProvider::ensure_setup`] sees to every step, and
//! [`check_setup`](review_core::ReviewInviteProvider::check_setup) finds what is missing.
//!
//! **Direct invites** ([`EtrustedConfig::with_direct_invites`]): the mail itself is ordered, with its
//! templates and the time it goes out; event types and settings play no part.
//!
//! **Links** ([`create_link`](review_core::ReviewInviteProvider::create_link)) go with both: eTrusted
//! makes an address, the shop sends it.
//!
//! # What becomes of a request
//! The calls are `POST {api}/events`, `POST {api}/invites` with one element, and
//! `POST {api}/questionnaire-links`.
//!
//! | Contract | Event | Direct invite (`invites[]`) | Link | Rule |
//! | --- | --- | --- | --- | --- |
//! | `customer.email` | `customer.email` | `customer.email` | `customer.email` | |
//! | `customer.name` | `customer.firstName`, `.lastName` | the same | the same | a name in one piece goes into `firstName` |
//! | `customer.locale`, `.country` | `defaultLocale` | `locale` | - (a warning) | `ll_CC`; see [`Locale::with_country`](review_core::Locale::with_country); left out where missing, then the channel decides |
//! | `customer.reference` | `customer.reference` | - | - | |
//! | `customer.phone`, `.address` | `customer.mobile`, `.address` | - | `customer.mobile`, `.address` | |
//! | `order.reference` | `transaction.reference` | the same | the same | |
//! | `order.placed_at` | `transaction.date` | the same | the same | UTC, three fraction digits, `Z` |
//! | `order.estimated_delivery` | `estimatedDeliveryDate` | - | - | moves the mail only where the channel's settings say so |
//! | `order.delivered_at` | - | - | - | no field; counts for `send_at` |
//! | `order.products` | `products` | the same | the same | only for kinds with products; their page is required; `category` has no field |
//! | `order.metadata` | `metadata` | the same | the same | |
//! | `kind` | - | - | `questionnaireTemplate.id` | see [`EtrustedConfig::with_event_type_asking_for`]; a link can ask for every kind |
//! | `send_at` | unsupported | `preferredSendTime` | unsupported | a time in the past is now; left out where the vendor decides |
//! | `template` | unsupported | `template.id` | unsupported | else the one of the configuration |
//! | `tags`, `redirect_url`, `location`, `reply_to`, `sender` | unsupported | unsupported | unsupported | refused before anything is sent, or dropped with a warning |
//! | [`EtrustedOptions`] | `createdAt` | - | - | |
//! | configuration | `type`, `channel`, `system`, `systemVersion` | `questionnaireTemplate.id`, `channel`, `system`, `systemVersion` | `questionnaireTemplate.id`, `channel`, `system`, `systemVersion` | the questionnaire of a link is [`STANDARD`], or [`PRODUCT_ONLY`] for products alone, unless [`EtrustedConfig::with_questionnaire_template`] says otherwise |
//!
//! | Operation | What it does |
//! | --- | --- |
//! | `find_invite` | searches the channel's invites for the order's reference, never for an e-mail address; not found is inconclusive, as an invite appears only after eTrusted's rules made it |
//! | `erase_customer` | unsupported: eTrusted has no call for it; write to privacy@trustedshops.com |
//! | `check_setup` | reads channels, event types, invite settings (events) or templates (direct invites); changes nothing |
//! | reading reviews | `GET /reviews` of the channel, by type, reference and time |
//!
//! # Calls
//! | ApiRequest | Method of [`EtrustedClient`] |
//! | --- | --- |
//! | `POST /oauth/token` | before every other call, shared by all |
//! | `GET /channels`, `PUT /channels/{id}` | [`channels`](EtrustedClient::channels), [`update_channel`](EtrustedClient::update_channel) |
//! | `GET`, `POST /event-types` | [`event_types`](EtrustedClient::event_types), [`find_event_type`](EtrustedClient::find_event_type), [`create_event_type`](EtrustedClient::create_event_type) |
//! | `GET`, `PUT`, `DELETE /event-types/{id}` | [`event_type`](EtrustedClient::event_type), [`set_event_type_active`](EtrustedClient::set_event_type_active), [`delete_event_type`](EtrustedClient::delete_event_type) |
//! | `GET`, `PATCH /invite-settings` | [`invite_settings`](EtrustedClient::invite_settings), [`change_invite_settings_everywhere`](EtrustedClient::change_invite_settings_everywhere) |
//! | `GET`, `PATCH /invite-settings/{id}` | [`invite_setting`](EtrustedClient::invite_setting), [`change_invite_setting`](EtrustedClient::change_invite_setting) |
//! | `GET /templates`, `/templates/{id}`, `/templates/{id}/locales/{locale}` | [`templates`](EtrustedClient::templates), [`template`](EtrustedClient::template), [`template_in`](EtrustedClient::template_in) |
//! | `POST /events`, `GET /events/{id}` | [`post_event`](EtrustedClient::post_event), [`event`](EtrustedClient::event) |
//! | `GET /channels/{id}/invites` | [`invites`](EtrustedClient::invites), [`all_invites`](EtrustedClient::all_invites) |
//! | `POST /invites` | [`post_invites`](EtrustedClient::post_invites) |
//! | `POST /questionnaire-links` | [`create_questionnaire_link`](EtrustedClient::create_questionnaire_link) |
//! | `GET /reviews`, `/reviews-minimal`, `/reviews/count`, `/reviews/{id}` | [`reviews`](EtrustedClient::reviews), [`all_reviews`](EtrustedClient::all_reviews), [`minimal_reviews`](EtrustedClient::minimal_reviews), [`count_reviews`](EtrustedClient::count_reviews), [`review`](EtrustedClient::review) |
//! | `POST`, `DELETE /reviews/{id}/reply` | [`reply_to_review`](EtrustedClient::reply_to_review), [`delete_reply`](EtrustedClient::delete_reply) |
//! | `GET`, `POST /reviews/{id}/vetos` | [`vetos`](EtrustedClient::vetos), [`post_veto`](EtrustedClient::post_veto) |
//! | `GET /channels/{id}/service-reviews/aggregate-rating` | [`aggregate_rating`](EtrustedClient::aggregate_rating) |
//! | invite rules, `/channels/{id}/customer-reviews` | none: deprecated, and replaced by invite settings and reviews |
//! | `api.trustedshops.com/rest/…` (review collector, triggers) | none: the old platform, whose accounts were moved to eTrusted |
//!
//! # Not confirmed with a live account
//! - What a second event with the same reference does. Every event is taken for a mail.
//! - `checkout` is refused, since it is called reserved in one place and posted in others.
//! - A 503 with eTrusted's own body is a documented refusal and is repeated; any other 503 is not.
//! - The pattern of event type names: lower-case letters, digits and `_` are taken.
//! - The top-level `enabled` of an invite setting is sent only as `true`, and only where it reads `false`.
//! - `audience` is always sent: clients disagree on whether it is enforced.
//! - The answer to a list of event types may be one object or an array; both are read.
//! - A product's page is required, as in one SDK; the documentation marks nothing.
//! - Date-times are sent with three fraction digits and `Z`, the one form all samples allow.
//! - What `POST /invites` answers: every 2xx is an acceptance, and an id is looked for under the names of ids.
//! - What a missing or past `preferredSendTime` does: left out where the vendor decides, and a time in the past is sent as the present.
//! - Of the customer of a direct invite only names and e-mail address are sent, as in the sample.
//! - That [`STANDARD`] asks about the products too, where a link has some.
//! - The event that is noted for a link gets no type from here (`link_generation` then), lest it lead to a mail.
//! - What a link's expiry is: one page says they expire, another that they do not. Nothing is built on it.
//! - The end of a list: the cursor decides, and a page without anything on it is the last.
//! - The type of an invite for products (`PRODUCT_REVIEW`, as for reviews); one of an unknown type counts for every kind.
//! - The `status` of an invite, replies, vetos and surveys: kept as JSON text.
//! - The list of templates: an array, or the first array in an object.
//! - Whether `submittedAfter` counts its own moment in: a second more is read, and left out here.
//! - What a template that answers 404 means for a direct invite: the doctor calls it an error.
//! - What a member left out of a channel's update does: nothing is added to what the caller says.

mod auth;
mod check;
mod classify;
mod client;
mod config;
mod map;
mod options;
mod provider;
mod reader;
mod setup;
mod wire;

pub use client::{EtrustedClient, ReviewFilter, TemplateFilter};
pub use config::{
    API_URL, ChannelRef, EtrustedConfig, EventTypeName, LOGIN_URL, PRODUCT_ONLY, SETTINGS, STANDARD,
};
pub use options::EtrustedOptions;
pub use provider::EtrustedProvider;
pub use setup::{Setup, SetupChange, SetupOutcome};
pub use wire::{
    AggregateRating, Channel, ChannelDetails, ChannelUpdate, EtrustedReview, Event, EventCustomer,
    EventProduct, EventType, Invite, InviteConfiguration, InviteConsent, InviteCustomer, InviteSetting,
    InviteSettingChange, InviteTransaction, Invitee, LinkCustomer, Mailbox, NewInvite, NewInvites,
    NewQuestionnaireLink, NewVeto, Page, PostedEvent, PostedInvites, QuestionnaireLink, RatingDistribution,
    RatingPeriod, RatingSpan, Raw, ReviewCount, ReviewCustomer, ReviewEvent, ReviewQuestionnaire,
    ReviewedProduct, StoredEvent, Template, TemplateRef, Transaction, VetoReason,
};

/// The vendor's id in the contract.
pub const VENDOR: &str = "etrusted";
