"""The usual names of columns, in both languages."""

from __future__ import annotations

from typing import Final

from engine.prompting import examples

INPUT_NAMES: Final = (
    *examples.INPUT_NAMES, "query", "problem", "sentence", "passage", "instruction", "提问", "句子",
)  # fmt: skip
EXPECTED_NAMES: Final = (
    "expected", "target", "golden", "gold", "answer", "ideal", "label", "output", "completion",
    "correct_answer", "correct", "solution", "reference", "ground_truth", "best_answer", "response",
    "y", "__expected", "标准答案", "参考答案", "正确答案", "答案", "标签", "期望", "输出",
)  # fmt: skip
ID_NAMES: Final = (
    *examples.ID_NAMES, "qid", "uid", "uuid", "key", "question_id", "task_id", "item_id", "index",
    "idx", "no", "题号", "序号",
)  # fmt: skip
STEPS_NAMES: Final = (*examples.REASONING_NAMES, "chain_of_thought", "思路", "解析")
KNOWN_COLUMNS: Final = frozenset((*INPUT_NAMES, *EXPECTED_NAMES, *ID_NAMES, *STEPS_NAMES))
