"""A process of its own for heavy computing, started on demand; see `running`."""

from mikomi.core.compute.running import ComputeError, ComputeTimeoutError, run

__all__ = ["ComputeError", "ComputeTimeoutError", "run"]
