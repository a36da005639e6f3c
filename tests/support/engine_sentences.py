"""Finds, without importing the engine, every sentence that its source can say.

A sentence is a tuple of texts with gaps between them: ``f"a {x} b"`` is ``("a ", " b")``.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
# Terminal programs speak English; their own errors never reach the window.
TERMINAL = ("engine/commands", "engine/bench", "engine/teaching", "engine/cli.py")
# Functions whose phrases (texts with a space) are shown: reasons, faults, what would fit.
PHRASES = {
    "engine/prompting/prompty.py": ("_mixed_warning", "_single_warning"),
    "engine/evaluation/datasets/mapping.py": ("_known_reason", "_name_reason", "_longest"),
    "engine/evaluation/datasets/shapes/big_bench.py": ("fits",),
    "engine/evaluation/datasets/shapes/completion.py": ("fits",),
    "engine/evaluation/datasets/shapes/gsm8k.py": ("fits",),
    "engine/evaluation/datasets/shapes/messages.py": ("fits",),
    "engine/evaluation/datasets/shapes/openai_evals.py": ("fits",),
    "engine/evaluation/datasets/shapes/promptfoo.py": ("fits",),
    "engine/evaluation/datasets/shapes/promptfoo_table.py": ("fits",),
    "engine/evaluation/datasets/shapes/table.py": ("fits",),
    "engine/context/documents/advisor.py": ("scenes", "fitting", "chosen", "advise"),
    "engine/context/documents/flows/long_output.py": ("close",),
    "engine/context/documents/flows/map_reduce.py": ("map_reduce",),
    "engine/context/documents/flows/nbce.py": ("nbce",),
    "engine/context/documents/flows/retrieval.py": ("retrieval",),
    "engine/context/documents/flows/whole.py": ("whole", "truncate"),
    "engine/context/documents/index_store.py": ("rebuilt_note", "unkept_note"),
    "engine/context/documents/job.py": ("_own_limits",),
    "engine/context/documents/ledger.py": ("unkept_steps",),
    "engine/context/documents/reading/pdf.py": ("read_pdf",),
    "engine/devices.py": ("choose_device", "choose_dtype", "_comparison"),
    "engine/evaluation/extractors/needs_run.py": ("reason_to_run",),
    "engine/evaluation/statistics/words.py": (
        "verdict",
        "notes",
        "_missing",
        "_evidence",
        "_points",
    ),
    "engine/inspection/anatomy/rows/bart.py": ("texts",),
    "engine/inspection/anatomy/rows/bert.py": ("texts",),
    "engine/inspection/anatomy/rows/bloom.py": ("texts",),
    "engine/inspection/anatomy/rows/chatglm.py": ("texts",),
    "engine/inspection/anatomy/rows/glm4.py": ("texts",),
    "engine/inspection/anatomy/rows/gpt2.py": ("texts",),
    "engine/inspection/anatomy/rows/llama.py": ("texts",),
    "engine/inspection/anatomy/rows/native.py": ("texts",),
    "engine/inspection/anatomy/rows/t5.py": ("texts",),
    "engine/models/anatomy.py": ("structure_of", "position_encoding_of", "_rope_parts"),
    "engine/models/attention.py": ("choose_attention", "_problem"),
    "engine/models/catalog.py": ("describe_place", "_state_of"),
    "engine/models/forecast.py": ("_alternatives", "_smaller"),
    "engine/models/plan.py": ("plan_found",),
    "engine/pruning/semi_structured.py": ("no_kernel",),
    "engine/text_source.py": ("text_of",),
    "engine/pruning/structured/job.py": ("_reason",),
}
# Functions whose return values are shown, and calls that say a step.
SHOWN_RETURNS = ("title", "_progress_text", "progress_text")
# What a method of stretching says of itself, beside a formula that needs no words.
SAID_BY_CLASSES = ("title", "summary")
# Titles that are names, the same in every language.
PROPER_NAMES = frozenset(
    {"YaRN", "Llama 3", "LongRoPE", "Self-Extend", "ReRoPE", "Leaky ReRoPE", "log n", "ALiBi"}
)
# An error that only carries the report of another.
CARRIERS = frozenset({"JobFailed"})
# Not ours, but raised by us with our own words, which then fill a gap of an `EngineError`.
BORROWED = frozenset({"SecurityError"})
STEP_CALLS = ("progress", "_progress")
# Single words and lists of words that fill gaps or stand alone on screen.
WORDS = (
    "zero-shot",
    "few-shot",
    "few-shot-cot",
    "zero-shot-cot",
    "zero-shot 2",
    "few-shot 2",
    "few-shot-cot 2",
    "zero-shot-cot 2",
    "self-consistency",
    "generated-knowledge",
    "label-likelihood",
    "two-stage",
    "self-consistency 2",
    "generated-knowledge 2",
    "label-likelihood 2",
    "two-stage 2",
    "chosen",
    "cpu: chosen",
    "cuda:0: chosen",
    "encoder",
    "encoder-decoder",
    "sinusoidal",
    "none",
    "unknown",
    "pre-RMSNorm",
    "post-LayerNorm",
    "pre- and post-RMSNorm",
    "RoPE (base 10000)",
    "2-D RoPE",
    "native Transformer",
    "RoPE (on 50% of each head)",
    "full attention: base 10000",
    "sliding attention: base 10000",
    "a 4-bit load (1.5 GB)",
    "temperature",
    "repetition penalty",
    "max new tokens",
    "samples",
    "number of answers per item",
    "number of statements",
    "1 to 64",
    "0 to 10",
    "0 or more",
    "above 0, at most 1",
    "0 to below 1",
    "above 0, at most 10",
    "1 to 100 000",
    "1 to 1 024",
    "No such file or directory",
    "Permission denied",
    "Is a directory",
    "Not a directory",
    "Read-only file system",
    "No space left on device",
    "Input/output error",
)
Texts = tuple[str, ...]


@dataclass(frozen=True)
class Sentence:
    """One template and where it stands."""

    texts: Texts
    place: str

    def filled(self, values: tuple[str, ...]) -> str:
        """The sentence with its gaps filled."""
        gaps = (*values, "")
        return "".join(text + gaps[at] for at, text in enumerate(self.texts))

    @property
    def gaps(self) -> int:
        return len(self.texts) - 1

    @property
    def has_words(self) -> bool:
        return any(letter.isalpha() for text in self.texts for letter in text)


class Unreadable(Exception):
    """The source builds a message so that its template cannot be seen."""


def error_classes() -> frozenset[str]:
    """`EngineError` and everything below it."""
    names = {"EngineError"}
    classes = [
        (node.name, {base.id for base in node.bases if isinstance(base, ast.Name)})
        for file in sorted((ROOT / "engine").rglob("*.py"))
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8")))
        if isinstance(node, ast.ClassDef)
    ]
    for _ in range(4):
        names |= {name for name, bases in classes if bases & names}
    return frozenset(names) - CARRIERS | BORROWED


def all_sentences() -> tuple[Sentence, ...]:
    """Errors, hints, reasons, steps and titles of the engine, and the window's own errors."""
    found: list[Sentence] = []
    for folder in ("engine", "workbench"):
        for file in sorted((ROOT / folder).rglob("*.py")):
            path = file.relative_to(ROOT).as_posix()
            if not path.startswith(TERMINAL):
                found += File(path, file.read_text(encoding="utf-8")).sentences()
    found += [Sentence((word,), "words") for word in WORDS]
    return tuple({sentence.texts: sentence for sentence in found}.values())


