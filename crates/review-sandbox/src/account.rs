//! The accounts of the simulated vendors: their credentials, and what belongs to them.
//!
//! Secrets contain characters that need percent-encoding in a form (`& = + %`) and a colon, at which `Basic` must be
//! split only once: a client that encodes carelessly is rejected here before it reaches a vendor. The eTrusted values
//! contain no whitespace, because the vendor's own plugin strips it from pasted values.

pub(crate) const TRUSTPILOT_KEY: &str = "sandboxKey0123456789abcdefABCDEF";
pub(crate) const TRUSTPILOT_SECRET: &str = "s3cr+t:/%2B=&";
pub(crate) const TRUSTPILOT_USERNAME: &str = "reviews+sandbox@example.com";
pub(crate) const TRUSTPILOT_PASSWORD: &str = "p&ss=w0rd+%41 \u{e9}";
pub(crate) const BUSINESS_USER_ID: &str = "507f1f77bcf86cd799439011";
pub(crate) const BUSINESS_UNIT_ID: &str = "507f191e810c19729de860ea";
pub(crate) const BUSINESS_UNIT_NAME: &str = "Example Shop";
pub(crate) const DOMAIN: &str = "shop.example.com";
/// A second name of the business unit in `find`.
pub(crate) const REFERRING_DOMAIN: &str = "www.shop.example.com";

pub(crate) const ETRUSTED_CLIENT_ID: &str = "sandbox-4e1c3a52-6f6d-4b8e-9f0a-2d7c5b1e8a90";
pub(crate) const ETRUSTED_CLIENT_SECRET: &str = "S3cr&t=%2B+/~";
/// The only value in the vendor's documentation.
pub(crate) const ETRUSTED_AUDIENCE: &str = "https://api.etrusted.com";
pub(crate) const ACCOUNT_ID: &str = "acc-863c9d8d-1108-4591-868d-5e0aaad26cf4";
/// The event type in the printed environment.
pub(crate) const EVENT_TYPE: &str = "shipped";

/// The merchant's own id of the first eTrusted channel, for events with `channel.type` = `user_defined`.
///
/// The documentation does not say how such an id is attached to a channel; in the sandbox this one is attached from
/// the start.
pub const USER_DEFINED_CHANNEL: &str = "shop-view-de";

/// A channel of the eTrusted account.
pub(crate) struct Channel {
    pub(crate) id: &'static str,
    pub(crate) own_id: Option<&'static str>,
    pub(crate) name: &'static str,
    pub(crate) locale: &'static str,
    pub(crate) url: &'static str,
}

/// Two channels, so that tests find a client that uses "the first" or "all" by mistake.
pub(crate) static CHANNELS: [Channel; 2] = [MAIN_CHANNEL, SECOND_CHANNEL];

pub(crate) const MAIN_CHANNEL: Channel = Channel {
    id: "chl-0b7e1f6a-93f1-4d0e-8c55-7d9a1c2e3f40",
    own_id: Some(USER_DEFINED_CHANNEL),
    name: "shop.example.com",
    locale: "de_DE",
    url: "https://shop.example.com",
};

const SECOND_CHANNEL: Channel = Channel {
    id: "chl-5c2d9e81-1a37-4f6b-b0c4-3e8f7a6d5b21",
    own_id: None,
    name: "fr.shop.example.com",
    locale: "fr_FR",
    url: "https://fr.shop.example.com",
};
