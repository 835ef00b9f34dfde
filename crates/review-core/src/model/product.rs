//! What was bought.

use url::Url;

use super::text::text_type;

text_type! {
    /// The shop's key of a product. It must stay the same, since reviews are collected under it.
    plain Sku, "order.products.sku", 255
}
text_type! {
    /// A product's name, brand, part number or category, as a customer reads it.
    plain ProductText, "order.products", 500
}
text_type! {
    /// A GTIN (EAN, UPC, ISBN) as text, since leading zeros count.
    plain Gtin, "order.products.gtin", 14
}

/// One product of an order. A vendor may want more than the key and the name for a product review
/// (see [`Requirement`](crate::Requirement)).
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
        Self {
            sku,
            name,
            url: None,
            image_url: None,
            gtin: None,
            mpn: None,
            brand: None,
            category: None,
        }
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
