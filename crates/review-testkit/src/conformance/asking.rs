//! Requests that ask for one feature and nothing else.

use chrono::{TimeDelta, Utc};
use review_core::{
    EmailAddress, Feature, FieldError, InviteRequest, InviteRequestBuilder, LocationId, OnUnsupported,
    PersonName, SendAt, Sender, Tag, TemplateId,
};

use super::Harness;
use super::outcome::{CaseResult, ensure, fail};
use super::stage::Stage;

/// A request with one wish, and what of it has to arrive, by field.
pub(super) struct Asking {
    pub(super) request: InviteRequest,
    pub(super) markers: Vec<(&'static str, String)>,
}

type Wish = Box<dyn FnOnce(InviteRequestBuilder) -> InviteRequestBuilder>;

const METADATA: (&str, &str) = ("conformance_key", "conformance-value");

/// The values of addresses, links and metadata are personal or may be.
pub(super) fn asking_for(stage: &Stage, feature: Feature, rule: OnUnsupported) -> CaseResult<Asking> {
    let (markers, wish) = wish(stage.harness(), feature)?;
    let mut draft = stage.draft()?;
    draft.rule = rule;
    if feature == Feature::Metadata {
        draft.order = draft.order.with_metadata(METADATA.0, METADATA.1);
    }
    if !matches!(feature, Feature::Scheduling | Feature::Template | Feature::Tags | Feature::Location) {
        let values = markers.iter().map(|(_, value)| value.clone());
        stage.canary().hide(values.filter(|value| value != METADATA.0));
    }
    let request = stage.build(draft, wish)?;
    ensure(request.features() == [feature], || {
        format!("expected a request for {feature} alone, found {:?}; see Harness::adapt", request.features())
    })?;
    Ok(Asking { request, markers })
}

fn wish(harness: &dyn Harness, feature: Feature) -> CaseResult<(Vec<(&'static str, String)>, Wish)> {
    let field = feature.field();
    let value = |usual| harness.value(field, usual);
    let one = |marker| vec![(field, marker)];
    Ok(match feature {
        Feature::Scheduling => {
            let moment = Utc::now() + TimeDelta::days(2);
            let marker = moment.format("%Y-%m-%dT%H:%M:%S").to_string();
            (one(marker), Box::new(move |request| request.send_at(SendAt::At(moment))))
        }
        Feature::Template => {
            let marker = value("conformance-template");
            let template = TemplateId::new(&marker)?;
            (one(marker), Box::new(|request| request.template(template)))
        }
        Feature::Tags => {
            let (first, second) = (value("conformance-tag"), "second-tag");
            let tags = (Tag::new(&first)?, Tag::new(second)?);
            let markers = vec![(field, first), (field, second.to_owned())];
            (markers, Box::new(|request| request.tag(tags.0).tag(tags.1)))
        }
        Feature::RedirectUrl => {
            let marker = value("https://shop.example/thanks/conformance");
            let url = marker.parse().map_err(|_| FieldError::new(field, "expected an address"))?;
            (one(marker), Box::new(|request| request.redirect_url(url)))
        }
        Feature::Location => {
            let marker = value("conformance-branch");
            let location = LocationId::new(&marker)?;
            (one(marker), Box::new(|request| request.location(location)))
        }
        Feature::ReplyTo => {
            let marker = value("conformance-answers@example.com");
            let address = EmailAddress::new(&marker).map_err(|fault| fault.at(field))?;
            (one(marker), Box::new(|request| request.reply_to(address)))
        }
        Feature::Sender => {
            let (name, email) = ("sender.name", "sender.email");
            let markers = [
                (name, harness.value(name, "Conformance Shop")),
                (email, harness.value(email, "conformance-sender@example.com")),
            ];
            let sender = Sender {
                name: Some(PersonName::new(&markers[0].1).map_err(|fault| fault.at(name))?),
                email: Some(EmailAddress::new(&markers[1].1).map_err(|fault| fault.at(email))?),
            };
            (markers.to_vec(), Box::new(|request| request.sender(sender)))
        }
        Feature::Metadata => {
            let markers = vec![(field, METADATA.0.to_owned()), (field, METADATA.1.to_owned())];
            (markers, Box::new(|request| request))
        }
        _ => return fail(format!("this test kit does not know {feature}; use a newer one")),
    })
}
