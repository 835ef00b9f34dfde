//! The tokens Trustpilot has issued.

use std::collections::HashMap;
use std::time::Duration;

use uuid::Uuid;

use crate::clock::{Clock, Deadline};

/// 100 hours, as documented.
pub(super) const ACCESS_TOKEN_LIFETIME: Duration = Duration::from_secs(360_000);

/// DIS: 30 days in the documentation, 90 in a recorded answer. The shorter, so that nobody builds on the longer.
pub(crate) const REFRESH_TOKEN_LIFETIME: Duration = Duration::from_secs(30 * 24 * 3600);

/// Whom an access token stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Holder {
    /// A user logged in: password or authorization code, and refreshes of them.
    User,
    /// The application only: client credentials.
    Application,
}

pub(crate) struct Tokens {
    clock: Clock,
    access: HashMap<String, (Holder, Deadline)>,
    refresh: HashMap<String, Refresh>,
    /// Authorization codes, with the address each was sent to.
    codes: HashMap<String, String>,
}

struct Refresh {
    until: Deadline,
    /// The access token issued along with it.
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
        // Real ones may hold anything; these need percent-encoding, so that a careless client is noticed.
        let code = format!("tpc+{}/=&", Uuid::new_v4().simple());
        self.codes.insert(code.clone(), redirect_uri.to_owned());
        code
    }

    /// Uses an authorization code up. `false`: unknown, used before, or sent to another address.
    ///
    /// UNK: whether a wrong address uses the code up, and how long a code lives. It does, as one try is what OAuth
    /// promises; it does not expire by itself.
    pub(super) fn redeem_code(&mut self, code: &str, redirect_uri: &str) -> bool {
        self.codes.remove(code).is_some_and(|sent_to| sent_to == redirect_uri)
    }

    pub(super) fn holder(&self, access: &str) -> Option<Holder> {
        let (holder, until) = self.access.get(access)?;
        (!until.passed()).then_some(*holder)
    }

    /// Uses a refresh token up. `false`: unknown, used before, revoked or expired.
    ///
    /// UNK: whether the access token of before dies with it; it lives on here, as no source says it does not.
    pub(super) fn redeem(&mut self, refresh: &str) -> bool {
        self.refresh.remove(refresh).is_some_and(|found| !found.until.passed())
    }

    /// Revokes a refresh token. `false`: there was none to revoke.
    ///
    /// UNK: whether the access token issued with it dies too. It does here (the gateway's stock behaviour), so that
    /// a client which goes on using it is caught.
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
