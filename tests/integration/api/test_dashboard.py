"""The Grafana dashboard asks only for what the service tells."""

import json
import re
from pathlib import Path

from prometheus_client.parser import text_string_to_metric_families

from tests.integration.api.office import Office

DASHBOARD = Path(__file__).resolve().parents[3] / "setup" / "grafana" / "ringdesk.json"
LABELS_OF = re.compile(r"(ringdesk_\w+)\{([^}]*)\}")
BY = re.compile(r"sum by \(([^)]*)\)")


def questions() -> list[str]:
    panels = json.loads(DASHBOARD.read_text())["panels"]
    return [target["expr"] for panel in panels for target in panel["targets"]]


async def test_each_panel_asks_for_metrics_and_labels_that_are_there(office: Office) -> None:
    # given a service that counted a sign-in and a refusal
    ana = await office.person("ana")
    await ana.ask("GET", "conversations/no-such-id", status=404)
    async with ana.http.get("/metrics") as answer:
        told = list(text_string_to_metric_families(await answer.text()))
    kinds = {"counter": ("_total",), "histogram": ("_bucket", "_sum", "_count")}
    names = {f.name + end for f in told for end in kinds.get(f.type, ("",))}
    labels = {label for f in told for sample in f.samples for label in sample.labels}

    # then every question of the dashboard can be answered
    asked = questions()
    assert len(asked) >= 10
    for question in asked:
        found = set(re.findall(r"ringdesk_\w+", question))
        assert found
        assert found <= names, question
        by = {word.strip() for part in BY.findall(question) for word in part.split(",")}
        given = {
            re.split("[=!]", one)[0]
            for _, part in LABELS_OF.findall(question)
            for one in part.split(",")
        }
        assert by | given <= labels | {"le", "told"}, question
