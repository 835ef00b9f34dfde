//! Products of an order.

use std::fmt;

use url::Url;

use super::collector::{Collector, Deferred};
use super::into_field::{IntoField, IntoOptionalField};
use super::text::{check_id, text_type};
use super::url::{check_http_url, is_http_url};
use crate::error::{FieldError, Result};
use crate::provider::receipt::Warning;

text_type! {
    /// The shop's id of a product: at most 255 characters. It must stay the same, because reviews are
    /// collected under it.
    public Sku, |text| check_id("sku", text, 255)
}
text_type! {
    /// A product's name, brand, part number or category, as a customer reads it: at most 500 characters.
    public ProductName, "name", 500
}
text_type! {
    /// A GTIN (EAN, UPC, ISBN) as text, because leading zeros count: 8 to 14 digits; an ISBN of ten may
    /// end in `X`. Spaces and hyphens between the digits are removed.
    public Gtin, check_gtin
}

fn check_gtin(value: &str) -> Result<String, FieldError> {
    let digits: String = value.chars().filter(|c| !matches!(c, ' ' | '-')).collect();
    let isbn = digits.strip_suffix(['X', 'x']).filter(|rest| rest.len() == 9);
    let valid =
        (8..=14).contains(&digits.len()) && isbn.unwrap_or(&digits).bytes().all(|byte| byte.is_ascii_digit());
    if valid {
        return Ok(digits.to_ascii_uppercase());
    }
    Err(FieldError::new("gtin", "must be an EAN, UPC or ISBN of 8 to 14 digits"))
}

/// One product of an order. A vendor may require more than the id and the name for a product review
/// (see [`Requirement`](crate::provider::Requirement)).
///
/// ```
/// use review_core::model::Product;
///
/// let kettle = Product::builder("K-1", "Kettle")
///     .gtin("4006381 33393-1")
///     .url("https://shop.example/kettle")
///     .build()?;
/// assert_eq!(kettle.gtin().map(|gtin| gtin.as_str()), Some("4006381333931"));
/// # Ok::<(), review_core::Error>(())
/// ```
#[derive(Clone, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Product {
    sku: Sku,
    name: ProductName,
    #[cfg_attr(feature = "serde", serde(default, skip_serializing_if = "Option::is_none"))]
    url: Option<Url>,
    #[cfg_attr(feature = "serde", serde(default, skip_serializing_if = "Option::is_none"))]
    image_url: Option<Url>,
    #[cfg_attr(feature = "serde", serde(default, skip_serializing_if = "Option::is_none"))]
    gtin: Option<Gtin>,
    #[cfg_attr(feature = "serde", serde(default, skip_serializing_if = "Option::is_none"))]
    mpn: Option<ProductName>,
    #[cfg_attr(feature = "serde", serde(default, skip_serializing_if = "Option::is_none"))]
    brand: Option<ProductName>,
    #[cfg_attr(feature = "serde", serde(default, skip_serializing_if = "Option::is_none"))]
    category: Option<ProductName>,
}

impl Product {
    /// Starts a product with the shop's id and its name. Nothing fails before
    /// [`build`](ProductBuilder::build), or before `build` of the request that contains it.
    pub fn builder(sku: impl IntoField<Sku>, name: impl IntoField<ProductName>) -> ProductBuilder {
        ProductBuilder {
            sku: sku.into_field(),
            name: name.into_field(),
            url: Ok(None),
            image_url: Ok(None),
            gtin: Ok(None),
            mpn: Ok(None),
            brand: Ok(None),
            category: Ok(None),
        }
    }

    /// Returns the shop's id.
    #[must_use]
    pub fn sku(&self) -> &Sku {
        &self.sku
    }

    /// Returns the name.
    #[must_use]
    pub fn name(&self) -> &ProductName {
        &self.name
    }

    /// Returns the URL of the product's page.
    #[must_use]
    pub fn url(&self) -> Option<&Url> {
        self.url.as_ref()
    }

    /// Returns the URL of an image.
    #[must_use]
    pub fn image_url(&self) -> Option<&Url> {
        self.image_url.as_ref()
    }

    /// Returns the GTIN.
    #[must_use]
    pub fn gtin(&self) -> Option<&Gtin> {
        self.gtin.as_ref()
    }

    /// Returns the manufacturer's part number.
    #[must_use]
    pub fn mpn(&self) -> Option<&ProductName> {
        self.mpn.as_ref()
    }

    /// Returns the brand.
    #[must_use]
    pub fn brand(&self) -> Option<&ProductName> {
        self.brand.as_ref()
    }

    /// Returns the id in the Google product taxonomy, such as `1267`.
    #[must_use]
    pub fn category(&self) -> Option<&ProductName> {
        self.category.as_ref()
    }
}

/// Does not show a URL that a request would reject: a product that was deserialized alone was not checked, and
/// its URL can contain a password.
impl fmt::Debug for Product {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let shown = |url: &Option<Url>| {
            url.as_ref().map(|url| if is_http_url(url) { url.to_string() } else { "[invalid]".to_owned() })
        };
        f.debug_struct("Product")
            .field("sku", &self.sku)
            .field("name", &self.name)
            .field("url", &shown(&self.url))
            .field("image_url", &shown(&self.image_url))
            .field("gtin", &self.gtin)
            .field("mpn", &self.mpn)
            .field("brand", &self.brand)
            .field("category", &self.category)
            .finish()
    }
}

