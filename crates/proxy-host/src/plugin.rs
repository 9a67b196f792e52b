use std::fmt;

use wasmi::{Config, Engine, Module};

use crate::errors::HostError;

// Deep JSON on the default limits would trap here although V8 and Wasmtime take it.
const MAX_CALL_DEPTH: usize = 8_000;
const MAX_STACK_BYTES: usize = 8 << 20;

/// A compiled filter; clones share the code.
#[derive(Clone)]
pub struct Plugin {
    pub(crate) engine: Engine,
    pub(crate) module: Module,
}

impl Plugin {
    /// Compiles a filter.
    ///
    /// # Errors
    ///
    /// [`HostError::InvalidModule`] when the bytes are not a valid module.
    pub fn compile(wasm: &[u8]) -> Result<Self, HostError> {
        let mut config = Config::default();
        config.consume_fuel(true);
        config.set_max_recursion_depth(MAX_CALL_DEPTH);
        config.set_max_stack_height(MAX_STACK_BYTES);
        let engine = Engine::new(&config);
        match Module::new(&engine, wasm) {
            Ok(module) => Ok(Self { engine, module }),
            Err(error) => Err(HostError::InvalidModule(error.to_string())),
        }
    }

    /// Every import as `module.name`, sorted.
    pub fn imports(&self) -> Vec<String> {
        let mut imports: Vec<String> =
            self.module.imports().map(|import| format!("{}.{}", import.module(), import.name())).collect();
        imports.sort();
        imports
    }

    /// The name of every export, sorted.
    pub fn exports(&self) -> Vec<String> {
        let mut exports: Vec<String> = self.module.exports().map(|export| export.name().to_owned()).collect();
        exports.sort();
        exports
    }
}

impl fmt::Debug for Plugin {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Plugin").field("imports", &self.imports()).finish_non_exhaustive()
    }
}
