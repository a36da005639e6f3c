"""`lathe compare`: one prompt or task under several techniques, on one or more models."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

import typer

from engine.commands import compare_arguments as arguments
from engine.commands.compare_documents import DocumentSearch
from engine.commands.compare_options import (
    CompareOptions,
    ModelOptions,
    PromptOptions,
    build,
    vote_rule,
)
from engine.commands.compare_show import figures, lost_columns, show, show_errors, statistics
from engine.commands.console import (
    BAD_INPUT,
    FAILURE,
    STOPPED,
    exit_code,
    note,
    opened,
    show_error,
    stop,
    watch,
)
from engine.decoding.params import Sampling
from engine.errors import BadSpec, EngineError, JobCancelled
from engine.evaluation.spec import CellResult, CompareResult, CompareSpec, VoteRule
from engine.evaluation.technique_settings import TechniqueSettings

__all__ = ["Destination", "compare", "figures", "run", "run_spec", "show"]


def compare(
    task: arguments.Task = None,
    option: arguments.TaskOption = None,
    dataset: arguments.Dataset = None,
    map: arguments.Map = None,
    items: arguments.Items = None,
    item: arguments.ItemJson = None,
    prompt_file: arguments.PromptPath = None,
    spec: arguments.SpecFile = None,
    system: arguments.System = None,
    instruction: arguments.Instruction = None,
    context: arguments.Context = None,
    input: arguments.Input = None,
    output_indicator: arguments.Indicator = None,
    examples: arguments.Examples = None,
    example: arguments.ExampleJson = None,
    documents: arguments.Documents = None,
    more_documents: arguments.MoreDocuments = None,
    passages: arguments.Passages = 3,
    rank: arguments.Rank = "hybrid",
    encoder: arguments.Encoder = "",
    var: arguments.Variable = None,
    expected: arguments.Expected = None,
    language: arguments.Language = "auto",
    techniques: arguments.Techniques = None,
    trigger: arguments.Trigger = "",
    shots: arguments.Shots = None,
    examples_as: arguments.ExamplesAs = "text",
    base: arguments.Base = "",
    paths: arguments.Paths = 0,
    vote: arguments.VoteBy = "majority",
    all_paths: arguments.AllPaths = False,
    path_temperature: arguments.PathTemperature = None,
    statements: arguments.Statements = 0,
    label: arguments.Labels = None,
    answer_trigger: arguments.AnswerTrigger = "",
    no_calibration: arguments.NoCalibration = False,
    per_token: arguments.PerToken = False,
    extract: arguments.Rules = None,
    model: arguments.Models = None,
    device: arguments.Device = "auto",
    dtype: arguments.DType = "auto",
    quantization: arguments.Quantization = "none",
    attention: arguments.Attention = "auto",
    batch_size: arguments.BatchSize = None,
    temperature: arguments.Temperature = 0.0,
    top_k: arguments.TopK = 0,
    top_p: arguments.TopP = 1.0,
    min_p: arguments.MinP = 0.0,
    repetition_penalty: arguments.Penalty = 1.0,
    max_tokens: arguments.MaxTokens = 128,
    stop_text: arguments.StopText = None,
    seed: arguments.Seed = 0,
    samples: arguments.Samples = 1,
    as_json: arguments.AsJson = False,
    report: arguments.Reports = None,
    project: arguments.ProjectPath = None,
) -> None:
    """Compare prompting techniques side by side.

    Example: lathe compare --task arithmetic --items 20 --techniques zero-shot,zero-shot-cot
    """
    options = CompareOptions(
        spec=spec,
        task=task,
        task_options=tuple(option or ()),
        prompt=PromptOptions(
            file=prompt_file,
            instruction=instruction,
            context=context,
            input=input,
            output_indicator=output_indicator,
            system=system,
            language=language,
            examples_file=examples,
            examples=tuple(example or ()),
            items=items,
            item=tuple(item or ()),
            variables=tuple(var or ()),
            expected=expected,
        ),
        techniques=techniques,
        trigger=trigger,
        shots=shots,
        examples_as=examples_as,
        settings=TechniqueSettings(
            base=base,
            samples=paths,
            vote=_vote(vote),
            stop_early=not all_paths,
            temperature=path_temperature,
            statements=statements,
            labels=tuple(label or ()),
            answer_trigger=answer_trigger,
            calibrate=not no_calibration,
            per_token=per_token,
        ),
        models=ModelOptions(
            tuple(model or ("teach-rope",)), device, dtype, quantization, attention
        ),
        sampling=Sampling(
            temperature=temperature,
            top_k=top_k,
            top_p=top_p,
            min_p=min_p,
            repetition_penalty=repetition_penalty,
            max_new_tokens=max_tokens,
            stop=tuple(stop_text or ()),
            seed=seed,
            samples=samples,
        ),
        extraction=tuple(extract or ()),
        batch_size=batch_size,
        dataset=dataset,
        mapping=tuple(map or ()),
    )
    search = DocumentSearch(
        tuple(documents or ()), tuple(more_documents or ()), passages, rank, encoder
    )
    run(options, Destination(as_json, tuple(report or ()), project), search)


def _vote(text: str) -> VoteRule:
    try:
        return vote_rule(text)
    except BadSpec as error:
        stop(error)


@dataclass(frozen=True)
class Destination:
    """Where the result goes."""

    as_json: bool = False
    reports: tuple[Path, ...] = ()
    project: Path | None = None


@dataclass
class _Heard:
    """Finished cells, kept so that a stopped run still shows what it has."""

    cells: list[CellResult] = field(default_factory=list)

    def __call__(self, part: object) -> None:
        if isinstance(part, CellResult):
            self.cells.append(part)


def run(
    options: CompareOptions, destination: Destination, search: DocumentSearch | None = None
) -> None:
    """Build the spec, run it, and show or write the result; ends with the exit code."""
    try:
        if search is not None:
            search.check()
            options = search.with_column(options)
        spec = build(options)
    except EngineError as error:
        stop(error)
    run_spec(spec, destination, search)


def run_spec(
    spec: CompareSpec, destination: Destination, search: DocumentSearch | None = None
) -> None:
    """Run a comparison, and show or write the result; ends with the exit code."""
    from engine.store.export.registry import export, format_for

    try:
        for path in destination.reports:
            format_for(path)
        spec, result, stopped = _compared(spec, destination.project, search)
        for path in destination.reports:
            export(path, spec, result)
            note(f"Written: {path}")
    except EngineError as error:
        stop(error)
    if destination.as_json:
        from engine.commands.console import print_json
        from engine.store.export.json import document

        counts = {"n": len(spec.items), "withheld": spec.withheld}
        print_json({**document(spec, result), **counts, "statistics": statistics(spec, result)})
        show_errors(spec, result.cells)
    else:
        show(spec, result)
    if result.store_error is not None:
        show_error(result.store_error)
    raise typer.Exit(STOPPED if stopped else _code(result))


def _compared(
    spec: CompareSpec, project_path: Path | None, search: DocumentSearch | None
) -> tuple[CompareSpec, CompareResult, bool]:
    """What was asked, the result, and whether the run was stopped before its end."""
    from engine.evaluation.summary import summarise

    heard = _Heard()
    with opened(project_path) as engine:
        try:
            if search is not None:
                spec = search.searched(engine, spec)
            result = watch(engine, spec, heard)
            assert isinstance(result, CompareResult)
            return spec, result, False
        except JobCancelled:
            cells = tuple(sorted(heard.cells, key=lambda cell: _order(cell)))
            note(f"Stopped; {len(cells)} finished answers are kept.")
            project = engine.resources.project
            if project is not None:
                run_id = spec.continues or project.latest_run(spec.kind)
                note(f"Go on with: lathe runs resume {run_id} --project {project_path}")
            return spec, CompareResult("", cells, summarise(spec, cells), 0.0), True


def _order(cell: CellResult) -> tuple[int, int, int, int]:
    key = cell.key
    return key.model, key.variant, key.item, key.sample


def _code(result: CompareResult) -> int:
    """0 when every column has an answer; else the code of the first error of one without."""
    for cells in lost_columns(result.cells).values():
        assert cells[0].error is not None
        return BAD_INPUT if exit_code(cells[0].error) == BAD_INPUT else FAILURE
    return 0
