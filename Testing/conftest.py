"""The tiers of the tests, and a closing list of what did not run and why."""

from __future__ import annotations

import gc
import os
import sys
from pathlib import Path

import pytest

HERE = Path(__file__).parent
ROOT = HERE.parent
TIERS = ("layout", "library", "scene", "panel", "joints", "commands")
"""A folder each, cheapest first; that is also the order in which they run."""

ELSEWHERE = {
    "OrthoDiffusionTest, the module's own test in a real Slicer": "runs by ctest where Slicer is built; see the README",
    "Testing/commands/monai_label_server.py": "runs by hand where MONAI Label is installed; see Docs/archive/monai.md",
}

MAY_SKIP_IN_CI = ("Windows", "macOS", "SLICER_SOURCE", "GPU")
"""What the reason of a skip has to name where CI is set. Anything else that is missing there is a failure."""


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--long", action="store_true", help="run the long tests too (`make test-long` does)")


def _tier_of(path: Path) -> str | None:
    first = path.relative_to(HERE).parts[0] if path.is_relative_to(HERE) else ""
    return first if first in TIERS else None


@pytest.hookimpl(wrapper=True)
def pytest_collection():
    """Modules and tests live to the end: the garbage collector leaves them alone while they come and afterwards.

    Each process of a run has some 750,000 such objects, which every full collection would look through again.
    """
    gc.disable()
    try:
        return (yield)
    finally:
        gc.collect()
        gc.freeze()
        gc.enable()


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    for item in items:
        tier = _tier_of(item.path)
        if tier is None:
            raise pytest.UsageError(f"{item.path} belongs to no tier; the tiers are {', '.join(TIERS)}")
        item.add_marker(tier)
    # Side by side the dearest come first, so that no process ends with them alone. Stable: the order in a tier stays.
    beside = "PYTEST_XDIST_WORKER" in os.environ
    items.sort(key=lambda item: TIERS.index(_tier_of(item.path)), reverse=beside)
    if not config.getoption("--long"):
        left_out = [item for item in items if item.get_closest_marker("long")]
        items[:] = [item for item in items if not item.get_closest_marker("long")]
        config.hook.pytest_deselected(items=left_out)


def pytest_configure(config: pytest.Config) -> None:
    config.stash[_DESELECTED] = {}


_DESELECTED = pytest.StashKey[dict[str, int]]()


def pytest_deselected(items: list[pytest.Item]) -> None:
    for item in items:
        counts = item.config.stash[_DESELECTED]
        # An item that another option left out first may be a long one too; it is counted once all the same.
        long = item.get_closest_marker("long") and not item.config.getoption("--long")
        name = "long" if long else _tier_of(item.path) or "other"
        counts[name] = counts.get(name, 0) + 1


def pytest_sessionfinish(session: pytest.Session) -> None:
    output = getattr(session.config, "workeroutput", None)
    if output is not None:  # a process of pytest-xdist, whose list the one that reports does not see
        output["deselected"] = session.config.stash[_DESELECTED]


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node, error) -> None:
    # Every process collects all tests, so that their counts are the same.
    node.config.stash[_DESELECTED].update(getattr(node, "workeroutput", {}).get("deselected", {}))


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo):
    """Where CI is set, what is missing is to be installed: a skip fails, unless it is for another kind of machine."""
    report = yield
    if report.skipped and not hasattr(report, "wasxfail") and os.environ.get("CI", "").lower() in ("1", "true"):
        reason = report.longrepr[2] if isinstance(report.longrepr, tuple) else str(report.longrepr)
        if not any(word in reason for word in MAY_SKIP_IN_CI):
            report.outcome, report.longrepr = "failed", f"{reason.strip()}\n(CI is set: a skip is a failure here)"
    return report


def pytest_terminal_summary(terminalreporter, config: pytest.Config) -> None:
    """Say aloud what this run does not show; pytest's own closing line stays the last one."""
    rows = dict(ELSEWHERE)
    for report in terminalreporter.stats.get("skipped", []):
        reason = report.longrepr[2] if isinstance(report.longrepr, tuple) else str(report.longrepr)
        rows[report.nodeid] = reason.removeprefix("Skipped: ")
    for report in terminalreporter.stats.get("xfailed", []):
        rows[report.nodeid] = f"expected to fail: {report.wasxfail}"
    for tier, count in config.stash[_DESELECTED].items():
        why = "left out; `make test-long` runs them" if tier == "long" else "not asked for (-k or -m)"
        rows[f"{count} tests of the tier {tier}"] = why
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


@pytest.fixture(autouse=True, scope="module")
def _memory_goes_back():
    """What the tests of a file have freed is given back to the system: one process runs thousands of them."""
    yield
    memory = sys.modules.get("OrthoDiffusionLib.memory")  # whoever holds much has imported it
    if memory is not None:
        memory.give_back()


@pytest.fixture(autouse=True)
def _bundle_folders_of_this_test_alone(monkeypatch):
    """What a test adds to the folders that bundles are looked for in is gone after it."""
    monkeypatch.setenv("ORTHODIFFUSION_BUNDLES", "")
