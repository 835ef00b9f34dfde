//! How an instance makes its calls, as a configuration says it.

use std::time::Duration;

use review_core::RateLimits;
use review_http::{ClientOptions, RetryPolicy, TransportOptions};
use serde::{Serialize, Serializer};
use serde_json::{Value, json};

use super::table::Table;
use crate::faults::{Faults, shape};

/// How an instance makes its calls. What is not said is as in [`RetryPolicy`] and [`TransportOptions`], whose
/// fields have the same names; times are seconds in a file (`deadline_seconds = 30`).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct HttpConfig {
    /// How many attempts there are in all; 1 or more.
    pub attempts: Option<u32>,
    /// The longest first wait between attempts.
    pub first_wait: Option<Duration>,
    /// The longest wait of all.
    pub longest_wait: Option<Duration>,
    /// How long one attempt may take.
    pub attempt_timeout: Option<Duration>,
    /// How long a whole call may take.
    pub deadline: Option<Duration>,
    /// The budget of repeats of the instance.
    pub budget: Option<u32>,
    /// How long a connection may take to come about; less than an attempt.
    pub connect_timeout: Option<Duration>,
    /// How long an unused connection is kept; zero for not at all.
    pub idle_timeout: Option<Duration>,
    /// How many calls are made in how much time, in the place of the figures the vendor publishes. Empty, and
    /// `limits = "none"` in a file: as many as there are.
    pub limits: Option<Vec<LimitConfig>>,
}

/// At most so many calls within any stretch of so many seconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LimitConfig {
    /// How many calls; 1 or more.
    pub calls: u32,
    /// In how many seconds; 1 or more.
    pub seconds: u32,
}

impl HttpConfig {
    pub(super) fn read(path: &str, value: Value, faults: &mut Faults) -> Self {
        let Some(mut table) = Table::new(path, value, faults) else { return Self::default() };
        let http = Self {
            attempts: table.whole("attempts", 1),
            first_wait: table.seconds("first_wait_seconds", true),
            longest_wait: table.seconds("longest_wait_seconds", true),
            attempt_timeout: table.seconds("attempt_timeout_seconds", false),
            deadline: table.seconds("deadline_seconds", false),
            budget: table.whole("budget", 0),
            connect_timeout: table.seconds("connect_timeout_seconds", false),
            idle_timeout: table.seconds("idle_timeout_seconds", true),
            limits: read_limits(&mut table),
        };
        table.finish();
        http
    }

    /// The options this stands for. Faults are noted under the keys below `path`.
    pub(crate) fn options(&self, path: &str, faults: &mut Faults) -> ClientOptions {
        let (mut retry, mut transport) = (RetryPolicy::default(), TransportOptions::default());
        retry.max_attempts = self.attempts.unwrap_or(retry.max_attempts).max(1);
        retry.initial_backoff = self.first_wait.unwrap_or(retry.initial_backoff);
        retry.max_backoff = self.longest_wait.unwrap_or(retry.max_backoff);
        retry.attempt_timeout = self.attempt_timeout.unwrap_or(retry.attempt_timeout);
        retry.total_timeout = self.deadline.unwrap_or(retry.total_timeout);
        retry.retry_budget = self.budget.unwrap_or(retry.retry_budget);
        transport.connect_timeout = self.connect_timeout.unwrap_or(transport.connect_timeout);
        transport.idle_timeout = self.idle_timeout.unwrap_or(transport.idle_timeout);
        if transport.connect_timeout >= retry.attempt_timeout {
            let problem = format!(
                "expected less than attempt_timeout_seconds, found {} s beside {} s: a connection that never came \
                 would count as an unknown outcome",
                transport.connect_timeout.as_secs_f64(),
                retry.attempt_timeout.as_secs_f64()
            );
            faults.add(format!("{path}.connect_timeout_seconds"), problem);
        }
        let options = ClientOptions::default().with_retry(retry).with_transport(transport);
        let Some(limits) = &self.limits else { return options };
        options.with_rate_limits(limits.iter().fold(RateLimits::unlimited(), |limits, limit| {
            limits.with_limit(limit.calls, Duration::from_secs(limit.seconds.into()))
        }))
    }
}

fn read_limits(table: &mut Table<'_>) -> Option<Vec<LimitConfig>> {
    const EXPECTED: &str = r#"expected a list like [{ calls = 100, seconds = 60 }], or "none""#;
    let path = table.at("limits");
    match table.take("limits")? {
        Value::String(word) if word == "none" => Some(Vec::new()),
        Value::Array(limits) if !limits.is_empty() => {
            let limits = limits.into_iter().enumerate();
            Some(
                limits
                    .filter_map(|(index, limit)| {
                        let mut limit = Table::new(format!("{path}[{index}]"), limit, table.faults)?;
                        let calls = limit.required_whole("calls");
                        let seconds = limit.required_whole("seconds");
                        limit.finish();
                        Some(LimitConfig { calls: calls?, seconds: seconds? })
                    })
                    .collect(),
            )
        }
        other => {
            let found = match &other {
                Value::String(_) => "another word",
                Value::Array(_) => "an empty list",
                other => shape(other),
            };
            table.faults.add(path, format!("{EXPECTED}; found {found}"));
            None
        }
    }
}

/// As a file says it; what is not set is left out.
impl Serialize for HttpConfig {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let seconds = |time: Option<Duration>| time.map(|time| Value::from(time.as_secs_f64()));
        let limit = |limit: &LimitConfig| json!({ "calls": limit.calls, "seconds": limit.seconds });
        let limits = self.limits.as_deref().map(|limits| match limits {
            [] => Value::from("none"),
            limits => limits.iter().map(limit).collect(),
        });
        let members = [
            ("attempts", self.attempts.map(Value::from)),
            ("first_wait_seconds", seconds(self.first_wait)),
            ("longest_wait_seconds", seconds(self.longest_wait)),
            ("attempt_timeout_seconds", seconds(self.attempt_timeout)),
            ("deadline_seconds", seconds(self.deadline)),
            ("budget", self.budget.map(Value::from)),
            ("connect_timeout_seconds", seconds(self.connect_timeout)),
            ("idle_timeout_seconds", seconds(self.idle_timeout)),
            ("limits", limits),
        ];
        serializer.collect_map(members.into_iter().filter_map(|(key, value)| Some((key, value?))))
    }
}
