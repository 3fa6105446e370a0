"""The tiers of the tests, and a closing list of what did not run and why."""

from __future__ import annotations

from pathlib import Path

import pytest

HERE = Path(__file__).parent
ROOT = HERE.parent
TIERS = ("layout", "library", "scene", "panel", "commands")
"""A folder each, cheapest first; that is also the order in which they run."""

ELSEWHERE = {
    "OrthoDiffusionTest, the module's own test in a real Slicer": "runs by ctest where Slicer is built; see the README",
}


def _tier_of(path: Path) -> str | None:
    first = path.relative_to(HERE).parts[0] if path.is_relative_to(HERE) else ""
    return first if first in TIERS else None


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        tier = _tier_of(item.path)
        if tier is None:
            raise pytest.UsageError(f"{item.path} belongs to no tier; the tiers are {', '.join(TIERS)}")
        item.add_marker(tier)
    items.sort(key=lambda item: TIERS.index(_tier_of(item.path)))  # stable: the order within a tier stays


def pytest_configure(config: pytest.Config) -> None:
    config.stash[_DESELECTED] = {}


_DESELECTED = pytest.StashKey[dict[str, int]]()


def pytest_deselected(items: list[pytest.Item]) -> None:
    for item in items:
        counts = item.config.stash[_DESELECTED]
        tier = _tier_of(item.path) or "other"
        counts[tier] = counts.get(tier, 0) + 1


def pytest_terminal_summary(terminalreporter, config: pytest.Config) -> None:
    """Say aloud what this run does not show; pytest's own closing line stays the last one."""
    rows = dict(ELSEWHERE)
    for report in terminalreporter.stats.get("skipped", []):
        reason = report.longrepr[2] if isinstance(report.longrepr, tuple) else str(report.longrepr)
        rows[report.nodeid] = reason.removeprefix("Skipped: ")
    for report in terminalreporter.stats.get("xfailed", []):
        rows[report.nodeid] = f"expected to fail: {report.wasxfail}"
    for tier, count in config.stash[_DESELECTED].items():
        rows[f"{count} tests of the tier {tier}"] = "not asked for (-k or -m)"
    ran = {
        _tier_of(ROOT / report.nodeid.partition("::")[0])
        for outcome in ("passed", "failed")
        for report in terminalreporter.stats.get(outcome, [])
    }
    for tier in TIERS:
        if tier not in ran:
            rows[f"the tier {tier}"] = "no test of it was among those asked for, or all of it is above"
    terminalreporter.section("did not run")
    for what, why in rows.items():
        terminalreporter.write_line(f"{what}: {why}")


@pytest.fixture(scope="session")
def project_root() -> Path:
    """The folder that holds OrthoDiffusionLib, Resources and the rest."""
    return ROOT


@pytest.fixture(autouse=True)
def _bundle_folders_of_this_test_alone(monkeypatch):
    """What a test adds to the folders that bundles are looked for in is gone after it."""
    monkeypatch.setenv("ORTHODIFFUSION_BUNDLES", "")
