"""Formats, encodings and other names of the page, translated."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication

translate = QCoreApplication.translate


def shape_name(shape: str) -> str:
    """A format of test sets as the screen calls it."""
    match shape:
        case "promptfoo":
            return translate("DataFormats", "promptfoo tests")
        case "promptfoo-table":
            return translate("DataFormats", "promptfoo table")
        case "gsm8k":
            return translate("DataFormats", "GSM8K")
        case "openai-evals":
            return translate("DataFormats", "OpenAI evals")
        case "messages":
            return translate("DataFormats", "conversations")
        case "prompt-completion":
            return translate("DataFormats", "prompts with completions")
        case "big-bench":
            return translate("DataFormats", "BIG-Bench")
    return translate("DataFormats", "plain records")


def container_name(container: str) -> str:
    """How a file holds its records."""
    match container:
        case "delimited":
            return translate("DataFormats", "table")
        case "json-lines":
            return translate("DataFormats", "JSON lines")
        case "json":
            return translate("DataFormats", "JSON")
    return translate("DataFormats", "YAML")


def encoding_name(encoding: str) -> str:
    """An encoding as people write it."""
    match encoding:
        case "utf-8":
            return "UTF-8"
        case "utf-8-sig":
            return translate("DataFormats", "UTF-8 with its mark")
        case "utf-16":
            return "UTF-16"
    return translate("DataFormats", "GBK (GB18030)")
