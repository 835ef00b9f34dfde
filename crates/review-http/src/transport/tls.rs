//! Which TLS the transport uses, by the features it was built with.

use review_core::Error;

/// rustls where it is compiled in: configured here, since reqwest's own set-up would install a
/// crypto provider for the whole process or panic for want of one.
#[cfg(feature = "rustls-no-provider")]
pub(super) fn configure(builder: reqwest::ClientBuilder) -> Result<reqwest::ClientBuilder, Error> {
    use review_core::ErrorKind;
    use rustls_platform_verifier::BuilderVerifierExt;

    let mut config = rustls::ClientConfig::builder_with_provider(provider()?)
        .with_safe_default_protocol_versions()
        .and_then(BuilderVerifierExt::with_platform_verifier)
        .map_err(|cause| {
            let sentence = "TLS could not be set up; are the system's CA certificates installed?";
            Error::new(ErrorKind::Config, sentence).with_source(cause)
        })?
        .with_no_client_auth();
    // A configuration of one's own has to name the versions itself.
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
    let sentence = "the process has no rustls crypto provider; install one before the first provider is built \
                    (rustls::crypto::CryptoProvider::install_default), or use the feature rustls";
    rustls::crypto::CryptoProvider::get_default()
        .cloned()
        .ok_or_else(|| Error::new(review_core::ErrorKind::Config, sentence))
}

/// Without rustls reqwest is left to the platform's library, or to plain HTTP on loopback.
#[cfg(not(feature = "rustls-no-provider"))]
#[expect(clippy::unnecessary_wraps, reason = "its twin for rustls can fail")]
pub(super) fn configure(builder: reqwest::ClientBuilder) -> Result<reqwest::ClientBuilder, Error> {
    Ok(builder)
}