/// Builds a [`Product`]. A request accepts it unfinished, and then reports its invalid fields together
/// with all others.
#[derive(Clone)]
#[must_use = "pass it to a request, or call `build()`"]
pub struct ProductBuilder {
    sku: Result<Sku, FieldError>,
    name: Result<ProductName, FieldError>,
    url: Deferred<Url>,
    image_url: Deferred<Url>,
    gtin: Deferred<Gtin>,
    mpn: Deferred<ProductName>,
    brand: Deferred<ProductName>,
    category: Deferred<ProductName>,
}

macro_rules! optional_setters {
    ($($(#[$doc:meta])* $name:ident: $type:ty;)*) => {$(
        $(#[$doc])*
        pub fn $name(mut self, $name: impl IntoOptionalField<$type>) -> Self {
            self.$name = $name.into_optional_field();
            self
        }
    )*};
}

impl ProductBuilder {
    optional_setters! {
        /// Sets the URL of the product's page: `http` or `https`, without user name.
        url: Url;
        /// Sets the URL of an image. An invalid one is left out with a warning.
        image_url: Url;
        /// Sets the GTIN. An invalid one is left out with a warning.
        gtin: Gtin;
        /// Sets the manufacturer's part number.
        mpn: ProductName;
        /// Sets the brand.
        brand: ProductName;
        /// Sets the category: an id of the Google product taxonomy, such as `1267`.
        category: ProductName;
    }

    /// Builds the product.
    ///
    /// # Errors
    /// [`ErrorKind::InvalidRequest`](crate::ErrorKind::InvalidRequest) with every invalid field. Alone, a
    /// product has no place for warnings: an invalid image or GTIN is an error too.
    pub fn build(self) -> Result<Product> {
        let mut collector = Collector::default();
        let product = self.finish("", &mut collector);
        let omitted = std::mem::take(&mut collector.warnings);
        collector.errors.extend(
            omitted.iter().map(|w: &Warning| FieldError::new(w.field().to_owned(), w.message().to_owned())),
        );
        collector.into_result(product)
    }

    /// Checks every field and adds the problems under `path`.
    pub(super) fn finish(self, path: &str, collector: &mut Collector) -> Option<Product> {
        let at = |field: &str| if path.is_empty() { field.to_owned() } else { format!("{path}.{field}") };
        let sku = collector.required(at("sku"), self.sku);
        let name = collector.required(at("name"), self.name);
        let url = collector.optional(at("url"), self.url.and_then(check_http_url));
        let image_url = collector.omittable(at("image_url"), self.image_url.and_then(check_http_url));
        let gtin = collector.omittable(at("gtin"), self.gtin);
        let mpn = collector.optional(at("mpn"), self.mpn);
        let brand = collector.optional(at("brand"), self.brand);
        let category = collector.optional(at("category"), self.category);
        Some(Product { sku: sku?, name: name?, url, image_url, gtin, mpn, brand, category })
    }
}

/// A finished product is a builder with nothing left to do.
impl From<Product> for ProductBuilder {
    fn from(product: Product) -> Self {
        let Product { sku, name, url, image_url, gtin, mpn, brand, category } = product;
        Self {
            sku: Ok(sku),
            name: Ok(name),
            url: Ok(url),
            image_url: Ok(image_url),
            gtin: Ok(gtin),
            mpn: Ok(mpn),
            brand: Ok(brand),
            category: Ok(category),
        }
    }
}

impl From<&Product> for ProductBuilder {
    fn from(product: &Product) -> Self {
        product.clone().into()
    }
}

impl fmt::Debug for ProductBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ProductBuilder")
            .field("sku", &self.sku)
            .field("name", &self.name)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn gtin_consists_of_digits() {
        for (given, read) in [
            ("01234567890", "01234567890"),
            ("978-3-16-148410-0", "9783161484100"),
            ("080442957x", "080442957X"),
        ] {
            assert_eq!(Gtin::new(given).unwrap().as_str(), read);
        }
        for bad in ["", "n/a", "1234567", "123456789012345", "12345678X", "4.0058E+12"] {
            assert!(Gtin::new(bad).is_err(), "{bad:?}");
        }
    }

    #[test]
    fn product_urls_open_in_a_browser() {
        for bad in ["ftp://a.example/x", "javascript:alert(1)", "data:text/html,x", "https://u:p@a.example/"]
        {
            let error = Product::builder("1", "Kettle").url(bad).build().unwrap_err();
            assert_eq!(error.field_errors()[0].field(), "url", "{bad}");
            let parsed: Url = bad.parse().unwrap();
            assert!(Product::builder("1", "Kettle").url(parsed).build().is_err(), "{bad}");
        }
    }

    #[cfg(feature = "serde")]
    #[test]
    fn debug_of_a_stored_product_shows_no_password() {
        let stored = r#"{"sku":"1","name":"Kettle","url":"https://u:canary@shop.example/","image_url":"https://shop.example/i.png"}"#;
        let product: Product = serde_json::from_str(stored).unwrap();
        let shown = format!("{product:?}");
        assert!(!shown.contains("canary") && shown.contains("shop.example/i.png"), "{shown}");
        let builder = Product::builder("1", "Kettle").url("https://u:canary@shop.example/");
        assert!(!format!("{builder:?} {:?}", builder.clone().build()).contains("canary"));
    }

    #[test]
    fn product_reports_all_invalid_fields() {
        let error = Product::builder("", "").gtin("x").build().unwrap_err();
        let fields: Vec<_> = error.field_errors().iter().map(FieldError::field).collect();
        assert_eq!(fields, ["sku", "name", "gtin"]);
    }
}
