//! The list of invitations, with the clock, the faults and the chart.

use std::collections::BTreeMap;

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use chrono::{DateTime, Utc};
use serde_json::Value;

use super::html;
use super::timeline::Timeline;
use super::view::{self, When, minute};
use crate::control_call::{rejected, vendor_name};
use crate::fault;
use crate::fault::name::EXAMPLES;
use crate::form_fields::FormFields;
use crate::host::Vendor;
use crate::inbox::draft::Draft;
use crate::inbox::entry::{InboxEntry, InboxState};
use crate::request::ApiRequest;
use crate::response::ApiResponse;
use crate::state::App;

/// How many rows a response has. Several screens, so that the script fetches the next ones in time.
const ROWS: usize = 120;

const PARAMETERS: [&str; 5] = ["q", "vendor", "account", "state", "offset"];

/// The states, as [`InboxState::as_str`] names them.
const STATES: [&str; 5] = ["scheduled", "sent", "link", "no-email", "not-accepted"];

#[derive(Template)]
#[template(path = "list.html")]
struct List {
    now: String,
    /// How many entries are kept.
    total: usize,
    filter: Filter,
    vendors: Vec<(&'static str, &'static str)>,
    /// Ids and names.
    accounts: Vec<(String, String)>,
    timeline: Option<Timeline>,
    /// How many emails go out when the account decides.
    undated: usize,
    /// How many entries match.
    matched: usize,
    offset: usize,
    rows: Vec<Row>,
    faults: Vec<Rule>,
}

/// What the list is limited to; empty strings do not limit it.
#[derive(Default)]
struct Filter {
    q: String,
    vendor: String,
    account: String,
    state: String,
}

/// An entry, as the list shows it.
struct Row {
    position: usize,
    entry: InboxEntry,
    when: Option<When>,
}

/// A fault in force.
struct Rule {
    id: u64,
    fault: String,
    /// Conditions and counts.
    details: String,
}

/// `GET /[?q=][&vendor=][&account=][&state=][&offset=]`
pub(super) async fn show(State(app): State<App>, request: ApiRequest) -> Result<Response, ApiResponse> {
    let query = request.query(&PARAMETERS).map_err(|error| rejected(&error.to_string()))?;
    let offset = query.get("offset").filter(|text| !text.is_empty()).map_or(Ok(0), str::parse);
    let offset = offset.map_err(|_| rejected("parameter `offset` must be a number"))?;
    let list = list(&app, Filter::new(&query), offset);
    Ok(html(&request, StatusCode::OK, &list))
}

fn list(app: &App, filter: Filter, offset: usize) -> List {
    let now = app.clock().now();
    let state = app.state();
    let mut accounts = BTreeMap::new();
    let mut times = Vec::new();
    let (mut total, mut undated, mut matched, mut rows) = (0, 0, 0, Vec::new());
    let words = filter.words();
    for kept in state.inbox.newest() {
        total += 1;
        let draft = kept.draft();
        if !draft.shop.is_empty() {
            accounts.entry(draft.shop.as_str()).or_insert(draft.shop_name.as_deref());
        }
        let (state, send_at) = kept.state(now);
        if !filter.keeps(draft, &state, &words) {
            continue;
        }
        times.extend(send_at);
        undated += usize::from(state == InboxState::Scheduled && send_at.is_none());
        if (offset..offset.saturating_add(ROWS)).contains(&matched) {
            rows.push(Row::new(matched + 1, kept.entry(now), now));
        }
        matched += 1;
    }
    let name = |(id, name): (&str, Option<&str>)| (id.to_owned(), name.unwrap_or(id).to_owned());
    List {
        now: minute(now),
        total,
        filter,
        vendors: Vendor::ALL.map(|vendor| (vendor_name(vendor), view::title(vendor))).into(),
        accounts: accounts.into_iter().map(name).collect(),
        timeline: Timeline::new(&times, now),
        undated,
        matched,
        offset,
        rows,
        faults: fault::control::rules(&state.faults).iter().map(Rule::new).collect(),
    }
}

impl List {
    /// The offset of the rows before these, and of the rows after them, for a browser without scripts.
    fn pages(&self) -> (Option<usize>, Option<usize>) {
        let after = self.offset.saturating_add(ROWS);
        let before = (self.offset > 0).then(|| self.offset.saturating_sub(ROWS));
        (before, (after < self.matched).then_some(after))
    }
}

impl Filter {
    fn new(query: &FormFields) -> Self {
        let value = |name| query.get(name).unwrap_or_default().to_owned();
        Self { q: value("q"), vendor: value("vendor"), account: value("account"), state: value("state") }
    }

    fn words(&self) -> Vec<String> {
        self.q.split_whitespace().map(str::to_lowercase).collect()
    }

    fn keeps(&self, draft: &Draft, state: &InboxState, words: &[String]) -> bool {
        let fits = |wanted: &str, value: &str| wanted.is_empty() || wanted == value;
        fits(&self.vendor, vendor_name(draft.vendor))
            && fits(&self.account, &draft.shop)
            && fits(&self.state, state.as_str())
            && (words.is_empty() || contains_all(draft, words))
    }
}

/// Whether each word is somewhere in the recipient, the order, the shop or the products, ignoring case.
fn contains_all(draft: &Draft, words: &[String]) -> bool {
    let optional = [&draft.name, &draft.shop_name].into_iter().flatten();
    let mut text: Vec<_> =
        [&draft.recipient, &draft.reference, &draft.shop].into_iter().chain(optional).collect();
    text.extend(draft.products.iter().flat_map(|product| [&product.name, &product.sku]));
    let text: Vec<_> = text.into_iter().map(|text| text.to_lowercase()).collect();
    words.iter().all(|word| text.iter().any(|text| text.contains(word.as_str())))
}

impl Row {
    fn new(position: usize, entry: InboxEntry, now: DateTime<Utc>) -> Self {
        let when = entry.send_at.map(|at| When::new(at, now));
        Self { position, entry, when }
    }
}

impl Rule {
    /// From the form in which the control call lists it.
    fn new(printed: &Value) -> Self {
        let text = |value: &Value| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
        let number = |name| printed.get(name).and_then(Value::as_u64).unwrap_or_default();
        let conditions = printed.as_object().into_iter().flatten();
        let conditions =
            conditions.filter(|(name, _)| !["id", "fault", "matched", "hit"].contains(&name.as_str()));
        let mut details: Vec<_> =
            conditions.map(|(name, value)| format!("{name}: {}", text(value))).collect();
        details.push(format!("hit {} of {} matching requests", number("hit"), number("matched")));
        Self {
            id: number("id"),
            fault: printed.get("fault").map(text).unwrap_or_default(),
            details: details.join(", "),
        }
    }
}
