"""Messages between runner and worker: whole or none, and never pickled."""

from __future__ import annotations

import io

import numpy as np
import pytest

from compare._wire import receive, send


def test_messages_and_files_arrive_as_they_were_sent() -> None:
    stream = io.BytesIO()
    send(stream, {"kind": "finished", "n": np.int64(3)}, {"a.bin": b"\x00\xff", "empty": b""})
    send(stream, {"kind": "seen"})
    stream.seek(0)
    assert receive(stream) == ({"kind": "finished", "n": 3}, {"a.bin": b"\x00\xff", "empty": b""})
    assert receive(stream) == ({"kind": "seen"}, {})
    assert receive(stream) is None


@pytest.mark.parametrize("missing", [1, 3, 60])
def test_a_message_that_breaks_off_is_no_message(missing: int) -> None:
    """A worker may be killed in the middle of sending its results."""
    stream = io.BytesIO()
    send(stream, {"kind": "finished"}, {"a.bin": b"\x00\xff"})
    assert receive(io.BytesIO(stream.getvalue()[:-missing])) is None
