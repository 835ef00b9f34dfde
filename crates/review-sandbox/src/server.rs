//! The routes and the accept loop. The loop is our own, so that faults can be injected between socket and HTTP.

use std::time::Duration;

use axum::Router;
use axum::http::StatusCode;
use axum::middleware::from_fn_with_state;
use tokio::net::TcpListener;
use tokio::sync::mpsc;
use tokio::task::JoinSet;

use crate::abort::ConnectionEnd;
use crate::connection::Connections;
use crate::fault::inject::inject;
use crate::gateway::gateway;
use crate::host::Host;
use crate::listener::{Listener, RefuseConnections};
use crate::record::record;
use crate::state::App;
use crate::wire::Wire;
use crate::{control, etrusted, kiyoh, page, same_origin, trustpilot, webwinkelkeur};

/// How long a graceful stop waits for requests in flight.
const GRACE: Duration = Duration::from_secs(2);

/// The hosts under their prefixes, wrapped in faults, gateway, CDN and record; the control calls are outside of
/// these.
pub(crate) fn router(app: App) -> Router {
    Router::new()
        .nest(Host::TrustpilotApi.prefix(), trustpilot::api())
        .nest(Host::TrustpilotInvitations.prefix(), trustpilot::invitations_host())
        .nest(Host::EtrustedApi.prefix(), etrusted::api())
        .nest(Host::EtrustedLogin.prefix(), etrusted::login())
        .nest(Host::Kiyoh.prefix(), kiyoh::host())
        .nest(Host::Webwinkelkeur.prefix(), webwinkelkeur::api())
        .fallback(async || StatusCode::NOT_FOUND)
        .layer(from_fn_with_state(app.clone(), inject))
        .layer(from_fn_with_state(app.clone(), gateway))
        .layer(from_fn_with_state(app.clone(), trustpilot::cdn::guard))
        .layer(from_fn_with_state(app.clone(), record))
        .merge(
            Router::new()
                .nest(control::PREFIX, control::calls())
                .merge(page::routes())
                .layer(from_fn_with_state(app.clone(), same_origin::guard)),
        )
        .with_state(app)
}

/// Serves until the stop signal, or until its sender is dropped.
pub(crate) async fn serve(
    listener: TcpListener,
    app: App,
    connections: Connections,
    mut refusals: mpsc::UnboundedReceiver<RefuseConnections>,
) {
    // Dropping the set aborts the connections, so dropping the sandbox stops everything.
    let mut running = JoinSet::new();
    let mut stop = connections.stop.clone();
    let mut listener = Listener::Accepting(listener);
    loop {
        tokio::select! {
            _ = stop.changed() => break,
            Some(command) = refusals.recv() => listener.refuse(command),
            accepted = listener.next() => match accepted {
                Ok(socket) => {
                    let wire = Wire::new(socket);
                    match app.state().faults.on_accept() {
                        Some(ConnectionEnd::Reset) => wire.reset(),
                        Some(_) => drop(wire),
                        None => drop(running.spawn(connections.clone().serve(wire))),
                    }
                }
                // No file descriptors are left, or the peer has gone already: let other tasks run, then go on.
                Err(_) => tokio::task::yield_now().await,
            },
            Some(_) = running.join_next(), if !running.is_empty() => {}
        }
    }
    drop(listener);
    let finished = async { while running.join_next().await.is_some() {} };
    // Connections that are still busy are aborted with the set.
    let _ = tokio::time::timeout(GRACE, finished).await;
}
