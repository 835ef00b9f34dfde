//! Errors without their source, and output with personal data or secrets.

use std::sync::Mutex;

use async_trait::async_trait;
use review_core::model::*;
use review_core::provider::*;
use review_core::*;
use review_testkit::conformance::VendorFault;

use super::sends;
use crate::flaw::{Flaw, PASSWORD, Vendor, reworded};

/// Adds what the vendor quotes to the error, as a message without redaction does.
fn quote(vendor: &Vendor, error: &Error, quoted: &str) -> Error {
    reworded(error, format!("the value {quoted} is invalid"))
        .with_provider(vendor.info())
        .with_operation("send_invite")
}

/// Defines providers that do not redact some of the messages.
macro_rules! quotes {
    ($($flaw:ident: $pattern:pat $(if $guard:expr)? => $quoted:ident;)*) => {
        sends! {$(
            $flaw: |vendor, request| {
                let result = vendor.send_invite(request).await;
                match vendor.last_fault() {
                    Some($pattern) $(if $guard)? => result.map_err(|error| quote(vendor, &error, &$quoted)),
                    _ => result,
                }
            }
        )*}
    };
}

quotes! {
    RedactsNothing: VendorFault::RejectQuoting(quoted) => quoted;
    MissesOneValue: VendorFault::RejectQuoting(quoted) if quoted == "Fitzcarraldo" => quoted;
    MissesSecrets: VendorFault::RejectQuoting(quoted) if quoted == PASSWORD => quoted;
    RedactsNothingInSuccess: VendorFault::RejectInSuccess(quoted) => quoted;
    ShowsSecretOfToken: VendorFault::RejectToken(quoted) => quoted;
}

sends! {
    OmitsOperation: |vendor, request| {
        let result = vendor.send_invite(request).await;
        result.map_err(|error| reworded(&error, "no".to_owned()).with_provider(vendor.info()))
    }

    NamesAnotherProvider: |vendor, request| {
        let result = vendor.send_invite(request).await;
        result.map_err(|error| error.with_provider(&ProviderInfo::new("another", "test")))
    }

    LeaksInErrorSource: |vendor, request| {
        let quoted = format!("550 no such mailbox: {}", request.customer().email().as_str());
        let result = vendor.send_invite(request).await;
        result.map_err(|error| {
            let cause = Error::new(ErrorKind::Unexpected, "").with_source(FieldError::new("to", quoted));
            error.with_source(cause)
        })
    }

    LeaksInLog: |vendor, request| {
        let phone = request.customer().phone().map(PhoneNumber::as_str);
        tracing::trace!(phone, "sending");
        vendor.send_invite(request).await
    }

    LeaksEncodedCredentials: |vendor, request| {
        use base64::Engine as _;
        let pair = base64::engine::general_purpose::STANDARD.encode(format!("shop:{PASSWORD}"));
        tracing::debug!("authorization: Basic {pair}");
        vendor.send_invite(request).await
    }

    LeaksQuerySecret: |vendor, request| {
        tracing::debug!("POST https://vendor.example/invitations?id=7&access_code={PASSWORD}");
        vendor.send_invite(request).await
    }

    LeaksUnlistedQuerySecret: |vendor, request| {
        tracing::debug!("POST https://vendor.example/invitations?id=7&access_code=not-in-the-harness");
        vendor.send_invite(request).await
    }

    LeaksInPanic: |vendor, request| {
        let name = request.customer().name().map(CustomerName::full).unwrap_or_default();
        assert!(name.is_ascii(), "expected a name in ASCII, found {name}");
        vendor.send_invite(request).await
    }
}

#[derive(Default)]
pub(crate) struct LeaksInDebug(Mutex<String>);

#[async_trait]
impl Flaw for LeaksInDebug {
    fn debug(&self) -> String {
        self.0.lock().unwrap().clone()
    }

    async fn send(&self, vendor: &Vendor, request: &InviteRequest) -> Result<InviteReceipt> {
        let name = request.customer().name().map(CustomerName::full);
        *self.0.lock().unwrap() = name.unwrap_or_default();
        vendor.send_invite(request).await
    }
}
