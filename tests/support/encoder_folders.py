"""Folders as sentence-transformers saves them, around a tiny random encoder."""

from __future__ import annotations

import json

from tests.support.tiny_models import save_tiny


def sentence_folder(folder, kinds=("Transformer", "Pooling", "Normalize"), mode="cls_token"):
    save_tiny("bert", folder)
    modules = [
        {"idx": at, "name": str(at), "path": "" if at == 0 else f"{at}_{kind}",
         "type": f"sentence_transformers.models.{kind}"}
        for at, kind in enumerate(kinds)
    ]  # fmt: skip
    (folder / "modules.json").write_text(json.dumps(modules))
    (folder / "1_Pooling").mkdir()
    modes = {f"pooling_mode_{mode}": True, "pooling_mode_max_tokens": False}
    (folder / "1_Pooling" / "config.json").write_text(json.dumps(modes))
    prompts = {"prompts": {"query": "query: ", "document": ""}}
    (folder / "config_sentence_transformers.json").write_text(json.dumps(prompts))
    return folder
