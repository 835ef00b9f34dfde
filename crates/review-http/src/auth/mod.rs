//! Access tokens: sources, the cache of an instance, and stores that processes share.

mod cache;
mod cached_token;
mod single_flight;
mod store;
mod token;

pub use self::cache::TokenCache;
pub(crate) use self::cached_token::CachedToken;
pub use self::single_flight::SharedLookup;
pub use self::store::{FileTokenStore, MemoryTokenStore, StoredToken, TokenStore, TokenStoreGuard};
pub use self::token::{Token, TokenPlace, TokenSource};
