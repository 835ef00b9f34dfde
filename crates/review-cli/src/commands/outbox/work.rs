//! `outbox work`.

use std::time::Duration;

use clap::{Args, ValueEnum};
use review_outbox::{Instance, UnknownPolicy, Worker, WorkerOptions};

use crate::failure::Result;
use crate::ledger::LedgerArgs;
use crate::limits::shared_limits;
use crate::output::Output;
use crate::settings::{self, ConfigArgs};
use crate::signals::Signals;

/// Time between two lookups of an unknown outcome, and the time after which they end.
const LOOK_UP_EVERY: Duration = Duration::from_secs(3_600);
const GIVE_UP_AFTER: Duration = Duration::from_secs(7 * 86_400);

#[derive(Debug, Args)]
#[command(after_help = "\
Several workers can share one outbox. Warnings go to standard error.

Example: review-invites outbox work --ledger postgres://localhost/shop --unknown lookup")]
pub(crate) struct WorkArgs {
    #[command(flatten)]
    ledger: LedgerArgs,
    /// Requests in flight for each instance
    #[arg(long, default_value_t = 8, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=256))]
    concurrency: u16,
    /// What happens to unknown outcomes
    #[arg(long, default_value = "hold", value_name = "POLICY")]
    unknown: Unknown,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum Unknown {
    /// They wait for `reconcile` or for you
    Hold,
    /// They are looked up every hour, for a week
    #[value(name = "lookup")]
    LookUp,
}

pub(super) async fn run(args: WorkArgs, config: &ConfigArgs, output: &mut Output) -> Result<()> {
    let mut signals = Signals::new()?;
    let registry = config.load()?;
    let outbox = args.ledger.open_for_work(config).await?;
    let policy = match args.unknown {
        Unknown::Hold => UnknownPolicy::Hold,
        Unknown::LookUp => UnknownPolicy::LookUp { every: LOOK_UP_EVERY, give_up_after: GIVE_UP_AFTER },
    };
    let mut instances = Vec::new();
    for (name, provider) in settings::instances(&registry, None)? {
        let mut instance = Instance::new(provider)
            .with_concurrency(usize::from(args.concurrency))
            .with_unknown_policy(policy.clone());
        for limit in
            registry.rate_limits(&name).map(|limits| shared_limits(&name, limits)).unwrap_or_default()
        {
            instance = instance.add_limit(limit);
        }
        instances.push(instance);
    }
    let log = tracing_subscriber::fmt().with_writer(std::io::stderr).with_max_level(level(output)).try_init();
    if log.is_err() {
        output.note("warning: messages of the worker cannot be shown");
    }
    let worker = Worker::new(outbox.clone(), instances, WorkerOptions::default())?;
    output.note("the worker runs; Ctrl-C or SIGTERM stops it");
    worker.run(signals.next()).await;
    outbox.close().await;
    output.note("the worker has stopped; what is left is in the outbox: review-invites outbox status");
    Ok(())
}

fn level(output: &Output) -> tracing_subscriber::filter::LevelFilter {
    use tracing_subscriber::filter::LevelFilter;
    if output.is_quiet() { LevelFilter::WARN } else { LevelFilter::INFO }
}
