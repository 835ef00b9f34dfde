//! The vendors as harnesses of the conformance suite: the provider over real sockets, the sandbox as its
//! witness.

use std::marker::PhantomData;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use review_invites::etrusted::{EtrustedConfig, EtrustedProvider};
use review_invites::transport::{
    ClientOptions, DynTransport, RetryPolicy, TransportOptions, default_transport,
};
use review_invites::trustpilot::{TrustpilotConfig, TrustpilotProvider};
use review_invites::*;
use review_sandbox::{EmailKind, Fault, FaultPhase, FaultRule, RetryAfter, Sandbox};
use review_testkit::conformance::{Harness, VendorFault};
use review_testkit::{FaultRule as TransportRule, FaultTransport};

/// How one vendor is made and told apart.
pub trait Played: Send + Sync + 'static {
    /// What the path of a call that sends ends in.
    const SENDS: &'static str;

    /// The provider at the sandbox, over this transport.
    fn provider(
        vars: &dyn Fn(&str) -> Option<String>,
        http: ClientOptions,
        transport: DynTransport,
    ) -> DynProvider;

    /// The value to be sent in a field; see [`Harness::value`].
    fn value(_: &str, usual: &str) -> String {
        usual.to_owned()
    }

    /// How a value may be spelled; see [`Harness::spelling`].
    fn spelling(field: &str, value: &str) -> Vec<String>;

    /// See [`Harness::no_place_for`].
    const NO_PLACE_FOR: &'static [&'static str];
}

/// Trustpilot, logged in by password.
pub struct Trustpilot;

impl Played for Trustpilot {
    const SENDS: &'static str = "/email-invitations";
    const NO_PLACE_FOR: &'static [&'static str] =
        &["customer.phone", "customer.address", "customer.reference"];

    fn provider(
        vars: &dyn Fn(&str) -> Option<String>,
        http: ClientOptions,
        transport: DynTransport,
    ) -> DynProvider {
        let config = TrustpilotConfig::from_vars(vars).unwrap().with_http(http);
        Arc::new(TrustpilotProvider::with_transport(config, transport))
    }

    fn value(field: &str, usual: &str) -> String {
        // A template that the account in the sandbox has: another one leads to no e-mail.
        if field == "template" { "529c0abfefb96008b894ad02".to_owned() } else { usual.to_owned() }
    }

    fn spelling(_: &str, value: &str) -> Vec<String> {
        vec![value.to_owned()]
    }
}

/// eTrusted, by events whose settings ask for everything.
pub struct EtrustedEvents;

impl Played for EtrustedEvents {
    const SENDS: &'static str = "/events";
    const NO_PLACE_FOR: &'static [&'static str] = &[];

    fn provider(
        vars: &dyn Fn(&str) -> Option<String>,
        http: ClientOptions,
        transport: DynTransport,
    ) -> DynProvider {
        let vars = |name: &str| match name {
            "ETRUSTED_ASKS_FOR" => Some("both".to_owned()),
            name => vars(name),
        };
        let config = EtrustedConfig::from_vars(vars).unwrap().with_http(http);
        Arc::new(EtrustedProvider::with_transport(config, transport))
    }

    fn spelling(field: &str, value: &str) -> Vec<String> {
        etrusted_spelling(field, value)
    }
}

/// eTrusted, by mails that are ordered.
pub struct EtrustedDirect;

impl Played for EtrustedDirect {
    const SENDS: &'static str = "/invites";
    const NO_PLACE_FOR: &'static [&'static str] =
        &["customer.phone", "customer.address", "customer.reference"];

    fn provider(
        vars: &dyn Fn(&str) -> Option<String>,
        http: ClientOptions,
        transport: DynTransport,
    ) -> DynProvider {
        let vars = |name: &str| match name {
            "ETRUSTED_INVITE_TEMPLATE" => Some(MAIL_TEMPLATE.to_owned()),
            "ETRUSTED_QUESTIONNAIRE_TEMPLATE" => Some(etrusted::STANDARD.to_owned()),
            name => vars(name),
        };
        EtrustedEvents::provider(&vars, http, transport)
    }

    fn value(field: &str, usual: &str) -> String {
        if field == "template" { MAIL_TEMPLATE.to_owned() } else { usual.to_owned() }
    }

    fn spelling(field: &str, value: &str) -> Vec<String> {
        etrusted_spelling(field, value)
    }
}

