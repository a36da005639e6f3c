"""A file in which zeros cost one bit: a mask of every pruned matrix, and the values that stay.

Half of the weights zero makes 9/16 of a 16-bit file. Keys of a matrix ``name`` in the
safetensors file: ``name.kept`` (values in reading order), ``name.mask`` (bits packed into uint8),
``name.shape``. All other tensors are stored as they are. Reading it back is exact.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from pathlib import Path

import numpy as np
import torch
from safetensors.torch import load_file, save_file
from torch import Tensor

FILE = "model.bitmask.safetensors"
FORMAT = "lathe-bitmask-1"
MARKS = (".kept", ".mask", ".shape")


def pack(name: str, weight: Tensor) -> dict[str, Tensor]:
    """The three tensors that stand for one matrix."""
    flat = weight.detach().cpu().contiguous().flatten()
    mask = flat != 0
    # A negative zero is no zero here: the file must give back every bit.
    if flat.is_floating_point():
        mask |= torch.signbit(flat)
    bits = torch.from_numpy(np.packbits(mask.numpy()))
    shape = torch.tensor(weight.shape, dtype=torch.int64)
    return {f"{name}.kept": flat[mask], f"{name}.mask": bits, f"{name}.shape": shape}


def unpack(tensors: Mapping[str, Tensor], name: str) -> Tensor:
    """The matrix again, bit for bit."""
    shape = [int(size) for size in tensors[f"{name}.shape"]]
    kept = tensors[f"{name}.kept"]
    total = int(np.prod(shape))
    mask = torch.from_numpy(np.unpackbits(tensors[f"{name}.mask"].numpy(), count=total)).bool()
    flat = torch.zeros(total, dtype=kept.dtype)
    flat[mask] = kept
    return flat.view(shape)


def save(state: Mapping[str, Tensor], sparse: Collection[str], folder: Path) -> Path:
    """Write a state dict; the matrices named in ``sparse`` as bits and values."""
    tensors: dict[str, Tensor] = {}
    for name, tensor in state.items():
        if name in sparse:
            tensors |= pack(name, tensor)
        else:
            tensors[name] = tensor.detach().cpu().contiguous().clone()
    file = folder / FILE
    partial = file.with_suffix(".partial")
    save_file(tensors, partial, metadata={"format": FORMAT})
    partial.replace(file)
    return file


def load(folder: Path) -> dict[str, Tensor]:
    """The state dict of a folder that `save` wrote."""
    tensors = load_file(folder / FILE)
    state: dict[str, Tensor] = {}
    for name, tensor in tensors.items():
        matrix, _dot, mark = name.rpartition(".")
        if f".{mark}" not in MARKS or f"{matrix}.mask" not in tensors:
            state[name] = tensor
        elif mark == "mask":
            state[matrix] = unpack(tensors, matrix)
    return state
