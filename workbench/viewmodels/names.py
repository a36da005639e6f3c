"""Translated names of techniques, tasks, elements, rules and ends of an answer."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication


def technique_name(technique: str) -> str:
    """A technique as the screen calls it."""
    match technique:
        case "zero-shot":
            return QCoreApplication.translate("Techniques", "Zero-shot")
        case "few-shot":
            return QCoreApplication.translate("Techniques", "Few-shot")
        case "few-shot-cot":
            return QCoreApplication.translate("Techniques", "Few-shot CoT")
        case "zero-shot-cot":
            return QCoreApplication.translate("Techniques", "Zero-shot CoT")
        case "self-consistency":
            return QCoreApplication.translate("Techniques", "Self-consistency")
        case "generated-knowledge":
            return QCoreApplication.translate("Techniques", "Generated knowledge")
        case "retrieved-knowledge":
            return QCoreApplication.translate("Techniques", "Retrieved knowledge")
        case "label-likelihood":
            return QCoreApplication.translate("Techniques", "Label likelihood")
        case "two-stage":
            return QCoreApplication.translate("Techniques", "Two-stage CoT")
    return technique


def technique_hint(technique: str) -> str:
    """One sentence about a technique, with its source."""
    match technique:
        case "zero-shot":
            return QCoreApplication.translate("Techniques", "The question as it is, no examples.")
        case "few-shot":
            return QCoreApplication.translate(
                "Techniques",
                "Examples with their answers come before the question (Brown et al. 2020).",
            )
        case "few-shot-cot":
            return QCoreApplication.translate(
                "Techniques", "The examples show their steps, too (Wei et al. 2022)."
            )
        case "zero-shot-cot":
            return QCoreApplication.translate(
                "Techniques", "One sentence asks for the steps (Kojima et al. 2022)."
            )
        case "self-consistency":
            return QCoreApplication.translate(
                "Techniques",
                "Several sampled paths vote for the answer (Wang et al. 2022).",
            )
        case "generated-knowledge":
            return QCoreApplication.translate(
                "Techniques",
                "The model states what it knows first, then answers with it (Liu et al. 2022).",
            )
        case "retrieved-knowledge":
            return QCoreApplication.translate(
                "Techniques",
                "Passages of your documents, found for the question, stand in the context "
                "(Lewis et al. 2020).",
            )
        case "label-likelihood":
            return QCoreApplication.translate(
                "Techniques",
                "No sampling: the likeliest of the known labels is the answer.",
            )
        case "two-stage":
            return QCoreApplication.translate(
                "Techniques",
                "Steps first, then a second question draws the answer (Kojima et al. 2022).",
            )
    return ""


def model_name(model_id: str) -> str:
    """The last part of a model's folder or repository."""
    return model_id.replace("\\", "/").rstrip("/").rsplit("/", 1)[-1] or model_id


def model_title(model_id: str) -> str:
    """A folder by its last part; a hub repository or a teaching model in full."""
    flat = model_id.replace("\\", "/")
    return model_name(model_id) if flat.startswith("/") or flat[1:3] == ":/" else model_id


def column_title(technique: str, name: str) -> str:
    """A column's own name, or its technique with its number when that stands there twice."""
    if name and not name.startswith(technique):
        return technique_name(name)
    title = technique_name(technique)
    number = name.removeprefix(technique).strip() if name else ""
    return f"{title} {number}".strip()


def task_name(task: str) -> str:
    """A task preset as the screen calls it."""
    match task:
        case "story":
            return QCoreApplication.translate("Tasks", "Story problem (sample)")
        case "summarisation":
            return QCoreApplication.translate("Tasks", "Summarisation")
        case "extraction":
            return QCoreApplication.translate("Tasks", "Information extraction")
        case "question-answering":
            return QCoreApplication.translate("Tasks", "Question answering")
        case "classification":
            return QCoreApplication.translate("Tasks", "Classification")
        case "conversation":
            return QCoreApplication.translate("Tasks", "Conversation")
        case "code":
            return QCoreApplication.translate("Tasks", "Code generation")
        case "reasoning":
            return QCoreApplication.translate("Tasks", "Reasoning")
        case "rule":
            return QCoreApplication.translate("Tasks", "Rule from examples")
    return QCoreApplication.translate("Tasks", "My own prompt")


