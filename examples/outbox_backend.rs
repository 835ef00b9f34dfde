//! A shop's backend with an outbox: an order and its invitation are one transaction, and a worker sends.
//!
//! ```text
//! $ REVIEW_PROVIDER=etrusted cargo run --example outbox_backend
//! > 3 orders placed, 1 returned
//! > accepted: 2
//! > cancelled: 1
//! ```
//!
//! Without arguments it does everything in one process and ends. A shop runs two processes: `outbox_backend serve`
//! listens on the port in `PORT` and prints a request to try, `outbox_backend work` sends. Both run until Ctrl-C or
//! SIGTERM.
//!
//! `DATABASE_URL` is `sqlite://<path>` or `postgres://<user>@<host>/<database>`; the default is a file in the
//! directory for temporary files. `INVITE_AFTER_SECONDS` is the time from the order to the invitation, in which a
//! return cancels the invitation: 0 by default, some days in a shop.

use std::time::{Duration, SystemTime};

use axum::body::Body;
use axum::extract::{Path, State};
use axum::http::{Request, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::{Json, Router, routing::post};
use review_invites::model::{InviteKey, OrderReference};
use review_invites::prelude::*;
use review_invites::provider::ProviderInfo;
use review_outbox::{
    Changed, Enqueued, Health, Instance, Outbox, State as OutboxState, Worker, shutdown_signal,
};
use serde::Deserialize;
use tower::ServiceExt;

type AnyResult<T> = std::result::Result<T, Box<dyn std::error::Error + Send + Sync>>;

#[derive(Clone)]
enum Database {
    Sqlite(sqlx::SqlitePool),
    Postgres(sqlx::PgPool),
}

/// Runs statements in one transaction of either database. An error rolls all of them back.
macro_rules! in_transaction {
    ($database:expr, |$tx:ident| $body:expr) => {
        match $database {
            // IMMEDIATE: SQLite cannot turn a reader into a writer while others write.
            Database::Sqlite(pool) => in_transaction!(pool.begin_with("BEGIN IMMEDIATE"), $tx, $body),
            Database::Postgres(pool) => in_transaction!(pool.begin(), $tx, $body),
        }
    };
    ($begin:expr, $tx:ident, $body:expr) => {{
        let mut $tx = $begin.await?;
        let value = $body;
        $tx.commit().await?;
        value
    }};
}

#[derive(Clone)]
struct Shop {
    database: Database,
    /// The instance that the worker sends with.
    provider: ProviderInfo,
    invite_after: Duration,
}

#[derive(Deserialize)]
struct Order {
    number: String,
    email: String,
    name: String,
    /// What the customer agreed to at the checkout.
    consent: String,
}

async fn backend(url: &str, provider: ProviderInfo) -> AnyResult<Router> {
    const TABLE: &str = "CREATE TABLE IF NOT EXISTS orders (number TEXT PRIMARY KEY, returned BOOLEAN)";
    let database = if url.starts_with("sqlite:") {
        Database::Sqlite(sqlx::SqlitePool::connect(url).await?)
    } else {
        Database::Postgres(sqlx::PgPool::connect(url).await?)
    };
    in_transaction!(&database, |tx| sqlx::query(TABLE).execute(&mut *tx).await?.rows_affected());
    let seconds = std::env::var("INVITE_AFTER_SECONDS").map_or(Ok(0), |seconds| seconds.parse::<u32>())?;
    let shop = Shop { database, provider, invite_after: Duration::from_secs(seconds.into()) };
    let placed = Router::new().route("/orders", post(place));
    Ok(placed.route("/orders/{number}/return", post(take_back)).with_state(shop))
}

async fn place(State(shop): State<Shop>, Json(order): Json<Order>) -> Response {
    const INSERT: &str = "INSERT INTO orders (number, returned) VALUES ($1, FALSE) ON CONFLICT DO NOTHING";
    let send_at = SendAt::At((SystemTime::now() + shop.invite_after).into());
    let builder = InviteRequest::builder(&order.email, &order.number, Consent::granted(&order.consent));
    let request = match builder.name(&order.name).send_at(send_at).build() {
        Ok(request) => request,
        Err(error) => return (StatusCode::UNPROCESSABLE_ENTITY, error.to_string()).into_response(),
    };
    respond(async move {
        let enqueued = in_transaction!(&shop.database, |tx| {
            let number = request.order().reference().as_str();
            sqlx::query(INSERT).bind(number).execute(&mut *tx).await?;
            review_outbox::enqueue(&mut tx, &request, &shop.provider).await?
        });
        Ok(match enqueued {
            Enqueued::New { .. } => Some(OutboxState::Pending),
            Enqueued::AlreadyQueued { state, .. } => Some(state),
        })
    })
    .await
}

async fn take_back(State(shop): State<Shop>, Path(number): Path<String>) -> Response {
    const UPDATE: &str = "UPDATE orders SET returned = TRUE WHERE number = $1";
    let Ok(reference) = OrderReference::new(number) else { return StatusCode::NOT_FOUND.into_response() };
    let key = InviteKey::new(shop.provider.shop(), reference, InviteKind::default());
    respond(async move {
        let changed = in_transaction!(&shop.database, |tx| {
            sqlx::query(UPDATE).bind(key.reference.as_str()).execute(&mut *tx).await?;
            review_outbox::cancel(&mut tx, &key).await?
        });
        Ok(match changed {
            Changed::Yes => Some(OutboxState::Cancelled),
            Changed::TooLate(state) => Some(state),
            Changed::NotFound => None,
        })
    })
    .await
}

/// Runs in a separate task: a caller that disconnects must not interrupt a transaction. After 503 the
/// caller tries again: a second order of the same number changes nothing.
async fn respond(work: impl Future<Output = AnyResult<Option<OutboxState>>> + Send + 'static) -> Response {
    match tokio::spawn(work).await {
        Ok(Ok(Some(state))) => format!("the invitation is {state}\n").into_response(),
        Ok(Ok(None)) => StatusCode::NOT_FOUND.into_response(),
        Ok(Err(_)) | Err(_) => StatusCode::SERVICE_UNAVAILABLE.into_response(),
    }
}

fn order(number: &str) -> String {
    let customer = format!(r#""email": "jane.{number}@example.com", "name": "Jane Doe""#);
    format!(r#"{{"number": "{number}", {customer}, "consent": "checkbox at the checkout"}}"#)
}

async fn serve(backend: Router) -> AnyResult<()> {
    let port = std::env::var("PORT").map_or(Ok(0), |port| port.parse::<u16>())?;
    let listener = tokio::net::TcpListener::bind(("127.0.0.1", port)).await?;
    let url = format!("http://{}/orders", listener.local_addr()?);
    println!("curl -d '{}' -H 'content-type: application/json' {url}", order("1001"));
    Ok(axum::serve(listener, backend).with_graceful_shutdown(shutdown_signal()).await?)
}

async fn demo(backend: Router, outbox: &Outbox, worker: Worker) -> AnyResult<()> {
    let orders = ["1001", "1002", "1003"].map(|number| ("/orders", order(number)));
    for (path, body) in orders.into_iter().chain([("/orders/1002/return", String::new())]) {
        let request = Request::post(path).header("content-type", "application/json");
        let status = backend.clone().oneshot(request.body(Body::from(body))?).await?.status();
        if !status.is_success() {
            return Err(format!("{path} responded {status}").into());
        }
    }
    println!("3 orders placed, 1 returned");
    let sent = async {
        let is_sent = |health: Health| health.instances.values().all(|it| it.pending + it.in_flight == 0);
        while !outbox.health().await.is_ok_and(is_sent) {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    let mut in_time = false;
    worker.run(async { in_time = tokio::time::timeout(Duration::from_secs(30), sent).await.is_ok() }).await;
    for state in OutboxState::ALL {
        let rows = outbox.list(*state, 0, 1_000).await?.len();
        if rows > 0 {
            println!("{state}: {rows}");
        }
    }
    in_time.then_some(()).ok_or_else(|| "some invitations were not sent within 30 seconds".into())
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> AnyResult<()> {
    let command = std::env::args().nth(1);
    let provider = review_invites::from_env()?;
    // `serve` and `work` share a file that stays; the file of the demo is removed.
    let owner = command.as_ref().map_or_else(|| std::process::id().to_string(), |_| "shop".to_owned());
    let directory = std::env::temp_dir().join(format!("outbox_backend-{owner}"));
    std::fs::create_dir_all(&directory)?;
    let file = format!("sqlite://{}", directory.join("shop.db").display());
    let url = std::env::var("DATABASE_URL").unwrap_or(file);

    // Creates the tables of the outbox.
    let outbox = Outbox::open(&url).await?;
    let worker = Worker::new(outbox.clone(), [Instance::new(provider.clone())], Default::default())?;
    let backend = backend(&url, provider.info().clone());
    match command.as_deref() {
        None => demo(backend.await?, &outbox, worker).await?,
        Some("serve") => serve(backend.await?).await?,
        Some("work") => worker.run(shutdown_signal()).await,
        Some(_) => return Err("the argument must be `serve` or `work`".into()),
    }
    outbox.close().await;
    if command.is_none() {
        std::fs::remove_dir_all(directory)?;
    }
    Ok(())
}
