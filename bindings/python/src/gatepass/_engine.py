"""The engine: the same WebAssembly bytes as the npm package, behind a lock, and rebuilt if it ever stops.

Everything that decides is in there. Here is only how bytes get in and out: text goes in, text comes out, and what was
loaded stays inside under a number.
"""

from __future__ import annotations

import hashlib
import json
import os
import struct
import sys
import threading
import weakref
from collections import deque
from importlib import resources
from typing import TYPE_CHECKING, Any, TypeVar

from ._body import body
from ._errors import GatepassError
from ._machine import ABI, Machine, MachineStopped
from ._sources import BytesSource, DerivedSource, FileSource, Source

if TYPE_CHECKING:
    from collections.abc import Callable

Result = TypeVar("Result")
_ANSWER = struct.Struct("<III")
# Small bodies are written to the same place each time: one call of the engine instead of five.
_SCRATCH = 4096
# An instance that holds nothing and has taken more than this is let go, so that its memory is free again.
_IDLE_BYTES = 32 << 20


def wasm() -> bytes:
    """The engine's bytes."""
    try:
        return resources.files(__package__).joinpath("gatepass_bg.wasm").read_bytes()
    except FileNotFoundError as error:
        message = "this copy of gatepass has no `gatepass_bg.wasm`; install the wheel, or make it: cargo xtask wheel"
        raise GatepassError(message, code="engine_missing") from error


def wasm_sha256() -> str:
    """The SHA-256 of the engine's bytes; the npm package of the same version has the same one."""
    return hashlib.sha256(wasm()).hexdigest()


class Handle:
    """Something that the engine holds."""

    __slots__ = ("__weakref__", "instance", "number", "opened", "source")

    def __init__(self, opened: dict[str, Any], source: Source | None) -> None:
        self.instance = 0
        self.number = 0
        self.opened = opened
        self.source = source


