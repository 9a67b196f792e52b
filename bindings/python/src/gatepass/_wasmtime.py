"""The engine on CPython, run by wasmtime."""

from __future__ import annotations

import contextlib
import ctypes
import hashlib
import platform
from importlib.metadata import version
from typing import Any, BinaryIO, NoReturn

import platformdirs
import wasmtime

from ._cache import CompiledCache
from ._machine import MachineStopped, signed


class Compiled:
    """The module, compiled once a process."""

    def __init__(self, wasm: bytes) -> None:
        config = wasmtime.Config()
        # Threads do not survive a fork: a child that compiles with a pool of them would wait for ever.
        config.parallel_compilation = False
        self.engine = wasmtime.Engine(config)
        digest = hashlib.sha256(wasm).hexdigest()
        # The module's text never decides where it is kept; the versions and the machine are those it was made for.
        engine = version("wasmtime")
        key = f"{digest} {engine} {platform.system()} {platform.machine()}"
        cache = CompiledCache(platformdirs.user_cache_path("gatepass", appauthor=False))
        module = None
        kept = cache.get(key)
        if kept is not None:
            with contextlib.suppress(wasmtime.WasmtimeError):
                module = wasmtime.Module.deserialize(self.engine, kept)
        if module is None:
            module = wasmtime.Module(self.engine, wasm)
            cache.put(key, bytes(module.serialize()))
        self.module = module

    def machine(self) -> WasmtimeMachine:
        """A new instance."""
        return WasmtimeMachine(self)


class WasmtimeMachine:
    """An instance in wasmtime."""

    def __init__(self, compiled: Compiled) -> None:
        self._store = wasmtime.Store(compiled.engine)
        # What JavaScript glue would offer: nothing on the way to an answer calls it.
        imports: list[Any] = []
        for wanted in compiled.module.imports:
            assert isinstance(wanted.type, wasmtime.FuncType)
            imports.append(wasmtime.Func(self._store, wanted.type, _trap(f"{wanted.module}.{wanted.name}")))
        exports = wasmtime.Instance(self._store, compiled.module, imports).exports(self._store)
        memory = exports["memory"]
        assert isinstance(memory, wasmtime.Memory)
        self._memory = memory
        self._exports: Any = exports
        self._functions: dict[str, Any] = {}

    def call(self, export: str, *arguments: int) -> int:
        function = self._functions.get(export)
        if function is None:
            function = self._functions[export] = self._exports[export]
        try:
            result = function(self._store, *map(signed, arguments))
        except (wasmtime.Trap, wasmtime.WasmtimeError) as error:
            raise MachineStopped(str(error)) from error
        return int(result) & 0xFFFF_FFFF if result is not None else 0

    def _address(self, pointer: int, length: int) -> int:
        if pointer + length > self._memory.data_len(self._store):
            raise MachineStopped("the engine pointed outside of its memory")
        start = ctypes.cast(self._memory.data_ptr(self._store), ctypes.c_void_p).value
        assert start is not None
        return start + pointer

    def read(self, pointer: int, length: int) -> bytes:
        return ctypes.string_at(self._address(pointer, length), length)

    def write(self, pointer: int, data: bytes | memoryview) -> None:
        address = self._address(pointer, len(data))
        if isinstance(data, bytes):
            ctypes.memmove(address, data, len(data))
        else:
            memoryview((ctypes.c_ubyte * len(data)).from_address(address)).cast("B")[:] = data

    def fill(self, pointer: int, length: int, file: BinaryIO) -> int:
        target = memoryview((ctypes.c_ubyte * length).from_address(self._address(pointer, length))).cast("B")
        filled = 0
        while filled < length:
            came = file.readinto(target[filled:])  # type: ignore[attr-defined]
            if not came:
                break
            filled += came
        return filled

    def size(self) -> int:
        return self._memory.data_len(self._store)


def _trap(name: str) -> Any:
    def stop(*_: object) -> NoReturn:
        raise RuntimeError(f"the engine asked for `{name}`, which only JavaScript has")

    return stop
