//! The running sandbox.

use std::collections::{BTreeMap, HashMap};
use std::fmt;
use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::time::Duration;

use chrono::{DateTime, Utc};
use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio::task::JoinHandle;

use crate::builder::SandboxBuilder;
use crate::connection::Connections;
use crate::email::Email;
use crate::env;
use crate::fault::{FaultCount, FaultId, FaultRule, FaultRuleError, InjectedFault};
use crate::host::{Host, Vendor};
use crate::record::RecordedRequest;
use crate::server;
use crate::state::{App, Options};

/// The vendors' HTTP APIs on one port of 127.0.0.1, until it is stopped or dropped.
pub struct Sandbox {
    pub(crate) app: App,
    address: SocketAddr,
    stop: watch::Sender<bool>,
    task: Option<JoinHandle<()>>,
}

impl Sandbox {
    /// Starts on a free port with the defaults.
    ///
    /// # Errors
    ///
    /// When no port can be bound.
    pub async fn start() -> io::Result<Self> {
        Self::builder().start().await
    }

    /// Settings for a sandbox that differs from the default.
    pub fn builder() -> SandboxBuilder {
        SandboxBuilder::new()
    }

    pub(crate) async fn launch(mut options: Options) -> io::Result<Self> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, options.port)).await?;
        let address = listener.local_addr()?;
        let rules = std::mem::take(&mut options.faults);
        let (app, refusals) = App::new(options);
        for rule in rules {
            let added = app.state().faults.add(rule);
            added.map_err(|error| io::Error::new(io::ErrorKind::InvalidInput, error))?;
        }
        let (stop, stopped) = watch::channel(false);
        let connections = Connections {
            router: server::router(app.clone()),
            idle: app.options().idle_timeout,
            head: app.options().request_timeout,
            stop: stopped,
        };
        let task = tokio::spawn(server::serve(listener, app.clone(), connections, refusals));
        Ok(Self { app, address, stop, task: Some(task) })
    }

    /// The port it listens on.
    #[must_use]
    pub fn port(&self) -> u16 {
        self.address.port()
    }

    /// The base URL of a host, without a slash at its end.
    #[must_use]
    pub fn url(&self, host: Host) -> String {
        format!("http://{}{}", self.address, host.prefix())
    }

    /// The environment variables a client of each vendor needs, with values that work against this sandbox.
    #[must_use]
    pub fn env_vars(&self) -> Vec<(&'static str, String)> {
        env::variables(&format!("http://{}", self.address))
    }

    /// One variable of [`env_vars`](Self::env_vars), for configuration code that takes a look-up: `|name| sandbox.env_var(name)`.
    #[must_use]
    pub fn env_var(&self, name: &str) -> Option<String> {
        self.env_vars().into_iter().find(|(known, _)| *known == name).map(|(_, value)| value)
    }

    /// The mails that would have gone out so far, in order of acceptance.
    #[must_use]
    pub fn emails(&self) -> Vec<Email> {
        self.app.state().emails.all().to_vec()
    }

    /// The mails about one order.
    #[must_use]
    pub fn emails_for(&self, reference: &str) -> Vec<Email> {
        self.app.state().emails.of(reference).cloned().collect()
    }

    /// How many mails there are of each vendor about each order, to compare after a run with many orders.
    #[must_use]
    pub fn email_counts(&self) -> HashMap<(Vendor, String), usize> {
        self.app.state().emails.counts()
    }

    /// The requests seen so far, in the order they were answered: the last 100,000, or as many as
    /// [`max_recorded_requests`](SandboxBuilder::max_recorded_requests) says.
    #[must_use]
    pub fn requests(&self) -> Vec<RecordedRequest> {
        self.app.state().log.all()
    }

    /// How many requests were seen so far, kept or not.
    #[must_use]
    pub fn request_count(&self) -> u64 {
        self.app.state().log.total()
    }

    /// How many requests for a token, refreshes included, reached the vendor, whatever the answer.
    #[must_use]
    pub fn token_requests(&self, vendor: Vendor) -> usize {
        let state = self.app.state();
        match vendor {
            Vendor::Trustpilot => state.trustpilot.token_requests,
            Vendor::Etrusted => state.etrusted.token_requests,
            // Their tokens are static.
            Vendor::Kiyoh | Vendor::Webwinkelkeur => 0,
        }
    }

    /// Refuses every access token this vendor has issued, with 401, from now on. Trustpilot's refresh tokens live on.
    ///
    /// Kiyoh and WebwinkelKeur have one static token each. It is revoked, until
    /// [`set_kiyoh_token_revoked`](Self::set_kiyoh_token_revoked) or
    /// [`set_webwinkelkeur_code_revoked`](Self::set_webwinkelkeur_code_revoked) makes it valid again.
    pub fn expire_tokens(&self, vendor: Vendor) {
        self.app.state().expire_tokens(vendor);
    }

    /// Refuses every refresh token Trustpilot has issued, with 400, from now on.
    pub fn expire_refresh_tokens(&self) {
        self.app.state().trustpilot.tokens.expire_refresh();
    }

    /// Makes the eTrusted invite settings that are still on their way appear now, so that a test with a long
    /// [`settings_delay`](SandboxBuilder::settings_delay) need not sleep.
    pub fn reveal_invite_settings(&self) {
        self.app.state().etrusted.reveal_settings();
    }

    /// Puts the sandbox's time forward: tokens expire, invite settings appear, invites get scheduled and sent.
    /// There is no way back.
    pub fn advance(&self, by: Duration) {
        self.app.clock().advance(by);
    }

    /// The sandbox's time: real time plus what it has been advanced by.
    #[must_use]
    pub fn now(&self) -> DateTime<Utc> {
        self.app.clock().now()
    }

    /// Puts a vendor's gateway down, or up again: while it is down every call gets 503 and a page of HTML.
    pub fn set_gateway_down(&self, vendor: Vendor, down: bool) {
        self.app.state().set_gateway_down(vendor, down);
    }

    /// Adds a rule for faults. Of several rules the first that wants a call hits it; the address of a magic recipient
    /// goes before all rules.
    ///
    /// # Errors
    ///
    /// When the rule makes no sense: a share that is not within 0 to 1, a count from 0, a status that does not exist, a
    /// connection's fault for some calls only.
    pub fn add_fault(&self, rule: FaultRule) -> Result<FaultId, FaultRuleError> {
        self.app.state().faults.add(rule)
    }

    /// Removes a rule. `false`: it is gone already.
    pub fn remove_fault(&self, id: FaultId) -> bool {
        self.app.state().faults.remove(id)
    }

    /// Removes all rules. The account of faults stays.
    pub fn clear_faults(&self) {
        self.app.state().faults.clear();
    }

    /// The faults that calls and connections have met, in that order: the last 10,000, or as many as
    /// [`max_recorded_faults`](SandboxBuilder::max_recorded_faults) says.
    #[must_use]
    pub fn faults(&self) -> Vec<InjectedFault> {
        self.app.state().faults.log.kept()
    }

    /// How often each fault was injected so far, by its name, kept or not. The sum of all tells, for example, how many
    /// calls left their client without knowing whether they were processed:
    /// `sandbox.fault_counts().into_values().sum::<FaultCount>().unknown`.
    #[must_use]
    pub fn fault_counts(&self) -> BTreeMap<String, FaultCount> {
        self.app.state().faults.log.counts().clone()
    }

    /// The system refuses connections for so long. Comes back once it does; connections that are open live on.
    pub async fn set_refuse_connections(&self, duration: Duration) {
        self.app.refuse_connections(duration).await;
    }

    /// Writes an eTrusted review as the customer would whom an event, an invite or a questionnaire link with this
    /// `transaction.reference` asked for one, and gives back its id. Of several requests the last counts, and those
    /// for a service review before those for a product review. It does not wait for the mail to be due.
    ///
    /// `None`: nobody was asked, or the rating is not within 1 to 5.
    #[must_use]
    pub fn submit_etrusted_review(&self, reference: &str, rating: u8, comment: &str) -> Option<String> {
        self.app.state().etrusted.submit_review(reference, rating, comment)
    }

    /// Stops gracefully: no new connections, requests in flight are answered, for at most two seconds.
    pub async fn stop(mut self) {
        self.stop.send_replace(true);
        if let Some(task) = self.task.take() {
            // It can only fail by a panic in the loop, which has been reported already.
            let _ = task.await;
        }
    }
}

impl Drop for Sandbox {
    fn drop(&mut self) {
        if let Some(task) = self.task.take() {
            task.abort();
        }
    }
}

impl fmt::Debug for Sandbox {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Sandbox").field("address", &self.address).finish_non_exhaustive()
    }
}
