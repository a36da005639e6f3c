"""Methods, rules and scores as the page says them."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication

from engine.pruning.live_spec import LiveState
from engine.pruning.prune_spec import Loss
from engine.pruning.recipe import Recipe
from workbench.viewmodels.pruning_setup import Asked
from workbench.widgets.signed_tint import plain_number

translate = QCoreApplication.translate
NAMES = {
    "wanda": "Wanda", "ri": "RI", "ria": "RIA", "sparsegpt": "SparseGPT", "gblm": "GBLM",
}  # fmt: skip


def method_name(method: str) -> str:
    """A method as the screen calls it."""
    match method:
        case "magnitude":
            return translate("Pruning", "Magnitude")
        case "custom":
            return translate("Pruning", "Own score")
        case "taylor":
            return translate("Pruning", "Taylor (gradient)")
        case "dense":
            return translate("Pruning", "dense")
    return NAMES.get(method, method)


def method_hint(method: str) -> str:
    """One sentence about a method, with its source."""
    match method:
        case "magnitude":
            return translate("Pruning", "The smallest weights go; no text is read.")
        case "wanda":
            return translate(
                "Pruning",
                "Weight times the norm of its input, compared per output row (Sun et al. 2023).",
            )
        case "ri":
            return translate(
                "Pruning", "Each weight relative to its row and column (Zhang et al. 2024)."
            )
        case "ria":
            return translate(
                "Pruning",
                "Relative importance times the square root of the input's norm (Zhang et al. "
                "2024).",
            )
        case "sparsegpt":
            return translate(
                "Pruning",
                "Prunes column by column and moves the rest to make up for it (Frantar and "
                "Alistarh 2023). The slider shows Wanda's masks; Prune runs SparseGPT itself.",
            )
        case "taylor":
            return translate(
                "Pruning",
                "Weight times the loss's gradient: what the loss changes by, to first order "
                "(Molchanov et al. 2019). The slider shows Wanda's masks; Prune reads the "
                "gradients.",
            )
        case "gblm":
            return translate(
                "Pruning",
                "Wanda's score plus weight times gradient (Das et al. 2023). The slider shows "
                "Wanda's masks; Prune reads the gradients.",
            )
    return translate("Pruning", "Your own exponents, normalisation and group.")


def allocation_name(rule: str) -> str:
    """A rule of allocation as the screen calls it."""
    match rule:
        case "uniform":
            return translate("Pruning", "The same in every layer")
        case "owl":
            return translate("Pruning", "OWL: layers with outliers keep more")
        case "water":
            return translate("Pruning", "Water-filling on the error curves")
    return rule


def allocation_hint(rule: str) -> str:
    """One sentence about a rule, with its source."""
    match rule:
        case "owl":
            return translate(
                "Pruning", "Density follows the share of outlying scores (Yin et al. 2024)."
            )
        case "water":
            return translate(
                "Pruning",
                "Every matrix is cut until its next weight hurts as much as everywhere else.",
            )
    return translate("Pruning", "Every matrix gets the ratio of the slider.")


def formula(recipe: Recipe) -> str:
    """A score as it is written down."""
    size = "|W|" if recipe.u == 1 else f"|W|^{recipe.u:g}"
    if recipe.mode == "row+col":
        size = f"({size}/Σrow + {size}/Σcol)"
    if recipe.u == 0:
        size = "1" if recipe.mode == "none" else size
    norm = "" if recipe.a == 0 else " · ‖X‖" if recipe.a == 1 else f" · ‖X‖^{recipe.a:g}"
    group = (
        translate("Pruning", "per row")
        if recipe.group == "row"
        else translate("Pruning", "per matrix")
    )
    return f"S = {size}{norm}, {group}"


def percent(share: float, digits: int = 1) -> str:
    """A share in per cent: ``"49.6 %"``."""
    return f"{plain_number(100 * share, digits)} %"


def perplexity(loss: Loss | None) -> str:
    """``"1.061"``; a dash when not measured."""
    return "–" if loss is None else figure(loss.perplexity)


def figure(value: float) -> str:
    """A perplexity in about four digits."""
    return f"{value:.3f}" if value < 100 else f"{value:.4g}"


def loss_tip(loss: Loss) -> str:
    """A loss with its error and n."""
    text = translate(
        "Pruning", "{nll} ± {error} nats per token; {tokens} tokens in {windows} windows"
    )
    return text.format(
        nll=plain_number(loss.nll, 4), error=plain_number(loss.error, 4), tokens=loss.tokens,
        windows=loss.windows,
    )  # fmt: skip


def windows_of(loss: Loss, length: int) -> str:
    """How much text a perplexity is of: windows, their tokens, and those that count."""
    text = translate("Pruning", "{windows} windows of at most {length} tokens, {scored} scored")
    return text.format(windows=loss.windows, length=length, scored=loss.tokens)


def worth_name(worth: str) -> str:
    """How parts are judged, as the screen calls it."""
    match worth:
        case "wifn":
            return translate("Pruning", "weights × inputs (WIFN)")
        case "flap":
            return translate("Pruning", "fluctuation (FLAP)")
        case "magnitude":
            return translate("Pruning", "weights alone")
        case "loss":
            return translate("Pruning", "loss without the part")
    return worth


def worth_hint(worth: str) -> str:
    """One sentence about it, with its source."""
    match worth:
        case "wifn":
            return translate(
                "Pruning", "Mean |weight| of the part's outputs times the norm of its inputs."
            )
        case "flap":
            return translate(
                "Pruning", "How much the part's input fluctuates, weighted (An et al. 2024)."
            )
        case "loss":
            return translate(
                "Pruning", "Heads and layers silenced one by one; slower. Neurons as with WIFN."
            )
    return translate("Pruning", "No text is read.")


def origin(asked: Asked | None, state: LiveState) -> str:
    """Where the slider's figures come from."""
    if asked is None:
        return ""
    setup, made = asked.setup, state.provenance
    text = translate(
        "Pruning",
        "{model} ({dtype}, weights {weights}); {score}; {windows} windows of {length} tokens, seed "
        "{seed}; calibration {sha}; measured on {measured} other windows",
    )
    return text.format(
        model=made.model, dtype=made.dtype, weights=made.weights_sha[:8] or "–",
        score=formula(setup.scored_by), windows=setup.windows, length=setup.length,
        seed=setup.seed, sha=state.calibration_sha256[:16], measured=setup.measured,
    )  # fmt: skip
