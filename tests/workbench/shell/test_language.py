"""The language changes live, everywhere."""

from __future__ import annotations

import re

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAction, QFontDatabase
from PySide6.QtWidgets import (
    QAbstractButton,
    QComboBox,
    QDialogButtonBox,
    QLabel,
    QLineEdit,
    QWidget,
)

from tests.support.qt import running_application
from workbench.dialogs.preferences import PreferencesDialog
from workbench.pages import PAGES
from workbench.services.i18n import compiled, system_language
from workbench.services.preferences import LANGUAGE

# Words that stay: names, units, what the person or the model wrote.
LATIN = re.compile(r"[A-Za-z]{3,}")


def texts_of(root: QWidget) -> dict[str, str]:
    """Every text on screen below `root`: labels, buttons, hints, tooltips, accessible names."""
    found: dict[str, str] = {}
    widgets = [root, *root.findChildren(QWidget)]
    for number, widget in enumerate(widgets):
        if widget.objectName().startswith(("qt_dockwidget", "Scroll")):
            continue  # Qt's own parts of docks and tab bars
        key = f"{number} {type(widget).__name__} {widget.objectName()}"
        if isinstance(widget, QLabel | QAbstractButton):
            found[f"{key} text"] = widget.text()
        if isinstance(widget, QLineEdit):
            found[f"{key} placeholder"] = widget.placeholderText()
        if isinstance(widget, QComboBox):
            for at in range(widget.count()):
                found[f"{key} item {at}"] = widget.itemText(at)
        found[f"{key} tip"] = widget.toolTip()
        found[f"{key} name"] = widget.accessibleName()
    return {key: text for key, text in found.items() if text.strip()}


def test_the_shell_changes_language_live_and_back(shell, qtbot):
    settings, window = shell.services.settings, shell.window
    shell.services.actions.trigger("view.jobs")
    before = texts_of(window)
    with qtbot.waitSignal(shell.services.i18n.changed):
        qtbot.mouseClick(window.findChild(QWidget, "bar-view.language"), Qt.MouseButton.LeftButton)
    assert settings.get(LANGUAGE) == "zh_CN"
    after = texts_of(window)
    assert window.strip.text.text() == "没有正在运行的任务。"
    assert window.model_bar.state.text() == "未加载"
    own = ("Note", "One line", "Run the note", "Other", "teach-rope", "Lathe", "Ctrl+")
    left = {
        key: text
        for key, text in after.items()
        if text == before.get(key) and LATIN.search(text) and not any(w in text for w in own)
    }
    assert left == {}
    settings.set(LANGUAGE, "en")
    assert texts_of(window) == before


def test_the_whole_program_speaks_chinese(qapp, tmp_path, qtbot):
    """Every command, menu and page of the real program; only names and units stay Latin."""
    keep = re.compile(
        r"Ctrl|Shift|F1|Lathe|teach-\w+|tokens?|Markdown|HTML|JSONL?|CSV|RAM|GGUF|pickle|[Hh]ub|"
        r"HF_TOKEN|hf auth|https|MLP|RoPE|ALiBi|NF4|FP4|int8|CPU|float32|Enter|Return|English|"
        r"Esc|nat|Del|[Tt]op-k|[Tt]op-p|[Mm]in-p|safetensors|CoT|cpu|cuda|bfloat16|float16|sdpa|"
        r"eager|flash_attention_2|flex_attention|LlamaForCausalLM|BloomForCausalLM|softmax|YaRN|"
        r"Wanda|RIA|RI|SparseGPT|GBLM|OWL|FLAP|REAP|WIFN|Self-Extend|ReRoPE|StreamingLLM|NBCE|NTK|LoRA|"
        r"Leaky|log n|Map-reduce|SDPA|Flex|Flash 2|Alpha|"
        r"Llama 3|LongRoPE|ReLU|GELU|tanh|Swish|Sigmoid|(Re|GE|Swi)?GLU|β"
    )  # fmt: skip
    with running_application(qapp, tmp_path, PAGES) as real:
        for page in PAGES:
            real.window.show_page(page.id)
        english = texts_of(real.window)
        with qtbot.waitSignal(real.services.i18n.changed):
            real.services.settings.set(LANGUAGE, "zh_CN")
        chinese = texts_of(real.window)
        for action in real.services.actions.findChildren(QAction):
            chinese[action.objectName()] = action.text()
            english[action.objectName()] = ""
        left = {
            key: text
            for key, text in chinese.items()
            if key in english
            and LATIN.search(keep.sub("", text))
            and not re.search("[\u4e00-\u9fff]", text)
            and "QPlainTextEdit" not in key
        }
        assert not left, "\n".join(f"{key}: {text}" for key, text in left.items())
        real.services.settings.set(LANGUAGE, "en")


def test_an_open_dialog_changes_language_in_place(shell, qtbot):
    shell.services.actions.trigger("file.preferences")
    (dialog,) = shell.window.findChildren(PreferencesDialog)
    box = dialog.findChild(QComboBox, LANGUAGE.key)
    box.setCurrentIndex(box.findData("zh_CN"))
    assert dialog.windowTitle() == "首选项"
    button = dialog.findChild(QDialogButtonBox).button(QDialogButtonBox.StandardButton.Close)
    assert "关闭" in button.text()
    again = dialog.findChild(QComboBox, LANGUAGE.key)
    again.setCurrentIndex(again.findData("en"))
    assert dialog.windowTitle() == "Preferences"
    assert dialog.findChild(QDialogButtonBox).button(
        QDialogButtonBox.StandardButton.Close
    ).text().replace("&", "") == "Close"  # fmt: skip
    dialog.close()


def test_a_translation_is_compiled_when_missing_or_older(tmp_path):
    import os
    import shutil

    from engine.paths import RESOURCES

    source = tmp_path / "i18n" / "lathe_zh_CN.ts"
    source.parent.mkdir()
    shutil.copy(RESOURCES / "i18n" / "lathe_zh_CN.ts", source)
    made = compiled(source, tmp_path / "cache")
    assert made == source.with_suffix(".qm")
    assert made.stat().st_size > 1000
    os.utime(made, (1, 1))
    assert compiled(source, tmp_path / "cache").stat().st_mtime > 1


def test_the_system_language_is_one_we_speak():
    assert system_language() in ("en", "zh_CN")


def test_chinese_can_be_drawn():
    if not QFontDatabase.families(QFontDatabase.WritingSystem.SimplifiedChinese):
        pytest.skip("no Chinese font is installed here")
    from PySide6.QtGui import QFont, QFontMetrics

    assert QFontMetrics(QFont()).inFontUcs4(ord("中")) or QFontDatabase.families(
        QFontDatabase.WritingSystem.SimplifiedChinese
    )
