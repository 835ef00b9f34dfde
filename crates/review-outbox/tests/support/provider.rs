//! Providers that run hooks as the provider for HTTP does.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use async_trait::async_trait;
use review_core::model::InviteRequest;
use review_core::provider::{
    Capabilities, InviteLookup, InviteReceipt, InviteRef, InviteState, ProviderInfo, ReviewInviteProvider,
};
use review_core::{Error, ErrorKind, Result};
use tokio::io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::net::TcpStream;

/// Sends to the vendor of `vendor.rs`.
#[derive(Debug)]
pub struct TcpProvider {
    info: ProviderInfo,
    capabilities: Capabilities,
    port: u16,
    /// The wait for the client's own rate limit.
    wait: Duration,
    idle: Mutex<Vec<BufReader<TcpStream>>>,
}

impl TcpProvider {
    pub fn new(port: u16, wait: Duration) -> Arc<Self> {
        let capabilities = Capabilities::all().with_send_hooks();
        Arc::new(Self { info: super::info(), capabilities, port, wait, idle: Mutex::default() })
    }

    async fn exchange(&self, stream: &mut BufReader<TcpStream>, line: &str) -> std::io::Result<()> {
        stream.get_mut().write_all(line.as_bytes()).await?;
        let mut response = String::new();
        stream.read_line(&mut response).await?;
        if response == "OK\n" { Ok(()) } else { Err(std::io::ErrorKind::UnexpectedEof.into()) }
    }
}

#[async_trait]
impl ReviewInviteProvider for TcpProvider {
    fn info(&self) -> &ProviderInfo {
        &self.info
    }

    fn capabilities(&self) -> &Capabilities {
        &self.capabilities
    }

    async fn send_invite(&self, request: &InviteRequest) -> Result<InviteReceipt> {
        self.validate(request)?;
        let reference = request.order().reference().as_str();
        assert!(!reference.starts_with("panic"), "a poison job");
        if reference.starts_with("abort") {
            std::process::abort();
        }
        tokio::time::sleep(self.wait).await;
        let idle = self.idle.lock().unwrap().pop();
        let mut stream = match idle {
            Some(stream) => stream,
            None => {
                let stream = TcpStream::connect(("127.0.0.1", self.port)).await;
                let stream = stream.map_err(|_| Error::new(ErrorKind::Transient, "connection refused"))?;
                let _ = stream.set_nodelay(true);
                BufReader::new(stream)
            }
        };
        request.hooks().before_send().await?;
        request.hooks().check()?;
        request.hooks().mark_sent();
        let sent = self.exchange(&mut stream, &format!("SEND {reference}\n")).await;
        sent.map_err(|_| Error::new(ErrorKind::OutcomeUnknown, "the connection closed"))?;
        self.idle.lock().unwrap().push(stream);
        Ok(InviteReceipt::new(self.info.clone(), InviteState::Accepted))
    }
}

type Script = Box<dyn Fn(&InviteRequest, u32) -> Result<InviteState> + Send + Sync>;

/// Responds by a script, which gets the request and the number of the call.
pub struct ScriptedProvider {
    info: ProviderInfo,
    capabilities: Capabilities,
    script: Script,
    delay: Duration,
    found: bool,
    pub calls: Mutex<Vec<String>>,
    pub lookups: Mutex<u32>,
}

impl std::fmt::Debug for ScriptedProvider {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("ScriptedProvider")
    }
}

impl ScriptedProvider {
    pub fn new(
        script: impl Fn(&InviteRequest, u32) -> Result<InviteState> + Send + Sync + 'static,
    ) -> Arc<Self> {
        Self::build(script, Duration::ZERO, false, true)
    }

    pub fn accepting() -> Arc<Self> {
        Self::new(|_, _| Ok(InviteState::Accepted))
    }

    pub fn build(
        script: impl Fn(&InviteRequest, u32) -> Result<InviteState> + Send + Sync + 'static,
        delay: Duration,
        found: bool,
        hooks: bool,
    ) -> Arc<Self> {
        let capabilities = Capabilities::all();
        let capabilities = if hooks { capabilities.with_send_hooks() } else { capabilities };
        Arc::new(Self {
            info: super::info(),
            capabilities,
            script: Box::new(script),
            delay,
            found,
            calls: Mutex::default(),
            lookups: Mutex::default(),
        })
    }

    pub fn call_count(&self) -> usize {
        self.calls.lock().unwrap().len()
    }
}

#[async_trait]
impl ReviewInviteProvider for ScriptedProvider {
    fn info(&self) -> &ProviderInfo {
        &self.info
    }

    fn capabilities(&self) -> &Capabilities {
        &self.capabilities
    }

    async fn send_invite(&self, request: &InviteRequest) -> Result<InviteReceipt> {
        let hooks = request.hooks();
        if self.capabilities.runs_send_hooks() {
            hooks.before_send().await?;
            hooks.check()?;
            hooks.mark_sent();
        }
        let number = {
            let mut calls = self.calls.lock().unwrap();
            calls.push(request.order().reference().as_str().to_owned());
            u32::try_from(calls.len()).unwrap()
        };
        tokio::time::sleep(self.delay).await;
        let result = (self.script)(request, number);
        let result = result.map(|state| InviteReceipt::new(self.info.clone(), state));
        hooks.record(&result);
        result
    }

    async fn find_invite(&self, _: &InviteRef) -> Result<InviteLookup> {
        *self.lookups.lock().unwrap() += 1;
        Ok(if self.found {
            InviteLookup::Found(review_core::provider::InviteStatus::new())
        } else {
            InviteLookup::NotFound
        })
    }
}
