//! `send`: invites the customers of order files.

mod args;
mod examples;
mod input;
mod prepare;
mod progress;
mod recorder;
mod report;
mod run;

use std::path::Path;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use review_invites::registry::PROVIDER_ENV;
use review_invites::wrappers::{Dedup, MemoryDedupStore};
use review_invites::{DynProvider, Registry, ReviewInviteProvider as _, SendAt};
use review_orders::OrderParser;
use review_outbox::{Ledger, Outbox};
use review_sandbox::Sandbox;

pub(crate) use self::args::SendArgs;
use self::input::Source;
use self::prepare::{Options, lock};
use self::recorder::Recorder;
use self::report::Report;
use self::run::{End, Stop};
use super::sandbox;
use crate::failure::{Failure, Result, unknown_help};
use crate::ledger;
use crate::limits::shared_limits;
use crate::outcome::{Exit, Outcome};
use crate::output::Output;
use crate::settings::{self, ConfigArgs};
use crate::signals::Signals;

/// Longer than the deadline of one call. After it, a request of a run that was killed is unknown.
pub(crate) const LEASE: Duration = Duration::from_secs(300);
/// Requests of each run other than invitations: for the access token and the id of the account.
const REQUESTS_OF_A_RUN: u32 = 2;

pub(crate) async fn run(args: SendArgs, config: &ConfigArgs, output: &mut Output) -> Result<()> {
    // clap does not see this conflict if --config comes before `send`.
    if args.sandbox && config.config.is_some() {
        let help = "leave one of them out: the sandbox has its own accounts";
        return Err(Failure::new("--sandbox cannot be used with --config", help));
    }
    let sources = input::sources(&args.files)?;
    let mut signals = Signals::new()?;
    match args.sandbox {
        true => to_sandbox(&args, sources, output, &mut signals).await,
        false => to_account(&args, &sources, config, output, &mut signals).await,
    }
}

async fn to_account(
    args: &SendArgs,
    sources: &[Source],
    config: &ConfigArgs,
    output: &mut Output,
    signals: &mut Signals,
) -> Result<()> {
    let registry = config.load()?;
    for warning in settings::warnings(&registry) {
        output.note(&warning);
    }
    let provider = match &args.instance {
        Some(name) => settings::instance(&registry, name)?,
        None => registry.provider(),
    };
    let record = match (args.dry_run, args.no_ledger) {
        (true, _) | (_, true) => None,
        _ => {
            let path = ledger::path_for_sending(args.ledger.as_deref(), config)?;
            Some((ledger::open_for_sending(&path).await?, path))
        }
    };
    let report = create_report(
        args,
        sources,
        record.as_ref().and_then(|(_, target)| ledger::file(target)).as_deref(),
    )?;
    let (provider, stopped) = match &record {
        Some((outbox, _)) => with_ledger(args, &registry, provider, outbox, output, signals).await?,
        None if args.dry_run => (provider, None),
        None => (once_each(provider), None),
    };
    let recorder =
        Mutex::new(Recorder::new(output, report, sources.len() > 1, args.dry_run, record.is_some()));
    let end = pass(args, &provider, sources, true, &recorder, signals, stopped).await;
    if let Some((outbox, _)) = &record {
        outbox.close().await;
    }
    let mut recorder = lock(&recorder);
    recorder.output.record(run::exit(end));
    recorder.summarize();
    next_steps(&mut recorder, end, args.dry_run, record.as_ref().map(|(_, target)| target.as_str()));
    Ok(())
}

fn create_report(args: &SendArgs, sources: &[Source], ledger: Option<&Path>) -> Result<Option<Report>> {
    let others = sources.iter().filter_map(Source::path).chain(ledger);
    args.report.as_deref().map(|path| Report::create(path, others)).transpose()
}

/// Prints what is left, and what to do next.
fn next_steps(recorder: &mut Recorder<'_>, end: End, is_dry_run: bool, ledger: Option<&str>) {
    let again = if is_dry_run { "" } else { "; run the same command again" };
    if end.left > 0 {
        recorder.output.summary(&format!("{} orders are left{again}", end.left));
    }
    if end.is_unread {
        recorder.output.summary(&format!("the input was not read to its end{again}"));
    }
    let has_unknown = recorder.total(Outcome::Unknown) > 0;
    match ledger {
        Some(target) => {
            let shown = ledger::shown(target);
            if has_unknown {
                // What was redacted would not open the ledger.
                let option = if shown == target { format!(" {shown}") } else { String::new() };
                let more = if option.is_empty() { ", with the URL of this run" } else { "" };
                recorder.output.summary(&format!("next: review-invites reconcile --ledger{option}{more}"));
            }
            recorder.output.summary(&format!("ledger: {shown}"));
        }
        None if has_unknown => recorder.output.summary(&format!("next: {}", unknown_help(false))),
        None => {}
    }
}

