//! Puts a registry together and collects what stands in its way.

use std::collections::BTreeMap;
use std::sync::Arc;

use review_core::{DynProvider, Error, ErrorKind, FieldError, ProviderInfo, Result, SendingSwitch, Switch};
use review_http::{ClientOptions, ConfigKey, Secret};

use super::env::PROVIDER_VARIABLE;
use super::look_up::{LookUp, resolve};
use super::routes::Routes;
use super::{Instance, InstanceSettings, Registry, RegistryBuilder};
use crate::config::{InstanceConfig, RegistryConfig, RouteConfig};
use crate::faults::{Faults, below, did_you_mean, one_of};
use crate::vendors::DynFactory;

/// Stands for a value that is known to be wrong, so that the others are checked all the same.
const IN_PLACE: &str = "x";

pub(super) struct Assembly<'a> {
    parts: &'a RegistryBuilder,
    look_up: LookUp<'a>,
    pub(super) faults: Faults,
    switch: Switch,
    /// Every instance that is named, and what was made of it if it could be made.
    instances: BTreeMap<String, Option<Instance>>,
}

impl<'a> Assembly<'a> {
    /// Begins with the instances that were made in code.
    pub(super) fn new(parts: &'a RegistryBuilder, look_up: LookUp<'a>) -> Self {
        let mut assembly = Self {
            parts,
            look_up,
            faults: Faults::default(),
            // Off until it is known.
            switch: Switch::new(false),
            instances: BTreeMap::new(),
        };
        for fault in &parts.faults {
            assembly.faults.note(fault.clone());
        }
        for instance in &parts.instances {
            let label = instance.provider.info().instance().to_owned();
            assembly.add(&label, Some(instance.clone()));
            assembly.check_label(&label);
        }
        assembly
    }

    /// All that a configuration says, if there is one, beside the faults that were found in it.
    pub(super) fn all(mut self, config: Option<&RegistryConfig>, faults: Faults) -> Result<Registry> {
        self.faults.append(faults);
        let Some(config) = config else { return self.faults.finish(None) };
        for (label, instance) in &config.instances {
            let path = format!("instances.{label}");
            let made = self.instance(&path, label, instance);
            self.add(label, made);
            self.check_label(label);
        }
        self.finish(config.default.as_deref(), &config.routes, config.sending)
    }

    /// One instance whose settings are variables of their own names.
    ///
    /// # Errors
    /// Those that name no variable, where nothing else is wrong.
    pub(super) fn of_variables(&mut self, vendor: &str, factory: &DynFactory) -> Result<()> {
        let mut values = BTreeMap::new();
        for setting in factory.settings() {
            match super::look_up::variable(self.look_up, setting.name) {
                Ok(value) => values.extend(value.map(|value| (setting.name, value.into()))),
                Err(problem) => {
                    self.faults.add(setting.name, problem);
                    values.insert(setting.name, IN_PLACE.into());
                }
            }
        }
        let made = self.make(ProviderInfo::new(vendor, vendor), factory, values, ClientOptions::default());
        let (instance, error) = match made {
            Ok(instance) => (Some(instance), None),
            Err(error) => (None, Some(error)),
        };
        self.add(vendor, instance);
        match error {
            Some(error) if error.fields().is_empty() && self.faults.is_empty() => return Err(error),
            Some(error) if error.fields().is_empty() => self.faults.add(PROVIDER_VARIABLE, error.message()),
            Some(error) => error.fields().iter().for_each(|fault| self.faults.note(fault.clone())),
            None => {}
        }
        Ok(())
    }

    /// An instance of a configuration, if it can be made.
    fn instance(&mut self, path: &str, label: &str, config: &InstanceConfig) -> Option<Instance> {
        if self.faults.has(path) {
            return None; // It is no table.
        }
        let http = config.http.options(&below(path, "http"), &mut self.faults);
        let parts = self.parts;
        let (vendor, factory) = match parts.vendors.find(&config.vendor) {
            Ok(found) => found,
            Err(problem) => {
                self.faults.add(below(path, "vendor"), problem);
                return None;
            }
        };
        let keys: BTreeMap<String, &ConfigKey> =
            factory.settings().iter().map(|setting| (setting.key(vendor), setting)).collect();
        let mut values = BTreeMap::new();
        for (key, value) in &config.settings {
            let at = below(path, key);
            match keys.get(key).map(|setting| (setting.name, resolve(setting, value, self.look_up))) {
                Some((name, Ok(value))) => _ = values.insert(name, value),
                Some((_, Err(problem))) => self.faults.add(at, problem),
                None => {
                    let known = keys.keys().map(String::as_str);
                    let problem = format!("{vendor} has no setting of this name{}", did_you_mean(key, known));
                    self.faults.add(at, problem);
                }
            }
        }
        for (key, setting) in &keys {
            let at = below(path, key);
            if self.faults.within(&at) {
                values.insert(setting.name, IN_PLACE.into());
            }
        }
        match self.make(ProviderInfo::new(vendor, label), factory, values, http) {
            Ok(instance) => Some(instance),
            Err(error) => {
                if error.fields().is_empty() {
                    self.faults.add(path, error.message());
                }
                for fault in error.fields() {
                    let fault = in_keys(path, &keys, fault);
                    if !self.faults.within(fault.field()) {
                        self.faults.note(fault);
                    }
                }
                None
            }
        }
    }

