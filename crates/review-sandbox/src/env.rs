//! The environment a client needs to talk to the sandbox.

use crate::host::Host;
use crate::{account, kiyoh, webwinkelkeur};

/// Returns every variable, with values that work with the sandbox at `base` (`http://127.0.0.1:port`).
pub(crate) fn variables(base: &str) -> Vec<(&'static str, String)> {
    let url = |host: Host| format!("{base}{}", host.prefix());
    vec![
        ("TRUSTPILOT_API_KEY", account::TRUSTPILOT_KEY.to_owned()),
        ("TRUSTPILOT_API_SECRET", account::TRUSTPILOT_SECRET.to_owned()),
        ("TRUSTPILOT_USERNAME", account::TRUSTPILOT_USERNAME.to_owned()),
        ("TRUSTPILOT_PASSWORD", account::TRUSTPILOT_PASSWORD.to_owned()),
        ("TRUSTPILOT_BUSINESS_USER_ID", account::BUSINESS_USER_ID.to_owned()),
        ("TRUSTPILOT_BUSINESS_UNIT_ID", account::BUSINESS_UNIT_ID.to_owned()),
        ("TRUSTPILOT_DOMAIN", account::DOMAIN.to_owned()),
        ("TRUSTPILOT_API_URL", url(Host::TrustpilotApi)),
        ("TRUSTPILOT_INVITATIONS_URL", url(Host::TrustpilotInvitations)),
        ("ETRUSTED_CLIENT_ID", account::ETRUSTED_CLIENT_ID.to_owned()),
        ("ETRUSTED_CLIENT_SECRET", account::ETRUSTED_CLIENT_SECRET.to_owned()),
        ("ETRUSTED_CHANNEL_ID", account::MAIN_CHANNEL.id.to_owned()),
        ("ETRUSTED_EVENT_TYPE", account::EVENT_TYPE.to_owned()),
        ("ETRUSTED_API_URL", url(Host::EtrustedApi)),
        ("ETRUSTED_LOGIN_URL", url(Host::EtrustedLogin)),
        ("KIYOH_API_TOKEN", kiyoh::account::TOKEN.to_owned()),
        ("KIYOH_LOCATION_ID", kiyoh::account::LOCATION_ID.to_owned()),
        ("KIYOH_LOCATION_NAME", kiyoh::account::KIYOH_LOCATION_NAME.to_owned()),
        ("KIYOH_LANGUAGE", "en".to_owned()),
        ("KIYOH_DELAY_DAYS", "0".to_owned()),
        ("KIYOH_API_URL", url(Host::Kiyoh)),
        ("WEBWINKELKEUR_ID", webwinkelkeur::account::ID.to_owned()),
        ("WEBWINKELKEUR_CODE", webwinkelkeur::account::CODE.to_owned()),
        ("WEBWINKELKEUR_API_URL", url(Host::Webwinkelkeur)),
        ("REVIEW_PROVIDER", "trustpilot".to_owned()),
    ]
}

/// Returns one line for a POSIX shell: `export NAME='value'`. The shell takes the value literally.
///
/// ```
/// assert_eq!(review_sandbox::export_line("KEY", "a $b"), "export KEY='a $b'");
/// ```
#[must_use]
pub fn export_line(name: &str, value: &str) -> String {
    // Only the single quote is special inside single quotes: close, escape it, open again.
    format!("export {name}='{}'", value.replace('\'', r"'\''"))
}

#[cfg(test)]
mod tests {
    use super::{export_line, variables};

    #[test]
    fn export_line_escapes_single_quotes() {
        assert_eq!(export_line("A", "it's $HOME"), r"export A='it'\''s $HOME'");
    }

    #[test]
    fn environment_names_are_unique_and_have_values() {
        let all = variables("http://127.0.0.1:1");
        let mut names: Vec<_> = all.iter().map(|(name, _)| *name).collect();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), 25);
        assert!(all.iter().all(|(_, value)| !value.is_empty() && value.trim() == value));
    }
}
