//! The web shop.

use axum::extract::State;
use serde_json::json;

use super::account::{SHOP_NAME, WEBSITE};
use super::errors::success;
use super::request::{Access, open};
use crate::request::ApiRequest;
use crate::response::ApiResult;
use crate::state::App;

/// `GET /1.0/webshop.json`
///
/// DIS: an older copy of the documentation has `webshops.json`; the newer one and the vendor's code have this path.
pub(super) async fn read(State(app): State<App>, request: ApiRequest) -> ApiResult {
    open(&app, &request, &Access::Private, &[])?;
    let language = |name: &str, iso: &str, main: bool| json!({"name": name, "url": format!("{WEBSITE}/{iso}"), "iso": iso, "all": main, "main": main});
    let data = json!({
        "name": SHOP_NAME,
        "address": {
            "street": "Stationsweg",
            "housenumber": "1A",
            "postalcode": "1234AB",
            "city": "Utrecht",
            "country": "Netherlands",
        },
        "logo": format!("{WEBSITE}/logo.png"),
        "languages": [language("Dutch", "nl", true), language("English", "en", false)],
    });
    Ok(success("Webshop details successfully retrieved!", json!({"data": data})))
}
