//! The tokens that Trustpilot has issued.

use std::collections::HashMap;
use std::time::Duration;

use uuid::Uuid;

use crate::clock::{Clock, Deadline};

/// 100 hours, as documented.
pub(super) const ACCESS_TOKEN_LIFETIME: Duration = Duration::from_secs(360_000);

/// DIS: 30 days in the documentation, 90 in a recorded response. The shorter, so that clients do not depend on the
/// longer.
pub(crate) const REFRESH_TOKEN_LIFETIME: Duration = Duration::from_secs(30 * 24 * 3600);

/// On whose behalf an access token acts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Holder {
    /// A user who has logged in: password or authorization code, and refreshes of them.
    User,
    /// Only the application: client credentials.
    Application,
}

pub(crate) struct Tokens {
    clock: Clock,
    access: HashMap<String, (Holder, Deadline)>,
    refresh: HashMap<String, Refresh>,
    /// Authorization codes, with the redirect URI of each.
    codes: HashMap<String, String>,
}

struct Refresh {
    until: Deadline,
    /// The access token that was issued with it.
    access: String,
}

impl Tokens {
    pub(super) fn new(clock: Clock) -> Self {
        Self { clock, access: HashMap::new(), refresh: HashMap::new(), codes: HashMap::new() }
    }

    pub(super) fn issue(&mut self, holder: Holder, lifetime: Duration) -> String {
        let token = format!("tpa-{}", Uuid::new_v4().simple());
        self.access.insert(token.clone(), (holder, self.clock.after(lifetime)));
        token
    }

    pub(super) fn issue_refresh(&mut self, access: &str, lifetime: Duration) -> String {
        let token = format!("tpr-{}", Uuid::new_v4().simple());
        let refresh = Refresh { until: self.clock.after(lifetime), access: access.to_owned() };
        self.refresh.insert(token.clone(), refresh);
        token
    }

    pub(super) fn issue_code(&mut self, redirect_uri: &str) -> String {
        // Real ones can contain anything; these need percent-encoding, to find careless clients.
        let code = format!("tpc+{}/=&", Uuid::new_v4().simple());
        self.codes.insert(code.clone(), redirect_uri.to_owned());
        code
    }

    /// Redeems an authorization code. Returns `false` if it is unknown, already used, or for another redirect URI.
    ///
    /// UNK: whether a wrong redirect URI invalidates the code, and its lifetime. It does, because OAuth allows one
    /// attempt; the code does not expire.
    pub(super) fn redeem_code(&mut self, code: &str, redirect_uri: &str) -> bool {
        self.codes.remove(code).is_some_and(|sent_to| sent_to == redirect_uri)
    }

    pub(super) fn holder(&self, access: &str) -> Option<Holder> {
        let (holder, until) = self.access.get(access)?;
        (!until.passed()).then_some(*holder)
    }

    /// Redeems a refresh token. Returns `false` if it is unknown, already used, revoked or expired.
    ///
    /// UNK: whether the earlier access token becomes invalid. It stays valid here, as no source says otherwise.
    pub(super) fn redeem(&mut self, refresh: &str) -> bool {
        self.refresh.remove(refresh).is_some_and(|found| !found.until.passed())
    }

    /// Revokes a refresh token. Returns `false` if there was none.
    ///
    /// UNK: whether the access token issued with it becomes invalid too. It does here (the gateway's standard
    /// behaviour), to find clients that continue to use it.
    pub(super) fn revoke(&mut self, refresh: &str) -> bool {
        let Some(found) = self.refresh.remove(refresh) else {
            return false;
        };
        self.access.remove(&found.access);
        !found.until.passed()
    }

    pub(crate) fn expire_one(&mut self, access: &str) {
        self.access.remove(access);
    }

    pub(crate) fn expire_access(&mut self) {
        self.access.clear();
    }

    pub(crate) fn expire_refresh(&mut self) {
        self.refresh.clear();
    }
}
