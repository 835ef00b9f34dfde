//! What a test can do in eTrusted's Control Centre, which has no API.

use std::time::Duration;

use serde_json::Value;

use crate::json_schema::text;
use crate::sandbox::Sandbox;

/// eTrusted's Control Centre.
impl Sandbox {
    /// Creates an active eTrusted event type of any name, as the Control Centre does, and returns its id. The API
    /// accepts names of `a-z`, `0-9` and `_` only. Its invite settings are there immediately, and disabled.
    pub fn add_event_type(&self, name: &str) -> String {
        let created: Value = self.app.state().etrusted.add_event_type(name, true, Duration::ZERO);
        text(&created, "/id").unwrap_or_default().to_owned()
    }
}
