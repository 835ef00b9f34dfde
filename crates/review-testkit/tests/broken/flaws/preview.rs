//! Validation and previews differ from sending.

use async_trait::async_trait;
use futures_util::FutureExt;
use review_core::model::*;
use review_core::provider::*;
use review_core::*;

use crate::flaw::{Flaw, Vendor, without};

/// Defines providers without templates that change the preview.
macro_rules! previews {
    ($($flaw:ident: $method:ident -> $returned:ty, |$vendor:ident, $request:ident| $preview:block)*) => {$(
        #[derive(Default)]
        pub(crate) struct $flaw;

        #[async_trait]
        impl Flaw for $flaw {
            fn actual() -> Capabilities {
                without(Field::Template)
            }

            fn $method(&self, $vendor: &Vendor, $request: &InviteRequest) -> Result<$returned> $preview
        }
    )*};
}

fn shown() -> PreviewRequest {
    PreviewRequest::new("POST", "https://vendor.example/invitations")
}

previews! {
    PreviewCalls: preview -> Preview, |vendor, request| {
        let _ = vendor.check_setup().now_or_never();
        vendor.preview(request)
    }

    PreviewAcceptsEverything: preview -> Preview, |_vendor, _request| {
        Ok(Preview::new(vec![shown()]))
    }

    PreviewWithoutWarnings: preview -> Preview, |vendor, request| {
        let mut preview = vendor.preview(request)?;
        preview.warnings.clear();
        Ok(preview)
    }

    PreviewLeaks: preview -> Preview, |vendor, request| {
        let mut preview = vendor.preview(request)?;
        let body = format!("{{\"to\":\"{}\"}}", request.customer().email().as_str().replace('@', "%40"));
        preview.requests.push(shown().with_redacted_body(body));
        Ok(preview)
    }

    ValidateAcceptsEverything: validate -> Vec<Warning>, |vendor, request| {
        Ok(vendor.preview(request).map(|preview| preview.warnings).unwrap_or_default())
    }

    ValidateWithoutWarnings: validate -> Vec<Warning>, |vendor, request| {
        vendor.preview(request).map(|_| Vec::new()).map_err(|error| error.with_operation("validate"))
    }
}
