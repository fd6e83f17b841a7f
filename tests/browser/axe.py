"""axe-core, injected from the front end's development packages."""

import json
from pathlib import Path
from typing import Any

from playwright.async_api import Page

AXE = Path(__file__).parents[2] / "app" / "web" / "node_modules" / "axe-core" / "axe.min.js"


async def no_serious_fault(page: Page) -> None:
    """axe-core finds nothing serious or critical in what the page shows now."""
    if not await page.evaluate("'axe' in window"):
        await page.evaluate(AXE.read_text())
    found: dict[str, Any] = await page.evaluate("axe.run({resultTypes: ['violations']})")
    serious = [
        {"id": v["id"], "nodes": [n["html"][:200] for n in v["nodes"]]}
        for v in found["violations"]
        if v["impact"] in {"serious", "critical"}
    ]
    assert serious == [], json.dumps(serious, indent=1)
