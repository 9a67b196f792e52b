"""Data frames, workbooks and charts."""

from __future__ import annotations

import json
import struct
import subprocess
import sys
from pathlib import Path
from typing import Any

import openpyxl  # type: ignore[import-untyped]
import pandas
import polars
import pyarrow
import pytest
import vl_convert

from gatepass import GatepassError, Portal, Report
from gatepass._rows import ROW_TYPES, columns

NOW = "2026-11-26T00:00:00Z"


def reports(portal: Portal) -> list[Report[Any]]:
    found = [getattr(portal.reports, name)(now=NOW) for name in ROW_TYPES]
    # And each once more without rows.
    return found + [portal.reports.blocked_developers(now=NOW, older_than="9000d")]


def test_frames_hold_the_rows(portal: Portal) -> None:
    for report in reports(portal):
        rows = report.to_dicts()
        for frame in (report.to_pandas(), report.to_polars(), report.to_arrow()):
            names = list(frame.columns) if not isinstance(frame, pyarrow.Table) else frame.column_names
            assert names == report.columns()
            assert (frame.num_rows if isinstance(frame, pyarrow.Table) else len(frame)) == len(rows)
        texts = report.to_polars().select(polars.all().cast(polars.String)).to_dicts()
        for row, text in zip(rows, texts):
            for column in columns(report.name):
                if column.kind in ("word", "text", "json"):
                    assert text[column.name] == row[column.name]


def test_columns_have_types_whether_there_are_rows_or_none(portal: Portal) -> None:
    some, none = portal.reports.blocked_developers(now=NOW), portal.reports.blocked_developers(now=NOW, older_than="9000d")
    assert len(some) and not len(none)
    assert dict(some.to_pandas().dtypes) == dict(none.to_pandas().dtypes)
    assert some.to_polars().schema == none.to_polars().schema
    frame = some.to_pandas()
    assert str(frame["created_at"].dtype) == "datetime64[ms, UTC]"
    assert str(frame["stage"].dtype) == "category"
    assert str(frame["age_hours"].dtype) == "Int64"
    assert frame["created_at"].iloc[0] == pandas.Timestamp("2026-11-10T08:00:00Z")
    assert some.to_polars().schema["created_at"] == polars.Datetime("ms", "UTC")
    assert json.loads(frame["fixes"].iloc[0])[0]["change"] == "approve_registration"
    assert frame["resource_name"].iloc[0] == "Orders v1"


def pairs(document: dict[str, Any]) -> dict[str, list[str]]:
    found = [(a["id"], v["id"]) for a in document["applications"] for v in document["product_versions"]]
    return {"application_id": [a for a, _ in found], "resource_id": [v for _, v in found]}


@pytest.mark.parametrize("library", ["pandas", "polars", "arrow", "lazy"])
def test_a_frame_of_questions_comes_back_with_answers(portal: Portal, document: dict[str, Any], library: str) -> None:
    asked = pairs(document)
    frame: Any = {"pandas": pandas.DataFrame, "polars": polars.DataFrame, "arrow": pyarrow.table, "lazy": polars.LazyFrame}[library](asked)
    answered = portal.decide_many(frame, policy="konnect")
    table = answered.to_dict("list") if library == "pandas" else answered.to_pydict() if library == "arrow" else answered.to_dict(as_series=False)
    whole = portal.decide_many([{"application_id": a, "resource_id": r, "policy": "konnect"} for a, r in zip(*asked.values())])
    assert table["application_id"] == asked["application_id"]
    assert table["decision"] == [answer["decision"] for answer in whole]
    reasons = [None if pandas.isna(reason) else reason for reason in table["reason"]]
    assert reasons == [answer["reason"] for answer in whole]


