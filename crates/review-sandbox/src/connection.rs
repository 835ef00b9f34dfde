//! One connection: HTTP, until it ends, is idle for too long, or a fault aborts it.

use std::convert::Infallible;
use std::future::pending;
use std::pin::pin;
use std::time::Duration;

use axum::Router;
use axum::http::Request;
use axum::response::Response;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::{Service as _, service_fn};
use hyper_util::rt::TokioIo;
use hyper_util::service::TowerToHyperService;
use tokio::sync::{mpsc, watch};

use crate::abort::Abort;
use crate::activity::Timeout;
use crate::wire::Wire;

/// What is the same for all connections.
#[derive(Clone)]
pub(crate) struct Connections {
    pub(crate) router: Router,
    /// Closes a connection that has had no request in flight for this long; `None`: never.
    pub(crate) idle: Option<Duration>,
    /// Closes a connection whose next head is incomplete for this long.
    pub(crate) head: Duration,
    pub(crate) stop: watch::Receiver<bool>,
}

impl Connections {
    pub(crate) async fn serve(self, wire: Wire) {
        let mut stop = self.stop.clone();
        let Some(abort) = self.serve_http(wire.clone()).await else {
            return;
        };
        tokio::select! {
            () = wire.abort(abort) => {}
            _ = stop.changed() => {}
        }
    }

    /// Serves HTTP until the connection ends (`None`) or a fault aborts it. HTTP no longer uses the socket then.
    async fn serve_http(self, wire: Wire) -> Option<Abort> {
        let (aborts, mut aborted) = mpsc::unbounded_channel();
        let activity = wire.activity().clone();
        let requests = activity.clone();
        let router = TowerToHyperService::new(self.router);
        let service = service_fn(move |request: Request<Incoming>| {
            let guard = requests.begin_request();
            let (response, aborts) = (router.call(request), aborts.clone());
            async move {
                let _guard = guard;
                respond_or_abort(response.await, &aborts).await
            }
        });
        let connection = http1::Builder::new().serve_connection(TokioIo::new(wire), service);
        let mut connection = pin!(connection);
        let mut timeout = pin!(activity.until_timeout(self.idle, self.head));
        let mut stop = self.stop;
        let mut is_ending = false;
        loop {
            tokio::select! {
                // An error of one connection concerns its client only, which has seen it too.
                _ = connection.as_mut() => return None,
                Some(abort) = aborted.recv() => return Some(abort),
                expired = timeout.as_mut(), if !is_ending => match expired {
                    Timeout::Head => return None,
                    // The last response may not have been written yet.
                    Timeout::Idle => {
                        connection.as_mut().graceful_shutdown();
                        is_ending = true;
                    }
                },
                _ = stop.changed(), if !is_ending => {
                    connection.as_mut().graceful_shutdown();
                    is_ending = true;
                }
            }
        }
    }
}

/// Passes a response on, or hands its abort to the connection.
async fn respond_or_abort(
    response: Result<Response, Infallible>,
    aborts: &mpsc::UnboundedSender<Abort>,
) -> Result<Response, Infallible> {
    let Ok(mut response) = response;
    match response.extensions_mut().remove::<Abort>() {
        None => Ok(response),
        Some(abort) => {
            // Sending fails only if the connection has ended already.
            let _ = aborts.send(abort);
            pending().await
        }
    }
}
