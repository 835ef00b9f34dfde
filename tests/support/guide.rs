//! The README and the pages of the guide: rustdoc compiles and runs their examples. `tests/docs` checks that every page
//! is listed.

#[doc = include_str!("../../README.md")]
struct Readme;

#[doc = include_str!("../../docs/src/introduction.md")]
struct Introduction;

#[doc = include_str!("../../docs/src/command.md")]
struct Command;

#[doc = include_str!("../../docs/src/getting-started.md")]
struct GettingStarted;

#[doc = include_str!("../../docs/src/switching.md")]
struct Switching;

#[doc = include_str!("../../docs/src/configuration.md")]
struct Configuration;

#[doc = include_str!("../../docs/src/errors.md")]
struct Errors;

#[doc = include_str!("../../docs/src/order-files.md")]
struct OrderFiles;

#[doc = include_str!("../../docs/src/wrappers.md")]
struct Wrappers;

#[doc = include_str!("../../docs/src/bulk.md")]
struct Bulk;

#[doc = include_str!("../../docs/src/outbox.md")]
struct Outbox;

#[doc = include_str!("../../docs/src/assumptions.md")]
struct Assumptions;

#[doc = include_str!("../../docs/src/testing.md")]
struct Testing;

#[doc = include_str!("../../docs/src/setup-trustpilot.md")]
struct SetupTrustpilot;

#[doc = include_str!("../../docs/src/setup-etrusted.md")]
struct SetupEtrusted;

#[doc = include_str!("../../docs/src/setup-webwinkelkeur.md")]
struct SetupWebwinkelkeur;
#[doc = include_str!("../../docs/src/setup-kiyoh.md")]
struct SetupKiyoh;

#[doc = include_str!("../../docs/src/faq.md")]
struct Faq;

#[doc = include_str!("../../docs/src/gdpr.md")]
struct Gdpr;

#[doc = include_str!("../../docs/src/production.md")]
struct Production;

#[doc = include_str!("../../docs/src/writing-a-provider.md")]
struct WritingAProvider;

#[doc = include_str!("../../docs/src/reviews.md")]
struct Reviews;

#[doc = include_str!("../../docs/src/links.md")]
struct Links;

#[doc = include_str!("../../docs/src/webhooks.md")]
struct Webhooks;

#[doc = include_str!("../../docs/src/monitoring.md")]
struct Monitoring;

#[doc = include_str!("../../docs/src/performance.md")]
struct Performance;

#[doc = include_str!("../../docs/src/sandbox.md")]
struct Sandbox;

#[doc = include_str!("../../docs/src/network.md")]
struct Network;

#[doc = include_str!("../../docs/src/stability.md")]
struct Stability;
