"""Konnect, for admin scripts: a portal out of it, whole and checked, and plans back into it."""

from __future__ import annotations

import json
import random
import re
import time
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass
from datetime import datetime, timezone
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ._body import body
from ._engine import ENGINE, Handle
from ._errors import GatepassError, missing
from ._files import write
from ._http import Client, Secret, base_url
from ._journal import Journal
from ._plan import Plan
from ._portal import Portal

if TYPE_CHECKING:
    import os
    from types import TracebackType

    import httpx

_UUID = re.compile(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")
_NO_PORTAL = re.compile(r"/v[23]/portals/[^/?]+")
_HOST_REGION = re.compile(r"https://([a-z]{2})\.api\.konghq\.com")


class Konnect:
    """Kong Konnect's Portal Management API, v2 and v3.

    Args:
        token: A personal or system access token; from the environment (`KONNECT_TOKEN`) if left out, which keeps it out
            of scripts and histories.
        region: Where the portal is: `au`, `eu`, `in`, `me`, `sg` or `us`.
        base_url: Another address than `https://REGION.api.konghq.com`: https, or http on this machine.
        concurrency: How many requests at a time an export sends.
        timeout: Seconds for one request.
        client: Your own `httpx.Client`, such as with your company's certificates; it is not closed.

    Raises:
        GatepassError: If there is no token or region, or the address is no good one.
        ImportError: Without `pip install "gatepass[konnect]"`.
    """

    def __init__(
        self,
        token: str | None = None,
        region: str | None = None,
        *,
        base_url: str | None = None,
        concurrency: int = 4,
        timeout: float = 30.0,
        client: httpx.Client | None = None,
    ) -> None:
        self._region = region or _region_of(base_url)
        base, loopback = _checked(base_url, self._region)
        self._concurrency = max(1, min(int(concurrency), 32))
        self._client = Client(base, loopback=loopback, token=Secret(token), timeout=timeout, client=client)

    def export(
        self,
        portal: str,
        *,
        path: str | os.PathLike[str] | None = None,
        api: str | None = None,
        progress: bool = False,
        allow_partial: bool = False,
    ) -> Portal:
        """Reads a portal out of Konnect, whole: every list is read until it has as many items as Konnect says.

        Args:
            portal: Its id or its name.
            path: A file for the snapshot, written whole or not at all, readable by its owner only.
            api: `v2` or `v3`; v3 is asked first if left out, and v2 if the portal is not there.
            progress: Show a bar (tqdm).
            allow_partial: Take what there is if a list stays incomplete; the portal then says so.

        Raises:
            GatepassError: If a list stays incomplete, Konnect refuses, or what it tells has errors.
        """
        bar = _Bar(progress)
        try:
            text = self._export(portal, api, allow_partial, bar)
        finally:
            bar.close()
        loaded = Portal.load(text, allow_partial=allow_partial)
        if path is not None:
            write(path, text)
        return loaded

    def apply(
        self,
        plan: Plan | str | os.PathLike[str],
        *,
        dry_run: bool = True,
        journal: str | os.PathLike[str] | None = None,
        api: str | None = None,
        even_if_moved: bool = False,
        progress: bool = False,
    ) -> Applied:
        """Carries out a plan: each change once, wherever it is stopped, subject by subject.

        Nothing is sent unless `dry_run=False`. What is there already counts as done; an error stops its subject, and the
        others go on. A subject whose live state is no longer what the plan saw is left alone. Held subjects are never
        changed, and what only people can do is listed. Run it again with the same journal, and it goes on.

        Args:
            plan: A plan, or its file.
            dry_run: Only tell what would be done.
            journal: The file that says what was seen, sent and done, on disk before each request; by default
                `plan.journal.jsonl` beside `plan.json`.
            api: `v2` or `v3`, if the plan does not say.
            even_if_moved: Go on although live state has moved.
            progress: Show a bar (tqdm).

        Raises:
            GatepassError: If the plan cannot be carried out at all; what became of its subjects is in the answer.
        """
        if not isinstance(plan, Plan):
            plan = Plan.load(plan)
        if dry_run:
            begun = ENGINE.start("apply_new", _apply_body(plan, [], api, even_if_moved))
            try:
                return Applied(dry_run=True, summary={"changes": begun.opened["outline"], "held": plan.held})
            finally:
                ENGINE.close(begun)
        if journal is None:
            if plan.path is None:
                message = "say where the journal is to be, or save the plan first: `plan.save(\"plan.json\")`"
                raise GatepassError(message, code="journal_missing")
            journal = plan.path.with_suffix(".journal.jsonl")
        bar = _Bar(progress)
        try:
            return self._apply(plan, Path(journal), api, even_if_moved, bar)
        finally:
            bar.close()

    def close(self) -> None:
        """Closes the connections."""
        self._client.close()

    def __enter__(self) -> Konnect:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def __repr__(self) -> str:
        return f"<gatepass Konnect, region {self._region}>"

    def _export(self, portal: str, api: str | None, allow_partial: bool, bar: _Bar) -> bytes:
        target = {"portal_id" if _UUID.fullmatch(portal) else "portal_name": portal}
        for version in [api] if api else ["v3", "v2"]:
            given = {**target, "api": version, "region": self._region, "allow_partial": allow_partial}
            crawl = ENGINE.start("crawl_new", body(given))
            try:
                unknown = self._crawl(crawl, bar)
                return ENGINE.call(crawl, "crawl_finish")
            except GatepassError as error:
                if api or not (unknown or error.code == "portal_unknown"):
                    raise
            finally:
                ENGINE.close(crawl)
        message = f"neither v3 nor v2 of the API has a portal `{portal}`; check the region and the portal's id or name"
        raise GatepassError(message, code="portal_unknown")

    def _crawl(self, crawl: Handle, bar: _Bar) -> bool:
        """Sends what the engine asks for, a few at a time; whether the portal was not there."""
        clock, unknown = _Clock(), False
        out: dict[Future[dict[str, Any]], dict[str, Any]] = {}
        with ThreadPoolExecutor(self._concurrency, thread_name_prefix="konnect") as pool:
            try:
                while True:
                    step = json.loads(ENGINE.call(crawl, "crawl_next", body({"now": clock.now()})))
                    bar.show(step["progress"]["items_done"], step["progress"]["items_total"])
                    if step["step"] == "done":
                        return unknown
                    for request in step.get("requests", ()):
                        out[pool.submit(self._client.send, request)] = request
                    until = step.get("until")
                    if not out:
                        if until is None and step["step"] != "send":
                            raise _lost()
                        clock.sleep_until(until)
                        continue
                    done, _ = wait(out, timeout=clock.seconds_until(until), return_when=FIRST_COMPLETED)
                    for future in done:
                        request, answer = out.pop(future), future.result()
                        if answer.get("status") == 404 and _NO_PORTAL.fullmatch(request["path"]):
                            unknown = True
                        ENGINE.call(crawl, "crawl_answer", body(clock.answered(request, answer)))
            except BaseException:
                pool.shutdown(wait=False, cancel_futures=True)
                raise

    def _apply(self, plan: Plan, path: Path, api: str | None, even_if_moved: bool, bar: _Bar) -> Applied:
        journal, clock = Journal(path), _Clock()
        try:
            apply = ENGINE.start("apply_new", _apply_body(plan, journal.entries, api, even_if_moved))
            while True:
                step = json.loads(ENGINE.call(apply, "apply_next", body({"now": clock.now()})))
                if step["step"] == "record":
                    journal.append(step["entries"])
                    seen = [entry["subject"] for entry in step["entries"] if "subject" in entry]
                    bar.show(max(seen, default=0), len(plan.subjects))
                elif step["step"] == "send":
                    answer = self._client.send(step["request"])
                    ENGINE.call(apply, "apply_answer", body(clock.answered(step["request"], answer)))
                elif step["step"] == "done":
                    return Applied(dry_run=False, summary=step["summary"])
                elif step.get("until") is None:
                    raise _lost()
                else:
                    clock.sleep_until(step["until"])
        finally:
            journal.close()


@dataclass(frozen=True)
class Applied:
    """What became of a plan, or would.

    Attributes:
        dry_run: Whether nothing was sent.
        summary: Of a dry run `changes` (each with the `request` that would be sent, or the `place` where people make it)
            and `held`; otherwise `made`, `already`, `before`, `left` and, for each of `subjects`, its `outcome`.
    """

    dry_run: bool
    summary: dict[str, Any]

    @property
    def ok(self) -> bool:
        """Whether every subject is done."""
        subjects = self.summary.get("subjects", [])
        return all(subject.get("outcome") == "done" for subject in subjects)

    def check(self) -> None:
        """Does nothing if every subject is done.

        Raises:
            GatepassError: If some are not, with how many, and what became of the first.
        """
        failed = [subject for subject in self.summary.get("subjects", []) if subject.get("outcome") != "done"]
        if failed:
            detail = failed[0].get("message") or failed[0].get("outcome")
            message = f"{len(failed)} of {len(self.summary['subjects'])} subjects are not done, first: {detail}"
            raise GatepassError(message, code="plan_unfinished")


class _Clock:
    """The real time at its start, and from there on a clock that never goes back."""

    def __init__(self) -> None:
        self._wall, self._started = time.time(), time.monotonic()

    def _seconds(self) -> float:
        return self._wall + time.monotonic() - self._started

    def now(self) -> str:
        moment = datetime.fromtimestamp(self._seconds(), timezone.utc)
        return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")

    def seconds_until(self, until: str | None) -> float | None:
        if until is None:
            return None
        at = datetime.fromisoformat(until.replace("Z", "+00:00")).timestamp()
        return max(at - self._seconds(), 0.001)

    def sleep_until(self, until: str | None) -> None:
        seconds = self.seconds_until(until)
        if seconds is not None:
            time.sleep(seconds)

    def answered(self, request: dict[str, Any], answer: dict[str, Any]) -> dict[str, Any]:
        """An answer as the engine takes it."""
        return {"request_id": request["id"], **answer, "now": self.now(), "random": random.random()}


class _Bar:
    """A progress bar, if one is wanted."""

    def __init__(self, wanted: bool) -> None:
        self._bar: Any = None
        if wanted:
            try:
                from tqdm.auto import tqdm
            except ImportError as error:
                missing("tqdm", "konnect", error)
            self._bar = tqdm(unit="objects", total=0)

    def show(self, done: int, total: int) -> None:
        if self._bar is not None:
            self._bar.total, self._bar.n = total, done
            self._bar.refresh()

    def close(self) -> None:
        if self._bar is not None:
            self._bar.close()


def _checked(given: str | None, region: str | None) -> tuple[str, bool]:
    return base_url(given, region)


def _apply_body(plan: Plan, journal: list[Any], api: str | None, even_if_moved: bool) -> bytes:
    return body({"plan": plan.to_json(), "journal": journal, "api": api, "even_if_moved": even_if_moved})


def _region_of(given: str | None) -> str | None:
    found = _HOST_REGION.match(given) if given else None
    return found.group(1) if found else None


def _lost() -> GatepassError:
    return GatepassError("a request ended without any answer; try again, and report this", code="answer_lost")
