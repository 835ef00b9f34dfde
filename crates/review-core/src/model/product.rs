//! What was bought.

use std::fmt;

use url::Url;

use super::text::text_type;
use crate::FieldError;

text_type! {
    /// The shop's key of a product. It must stay the same, since reviews are collected under it.
    plain Sku, "order.products.sku", 255
}
text_type! {
    /// A product's name, brand, part number or category, as a customer reads it.
    plain ProductText, "order.products", 500
}

/// A GTIN (EAN, UPC, ISBN) as text, since leading zeros count: 8 to 14 digits; an ISBN of ten may end
/// in `X`.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Gtin(String);

impl Gtin {
    /// Checks a GTIN. Blanks and hyphens between the digits are removed.
    ///
    /// # Errors
    /// A [`FieldError`] for `order.products.gtin`.
    pub fn new(value: impl AsRef<str>) -> Result<Self, FieldError> {
        let digits: String = value.as_ref().chars().filter(|c| !matches!(c, ' ' | '-')).collect();
        let isbn = digits.strip_suffix(['X', 'x']).filter(|rest| rest.len() == 9);
        if (8..=14).contains(&digits.len())
            && isbn.unwrap_or(&digits).bytes().all(|byte| byte.is_ascii_digit())
        {
            return Ok(Self(digits.to_ascii_uppercase()));
        }
        Err(FieldError::new(
            "order.products.gtin",
            "expected an EAN, UPC or ISBN of 8 to 14 digits; leave it out otherwise",
        ))
    }

    /// The digits.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Gtin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// One product of an order. A vendor may want more than the key and the name for a product review
/// (see [`Requirement`](crate::Requirement)).
///
/// ```
/// use review_core::{Gtin, Product, ProductText, Sku};
///
/// let kettle = Product::new(Sku::new("K-1")?, ProductText::new("Kettle")?)
///     .with_gtin(Gtin::new("4006381 33393-1")?)
///     .with_url("https://shop.example/kettle".parse()?);
/// assert_eq!(kettle.gtin().map(Gtin::as_str), Some("4006381333931"));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Product {
    sku: Sku,
    name: ProductText,
    url: Option<Url>,
    image_url: Option<Url>,
    gtin: Option<Gtin>,
    mpn: Option<ProductText>,
    brand: Option<ProductText>,
    category: Option<ProductText>,
}

impl Product {
    /// A product with its key and its name.
    #[must_use]
    pub fn new(sku: Sku, name: ProductText) -> Self {
        Self { sku, name, url: None, image_url: None, gtin: None, mpn: None, brand: None, category: None }
    }

    /// Sets the address of the product's page.
    #[must_use]
    pub fn with_url(mut self, url: Url) -> Self {
        self.url = Some(url);
        self
    }

    /// Sets the address of a picture.
    #[must_use]
    pub fn with_image_url(mut self, url: Url) -> Self {
        self.image_url = Some(url);
        self
    }

    /// Sets the GTIN.
    #[must_use]
    pub fn with_gtin(mut self, gtin: Gtin) -> Self {
        self.gtin = Some(gtin);
        self
    }

    /// Sets the manufacturer's part number.
    #[must_use]
    pub fn with_mpn(mut self, mpn: ProductText) -> Self {
        self.mpn = Some(mpn);
        self
    }

    /// Sets the brand.
    #[must_use]
    pub fn with_brand(mut self, brand: ProductText) -> Self {
        self.brand = Some(brand);
        self
    }

    /// Sets the category: an id of the Google product taxonomy, such as `1267`.
    #[must_use]
    pub fn with_category(mut self, category: ProductText) -> Self {
        self.category = Some(category);
        self
    }

    /// The shop's key.
    #[must_use]
    pub fn sku(&self) -> &Sku {
        &self.sku
    }

    /// The name.
    #[must_use]
    pub fn name(&self) -> &ProductText {
        &self.name
    }

    /// The product's page.
    #[must_use]
    pub fn url(&self) -> Option<&Url> {
        self.url.as_ref()
    }

    /// A picture.
    #[must_use]
    pub fn image_url(&self) -> Option<&Url> {
        self.image_url.as_ref()
    }

    /// The GTIN.
    #[must_use]
    pub fn gtin(&self) -> Option<&Gtin> {
        self.gtin.as_ref()
    }

    /// The manufacturer's part number.
    #[must_use]
    pub fn mpn(&self) -> Option<&ProductText> {
        self.mpn.as_ref()
    }

    /// The brand.
    #[must_use]
    pub fn brand(&self) -> Option<&ProductText> {
        self.brand.as_ref()
    }

    /// The id in the Google product taxonomy.
    #[must_use]
    pub fn category(&self) -> Option<&ProductText> {
        self.category.as_ref()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_gtin_is_of_digits() {
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
}
