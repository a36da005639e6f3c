"""Whatever the engine can say on screen is said in Chinese, with everything it names."""

from __future__ import annotations

import re
import subprocess
import sys
from functools import cache
from itertools import product
from pathlib import Path
from string import Formatter

import pytest

from engine.errors import EngineError, describe
from engine.models.catalog import read_config
from engine.prompting.tables import read_table
from engine.prompting.template import fill
from tests.support import engine_sentences
from tests.support.engine_sentences import Sentence
from workbench.services.engine_words import FOLDER, Catalogue, Template, catalogue, tell

# What may fill a gap: a word, a number, a size. Of several fits the sentence that says most counts.
FILLINGS = ("zq{}", "90{}", "90{} MB")
# Names that are the same in both languages.
ALIKE = ("hub",)
# The window's own wording of a sentence of the engine, with braces that are part of the gap.
FILLED = (("The prompt uses {{", "}}, which has no value."),)
CHINESE = re.compile("[\u4e00-\u9fff]")


def words() -> Catalogue:
    found = catalogue("zh_CN")
    assert found is not None
    return found


@cache
def match(sentence: Sentence) -> tuple[Template, tuple[str, ...], str] | None:
    """The entry for a sentence, what filled its gaps, and the Chinese."""
    best: tuple[Template, tuple[str, ...], str] | None = None
    for kinds in product(FILLINGS, repeat=sentence.gaps):
        values = tuple(kind.format(at) for at, kind in enumerate(kinds))
        found = words().template_of(sentence.filled(values))
        if found and (best is None or found[0].weight > best[0].weight):
            template, filled = found
            best = template, values, template.target.format(**filled)
    return best


def is_of(sentence: Sentence, template: Template) -> bool:
    """Whether an entry was written for this sentence, and is not merely wide enough for it."""
    own = [""]
    for text, gap, _ in template.pieces:  # a literal brace ends a piece, too
        own[-1] += text
        own += [""] if gap else []
    return tuple(own) == sentence.texts or sentence.place == "words" or sentence.texts in FILLED


@cache
def spoken() -> tuple[Sentence, ...]:
    found = engine_sentences.all_sentences()
    return tuple(sentence for sentence in found if sentence.has_words)


def test_every_sentence_is_in_the_catalogue_with_everything_it_names():
    missing, lost = [], []
    for sentence in spoken():
        found = match(sentence)
        if found is None or not is_of(sentence, found[0]):
            missing.append(f"{sentence.place}: {'{}'.join(sentence.texts)}")
        elif not all(value in found[2] for value in found[1]):
            lost.append(f"{sentence.place}: {found[2]}")
    assert missing == [], "no Chinese in resources/i18n/engine.zh_CN.toml"
    assert lost == [], "a gap is not filled"


def test_every_entry_is_said_by_the_engine():
    used = {found[0].source for found in map(match, spoken()) if found}
    entries = {one.source for one in (*words().whole.values(), *words().open)}
    assert entries - used == set(), "no sentence of the engine is like this any more"


def test_entries_keep_their_gaps_and_are_chinese():
    for entry in (*words().whole.values(), *words().open):
        gaps = [gap for _, gap, _, _ in Formatter().parse(entry.target) if gap]
        assert sorted(gaps) == sorted(entry.gaps), entry.source
        alike = entry.gaps or entry.target in ALIKE
        assert CHINESE.search(entry.target) or alike, entry.source


def test_the_collector_sees_the_engine():
    """It finds templates of every form that the source uses, and refuses what it cannot read."""
    texts = {sentence.texts for sentence in spoken()}
    assert ("The prompt is empty.",) in texts  # a plain message
    assert ("The folder ", " has no ", ".") in texts  # an f-string
    assert ("Choose a smaller model.",) in texts  # the other branch of a condition
    assert (" at revision ", "") in texts  # a phrase that fills a gap
    assert ("Save it as UTF-8 (in a spreadsheet: “CSV UTF-8”) and import it again.",) in texts
    hidden = "def f(text):\n    raise DataError(text.upper(), 'Try again.')\n"
    with pytest.raises(engine_sentences.Unreadable, match=re.escape("text.upper()")):
        list(engine_sentences.File("engine/x.py", hidden).sentences())


def raised(action, *arguments: object) -> EngineError:
    with pytest.raises(EngineError) as caught:
        action(*arguments)
    return caught.value


def test_errors_as_they_are_raised_are_said_in_chinese(tmp_path: Path):
    undefined = raised(fill, "Hello {{name}}", {}).report()
    assert tell(undefined.message, "zh_CN") == "提示词用到了 {{name}}，但它没有值。"
    empty = tmp_path / "empty"
    empty.mkdir()
    missing = raised(read_config, empty).report()
    assert tell(missing.message, "zh_CN") == "文件夹 empty 中没有 config.json。"
    assert tell(missing.hint, "zh_CN") == "请选择包含模型配置和权重的文件夹。"
    table = raised(read_table, tmp_path / "chosen.csv").report()
    told = tell(table.message, "zh_CN")
    assert told == "无法读取文件“chosen.csv”：没有那个文件或文件夹。"


@pytest.mark.parametrize(
    ("said", "told"),
    [
        (
            "It would fit with an 8-bit load (1.2 GB), or the device cpu (2.0 GB free).",
            "以下方式可以容纳：8 位加载（1.2 GB），或设备 cpu（可用 2.0 GB）。",
        ),
        ("The temperature is outside its range.", "温度超出范围。"),
        ("Compare zero-shot · few-shot 2 · mine", "对比 零样本 · 少样本 2 · mine"),
        ("The device “chosen” is not available.", "设备“chosen”不可用。"),
        ("The folder encoder has no config.json.", "文件夹 encoder 中没有 config.json。"),
        ("12 MB of 1.5 GB · 3 MB/s", "12 MB / 1.5 GB · 3 MB/秒"),
        ("The prompt uses {{x}}, which has no value.", "提示词用到了 {{x}}，但它没有值。"),
        ("the moon is full", "the moon is full"),
        ("", ""),
    ],
)
def test_gaps_are_told_too_but_names_stay(said: str, told: str):
    assert tell(said, "zh_CN") == told
    assert tell(said, "en") == said


def test_an_unforeseen_error_keeps_its_own_words_and_gets_a_chinese_hint():
    report = describe(ZeroDivisionError("division by zero"))
    assert tell(report.message, "zh_CN") == "ZeroDivisionError: division by zero"
    assert CHINESE.search(tell(report.hint, "zh_CN"))


def test_nothing_is_read_until_another_language_is_spoken():
    script = (
        "import sys\nfrom workbench.services.engine_words import tell\n"
        "assert tell('The prompt is empty.') == 'The prompt is empty.'\n"
        "assert not {'tomllib', 'PySide6', 'torch'} & set(sys.modules)\n"
    )
    subprocess.run([sys.executable, "-c", script], check=True, cwd=FOLDER.parents[1])
