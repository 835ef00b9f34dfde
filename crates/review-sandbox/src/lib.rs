#![doc = include_str!("../README.md")]

mod abort;
mod account;
mod activity;
mod body_limit;
mod builder;
mod clock;
mod connection;
mod control;
mod control_call;
mod customer;
mod email;
mod env;
mod etrusted;
mod fault;
mod form_fields;
mod formats;
mod gateway;
mod host;
mod inbox;
mod json;
mod json_schema;
mod kiyoh;
mod listener;
mod record;
mod request;
mod response;
mod same_origin;
mod sandbox;
mod server;
mod state;
mod trustpilot;
mod webwinkelkeur;
mod wire;

pub use account::USER_DEFINED_CHANNEL;
pub use builder::SandboxBuilder;
pub use email::{Email, EmailKind};
pub use env::export_line;
pub use fault::{
    Fault, FaultCount, FaultId, FaultPhase, FaultRule, FaultRuleError, InjectedFault, ParseFaultError,
    RetryAfter, Trigger,
};
pub use host::{Host, Vendor};
pub use inbox::entry::{InboxEntry, InboxProduct, InboxState};
pub use inbox::exchange::RawExchange;
pub use kiyoh::KIYOH_LOCATION_NAME;
pub use record::RecordedRequest;
pub use sandbox::Sandbox;
pub use trustpilot::{DeletedInvitationData, SubmittedReview};
