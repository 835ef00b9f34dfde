//! The TLS library of the transport, selected by features.

use review_core::{Error, ErrorKind};

fn invalid_certificate() -> Error {
    Error::new(ErrorKind::InvalidConfig, "invalid root certificate; expected PEM (BEGIN CERTIFICATE)")
}

/// rustls, if it is compiled in. It is configured here, since reqwest's own setup would install a crypto
/// provider for the whole process, or panic without one.
#[cfg(feature = "rustls-no-provider")]
pub(super) fn configure(
    builder: reqwest::ClientBuilder,
    root_certificates: &[Vec<u8>],
) -> Result<reqwest::ClientBuilder, Error> {
    use std::sync::Arc;

    use rustls::pki_types::CertificateDer;
    use rustls::pki_types::pem::PemObject as _;
    use rustls_platform_verifier::Verifier;

    let failed = |cause: rustls::Error| {
        Error::new(ErrorKind::InvalidConfig, "TLS could not be set up")
            .with_help("install the system's CA certificates")
            .with_source(cause)
    };
    let mut roots: Vec<CertificateDer<'static>> = Vec::new();
    for pem in root_certificates {
        let before = roots.len();
        for certificate in CertificateDer::pem_slice_iter(pem) {
            roots.push(certificate.map_err(|_| invalid_certificate())?);
        }
        if roots.len() == before {
            return Err(invalid_certificate());
        }
    }
    let provider = provider()?;
    let verifier = Verifier::new_with_extra_roots(roots, Arc::clone(&provider)).map_err(failed)?;
    let mut config = rustls::ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(failed)?
        // "Dangerous" is any verifier that is not rustls' own; this is the platform's.
        .dangerous()
        .with_custom_certificate_verifier(Arc::new(verifier))
        .with_no_client_auth();
    // A preconfigured backend has to name the protocol versions itself.
    config.alpn_protocols = vec![b"http/1.1".to_vec()];
    Ok(builder.tls_backend_preconfigured(config))
}

#[cfg(feature = "rustls")]
#[expect(clippy::unnecessary_wraps, reason = "its twin for rustls-no-provider can fail")]
fn provider() -> Result<std::sync::Arc<rustls::crypto::CryptoProvider>, Error> {
    Ok(std::sync::Arc::new(rustls::crypto::ring::default_provider()))
}

#[cfg(all(feature = "rustls-no-provider", not(feature = "rustls")))]
fn provider() -> Result<std::sync::Arc<rustls::crypto::CryptoProvider>, Error> {
    rustls::crypto::CryptoProvider::get_default().cloned().ok_or_else(|| {
        Error::new(ErrorKind::InvalidConfig, "the process has no rustls crypto provider").with_help(
            "call rustls::crypto::CryptoProvider::install_default before the first provider is built, or \
             enable the feature rustls",
        )
    })
}

/// Without rustls, reqwest uses the platform's library, or plain HTTP on loopback.
#[cfg(not(feature = "rustls-no-provider"))]
pub(super) fn configure(
    builder: reqwest::ClientBuilder,
    root_certificates: &[Vec<u8>],
) -> Result<reqwest::ClientBuilder, Error> {
    #[cfg(feature = "native-tls")]
    {
        let mut roots = Vec::new();
        for pem in root_certificates {
            roots.extend(reqwest::Certificate::from_pem_bundle(pem).map_err(|_| invalid_certificate())?);
        }
        Ok(if roots.is_empty() { builder } else { builder.tls_certs_merge(roots) })
    }
    #[cfg(not(feature = "native-tls"))]
    if root_certificates.is_empty() { Ok(builder) } else { Err(invalid_certificate()) }
}
