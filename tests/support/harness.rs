//! The vendors as harnesses of the conformance suite: the provider over real sockets, the sandbox as its
//! witness.

use std::marker::PhantomData;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use review_invites::DynProvider;
use review_invites::http::{ClientOptions, RetryPolicy, TransportOptions, default_transport};
use review_invites::provider::ProviderInfo;
use review_sandbox::{EmailKind, Fault, FaultPhase, FaultRule, RetryAfter, Sandbox};
use review_testkit::conformance::{Harness, InstanceSettings, VendorFault, WireField};
use review_testkit::{FaultRule as TransportRule, FaultTransport};

use crate::vendors::{TestMode, tokens};

/// A vendor at its own sandbox.
pub struct AtSandbox<V> {
    sandbox: Sandbox,
    provider: DynProvider,
    transport: FaultTransport,
    max_attempts: u32,
    vendor: PhantomData<V>,
}

impl<V: TestMode> AtSandbox<V> {
    async fn new(instance: &str, max_attempts: u32) -> Self {
        let sandbox = Sandbox::start().await.unwrap();
        let retry = RetryPolicy::default().with_attempt_timeout(Duration::from_secs(5));
        let options = ClientOptions::default()
            .with_retry(retry.with_max_attempts(max_attempts))
            .with_transport(TransportOptions::default().with_idle_timeout(Duration::ZERO));
        let transport = FaultTransport::new(default_transport(options.transport.clone()).unwrap());
        let info = ProviderInfo::new(V::VENDOR.name, instance);
        let provider =
            (V::VENDOR.build)(info, &V::settings(&sandbox), options, Some(Arc::new(transport.clone())));
        Self { sandbox, provider, transport, max_attempts, vendor: PhantomData }
    }

    /// Adds a fault of the sandbox for the next call that sends.
    fn add_fault(&self, fault: Fault) {
        self.sandbox
            .add_fault(
                FaultRule::new(fault).with_method("POST").with_path_contains(V::SENDS).with_max_hits(1),
            )
            .unwrap();
    }
}

#[async_trait]
impl<V: TestMode> Harness for AtSandbox<V> {
    async fn start() -> Self {
        Self::new(V::VENDOR.name, 3).await
    }

    async fn start_instance(settings: &InstanceSettings) -> Option<Self> {
        Some(Self::new(&settings.instance, settings.max_attempts).await)
    }

    fn provider(&self) -> DynProvider {
        Arc::clone(&self.provider)
    }

    async fn accepted_count(&self, reference: &str) -> usize {
        let emails = self.sandbox.emails_for(reference);
        let of = |kind| emails.iter().filter(|email| email.kind == kind).count();
        of(EmailKind::Service).max(of(EmailKind::Product)) + of(EmailKind::ServiceAndProduct)
    }

    async fn request_count(&self) -> usize {
        usize::try_from(self.sandbox.request_count()).unwrap()
    }

    async fn received_payload(&self, reference: &str) -> Option<String> {
        let mut text = String::new();
        for seen in self.sandbox.requests() {
            let body = String::from_utf8_lossy(&seen.body);
            if body.contains(reference) || V::PREPARES.iter().any(|(_, end)| seen.path.ends_with(end)) {
                let headers = seen.headers.iter().map(|(name, value)| format!("{name}: {value}\n"));
                text.extend(headers.chain([body.into_owned(), "\n".to_owned()]));
            }
        }
        Some(text)
    }

    async fn fault(&self, fault: VendorFault) -> bool {
        match fault {
            VendorFault::DropResponse => self.add_fault(Fault::Reset(FaultPhase::AfterCommit)),
            VendorFault::Hang => self.add_fault(Fault::Stall(FaultPhase::AfterCommit)),
            VendorFault::Throttle(wait) => self.add_fault(Fault::Status {
                code: 429,
                retry_after: Some(RetryAfter::Seconds(u32::try_from(wait.as_secs()).unwrap())),
                empty: false,
                phase: FaultPhase::BeforeCommit,
            }),
            VendorFault::Unauthorized => self.add_fault(Fault::ExpiredToken),
            VendorFault::Forbidden => self.add_fault(Fault::status(403)),
            VendorFault::ServerError => self.add_fault(Fault::status(500)),
            // The sandbox refuses connections for a period, not a single one; and it quotes nothing.
            other => {
                let part = match &other {
                    VendorFault::RejectToken(_) => V::VENDOR.has_tokens.then_some("/oauth"),
                    VendorFault::RejectPreparation(scope) => {
                        V::PREPARES.iter().find(|(concerns, _)| concerns == scope).map(|(_, end)| *end)
                    }
                    _ => Some(V::SENDS),
                };
                let Some(part) = part else { return false };
                // As many attempts as the provider makes.
                let hits = if other == VendorFault::RefuseConnection { self.max_attempts } else { 1 };
                let rule = TransportRule::new(other.into()).with_max_hits(hits.into());
                self.transport.add(rule.when(move |request| request.uri().path().contains(part)));
            }
        }
        true
    }

    fn secrets(&self) -> Vec<String> {
        let settings = V::VENDOR.secrets.iter().map(|name| self.sandbox.env_var(name).unwrap());
        settings.chain(tokens(&self.sandbox)).collect()
    }

    fn field_value(&self, field: WireField, default: &str) -> String {
        V::TEMPLATE.filter(|_| field == WireField::Template).unwrap_or(default).to_owned()
    }

    fn wire_forms(&self, field: WireField, value: &str) -> Vec<String> {
        V::wire_forms(field, value)
    }

    fn unmapped_fields(&self) -> &[WireField] {
        V::UNMAPPED_FIELDS
    }
}
