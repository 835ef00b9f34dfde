use review_http::BodyStatus;
use tokio::time::Instant;

use super::*;
use crate::conformance::VendorFault;

const TIMEOUT: Duration = Duration::from_secs(10);

/// Responds with 202, or refuses connections; keeps the timeouts of the calls.
#[derive(Debug, Default)]
struct Vendor {
    gone: bool,
    seen: Mutex<Vec<Duration>>,
}

#[async_trait]
impl HttpTransport for Vendor {
    async fn send(&self, _: http::Request<Bytes>, timeout: Duration) -> Result<HttpResponse, TransportError> {
        if self.gone {
            return Err(TransportError::new(SendState::NotSent, TransportErrorKind::Connect));
        }
        self.seen.lock().unwrap().push(timeout);
        Ok(response(202))
    }
}

fn response(status: u16) -> HttpResponse {
    HttpResponse {
        status: http::StatusCode::from_u16(status).unwrap(),
        headers: http::HeaderMap::new(),
        body: Bytes::new(),
        body_status: BodyStatus::Complete,
    }
}

async fn send(transport: &FaultTransport, path: &str) -> Result<u16, SendState> {
    let mut request = http::Request::new(Bytes::new());
    *request.uri_mut() = format!("https://vendor.example{path}").parse().unwrap();
    let response = transport.send(request, TIMEOUT).await;
    response.map(|response| response.status.as_u16()).map_err(|error| error.send_state())
}

#[tokio::test]
async fn each_fault_forwards_or_blocks() {
    let vendor = Arc::new(Vendor::default());
    let faults = FaultTransport::new(vendor.clone())
        .with_rule(
            FaultRule::new(TransportFault::RefuseConnection)
                .when(|request| request.uri().path() == "/refuse"),
        )
        .with_rule(
            FaultRule::new(TransportFault::respond(response(418)))
                .when(|request| request.uri().path() == "/tea"),
        )
        .with_rule(
            FaultRule::new(TransportFault::DropResponse).when(|request| request.uri().path() == "/lose"),
        );
    assert_eq!(send(&faults, "/refuse").await, Err(SendState::NotSent));
    assert_eq!(send(&faults, "/tea").await, Ok(418));
    assert_eq!(vendor.seen.lock().unwrap().len(), 0);
    assert_eq!(send(&faults, "/lose").await, Err(SendState::Unknown));
    assert_eq!(vendor.seen.lock().unwrap().len(), 1);
    assert_eq!(send(&faults, "/else").await, Ok(202));
    let counts = faults.counts();
    assert_eq!((counts.requests, counts.refused, counts.responded, counts.lost), (4, 1, 1, 1));
    faults.clear();
    assert_eq!(send(&faults, "/refuse").await, Ok(202));
}

#[tokio::test]
async fn failed_request_has_no_response_to_drop() {
    let vendor = Arc::new(Vendor { gone: true, ..Vendor::default() });
    let faults = FaultTransport::new(vendor).with_rule(FaultRule::new(TransportFault::DropResponse));
    assert_eq!(send(&faults, "/").await, Err(SendState::NotSent));
    assert_eq!(faults.counts().lost, 0);
}

#[tokio::test(start_paused = true)]
async fn delay_is_part_of_the_timeout() {
    let vendor = Arc::new(Vendor::default());
    let faults = FaultTransport::new(vendor.clone())
        .with_rule(FaultRule::new(TransportFault::Delay(TIMEOUT)).nth(1))
        .with_rule(FaultRule::new(TransportFault::Delay(TIMEOUT / 2)));
    let began = Instant::now();
    assert_eq!(send(&faults, "/").await, Err(SendState::NotSent));
    assert_eq!((began.elapsed(), vendor.seen.lock().unwrap().len()), (TIMEOUT, 0));
    assert_eq!(send(&faults, "/").await, Ok(202));
    assert_eq!(*vendor.seen.lock().unwrap(), [TIMEOUT / 2]);
    assert_eq!((faults.counts().refused, faults.counts().delayed), (1, 1));
}

#[tokio::test(start_paused = true)]
async fn call_dropped_during_a_delay_is_unsent() {
    let vendor = Arc::new(Vendor::default());
    let faults =
        FaultTransport::new(vendor.clone()).with_rule(FaultRule::new(TransportFault::Delay(TIMEOUT / 2)));
    let tracker = RequestTracker::default();
    let mut request = http::Request::new(Bytes::new());
    request.extensions_mut().insert(tracker.clone());
    let request = || request.clone();
    let gone = tokio::time::timeout(TIMEOUT / 4, faults.send(request(), TIMEOUT)).await;
    assert!(gone.is_err() && tracker.is_unsent());
    faults.send(request(), TIMEOUT).await.unwrap();
    assert!(!tracker.is_unsent(), "after the delay the inner transport decides");
}

