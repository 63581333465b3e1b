"""What can go wrong, and the exit code that the command line answers with.

| class               | exit code | meaning                                                        |
| ConfigurationError  | 3         | the experiment, a plugin or a value in them is wrong           |
| StoreError          | 3         | a study on disk is absent, damaged or of another format        |
| UsageError          | 2         | the command was typed wrongly                                  |
| EnvironmentFault    | 4         | this machine lacks something: data, a GPU, a writable folder   |
| DataMissing         | 4         | a task's data is not here; the message says where to get it    |

Exit code 0 is success, 1 says that some runs failed, 130 that the user interrupted. A message says what was given,
what was expected and how to mend it.
"""

from __future__ import annotations

from typing import ClassVar


class NeurocontrastError(Exception):
    """Anything that a user can mend. Shown as one message, without a traceback."""

    exit_code: ClassVar[int] = 1


class ConfigurationError(NeurocontrastError):
    """The experiment is wrong.

    Attributes:
        at: where in the experiment, as the keys that lead there ("learners", "MLP", "rule"); a list's items count
            from 0. Experiment.from_toml turns it into a file name and a line.
    """

    exit_code = 3

    def __init__(self, message: str, at: tuple[str | int, ...] = ()) -> None:
        super().__init__(message)
        self.at = at

    def __reduce__(self) -> tuple[type[ConfigurationError], tuple[str, tuple[str | int, ...]]]:
        return type(self), (str(self), self.at)


class StoreError(NeurocontrastError):
    """A study on disk cannot be read or written."""

    exit_code = 3


class UsageError(NeurocontrastError):
    """A command or a function was called with something that it does not take."""

    exit_code = 2


class EnvironmentFault(NeurocontrastError):  # noqa: N818 - named beside OSError, which Python calls EnvironmentError
    """The machine lacks something: data, a GPU, a folder that can be written."""

    exit_code = 4


class DataMissing(EnvironmentFault):
    """A task's data is not on this machine."""
