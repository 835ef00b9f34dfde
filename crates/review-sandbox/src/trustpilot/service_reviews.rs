//! Reading service reviews: public ones, and private ones with the data of their invitation.

use axum::extract::{Path, State};
use axum::http::StatusCode;
use chrono::{DateTime, NaiveDate, NaiveTime, Utc};
use serde_json::{Map, Value, json};

use super::body::{self, Page};
use super::reviews::{NO_LINKS, Narrowed, Review, Reviews, one};
use super::schema::object_id;
use super::{access, errors, time};
use crate::account;
use crate::clock::print;
use crate::form_fields::FormFields;
use crate::formats::{email, line};
use crate::request::ApiRequest;
use crate::response::{ApiResponse, ApiResult};
use crate::state::App;

const ORDERS: [&str; 4] = ["createdat.asc", "createdat.desc", "stars.asc", "stars.desc"];

const PUBLIC: [&str; 10] = [
    "stars",
    "language",
    "page",
    "perPage",
    "orderBy",
    "internalLocationId",
    "tagGroup",
    "tagValue",
    "responded",
    "includeReportedReviews",
];

const PRIVATE_ONLY: [&str; 9] = [
    "referenceId",
    "referralEmail",
    "startDateTime",
    "endDateTime",
    "source",
    "username",
    "findReviewer",
    "reported",
    "ignoreTagValueCase",
];

/// The group of the tags of an invitation, from a sample.
const TAG_GROUP: &str = "generic";

/// How many reviews `all-reviews` returns per page. UNK: the real number.
const AT_A_TIME: usize = 100;

/// `GET /v1/business-units/{id}/reviews`
pub(super) async fn public(
    State(app): State<App>,
    Path(unit): Path<String>,
    request: ApiRequest,
) -> ApiResult {
    access::public_unit(&request, &unit)?;
    let query = access::public_query(&request, &PUBLIC)?;
    list(&app.state().trustpilot.reviews, &query, public_view)
}

/// `GET /v1/private/business-units/{id}/reviews`
pub(super) async fn private(
    State(app): State<App>,
    Path(unit): Path<String>,
    request: ApiRequest,
) -> ApiResult {
    access::private_unit(&app, &request, &unit)?;
    let query = body::query(&request, &[&PUBLIC[..], &PRIVATE_ONLY[..]].concat())?;
    list(&app.state().trustpilot.reviews, &query, private_view)
}

/// `GET /v1/reviews/{id}`
pub(super) async fn public_one(
    State(app): State<App>,
    Path(id): Path<String>,
    request: ApiRequest,
) -> ApiResult {
    access::public(&request)?;
    access::public_query(&request, &[])?;
    let state = app.state();
    let reviews = &state.trustpilot.reviews;
    one(&reviews.service, &id, |review| public_view(reviews, review))
}

/// `GET /v1/private/reviews/{id}`
pub(super) async fn private_one(
    State(app): State<App>,
    Path(id): Path<String>,
    request: ApiRequest,
) -> ApiResult {
    access::private(&app, &request)?;
    body::query(&request, &[])?;
    let state = app.state();
    let reviews = &state.trustpilot.reviews;
    one(&reviews.service, &id, |review| private_view(reviews, review))
}

/// `GET /v1/business-units/{id}/all-reviews?pageToken=`
///
/// UNK: the order, and the last page. Oldest first, so that pages do not change while reviews are added; the last
/// page has no `nextPageToken`.
pub(super) async fn all(State(app): State<App>, Path(unit): Path<String>, request: ApiRequest) -> ApiResult {
    access::public_unit(&request, &unit)?;
    let query = access::public_query(&request, &["pageToken"])?;
    let state = app.state();
    let reviews = &state.trustpilot.reviews;
    let start = match body::formed(&query, "pageToken", object_id)? {
        None => 0,
        Some(token) => match reviews.service.iter().position(|review| review.id == token) {
            Some(start) => start,
            None => return Err(errors::bad_request("parameter `pageToken` is none that was given out")),
        },
    };
    let page: Vec<_> = reviews.service.iter().skip(start).take(AT_A_TIME).collect();
    let views: Vec<_> = page.iter().map(|review| public_view(reviews, review)).collect();
    let mut body = Map::from_iter([("reviews".to_owned(), views.into())]);
    if let Some(next) = reviews.service.get(start + AT_A_TIME) {
        body.insert("nextPageToken".to_owned(), next.id.clone().into());
    }
    Ok(ApiResponse::json(StatusCode::OK, body.into()))
}

/// One text of a review.
type Get = fn(&Review) -> Option<&str>;
type View = fn(&Reviews, &Review) -> Value;

fn list(reviews: &Reviews, query: &FormFields, view: View) -> ApiResult {
    let page = Page::read(query, "perPage", 20, 1..=100)?;
    let filter = Filter::read(query)?;
    let order = body::choice(query, "orderBy", &ORDERS, "createdat.desc")?;
    let mut found: Vec<_> = reviews.service.iter().filter(|review| filter.keeps(review)).collect();
    if order != "createdat.asc" {
        found.reverse();
    }
    // Stable, so equal stars stay newest first.
    match order {
        "stars.asc" => found.sort_by_key(|review| review.stars),
        "stars.desc" => found.sort_by_key(|review| u8::MAX - review.stars),
        _ => {}
    }
    let found: Vec<_> = page.of(found).into_iter().map(|review| view(reviews, review)).collect();
    Ok(ApiResponse::json(StatusCode::OK, json!({"reviews": found, "links": NO_LINKS})))
}

