"""Messages between the runner and its workers: a length, a JSON object, then the bytes of files. Nothing is pickled."""

from __future__ import annotations

import json
import struct
from typing import IO, Any

from compare._writing import plain

_LENGTH = struct.Struct("<Q")


def send(stream: IO[bytes], message: dict[str, Any], files: dict[str, bytes] | None = None) -> None:
    """Write one message. Raises OSError when the other side is gone."""
    files = files or {}
    header = json.dumps({**plain(message), "files": {name: len(content) for name, content in files.items()}}).encode()
    stream.write(_LENGTH.pack(len(header)) + header)
    for content in files.values():
        stream.write(content)
    stream.flush()


def receive(stream: IO[bytes]) -> tuple[dict[str, Any], dict[str, bytes]] | None:
    """Read one message and its files; None when the other side is gone, also in the middle of a message."""
    length = _exactly(stream, _LENGTH.size)
    header = length and _exactly(stream, _LENGTH.unpack(length)[0])
    if not header:
        return None
    message = json.loads(header)
    files: dict[str, bytes] = {}
    for name, size in message.pop("files").items():
        content = _exactly(stream, size)
        if content is None:
            return None
        files[name] = content
    return message, files


def _exactly(stream: IO[bytes], size: int) -> bytes | None:
    content = stream.read(size)
    return content if len(content) == size else None
