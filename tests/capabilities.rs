//! What a provider says it can do, it can; and what it does not say, it refuses before a request leaves.
#![allow(clippy::unwrap_used, reason = "a test may panic")]

use review_invites::*;
use review_invites_tests::{VENDORS, provider, request};
use review_sandbox::Sandbox;

const FEATURES: [Feature; 8] = [
    Feature::Scheduling,
    Feature::Template,
    Feature::Tags,
    Feature::RedirectUrl,
    Feature::Location,
    Feature::ReplyTo,
    Feature::Sender,
    Feature::Metadata,
];

/// A request that asks for this and nothing else.
fn asking_for(feature: Feature) -> InviteRequest {
    let plain = request("1");
    let order = match feature {
        Feature::Metadata => plain.order().clone().with_metadata("key", "value"),
        _ => plain.order().clone(),
    };
    let address = || EmailAddress::new("shop@example.com").unwrap();
    let request = InviteRequest::builder(plain.customer().clone(), order, plain.consent().clone());
    let request = match feature {
        Feature::Scheduling => request.send_at(SendAt::Now),
        Feature::Template => request.template(TemplateId::new("507f191e810c19729de860ea").unwrap()),
        Feature::Tags => request.tag(Tag::new("tag").unwrap()),
        Feature::RedirectUrl => request.redirect_url("https://shop.example/".parse().unwrap()),
        Feature::Location => request.location(LocationId::new("berlin").unwrap()),
        Feature::ReplyTo => request.reply_to(address()),
        Feature::Sender => request.sender(Sender { name: None, email: Some(address()) }),
        _ => request,
    };
    let request = request.build().unwrap();
    assert_eq!(request.features(), [feature]);
    request
}

#[tokio::test]
async fn every_feature_works_as_declared() {
    for vendor in VENDORS {
        for feature in FEATURES {
            let sandbox = Sandbox::start().await.unwrap();
            let provider = provider(&sandbox, vendor);
            let result = provider.send_invite(&asking_for(feature)).await;
            if provider.capabilities().supports(feature) {
                let warnings = result.unwrap().warnings;
                assert_eq!((warnings, sandbox.mails().len()), (vec![], 1), "{vendor}: {feature}");
            } else {
                let error = result.unwrap_err();
                assert_eq!(
                    (error.kind(), error.sent()),
                    (ErrorKind::Unsupported, Sent::No),
                    "{vendor}: {feature}"
                );
                assert_eq!(error.fields().first().unwrap().field(), feature.field());
                assert_eq!(sandbox.requests().len(), 0, "{vendor}: {feature}");
            }
        }
    }
}

#[tokio::test]
async fn every_kind_works_as_declared() {
    for vendor in VENDORS {
        for kind in [InviteKind::Service, InviteKind::Product, InviteKind::ServiceAndProduct] {
            let sandbox = Sandbox::start().await.unwrap();
            let provider = provider(&sandbox, vendor);
            let product = Product::new(Sku::new("S-1").unwrap(), ProductText::new("Shoe").unwrap())
                .with_url("https://shop.example/s-1".parse().unwrap());
            let plain = request("1");
            let order = plain.order().clone().with_product(product);
            let request = InviteRequest::builder(plain.customer().clone(), order, plain.consent().clone());
            let result = provider.send_invite(&request.kind(kind).build().unwrap()).await;
            assert_eq!(result.is_ok(), provider.capabilities().sends(kind), "{vendor}: {kind}");
            assert!(result.is_ok() || sandbox.requests().is_empty(), "{vendor}: {kind}");
        }
    }
}

#[tokio::test]
async fn every_operation_exists_as_declared() {
    for vendor in VENDORS {
        let sandbox = Sandbox::start().await.unwrap();
        let provider = provider(&sandbox, vendor);
        let request = request("1");
        let has = |operation| provider.capabilities().has(operation);
        let results = [
            (Operation::CreateLink, provider.create_link(&request).await.map(drop)),
            (Operation::FindInvite, provider.find_invite(&request.key(provider.info())).await.map(drop)),
            (Operation::EraseCustomer, provider.erase_customer(request.customer().email()).await.map(drop)),
            (Operation::CheckSetup, provider.check_setup().await.map(drop)),
        ];
        for (operation, result) in results {
            match result {
                Ok(()) => assert!(has(operation), "{vendor}: {operation:?} works and is not declared"),
                Err(error) => {
                    assert!(!has(operation), "{vendor}: {operation:?} is declared: {error}");
                    assert_eq!((error.kind(), error.sent()), (ErrorKind::Unsupported, Sent::No));
                    assert!(!error.message().is_empty(), "{vendor}: {operation:?} names no other way");
                }
            }
        }
        assert_eq!(sandbox.mails().len(), 0, "none of these sends a mail");
    }
}
