"""Reads an IDX file, gzipped or not, and says what is wrong with one that is damaged.

The format (LeCun): two zero bytes, a type code (8: unsigned byte), the number of axes, each axis' length as a
big-endian 32-bit integer, then the values in C order.
"""

from __future__ import annotations

import hashlib
import math
import struct
import zlib
from pathlib import Path
from typing import NoReturn

import numpy as np

from compare.errors import EnvironmentFault

UNSIGNED_BYTE = 8
GZIP_MAGIC = b"\x1f\x8b"
GZIP_WINDOW = 31  # zlib's code for "expect a gzip header and trailer"


def read_idx(path: Path, md5: str | None = None) -> np.ndarray:
    """The array in an IDX file of unsigned bytes.

    Args:
        path: the file; gzip is recognised by its first two bytes, not by its name.
        md5: the MD5 of the unzipped content, checked where given.

    Raises:
        EnvironmentFault: the file cannot be read, is not IDX, is shorter or longer than its header says, or is not
            the one that `md5` stands for.
    """
    content = _unzipped(path)
    shape = _shape(path, content)
    start = 4 + 4 * len(shape)
    expected = start + math.prod(shape)
    if len(content) != expected:
        _damaged(path, f"its header announces {expected:,} bytes (axes {shape}), {len(content):,} bytes were found")
    found = hashlib.md5(content, usedforsecurity=False).hexdigest()
    if md5 is not None and found != md5:
        _damaged(path, f"its content has the MD5 {found}, expected {md5}")
    return np.frombuffer(content, dtype=np.uint8, offset=start).reshape(shape)


def _unzipped(path: Path) -> bytes:
    try:
        raw = path.read_bytes()
    except OSError as error:
        raise EnvironmentFault(f"{path} cannot be read: {error.strerror}. Check its permissions.") from error
    if not raw.startswith(GZIP_MAGIC):
        return raw
    try:
        # Not gzip.decompress: a truncated file shall give the bytes it has, so that they can be counted.
        return zlib.decompressobj(GZIP_WINDOW).decompress(raw)
    except zlib.error as error:
        _damaged(path, f"{len(raw):,} bytes were found and they are not valid gzip ({error})")


def _shape(path: Path, content: bytes) -> tuple[int, ...]:
    if len(content) < 4:
        _damaged(path, f"an IDX header needs at least 4 bytes, {len(content)} bytes were found")
    zeros, kind, axes = struct.unpack(">HBB", content[:4])
    if zeros != 0 or kind != UNSIGNED_BYTE or axes == 0:
        _damaged(path, f"it begins with {content[:4].hex(' ')}; IDX files of unsigned bytes begin with 00 00 08")
    if len(content) < 4 + 4 * axes:
        _damaged(path, f"its header of {axes} axes needs {4 + 4 * axes} bytes, {len(content)} bytes were found")
    return struct.unpack(f">{axes}I", content[4 : 4 + 4 * axes])


def _damaged(path: Path, what: str) -> NoReturn:
    raise EnvironmentFault(f"{path} is damaged: {what}. Delete it and fetch it again.")
