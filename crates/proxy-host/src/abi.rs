//! How a host function reads its arguments and answers.

use wasmi::{AsContext, AsContextMut, Caller, Extern, FuncType, Linker, Memory, Val, ValType};

use crate::{
    errors::Trap,
    functions::FUNCTIONS,
    malice::Trick,
    pairs::{self, Pairs},
    profile::Profile,
    state::{HostState, Stream},
};

/// The status codes of the ABI that this host answers with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Status {
    Ok = 0,
    NotFound = 1,
    BadArgument = 2,
    ParseFailure = 4,
    InvalidMemoryAccess = 6,
    CasMismatch = 8,
    InternalFailure = 10,
    Unimplemented = 12,
}

/// What ends a host function before its last line.
#[derive(Debug)]
pub(crate) enum Stop {
    /// The filter is told.
    Status(Status),
    /// The instance ends.
    Trap(String),
    /// The filter's own allocator trapped.
    Guest(wasmi::Error),
}

impl From<Status> for Stop {
    fn from(status: Status) -> Self {
        Self::Status(status)
    }
}

/// One function the host offers to filters.
pub(crate) struct HostFunction {
    pub(crate) name: &'static str,
    /// One letter per parameter: `i` is 32 bits wide, `I` 64.
    pub(crate) parameters: &'static str,
    pub(crate) run: fn(&mut Call<'_, '_>) -> Result<(), Stop>,
}

/// A running call of a host function.
pub(crate) struct Call<'a, 'b> {
    pub(crate) name: &'static str,
    caller: Caller<'a, HostState>,
    arguments: &'b [Val],
}

impl Call<'_, '_> {
    pub(crate) fn state(&mut self) -> &mut HostState {
        self.caller.data_mut()
    }

    pub(crate) fn profile(&self) -> Profile {
        self.caller.data().profile
    }

    /// The stream of the effective context.
    pub(crate) fn stream(&mut self) -> Result<&mut Stream, Stop> {
        self.state().current_stream_mut().ok_or(Stop::Status(Status::BadArgument))
    }

    /// The argument at a position.
    pub(crate) fn number(&self, position: usize) -> u32 {
        match self.arguments.get(position) {
            Some(Val::I32(value)) => value.cast_unsigned(),
            _ => 0,
        }
    }

    /// The 64-bit argument at a position.
    pub(crate) fn long(&self, position: usize) -> i64 {
        match self.arguments.get(position) {
            Some(Val::I64(value)) => *value,
            _ => 0,
        }
    }

    /// The bytes at the pointer at `position`, with the length after it.
    pub(crate) fn bytes(&self, position: usize) -> Result<Vec<u8>, Stop> {
        let start = as_size(self.number(position));
        let length = as_size(self.number(position.saturating_add(1)));
        let memory = self.memory()?.data(self.caller.as_context());
        let bytes = start.checked_add(length).and_then(|end| memory.get(start..end));
        bytes.map(<[u8]>::to_vec).ok_or(Stop::Status(Status::InvalidMemoryAccess))
    }

    /// The text at the pointer at `position`.
    pub(crate) fn text(&self, position: usize) -> Result<String, Stop> {
        Ok(String::from_utf8_lossy(&self.bytes(position)?).into_owned())
    }

    /// The header list at the pointer at `position`.
    pub(crate) fn pairs(&self, position: usize) -> Result<Pairs, Stop> {
        pairs::parse(&self.bytes(position)?).ok_or(Stop::Status(Status::ParseFailure))
    }

    /// Hands bytes to the filter: their pointer is stored where argument `position` points, their length
    /// where the next argument does.
    pub(crate) fn give_bytes(&mut self, position: usize, bytes: &[u8]) -> Result<(), Stop> {
        let pointer = if bytes.is_empty() { 0 } else { self.allocate(bytes)? };
        let length = u32::try_from(bytes.len()).unwrap_or(u32::MAX);
        self.give(position, &pointer.to_le_bytes())?;
        self.give(position.saturating_add(1), &length.to_le_bytes())
    }

