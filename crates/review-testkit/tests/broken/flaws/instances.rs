//! A factory ignores the settings of an instance.

use review_testkit::conformance::InstanceSettings;

use crate::flaw::Flaw;

#[derive(Default)]
pub(crate) struct IgnoresInstanceName;

impl Flaw for IgnoresInstanceName {
    fn settings(settings: &InstanceSettings) -> InstanceSettings {
        let mut settings = settings.clone();
        settings.instance = "test".to_owned();
        settings
    }
}

#[derive(Default)]
pub(crate) struct IgnoresHttpSettings;

impl Flaw for IgnoresHttpSettings {
    fn settings(settings: &InstanceSettings) -> InstanceSettings {
        let mut settings = settings.clone();
        settings.max_attempts = 3;
        settings
    }
}

#[derive(Default)]
pub(crate) struct NeverRetries;

impl Flaw for NeverRetries {
    fn settings(settings: &InstanceSettings) -> InstanceSettings {
        let mut settings = settings.clone();
        settings.max_attempts = 1;
        settings
    }
}

/// The id of a vendor must be in lower case.
#[derive(Default)]
pub(crate) struct NameInCapitals;

impl Flaw for NameInCapitals {
    fn vendor_id() -> &'static str {
        "ACME"
    }
}
