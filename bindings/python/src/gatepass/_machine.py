"""What both hosts of the engine offer: calls, and bytes in and out of its memory."""

from __future__ import annotations

from typing import BinaryIO, Protocol

ABI = 1


class MachineStopped(Exception):
    """The engine trapped: what it holds can no longer be trusted, and it is thrown away."""


class Machine(Protocol):
    """One instance of the WebAssembly module."""

    def call(self, export: str, *arguments: int) -> int:
        """Calls an exported function and returns its unsigned result.

        Raises:
            MachineStopped: If it trapped.
        """

    def read(self, pointer: int, length: int) -> bytes:
        """Copies bytes out of its memory."""

    def write(self, pointer: int, data: bytes | memoryview) -> None:
        """Copies bytes into its memory."""

    def fill(self, pointer: int, length: int, file: BinaryIO) -> int:
        """Reads a file straight into its memory, and returns how many bytes came."""

    def size(self) -> int:
        """How many bytes of memory it has taken; they are given back only with the instance."""


def signed(number: int) -> int:
    """An unsigned 32-bit number as the signed one that WebAssembly's `i32` parameters are."""
    return number - (1 << 32) if number >= 1 << 31 else number