#[tokio::test]
async fn rule_counts_matching_requests_only() {
    let pattern = async |rule: FaultRule| {
        let faults = FaultTransport::new(Arc::new(Vendor::default())).with_rule(rule);
        let mut pattern = String::new();
        for _ in 0..40 {
            send(&faults, "/other").await.unwrap();
            pattern.push(if send(&faults, "/").await.is_ok() { '.' } else { 'x' });
        }
        pattern
    };
    let rule =
        || FaultRule::new(TransportFault::RefuseConnection).when(|request| request.uri().path() == "/");
    assert!(pattern(rule().nth(3)).await.starts_with("..x....."));
    assert!(pattern(rule().with_max_hits(2)).await.starts_with("xx......"));
    let some = pattern(rule().with_probability(0.3, 42)).await;
    assert_eq!(some, pattern(rule().with_probability(0.3, 42)).await);
    assert_ne!(some, pattern(rule().with_probability(0.3, 43)).await);
    assert!((4..=20).contains(&some.matches('x').count()), "{some}");
    assert_eq!(pattern(rule().with_probability(0.0, 1)).await.matches('x').count(), 0);
    assert_eq!(pattern(rule().with_probability(1.0, 1)).await.matches('x').count(), 40);
}

#[tokio::test(start_paused = true)]
async fn missing_response_lasts_until_the_timeout() {
    let vendor = Arc::new(Vendor::default());
    let faults = FaultTransport::new(vendor.clone()).with_rule(FaultRule::new(TransportFault::Hang));
    let began = Instant::now();
    assert_eq!(send(&faults, "/").await, Err(SendState::Unknown));
    assert_eq!((began.elapsed(), vendor.seen.lock().unwrap().len()), (TIMEOUT, 1));
    assert_eq!(faults.counts().silent, 1);
}

#[tokio::test(start_paused = true)]
async fn every_vendor_fault_has_a_transport_fault() {
    for (fault, expected, forwarded) in [
        (VendorFault::DropResponse, Err(SendState::Unknown), 1),
        (VendorFault::Hang, Err(SendState::Unknown), 1),
        (VendorFault::RefuseConnection, Err(SendState::NotSent), 0),
        (VendorFault::Throttle(Duration::from_millis(1500)), Ok(429), 0),
        (VendorFault::Reject, Ok(400), 0),
        (VendorFault::Unauthorized, Ok(401), 0),
        (VendorFault::Forbidden, Ok(403), 0),
        (VendorFault::ServerError, Ok(500), 0),
        (VendorFault::RejectQuoting("value".to_owned()), Ok(400), 0),
        (VendorFault::RejectInSuccess("value".to_owned()), Ok(200), 0),
        (VendorFault::ForeignResponse, Ok(200), 0),
        (VendorFault::RejectToken("value".to_owned()), Ok(401), 0),
        (VendorFault::RejectPreparation(review_core::ErrorScope::Account), Ok(400), 0),
    ] {
        let vendor = Arc::new(Vendor::default());
        let faults = FaultTransport::new(vendor.clone()).with_rule(FaultRule::new(fault.clone().into()));
        assert_eq!(send(&faults, "/").await, expected, "{fault:?}");
        assert_eq!(vendor.seen.lock().unwrap().len(), forwarded, "{fault:?}");
    }
}

#[tokio::test]
async fn rejection_quotes_and_throttling_has_whole_seconds() {
    let faults = |fault: VendorFault| {
        FaultTransport::new(Arc::new(Vendor::default())).with_rule(FaultRule::new(fault.into()))
    };
    let mut request = http::Request::new(Bytes::from_static(b"to \"jane\""));
    request.headers_mut().insert("x-key", http::HeaderValue::from_static("secret"));
    let response = faults(VendorFault::Reject).send(request.clone(), TIMEOUT).await.unwrap();
    let body: serde_json::Value = serde_json::from_slice(&response.body).unwrap();
    assert_eq!(body["status"], "error", "some vendors have the result in the body");
    let said = body["message"].as_str().unwrap();
    assert!(said.contains("to \"jane\"") && said.contains("x-key: secret"), "{said}");
    let response = faults(VendorFault::RejectQuoting("jane".to_owned())).send(request.clone(), TIMEOUT).await;
    assert!(String::from_utf8_lossy(&response.unwrap().body).contains(" jane "), "with spaces around it");
    let throttle = VendorFault::Throttle(Duration::from_millis(1500));
    let response = faults(throttle).send(request, TIMEOUT).await.unwrap();
    assert_eq!(response.headers["retry-after"], "2");
}