async fn pass(
    args: &SendArgs,
    provider: &DynProvider,
    sources: &[Source],
    is_first: bool,
    recorder: &Mutex<Recorder<'_>>,
    signals: &mut Signals,
    stopped: Option<Stop>,
) -> End {
    let parser = OrderParser::new().with_policy(args.policy()).with_system(args.from);
    let input = input::read(sources, &parser);
    // Only the sandbox gets a default: for an account, the vendor's error names the option.
    let needs_time = args.sandbox && !provider.capabilities().has_account_schedule();
    let options = Options {
        kind: args.kind,
        send_at: args.send_at.or(needs_time.then_some(SendAt::Now)),
        personal_data: args.personal_data,
        record_ineligible: is_first,
    };
    match args.dry_run {
        true => run::dry_run(provider, input, args, options, recorder, signals).await,
        false => run::send(provider, input, args, options, recorder, signals, stopped).await,
    }
}

async fn with_ledger(
    args: &SendArgs,
    registry: &Registry,
    provider: DynProvider,
    outbox: &Outbox,
    output: &Output,
    signals: &mut Signals,
) -> Result<(DynProvider, Option<Stop>)> {
    let mut ledger = Ledger::new(provider, outbox.clone(), LEASE);
    let names: Vec<&str> = match &args.instance {
        Some(name) => vec![name],
        None => registry.instances().collect(),
    };
    for name in &names {
        for limit in
            registry.rate_limits(name).map(|limits| shared_limits(name, limits)).into_iter().flatten()
        {
            ledger = ledger.add_limit(*name, limit);
        }
    }
    ledger.prepare().await?;
    let mut stopped = None;
    for name in names {
        while let Some(wait) = ledger.use_slots(name, REQUESTS_OF_A_RUN).await? {
            if args.no_wait {
                stopped = Some(Stop::Limit);
                break;
            }
            let seconds = wait.as_secs_f64().ceil();
            output.note(&format!(
                "waiting {seconds} s for the limit of {name} that all runs share; Ctrl-C stops"
            ));
            tokio::select! {
                () = tokio::time::sleep(wait) => {}
                () = signals.next() => {
                    stopped = Some(Stop::Signal);
                    break;
                }
            }
        }
        if stopped.is_some() {
            break;
        }
    }
    Ok((Arc::new(ledger), stopped))
}

/// An order that is in the input several times is invited once.
fn once_each(provider: DynProvider) -> DynProvider {
    Arc::new(Dedup::new(provider, MemoryDedupStore::new()))
}

async fn to_sandbox(
    args: &SendArgs,
    sources: Vec<Source>,
    output: &mut Output,
    signals: &mut Signals,
) -> Result<()> {
    let sandbox = sandbox::start(0).await?;
    let vendors = match &args.instance {
        Some(name) => vec![vendor(name)?],
        None => review_invites::available_vendors(),
    };
    let sources = input::buffered(sources)?;
    let report = create_report(args, &sources, None)?;
    let recorder = Mutex::new(Recorder::new(output, report, sources.len() > 1, args.dry_run, false));
    let address = sandbox::address(&sandbox);
    lock(&recorder).output.note(&format!("see what customers would get: {address}"));
    let mut keep_open = args.keep_open;
    let (mut exit, mut not_started) = (Exit::Done, Vec::new());
    for (position, vendor) in vendors.iter().enumerate() {
        let provider = once_each(sandbox_provider(&sandbox, vendor)?);
        let end = pass(args, &provider, &sources, position == 0, &recorder, signals, None).await;
        exit = exit.max(run::exit(end));
        if end.stopped.is_some() {
            not_started = vendors.iter().skip(position + 1).copied().collect();
            keep_open &= end.stopped != Some(Stop::Signal);
            break;
        }
    }
    {
        let mut recorder = lock(&recorder);
        recorder.output.record(exit);
        recorder.summarize();
        if !not_started.is_empty() {
            recorder.output.record(Exit::Failed);
            recorder.output.summary(&format!("stopped before these vendors: {}", not_started.join(", ")));
        }
        let emails = sandbox.emails().len();
        recorder.output.summary(&format!("the sandbox would send {emails} emails; no customer gets one"));
        recorder.output.summary(&match keep_open {
            true => format!("look at them: {address} (Ctrl-C ends the sandbox)"),
            false => format!("{address} has ended; with --keep-open, you can look at them"),
        });
    }
    if keep_open {
        signals.next().await;
    }
    sandbox.stop().await;
    Ok(())
}

fn vendor(name: &str) -> Result<&'static str> {
    let vendors = review_invites::available_vendors();
    vendors.iter().copied().find(|vendor| *vendor == name).ok_or_else(|| {
        let message = format!("--instance: the sandbox has no vendor {name:?}");
        Failure::new(message, format!("use one of: {}", vendors.join(", ")))
    })
}

fn sandbox_provider(sandbox: &Sandbox, vendor: &str) -> Result<DynProvider> {
    let lookup = |name: &str| match name {
        PROVIDER_ENV => Some(vendor.to_owned()),
        name => sandbox.env_var(name),
    };
    let registry = Registry::from_lookup(lookup);
    let registry = registry.map_err(|error| Failure::from_error(&error, "report this to the project"))?;
    Ok(registry.provider())
}
