"""Whether the system ended a process for want of memory, by the kernel's own counts."""

from __future__ import annotations

from OrthoDiffusionLib.batch.workers import memory_kills
from OrthoDiffusionLib.batch.workers.memory_kills import MemoryKills


def test_only_kills_since_the_last_look_count(tmp_path, monkeypatch):
    counts = [tmp_path / "vmstat", tmp_path / "memory.events", tmp_path / "nowhere"]
    monkeypatch.setattr(memory_kills, "_COUNTS", counts)
    counts[0].write_text("nr_free_pages 12\noom_kill 3\n")
    counts[1].write_text("low 0\noom 1\noom_kill 0\n")
    kills = MemoryKills()
    assert not kills.more()
    counts[1].write_text("low 0\noom 2\noom_kill 1\n")
    assert kills.more() and not kills.more()
