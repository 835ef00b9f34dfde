//! Ready mocks, because a bare mock panics on every method that has no expectation.

use chrono::Utc;

use crate::provider::MockReviewInviteProvider;
use crate::provider::capability::Capabilities;
use crate::provider::info::ProviderInfo;

impl MockReviewInviteProvider {
    /// Creates a mock with `info`, `capabilities`, their `*_for` variants and `validate` set, so that a test
    /// sets only what it is about. mockall uses the first expectation that matches, so these cannot be
    /// changed later.
    #[must_use]
    pub fn preset(info: ProviderInfo, capabilities: Capabilities) -> Self {
        let mut mock = Self::new();
        let (checked, provider) = (capabilities.clone(), info.clone());
        mock.expect_validate().returning(move |request| {
            let validated = checked.check_request(request, Utc::now());
            validated
                .map(|validated| validated.warnings)
                .map_err(|error| error.with_provider(&provider).with_operation("validate"))
        });
        mock.expect_info().return_const(info.clone());
        mock.expect_info_for().return_const(info);
        mock.expect_capabilities().return_const(capabilities.clone());
        mock.expect_capabilities_for().return_const(capabilities);
        mock
    }

    /// Creates a [`preset`](Self::preset) mock named `mock/test` that supports everything.
    #[must_use]
    pub fn accepting_all() -> Self {
        Self::preset(ProviderInfo::new("mock", "test"), Capabilities::all())
    }
}