/// A template of the mail that the sandbox has.
const MAIL_TEMPLATE: &str = "tpl-inv-12261ad3-d36b-4a3a-a4ab-850920d7b11f";

fn etrusted_spelling(field: &str, value: &str) -> Vec<String> {
    if field == "customer.locale" { vec![value.replace('-', "_")] } else { vec![value.to_owned()] }
}

/// A vendor at a sandbox of its own.
pub struct AtSandbox<V> {
    sandbox: Sandbox,
    provider: DynProvider,
    transport: FaultTransport,
    vendor: PhantomData<V>,
}

impl<V: Played> AtSandbox<V> {
    /// Lets the next call that sends meet a fault of the sandbox.
    fn meets(&self, fault: Fault) {
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
        let sandbox = Sandbox::start().await.unwrap();
        let options = ClientOptions::default()
            .with_retry(RetryPolicy::default().with_attempt_timeout(Duration::from_secs(2)))
            .with_transport(TransportOptions::default().with_idle_timeout(Duration::ZERO));
        let transport = FaultTransport::new(default_transport(options.transport).unwrap());
        let provider = V::provider(&|name| sandbox.env_var(name), options, Arc::new(transport.clone()));
        Self { sandbox, provider, transport, vendor: PhantomData }
    }

    fn provider(&self) -> DynProvider {
        Arc::clone(&self.provider)
    }

    async fn accepted(&self, reference: &str) -> usize {
        let mails = self.sandbox.emails_for(reference);
        let of = |kind| mails.iter().filter(|mail| mail.kind == kind).count();
        of(EmailKind::Service).max(of(EmailKind::Product))
    }

    async fn requests(&self) -> usize {
        usize::try_from(self.sandbox.request_count()).unwrap()
    }

    async fn wire(&self, reference: &str) -> Option<String> {
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
            VendorFault::LoseAnswer => self.meets(Fault::Reset(FaultPhase::AfterCommit)),
            VendorFault::Silence => self.meets(Fault::Stall(FaultPhase::AfterCommit)),
            VendorFault::Throttle(wait) => self.meets(Fault::Status {
                code: 429,
                retry_after: Some(RetryAfter::Seconds(u32::try_from(wait.as_secs()).unwrap())),
                empty: false,
                phase: FaultPhase::BeforeCommit,
            }),
            VendorFault::Unauthorized => self.meets(Fault::ExpiredToken),
            VendorFault::Forbidden => self.meets(Fault::status(403)),
            VendorFault::ServerError => self.meets(Fault::status(500)),
            // The sandbox refuses connections for a while, not one; and it quotes nothing.
            other => {
                let rule =
                    TransportRule::new(other.into()).when(|request| request.uri().path().ends_with(V::SENDS));
                // As often as the provider may try.
                self.transport.add(rule.first(if other == VendorFault::Refuse { 3 } else { 1 }));
            }
        }
        true
    }

    fn secrets(&self) -> Vec<String> {
        let tokens = self.sandbox.requests().into_iter().filter_map(|seen| {
            let value = seen.header("authorization")?;
            value.split_once(' ').map(|(_, token)| token.to_owned())
        });
        secrets(&self.sandbox).into_iter().chain(tokens).collect()
    }

    fn value(&self, field: &str, usual: &str) -> String {
        V::value(field, usual)
    }

    fn spelling(&self, field: &str, value: &str) -> Vec<String> {
        V::spelling(field, value)
    }

    fn no_place_for(&self) -> &[&str] {
        V::NO_PLACE_FOR
    }
}

/// Every credential of the sandbox.
pub fn secrets(sandbox: &Sandbox) -> Vec<String> {
    let public = ["_URL", "_UNIT_ID", "_CHANNEL_ID", "_DOMAIN", "_USER_ID", "_EVENT_TYPE", "REVIEW_PROVIDER"];
    let is_public = |name: &str| public.iter().any(|end| name.ends_with(end));
    let secrets: Vec<_> =
        sandbox.env_vars().into_iter().filter(|(name, _)| !is_public(name)).map(|(_, value)| value).collect();
    assert_eq!(secrets.len(), 6, "key, secret, user and password; id and secret");
    secrets
}
