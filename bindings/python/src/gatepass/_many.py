"""Questions in data frames."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ._errors import GatepassError, missing

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    Answers = tuple[Sequence[str | None], Sequence[Any]]

_NAMES = ("application_id", "resource_id", "developer_id", "action", "policy")


def decided(
    questions: Any, reasons: Callable[[Mapping[str, Sequence[Any]], str, str], Answers], action: str, policy: str
) -> Any:
    """A data frame with its answers: columns `decision`, `reason`, `error`."""
    try:
        import narwhals as nw
    except ImportError as error:
        missing("narwhals", "pandas", error)
    frame = nw.from_native(questions)
    if isinstance(frame, nw.LazyFrame):
        frame = frame.collect()
    names = [name for name in _NAMES if name in frame.columns]
    if not names:
        message = f"the data frame has none of the columns {', '.join(f'`{name}`' for name in _NAMES)}"
        raise GatepassError(message, code="columns_missing")
    columns = {name: [_text(value) for value in frame.get_column(name).to_list()] for name in names}
    found, errors = reasons(columns, action, policy)
    texts = [None if error is None else f"{error['message']} [{error['code']}]" for error in errors]
    words = [
        None if error is not None else "allow" if reason is None else "deny" for reason, error in zip(found, errors)
    ]
    backend = nw.get_native_namespace(frame)
    added = {"decision": words, "reason": found, "error": texts}
    return frame.with_columns(
        **{
            name: nw.new_series(name, list(values), nw.String(), backend=backend).alias(name)
            for name, values in added.items()
        }
    ).to_native()


def _text(value: Any) -> Any:
    # Missing is NaN or NA in some libraries; anything else that is no text is told by the engine.
    if isinstance(value, str) or value is None:
        return value
    return None if type(value).__name__ == "NAType" or value != value else str(value)
