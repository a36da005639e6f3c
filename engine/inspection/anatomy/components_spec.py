"""What each component buys, as a job: the loss of a model with one of its parts taken out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Final, Literal

from engine.errors import BadSpec
from engine.evaluation.evidence.spec import Figure
from engine.evaluation.spec import Provenance
from engine.jobs.spec import Spec
from engine.models.reference import ModelRef
from engine.prompting.elements import Language

Component = Literal["position", "attention", "mlp", "norm", "final-norm"]
COMPONENTS: Final[tuple[Component, ...]] = ("position", "attention", "mlp", "norm", "final-norm")
MOST_ITEMS: Final = 2000


@dataclass(frozen=True)
class ComponentsSpec(Spec):
    """Take out each component, in all layers and layer by layer, and read the loss.

    Without a text the teaching tasks are read: the loss is that of the right answer after its
    prompt. With a text, each of its lines is one item and every token but the first is predicted.
    Returns a `ComponentsResult`; publishes a `ComponentLoss` each time.

    Attributes:
        model: A model that continues texts.
        text: Lines to be read instead of teaching tasks; empty = the tasks.
        tasks: Teaching tasks; empty = the base tasks.
        language: Of the tasks.
        items: Held-out items per task.
        components: Which components.
        by_layer: Also each layer by itself.
        seed: Chooses the items.
    """

    kind: ClassVar[str] = "anatomy-components"

    model: ModelRef = ModelRef()
    text: str = ""
    tasks: tuple[str, ...] = ()
    language: Language = "en"
    items: int = 6
    components: tuple[Component, ...] = COMPONENTS
    by_layer: bool = True
    seed: int = 0

    def title(self) -> str:
        return f"Components of {self.model.id}"

    def check(self) -> None:
        if not 1 <= self.items <= MOST_ITEMS:
            raise BadSpec(
                f"{self.items} items per task cannot be read.",
                "Choose 1 to 2000 items per task.",
            )
        if not self.components:
            raise BadSpec("No component is chosen.", "Choose at least one.")


@dataclass(frozen=True)
class ComponentLoss:
    """The loss with one component taken out.

    Attributes:
        component: Which.
        layer: From 0; -1 = in every layer.
        loss: Nats per predicted token, mean over items; None where numbers overflowed.
        rise: Loss minus the whole model's on the same items, paired; None likewise.
        overflowed: Items on which the model's numbers grew beyond what its format holds.
    """

    component: Component
    layer: int
    loss: Figure | None
    rise: Figure | None
    overflowed: int = 0


@dataclass(frozen=True)
class ComponentsResult:
    """Everything that was read.

    Attributes:
        whole: Loss of the whole model.
        losses: With one component taken out each.
        layers: Layers of the model.
        items: Items that were read.
        tokens: Predicted tokens in all.
        restored: Whether the logits of the first items are bit for bit what they were before.
        missing: Components that this model does not have.
        provenance: Model, dtype, device.
    """

    whole: Figure
    losses: tuple[ComponentLoss, ...]
    layers: int
    items: int
    tokens: int
    restored: bool
    missing: tuple[Component, ...]
    provenance: Provenance

    def everywhere(self) -> tuple[ComponentLoss, ...]:
        """Those taken out of all layers at once."""
        return tuple(one for one in self.losses if one.layer < 0)
