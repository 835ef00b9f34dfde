//! Access tokens.

use review_http::vendor::{Step, client_credentials};

use crate::config::Etrusted;
use crate::operations::FETCH_TOKEN;

/// DIS: published clients disagree on whether it is enforced; the documentation has it in every sample. It names the
/// API whatever base URL is configured.
const AUDIENCE: &str = "https://api.etrusted.com";

/// DIS: the lifetime of a token, from 5 minutes to a day. `expires_in` of the response decides.
pub(crate) fn step(etrusted: &Etrusted) -> Step {
    let credentials = (&etrusted.client_id, &etrusted.client_secret);
    client_credentials(FETCH_TOKEN, &etrusted.login_url, &["oauth", "token"], credentials, Some(AUDIENCE))
}
