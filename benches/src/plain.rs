//! The same requests with the libraries below: no token refresh, no limits, no retries, no classification beyond the
//! status and the JSON of the response.

use std::future::Future;
use std::pin::Pin;

use bytes::Bytes;
use http_body_util::{BodyExt, Full};
use hyper::client::conn::http1::{SendRequest, handshake};
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::{TokioExecutor, TokioIo};
use serde_json::Value;
use tokio::net::TcpStream;
use tokio::sync::Mutex;

use crate::payload::Payload;
use crate::vendor::Vendor;

/// Sends one invitation of an order. Every task has its own.
pub type Send = Box<dyn Fn(String) -> Pin<Box<dyn Future<Output = ()>>>>;

fn accept(status: http::StatusCode, body: &[u8]) {
    assert!(status.is_success(), "{status}");
    // What a client has to read to know that the vendor accepted.
    let _: Option<Value> = serde_json::from_slice(body).ok();
}

fn request(
    vendor: Vendor,
    url: &str,
    header: Option<&(&'static str, String)>,
    order: &str,
) -> http::Request<Full<Bytes>> {
    let body = serde_json::to_vec(&Payload::new(vendor, order)).expect("the payload has a JSON form");
    let mut request = http::Request::post(url).header("content-type", "application/json");
    if let Some((name, value)) = header {
        request = request.header(*name, value);
    }
    request.body(Full::new(body.into())).expect("a valid request")
}

/// hyper on one connection: no pool.
pub async fn hyper(vendor: Vendor, address: &str) -> Send {
    let host = address.trim_start_matches("http://").to_owned();
    let stream = TcpStream::connect(&host).await.expect("the server listens");
    stream.set_nodelay(true).expect("an option of the socket");
    let (sender, connection) = handshake(TokioIo::new(stream)).await.expect("a connection");
    tokio::spawn(async { drop(connection.await) });
    let sender: std::rc::Rc<Mutex<SendRequest<Full<Bytes>>>> = std::rc::Rc::new(Mutex::new(sender));
    let header = vendor.header();
    Box::new(move |order| {
        let (sender, host, header) = (sender.clone(), host.clone(), header.clone());
        Box::pin(async move {
            let mut request = request(vendor, vendor.path(), header.as_ref(), &order);
            request.headers_mut().insert("host", host.parse().expect("a header value"));
            let mut sender = sender.lock().await;
            sender.ready().await.expect("an open connection");
            let response = sender.send_request(request).await.expect("a response");
            let status = response.status();
            accept(status, &response.into_body().collect().await.expect("a body").to_bytes());
        })
    })
}

/// A pool of hyper-util, shared by all tasks.
pub fn pool() -> Client<HttpConnector, Full<Bytes>> {
    let mut connector = HttpConnector::new();
    connector.set_nodelay(true);
    Client::builder(TokioExecutor::new()).build(connector)
}

/// hyper-util with a pool.
pub fn pooled(vendor: Vendor, address: &str, client: Client<HttpConnector, Full<Bytes>>) -> Send {
    let (url, header) = (format!("{address}{}", vendor.path()), vendor.header());
    Box::new(move |order| {
        let (client, url, header) = (client.clone(), url.clone(), header.clone());
        Box::pin(async move {
            let response =
                client.request(request(vendor, &url, header.as_ref(), &order)).await.expect("a response");
            let status = response.status();
            accept(status, &response.into_body().collect().await.expect("a body").to_bytes());
        })
    })
}

/// reqwest with serde and default settings.
pub fn reqwest(vendor: Vendor, address: &str, client: reqwest::Client) -> Send {
    let (url, header) = (format!("{address}{}", vendor.path()), vendor.header());
    Box::new(move |order| {
        let (client, url, header) = (client.clone(), url.clone(), header.clone());
        Box::pin(async move {
            let mut request = client.post(url).json(&Payload::new(vendor, &order));
            if let Some((name, value)) = header {
                request = request.header(name, value);
            }
            let response = request.send().await.expect("a response");
            let status = response.status();
            accept(status, &response.bytes().await.expect("a body"));
        })
    })
}
