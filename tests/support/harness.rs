//! The vendors as harnesses of the conformance suite: the provider over real sockets, the sandbox as its
//! witness.

use std::marker::PhantomData;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use review_invites::etrusted::STANDARD_QUESTIONNAIRE;
use review_invites::http::{ClientOptions, RetryPolicy, TransportOptions, default_transport};
use review_invites::provider::ProviderInfo;
use review_invites::{DynProvider, ErrorScope};
use review_sandbox::{EmailKind, Fault, FaultPhase, FaultRule, RetryAfter, Sandbox};
use review_testkit::conformance::{Harness, InstanceSettings, VendorFault, WireField};
use review_testkit::{FaultRule as TransportRule, FaultTransport};

use crate::instance_over;

/// A vendor, and how its provider is configured.
pub trait Played: Send + Sync + 'static {
    /// The name of the vendor.
    const VENDOR: &'static str;

    /// The end of the path of a call that sends.
    const SENDS: &'static str;

    /// See [`Harness::unmapped_fields`].
    const UNMAPPED_FIELDS: &'static [WireField];

    /// Settings that differ from those of the sandbox.
    const SETTINGS: &'static [(&'static str, &'static str)] = &[];

    /// A part of the path of a call for a token, if the vendor has tokens.
    const TOKEN: Option<&'static str> = Some("/oauth");

    /// The ends of the paths of the calls before an invitation, and what they concern.
    const PREPARATION: &'static [(ErrorScope, &'static str)] = &[];

    /// A template that the account has.
    const TEMPLATE: Option<&'static str> = None;

    /// See [`Harness::wire_forms`].
    #[must_use]
    fn wire_forms(field: WireField, value: &str) -> Vec<String>;
}

/// Trustpilot, with the password grant.
pub struct Trustpilot;

impl Played for Trustpilot {
    const VENDOR: &'static str = "trustpilot";
    const SENDS: &'static str = "/email-invitations";
    const UNMAPPED_FIELDS: &'static [WireField] = &[
        WireField::Phone,
        WireField::Address,
        WireField::CustomerReference,
        WireField::PlacedAt,
        WireField::PaidAt,
        WireField::ShippedAt,
        WireField::DeliveredAt,
        WireField::EstimatedDelivery,
    ];
    // With a different template the sandbox sends no email.
    const TEMPLATE: Option<&'static str> = Some("529c0abfefb96008b894ad02");

    fn wire_forms(_: WireField, value: &str) -> Vec<String> {
        vec![value.to_owned()]
    }
}

/// eTrusted with events, and settings that ask for the service and the products.
pub struct EtrustedEvents;

impl Played for EtrustedEvents {
    const VENDOR: &'static str = "etrusted";
    const SENDS: &'static str = "/events";
    const UNMAPPED_FIELDS: &'static [WireField] =
        &[WireField::PaidAt, WireField::ShippedAt, WireField::DeliveredAt, WireField::Category];
    const SETTINGS: &'static [(&'static str, &'static str)] = &[("ETRUSTED_REVIEW_KIND", "both")];

    fn wire_forms(field: WireField, value: &str) -> Vec<String> {
        etrusted_wire_forms(field, value)
    }
}

/// eTrusted with emails that are ordered directly.
pub struct EtrustedDirect;

impl Played for EtrustedDirect {
    const VENDOR: &'static str = "etrusted";
    const SENDS: &'static str = "/invites";
    const UNMAPPED_FIELDS: &'static [WireField] = &[
        WireField::Phone,
        WireField::Address,
        WireField::CustomerReference,
        WireField::PaidAt,
        WireField::ShippedAt,
        WireField::DeliveredAt,
        WireField::EstimatedDelivery,
        WireField::Category,
    ];
    const SETTINGS: &'static [(&'static str, &'static str)] = &[
        ("ETRUSTED_REVIEW_KIND", "both"),
        ("ETRUSTED_INVITE_TEMPLATE", EMAIL_TEMPLATE),
        ("ETRUSTED_QUESTIONNAIRE_TEMPLATE", STANDARD_QUESTIONNAIRE),
    ];
    const TEMPLATE: Option<&'static str> = Some(EMAIL_TEMPLATE);

    fn wire_forms(field: WireField, value: &str) -> Vec<String> {
        etrusted_wire_forms(field, value)
    }
}

