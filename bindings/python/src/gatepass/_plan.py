"""Plans: what would be changed, for whom, and why; and rules files, from which approvals are planned."""

from __future__ import annotations

import hashlib
import json
import os
from pathlib import Path
from typing import Any

from . import _html
from ._errors import GatepassError, missing
from ._files import write
from ._sources import unreadable

PLAN_FORMAT = "gatepass.plan/1"


class Plan:
    """Changes to a portal, subject by subject. Nothing is changed before `Konnect.apply(plan, dry_run=False)`."""

    def __init__(self, text: bytes, path: Path | None = None) -> None:
        self._text = text
        self.path = path
        """The file that it was loaded from or saved to."""
        document = _object(text, path)
        if document.get("format") != PLAN_FORMAT or not isinstance(document.get("subjects"), list):
            place = f"`{path}`" if path else "this"
            raise GatepassError(f"{place} is no plan; its format should be `{PLAN_FORMAT}`", code="plan_invalid")
        self.document: dict[str, Any] = document
        """The whole plan, as `gatepass.plan/1` says."""

    @classmethod
    def load(cls, path: str | os.PathLike[str]) -> Plan:
        """Reads a plan that this, the command line or the npm package wrote.

        Raises:
            GatepassError: If it cannot be read, or is no plan.
        """
        file = Path(path)
        try:
            return cls(file.read_bytes(), file)
        except OSError as error:
            raise unreadable(file, error) from error

    def save(self, path: str | os.PathLike[str]) -> None:
        """Writes the plan, for somebody to look at, and for `gatepass apply`.

        Raises:
            GatepassError: If it cannot be written.
        """
        write(path, self._text)
        self.path = Path(path)

    @property
    def subjects(self) -> list[dict[str, Any]]:
        """Whom it is about, in order: each with `rule`, `held` and `changes`."""
        subjects: list[dict[str, Any]] = self.document["subjects"]
        return subjects

    @property
    def held(self) -> list[dict[str, Any]]:
        """The subjects that are left to people, with the reason."""
        return [subject for subject in self.subjects if subject.get("held")]

    @property
    def changes(self) -> list[dict[str, Any]]:
        """All changes, in the order in which they would be made."""
        return [change for subject in self.subjects if not subject.get("held") for change in subject["changes"]]

    @property
    def sha256(self) -> str:
        """The SHA-256 of its text: a journal belongs to one plan."""
        return hashlib.sha256(self._text).hexdigest()

    def to_json(self) -> str:
        """The plan as the engine wrote it."""
        return self._text.decode()

    def __repr__(self) -> str:
        return f"<gatepass plan: {len(self.changes)} changes for {len(self.subjects)} subjects, {len(self.held)} held>"

    def _repr_html_(self) -> str:
        return _html.plan(self)


def rules(given: dict[str, Any] | str | os.PathLike[str]) -> dict[str, Any]:
    """Rules as an object: given as one, or a JSON, TOML or YAML file.

    Raises:
        GatepassError: If the file cannot be read; a member that is there twice is an error, too.
        ImportError: For YAML without `pip install "gatepass[yaml]"`, for TOML before Python 3.11.
    """
    if isinstance(given, dict):
        return given
    path = Path(given)
    try:
        text = path.read_bytes()
    except OSError as error:
        raise unreadable(path, error) from error
    if path.suffix == ".toml":
        return _toml(text, path)
    if path.suffix in (".yaml", ".yml"):
        return _yaml(text, path)
    return _object(text, path)


def _object(text: bytes, path: Path | None) -> dict[str, Any]:
    try:
        found = json.loads(text, object_pairs_hook=_once)
    except (ValueError, RecursionError) as error:
        raise _broken(path, error) from error
    if not isinstance(found, dict):
        raise _broken(path, "it should be an object")
    return found


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise ValueError(f"`{twice}` is there twice")
    return found


def _toml(text: bytes, path: Path) -> dict[str, Any]:
    try:
        import tomllib
    except ImportError as error:
        raise ImportError("TOML rules need Python 3.11 or newer; write them as JSON or YAML") from error
    try:
        return tomllib.loads(text.decode())
    except ValueError as error:
        raise _broken(path, error) from error


def _yaml(text: bytes, path: Path) -> dict[str, Any]:
    try:
        import yaml
    except ImportError as error:
        missing("yaml", "yaml", error)

    class Strict(yaml.SafeLoader):
        """YAML in which no member is there twice: the second `blocked_domains` would undo the first."""

        def construct_mapping(self, node: Any, deep: bool = False) -> Any:
            _once([(str(self.construct_object(key, deep=True)), None) for key, _ in node.value])
            return super().construct_mapping(node, deep)

    try:
        found = yaml.load(text, Loader=Strict)
    except (ValueError, yaml.YAMLError, RecursionError) as error:
        raise _broken(path, error) from error
    if not isinstance(found, dict):
        raise _broken(path, "it should be a mapping")
    return found


def _broken(path: Path | None, why: object) -> GatepassError:
    place = f"`{path}`" if path else "this"
    return GatepassError(f"{place} cannot be read: {why}", code="file_invalid")