def test_a_frame_can_say_who_asks_and_may_have_gaps(portal: Portal) -> None:
    frame = pandas.DataFrame(
        {
            "application_id": ["a0000000-0000-4000-8000-000000000001", None, "nobody"],
            "resource_id": ["e0000000-0000-4000-8000-000000000001"] * 3,
            "action": ["consume", "view", "consume"],
        },
        index=[7, 8, 9],
    )
    answered = portal.decide_many(frame)
    assert list(answered.index) == [7, 8, 9]
    assert answered["decision"].tolist()[:2] == ["allow", "deny"]
    assert pandas.isna(answered["decision"].iloc[2])
    assert answered["error"].iloc[2] == "`nobody` is not a UUID [uuid_invalid]"
    with pytest.raises(GatepassError) as caught:
        portal.decide_many(pandas.DataFrame({"application": []}))
    assert caught.value.code == "columns_missing"


def test_a_workbook_holds_texts_as_texts(document: dict[str, Any], tmp_path: Path) -> None:
    formula = '=HYPERLINK("https://evil.example")'
    developers = [{**document["developers"][0], "full_name": formula}, *document["developers"][1:]]
    report = Portal.load({**document, "developers": developers}).reports.developers(now=NOW)
    path = tmp_path / "developers.xlsx"
    report.to_excel(path)
    (sheet,) = openpyxl.load_workbook(path).worksheets
    rows = [[cell for cell in row] for row in sheet.iter_rows()]
    assert [cell.value for cell in rows[0]] == report.columns()
    assert len(rows) == len(report) + 1
    name = rows[1][report.columns().index("developer_name")]
    assert (name.value, name.data_type) == (formula, "s")
    first = path.read_bytes()
    report.to_excel(path)
    assert path.read_bytes() == first


CHARTS = ["funnel", "access_matrix", "pending_approvals", "blocked_developers"]


@pytest.mark.parametrize("name", CHARTS)
def test_charts_are_drawn(portal: Portal, name: str, request: pytest.FixtureRequest) -> None:
    chart = getattr(portal.reports, name)(now=NOW).plot()
    png = vl_convert.vegalite_to_png(chart.to_json(), scale=2)
    width, height = struct.unpack(">II", png[16:24])
    assert width > 300 and height > 100
    folder = request.config.rootpath / ".charts"
    folder.mkdir(exist_ok=True)
    (folder / f"{name}.png").write_bytes(png)


def test_what_has_no_chart_says_so(portal: Portal) -> None:
    with pytest.raises(GatepassError) as caught:
        portal.reports.developers(now=NOW).plot()
    assert caught.value.code == "chart_missing"


@pytest.mark.parametrize(
    ("library", "extra", "ask"),
    [
        ("pandas", "pandas", "report.to_pandas()"),
        ("polars", "polars", "report.to_polars()"),
        ("narwhals", "polars", "report.to_polars()"),
        ("pyarrow", "arrow", "report.to_arrow()"),
        ("xlsxwriter", "excel", "report.to_excel('x.xlsx')"),
        ("altair", "notebook", "report.plot()"),
        ("httpx", "konnect", "gatepass.Konnect('t', 'eu')"),
        ("tqdm", "konnect", "gatepass.Konnect('t', 'eu').export('p', progress=True)"),
        ("yaml", "yaml", "portal.plan_approvals(sys.argv[2])"),
    ],
)
def test_what_is_missing_is_named_with_the_extra_that_brings_it(
    snapshot: Path, tmp_path: Path, library: str, extra: str, ask: str
) -> None:
    rules = tmp_path / "rules.yaml"
    rules.write_text("trusted: []\n")
    code = f"""
import sys
sys.modules["{library}"] = None
{'sys.modules["tqdm.auto"] = None' if library == "tqdm" else ''}
import gatepass
portal = gatepass.Portal.load(sys.argv[1])
report = portal.reports.funnel()
try:
    {ask}
except ImportError as error:
    print(error)
"""
    done = subprocess.run(
        [sys.executable, "-c", code, str(snapshot), str(rules)], check=True, capture_output=True, text=True
    )
    assert done.stdout == f'{library} is not installed; run: pip install "gatepass[{extra}]"\n'
