#![doc = include_str!("../README.md")]

mod account;
mod builder;
mod call;
mod check;
mod clock;
mod connection;
mod control;
mod cut;
mod door;
mod env;
mod etrusted;
mod fault;
mod fields;
mod forms;
mod gateway;
mod host;
mod json;
mod mail;
mod record;
mod reply;
mod sandbox;
mod server;
mod state;
mod trustpilot;
mod wire;

pub use account::USER_DEFINED_CHANNEL;
pub use builder::Builder;
pub use env::export_line;
pub use fault::{
    Fault, FaultCount, FaultId, FaultRule, InjectedFault, InvalidFault, Moment, RetryAfter, UnknownFault,
    When,
};
pub use host::{Host, Vendor};
pub use mail::{Mail, MailKind};
pub use record::Recorded;
pub use sandbox::Sandbox;
pub use trustpilot::{Erasure, WrittenReview};
