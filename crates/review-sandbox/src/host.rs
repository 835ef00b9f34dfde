//! The hosts of the vendors' APIs, as path prefixes of one port.

/// A review platform that the sandbox simulates.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Vendor {
    /// Trustpilot.
    Trustpilot,
    /// eTrusted by Trusted Shops.
    Etrusted,
    /// Kiyoh, which is also Klantenvertellen.
    Kiyoh,
    /// WebwinkelKeur, which is also TrustProfile.
    Webwinkelkeur,
}

impl Vendor {
    /// All vendors, in the order of the documentation.
    pub const ALL: [Self; 4] = [Self::Trustpilot, Self::Etrusted, Self::Kiyoh, Self::Webwinkelkeur];
}

/// A host of a vendor. On the internet each has its own name; here each has its own path prefix.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Host {
    /// `https://api.trustpilot.com`
    TrustpilotApi,
    /// `https://invitations-api.trustpilot.com`
    TrustpilotInvitations,
    /// `https://api.etrusted.com`
    EtrustedApi,
    /// `https://login.etrusted.com`
    EtrustedLogin,
    /// `https://www.kiyoh.com`
    Kiyoh,
    /// `https://dashboard.webwinkelkeur.nl/api`
    Webwinkelkeur,
}

impl Host {
    /// All hosts, in the order of the documentation.
    pub const ALL: [Self; 6] = [
        Self::TrustpilotApi,
        Self::TrustpilotInvitations,
        Self::EtrustedApi,
        Self::EtrustedLogin,
        Self::Kiyoh,
        Self::Webwinkelkeur,
    ];

    /// Returns the vendor of this host.
    #[must_use]
    pub fn vendor(self) -> Vendor {
        match self {
            Self::TrustpilotApi | Self::TrustpilotInvitations => Vendor::Trustpilot,
            Self::EtrustedApi | Self::EtrustedLogin => Vendor::Etrusted,
            Self::Kiyoh => Vendor::Kiyoh,
            Self::Webwinkelkeur => Vendor::Webwinkelkeur,
        }
    }

    /// Returns the path prefix of this host, without a trailing slash.
    #[must_use]
    pub fn prefix(self) -> &'static str {
        match self {
            Self::TrustpilotApi => "/trustpilot/api",
            Self::TrustpilotInvitations => "/trustpilot/invitations",
            Self::EtrustedApi => "/etrusted/api",
            Self::EtrustedLogin => "/etrusted/login",
            Self::Kiyoh => "/kiyoh",
            Self::Webwinkelkeur => "/webwinkelkeur/api",
        }
    }

    /// Splits a path as it arrived into the host and the path that the vendor would see.
    pub(crate) fn split(path: &str) -> Option<(Self, &str)> {
        Self::ALL.into_iter().find_map(|host| {
            let rest = path.strip_prefix(host.prefix())?;
            (rest.is_empty() || rest.starts_with('/')).then_some((host, rest))
        })
    }
}

#[cfg(test)]
mod tests {
    use super::Host;

    #[test]
    fn host_prefix_ends_at_a_slash() {
        assert_eq!(Host::split("/etrusted/api/events"), Some((Host::EtrustedApi, "/events")));
        assert_eq!(Host::split("/etrusted/api"), Some((Host::EtrustedApi, "")));
        assert_eq!(Host::split("/etrusted/apiary"), None);
        assert_eq!(Host::split("/events"), None);
    }
}
