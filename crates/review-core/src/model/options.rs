//! Wishes that only one vendor understands.

use std::any::Any;
use std::fmt::Debug;
use std::sync::Arc;

/// Typed extras for one vendor, defined by its crate. A request may carry the extras of several
/// vendors at once; each provider takes its own and leaves the others, so the caller's code need
/// not know which vendor it talks to.
///
/// `Debug` must show nothing personal.
pub trait VendorOptions: Any + Debug + Send + Sync {}

/// The extras of a request, at most one value of each type.
#[derive(Clone, Debug, Default)]
pub(super) struct OptionSet(Vec<Arc<dyn VendorOptions>>);

impl OptionSet {
    pub(super) fn insert<T: VendorOptions>(&mut self, options: T) {
        self.0.retain(|kept| !is::<T>(kept.as_ref()));
        self.0.push(Arc::new(options));
    }

    pub(super) fn get<T: VendorOptions>(&self) -> Option<&T> {
        self.0.iter().find_map(|kept| {
            let any: &dyn Any = kept.as_ref();
            any.downcast_ref()
        })
    }
}

fn is<T: VendorOptions>(options: &dyn VendorOptions) -> bool {
    let any: &dyn Any = options;
    any.is::<T>()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug, PartialEq)]
    struct A(u8);
    #[derive(Debug, PartialEq)]
    struct B(u8);
    impl VendorOptions for A {}
    impl VendorOptions for B {}

    #[test]
    fn one_value_of_each_type_is_kept() {
        let mut set = OptionSet::default();
        set.insert(A(1));
        set.insert(A(2));
        assert_eq!((set.get::<A>(), set.get::<B>(), set.0.len()), (Some(&A(2)), None, 1));
    }
}
