"""Brings the translations in step with the source, and says what is not translated yet.

    python Testing/translation/update.py            # every language that is there
    python Testing/translation/update.py fr         # begin another one
    python Testing/translation/update.py de --more FILE.json   # with translations: English -> German

Marks the names of parameters in .ui files, which are no texts, writes
`OrthoDiffusion/Translations/OrthoDiffusion_<language>.ts`, compiles each to the .qm file that Slicer reads,
and lists what the panel and the library's catalogue still lack. Ends with 1 if anything is missing.
"""

from __future__ import annotations

import argparse
import json
import re
import subprocess
import sys
from pathlib import Path

sys.path[:0] = [str(Path(__file__).parents[1]), str(Path(__file__).parents[2])]

from translation import ts_file  # noqa: E402
from translation.catalogue_check import faults_of  # noqa: E402
from translation.source_texts import BINDING, MODULE, source_texts  # noqa: E402

FOLDER = MODULE / "Translations"
"""Of what people translate."""

PACKAGED = MODULE / "Resources" / "Translations"
"""Of what Qt loads."""


def ts_path(language: str) -> Path:
    return FOLDER / f"OrthoDiffusion_{language}.ts"


def qm_path(language: str) -> Path:
    return PACKAGED / f"OrthoDiffusion_{language}.qm"


def languages() -> list[str]:
    """Languages that have a translation file."""
    return sorted(path.stem.removeprefix("OrthoDiffusion_") for path in FOLDER.glob("OrthoDiffusion_*.ts"))


def compile_qm(ts: Path, qm: Path) -> None:
    """Make the file that Qt loads, with the lrelease that comes with PySide6.

    Raises:
        RuntimeError: if lrelease does not accept the file.
    """
    import PySide6

    program = Path(PySide6.__file__).parent / "lrelease"
    done = subprocess.run([program, "-silent", ts, "-qm", qm], capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(done.stdout + done.stderr)


def mark_names() -> None:
    """Tell translators and Qt that the names of parameters in .ui files are no texts."""
    for path in MODULE.rglob("*.ui"):
        text = path.read_text(encoding="utf-8")
        marked = re.sub(rf'(<property name="{BINDING}" stdset="0">\s*)<string>', r'\1<string notr="true">', text)
        if marked != text:
            path.write_text(marked, encoding="utf-8")


def update(language: str, more: dict[str, str] | None = None) -> list[str]:
    """Write both files of a language; returns what it lacks, in lines."""
    for folder in (FOLDER, PACKAGED):
        folder.mkdir(parents=True, exist_ok=True)
    path = ts_path(language)
    content, changes = ts_file.updated(path, language, source_texts(), more)
    path.write_text(content, encoding="utf-8")
    compile_qm(path, qm_path(language))
    lines = [f"panel, not translated: [{context}] {text!r}" for context, text in changes.missing]
    lines += [f"panel, gone from the source: [{context}] {text!r}" for context, text in changes.vanished]
    return lines + [f"library: {fault}" for fault in faults_of(language)]


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("languages", nargs="*", metavar="LANGUAGE", help="such as de; all that are there by default")
    parser.add_argument("--more", type=Path, metavar="JSON", help="translations to take: English text -> translation")
    arguments = parser.parse_args()
    more = json.loads(arguments.more.read_text(encoding="utf-8")) if arguments.more else None
    lacking = False
    mark_names()
    for language in arguments.languages or languages():
        lines = update(language, more)
        lacking = lacking or any("gone from" not in line for line in lines)
        print("\n".join([f"{language}:", *(f"  {line}" for line in lines or ["complete"])]))
    return int(lacking)


if __name__ == "__main__":
    sys.exit(main())
