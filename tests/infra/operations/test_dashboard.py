"""The dashboard, as its reader finds it."""

from infra.local.template.pseudo_parameters import REGION, STACK_NAME
from tests.support.declared import ALARMS, DECLARED, ROLL_BACK, WIDGETS

GRID_COLUMNS = 24


def test_every_alarm_is_on_the_dashboard() -> None:
    (widget,) = [widget for widget in WIDGETS if widget["type"] == "alarm"]
    expected = {f"the-{alarm}Arn" if alarm in ROLL_BACK else f"arn:{alarm}" for alarm in ALARMS}

    assert set(widget["properties"]["alarms"]) == expected


def test_dashboards_of_two_regions_have_two_names() -> None:
    assert DECLARED["Dashboard"]["DashboardName"] == f"{STACK_NAME}-{REGION}"


def test_no_widget_lies_on_another_or_beside_the_page() -> None:
    taken = [
        (column, row)
        for widget in WIDGETS
        for column in range(widget["x"], widget["x"] + widget["width"])
        for row in range(widget["y"], widget["y"] + widget["height"])
    ]
    last_row = max(row for _, row in taken)

    assert len(taken) == len(set(taken))
    # and no hole is left
    assert set(taken) == {(c, r) for c in range(GRID_COLUMNS) for r in range(last_row + 1)}


def test_every_widget_says_what_it_shows_and_every_line_what_it_is() -> None:
    titles = [widget["properties"]["title"] for widget in WIDGETS]
    rows = [row for widget in WIDGETS for row in widget["properties"].get("metrics", [])]

    assert len(titles) == len(set(titles))
    assert all(row[-1]["label"] for row in rows)


def test_latest_failures_are_searched_by_fields_that_lines_have() -> None:
    (widget,) = [widget for widget in WIDGETS if widget["type"] == "log"]
    query = widget["properties"]["query"]

    assert query.startswith("SOURCE 'the-LogGroup' | fields @timestamp, request_id, route, ")
    assert "filter message = 'request' and status >= 500" in query
