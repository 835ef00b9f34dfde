//! The checks of CI, each in a file. A check is a function that `ci::CHECKS` names.

pub(crate) mod browser;
mod circles;
mod clients;
pub(crate) mod dependencies;
pub(crate) mod documentation;
pub(crate) mod examples;
pub(crate) mod features;
mod first_invitation;
mod manifests;
mod minimal_versions;
pub(crate) mod oldest_rust;
pub(crate) mod programs;
pub(crate) mod public_items;
mod rustdoc_json;
mod signatures;
pub(crate) mod simple;
pub(crate) mod text;
mod words;
