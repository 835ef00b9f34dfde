//! What the examples share: an account to talk to, and a sandbox where there is none.

mod acme;
mod failure;
mod settings;

pub use acme::AcmeServer;
pub use failure::Failure;
pub use settings::Settings;