    fn make(
        &self,
        info: ProviderInfo,
        factory: &DynFactory,
        values: BTreeMap<&'static str, Secret>,
        mut http: ClientOptions,
    ) -> Result<Instance> {
        http.observer.clone_from(&self.parts.observer);
        factory.make(&InstanceSettings { info, values, http, transport: self.parts.transport.clone() })
    }

    fn add(&mut self, label: &str, instance: Option<Instance>) {
        let behind_the_switch = |instance: Instance| Instance {
            provider: Arc::new(SendingSwitch::new(instance.provider, self.switch.clone())),
            reader: instance.reader,
        };
        let before = self.instances.insert(label.to_owned(), instance.map(behind_the_switch));
        if before.is_some() {
            let problem = "expected one instance of this label, found several; give each its own";
            self.faults.add(format!("instances.{label}"), problem);
        }
    }

    fn check_label(&mut self, label: &str) {
        let allowed = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte);
        if !(1..=64).contains(&label.len()) || !label.bytes().all(allowed) {
            let problem = "expected a label of 1 to 64 letters, digits, -, _ and ., found another name";
            self.faults.add(format!("instances.{label}"), problem);
        }
    }

    /// The registry, if nothing stands in its way.
    pub(super) fn finish(
        mut self,
        default: Option<&str>,
        routes: &[RouteConfig],
        sending: bool,
    ) -> Result<Registry> {
        let labels: Vec<&str> = self.instances.keys().map(String::as_str).collect();
        let routes = Routes::read(routes, &labels, &mut self.faults);
        let default = match (default, labels.as_slice()) {
            (_, []) => {
                self.faults.add("instances", "expected at least one instance, found none");
                None
            }
            (Some(label), labels) if labels.contains(&label) => Some(label.to_owned()),
            (Some(label), labels) => {
                self.faults.add("default", no_such_instance(label, labels));
                None
            }
            (None, [only]) => Some((*only).to_owned()),
            (None, _) if routes.take_everything() => None,
            (None, labels) => {
                let problem = format!("expected {}, found nothing", one_of(labels.iter().copied()));
                self.faults.add("default", problem);
                None
            }
        };
        self.faults.finish(Some(()))?;
        let instances: BTreeMap<String, Instance> =
            self.instances.into_iter().filter_map(|(label, instance)| Some((label, instance?))).collect();
        let provider_of = |label: &str| instances.get(label).map(|instance| instance.provider.clone());
        let otherwise: Option<DynProvider> = default.as_deref().and_then(provider_of);
        let provider = routes
            .build(otherwise, provider_of)?
            .ok_or_else(|| Error::new(ErrorKind::Config, "expected an instance, found none"))?;
        if sending {
            self.switch.on();
        }
        Ok(Registry { instances, provider, default, switch: self.switch, warnings: Vec::new() })
    }
}

pub(super) fn no_such_instance(found: &str, labels: &[&str]) -> String {
    let labels = || labels.iter().copied();
    format!("expected {}, found another name{}", one_of(labels()), did_you_mean(found, labels()))
}

/// The fault of a setting, told by its key instead of its name.
fn in_keys(path: &str, keys: &BTreeMap<String, &ConfigKey>, fault: &FieldError) -> FieldError {
    let mut by_length: Vec<_> = keys.iter().map(|(key, setting)| (setting.name, key)).collect();
    by_length.sort_by_key(|(name, _)| std::cmp::Reverse(name.len()));
    let key = by_length.iter().find(|(name, _)| *name == fault.field());
    let problem =
        by_length.iter().fold(fault.problem().to_owned(), |problem, (name, key)| problem.replace(name, key));
    FieldError::new(below(path, key.map_or(fault.field(), |(_, key)| key)), problem)
}