/// A template of the email that the sandbox has.
const EMAIL_TEMPLATE: &str = "tpl-inv-12261ad3-d36b-4a3a-a4ab-850920d7b11f";

fn etrusted_wire_forms(field: WireField, value: &str) -> Vec<String> {
    if field == WireField::Locale { vec![value.replace('-', "_")] } else { vec![value.to_owned()] }
}

/// A vendor at its own sandbox.
pub struct AtSandbox<V> {
    sandbox: Sandbox,
    provider: DynProvider,
    transport: FaultTransport,
    vendor: PhantomData<V>,
}

impl<V: Played> AtSandbox<V> {
    async fn new(instance: &str, max_attempts: u32) -> Self {
        let sandbox = Sandbox::start().await.unwrap();
        let retry = RetryPolicy::default().with_attempt_timeout(Duration::from_secs(2));
        let options = ClientOptions::default()
            .with_retry(retry.with_max_attempts(max_attempts))
            .with_transport(TransportOptions::default().with_idle_timeout(Duration::ZERO));
        let transport = FaultTransport::new(default_transport(options.transport.clone()).unwrap());
        let lookup = |name: &str| match V::SETTINGS.iter().find(|(key, _)| *key == name) {
            Some((_, value)) => Some((*value).to_owned()),
            None => sandbox.env_var(name),
        };
        let info = ProviderInfo::new(V::VENDOR, instance);
        let provider = instance_over(info, lookup, options, Some(Arc::new(transport.clone())));
        Self { sandbox, provider, transport, vendor: PhantomData }
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
impl<V: Played> Harness for AtSandbox<V> {
    async fn start() -> Self {
        Self::new(V::VENDOR, 3).await
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
        of(EmailKind::Service).max(of(EmailKind::Product))
    }

    async fn request_count(&self) -> usize {
        usize::try_from(self.sandbox.request_count()).unwrap()
    }

    async fn received_payload(&self, reference: &str) -> Option<String> {
        let mut text = String::new();
        for seen in self.sandbox.requests() {
            let body = String::from_utf8_lossy(&seen.body);
            if body.contains(reference) {
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
                    VendorFault::RejectToken(_) => V::TOKEN,
                    VendorFault::RejectPreparation(scope) => {
                        V::PREPARATION.iter().find(|(concerns, _)| concerns == scope).map(|(_, end)| *end)
                    }
                    _ => Some(V::SENDS),
                };
                let Some(part) = part else { return false };
                // As many attempts as the provider makes.
                let hits = if other == VendorFault::RefuseConnection { 3 } else { 1 };
                let rule = TransportRule::new(other.into()).with_max_hits(hits);
                self.transport.add(rule.when(move |request| request.uri().path().contains(part)));
            }
        }
        true
    }

    fn secrets(&self) -> Vec<String> {
        let tokens = self.sandbox.requests().into_iter().filter_map(|seen| {
            let value = seen.header("authorization")?;
            value.split_once(' ').map(|(_, token)| token.to_owned())
        });
        secrets_of(&self.sandbox, V::VENDOR).into_iter().chain(tokens).collect()
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

/// Returns every credential of both vendors in the sandbox.
pub fn secrets(sandbox: &Sandbox) -> Vec<String> {
    let secrets = ["etrusted", "trustpilot"].map(|vendor| secrets_of(sandbox, vendor)).concat();
    assert_eq!(secrets.len(), 6, "key, secret, user and password; id and secret");
    secrets
}

/// Returns every credential of a vendor in the sandbox.
fn secrets_of(sandbox: &Sandbox, vendor: &str) -> Vec<String> {
    let public = ["_URL", "_UNIT_ID", "_CHANNEL_ID", "_DOMAIN", "_USER_ID", "_EVENT_TYPE"];
    let is_secret = |name: &str| {
        name.starts_with(&vendor.to_uppercase()) && !public.iter().any(|end| name.ends_with(end))
    };
    let variables = sandbox.env_vars().into_iter();
    variables.filter(|(name, _)| is_secret(name)).map(|(_, value)| value).collect()
}