def task_set_name(task: str) -> str:
    """A generator of the teaching world as a test set."""
    match task:
        case "arithmetic":
            return QCoreApplication.translate("TaskSets", "Arithmetic stories")
        case "arithmetic-hard":
            return QCoreApplication.translate("TaskSets", "Harder arithmetic stories")
        case "comparison":
            return QCoreApplication.translate("TaskSets", "Comparing cities")
        case "key":
            return QCoreApplication.translate("TaskSets", "Finding a key")
        case "rewrite":
            return QCoreApplication.translate("TaskSets", "Rewriting a prompt")
        case "critique":
            return QCoreApplication.translate("TaskSets", "Criticising a prompt")
    name = task_name(task)
    return name if name != task_name("") else task


def element_name(element: str) -> str:
    """An element of the prompt as the screen calls it."""
    match element:
        case "system":
            return QCoreApplication.translate("Elements", "System prompt")
        case "instruction":
            return QCoreApplication.translate("Elements", "Instruction")
        case "context":
            return QCoreApplication.translate("Elements", "Context")
        case "examples" | "example":
            return QCoreApplication.translate("Elements", "Examples")
        case "input":
            return QCoreApplication.translate("Elements", "Input")
        case "output_indicator" | "output-indicator":
            return QCoreApplication.translate("Elements", "Output indicator")
        case "expected":
            return QCoreApplication.translate("Elements", "Expected answer")
        case "trigger":
            return QCoreApplication.translate("Elements", "Trigger")
    return element


def element_ghost(element: str) -> str:
    """What an empty field says."""
    match element:
        case "system":
            return QCoreApplication.translate(
                "Elements", "Who the model should be. Most prompts need none."
            )
        case "instruction":
            return QCoreApplication.translate("Elements", "What should the model do?")
        case "context":
            return QCoreApplication.translate("Elements", "Facts or documents to work with.")
        case "input":
            return QCoreApplication.translate(
                "Elements", "The question or text itself. Write {{name}} for a variable."
            )
        case "output_indicator":
            return QCoreApplication.translate(
                "Elements", "How the answer should begin or look, e.g. “Answer:”."
            )
        case "expected":
            return QCoreApplication.translate(
                "Elements", "The right answer, if you know it. Never sent."
            )
    return ""


def rule_name(rule: str) -> str:
    """An extraction rule as the screen calls it."""
    match rule:
        case "last-answer":
            return QCoreApplication.translate("Rules", "last stated answer")
        case "first-answer":
            return QCoreApplication.translate("Rules", "first stated answer")
        case "last-number":
            return QCoreApplication.translate("Rules", "last number")
        case "gsm8k-strict":
            return QCoreApplication.translate("Rules", "number after ####")
        case "gsm8k-flexible":
            return QCoreApplication.translate("Rules", "last number, GSM8K style")
        case "option-letter":
            return QCoreApplication.translate("Rules", "option letter")
        case "yes-no":
            return QCoreApplication.translate("Rules", "yes or no")
        case "exact":
            return QCoreApplication.translate("Rules", "whole answer")
        case "asserts":
            return QCoreApplication.translate("Rules", "the set's own checks")
        case "two-stage":
            return QCoreApplication.translate("Rules", "two-stage (Kojima)")
        case "label-likelihood":
            return QCoreApplication.translate("Rules", "label by likelihood")
    return rule


def finish_name(reason: str) -> str:
    """Why an answer ended."""
    match reason:
        case "stop-token":
            return QCoreApplication.translate("Finish", "ended by itself")
        case "stop-text":
            return QCoreApplication.translate("Finish", "ended at a stop text")
        case "length":
            return QCoreApplication.translate("Finish", "cut at the token limit")
        case "context":
            return QCoreApplication.translate("Finish", "cut at the end of the context")
        case "cancelled":
            return QCoreApplication.translate("Finish", "stopped")
    return reason
