//! Builds a registry and collects every error on the way.

use std::collections::BTreeMap;
use std::env;
use std::sync::Arc;

use review_core::config::{ConfigErrors, ConfigReader, Entries, KeyInfo, RawValue, Source, one_of};
use review_core::error::{Error, ErrorKind, FieldError, Result};
use review_core::provider::{DynProvider, ProviderInfo};
use review_core::wrappers::{KillSwitch, Switch};
use review_http::ClientOptions;

use super::Registry;
use super::builder::RegistryBuilder;
use super::factory::{Instance, InstanceContext};
use super::resolve::{EnvLookup, resolve, variable};
use super::routes::{Routes, unknown_instance};
use super::transports::SharedTransports;
use super::variables::{SENDING_ENV, env_prefix};
use crate::config::{InstanceConfig, RegistryConfig, RouteConfig, SettingValue, join_key};
use crate::http_settings::{HTTP_KEYS, HttpSettings};
use crate::vendors::DynFactory;

impl RegistryBuilder {
    /// See [`Registry::from_config`].
    ///
    /// # Errors
    /// Those of [`Registry::from_config`].
    #[expect(clippy::needless_pass_by_value, reason = "like the other ways to build one")]
    pub fn from_config(self, config: RegistryConfig) -> Result<Registry> {
        self.with_lookup(&|name| env::var_os(name), |lookup| {
            RegistryAssembler::new(&self, lookup).assemble(Some(&config), ConfigErrors::new())
        })
    }
}

pub(super) struct RegistryAssembler<'a> {
    parts: &'a RegistryBuilder,
    lookup: EnvLookup<'a>,
    pub(super) errors: ConfigErrors,
    switch: Switch,
    transports: SharedTransports,
    /// Every instance that is named, and the instance if it could be built.
    instances: BTreeMap<String, Option<Instance>>,
}

impl<'a> RegistryAssembler<'a> {
    /// Starts with the instances that were created in code.
    pub(super) fn new(parts: &'a RegistryBuilder, lookup: EnvLookup<'a>) -> Self {
        let mut assembler = Self {
            parts,
            lookup,
            errors: ConfigErrors::new(),
            // Off until the configuration is known.
            switch: Switch::new(false),
            transports: SharedTransports::default(),
            instances: BTreeMap::new(),
        };
        assembler.errors.extend(parts.errors.iter().cloned());
        for instance in &parts.instances {
            let name = instance.provider.info().instance().to_owned();
            assembler.add(&name, Some(instance.clone()));
        }
        assembler
    }

    /// Builds everything in a configuration. `errors` were found while it was parsed.
    pub(super) fn assemble(
        mut self,
        config: Option<&RegistryConfig>,
        errors: ConfigErrors,
    ) -> Result<Registry> {
        self.errors.extend(errors.into_vec());
        let Some(config) = config else { return self.errors.into_result(None) };
        let shop = config.shop.as_deref().unwrap_or(ProviderInfo::DEFAULT_SHOP);
        for (name, instance) in &config.instances {
            let path = format!("instances.{name}");
            let built = self.configured_instance(config, &path, shop, name, instance);
            self.add(name, built);
        }
        self.finish(config.default.as_deref(), &config.routes, config.sending)
    }

    /// Builds one instance whose settings are environment variables.
    pub(super) fn read_variables(&mut self, vendor: &str, factory: &DynFactory) {
        let prefix = env_prefix(vendor);
        let mut values = Vec::new();
        for key in factory.keys() {
            let name = format!("{prefix}{}", key.name.to_uppercase());
            match variable(self.lookup, &name) {
                Ok(value) => values.extend(value.map(|value| (key.name, value))),
                Err(message) => self.errors.push(FieldError::new(name, message)),
            }
        }
        let entries = Entries::new(Source::Environment { prefix }, values);
        let info = ProviderInfo::new(vendor, vendor);
        let instance = self.build(info, factory, entries, ClientOptions::default());
        self.add(vendor, instance);
    }

    fn configured_instance(
        &mut self,
        config: &RegistryConfig,
        path: &str,
        shop: &str,
        name: &str,
        instance: &InstanceConfig,
    ) -> Option<Instance> {
        if self.errors.contains(path) {
            return None; // It is not a table.
        }
        let parts = self.parts;
        let (vendor, http_table) = (parts.vendors.find(&instance.vendor), join_key(path, "http"));
        let keys = vendor.as_ref().map_or(&[][..], |(_, factory)| factory.keys());
        let http = self.entries(config, &http_table, &instance.http, (path, keys));
        let http = match ConfigReader::read::<HttpSettings>(&http) {
            Ok(HttpSettings(options)) => options,
            Err(errors) => {
                self.add_errors(errors);
                ClientOptions::default()
            }
        };
        let (vendor, factory) = match vendor {
            Ok(found) => found,
            Err(message) => {
                self.errors.push(FieldError::new(join_key(path, "vendor"), message));
                return None;
            }
        };
        let entries = self.entries(config, path, &instance.settings, (&http_table, HTTP_KEYS));
        let info = ProviderInfo::new(vendor, name).with_shop(instance.shop.as_deref().unwrap_or(shop));
        let built = self.build(info, factory, entries, http)?;
        (!self.errors.contains_below(path)).then_some(built)
    }

