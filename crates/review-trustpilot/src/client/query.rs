//! Parameters of queries that may be missing.

use review_http::ApiRequest;

/// Adds a parameter where there is a value.
pub(super) fn with(call: ApiRequest, name: &str, value: Option<impl ToString>) -> ApiRequest {
    match value {
        Some(value) => call.query(name, &value.to_string()),
        None => call,
    }
}

/// Adds a list in one parameter. The older text has commas and so do the clients; newer docs write one
/// list as JSON, and repeat a key elsewhere.
pub(super) fn with_list(call: ApiRequest, name: &str, values: &[impl AsRef<str>]) -> ApiRequest {
    if values.is_empty() {
        return call;
    }
    let values: Vec<&str> = values.iter().map(AsRef::as_ref).collect();
    call.query(name, &values.join(","))
}
