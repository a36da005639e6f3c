"""What every `lathe why …` takes: a prompt or a task as `lathe compare` does, and an answer."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from pathlib import Path
from typing import Annotated, cast, get_args, get_type_hints

import typer

from engine.commands import compare_arguments as arguments
from engine.commands.compare_options import CompareOptions, ModelOptions, PromptOptions, build
from engine.decoding.params import Sampling
from engine.errors import BadSpec
from engine.evaluation.evidence.order_spec import OrderSpec
from engine.evaluation.evidence.spec import AnswerSource
from engine.evaluation.spec import CompareSpec
from engine.prompting.strategies.registry import technique_class

Answer = Annotated[str, typer.Option(help="Which answer: auto, expected or given.")]
Form = Annotated[str, typer.Option(help="How the expected answer is said, e.g. '#### {answer}'.")]


@dataclass(frozen=True)
class Asked:
    """The comparison that the options describe, the answer that is meant, and where it is kept."""

    compare: CompareSpec
    answer: AnswerSource
    form: str
    project: Path | None = None

    def column(self, with_examples: bool = False) -> int:
        """The column to explain: the first that shows examples, or else the first."""
        for number, variant in enumerate(self.compare.variants):
            if technique_class(variant.technique).uses_examples:
                return number
        for number in range(len(self.compare.variants)):  # a composed one shows those of its base
            if OrderSpec(compare=self.compare, variant=number).shown():
                return number
        if with_examples:
            raise BadSpec("No technique shows examples.", "Choose --techniques few-shot.")
        return 0


def _asked(
    task: arguments.Task = None,
    option: arguments.TaskOption = None,
    items: arguments.Items = None,
    item: arguments.ItemJson = None,
    dataset: arguments.Dataset = None,
    map: arguments.Map = None,
    prompt_file: arguments.PromptPath = None,
    spec: arguments.SpecFile = None,
    system: arguments.System = None,
    instruction: arguments.Instruction = None,
    context: arguments.Context = None,
    input: arguments.Input = None,
    output_indicator: arguments.Indicator = None,
    examples: arguments.Examples = None,
    example: arguments.ExampleJson = None,
    var: arguments.Variable = None,
    expected: arguments.Expected = None,
    language: arguments.Language = "auto",
    techniques: arguments.Techniques = None,
    trigger: arguments.Trigger = "",
    shots: arguments.Shots = None,
    examples_as: arguments.ExamplesAs = "text",
    extract: arguments.Rules = None,
    answer: Answer = "auto",
    form: Form = "",
    model: arguments.Models = None,
    device: arguments.Device = "auto",
    dtype: arguments.DType = "auto",
    quantization: arguments.Quantization = "none",
    attention: arguments.Attention = "auto",
    max_tokens: arguments.MaxTokens = 128,
    seed: arguments.Seed = 0,
    project: arguments.ProjectPath = None,
) -> Asked:
    """Options to a comparison; without any, the built-in demonstration."""
    if answer not in get_args(AnswerSource):
        raise BadSpec(f"--answer {answer} is not known.", "Choose auto, expected or given.")
    prompt = PromptOptions(
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
    )
    models = ModelOptions(tuple(model or ("teach-rope",)), device, dtype, quantization, attention)
    source = cast(AnswerSource, answer)
    if spec is None and task is None and dataset is None and not prompt.given():
        return Asked(_demonstration(items, language, seed, models), source, form, project)
    options = CompareOptions(
        spec=spec,
        task=task,
        task_options=tuple(option or ()),
        prompt=prompt,
        techniques=techniques,
        trigger=trigger,
        shots=shots,
        examples_as=examples_as,
        models=models,
        sampling=Sampling(max_new_tokens=max_tokens, seed=seed),
        extraction=tuple(extract or ()),
        dataset=dataset,
        mapping=tuple(map or ()),
    )
    return Asked(build(options), source, form, project)


def _demonstration(
    items: str | None, language: str, seed: int, models: ModelOptions
) -> CompareSpec:
    from engine.evaluation.evidence.demonstration import contradicted

    amount = items or "24"
    if not amount.isdecimal() or int(amount) < 1:
        raise BadSpec(f"--items {amount} is no number of questions.", "Give a number above 0.")
    return contradicted(
        "zh" if language.startswith("zh") else "en", int(amount), seed=seed, models=models.refs()
    )


def asking(command: Callable[..., None]) -> Callable[..., None]:
    """A command whose first parameter, an `Asked`, becomes the options of `_asked`.

    Errors of the options end the command as its own do.
    """
    from engine.commands.console import stop
    from engine.errors import EngineError

    shared = inspect.signature(_asked).parameters
    hints = get_type_hints(_asked, include_extras=True)
    own = list(inspect.signature(command).parameters.values())[1:]
    own_hints = get_type_hints(command, include_extras=True)

    @wraps(command)
    def run(**values: object) -> None:
        try:
            asked = _asked(**{name: values.pop(name) for name in shared})  # type: ignore[arg-type]
            command(asked, **values)
        except EngineError as error:
            stop(error)

    parameters = [one.replace(annotation=hints[one.name]) for one in shared.values()]
    parameters += [one.replace(annotation=own_hints[one.name]) for one in own]
    run.__signature__ = inspect.Signature(parameters)  # type: ignore[attr-defined]
    run.__annotations__ = {one.name: one.annotation for one in parameters}
    return run
