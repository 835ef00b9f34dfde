//! The order parser: settings, and the ways to give it an input.

use std::io::Read;
use std::sync::Arc;

use crate::encoding::Encoding;
use crate::engine::Engine;
use crate::policy::Policy;
use crate::record::OrderRecord;
use crate::records::Records;
use crate::settings::Settings;
use crate::system::ShopSystem;

/// Parses orders as shop systems emit them. The memory it needs is bounded by the longest record.
///
/// See the [crate] documentation for the systems, the members that are read and the rules.
///
/// ```
/// use review_orders::OrderParser;
///
/// let file = br#"{"name": "1001", "email": "jane@example.com", "financial_status": "paid",
///     "fulfillment_status": "fulfilled", "buyer_accepts_marketing": true}"#;
/// for record in OrderParser::new().parse(&file[..]) {
///     let record = record?; // an I/O error of the reader
///     assert!(record.result.is_ok());
/// }
/// # Ok::<(), std::io::Error>(())
/// ```
#[derive(Clone, Debug)]
#[must_use]
pub struct OrderParser {
    settings: Settings,
}

impl Default for OrderParser {
    fn default() -> Self {
        Self::new()
    }
}

impl OrderParser {
    /// Creates a parser with the default [`Policy`], which detects system and encoding.
    pub fn new() -> Self {
        Self { settings: Settings::default() }
    }

    /// Sets the rules. Default: [`Policy::default`].
    pub fn with_policy(mut self, policy: Policy) -> Self {
        self.settings.policy = policy;
        self
    }

    /// Names the shop system instead of detecting it. Default: detection by content.
    pub fn with_system(mut self, system: impl Into<Option<ShopSystem>>) -> Self {
        self.settings.system = system.into();
        self
    }

    /// Sets the encoding. Default: [`Encoding::Detect`].
    pub fn with_encoding(mut self, encoding: Encoding) -> Self {
        self.settings.encoding = encoding;
        self
    }

    /// Sets the name of the input for [`RecordSource::file`](crate::RecordSource::file). Default: none.
    pub fn with_file_name(mut self, name: impl AsRef<str>) -> Self {
        self.settings.file = Some(Arc::from(name.as_ref()));
        self
    }

    /// Sets the maximum length of one record in bytes. A longer one is malformed, and the records after
    /// it are read. Default: [`DEFAULT_MAX_RECORD_BYTES`](crate::DEFAULT_MAX_RECORD_BYTES).
    pub fn with_max_record_bytes(mut self, bytes: usize) -> Self {
        self.settings.max_record_bytes = bytes.max(1);
        self
    }

    /// Parses the orders of a reader, one after the other. The reader is not buffered further.
    ///
    /// Every record of the input yields one [`OrderRecord`], in order. A reader that fails yields its
    /// error, and the iterator ends.
    pub fn parse<R: Read>(&self, reader: R) -> Records<R> {
        Records::new(Engine::new(self.settings.clone()), reader)
    }

    /// Parses the orders of a `tokio::io::AsyncRead`, like [`OrderParser::parse`].
    ///
    /// ```
    /// # async fn example(body: impl tokio::io::AsyncRead + Unpin) -> std::io::Result<()> {
    /// let mut records = review_orders::OrderParser::new().parse_async(body);
    /// while let Some(record) = records.next().await {
    ///     println!("{}", record?.source);
    /// }
    /// # Ok(()) }
    /// ```
    #[cfg(feature = "tokio")]
    pub fn parse_async<R: tokio::io::AsyncRead + Unpin>(&self, reader: R) -> crate::records::AsyncRecords<R> {
        crate::records::AsyncRecords::new(Engine::new(self.settings.clone()), reader)
    }

    /// Parses the orders of a text in memory.
    #[must_use]
    pub fn parse_slice(&self, input: &[u8]) -> Vec<OrderRecord> {
        // A slice does not fail.
        self.parse(input).filter_map(Result::ok).collect()
    }
}