/// The parameters that filter reviews.
struct Filter<'a> {
    narrowed: Narrowed<'a>,
    /// Parameters that are compared with one member of the review.
    texts: Vec<(&'a str, Get)>,
    tag: (Option<&'a str>, Option<&'a str>),
    any_case: bool,
    from: Option<DateTime<Utc>>,
    to: Option<DateTime<Utc>>,
    /// Whether the query asks for something that no review here has: a reply of the shop, a report, a request to the
    /// reviewer.
    nothing: bool,
}

impl<'a> Filter<'a> {
    fn read(query: &'a FormFields) -> Result<Self, ApiResponse> {
        let mut texts: Vec<(&str, Get)> = Vec::new();
        // UNK: whether comparisons ignore case. They do not.
        let mut add = |name, form, get| -> Result<(), ApiResponse> {
            texts.extend(body::formed(query, name, form)?.map(|value| (value, get)));
            Ok(())
        };
        add("referenceId", line, |review: &Review| review.invited.reference.as_deref())?;
        add("referralEmail", email, |review: &Review| Some(&review.invited.email))?;
        add("username", line, |review: &Review| Some(&review.invited.name))?;
        add("internalLocationId", line, |review: &Review| review.invited.location.as_deref())?;
        // An open set in responses. DIS: older texts list other values for this filter; they find nothing here.
        add("source", line, |review: &Review| Some(review.invited.source))?;
        let asked = |name| body::flag(query, name).map(|flag| flag == Some(true));
        let nothing = asked("responded")? | asked("reported")? | asked("findReviewer")?;
        // No review here is reported, so there are none to include.
        asked("includeReportedReviews")?;
        Ok(Self {
            narrowed: Narrowed::read(query)?,
            texts,
            tag: (body::formed(query, "tagGroup", line)?, body::formed(query, "tagValue", line)?),
            any_case: asked("ignoreTagValueCase")?,
            from: body::formed(query, "startDateTime", instant_format)?.and_then(instant),
            to: body::formed(query, "endDateTime", instant_format)?.and_then(instant),
            nothing,
        })
    }

    fn keeps(&self, review: &Review) -> bool {
        !self.nothing
            && self.narrowed.keeps(review)
            && self.texts.iter().all(|(wanted, get)| get(review) == Some(*wanted))
            && self.keeps_tags(&review.invited.tags)
            && self.from.is_none_or(|from| review.at >= from)
            // UNK: whether the end itself is included. It is.
            && self.to.is_none_or(|to| review.at <= to)
    }

    fn keeps_tags(&self, tags: &[String]) -> bool {
        let (group, value) = self.tag;
        let same = |tag: &str, value: &str| {
            if self.any_case { tag.eq_ignore_ascii_case(value) } else { tag == value }
        };
        group.is_none_or(|group| group == TAG_GROUP && !tags.is_empty())
            && value.is_none_or(|value| tags.iter().any(|tag| same(tag, value)))
    }
}

/// The forms of invitations; without a time the day begins at midnight.
fn instant(text: &str) -> Option<DateTime<Utc>> {
    let midnight = || {
        let day = NaiveDate::parse_from_str(text, "%Y-%m-%d").ok().filter(|_| text.len() == 10)?;
        Some(day.and_time(NaiveTime::MIN).and_utc())
    };
    time::parse(text).or_else(midnight)
}

fn instant_format(text: &str) -> Result<(), &'static str> {
    instant(text).map(|_| ()).ok_or("a UTC time such as 2030-01-31T13:37:00, or a day")
}

fn public_view(reviews: &Reviews, review: &Review) -> Value {
    let at = print(review.at);
    json!({
        "id": review.id,
        "links": NO_LINKS,
        "consumer": {
            "id": review.consumer,
            "displayName": review.invited.name,
            "displayLocation": null,
            "numberOfReviews": reviews.written_by(&review.consumer),
            "links": NO_LINKS,
        },
        "businessUnit": {
            "id": account::BUSINESS_UNIT_ID,
            "identifyingName": account::DOMAIN,
            "displayName": account::BUSINESS_UNIT_NAME,
            "links": NO_LINKS,
        },
        "stars": review.stars,
        "title": review.text.lines().next().unwrap_or_default(),
        "text": review.text,
        "language": review.language(),
        "createdAt": at,
        "updatedAt": null,
        "experiencedAt": at,
        "companyReply": null,
        "isVerified": true,
        "source": review.invited.source,
        "numberOfLikes": 0,
        "status": "active",
        "reportData": null,
        "complianceLabels": [],
        "countsTowardsTrustScore": true,
        "reviewVerificationLevel": "invited",
    })
}

fn private_view(reviews: &Reviews, review: &Review) -> Value {
    let mut view = public_view(reviews, review);
    let invited = &review.invited;
    let tags: Vec<_> = invited.tags.iter().map(|tag| json!({"group": TAG_GROUP, "value": tag})).collect();
    let more = json!({
        "referenceId": invited.reference,
        "referralEmail": invited.email,
        "tags": tags,
        // UNK: `id` and `urlFormattedName` of a location that only an invitation names.
        "location": invited.location.as_ref().map(|id| json!({"externalId": id})),
        "countsTowardsLocationTrustScore": false,
        "findReviewer": {"isEligible": false, "requests": []},
        "invitation": {"businessUnitId": account::BUSINESS_UNIT_ID},
        "businessUnitHistory": [],
    });
    if let (Value::Object(view), Value::Object(more)) = (&mut view, more) {
        view.extend(more);
    }
    view
}
