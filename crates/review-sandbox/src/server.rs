//! The connections: our own accept loop, so that faults on the level of bytes can be put between socket and HTTP.

use std::pin::pin;
use std::time::Duration;

use axum::Router;
use axum::http::StatusCode;
use axum::middleware::from_fn_with_state;
use hyper::server::conn::http1;
use hyper_util::rt::TokioIo;
use hyper_util::service::TowerToHyperService;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::task::JoinSet;

use crate::gateway::gateway;
use crate::host::Host;
use crate::record::record;
use crate::state::App;
use crate::{control, etrusted, trustpilot};

/// How long a graceful stop waits for requests in flight.
const GRACE: Duration = Duration::from_secs(2);

/// The four hosts under their prefixes, gateway, CDN and record around them, and the control calls outside of both.
pub(crate) fn router(app: App) -> Router {
    Router::new()
        .nest(Host::TrustpilotApi.prefix(), trustpilot::api())
        .nest(Host::TrustpilotInvitations.prefix(), trustpilot::invitations_host())
        .nest(Host::EtrustedApi.prefix(), etrusted::api())
        .nest(Host::EtrustedLogin.prefix(), etrusted::login())
        .fallback(async || StatusCode::NOT_FOUND)
        .layer(from_fn_with_state(app.clone(), gateway))
        .layer(from_fn_with_state(app.clone(), trustpilot::cdn))
        .layer(from_fn_with_state(app.clone(), record))
        .nest(control::PREFIX, control::calls())
        .with_state(app)
}

/// Serves until told to stop, or until the sender is gone.
pub(crate) async fn serve(listener: TcpListener, router: Router, mut stop: watch::Receiver<bool>) {
    // Dropping the set aborts the connections: that is what makes dropping the sandbox stop everything.
    let mut connections = JoinSet::new();
    loop {
        tokio::select! {
            _ = stop.changed() => break,
            accepted = listener.accept() => match accepted {
                Ok((socket, _)) => {
                    connections.spawn(connection(socket, router.clone(), stop.clone()));
                }
                // Out of file descriptors, or the peer was gone already: let others run, then go on.
                Err(_) => tokio::task::yield_now().await,
            },
            Some(_) = connections.join_next(), if !connections.is_empty() => {}
        }
    }
    drop(listener);
    let finished = async { while connections.join_next().await.is_some() {} };
    // What is still busy after the grace is aborted with the set.
    let _ = tokio::time::timeout(GRACE, finished).await;
}

async fn connection(socket: TcpStream, router: Router, mut stop: watch::Receiver<bool>) {
    // Small answers must not wait for the peer's delayed acknowledgement. Failing only makes them slower.
    let _ = socket.set_nodelay(true);
    let mut connection = pin!(
        http1::Builder::new()
            .header_read_timeout(None)
            .serve_connection(TokioIo::new(socket), TowerToHyperService::new(router))
    );
    // An error of one connection is the client's business; it has seen it too.
    tokio::select! {
        _ = connection.as_mut() => {}
        _ = stop.changed() => {
            connection.as_mut().graceful_shutdown();
            let _ = connection.await;
        }
    }
}
