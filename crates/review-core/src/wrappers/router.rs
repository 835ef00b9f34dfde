//! One provider in front of several: each request goes to one of them.

use async_trait::async_trait;

use super::route::Route;
use super::split::Target;
use super::targets::Targets;
use crate::error::{Error, FieldError, Result};
use crate::model::email::EmailAddress;
use crate::model::request::InviteRequest;
use crate::provider::capability::Capabilities;
use crate::provider::info::ProviderInfo;
use crate::provider::lookup::{ErasureStatus, InviteLookup, InviteRef};
use crate::provider::preview::Preview;
use crate::provider::receipt::{InviteReceipt, ReviewLink, Warning};
use crate::provider::setup::SetupReport;
use crate::provider::{DynProvider, ReviewInviteProvider};

/// Sends each request to the target of the first [`Route`] that matches it, or else to the default. Targets
/// are providers, or a [`WeightedSplit`](crate::wrappers::WeightedSplit) among providers.
///
/// Requests are forwarded unchanged, and receipts and errors are the target's, with its name. The
/// [capabilities](ReviewInviteProvider::capabilities) are what every target supports and everything any of
/// them requires; [`capabilities_for`](ReviewInviteProvider::capabilities_for) and
/// [`info_for`](ReviewInviteProvider::info_for) return those of the target of a request.
///
/// Operations without a request call every target once: a lookup asks each, an erasure erases everywhere, and
/// a setup check names the instance of each finding. Two different targets with the same vendor and instance
/// name are an error.
///
/// ```
/// use review_core::Result;
/// use review_core::model::{CountryCode, Locale};
/// use review_core::provider::DynProvider;
/// use review_core::wrappers::{Route, Router, WeightedSplit};
///
/// fn by_market(etrusted: DynProvider, trustpilot: DynProvider) -> Result<Router> {
///     Router::builder("all-markets")
///         .route(Route::locale(Locale::new("de")?), etrusted.clone())
///         .route(
///             Route::country(CountryCode::new("NL")?),
///             WeightedSplit::new().add(80, trustpilot.clone()).add(20, etrusted),
///         )
///         .default_target(trustpilot)
///         .build()
/// }
/// ```
#[derive(Debug)]
pub struct Router {
    info: ProviderInfo,
    capabilities: Capabilities,
    routes: Vec<(Route, Target)>,
    default_target: Target,
    /// The provider of last resort: a target that was built always has one.
    first: DynProvider,
    targets: Targets,
}

impl Router {
    /// Starts a router with its instance name; its vendor is `router`.
    pub fn builder(instance: impl AsRef<str>) -> RouterBuilder {
        let info = ProviderInfo::new("router", instance);
        RouterBuilder { info, routes: Vec::new(), default_target: None }
    }

    /// Returns the provider to which a request goes.
    #[must_use]
    pub fn target(&self, request: &InviteRequest) -> &DynProvider {
        let route = self.routes.iter().find(|(route, _)| route.matches(request));
        let target = route.map_or(&self.default_target, |(_, target)| target);
        target.provider_for(request).unwrap_or(&self.first)
    }
}

/// Collects the routes of a [`Router`].
#[derive(Clone, Debug)]
#[must_use]
pub struct RouterBuilder {
    info: ProviderInfo,
    routes: Vec<(Route, Target)>,
    default_target: Option<Target>,
}

impl RouterBuilder {
    /// Adds a route. Routes are tried in the order in which they were added.
    pub fn route(mut self, route: Route, target: impl Into<Target>) -> Self {
        self.routes.push((route, target.into()));
        self
    }

    /// Sets the target of requests that no route matches. It is required.
    pub fn default_target(mut self, target: impl Into<Target>) -> Self {
        self.default_target = Some(target.into());
        self
    }

    /// Builds the router. Its shop is that of the first provider of the default target.
    ///
    /// # Errors
    /// [`ErrorKind::InvalidConfig`](crate::ErrorKind::InvalidConfig) with every route whose split has no
    /// provider or no weight, a missing default target, and two different providers with the same vendor and
    /// instance name.
    pub fn build(self) -> Result<Router> {
        let mut errors: Vec<FieldError> = Vec::new();
        for (index, (route, target)) in self.routes.iter().enumerate() {
            errors.extend(
                target
                    .problem()
                    .map(|problem| FieldError::new(format!("routes[{index}] ({route})"), problem)),
            );
        }
        let default = self.default_target.as_ref();
        errors.extend(match default.map(Target::problem) {
            Some(problem) => problem.map(|problem| FieldError::new("default_target", problem)),
            None => {
                Some(FieldError::new("default_target", "is missing; set the target of all other requests"))
            }
        });
        let (Some(default_target), true) = (self.default_target, errors.is_empty()) else {
            return Err(Error::invalid_config(errors).with_provider(&self.info));
        };
        let all = [&default_target].into_iter().chain(self.routes.iter().map(|(_, target)| target));
        let providers: Vec<_> = all.flat_map(Target::providers).collect();
        let targets = Targets::new(&self.info, providers.iter().cloned())?;
        let Some(first) = providers.into_iter().next() else {
            let error = FieldError::new("default_target", "must have at least one provider");
            return Err(Error::invalid_config([error]).with_provider(&self.info));
        };
        let info = self.info.with_shop(first.info().shop());
        let capabilities = targets.capabilities();
        Ok(Router { info, capabilities, routes: self.routes, default_target, first, targets })
    }
}

#[async_trait]
#[deny(clippy::missing_trait_methods)]
impl ReviewInviteProvider for Router {
    fn info(&self) -> &ProviderInfo {
        &self.info
    }

    fn info_for(&self, request: &InviteRequest) -> &ProviderInfo {
        self.target(request).info_for(request)
    }

    fn capabilities(&self) -> &Capabilities {
        &self.capabilities
    }

    fn capabilities_for(&self, request: &InviteRequest) -> &Capabilities {
        self.target(request).capabilities_for(request)
    }

    fn validate(&self, request: &InviteRequest) -> Result<Vec<Warning>> {
        self.target(request).validate(request)
    }

    fn preview(&self, request: &InviteRequest) -> Result<Preview> {
        self.target(request).preview(request)
    }

    async fn send_invite(&self, request: &InviteRequest) -> Result<InviteReceipt> {
        self.target(request).send_invite(request).await
    }

    async fn create_link(&self, request: &InviteRequest) -> Result<ReviewLink> {
        self.target(request).create_link(request).await
    }

    async fn find_invite(&self, invite: &InviteRef) -> Result<InviteLookup> {
        self.targets.find(invite).await
    }

    async fn erase_customer(&self, email: &EmailAddress) -> Result<ErasureStatus> {
        self.targets.erase(&self.info, email).await
    }

    async fn check_setup(&self) -> Result<SetupReport> {
        self.targets.check().await
    }
}
