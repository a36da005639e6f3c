"""`lathe inspect attention`: JSON, pictures that other programs read, tables with token labels."""

from __future__ import annotations

import csv
import json
import struct
import zlib

import numpy as np
import pytest
from typer.testing import CliRunner

from engine.cli import app
from engine.inspection.pictures import colours, grid, png, svg

TEXT = "Tom has 3 apples. He buys 4 more."


def ask(*arguments: str):
    return CliRunner().invoke(app, ["inspect", "attention", *arguments])


def unpacked(data: bytes) -> np.ndarray:
    """The pixels of an indexed PNG, read by hand."""
    assert data[:8] == b"\x89PNG\r\n\x1a\n"
    chunks, at = {}, 8
    while at < len(data):
        size, kind = struct.unpack(">I4s", data[at : at + 8])
        body = data[at + 8 : at + 8 + size]
        assert struct.unpack(">I", data[at + 8 + size : at + 12 + size])[0] == zlib.crc32(
            kind + body
        )
        chunks[kind] = body
        at += 12 + size
    width, height = struct.unpack(">II", chunks[b"IHDR"][:8])
    lines = np.frombuffer(zlib.decompress(chunks[b"IDAT"]), np.uint8).reshape(height, width + 1)
    assert not lines[:, 0].any()
    return lines[:, 1:]


def test_one_head_as_json_and_files(tmp_path):
    said = ask("--text", TEXT, "--layer", "1", "--head", "2", "--json")
    assert said.exit_code == 0, said.output
    facts = json.loads(said.stdout)
    assert "".join(facts["tokens"]) == TEXT
    assert facts["verified_error"] <= 1e-5
    (figures,) = facts["fingerprints"]
    assert (figures["layer"], figures["head"]) == (1, 2)
    count = len(facts["tokens"])
    place = tmp_path / "head.csv"
    assert ask("--text", TEXT, "--layer", "1", "--head", "2", "--out", str(place)).exit_code == 0
    with place.open(newline="", encoding="utf-8") as file:
        lines = list(csv.reader(file))
    assert lines[0][1:] == facts["tokens"] == [line[0] for line in lines[1:]]
    weights = np.array([[float(one) for one in line[1:]] for line in lines[1:]])
    np.testing.assert_allclose(weights.sum(axis=1), 1, atol=1e-5)
    place = tmp_path / "head.png"
    assert ask("--text", TEXT, "--layer", "1", "--head", "2", "--out", str(place)).exit_code == 0
    pixels = unpacked(place.read_bytes())
    factor = len(pixels) // count
    small = pixels[::factor, ::factor]
    assert small.shape == (count, count)
    assert not small[np.triu_indices(count, 1)].any()  # hidden by the mask
    assert small[np.tril_indices(count)].all()


def test_what_cannot_be_asked_ends_with_its_reason(tmp_path):
    for arguments, reason in (
        (("--stage", "logits"), "--stage logits is not known"),
        (("--out", str(tmp_path / "a.txt")), "no known ending"),
        (("--out", str(tmp_path / "a.csv")), "holds one head"),
        (("--role", "other"), "--role other is not known"),
    ):
        said = ask(*arguments)
        assert said.exit_code == 2
        assert reason in said.output


def test_colours_rise_in_lightness_and_grey_is_hidden():
    table = colours().astype(float)
    light = table[1:] @ [0.2126, 0.7152, 0.0722]
    assert np.all(np.diff(light) >= -0.5)
    assert light[-1] - light[0] > 150
    assert len(set(table[0])) == 1


def test_pictures_are_laid_out_and_named():
    small = np.arange(2 * 3 * 2 * 2, dtype=np.uint8).reshape(2, 3, 2, 2)
    whole = grid(small, gap=1)
    assert whole.shape == (5, 8)
    np.testing.assert_array_equal(whole[3:5, 3:5], small[1, 1])
    np.testing.assert_array_equal(unpacked(png(whole, smallest=16))[::2, ::2], whole)
    text = svg(small[0, 0], ("<a>", "b"), ("c", "d"), "x & y", "scale")
    assert "&lt;a&gt;" in text
    assert "x &amp; y" in text
    assert text.count("<text") == 6


@pytest.mark.parametrize("ending", ["npz", "svg"])
def test_all_heads_as_arrays_and_as_an_atlas(tmp_path, ending):
    place = tmp_path / f"all.{ending}"
    assert ask("--text", TEXT, "--out", str(place)).exit_code == 0
    if ending == "svg":
        assert place.read_text(encoding="utf-8").startswith("<svg")
        return
    with np.load(place) as found:
        assert found["softmax"].shape[:2] == (4, 6)
        assert list(found["layers"]) == [0, 1, 2, 3]
        np.testing.assert_allclose(found["softmax"].sum(axis=-1), 1, atol=1e-5)
