//! The settings of a parser.

use std::sync::Arc;

use crate::encoding::Encoding;
use crate::policy::Policy;
use crate::system::ShopSystem;

/// The default limit of one record: 8 MiB. Orders of shop systems have a few kilobytes.
/// A hostile record of this length takes up to 400 MiB while it is read.
pub const DEFAULT_MAX_RECORD_BYTES: usize = 8 * 1024 * 1024;

#[derive(Clone, Debug)]
pub(crate) struct Settings {
    pub(crate) policy: Policy,
    pub(crate) system: Option<ShopSystem>,
    pub(crate) encoding: Encoding,
    pub(crate) file: Option<Arc<str>>,
    pub(crate) max_record_bytes: usize,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            policy: Policy::default(),
            system: None,
            encoding: Encoding::Detect,
            file: None,
            max_record_bytes: DEFAULT_MAX_RECORD_BYTES,
        }
    }
}
