//! Errors name their source, and no output contains personal data or secrets.

use review_core::model::Field;
use review_core::provider::{InviteRef, Operation};
use review_core::{Error, ErrorKind, SendState};

use super::super::VendorFault;
use super::super::field_requests::request_with;
use super::super::fixtures::{ADDRESS, CUSTOMER_REFERENCE, FIRST_NAME, LAST_NAME, PHONE};
use super::super::outcome::{Check, Stop, ensure, skip};
use super::super::stage::Stage;
use super::faults::RETRY_AFTER;
use crate::Canary;

/// Words in the names of query parameters whose values are secrets.
const SECRET_WORDS: [&str; 7] = ["token", "secret", "password", "key", "code", "auth", "signature"];

pub(super) async fn errors_name_provider_and_operation(stage: &Stage) -> Check {
    for field in Field::ALL.iter().copied().filter(|field| !stage.can().supports_field(*field)) {
        let request = request_with(stage, field, false)?.request;
        check(stage, "validate", stage.validate(&request).err())?;
        check(stage, "preview", stage.preview(&request).err())?;
        check(stage, "send_invite", stage.send(&request).await?.err())?;
    }
    let request = stage.plain()?;
    let invite = InviteRef::from(request.key(stage.provider().info()));
    let email = request.customer().email();
    check(stage, Operation::CreateLink.as_str(), stage.create_link(&request).await?.err())?;
    check(stage, Operation::FindInvite.as_str(), stage.find_invite(&invite).await?.err())?;
    check(stage, Operation::EraseCustomer.as_str(), stage.erase_customer(email).await?.err())?;
    check(stage, Operation::CheckSetup.as_str(), stage.check_setup().await?.err())?;
    for fault in [
        VendorFault::DropResponse,
        VendorFault::ForeignResponse,
        VendorFault::RefuseConnection,
        VendorFault::Throttle(RETRY_AFTER),
        VendorFault::Reject,
        VendorFault::Forbidden,
        VendorFault::ServerError,
    ] {
        if stage.inject(fault).await.is_ok() {
            check(stage, "send_invite", stage.send(&stage.plain()?).await?.err())?;
        }
    }
    Ok(())
}

fn check(stage: &Stage, operation: &str, error: Option<Error>) -> Check {
    let Some(error) = error else { return Ok(()) };
    let named = error.provider().is_some_and(|provider| stage.harness().provider_infos().contains(provider));
    ensure(named, || {
        let expected = stage.provider().info();
        format!("expected an error that names {expected}, found: {error} (Harness::provider_infos)")
    })?;
    ensure(error.operation() == Some(operation), || {
        format!("expected an error that names {operation}, found {:?}: {error}", error.operation())
    })
}

/// The vendor quotes each value of the request, and each secret, on its own: a redaction that hides one value can miss
/// another.
pub(super) async fn rejection_quotes_no_value(stage: &Stage) -> Check {
    let (mut is_tested, mut skipped) = (false, None);
    for faults in [VendorFault::RejectQuoting as fn(String) -> VendorFault, VendorFault::RejectInSuccess] {
        let mut index = 0;
        loop {
            let request = stage.plain()?;
            let email = request.customer().email().as_str();
            let values = [email, FIRST_NAME, LAST_NAME, PHONE, ADDRESS, CUSTOMER_REFERENCE];
            let values = values.iter().map(|value| (*value).to_owned()).chain(stage.harness().secrets());
            let Some(value) = values.into_iter().nth(index) else { break };
            match stage.inject(faults(value.clone())).await {
                Ok(()) => is_tested = true,
                Err(stop) => {
                    skipped = Some(stop);
                    break;
                }
            }
            if let Err(error) = stage.send(&request).await? {
                shows_not(
                    &error,
                    &value,
                    &format!("number {index} of email, names, phone, address, reference, secrets"),
                )?;
            }
            index += 1;
        }
    }
    match skipped {
        Some(stop @ Stop::Skipped { .. }) if !is_tested => Err(stop),
        _ => Ok(()),
    }
}

/// The request for a token contains the credentials.
pub(super) async fn token_rejection_quotes_no_secret(stage: &Stage) -> Check {
    let secrets = stage.harness().secrets();
    if secrets.is_empty() {
        return skip(None, "there are no secrets (Harness::secrets)");
    }
    for secret in secrets {
        // A new provider has no token.
        let other = stage.again(Canary::default()).await;
        let request = other.plain()?;
        other.inject(VendorFault::RejectToken(secret.clone())).await?;
        let error = other.rejected(&request, "an error, because no token was issued").await?;
        shows_not(&error, &secret, "a secret")?;
        ensure(
            error.send_state() == SendState::NotSent && error.kind() != ErrorKind::OutcomeUnknown,
            || format!("no token was issued: expected NotSent, got {:?}: {error}", error.send_state()),
        )?;
        other.counted(&request, 0).await?;
    }
    Ok(())
}

fn shows_not(error: &Error, value: &str, what: &str) -> Check {
    let canary = Canary::new([value.to_owned()]);
    canary.check_error(error);
    let leaks = canary.leaks();
    ensure(leaks.is_empty(), || {
        format!("the vendor quoted a value ({what}), and the error shows it: {leaks:?}")
    })
}

/// Returns the names of query parameters in a text that look like secrets and whose values are shown.
pub(super) fn secret_parameters(text: &str) -> Vec<String> {
    let mut names = Vec::new();
    for part in text.split(['?', '&']).skip(1) {
        let Some((name, rest)) = part.split_once('=') else { continue };
        let is_name = name.len() < 40 && name.chars().all(|c| c.is_ascii_alphanumeric() || "-_.".contains(c));
        let value: String =
            rest.chars().take_while(|c| c.is_ascii_alphanumeric() || "-_.~%".contains(*c)).collect();
        let lower = name.to_lowercase();
        let is_secret = is_name && SECRET_WORDS.iter().any(|word| lower.contains(word));
        if is_secret && !value.is_empty() && !value.starts_with("%5B") && !value.contains("redacted") {
            names.push(name.to_owned());
        }
    }
    names.dedup();
    names
}

#[cfg(test)]
mod tests {
    use super::secret_parameters;

    #[test]
    fn shown_secret_parameters_are_found() {
        let text = "GET https://h.example/a?page=1&api_key=abc \"/b?code=[redacted]&utoken=%5Bredacted%5D\" a & b=key";
        assert_eq!(secret_parameters(text), ["api_key"]);
        assert_eq!(secret_parameters("?Token=x&sku=key"), ["Token"]);
    }
}
