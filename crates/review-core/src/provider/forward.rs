//! Forwards operations to another provider.

/// Implements the named operations by those of another provider, `[.field]` or `[.method()]` of `self`. A type that
/// wraps a provider writes out the others.
///
/// `async_trait` does not expand macros, so the asynchronous operations are written as it would write them. They
/// return the future of the other provider, without a box of their own.
macro_rules! forward {
    ($to:tt $($operation:ident)+) => {
        $(crate::provider::forward::forward!(@$operation $to);)+
    };
    (@info $to:tt) => {
        crate::provider::forward::forward!(@now $to info() -> &crate::provider::info::ProviderInfo);
    };
    (@info_for $to:tt) => {
        crate::provider::forward::forward!(@now $to info_for(InviteRequest) -> &crate::provider::info::ProviderInfo);
    };
    (@capabilities $to:tt) => {
        crate::provider::forward::forward!(@now $to capabilities() -> &crate::provider::capability::Capabilities);
    };
    (@capabilities_for $to:tt) => {
        crate::provider::forward::forward!(
            @now $to capabilities_for(InviteRequest) -> &crate::provider::capability::Capabilities);
    };
    (@validate $to:tt) => {
        crate::provider::forward::forward!(
            @now $to validate(InviteRequest) -> Result<Vec<crate::provider::receipt::Warning>>);
    };
    (@preview $to:tt) => {
        crate::provider::forward::forward!(@now $to preview(InviteRequest) -> Result<crate::provider::preview::Preview>);
    };
    (@send_invite $to:tt) => {
        crate::provider::forward::forward!(
            @later $to send_invite('b InviteRequest) -> crate::provider::receipt::InviteReceipt);
    };
    (@create_link $to:tt) => {
        crate::provider::forward::forward!(
            @later $to create_link('b InviteRequest) -> crate::provider::receipt::ReviewLink);
    };
    (@find_invite $to:tt) => {
        crate::provider::forward::forward!(
            @later $to find_invite('b crate::provider::lookup::InviteRef) -> crate::provider::lookup::InviteLookup);
    };
    (@erase_customer $to:tt) => {
        crate::provider::forward::forward!(
            @later $to erase_customer('b crate::model::email::EmailAddress) -> crate::provider::lookup::ErasureStatus);
    };
    (@check_setup $to:tt) => {
        crate::provider::forward::forward!(@later $to check_setup() -> crate::provider::setup::SetupReport);
    };
    (@now [$($to:tt)+] $operation:ident($($argument:ty)?) -> $result:ty) => {
        fn $operation(&self $(, argument: &$argument)?) -> $result {
            self$($to)+.$operation($(crate::provider::forward::forward!(@argument argument $argument))?)
        }
    };
    (@later [$($to:tt)+] $operation:ident($($life:lifetime $argument:ty)?) -> $result:ty) => {
        fn $operation<'a, $($life,)? 'f>(
            &'a self
            $(, argument: &$life $argument)?
        ) -> futures_util::future::BoxFuture<'f, Result<$result>>
        where
            'a: 'f,
            $($life: 'f,)?
            Self: 'f,
        {
            self$($to)+.$operation($(crate::provider::forward::forward!(@argument argument $argument))?)
        }
    };
    (@argument $name:ident $type:ty) => {
        $name
    };
}
pub(crate) use forward;