class File:
    def __init__(self, path: str, source: str) -> None:
        self.path = path
        self.tree = ast.parse(source)
        self.errors = _ERRORS
        self.module = _assignments(self.tree.body)

    def sentences(self) -> Iterator[Sentence]:
        yield from self._inside(self.tree, {})

    def _inside(self, scope: ast.AST, names: dict[str, list[ast.expr]]) -> Iterator[Sentence]:
        wanted = PHRASES.get(self.path, ())
        for node in _own_nodes(scope):
            if isinstance(node, ast.FunctionDef):
                yield from self._inside(node, names | _assignments(list(ast.walk(node))))
                if node.name in wanted:
                    yield from self._phrases(node)
                if node.name in SHOWN_RETURNS:
                    for inner in ast.walk(node):
                        if isinstance(inner, ast.Return) and inner.value is not None:
                            yield from self._loose(inner.value, names, inner.lineno)
            elif isinstance(node, ast.ClassDef):
                yield from self._class(node)
            elif isinstance(node, ast.Call):
                yield from self._call(node, names)

    def _class(self, node: ast.ClassDef) -> Iterator[Sentence]:
        own = _assignments(node.body)
        if "formula" not in own:
            return
        for attribute in SAID_BY_CLASSES:
            for text in own.get(attribute, []):
                for found in self._of(text, {}, text.lineno):
                    if found.texts[0] not in PROPER_NAMES:
                        yield found

    def _call(self, node: ast.Call, names: dict[str, list[ast.expr]]) -> Iterator[Sentence]:
        called = _name_of(node.func)
        if called == "ErrorReport":
            texts = [*node.args[1:3], *_keywords(node)]
        elif called in self.errors:
            texts = [*node.args[:2], *_keywords(node)]
        elif called in STEP_CALLS and self.path.startswith("engine/") and len(node.args) > 1:
            text = node.args[1]
            if isinstance(text, ast.Call) and _name_of(text.func) in SHOWN_RETURNS:
                return
            texts = [text]
        else:
            return
        for text in texts:
            if _passes_on(text):
                continue
            found = list(self._of(text, names, node.lineno))
            if not found and not _translated(text, names):
                raise Unreadable(
                    f"{self.path}:{node.lineno}: the template of `{ast.unparse(text)}` cannot be "
                    "seen; write the sentence where the error is made"
                )
            yield from found

    def _loose(
        self, text: ast.expr, names: dict[str, list[ast.expr]], line: int
    ) -> Iterator[Sentence]:
        for found in self._of(text, names, line):
            if found.has_words:
                yield found

    def _of(
        self, text: ast.expr, names: dict[str, list[ast.expr]], line: int
    ) -> Iterator[Sentence]:
        """The templates that an expression can be; of its gaps the phrases that fill them."""
        place = f"{self.path}:{line}"
        match text:
            case ast.Constant(value=str(value)):
                yield Sentence((value,), place)
            case ast.JoinedStr(values=values):
                yield Sentence(_texts(values), place)
                for value in values:
                    if isinstance(value, ast.FormattedValue):
                        for inner in self._of(value.value, names, line):
                            if any(" " in part and inner.has_words for part in inner.texts):
                                yield inner
            case ast.IfExp(body=body, orelse=orelse):
                yield from self._of(body, names, line)
                yield from self._of(orelse, names, line)
            case ast.BoolOp(values=values):
                for value in values:
                    yield from self._of(value, names, line)
            case ast.Name(id=name):
                for value in names.get(name) or self.module.get(name, []):
                    if not (isinstance(value, ast.Name) and value.id == name):
                        yield from self._of(value, names, line)

    def _phrases(self, function: ast.FunctionDef) -> Iterator[Sentence]:
        doc = ast.get_docstring(function, clean=False)
        inside = {
            id(part)
            for node in ast.walk(function)
            if isinstance(node, ast.JoinedStr)
            for part in ast.walk(node)
            if part is not node
        }
        for node in ast.walk(function):
            if id(node) in inside or not isinstance(node, ast.JoinedStr | ast.Constant):
                continue
            for found in self._of(node, {}, node.lineno):
                said = any(" " in text.strip() for text in found.texts) or found.gaps
                if said and found.has_words and found.texts != (doc,):
                    yield found


