"""The options of `lathe compare`, each with its help, grouped as the help page shows them."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

_PROMPT, _ASK, _MODEL, _SAMPLE, _OUTPUT = "Prompt", "Techniques", "Models", "Sampling", "Output"


def _in(panel: str, text: str, *names: str) -> typer.models.OptionInfo:
    option: typer.models.OptionInfo = typer.Option(*names, help=text, rich_help_panel=panel)
    return option


Task = Annotated[str | None, _in(_PROMPT, "A built-in task set, e.g. arithmetic.")]
TaskOption = Annotated[list[str] | None, _in(_PROMPT, "An option of the task, e.g. steps=5.")]
Items = Annotated[
    str | None,
    _in(_PROMPT, "With --task or --dataset: how many. Else a CSV, TSV or JSONL file of items."),
]
Dataset = Annotated[
    Path | None, _in(_PROMPT, "A test set: CSV, TSV, JSONL, JSON, promptfoo YAML or CSV, …")
]
Map = Annotated[
    list[str] | None,
    _in(_PROMPT, "What a column of the set is: input=…, expected=…, id=…, steps=…", "--map"),
]
ItemJson = Annotated[list[str] | None, _in(_PROMPT, "One item as JSON: id, variables, expected.")]
PromptPath = Annotated[Path | None, _in(_PROMPT, "A saved prompt.")]
SpecFile = Annotated[str | None, _in(_PROMPT, "A saved comparison (JSON); - reads it.")]
System = Annotated[str | None, _in(_PROMPT, "The system message.")]
Instruction = Annotated[str | None, _in(_PROMPT, "What to do.")]
Context = Annotated[str | None, _in(_PROMPT, "What to know.")]
Input = Annotated[str | None, _in(_PROMPT, "The question; may hold {{variables}}.")]
Indicator = Annotated[str | None, _in(_PROMPT, "How the answer should look.")]
Examples = Annotated[Path | None, _in(_PROMPT, "Examples: a CSV, TSV or JSONL file.")]
ExampleJson = Annotated[
    list[str] | None, _in(_PROMPT, "One example as JSON: input, output, reasoning.")
]
Documents = Annotated[
    list[Path] | None,
    _in(
        _PROMPT,
        "Documents (.txt, .md, .html, .pdf, .docx) as external knowledge. The column "
        "retrieved-knowledge reads the passages found for its question; where no column is one, "
        "every column does.",
        "--documents",
    ),
]
MoreDocuments = Annotated[
    list[Path] | None,
    typer.Argument(help="More documents: --documents a.txt b.pdf c.docx.", show_default=False),
]
Passages = Annotated[int, _in(_PROMPT, "Most passages per question.")]
Rank = Annotated[str, _in(_PROMPT, "How passages are found: hybrid, bm25 or embeddings.")]
Encoder = Annotated[
    str, _in(_PROMPT, "Folder of a sentence-transformers model; empty = the model's own states.")
]
Variable = Annotated[list[str] | None, _in(_PROMPT, "A variable, name=value.")]
Expected = Annotated[str | None, _in(_PROMPT, "The expected answer.")]
Language = Annotated[str, _in(_PROMPT, "en, zh, or auto: as the test set is written.")]

Techniques = Annotated[
    str | None,
    _in(
        _ASK,
        "Columns, separated by commas: zero-shot, few-shot, few-shot-cot, zero-shot-cot, "
        "self-consistency, generated-knowledge, retrieved-knowledge, label-likelihood, "
        "two-stage.",
    ),
]
Trigger = Annotated[str, _in(_ASK, "The sentence that asks for steps.")]
Shots = Annotated[int | None, _in(_ASK, "Most examples to show.")]
ExamplesAs = Annotated[str, _in(_ASK, "Examples as text or as turns.")]
Base = Annotated[str, _in(_ASK, "What a composed technique builds on, e.g. few-shot-cot.")]
Paths = Annotated[int, _in(_ASK, "Self-consistency: paths per item; 0 = 9.")]
VoteBy = Annotated[str, _in(_ASK, "Votes by majority, or weighted by the paths' probability.")]
AllPaths = Annotated[bool, _in(_ASK, "Let every path end, even when the vote is decided.")]
PathTemperature = Annotated[float | None, _in(_ASK, "Temperature of the paths; default 0.7.")]
Statements = Annotated[int, _in(_ASK, "Generated knowledge: statements to sample; 0 = 5.")]
Labels = Annotated[
    list[str] | None,
    _in(_ASK, "A candidate answer; repeat for all. Default: the expected answers.", "--label"),
]
AnswerTrigger = Annotated[str, _in(_ASK, "What asks for the answer, or stands before a label.")]
NoCalibration = Annotated[
    bool, _in(_ASK, "Labels: leave the prior of an empty input aside.", "--no-calibration")
]
PerToken = Annotated[bool, _in(_ASK, "Labels: compare the mean log-probability of a token.")]
Rules = Annotated[
    list[str] | None,
    _in(_ASK, "Rules that read the answer, the first counts: last-answer, exact, regex:…"),
]

Models = Annotated[list[str] | None, _in(_MODEL, "A model; repeat for several.")]
Device = Annotated[str, _in(_MODEL, "auto, cpu, cuda, cuda:0, …")]
DType = Annotated[str, _in(_MODEL, "auto, float32, bfloat16 or float16.")]
Quantization = Annotated[str, _in(_MODEL, "none, nf4, fp4 or int8.")]
Attention = Annotated[str, _in(_MODEL, "auto, sdpa, eager, …")]
BatchSize = Annotated[int | None, _in(_MODEL, "Most answers at a time; 1 = each alone.")]

Temperature = Annotated[float, _in(_SAMPLE, "0 = always the likeliest token.")]
TopK = Annotated[int, _in(_SAMPLE, "Keep the k likeliest tokens; 0 = all.")]
TopP = Annotated[float, _in(_SAMPLE, "Keep this share of probability.")]
MinP = Annotated[float, _in(_SAMPLE, "Drop tokens below this share of the likeliest.")]
Penalty = Annotated[float, _in(_SAMPLE, "On tokens already said; 1 = none.")]
MaxTokens = Annotated[int, _in(_SAMPLE, "Longest answer.")]
StopText = Annotated[list[str] | None, _in(_SAMPLE, "A text that ends an answer.", "--stop")]
Seed = Annotated[int, _in(_SAMPLE, "Of noise and exercises.")]
Samples = Annotated[int, _in(_SAMPLE, "Answers per item.")]

AsJson = Annotated[bool, _in(_OUTPUT, "Print JSON and nothing else.", "--json")]
Reports = Annotated[list[Path] | None, _in(_OUTPUT, "Write .html, .md, .json or .csv.", "--out")]
ProjectPath = Annotated[Path | None, _in(_OUTPUT, "Keep the run in this project.")]
