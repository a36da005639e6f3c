"""Keep the Chinese translation in step with the source: `update` after a change, `check` in tests.

``python packaging/translations.py update`` collects every text of `workbench/` into
``resources/i18n/lathe_zh_CN.ts`` (new ones are marked unfinished, vanished ones go); fill them in
with Qt Linguist or an editor. ``list`` prints what is unfinished, ``compile`` makes the ``.qm``.
The window compiles by itself when the ``.qm`` is missing or older.
"""

from __future__ import annotations

import subprocess
import sys
import xml.etree.ElementTree as ElementTree
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
TS = ROOT / "resources" / "i18n" / "lathe_zh_CN.ts"


def tool(name: str) -> str:
    """Path of a Qt tool that comes with the bindings."""
    import PySide6

    suffix = ".exe" if sys.platform == "win32" else ""
    return str(Path(PySide6.__file__).parent / f"{name}{suffix}")


def collect(target: Path) -> None:
    """Bring `target` in step with the source; keeps what is translated."""
    sources = [str(file) for file in sorted((ROOT / "workbench").rglob("*.py"))]
    command = [tool("lupdate"), "-silent", "-no-obsolete", "-locations", "none", *sources]
    command += ["-source-language", "en", "-target-language", "zh_CN", "-ts", str(target)]
    subprocess.run(command, check=True)


def messages(file: Path) -> list[tuple[str, str, str]]:
    """Context, source and finished translation ("" when unfinished) of every message."""
    found = []
    for context in ElementTree.parse(file).getroot().iter("context"):
        name = context.findtext("name") or ""
        for message in context.iter("message"):
            translation = message.find("translation")
            done = translation is not None and translation.get("type") != "unfinished"
            text = (translation.text or "") if done and translation is not None else ""
            found.append((name, message.findtext("source") or "", text))
    return found


def unfinished(file: Path) -> list[tuple[str, str]]:
    """Context and source of every message without a finished translation."""
    return [(context, source) for context, source, text in messages(file) if not text]


def main(what: str) -> int:
    """Do `update`, `list` or `compile`."""
    if what == "update":
        collect(TS)
    if what in ("update", "list"):
        for context, source in unfinished(TS):
            print(f"{context}\t{source!r}")
    elif what == "compile":
        output = str(TS.with_suffix(".qm"))
        subprocess.run([tool("lrelease"), "-silent", str(TS), "-qm", output], check=True)
    else:
        print(__doc__)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1] if len(sys.argv) > 1 else ""))
