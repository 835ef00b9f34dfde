//! A vendor that does not exist, for the example that writes a provider.

use std::io;
use std::sync::{Arc, Mutex, PoisonError};

use axum::Router;
use axum::extract::State;
use axum::http::StatusCode;
use axum::routing::post;
use tokio::net::TcpListener;

type Invitations = Arc<Mutex<Vec<String>>>;

/// ACME's API on loopback: `POST /invitations` takes any body and answers 202. It goes on until the runtime ends.
pub struct AcmeServer {
    url: String,
    taken: Invitations,
}

impl AcmeServer {
    /// Starts it on a free port.
    ///
    /// # Errors
    /// If no port can be bound.
    pub async fn start() -> io::Result<Self> {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let url = format!("http://{}", listener.local_addr()?);
        let taken = Invitations::default();
        let app = Router::new().route("/invitations", post(take)).with_state(Arc::clone(&taken));
        tokio::spawn(async move { axum::serve(listener, app).await });
        Ok(Self { url, taken })
    }

    /// Where it is.
    #[must_use]
    pub fn url(&self) -> &str {
        &self.url
    }

    /// The bodies it was sent, in their order. They are personal.
    #[must_use]
    pub fn taken(&self) -> Vec<String> {
        self.taken.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

async fn take(State(taken): State<Invitations>, body: String) -> StatusCode {
    taken.lock().unwrap_or_else(PoisonError::into_inner).push(body);
    StatusCode::ACCEPTED
}
