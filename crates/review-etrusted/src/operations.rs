//! The vendor's name, and the names of the requests in classification, spans and metrics.

/// The vendor's name in settings and errors.
pub const VENDOR: &str = "etrusted";

pub(crate) const FETCH_TOKEN: &str = "fetch_token";
pub(crate) const CREATE_EVENT: &str = "create_event";
pub(crate) const GET_EVENT: &str = "get_event";
pub(crate) const CREATE_INVITES: &str = "create_invites";
pub(crate) const CREATE_LINK: &str = "create_questionnaire_link";
pub(crate) const LIST_CHANNELS: &str = "list_channels";
pub(crate) const LIST_INVITES: &str = "list_invites";
pub(crate) const LIST_REVIEWS: &str = "list_reviews";
pub(crate) const LIST_EVENT_TYPES: &str = "list_event_types";
pub(crate) const GET_EVENT_TYPE: &str = "get_event_type";
pub(crate) const CREATE_EVENT_TYPE: &str = "create_event_type";
pub(crate) const UPDATE_EVENT_TYPE: &str = "update_event_type";
pub(crate) const LIST_INVITE_SETTINGS: &str = "list_invite_settings";
pub(crate) const UPDATE_INVITE_SETTING: &str = "update_invite_setting";
pub(crate) const UPDATE_INVITE_SETTINGS: &str = "update_invite_settings";
pub(crate) const GET_TEMPLATE: &str = "get_template";
