//! One provider in front of several: each request goes to one of them.

use async_trait::async_trait;

use super::route::{Route, Target};
use super::targets::Targets;
use crate::{
    Capabilities, DynProvider, EmailAddress, Erasure, Error, ErrorKind, FieldError, InviteKey, InviteLookup,
    InviteReceipt, InviteRequest, Preview, ProviderInfo, Result, ReviewInviteProvider, ReviewLink,
    SetupReport,
};

/// Sends each request to the target of the first [`Route`] that takes it, or else to the default.
/// Targets are providers, or a [`Split`](crate::Split) among providers.
///
/// Requests go on whole, and receipts and errors are the target's, with its name. The
/// [capabilities](ReviewInviteProvider::capabilities) are what every target can do and all that any
/// of them wants; a request that wishes for more is admitted or refused by its own target.
///
/// Operations without a request ask every target, each once (two with the same vendor and instance
/// are one): a look-up asks under each target's own instance, an erasure erases everywhere, and a
/// check of the set-up names the instance with each finding.
///
/// ```
/// use review_core::{CountryCode, DynProvider, Locale, Result, Route, Router, Split};
///
/// fn by_market(etrusted: DynProvider, trustpilot: DynProvider) -> Result<Router> {
///     Router::builder("all-markets")
///         .route(Route::locale(Locale::new("de")?), etrusted.clone())
///         .route(
///             Route::country(CountryCode::new("NL")?),
///             Split::new().to(80, trustpilot.clone()).to(20, etrusted),
///         )
///         .otherwise(trustpilot)
///         .build()
/// }
/// ```
#[derive(Debug)]
pub struct Router {
    info: ProviderInfo,
    capabilities: Capabilities,
    routes: Vec<(Route, Target)>,
    otherwise: Target,
    targets: Targets,
}

impl Router {
    /// Starts a router with its instance label; its vendor is `router`.
    pub fn builder(instance: impl Into<String>) -> RouterBuilder {
        RouterBuilder { info: ProviderInfo::new("router", instance), routes: Vec::new(), otherwise: None }
    }

    /// The provider a request goes to.
    ///
    /// # Errors
    /// None that a built router can meet.
    pub fn target(&self, request: &InviteRequest) -> Result<&DynProvider> {
        let route = self.routes.iter().find(|(route, _)| route.takes(request));
        let target = route.map_or(&self.otherwise, |(_, target)| target);
        target.of(request).ok_or_else(|| Error::new(ErrorKind::Config, "no target").with_provider(&self.info))
    }

    fn new(info: ProviderInfo, routes: Vec<(Route, Target)>, otherwise: Target) -> Self {
        let all = routes.iter().map(|(_, target)| target).chain([&otherwise]);
        let targets = Targets::new(all.flat_map(Target::providers));
        Self { info, capabilities: targets.capabilities(), routes, otherwise, targets }
    }
}

/// Collects the routes of a [`Router`].
#[derive(Clone, Debug)]
#[must_use]
pub struct RouterBuilder {
    info: ProviderInfo,
    routes: Vec<(Route, Target)>,
    otherwise: Option<Target>,
}

impl RouterBuilder {
    /// Adds a route. Routes are tried in the order they were added.
    pub fn route(mut self, route: Route, target: impl Into<Target>) -> Self {
        self.routes.push((route, target.into()));
        self
    }

    /// Sets where requests go that no route takes. It must be set.
    pub fn otherwise(mut self, target: impl Into<Target>) -> Self {
        self.otherwise = Some(target.into());
        self
    }

    /// The finished router.
    ///
    /// # Errors
    /// [`ErrorKind::Config`] naming every route with a split among nobody or without a weight, and a
    /// default that was not set.
    pub fn build(self) -> Result<Router> {
        let mut wrong: Vec<FieldError> = self
            .routes
            .iter()
            .enumerate()
            .filter_map(|(index, (route, target))| {
                let problem = target.problem()?;
                Some(FieldError::new(format!("routes[{index}] ({route})"), problem))
            })
            .collect();
        match self.otherwise {
            Some(otherwise) => {
                wrong.extend(otherwise.problem().map(|problem| FieldError::new("otherwise", problem)));
                if wrong.is_empty() {
                    return Ok(Router::new(self.info, self.routes, otherwise));
                }
            }
            None => wrong.push(FieldError::new(
                "otherwise",
                "expected a target for requests that no route takes, found none; set one with `otherwise`",
            )),
        }
        Err(Error::config(wrong).with_provider(&self.info))
    }
}

#[async_trait]
#[deny(clippy::missing_trait_methods)]
impl ReviewInviteProvider for Router {
    fn info(&self) -> &ProviderInfo {
        &self.info
    }

    fn capabilities(&self) -> &Capabilities {
        &self.capabilities
    }

    fn preview(&self, request: &InviteRequest) -> Result<Preview> {
        self.target(request)?.preview(request)
    }

    async fn send_invite(&self, request: &InviteRequest) -> Result<InviteReceipt> {
        self.target(request)?.send_invite(request).await
    }

    async fn create_link(&self, request: &InviteRequest) -> Result<ReviewLink> {
        self.target(request)?.create_link(request).await
    }

    async fn find_invite(&self, key: &InviteKey) -> Result<InviteLookup> {
        self.targets.find(key).await
    }

    async fn erase_customer(&self, email: &EmailAddress) -> Result<Erasure> {
        self.targets.erase(&self.info, email).await
    }

    async fn check_setup(&self) -> Result<SetupReport> {
        self.targets.check().await
    }
}
