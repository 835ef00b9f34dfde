//! Review links, which the shop sends itself. They are built without a request.

use review_core::model::InviteRequest;
use review_core::provider::ReviewLink;
use review_core::{Error, FieldError, InviteKind, Result};
use review_http::vendor::Api;
use url::form_urlencoded::byte_serialize;

use crate::config::Kiyoh;
use crate::products::products;

/// Builds a link. It contains neither name nor address of the customer, which its URL could carry.
///
/// UNK: whether the products must be in the catalogue. INF: they must, as for an invitation by email.
///
/// UNK: whether a review that was written through a link counts as verified.
pub(crate) fn create(kiyoh: &Kiyoh, api: &Api<Kiyoh>, request: &InviteRequest) -> Result<ReviewLink> {
    let Some(name) = &kiyoh.location_name else {
        return Err(api.unsupported("set location_name, the short name of the location in its review pages"));
    };
    let errors = invalid_texts(request);
    if !errors.is_empty() {
        return Err(Error::invalid(errors));
    }
    let (products, warning) = products(request);
    let mut codes = products.iter().map(|product| product.sku().as_str());
    let (location, name) = (kiyoh.location_id.as_str(), name.as_str());
    let mut path = vec!["invite-link", location, name];
    if request.kind() == InviteKind::Product {
        path.insert(0, "product-review");
        path.extend(codes.next());
    }
    let mut url = kiyoh.api_url.join(&path)?;
    let codes: Vec<String> = codes.map(encode).collect();
    let language = kiyoh.language_of(request.customer().locale()).as_str().to_lowercase();
    let parameters = [
        (!codes.is_empty()).then(|| format!("product_code={}", codes.join(","))),
        Some(format!("reference_code={}", encode(request.order().reference().as_str()))),
        Some(format!("lang={}", encode(&language))),
    ];
    // DIS: an example of the paper for products only begins with `&`; its text has `?`.
    url.set_query(Some(&parameters.into_iter().flatten().collect::<Vec<_>>().join("&")));
    Ok(ReviewLink::new(api.info().clone(), url).add_warnings(warning))
}

/// The commas between codes must stay as they are.
fn encode(text: &str) -> String {
    byte_serialize(text.as_bytes()).collect()
}

fn invalid_texts(request: &InviteRequest) -> Vec<FieldError> {
    let reference = request.order().reference().as_str().contains('@').then(|| {
        let message = "must not look like an email address: it would be in the URL of the link";
        FieldError::new("order.reference", message)
    });
    let products = request.order().products().iter().enumerate();
    let codes = products.filter(|(_, product)| product.sku().as_str().contains(',')).map(|(index, _)| {
        let message = "must not contain a comma, which separates the products of a link";
        FieldError::new(format!("order.products[{index}].sku"), message)
    });
    reference.into_iter().chain(codes.filter(|_| request.kind().includes_products())).collect()
}
