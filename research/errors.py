"""Errors of the research package.

ResearchError
├── RequestError         something asked for that cannot be run, shown or kept; nothing was changed
│   └── TooManyRuns      as many runs wait as may
├── RunCancelled         a run was told to end; raised inside of it, its state says so to others
├── BadRecord            a tree or message that is not what was written down
├── BadSearch            ranges, trials, windows or a goal outside what a search takes
├── BadPartial           a stored partial result that is damaged or of another search
├── SearchFailed         every combination failed, or one had to be stopped by force
├── ClusterUnavailable   a Dask scheduler that does not answer, has no worker, or was lost
└── ChildError           a run in a process of its own that brought no result
    ├── StrategyFailed    the strategy raised; file and line are known
    ├── ChildStopped      over its time or memory limit, ended by itself, or ended by the system
    ├── ChildCancelled    the caller wanted no result any more
    └── ChildUnavailable  no such process could be started on this system
"""


class ResearchError(ValueError):
    """Root of every error raised by ``research``. Its text is a sentence fit for a person."""


class BadRecord(ResearchError):
    """A tree or message that is not what was written down."""


class BadSearch(ResearchError):
    """Ranges, trials, windows or a goal outside what a search takes."""


class BadPartial(ResearchError):
    """A stored partial result that is damaged or of another search."""


class SearchFailed(ResearchError):
    """Every combination failed, or one had to be stopped by force."""


class ClusterUnavailable(ResearchError):
    """A Dask scheduler that does not answer, has no worker, or was lost."""


class ChildError(ResearchError):
    """A run in a process of its own that brought no result."""


class StrategyFailed(ChildError):
    """The strategy raised.

    ``file`` and ``line`` (1 is the first) say where in the user's file, None where it is not known;
    ``reason`` is the exception's type and text.
    """

    def __init__(self, reason: str, file: str | None = None, line: int | None = None) -> None:
        self.reason, self.file, self.line = reason, file, line
        where = f"{file}, line {line}: " if file is not None and line is not None else ""
        super().__init__(where + reason)


class ChildStopped(ChildError):
    """Over its time or memory limit, ended by itself, or ended by the system."""


class ChildCancelled(ChildError):
    """The caller wanted no result any more."""


class ChildUnavailable(ChildError):
    """No such process could be started on this system."""


class RequestError(ResearchError):
    """Something asked for that cannot be run, shown or kept; nothing was changed by asking."""


class TooManyRuns(RequestError):
    """As many runs wait as may."""


class RunCancelled(ResearchError):
    """A run was told to end; raised inside of it, its state says so to others."""