    /// Stores a little-endian number where argument `position` points.
    pub(crate) fn give(&mut self, position: usize, bytes: &[u8]) -> Result<(), Stop> {
        self.write(self.number(position), bytes)
    }

    fn write(&mut self, pointer: u32, bytes: &[u8]) -> Result<(), Stop> {
        let memory = self.memory()?;
        memory
            .write(self.caller.as_context_mut(), as_size(pointer), bytes)
            .map_err(|_| Stop::Status(Status::InvalidMemoryAccess))
    }

    fn allocate(&mut self, bytes: &[u8]) -> Result<u32, Stop> {
        let exported = ["proxy_on_memory_allocate", "malloc"]
            .into_iter()
            .find_map(|name| self.caller.get_export(name).and_then(Extern::into_func))
            .ok_or_else(|| Stop::Trap("the filter exports no allocator".to_owned()))?;
        let length = i32::try_from(bytes.len())
            .map_err(|_| Stop::Trap("a value is too long for the filter".to_owned()))?;
        let mut results = [Val::I32(0)];
        exported
            .call(self.caller.as_context_mut(), &[Val::I32(length)], &mut results)
            .map_err(Stop::Guest)?;
        let pointer = match results {
            [Val::I32(pointer)] => pointer.cast_unsigned(),
            _ => 0,
        };
        if pointer == 0 {
            return Err(Stop::Status(Status::InternalFailure));
        }
        self.write(pointer, bytes)?;
        Ok(pointer)
    }

    fn memory(&self) -> Result<Memory, Stop> {
        self.caller
            .get_export("memory")
            .and_then(Extern::into_memory)
            .ok_or_else(|| Stop::Trap("the filter exports no memory".to_owned()))
    }
}

/// Defines every host function of a profile.
pub(crate) fn linker(engine: &wasmi::Engine, profile: Profile) -> Result<Linker<HostState>, Trap> {
    let mut linker = Linker::new(engine);
    for function in FUNCTIONS {
        // ngx_wasm_module declares this one with two parameters, so no SDK module can link it.
        if profile == Profile::Kong && function.name == "proxy_get_log_level" {
            continue;
        }
        let parameters = function
            .parameters
            .bytes()
            .map(|letter| if letter == b'I' { ValType::I64 } else { ValType::I32 });
        let signature = FuncType::new(parameters, [ValType::I32]);
        linker
            .func_new("env", function.name, signature, |caller, arguments, results| {
                let status = run(function, caller, arguments)?;
                if let Some(result) = results.first_mut() {
                    *result = Val::I32(status.cast_signed());
                }
                Ok(())
            })
            .map_err(|error| Trap::new(error.to_string()))?;
    }
    Ok(linker)
}

fn run(
    function: &'static HostFunction,
    mut caller: Caller<'_, HostState>,
    arguments: &[Val],
) -> Result<u32, wasmi::Error> {
    let state = caller.data_mut();
    let count = state.host_calls.entry(function.name).or_default();
    *count = count.saturating_add(1);
    if let Some(fault) = state.faults.get_mut(function.name).and_then(std::collections::VecDeque::pop_front) {
        return Ok(fault);
    }
    let trick = state.malice.as_mut().and_then(|malice| malice.trick(function.name));
    let mut call = Call { name: function.name, caller, arguments };
    let done = match trick {
        None => (function.run)(&mut call),
        Some((_, Trick::Status(status))) => return Ok(status),
        Some((position, Trick::Hand(bytes))) => call.give_bytes(position, &bytes),
    };
    match done {
        Ok(()) => Ok(Status::Ok as u32),
        Err(Stop::Status(status)) => Ok(status as u32),
        Err(Stop::Trap(reason)) => Err(wasmi::Error::new(format!("host trap: {reason}"))),
        Err(Stop::Guest(error)) => Err(error),
    }
}

fn as_size(number: u32) -> usize {
    usize::try_from(number).unwrap_or(usize::MAX)
}