class Engine:
    """One instance at a time, made when it is first needed. Threads wait for each other."""

    def __init__(self, compile_: Callable[[], Callable[[], Machine]]) -> None:
        self._compile = compile_
        self._make: Callable[[], Machine] | None = None
        self._lock = threading.Lock()
        self._machine: Machine | None = None
        self._instance = 0
        self._methods: dict[str, tuple[int, int]] = {}
        self._scratch = 0
        # Numbers to let go of. Finalizers run anywhere, even between two calls of the engine: they only write here.
        self._closing: deque[tuple[int, int]] = deque()
        self._open = 0
        if hasattr(os, "register_at_fork"):
            # A child gets the instance as it was between two calls, and a lock that nobody holds.
            os.register_at_fork(
                before=self._lock_before_fork,
                after_in_parent=self._unlock_after_fork,
                after_in_child=self._unlock_after_fork,
            )

    def call(self, handle: Handle | None, method: str, given: bytes = b"{}") -> bytes:
        """Calls a method and returns its answer.

        Raises:
            GatepassError: If it is refused, or the engine stopped.
        """
        with self._lock:
            return self._guarded(lambda: self._call(handle, method, given))

    def call_with(self, handle: Handle, method: str, other: Handle, member: str, given: dict[str, Any]) -> bytes:
        """Calls a method whose body names another handle.

        Raises:
            GatepassError: As `call`.
        """

        def work() -> bytes:
            self._number(handle)
            return self._call(handle, method, body({**given, member: self._number(other)}))

        with self._lock:
            return self._guarded(work)

    def open(self, source: Source) -> Handle:
        """Loads something, or makes it of something else.

        Raises:
            GatepassError: If it is refused, with every problem of it.
        """
        with self._lock:
            return self._guarded(lambda: self._open_source(source))

    def start(self, method: str, given: bytes) -> Handle:
        """Makes a state machine, which cannot be made again if the engine stops."""
        with self._lock:
            opened = json.loads(self._guarded(lambda: self._call(None, method, given)))
            return self._hold(opened, None)

    def close(self, handle: Handle) -> None:
        """Lets go of something; again does nothing."""
        self._closing.append((handle.instance, handle.number))
        handle.number, handle.source = 0, None
        with self._lock:
            self._guarded(self._close_all)

    def _guarded(self, work: Callable[[], Result]) -> Result:
        try:
            if self._machine is not None:
                self._close_all()
            return work()
        except GatepassError:
            raise
        except MachineStopped as error:
            self._discard()
            message = "the engine stopped and was replaced; please report what you asked"
            raise GatepassError(f"{message} ({error})", code="engine_stopped") from error
        except BaseException:
            # Interrupted between two calls of the engine: what it was asked to keep is not known.
            self._discard()
            raise

    def _call(self, handle: Handle | None, method: str, given: bytes) -> bytes:
        number = 0 if handle is None else self._number(handle)
        machine = self._running()
        name = self._methods.get(method)
        if name is None:
            name = self._methods[method] = self._given(machine, method.encode())
        size = len(given)
        return self._with(machine, given, lambda at: machine.call("gatepass_call", number, *name, at, size))

    def _open_source(self, source: Source) -> Handle:
        return self._hold(self._opened(source), source)

    def _opened(self, source: Source) -> dict[str, Any]:
        if isinstance(source, DerivedSource):
            derived: dict[str, Any] = json.loads(self._call(source.parent, source.method, source.body))
            return derived
        machine = self._running()
        length = source.size() if isinstance(source, FileSource) else len(source.content)
        pointer = self._allocate(machine, length)
        try:
            if isinstance(source, FileSource):
                with source.opened() as file:
                    if machine.fill(pointer, length, file) != length or file.read(1):
                        raise source.changed()
            else:
                machine.write(pointer, source.content)
            size = len(source.options)
            answer = self._with(
                machine, source.options, lambda at: machine.call("gatepass_open", at, size, pointer, length)
            )
        except GatepassError:
            machine.call("gatepass_free", pointer, length)
            raise
        machine.call("gatepass_free", pointer, length)
        opened: dict[str, Any] = json.loads(answer)
        return opened

    def _hold(self, opened: dict[str, Any], source: Source | None) -> Handle:
        handle = Handle(opened, source)
        self._keep(handle, opened["handle"])
        return handle

    def _keep(self, handle: Handle, number: int) -> None:
        handle.instance, handle.number = self._instance, number
        self._open += 1
        weakref.finalize(handle, self._let_go, self._instance, number).atexit = False

    def _let_go(self, instance: int, number: int) -> None:
        # A finalizer: it may run in the middle of a call, which then holds the lock, and closes this later.
        self._closing.append((instance, number))
        if self._lock.acquire(blocking=False):
            try:
                self._guarded(self._close_all)
            except GatepassError:
                pass
            finally:
                self._lock.release()

    def _number(self, handle: Handle) -> int:
        """The number of a handle in the running instance; what an earlier one held is loaded again."""
        self._running()
        if not handle.number or (handle.instance != self._instance and handle.source is None):
            message = "this was closed, or lost when the engine was replaced; begin again"
            raise GatepassError(message, code="handle_lost")
        if handle.instance != self._instance and handle.source is not None:
            self._keep(handle, self._opened(handle.source)["handle"])
        return handle.number

    def _with(self, machine: Machine, given: bytes, call: Callable[[int], int]) -> bytes:
        length = len(given)
        if length <= _SCRATCH:
            machine.write(self._scratch, given)
            return self._answer(machine, call(self._scratch))
        pointer = self._allocate(machine, length)
        machine.write(pointer, given)
        record = call(pointer)
        try:
            return self._answer(machine, record)
        finally:
            machine.call("gatepass_free", pointer, length)

    @staticmethod
    def _answer(machine: Machine, record: int) -> bytes:
        status, pointer, length = _ANSWER.unpack(machine.read(record, _ANSWER.size))
        answer = machine.read(pointer, length)
        machine.call("gatepass_free", pointer, length)
        if status == 0:
            return answer
        raise GatepassError.from_wire(json.loads(answer))

    def _running(self) -> Machine:
        if self._machine is None:
            if self._make is None:
                self._make = self._compile()
            machine = self._make()
            if machine.call("gatepass_abi") != ABI:
                message = "this `gatepass_bg.wasm` belongs to another version of gatepass; install the package again"
                raise GatepassError(message, code="engine_mismatch")
            self._machine = machine
            self._instance += 1
            self._scratch = self._allocate(machine, _SCRATCH)
        return self._machine

    @staticmethod
    def _allocate(machine: Machine, length: int) -> int:
        pointer = machine.call("gatepass_alloc", length)
        if pointer == 0:
            message = f"the engine has no room for {length} bytes more; it can hold 4 GB"
            raise GatepassError(message, code="out_of_memory")
        return pointer

    def _given(self, machine: Machine, text: bytes) -> tuple[int, int]:
        pointer = self._allocate(machine, len(text))
        machine.write(pointer, text)
        return pointer, len(text)

    def _close_all(self) -> None:
        while self._closing:
            instance, number = self._closing.popleft()
            machine = self._machine
            if machine is None or instance != self._instance or not number:
                continue
            if machine.call("gatepass_close", number):
                self._open -= 1
            if self._open == 0 and machine.size() > _IDLE_BYTES:
                self._discard()

    def _discard(self) -> None:
        self._machine = None
        self._methods = {}
        self._open = 0

    def _lock_before_fork(self) -> None:
        self._lock.acquire()

    def _unlock_after_fork(self) -> None:
        self._lock.release()


def _compile() -> Callable[[], Machine]:
    if sys.platform == "emscripten":
        from . import _pyodide as host
    else:
        from . import _wasmtime as host
    return host.Compiled(wasm()).machine


ENGINE = Engine(_compile)
