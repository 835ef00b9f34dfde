//! One connection: HTTP, until it ends, is idle for too long, or a fault takes HTTP off it.

use std::convert::Infallible;
use std::future::pending;
use std::pin::pin;
use std::time::Duration;

use axum::Router;
use axum::http::Request;
use axum::response::Response;
use hyper::body::Incoming;
use hyper::service::{Service as _, service_fn};
use hyper_util::rt::{TokioExecutor, TokioIo};
use hyper_util::server::conn::auto;
use hyper_util::service::TowerToHyperService;
use tokio::sync::{mpsc, watch};

use crate::cut::{Cut, Script};
use crate::wire::Wire;

/// What is the same for all connections.
#[derive(Clone)]
pub(crate) struct Connections {
    pub(crate) router: Router,
    pub(crate) http2: bool,
    /// After which a connection without a call in flight is closed; `None`: never.
    pub(crate) idle: Option<Duration>,
    pub(crate) stop: watch::Receiver<bool>,
}

impl Connections {
    pub(crate) async fn serve(self, wire: Wire) {
        let mut stop = self.stop.clone();
        let Some(script) = self.speak_http(wire.clone()).await else {
            return;
        };
        tokio::select! {
            () = wire.play(script) => {}
            _ = stop.changed() => {}
        }
    }

    /// Until the connection ends or a fault wants it. HTTP has let go of the socket then.
    async fn speak_http(self, wire: Wire) -> Option<Script> {
        let (scripts, mut taken) = mpsc::unbounded_channel();
        let (calls, calls_in_flight) = watch::channel(0);
        let router = TowerToHyperService::new(self.router);
        let service = service_fn(move |request: Request<Incoming>| {
            let call = Call::begin(calls.clone());
            let (answer, scripts) = (router.call(request), scripts.clone());
            async move {
                let _call = call;
                answer_or_cut(answer.await, &scripts).await
            }
        });
        let mut builder = auto::Builder::new(TokioExecutor::new());
        builder.http1().header_read_timeout(None);
        if !self.http2 {
            builder = builder.http1_only();
        }
        let mut connection = pin!(builder.serve_connection(TokioIo::new(wire), service));
        let mut ending = pin!(until_end(self.stop, calls_in_flight, self.idle));
        let mut is_ending = false;
        loop {
            tokio::select! {
                // An error of one connection is the client's business; it has seen it too.
                _ = connection.as_mut() => return None,
                Some(script) = taken.recv() => return Some(script),
                () = ending.as_mut(), if !is_ending => {
                    connection.as_mut().graceful_shutdown();
                    is_ending = true;
                }
            }
        }
    }
}

/// Hands an answer on, or does what stands in its place.
async fn answer_or_cut(
    answer: Result<Response, Infallible>,
    scripts: &mpsc::UnboundedSender<Script>,
) -> Result<Response, h2::Error> {
    let Ok(mut answer) = answer;
    match answer.extensions_mut().remove::<Cut>() {
        None => Ok(answer),
        Some(Cut::Stream(reason)) => Err(reason.into()),
        Some(Cut::Silence) => pending().await,
        Some(Cut::Script(script)) => {
            // If nobody takes it, the connection is over already.
            let _ = scripts.send(script);
            pending().await
        }
    }
}

/// Until the sandbox stops, or no call has been in flight for too long.
async fn until_end(
    mut stop: watch::Receiver<bool>,
    mut calls: watch::Receiver<usize>,
    idle: Option<Duration>,
) {
    let idle = async {
        let Some(limit) = idle else { return pending().await };
        loop {
            if calls.wait_for(|calls| *calls == 0).await.is_err() {
                return pending().await;
            }
            tokio::select! {
                () = tokio::time::sleep(limit) => return,
                _ = calls.changed() => {}
            }
        }
    };
    tokio::select! {
        _ = stop.changed() => {}
        () = idle => {}
    }
}

/// A call in flight, counted as long as it lives.
struct Call(watch::Sender<usize>);

impl Call {
    fn begin(calls: watch::Sender<usize>) -> Self {
        calls.send_modify(|calls| *calls += 1);
        Self(calls)
    }
}

impl Drop for Call {
    fn drop(&mut self) {
        self.0.send_modify(|calls| *calls -= 1);
    }
}