    /// The settings of a table with their references resolved. One that cannot be resolved is an error, and
    /// its key counts as set, so that it is not reported as missing too.
    fn entries(
        &mut self,
        config: &RegistryConfig,
        table: &str,
        settings: &BTreeMap<String, SettingValue>,
        related: (&str, &'static [KeyInfo]),
    ) -> Entries {
        let source = |table: &str| Source::File { path: config.file.clone(), table: table.to_owned() };
        let mut values = Vec::new();
        for (key, value) in settings {
            values.push(match resolve(value, self.lookup) {
                Ok(value) => (key.clone(), value),
                Err(message) => {
                    self.errors.push(FieldError::new(join_key(table, key), message));
                    (key.clone(), RawValue::Other("a reference that cannot be resolved"))
                }
            });
        }
        Entries::new(source(table), values).with_related(source(related.0), related.1)
    }

    fn build(
        &mut self,
        info: ProviderInfo,
        factory: &DynFactory,
        entries: Entries,
        mut http: ClientOptions,
    ) -> Option<Instance> {
        http.observer.clone_from(&self.parts.observer);
        let transport = match &self.parts.wrap_transport {
            None => self.parts.transport.clone(),
            Some(wrap) => {
                let own =
                    self.parts.transport.clone().map_or_else(|| self.transports.get(&http.transport), Ok);
                let own = own.map_err(|error| FieldError::new("http", error.message().into_owned()));
                self.errors.check("http", own).map(|own| wrap(own))
            }
        };
        let shared = self.transports.clone();
        let context = InstanceContext { info, entries, http, transport, shared };
        factory.build(&context).map_err(|errors| self.add_errors(errors)).ok()
    }

    /// Adds errors, except those that follow from an error about a key that was reported before.
    fn add_errors(&mut self, errors: ConfigErrors) {
        for error in errors.into_vec() {
            if !self.errors.contains_below(error.field()) {
                self.errors.push(error);
            }
        }
    }

    fn add(&mut self, name: &str, instance: Option<Instance>) {
        let path = format!("instances.{name}");
        let allowed = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte);
        if !(1..=64).contains(&name.len()) || !name.bytes().all(allowed) {
            let message = "the name must be 1 to 64 letters, digits, -, _ and .";
            self.errors.push(FieldError::new(path.clone(), message));
        }
        let with_switch = |instance: Instance| Instance {
            provider: Arc::new(KillSwitch::new(instance.provider, self.switch.clone())),
            ..instance
        };
        if self.instances.insert(name.to_owned(), instance.map(with_switch)).is_some() {
            self.errors.push(FieldError::new(path, "is named twice; give each instance its own name"));
        }
    }

    /// Whether the operator allows sending: the variable counts however the registry is built.
    fn is_sending_allowed(&mut self) -> bool {
        let word =
            variable(self.lookup, SENDING_ENV).map_err(|message| FieldError::new(SENDING_ENV, message));
        match self.errors.check(SENDING_ENV, word).flatten().as_deref().map(str::trim) {
            None => true,
            Some(word) if word.eq_ignore_ascii_case("on") => true,
            Some(word) if word.eq_ignore_ascii_case("off") => false,
            Some(_) => {
                self.errors.push(FieldError::new(SENDING_ENV, "must be on or off, got another word"));
                false
            }
        }
    }

    /// Returns the registry if there is no error.
    pub(super) fn finish(
        mut self,
        default: Option<&str>,
        routes: &[RouteConfig],
        sending: bool,
    ) -> Result<Registry> {
        let sending = self.is_sending_allowed() && sending;
        let names: Vec<&str> = self.instances.keys().map(String::as_str).collect();
        let routes = Routes::read(routes, &names, &mut self.errors);
        let default = match (default, names.as_slice()) {
            (_, []) => {
                self.errors.push(FieldError::new("instances", "must have at least one instance"));
                None
            }
            (Some(name), names) if names.contains(&name) => Some(name.to_owned()),
            (Some(name), names) => {
                self.errors.push(FieldError::new("default", unknown_instance(name, names)));
                None
            }
            (None, [only]) => Some((*only).to_owned()),
            (None, _) if routes.match_everything() => None,
            (None, names) => {
                let message = format!("must be {}; set it", one_of(names.iter().copied()));
                self.errors.push(FieldError::new("default", message));
                None
            }
        };
        self.errors.into_result(Some(()))?;
        let instances: BTreeMap<String, Instance> =
            self.instances.into_iter().filter_map(|(name, instance)| Some((name, instance?))).collect();
        let provider_of = |name: &str| instances.get(name).map(|instance| instance.provider.clone());
        let default_provider: Option<DynProvider> = default.as_deref().and_then(provider_of);
        let provider = routes
            .build(default_provider, provider_of)?
            .ok_or_else(|| Error::new(ErrorKind::InvalidConfig, "must have at least one instance"))?;
        if sending {
            self.switch.enable();
        }
        Ok(Registry { instances, provider, default, switch: self.switch, warnings: Vec::new() })
    }
}
