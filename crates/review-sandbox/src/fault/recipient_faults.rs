//! Recipients whose address names a fault.

use super::kind::Fault;

/// The domain of these addresses. `.test` is reserved, so an address cannot belong to a real person.
const DOMAIN: &str = "sandbox.test";

/// The tag for "only the first request about each order".
const ONCE: &str = "once";

/// The fault that an address names.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct RecipientFault {
    pub(super) fault: Fault,
    pub(super) once: bool,
}

/// Returns `None` for an ordinary address, and an error, which does not repeat the address, for an unknown fault.
pub(super) fn parse(address: &str) -> Option<Result<RecipientFault, String>> {
    let (local, domain) = address.rsplit_once('@')?;
    if !domain.eq_ignore_ascii_case(DOMAIN) {
        return None;
    }
    let local = local.to_ascii_lowercase();
    let mut parts = local.split('+');
    let name = parts.next().unwrap_or_default();
    let once = parts.any(|tag| tag == ONCE);
    Some(match name.parse::<Fault>() {
        Ok(fault) if fault.is_on_accept() => Err(format!(
            "the recipient at {DOMAIN} must not name a fault of connections, which have no recipient; add a rule"
        )),
        Ok(fault) => Ok(RecipientFault { fault, once }),
        Err(error) => Err(format!("the part before @ of the recipient at {DOMAIN} {error}")),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fault::kind::FaultPhase;

    #[test]
    fn fault_addresses_are_parsed() {
        let found = |address| parse(address).unwrap().unwrap();
        let reset = Fault::Reset(FaultPhase::AfterCommit);
        assert_eq!(
            found("reset-after-commit@sandbox.test"),
            RecipientFault { fault: reset.clone(), once: false }
        );
        assert_eq!(found("Reset+17@Sandbox.Test"), RecipientFault { fault: reset.clone(), once: false });
        for address in ["reset+once@sandbox.test", "reset+once+17@sandbox.test", "reset+17+once@sandbox.test"]
        {
            assert_eq!(found(address), RecipientFault { fault: reset.clone(), once: true }, "{address}");
        }
        for ordinary in
            ["jane@example.com", "reset@mail.sandbox.test", "reset", "reset@sandbox.test.example.com"]
        {
            assert!(parse(ordinary).is_none(), "{ordinary}");
        }
    }

    #[test]
    fn unknown_fault_error_omits_the_address() {
        for address in
            ["jane@sandbox.test", "@sandbox.test", "once@sandbox.test", "close-on-accept@sandbox.test"]
        {
            let error = parse(address).unwrap().unwrap_err();
            assert!(error.contains("sandbox.test") && !error.contains("jane"), "{error}");
        }
    }
}
