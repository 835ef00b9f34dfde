//! A registry from the environment.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::ffi::OsString;

use review_core::{FieldError, Result};

use super::assembly::Assembly;
use super::look_up::{LookUp, variable};
use super::{Registry, RegistryBuilder};
use crate::faults::{Faults, closest};

/// The variable that names the vendor.
pub const PROVIDER_VARIABLE: &str = "REVIEW_PROVIDER";
/// The variable that names a configuration file in TOML, which is used in the place of the vendors' variables.
pub const CONFIG_VARIABLE: &str = "REVIEW_CONFIG";
/// The variable that turns sending `off`.
pub const SENDING_VARIABLE: &str = "REVIEW_SENDING";

const OWN: [&str; 3] = [PROVIDER_VARIABLE, CONFIG_VARIABLE, SENDING_VARIABLE];
const OWN_PREFIX: &str = "REVIEW_";

pub(super) fn of_pairs(
    parts: &RegistryBuilder,
    variables: impl Iterator<Item = (OsString, OsString)>,
) -> Result<Registry> {
    // A name that is no text is none of ours.
    let variables: BTreeMap<String, OsString> =
        variables.filter_map(|(name, value)| Some((name.into_string().ok()?, value))).collect();
    let asked = RefCell::new(BTreeSet::new());
    let mut registry = of_look_up(parts, &|name| {
        asked.borrow_mut().insert(name.to_owned());
        variables.get(name).cloned()
    })?;
    let asked = asked.into_inner();
    let others = variables.keys().filter(|name| !asked.contains(*name));
    registry.warn(unknown(parts, others.map(String::as_str)));
    Ok(registry)
}

pub(super) fn of_look_up(parts: &RegistryBuilder, look_up: LookUp<'_>) -> Result<Registry> {
    let mut faults = Faults::default();
    let mut read = |name| {
        let value = variable(look_up, name);
        faults.keep(name, value.map_err(|problem| FieldError::new(name, problem))).flatten()
    };
    let (provider, file, sending) = (read(PROVIDER_VARIABLE), read(CONFIG_VARIABLE), read(SENDING_VARIABLE));
    let sending = match sending.as_deref().map(str::trim) {
        None => true,
        Some(word) if word.eq_ignore_ascii_case("on") => true,
        Some(word) if word.eq_ignore_ascii_case("off") => false,
        Some(_) => {
            faults.add(SENDING_VARIABLE, "expected on or off, found another word");
            false
        }
    };
    let Some(file) = file else { return of_variables(parts, provider.as_deref(), sending, faults, look_up) };
    let mut registry = of_file(parts, file.trim(), sending, faults, look_up)?;
    if provider.is_some() {
        let problem = format!("not used, since {CONFIG_VARIABLE} names a configuration");
        registry.warn(vec![FieldError::new(PROVIDER_VARIABLE, problem)]);
    }
    Ok(registry)
}

#[cfg(feature = "toml")]
fn of_file(
    parts: &RegistryBuilder,
    path: &str,
    sending: bool,
    mut faults: Faults,
    look_up: LookUp<'_>,
) -> Result<Registry> {
    let config = super::toml::load(path.as_ref(), CONFIG_VARIABLE, &mut faults);
    let config = config.map(|config| {
        let sending = sending && config.sending;
        config.with_sending(sending)
    });
    parts.with_look_up(look_up, |look_up| Assembly::new(parts, look_up).all(config.as_ref(), faults))
}

#[cfg(not(feature = "toml"))]
fn of_file(
    parts: &RegistryBuilder,
    _: &str,
    _: bool,
    mut faults: Faults,
    look_up: LookUp<'_>,
) -> Result<Registry> {
    let problem = "configuration files are not compiled in; switch on the feature toml of review-invites";
    faults.add(CONFIG_VARIABLE, problem);
    Assembly::new(parts, look_up).all(None, faults)
}

fn of_variables(
    parts: &RegistryBuilder,
    vendor: Option<&str>,
    sending: bool,
    faults: Faults,
    look_up: LookUp<'_>,
) -> Result<Registry> {
    let mut assembly = Assembly::new(parts, look_up);
    assembly.faults.append(faults);
    match vendor.map_or_else(|| parts.vendors.only(), |name| parts.vendors.find(name)) {
        Ok((name, factory)) => {
            assembly.of_variables(name, factory)?;
            assembly.finish(Some(name), &[], sending)
        }
        Err(problem) => {
            assembly.faults.add(PROVIDER_VARIABLE, problem);
            assembly.faults.finish(None)
        }
    }
}

/// Variables that begin like ours and are none: slips of the pen, most likely.
fn unknown<'a>(parts: &RegistryBuilder, names: impl Iterator<Item = &'a str>) -> Vec<FieldError> {
    let mut families = vec![Family::new(OWN_PREFIX.to_owned(), OWN)];
    for (vendor, factory) in parts.vendors.usable() {
        let prefix = format!("{}_", vendor.to_uppercase().replace('-', "_"));
        families.push(Family::new(prefix, factory.settings().iter().map(|setting| setting.name)));
    }
    names.filter_map(|name| families.iter().find_map(|family| family.warning(name))).collect()
}

/// Names that begin in the same way, by what follows: the beginning says nothing of what was meant.
struct Family {
    prefix: String,
    known: Vec<&'static str>,
}

impl Family {
    fn new(prefix: String, names: impl IntoIterator<Item = &'static str>) -> Self {
        let known = names.into_iter().filter_map(|name| name.strip_prefix(&prefix)).collect();
        Self { prefix, known }
    }

    fn warning(&self, name: &str) -> Option<FieldError> {
        // A name in other letters is another name: the slip that is easiest to overlook.
        let upper = name.to_uppercase();
        let rest =
            upper.strip_prefix(&self.prefix).filter(|rest| upper != name || !self.known.contains(rest))?;
        let meant = closest(rest, self.known.iter().copied());
        let meant = meant.map(|meant| format!("; did you mean {}{meant}?", self.prefix));
        Some(FieldError::new(name, format!("no setting has this name{}", meant.unwrap_or_default())))
    }
}