def _own_nodes(scope: ast.AST) -> Iterator[ast.AST]:
    """Everything below `scope`, but not what lies in functions inside it."""
    for node in ast.iter_child_nodes(scope):
        yield node
        if not isinstance(node, ast.FunctionDef):
            yield from _own_nodes(node)


def _assignments(nodes: list[ast.stmt] | list[ast.AST]) -> dict[str, list[ast.expr]]:
    found: dict[str, list[ast.expr]] = {}
    for node in nodes:
        match node:
            case ast.Assign(targets=[ast.Name(id=name)], value=value):
                found.setdefault(name, []).append(value)
            case ast.AnnAssign(target=ast.Name(id=name), value=value) if value is not None:
                found.setdefault(name, []).append(value)
    return found


def _keywords(node: ast.Call) -> list[ast.expr]:
    return [word.value for word in node.keywords if word.arg in ("message", "hint")]


def _passes_on(text: ast.expr) -> bool:
    """``error.message`` says again what was said elsewhere."""
    return isinstance(text, ast.Attribute) and text.attr in ("message", "hint")


def _translated(text: ast.expr, names: dict[str, list[ast.expr]]) -> bool:
    """Whether the window's own words, already in its language, are meant: ``self.tr(…)``."""
    meant = names.get(text.id, []) if isinstance(text, ast.Name) else [text]
    calls = [node for one in meant for node in ast.walk(one) if isinstance(node, ast.Call)]
    return any(_name_of(call.func) in ("tr", "translate") for call in calls)


def _name_of(function: ast.expr) -> str:
    if isinstance(function, ast.Name):
        return function.id
    return function.attr if isinstance(function, ast.Attribute) else ""


def _texts(values: list[ast.expr]) -> Texts:
    texts = [""]
    for value in values:
        if isinstance(value, ast.Constant):
            texts[-1] += str(value.value)
        else:
            texts.append("")
    return tuple(texts)


_ERRORS = error_classes()
