use wasmi::{Store, TrapCode, Val};

use crate::{
    abi::linker,
    errors::{StartError, StartFailure, Trap},
    functions::FUNCTIONS,
    plugin::Plugin,
    profile::Profile,
    state::{HostState, LogLevel, Phase, ROOT_CONTEXT},
};

/// A wasm instance with the state of the host around it.
#[derive(Debug)]
pub(crate) struct Instance {
    store: Store<HostState>,
    guest: wasmi::Instance,
    fuel_per_callback: u64,
    pub(crate) fuel_used: u64,
    /// Why nothing can be called any more.
    pub(crate) failed: Option<Trap>,
}

/// Which start callbacks run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Boot {
    /// The first start of a plugin in its host.
    First,
    /// nginx after a trap: `proxy_on_vm_start` does not run again.
    Again,
}

impl Instance {
    pub(crate) fn boot(
        plugin: &Plugin,
        state: HostState,
        fuel_per_callback: u64,
        boot: Boot,
    ) -> Result<Self, StartError> {
        if let Some(missing) = missing_import(plugin, state.profile) {
            return Err(StartError { logs: state.logs, reason: StartFailure::MissingImport(missing) });
        }
        let mut store = Store::new(&plugin.engine, state);
        let instantiated = store
            .set_fuel(fuel_per_callback)
            .map_err(|error| error.to_string())
            .and_then(|()| linker(&plugin.engine, store.data().profile).map_err(|trap| trap.reason))
            .and_then(|linker| {
                linker.instantiate_and_start(&mut store, &plugin.module).map_err(|error| error.to_string())
            });
        let guest = match instantiated {
            Ok(guest) => guest,
            Err(reason) => {
                return Err(StartError { logs: store.into_data().logs, reason: StartFailure::Trap(reason) });
            }
        };
        let mut booted = Self { store, guest, fuel_per_callback, fuel_used: 0, failed: None };
        match booted.configure(boot) {
            Ok(true) => Ok(booted),
            Ok(false) => {
                Err(StartError { logs: booted.store.into_data().logs, reason: StartFailure::NotConfigured })
            }
            Err(trap) => Err(StartError {
                logs: booted.store.into_data().logs,
                reason: StartFailure::Trap(trap.reason),
            }),
        }
    }

    fn configure(&mut self, boot: Boot) -> Result<bool, Trap> {
        self.call(Phase::Idle, ROOT_CONTEXT, "_initialize", &[])?;
        self.call(Phase::Idle, ROOT_CONTEXT, "proxy_on_context_create", &[ROOT_CONTEXT, 0])?;
        if boot == Boot::First {
            let started = self.call(Phase::VmStart, ROOT_CONTEXT, "proxy_on_vm_start", &[ROOT_CONTEXT, 0])?;
            if started == Some(0) {
                return Ok(false);
            }
        }
        let length = u32::try_from(self.state().configuration.len()).unwrap_or(u32::MAX);
        let configured =
            self.call(Phase::Configure, ROOT_CONTEXT, "proxy_on_configure", &[ROOT_CONTEXT, length])?;
        Ok(configured != Some(0))
    }

    /// Calls an export; a filter that does not have it answers `None`. A trap is the instance's end.
    pub(crate) fn call(
        &mut self,
        phase: Phase,
        context: u32,
        export: &str,
        arguments: &[u32],
    ) -> Result<Option<u32>, Trap> {
        if let Some(trap) = &self.failed {
            return Err(trap.clone());
        }
        let Some(function) = self.guest.get_func(&self.store, export) else { return Ok(None) };
        let state = self.store.data_mut();
        state.phase = phase;
        state.effective_context = context;
        let logged = state.logs.len();
        let arguments: Vec<Val> = arguments.iter().map(|value| Val::I32(value.cast_signed())).collect();
        let mut results: Vec<Val> = function.ty(&self.store).results().iter().map(|_| Val::I32(0)).collect();
        let called = self
            .store
            .set_fuel(self.fuel_per_callback)
            .and_then(|()| function.call(&mut self.store, &arguments, &mut results));
        let left = self.store.get_fuel().unwrap_or_default();
        self.fuel_used = self.fuel_used.saturating_add(self.fuel_per_callback.saturating_sub(left));
        self.store.data_mut().phase = Phase::Idle;
        match called {
            Ok(()) => Ok(results.first().map(|result| match result {
                Val::I32(value) => value.cast_unsigned(),
                _ => 0,
            })),
            Err(error) => {
                let trap = self.describe(export, &error, logged);
                self.failed = Some(trap.clone());
                Err(trap)
            }
        }
    }

    /// Puts what the filter's panic hook logged beside the bare trap.
    fn describe(&self, export: &str, error: &wasmi::Error, logged: usize) -> Trap {
        let cause = match error.as_trap_code() {
            Some(TrapCode::OutOfFuel) => format!("used up its fuel of {}", self.fuel_per_callback),
            _ => error.to_string(),
        };
        let panic = self
            .store
            .data()
            .logs
            .iter()
            .skip(logged)
            .rfind(|(level, _)| *level == LogLevel::Critical)
            .map(|(_, message)| format!(": {message}"));
        Trap::new(format!("{export}: {cause}{}", panic.unwrap_or_default()))
    }

    pub(crate) fn exports(&self, export: &str) -> bool {
        self.guest.get_func(&self.store, export).is_some()
    }

    pub(crate) fn state(&self) -> &HostState {
        self.store.data()
    }

    pub(crate) fn state_mut(&mut self) -> &mut HostState {
        self.store.data_mut()
    }

    pub(crate) fn memory_bytes(&self) -> usize {
        self.guest.get_memory(&self.store, "memory").map_or(0, |memory| memory.data_size(&self.store))
    }
}

/// The first import the host does not define.
fn missing_import(plugin: &Plugin, profile: Profile) -> Option<String> {
    plugin.module.imports().find_map(|import| {
        let (module, name) = (import.module(), import.name());
        let is_defined = module == "env" && FUNCTIONS.iter().any(|function| function.name == name);
        let is_refused = profile == Profile::Kong && name == "proxy_get_log_level";
        (!is_defined || is_refused).then(|| format!("{module}.{name}"))
    })
}
