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

use crate::connection::Connections;
use crate::email::Email;
use crate::env;
use crate::fault::log::{FaultCount, InjectedFault};
use crate::fault::rule::{FaultRule, FaultRuleError};
use crate::fault::rules::FaultId;
use crate::host::{Host, Vendor};
use crate::inbox::entry::InboxEntry;
use crate::invited::Invited;
use crate::request_log::RecordedRequest;
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

    /// Returns the port.
    #[must_use]
    pub fn port(&self) -> u16 {
        self.address.port()
    }

    /// Returns the base URL of a host, without a trailing slash.
    #[must_use]
    pub fn url(&self, host: Host) -> String {
        format!("http://{}{}", self.address, host.prefix())
    }

    /// Returns the environment variables that a client of any vendor needs, with values that work with this sandbox.
    #[must_use]
    pub fn env_vars(&self) -> Vec<(&'static str, String)> {
        env::variables(&format!("http://{}", self.address))
    }

    /// Returns one variable of [`env_vars`](Self::env_vars), for configuration code that takes a lookup function:
    /// `|name| sandbox.env_var(name)`.
    #[must_use]
    pub fn env_var(&self, name: &str) -> Option<String> {
        self.env_vars().into_iter().find(|(known, _)| *known == name).map(|(_, value)| value)
    }

    /// Returns the emails that would have been sent so far, in order of acceptance.
    #[must_use]
    pub fn emails(&self) -> Vec<Email> {
        self.app.state().emails.all().to_vec()
    }

    /// Returns the emails about one order.
    #[must_use]
    pub fn emails_for(&self, reference: &str) -> Vec<Email> {
        self.app.state().emails.of(reference).cloned().collect()
    }

    /// Returns the number of emails by vendor and order, to compare after a run with many orders.
    #[must_use]
    pub fn email_counts(&self) -> HashMap<(Vendor, String), usize> {
        self.app.state().emails.counts()
    }

    /// Returns the inbox, oldest entry first: each invitation as the customer would get it, and each request for one that
    /// was not accepted. The last 20,000, or as many as
    /// [`max_inbox_entries`](crate::SandboxBuilder::max_inbox_entries) sets.
    ///
    /// An entry appears when the response to its request has been created, or its client has gone.
    #[must_use]
    pub fn inbox(&self) -> Vec<InboxEntry> {
        self.app.state().inbox.after(0, self.now()).collect()
    }

    /// Returns one entry of the inbox, if it is still kept.
    #[must_use]
    pub fn inbox_entry(&self, id: u64) -> Option<InboxEntry> {
        self.app.state().inbox.get(id, self.now())
    }

    /// Returns the requests so far, in the order of their responses: the last 100,000, or as many as
    /// [`max_recorded_requests`](crate::SandboxBuilder::max_recorded_requests) sets.
    #[must_use]
    pub fn requests(&self) -> Vec<RecordedRequest> {
        self.app.state().log.all()
    }

    /// Returns the number of requests so far, kept or not.
    #[must_use]
    pub fn request_count(&self) -> u64 {
        self.app.state().log.total()
    }

    /// Returns the number of token requests that reached the vendor, refreshes included, whatever the response.
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

    /// Rejects every access token that this vendor has issued so far, with 401. Trustpilot's refresh tokens stay
    /// valid.
    ///
    /// Kiyoh and WebwinkelKeur have one static token each. It is revoked, until
    /// [`set_kiyoh_token_revoked`](Self::set_kiyoh_token_revoked) or
    /// [`set_webwinkelkeur_code_revoked`](Self::set_webwinkelkeur_code_revoked) makes it valid again.
    pub fn expire_tokens(&self, vendor: Vendor) {
        self.app.state().expire_tokens(vendor);
    }

    /// Rejects every refresh token that Trustpilot has issued so far, with 400.
    pub fn expire_refresh_tokens(&self) {
        self.app.state().trustpilot.tokens.expire_refresh();
    }

    /// Makes all pending eTrusted invite settings appear now, so that a test with a long
    /// [`settings_delay`](crate::SandboxBuilder::settings_delay) does not have to wait.
    pub fn reveal_invite_settings(&self) {
        self.app.state().etrusted.reveal_settings();
    }

    /// Moves the sandbox's time forward: tokens expire, invite settings appear, invites are scheduled and sent. It
    /// cannot be moved back.
    pub fn advance(&self, by: Duration) {
        self.app.clock().advance(by);
    }

    /// Returns the sandbox's time: real time plus the time it was advanced by.
    #[must_use]
    pub fn now(&self) -> DateTime<Utc> {
        self.app.clock().now()
    }

    /// Takes a vendor's gateway down, or brings it up again. While it is down, every request gets 503 and an HTML
    /// page.
    pub fn set_gateway_down(&self, vendor: Vendor, down: bool) {
        self.app.state().set_gateway_down(vendor, down);
    }

    /// Adds a fault rule. If several rules match a request, the first one applies; a fault named by the recipient's
    /// address comes before all rules.
    ///
    /// # Errors
    ///
    /// If the rule is invalid: a probability outside 0 to 1, a count of 0, a status that does not exist, or a
    /// connection fault with conditions on requests.
    pub fn add_fault(&self, rule: FaultRule) -> Result<FaultId, FaultRuleError> {
        self.app.state().faults.add(rule)
    }

    /// Removes a rule. Returns `false` if it does not exist.
    pub fn remove_fault(&self, id: FaultId) -> bool {
        self.app.state().faults.remove(id)
    }

    /// Removes all rules. The recorded faults stay.
    pub fn clear_faults(&self) {
        self.app.state().faults.clear();
    }

    /// Returns the faults that were injected, in order: the last 10,000, or as many as
    /// [`max_recorded_faults`](crate::SandboxBuilder::max_recorded_faults) sets.
    #[must_use]
    pub fn faults(&self) -> Vec<InjectedFault> {
        self.app.state().faults.log.kept()
    }

    /// Returns how often each fault was injected so far, by its name, kept or not. The sum shows, for example, after
    /// how many requests the client cannot know whether they were processed:
    /// `sandbox.fault_counts().into_values().sum::<FaultCount>().unknown`.
    #[must_use]
    pub fn fault_counts(&self) -> BTreeMap<String, FaultCount> {
        self.app.state().faults.log.counts().clone()
    }

    /// Lets the system refuse connections for this time. Returns as soon as it does. Open connections stay open.
    pub async fn set_refuse_connections(&self, duration: Duration) {
        self.app.refuse_connections(duration).await;
    }

    /// Submits an eTrusted review, as a customer would who was invited by an event, an invite or a questionnaire link
    /// with this `transaction.reference`, and returns its id. If there are several invitations, the last one counts,
    /// and those for a service review come before those for a product review. The email does not have to be due.
    ///
    /// `None`: there is no invitation, or the rating is not within 1 to 5.
    #[must_use]
    pub fn submit_etrusted_review(&self, reference: &str, rating: u8, comment: &str) -> Option<String> {
        self.app.state().etrusted.submit_review(&Invited::for_order(reference), rating, comment)
    }

    /// Stops gracefully: accepts no new connections, and waits up to two seconds for requests in flight.
    pub async fn stop(mut self) {
        self.stop.send_replace(true);
        if let Some(task) = self.task.take() {
            // It can only fail because of a panic in the loop, which has been reported already.
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
