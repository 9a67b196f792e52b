"""The engine in Pyodide (JupyterLite, a page): run by the browser's or node's own WebAssembly."""

from __future__ import annotations

from typing import Any, BinaryIO

import js
from pyodide.ffi import JsException, create_proxy, to_js

from ._machine import MachineStopped, signed

_CHUNK = 1 << 20


class Compiled:
    """The module, compiled once."""

    def __init__(self, wasm: bytes) -> None:
        self.module = js.WebAssembly.Module.new(to_js(wasm))
        self._trap = create_proxy(_trap)
        self.imports = js.Object.new()
        for wanted in js.WebAssembly.Module.imports(self.module):
            namespace = getattr(self.imports, wanted.module, None)
            if namespace is None:
                namespace = js.Object.new()
                js.Reflect.set(self.imports, wanted.module, namespace)
            js.Reflect.set(namespace, wanted.name, self._trap)

    def machine(self) -> PyodideMachine:
        """A new instance."""
        return PyodideMachine(self)


class PyodideMachine:
    """An instance in JavaScript's engine."""

    def __init__(self, compiled: Compiled) -> None:
        self._exports = js.WebAssembly.Instance.new(compiled.module, compiled.imports).exports

    def call(self, export: str, *arguments: int) -> int:
        try:
            result = getattr(self._exports, export)(*map(signed, arguments))
        except JsException as error:
            raise MachineStopped(str(error)) from error
        return int(result) & 0xFFFF_FFFF if result is not None else 0

    def _view(self, pointer: int, length: int) -> Any:
        buffer = self._exports.memory.buffer
        if pointer + length > buffer.byteLength:
            raise MachineStopped("the engine pointed outside of its memory")
        return js.Uint8Array.new(buffer, pointer, length)

    def read(self, pointer: int, length: int) -> bytes:
        # Copied by JavaScript first: the view is of a memory that may grow, and then the view is of nothing.
        return bytes(self._view(pointer, length).slice().to_bytes()) if length else b""

    def write(self, pointer: int, data: bytes | memoryview) -> None:
        if len(data):
            self._view(pointer, len(data)).assign(data)

    def fill(self, pointer: int, length: int, file: BinaryIO) -> int:
        filled = 0
        while filled < length:
            chunk = file.read(min(_CHUNK, length - filled))
            if not chunk:
                break
            self.write(pointer + filled, chunk)
            filled += len(chunk)
        return filled

    def size(self) -> int:
        return int(self._exports.memory.buffer.byteLength)


def _trap(*_: object) -> None:
    raise RuntimeError("the engine asked for something that only its JavaScript package has")
