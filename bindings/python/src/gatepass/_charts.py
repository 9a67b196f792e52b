"""Charts for notebooks, with altair: each says its numbers in words too, and needs no colour to be read."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from ._errors import GatepassError, missing
from ._rows import plain

if TYPE_CHECKING:
    import altair

    from ._report import Report

_BLUE = "#2b5d8a"
_MOST_CELLS = 5000


def plot(report: Report[Any]) -> altair.Chart | altair.LayerChart:
    """The chart of a report."""
    try:
        import altair as alt
    except ImportError as error:
        missing("altair", "notebook", error)
    chart = {
        "funnel": _funnel,
        "access_matrix": _matrix,
        "pending_approvals": _ages,
        "blocked_developers": _stages,
    }.get(report.name)
    if chart is None:
        message = f"there is no chart of `{report.name}`; `.to_pandas()` or `.to_polars()` has its rows"
        raise GatepassError(message, code="chart_missing")
    return chart(alt, report)


def _values(alt: Any, rows: list[dict[str, Any]]) -> Any:
    # In the chart itself: no row limit, no server, no file beside the notebook.
    return alt.InlineData(values=rows)


def _title(alt: Any, report: Report[Any], text: str) -> Any:
    about = f"as of {report.about['as_of']}"
    if report.completeness != "complete":
        about += f"; the snapshot is {report.completeness}: some may be missing"
    return alt.TitleParams(text, subtitle=about, anchor="start", subtitleColor="#555")


def _funnel(alt: Any, report: Report[Any]) -> altair.LayerChart:
    rows = [
        {
            "step": row["step"].replace("_", " "),
            "developers": row["developers"],
            "label": f"{row['developers']:,}" + (f"  ({row['of_first']:.0%})" if row["of_first"] is not None else ""),
        }
        for row in report
        if row["developers"] is not None
    ]
    base = alt.Chart(_values(alt, rows), title=_title(alt, report, "How far developers got")).encode(
        x=alt.X("developers:Q", title="developers", axis=alt.Axis(format="d", tickMinStep=1)),
        y=alt.Y("step:N", sort=[row["step"] for row in rows], title=None, axis=alt.Axis(labelLimit=200)),
        tooltip=[alt.Tooltip("step:N"), alt.Tooltip("developers:Q", format=",")],
    )
    bars = base.mark_bar(color=_BLUE)
    labels = base.mark_text(align="left", dx=4).encode(text="label:N")
    return cast("altair.LayerChart", (bars + labels).properties(width=480, height=alt.Step(30)))


def _matrix(alt: Any, report: Report[Any]) -> altair.LayerChart | altair.Chart:
    if len(report) > _MOST_CELLS:
        message = f"{len(report):,} cells are too many to read; name teams: `access_matrix(team=[…])`"
        raise GatepassError(message, code="chart_too_large")
    letter = {"none": "", "viewer": "V", "consumer": "C"}
    rows = [
        {
            "team": plain(row["team_name"]),
            "resource": plain(row["resource_name"]) + ("" if row["published"] else " (unpublished)"),
            "role": row["role"],
            "letter": letter[row["role"]] + ("*" if row["by_wildcard"] else ""),
        }
        for row in report
    ]
    base = alt.Chart(_values(alt, rows), title=_title(alt, report, "Roles of teams: viewer, consumer")).encode(
        x=alt.X("resource:N", title=None, axis=alt.Axis(labelAngle=-40, labelLimit=240, orient="top")),
        y=alt.Y("team:N", title=None, axis=alt.Axis(labelLimit=240)),
        tooltip=["team:N", "resource:N", "role:N"],
    )
    colours = alt.Scale(domain=["none", "viewer", "consumer"], range=["#f2f2f2", "#9dc3e0", _BLUE])
    cells = base.mark_rect(stroke="white", strokeWidth=2).encode(color=alt.Color("role:N", scale=colours, title="role"))
    ink = alt.condition(alt.datum.role == "consumer", alt.value("white"), alt.value("black"))
    letters = base.mark_text().encode(text="letter:N", color=ink)
    return cast("altair.LayerChart", (cells + letters).properties(width=alt.Step(44), height=alt.Step(26)))


def _ages(alt: Any, report: Report[Any]) -> altair.Chart:
    aged = [row for row in report if row["age_hours"] is not None]
    counts = {kind: sum(row["kind"] == kind for row in aged) for kind in ("developer", "application", "registration")}
    rows = [
        {
            "days": row["age_hours"] / 24,
            # Those that are equally old lie on each other: how many there are is in the label.
            "kind": f"{row['kind']} ({counts[row['kind']]})",
            "who": plain(row["developer_name"] or row["team_name"] or "unknown"),
            "what": plain(row["resource_name"] or row["application_name"] or "sign-up"),
        }
        for row in aged
    ]
    kinds = [f"{kind} ({count})" for kind, count in counts.items()]
    return cast(
        "altair.Chart",
        alt.Chart(_values(alt, rows), title=_title(alt, report, "How long approvals have been waiting"))
        .mark_tick(thickness=3, height=22, opacity=0.6)
        .encode(
            x=alt.X("days:Q", title="days since it was created", scale=alt.Scale(zero=True, nice=True)),
            y=alt.Y("kind:N", title=None, scale=alt.Scale(domain=kinds)),
            color=alt.Color("kind:N", legend=None, scale=alt.Scale(domain=kinds, range=["#b45f06", "#38761d", _BLUE])),
            tooltip=["kind:N", "who:N", "what:N", alt.Tooltip("days:Q", format=".1f")],
        )
        .properties(width=480, height=alt.Step(36)),
    )


def _stages(alt: Any, report: Report[Any]) -> altair.LayerChart:
    stages = ["waiting_for_approval", "rejected_or_revoked", "nothing_to_register_for", "never_registered"]
    counts = {stage: 0 for stage in stages}
    for row in report:
        counts[row["stage"]] += 1
    rows = [{"stage": stage.replace("_", " "), "applications": count} for stage, count in counts.items()]
    base = alt.Chart(_values(alt, rows), title=_title(alt, report, "Where applications are stuck")).encode(
        x=alt.X("applications:Q", title="applications", axis=alt.Axis(format="d", tickMinStep=1)),
        y=alt.Y("stage:N", sort=[row["stage"] for row in rows], title=None, axis=alt.Axis(labelLimit=200)),
        tooltip=["stage:N", "applications:Q"],
    )
    labels = base.mark_text(align="left", dx=4).encode(text=alt.Text("applications:Q", format=","))
    return cast("altair.LayerChart", (base.mark_bar(color=_BLUE) + labels).properties(width=480, height=alt.Step(30)))
