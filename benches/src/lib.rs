//! What the benchmarks have in common: the four vendors with a sample invitation each, a server on loopback, a transport
//! without a network, and the same requests made with the libraries below.

pub mod in_memory;
pub mod payload;
pub mod plain;
pub mod run;
pub mod vendor;
