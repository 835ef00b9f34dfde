//! A factory uses the settings of an instance.

use super::super::VendorFault;
use super::super::outcome::{Check, ensure, fail};
use super::super::stage::Stage;
use super::faults::{RETRY_AFTER, throttled};

pub(super) async fn instance_has_the_name_of_its_settings(stage: &Stage) -> Check {
    let name = "conformance-2";
    let instance = stage.instance(name, 1).await?;
    let receipt = instance.accepted(&instance.plain()?).await?;
    for info in [instance.provider().info(), &receipt.provider] {
        ensure(info.instance() == name, || {
            format!("expected the instance name {name} (Harness::start_instance), got {}", info.instance())
        })?;
    }
    Ok(())
}

/// A throttled call is retried only if the settings allow a second attempt.
pub(super) async fn instance_has_the_http_settings(stage: &Stage) -> Check {
    for max_attempts in [1, 3] {
        let instance = stage.instance("conformance-2", max_attempts).await?;
        let request = instance.plain()?;
        instance.inject(VendorFault::Throttle(RETRY_AFTER)).await?;
        match (max_attempts, instance.send(&request).await?) {
            (1, Err(error)) => throttled(&error)?,
            (1, Ok(_)) => {
                return fail(
                    "with max_attempts 1 (Harness::start_instance), a throttled request was sent again",
                );
            }
            (_, Ok(_)) => instance.counted(&request, 1).await?,
            (_, Err(error)) => {
                return fail(format!(
                    "with max_attempts {max_attempts} (Harness::start_instance), expected a retry after \
                     {RETRY_AFTER:?}, got: {error}"
                ));
            }
        }
    }
    Ok(())
}
