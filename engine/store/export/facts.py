"""What every report must carry: environment, seeds, sampling and extraction rules."""

from __future__ import annotations

from dataclasses import replace

from engine.decoding.params import Sampling
from engine.evaluation.external import knowledge_of, passages_sent
from engine.evaluation.plan import sampling_of
from engine.evaluation.spec import CellResult, CompareResult, CompareSpec, Provenance, Vote


def environments(result: CompareResult) -> tuple[Provenance, ...]:
    """The distinct environments of a result, whatever their batch sizes, in order of use."""
    found: list[Provenance] = []
    for cell in result.cells:
        if cell.provenance is not None:
            one = replace(cell.provenance, batch_size=0)
            if one not in found:
                found.append(one)
    return tuple(found)


def sampling_facts(spec: CompareSpec) -> tuple[tuple[str, str], ...]:
    """How tokens were chosen and answers read, as name and value."""
    sampling = spec.sampling
    chosen = "greedy" if sampling.temperature == 0 else f"temperature {sampling.temperature:g}"
    facts = [
        ("Sampling", chosen),
        ("Seed", str(sampling.seed)),
        ("Samples per item", str(sampling.samples)),
        ("Most new tokens", str(sampling.max_new_tokens)),
        ("Extraction rules", ", ".join(spec.extraction)),
    ]
    if spec.withheld:
        facts.append(("Items kept as examples, asked in no column", str(spec.withheld)))
    filters = {
        "top-k": (sampling.top_k, 0),
        "top-p": (sampling.top_p, 1.0),
        "min-p": (sampling.min_p, 0.0),
        "repetition penalty": (sampling.repetition_penalty, 1.0),
    }
    used = [f"{name} {value:g}" for name, (value, off) in filters.items() if value != off]
    if used:
        facts.append(("Filters", ", ".join(used)))
    for variant in spec.variants:
        own = sampling_of(spec, variant)
        if own != sampling:
            facts.append((f"Sampling of {variant.label}", _own_sampling(own)))
    if sampling.stop:
        facts.append(("Stop texts", ", ".join(map(repr, sampling.stop))))
    return tuple(facts)


def _own_sampling(own: Sampling) -> str:
    chosen = "greedy" if own.temperature == 0 else f"temperature {own.temperature:g}"
    return f"{chosen}, {own.samples} samples, seed {own.seed}, {own.max_new_tokens} tokens at most"


def environment_facts(
    one: Provenance, result: CompareResult | None = None
) -> tuple[tuple[str, str], ...]:
    """One environment as name and value; with a result, the batch sizes of its cells too."""
    sizes = sorted(
        {
            cell.provenance.batch_size
            for cell in (result.cells if result is not None else ())
            if cell.provenance is not None and replace(cell.provenance, batch_size=0) == one
        }
    )
    packages = ", ".join(f"{name} {version}" for name, version in one.packages.items())
    facts = (
        ("Model", one.model),
        ("Revision", one.revision),
        ("Weights SHA-256", one.weights_sha),
        ("Edits", ", ".join(one.edits) or "none"),
        ("Device", one.device),
        ("Number format", one.dtype),
        ("Quantisation", one.quantization),
        ("Attention", one.attention),
        ("Batch sizes", ", ".join(map(str, sizes))),
        ("Seed policy", one.seed_policy),
        ("Packages", packages),
    )
    return tuple((name, value) for name, value in facts if value)


def statistics_of(spec: CompareSpec, result: CompareResult) -> tuple[tuple[str, str], ...]:
    """Intervals, tests and verdicts as name and value; nothing for a single item.

    Imports scipy on first use.
    """
    if len(spec.items) < 2:
        return ()
    from engine.evaluation.statistics.comparison import compare_variants
    from engine.evaluation.statistics.facts import statistics_facts

    found = compare_variants(spec, result.cells, result.votes)
    return statistics_facts(found) if any(one.n for one in found.standings) else ()


def passages_of(spec: CompareSpec, cell: CellResult) -> tuple[tuple[str, str], ...]:
    """The passages of documents in a cell's prompt: where each stands, and its text."""
    knowledge = knowledge_of(spec, spec.variants[cell.key.variant])
    return tuple(
        (knowledge.source(number), knowledge.passages[number].text)
        for number in passages_sent(cell)
    )


def knowledge_facts(spec: CompareSpec) -> tuple[tuple[str, str], ...]:
    """What was looked through for passages, and how; nothing without documents."""
    knowledge = spec.knowledge
    if not knowledge:
        return ()
    facts = [
        ("Documents", ", ".join(one.name for one in knowledge.documents)),
        ("Passages looked through", f"{knowledge.indexed:,}"),
        ("Most passages per question", str(knowledge.top)),
        ("Passages ranked by", knowledge.rank),
        ("Encoder", knowledge.encoder),
        ("Passages read by", "every column" if knowledge.everywhere else "retrieved-knowledge"),
        ("Notes on documents", " ".join(knowledge.notes)),
    ]
    return tuple((name, value) for name, value in facts if value)


def vote_text(vote: Vote) -> str:
    """``8 wins with 5 of 9 (majority); 12: 3; 1 without an answer``."""
    if vote.winner is None:
        return f"no valid answer in {vote.samples} samples"
    others = [
        f"{answer}: {count}" for answer, count in vote.counts.items() if answer != vote.winner
    ]
    parts = [
        f"{vote.winner} wins with {vote.counts.get(vote.winner, 0)} of {vote.samples}"
        f" ({vote.decided_by})",
        *others,
    ]
    if vote.invalid:
        parts.append(f"{vote.invalid} without an answer")
    if vote.stopped_early:
        parts.append(f"stopped early, {vote.planned} planned")
    return "; ".join(parts)


def sample_text(spec: CompareSpec, cell: CellResult) -> str:
    """Which sample of several a cell is, for a heading."""
    several = sampling_of(spec, spec.variants[cell.key.variant]).samples > 1
    dropped = ", not needed by the vote" if cell.dropped else ""
    return f" · sample {cell.key.sample + 1}{dropped}" if several else ""


def verdict(correct: bool | None) -> str:
    """Right, wrong or unknown, in a word."""
    return {True: "right", False: "wrong", None: "unknown"}[correct]


def percent(share: float | None) -> str:
    """An accuracy, or a dash when nothing was scored."""
    return "–" if share is None else f"{100 * share:.1f} %"
