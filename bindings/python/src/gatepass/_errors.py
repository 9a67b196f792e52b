"""What is raised."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NoReturn

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from .wire import Problem

__all__ = ["GatepassError"]

_SHOWN = 5


class GatepassError(ValueError):
    """Something that was asked for cannot be done, and why.

    Attributes:
        code: What is wrong, as a stable word in ``snake_case``: compare this, not the message.
        message: The same for people: lower case, without a full stop.
        path: Where in the input, as a JSON pointer (RFC 6901); empty for the whole of it.
        problems: Everything that is wrong with the input, at most 100 of them.
        problem_count: How many there are in truth.
    """

    code: str
    message: str
    path: str
    problems: Sequence[Problem]
    problem_count: int

    def __init__(
        self,
        message: str,
        *,
        code: str,
        path: str = "",
        problems: Sequence[Problem] = (),
        problem_count: int | None = None,
    ) -> None:
        self.code = code
        self.message = message
        self.path = path
        self.problems = list(problems)
        self.problem_count = len(self.problems) if problem_count is None else problem_count
        lines = [f"{message} [{code}]"]
        for problem in self.problems[:_SHOWN]:
            place = problem.get("path") or "the whole input"
            lines.append(f"  {problem['severity']} at {place}: {problem['message']}; {problem['remedy']}")
        if self.problem_count > _SHOWN:
            lines.append(f"  and {self.problem_count - _SHOWN} more: see `.problems`")
        super().__init__("\n".join(lines))

    @classmethod
    def from_wire(cls, error: Mapping[str, Any]) -> GatepassError:
        """The error that the engine answered with."""
        problems = error.get("problems") or []
        return cls(
            str(error.get("message", "the engine refused")),
            code=str(error.get("code", "unknown")),
            path=str(error.get("path") or ""),
            problems=problems,
            problem_count=error.get("problem_count") or len(problems),
        )

    def __reduce__(self) -> tuple[Any, ...]:
        return _restore, (self.message, self.code, self.path, self.problems, self.problem_count)


def _restore(message: str, code: str, path: str, problems: Sequence[Problem], count: int) -> GatepassError:
    return GatepassError(message, code=code, path=path, problems=problems, problem_count=count)


def missing(what: str, extra: str, cause: ImportError | None = None) -> NoReturn:
    """Raises that an optional library is not there, naming the extra that brings it."""
    message = f'{what} is not installed; run: pip install "gatepass[{extra}]"'
    raise ImportError(message, name=what) from cause
