//! Providers that run hooks as the provider for HTTP does.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use async_trait::async_trait;
use review_core::Result;
use review_core::model::InviteRequest;
use review_core::provider::{
    Capabilities, InviteLookup, InviteReceipt, InviteRef, InviteState, ProviderInfo, ReviewInviteProvider,
};

type Script = Box<dyn Fn(&InviteRequest, u32) -> Result<InviteState> + Send + Sync>;

/// Responds by a script, which gets the request and the number of the call.
pub struct ScriptedProvider {
    info: ProviderInfo,
    capabilities: Capabilities,
    script: Script,
    delay: Duration,
    found: bool,
    hang_lookups: AtomicBool,
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
            hang_lookups: AtomicBool::new(false),
            calls: Mutex::default(),
            lookups: Mutex::default(),
        })
    }

    /// Lets every lookup wait forever.
    pub fn hang_lookups(&self) {
        self.hang_lookups.store(true, Ordering::SeqCst);
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
        if self.hang_lookups.load(Ordering::SeqCst) {
            std::future::pending::<()>().await;
        }
        Ok(if self.found {
            InviteLookup::Found(review_core::provider::InviteStatus::new())
        } else {
            InviteLookup::NotFound
        })
    }
}
