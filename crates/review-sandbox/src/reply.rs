//! An answer, before it is written out.

use axum::Json;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde_json::Value;

/// Status and JSON body. Kept small so that it can be the error of a `Result` as well.
#[derive(Debug)]
pub(crate) struct Reply {
    status: StatusCode,
    body: Option<Box<Value>>,
}

/// What an end point gives back: an answer either way, `Err` for the refusals.
pub(crate) type Outcome = Result<Reply, Reply>;

impl Reply {
    pub(crate) fn json(status: StatusCode, body: Value) -> Self {
        Self { status, body: Some(Box::new(body)) }
    }

    pub(crate) fn empty(status: StatusCode) -> Self {
        Self { status, body: None }
    }
}

impl IntoResponse for Reply {
    fn into_response(self) -> Response {
        match self.body {
            Some(body) => (self.status, Json(body)).into_response(),
            None => self.status.into_response(),
        }
    }
}
