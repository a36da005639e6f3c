"""`lathe why`: which part of a prompt did it, what changes under another, and how sure that is."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Annotated, Final, cast, get_args

import typer
from rich.box import SIMPLE_HEAD
from rich.markup import escape
from rich.table import Table

from engine.commands.console import note, out, print_json, run_job
from engine.commands.why_options import Asked, asking
from engine.errors import BadSpec, ErrorReport
from engine.evaluation.evidence.attribute_spec import METHODS, AttributeSpec, Attribution, Method
from engine.evaluation.evidence.cross_spec import CrossResult, CrossSpec
from engine.evaluation.evidence.order_spec import OrderResult, OrderSpec, SweepKind
from engine.evaluation.evidence.states_spec import StatesResult, StatesSpec
from engine.models.reference import Quantization

if TYPE_CHECKING:
    from pathlib import Path

    from engine.evaluation.evidence.spec import EvidenceSpec, Figure, Reason
    from engine.store.results import Evidence

app = typer.Typer(
    help="Why an answer came out: evidence token by token. Without a prompt or task, a "
    "demonstration: few-shot examples of which one is wrong."
)

Json = Annotated[bool, typer.Option("--json", help="Print JSON and nothing else.")]


REASONS: Final[dict[Reason, str]] = {
    "failed": "failed",
    "knowledge": "states its own knowledge",
    "votes": "several answers vote",
    "likelihood": "scores labels",
    "two-stage": "asks in two stages",
}


@app.command()
@asking
def attribute(
    asked: Asked,
    methods: Annotated[str, typer.Option(help=f"Of: {', '.join(METHODS)}.")] = ",".join(METHODS),
    as_json: Json = False,
) -> None:
    """Which element or example made the answer: leave-one-out, attention, gradient × input."""
    names = tuple(name.strip() for name in methods.split(",") if name.strip())
    if unknown := [name for name in names if name not in METHODS]:
        raise BadSpec(f"There is no measure “{unknown[0]}”.", f"Choose of: {', '.join(METHODS)}.")
    spec = AttributeSpec(
        compare=asked.compare,
        answer=asked.answer,
        form=asked.form,
        variant=asked.column(),
        methods=cast("tuple[Method, ...]", names),
    )
    _answer(asked, spec, as_json)


@app.command()
@asking
def cross(asked: Asked, as_json: Json = False) -> None:
    """Read each technique's answer under each other's prompt: Δ log p and KL per token."""
    spec = CrossSpec(compare=asked.compare, answer=asked.answer, form=asked.form)
    _answer(asked, spec, as_json)


@app.command()
@asking
def order(
    asked: Asked,
    sweep: Annotated[str, typer.Option(help="order, subset or leave-one-out.")] = "order",
    size: Annotated[int, typer.Option(help="Examples per subset.")] = 2,
    most: Annotated[int, typer.Option(help="Most arrangements; more are sampled.")] = 24,
    as_json: Json = False,
) -> None:
    """The spread that the order or the choice of the examples causes."""
    if sweep not in get_args(SweepKind):
        raise BadSpec(f"--sweep {sweep} is not known.", "Choose order, subset or leave-one-out.")
    spec = OrderSpec(
        compare=asked.compare,
        answer=asked.answer,
        form=asked.form,
        variant=asked.column(with_examples=True),
        sweep=cast(SweepKind, sweep),
        size=size,
        most=most,
        seed=asked.compare.sampling.seed,
    )
    _answer(asked, spec, as_json)


@app.command()
@asking
def states(
    asked: Asked,
    state: Annotated[
        list[str] | None,
        typer.Option(help="Another load of the first model: nf4, fp4, int8; repeat for several."),
    ] = None,
    as_json: Json = False,
) -> None:
    """How far other states of a model are from it: KL per token on its own answers."""
    models = asked.compare.models
    kinds = state if state is not None else ([] if len(models) > 1 else ["nf4", "int8"])
    if unknown := [kind for kind in kinds if kind not in get_args(Quantization)]:
        raise BadSpec(f"--state {unknown[0]} is not known.", "Choose of: nf4, fp4, int8.")
    loads = tuple(
        replace(
            models[0],
            options=replace(models[0].options, quantization=cast(Quantization, kind)),
        )
        for kind in kinds
    )
    spec = StatesSpec(
        compare=replace(asked.compare, models=models + loads),
        answer=asked.answer,
        form=asked.form,
        variant=asked.column(),
    )
    _answer(asked, spec, as_json)


def _answer(asked: Asked, spec: EvidenceSpec, as_json: bool) -> None:
    """Run, and print what was found."""
    result = _run(spec, asked.project)
    _name_left_out(spec)
    if as_json:
        print_json(result)
    else:
        show(result)


def show(result: Evidence) -> None:
    """Print what a question "why" found."""
    match result:
        case Attribution():
            _show_attribution(result)
        case CrossResult():
            _show_cross(result)
        case OrderResult():
            _show_order(result)
        case StatesResult():
            _show_states(result)


def _show_attribution(result: Attribution) -> None:
    lost = {one.method for one in result.skipped}
    measures = [
        name
        for name in METHODS
        if name in lost or any(one.value(name) is not None for one in result.averages)
    ]
    table = _table("Part", *measures)
    for average in result.averages:
        example = f" {average.part.index + 1}" if average.part.element == "example" else ""
        figures = [
            _interval(average.effect) if name == "leave-one-out" else _mean(average.value(name))
            for name in measures
        ]
        table.add_row(f"{average.part.element}{example}", *figures)
    out.print(table)
    if "leave-one-out" in measures:
        out.print(
            "leave-one-out: log p of the answer with the part minus without it, nats per token; "
            "negative = it harms."
        )
    if {"attention", "rollout"} & set(measures):
        out.print("attention, rollout: shares; attention is not an explanation.")
    worst = result.most_harmful()
    if worst is not None and worst.effect is not None and worst.effect.high < 0:
        out.print(f"Most harm: {worst.part.element} {worst.part.index + 1}.")
    for skipped in result.skipped:
        note(f"{skipped.method}: {skipped.error}")


def _show_cross(result: CrossResult) -> None:
    answers = result.items[0].answers
    names = [result.variants[answer] for answer in answers]
    table = _table("Under the prompt of", *(f"answer of {name}" for name in names))
    for prompt in result.columns:
        cells = [result.mean(prompt, answer) for answer in answers]
        table.add_row(
            escape(result.variants[prompt]),
            *(f"{cell.delta.mean:+.3f} (KL {cell.kl.mean:.3f})" for cell in cells),
        )
    out.print(table)
    out.print(f"Δ log p and KL in nats per token, {len(result.items)} questions.")


def _show_order(result: OrderResult) -> None:
    table = _table("Examples", "log p per token", "likeliest")
    for one in sorted(result.arrangements, key=lambda one: -one.logprob.mean):
        shown = " ".join(str(number + 1) for number in one.order)
        table.add_row(shown, _interval(one.logprob), f"{one.likeliest:.0%}")
    out.print(table)
    out.print(
        f"log p per token: {result.worst.logprob.mean:.3f} to {result.best.logprob.mean:.3f}, "
        f"median {result.middle:.3f}; {len(result.arrangements)} of {result.possible} "
        f"arrangements, {len(result.items)} questions."
    )


def _show_states(result: StatesResult) -> None:
    table = _table("State", "KL per token", "largest", "same top", "Δ log p")
    for one in result.states:
        if one.error is not None:
            note(f"{one.model}: {one.error}")
            continue
        table.add_row(
            escape(one.model),
            _interval(one.kl),
            f"{one.max_kl:.4f}",
            f"{one.same_top:.1%}",
            _mean(one.delta),
        )
    out.print(table)
    out.print(f"Against {escape(result.reference)}, in nats; Δ log p of its answers per token.")


def _name_left_out(spec: EvidenceSpec) -> None:
    """Say which columns were not explained, and why."""
    lost = []
    for one in spec.left_out(*spec.meant()):
        name, asked = spec.compare.variants[one.variant].label, len(spec.chosen())
        share = "" if len(one.items) == asked else f", {len(one.items)} of {asked} questions"
        lost.append(f"{name} ({REASONS[one.reason]}{share})")
    if lost:
        note(f"left out: {', '.join(lost)}")


def _run(spec: EvidenceSpec, place: Path | None) -> Evidence:
    """Run, and keep the result in the project, when one is named."""

    def heard(part: object) -> None:
        if isinstance(part, ErrorReport):
            note(str(part))

    return cast("Evidence", run_job(spec, heard, "Stopped.", place))


def _table(*names: str) -> Table:
    table = Table(box=SIMPLE_HEAD, pad_edge=False, padding=(0, 2, 0, 0))
    for place, name in enumerate(names):
        table.add_column(name, justify="right" if place else "left", no_wrap=True)
    return table


def _mean(figure: Figure | None) -> str:
    return "–" if figure is None else f"{figure.mean:+.4f}"


def _interval(figure: Figure | None) -> str:
    if figure is None:
        return "–"
    return f"{figure.mean:+.4f} [{figure.low:+.3f}, {figure.high:+.3f}]"
