"""The questions that the Models page asks."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication
from PySide6.QtWidgets import QWidget

from engine.models.spec import ModelEntry
from workbench.services.numbers import file_size
from workbench.views.models.question_dialog import QuestionDialog

translate = QCoreApplication.translate


def pickle_question(entry: ModelEntry, parent: QWidget) -> QuestionDialog:
    """May weights be read that can run code?"""
    return QuestionDialog(
        translate("ModelsQuestions", "Open pickle weights?"),
        translate(
            "ModelsQuestions",
            "This model has no safetensors file. Its weights are pickle files, and opening a "
            "pickle file can run any program hidden in it. Lathe reads the tensors only, but "
            "allow it only for a source that you trust. The consent is for this model, until "
            "Lathe is closed.",
        ),
        entry.path,
        translate("ModelsQuestions", "Allow for this model"),
        translate("ModelsQuestions", "I trust where this model comes from"),
        parent,
    )


def code_question(entry: ModelEntry, parent: QWidget) -> QuestionDialog:
    """May the program code that comes with a model run?"""
    return QuestionDialog(
        translate("ModelsQuestions", "Run the model's own code?"),
        translate(
            "ModelsQuestions",
            "This model cannot be read without program code that comes with it. That code runs "
            "with all your rights: it can read your files and use the network. Read it first; "
            "it lies in the folder below. The consent is for this model, until Lathe is closed.",
        ),
        entry.path,
        translate("ModelsQuestions", "Allow for this model"),
        translate("ModelsQuestions", "I have read the code and trust it"),
        parent,
    )


def remove_question(entry: ModelEntry, freed: int, parent: QWidget) -> QuestionDialog:
    """Delete a model from the hub cache?"""
    size = file_size(freed)
    return QuestionDialog(
        translate("ModelsQuestions", "Delete this model from the hub cache?"),
        translate(
            "ModelsQuestions",
            "This frees {size}. Other programs that share the cache lose the model too; it can "
            "be downloaded again.",
        ).format(size=size),
        entry.id,
        translate("ModelsQuestions", "Delete {size}").format(size=size),
        "",
        parent,
    )


def forget_question(folder: str, parent: QWidget) -> QuestionDialog:
    """Look in a folder no more?"""
    return QuestionDialog(
        translate("ModelsQuestions", "Take this folder off the list?"),
        translate(
            "ModelsQuestions",
            "Its models are no longer listed. No file is deleted; add the folder again at any "
            "time.",
        ),
        folder,
        translate("ModelsQuestions", "Take off the list"),
        "",
        parent,
    )
