"""The document is whole: every reference leads somewhere, every promise is in it."""

import json
from collections.abc import Iterator
from typing import Any

from app.api.openapi import document
from app.api.problems import STATUS, TITLES, ProblemType
from app.api.table import ROUTES


def _references(part: Any) -> Iterator[str]:
    if isinstance(part, dict):
        for key, value in part.items():
            if key == "$ref":
                yield value
            else:
                yield from _references(value)
    elif isinstance(part, list):
        for value in part:
            yield from _references(value)


def test_every_reference_leads_to_a_schema() -> None:
    found = document()
    schemas = found["components"]["schemas"]
    names = {reference.removeprefix("#/components/schemas/") for reference in _references(found)}
    assert names <= schemas.keys()
    assert "$defs" not in json.dumps(found)


def test_no_two_routes_are_the_same_and_each_has_a_name_of_its_own() -> None:
    assert len({(route.method, route.path) for route in ROUTES}) == len(ROUTES)
    assert len({route.name for route in ROUTES}) == len(ROUTES)


def test_every_route_says_how_it_can_be_refused() -> None:
    for path, methods in document()["paths"].items():
        for method, operation in methods.items():
            statuses = set(operation["responses"])
            if operation["x-roles"]:
                assert {"401", "403"} <= statuses, (method, path)
            if "requestBody" in operation:
                assert "422" in statuses, (method, path)


def test_changes_have_no_defaults_for_what_is_left_out() -> None:
    schemas = document()["components"]["schemas"]
    for name in ("PreferenceChanges", "UserChanges", "ContextChanges"):
        assert "required" not in schemas[name]
        assert all("default" not in field for field in schemas[name]["properties"].values())


def test_every_problem_has_a_status_and_a_title() -> None:
    assert set(STATUS) == set(TITLES) == set(ProblemType)
