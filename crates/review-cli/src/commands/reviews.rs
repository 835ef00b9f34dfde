//! `reviews`: reads reviews back.

use chrono::{DateTime, Utc};
use clap::Args;
use futures_util::TryStreamExt as _;
use review_invites::reviews::{DynReader, Review, ReviewQuery, ReviewReaderExt as _, ReviewSubject};
use serde_json::json;

use crate::failure::{Failure, Result, next_step};
use crate::outcome::Exit;
use crate::output::Output;
use crate::settings::{self, ConfigArgs};
use crate::values::{duration, shown_reference};

#[derive(Debug, Args)]
#[command(after_help = "Example: review-invites --json reviews --since 30d --products > reviews.jsonl")]
pub(crate) struct ReviewsArgs {
    /// Read the reviews of this instance only
    #[arg(long, value_name = "NAME")]
    instance: Option<String>,
    /// Read reviews that are not older
    #[arg(long, value_name = "AGE", value_parser = since)]
    since: Option<DateTime<Utc>>,
    /// Read reviews of products instead of the shop
    #[arg(long)]
    products: bool,
    /// Reviews of each instance
    #[arg(long, default_value_t = 100, value_name = "N")]
    limit: usize,
}

fn since(text: &str) -> Result<DateTime<Utc>, String> {
    let age =
        chrono::TimeDelta::from_std(duration(text)?).map_err(|_| "must be a shorter time".to_owned())?;
    Utc::now().checked_sub_signed(age).ok_or_else(|| "must be a shorter time".to_owned())
}

pub(crate) async fn run(args: ReviewsArgs, config: &ConfigArgs, output: &mut Output) -> Result<()> {
    let registry = config.load()?;
    let mut query = if args.products { ReviewQuery::products() } else { ReviewQuery::service() };
    if let Some(since) = args.since {
        query = query.since(since);
    }
    for (name, _) in settings::instances(&registry, args.instance.as_deref())? {
        match registry.reader(&name) {
            Some(reader) => read(&name, &reader, query.clone(), args.limit, output).await,
            None => {
                let text = "this vendor's reviews cannot be read; use its web application";
                output.note(&format!("{name}: {text}"));
            }
        }
    }
    Ok(())
}

async fn read(name: &str, reader: &DynReader, query: ReviewQuery, limit: usize, output: &mut Output) {
    let mut reviews = std::pin::pin!(reader.reviews(query));
    let mut count = 0;
    while count < limit {
        let next = reviews.try_next().await;
        match next.map_err(|error| Failure::from_error(&error, next_step(error.kind()))) {
            Ok(Some(review)) => print(name, &review, output),
            Ok(None) => break,
            Err(failure) => {
                output.note(&failure.to_string());
                output.record(Exit::Failed);
                break;
            }
        }
        count += 1;
    }
    output.summary(&format!("{name}: {count} reviews"));
}

fn print(name: &str, review: &Review, output: &mut Output) {
    let reference = review.reference.as_ref().map(|reference| shown_reference(reference.as_str()));
    if output.is_json() {
        output.object(&json!({
            "instance": name,
            "id": review.id,
            "subject": if review.subject == ReviewSubject::Product { "product" } else { "service" },
            "stars": review.stars,
            "reference": reference,
            "sku": review.sku,
            "title": review.title,
            "text": review.text,
            "written_at": review.written_at.map(|at| at.to_rfc3339()),
        }));
        return;
    }
    let day = review.written_at.map(|at| at.format("%Y-%m-%d").to_string()).unwrap_or_default();
    let text = [review.title.as_deref(), review.text.as_deref()].into_iter().flatten();
    let text: String = text.collect::<Vec<_>>().join(": ");
    let text: String = text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    let (order, sku) = (reference.as_deref().unwrap_or("-"), review.sku.as_deref().unwrap_or(""));
    output.line(format!("{name:<13} {day:<10} {} stars {order:<14} {sku} {text}", review.stars).trim_end());
}
