"""A run: where a script puts what it measures. `whirr.init()` begins one."""

from __future__ import annotations

import os
import threading
import time
from typing import TYPE_CHECKING, Any, Dict, Mapping, Optional, Sequence, Type, Union

from whirr import config as configs, ending, files, open_runs, seat, system, values
from whirr.beside import BesideWriter
from whirr.lines import LineFile
from whirr.lock import RunLock
from whirr.meta import read_meta
from whirr.metrics import MetricsWriter, read_metrics
from whirr.record import Record
from whirr.status import read_status
from whirr.warn import Once

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["Run", "read_meta", "read_metrics", "read_status"]

ENVIRONMENT_SECONDS = 5.0
"""How long `finish()` waits for git to answer, at most."""


class Run:
    """A run of an experiment. Usually made by `whirr.init()`.

    In a job of whirr it joins the job's run directory; else it makes a run `local-<time>-<random>` in the nearest `.whirr` directory, else
    in `$XDG_DATA_HOME/whirr/runs`. `log()` never raises for trouble with the disk; that is warned of once. Safe with threads.
    """

    def __init__(
        self,
        name: Optional[str] = None,
        config: Any = None,
        tags: Optional[Sequence[str]] = None,
        system_metrics: bool = True,
        capture_git: bool = True,
        capture_pip: bool = True,
        *,
        run_id: Optional[str] = None,
        run_dir: Optional[Union[str, os.PathLike[str]]] = None,
        job_id: Optional[Union[int, str]] = None,
        system_metrics_interval: float = system.INTERVAL_SECONDS,
    ) -> None:
        """Begins the run. Raises TypeError or ValueError for a config that JSON cannot hold, and names the key."""
        plain = configs.to_plain(config)
        content = configs.to_json(plain)
        self._guard = threading.RLock()
        self._warn = Once()
        self._began = time.monotonic()
        self._end: Optional[ending.End] = None
        self._lock: Optional[RunLock] = None
        self._pulse: Optional[system.Pulse] = None
        self._environment: Optional[threading.Thread] = None
        self._system: Optional[LineFile] = None
        self._alerts: Optional[LineFile] = None

        place = seat.take(os.environ, run_id, os.fspath(run_dir) if run_dir is not None else None, job_id is not None, self._warn)
        self._seat = place
        self._dir = place.run_dir
        self._attempt = _attempt(os.environ) if place.is_job else 1
        self._is_recorder = self._open_metrics(place.may_record)
        self._record = Record(self._dir, self._warn)
        if self._is_recorder:
            plain = self._record.begin_config(plain, content, config is not None, place.is_new)
            self._record.begin(place.run_id, name, [tags] if isinstance(tags, str) else list(tags or ()), place.ranks.size, place.is_new)
            self._start_threads(system_metrics, system_metrics_interval, capture_git, capture_pip)
        self._config = configs.ReadOnlyDict(plain)
        seat.announce(self._dir)
        open_runs.add(self)

    @property
    def run_id(self) -> str:
        """`job-7` in a job, else `local-20260131-235959-a1b2c3`."""
        return self._seat.run_id

    @property
    def run_dir(self) -> Path:
        """Where the files of the run lie."""
        from pathlib import Path

        return Path(self._dir)

    @property
    def config(self) -> Dict[str, Any]:
        """The configuration; refuses changes."""
        return self._config

    @property
    def attempt(self) -> int:
        """1 for the first attempt of a job and for local runs."""
        return self._attempt

    @property
    def resumed(self) -> bool:
        """Whether an earlier attempt of the job may have left checkpoints."""
        return self._attempt > 1

    @property
    def rank(self) -> int:
        """The rank of this process in a distributed training; 0 where there is none."""
        return self._seat.ranks.rank

    @property
    def checkpoint_dir(self) -> Path:
        """A directory that is kept from attempt to attempt; made if it is not there."""
        from pathlib import Path

        path = (os.environ.get("WHIRR_CHECKPOINT_DIR") if self._seat.is_job else None) or os.path.join(self._dir, files.CHECKPOINTS)
        try:
            os.makedirs(path, exist_ok=True)
        except OSError as error:
            self._warn("checkpoints", f"the directory for checkpoints {path} cannot be made ({error.strerror})")
        return Path(path)

    def log(self, metrics: Mapping[str, Any], step: Optional[int] = None) -> None:
        """Appends a line of metrics. When this returns the line survives the death of the process.

        Values: numbers (also of numpy, 0-d tensors, Decimal), text, lists, dicts. None is left out; a member `step` replaces the argument;
        what is none of these is written as its text, with one warning. Names `_idx` and `_timestamp` get a `_` at their end.
        Raises RuntimeError after `finish()` and TypeError when `metrics` is no dict, and nothing else.
        """
        if self._end is not None:
            raise self._finished("log")
        if type(metrics) is not dict:
            metrics = _dict_of(metrics, "log")
        try:
            self._metrics.log(metrics, step)
        except Exception as error:
            self._warn("log", f"a line of metrics could not be written ({type(error).__name__}: {error}); training goes on")

    def summary(self, metrics: Mapping[str, Any]) -> None:
        """Records final metrics, shown by `whirrctl runs`. A second call replaces the first. Ranks other than 0 record none.

        Raises RuntimeError after `finish()`, TypeError when `metrics` is no dict, ValueError when it takes more than 8 MiB.
        """
        if self._end is not None:
            raise self._finished("summary")
        plain = values.plain(
            _dict_of(metrics, "summary"),
            lambda path: self._warn("text", f"{path!r} is no number, text, list or dict; its text is written"),
        )
        if self.rank == 0 or self._is_recorder:
            self._record.merge({"summary": plain})
        else:
            self._warn("summary", f"the summary of rank {self.rank} is left out; that of rank 0 is the run's")

    def save_artifact(self, source_path: Union[str, os.PathLike[str]], artifact_name: Optional[str] = None) -> Path:
        """Copies a file or a directory to `artifacts/<artifact_name>` in the run directory and returns its path there.

        The name is that of the source if none is given; it may have directories (`models/best.pt`). What has the name already is replaced.
        Raises FileNotFoundError for a missing source, ValueError for a name that would leave the directory, OSError when the copy fails
        (then nothing of it is left), RuntimeError after `finish()`.
        """
        if self._end is not None:
            raise self._finished("save_artifact")
        from whirr import artifacts

        source = os.fsdecode(source_path)
        name = os.path.basename(os.path.abspath(source)) if artifact_name is None else str(artifact_name)
        return artifacts.save(self._dir, source, name, lambda text: self._warn(text, text))

    def add_config(self, config: Any) -> None:
        """Adds members to the configuration, for frameworks that know theirs late. Raises as the config of `whirr.init()` does."""
        if self._end is not None:
            raise self._finished("add_config")
        with self._guard:
            whole = {**self._config, **configs.to_plain(config)}
            content = configs.to_json(whole)
            self._config = configs.ReadOnlyDict(whole)
            if self._is_recorder:
                self._record.write_config(content)

    def alert(self, title: str, text: str = "", level: str = "warn") -> None:
        """Tells people something: a line in `alerts.jsonl` and on standard error, and in a job a notice to whoever wants those of `alert`.

        `level`: `info`, `warn`, `error`. Of a job 20 in an hour are told, of at most 200 and 2,000 characters; the file has all of them.
        Raises RuntimeError after `finish()`, and nothing else.
        """
        if self._end is not None:
            raise self._finished("alert")
        from whirr import alerts

        with self._guard:
            if self._alerts is None:
                self._alerts = self._line_file(files.ALERTS)
        alerts.write(self._alerts, title, text, level)

    def finish(self) -> None:
        """Ends the run as `completed`. Further calls do nothing. Waits a few seconds at most."""
        self._finish(ending.COMPLETED)

    def __enter__(self) -> Run:
        return self

    def __exit__(self, kind: Optional[Type[BaseException]], error: Optional[BaseException], traceback: Any) -> None:
        self._finish(ending.COMPLETED if error is None else ending.of_exception(error))

    def __repr__(self) -> str:
        return f"<whirr.Run {self.run_id} in {self._dir}>"

    def __reduce__(self) -> Any:
        # A worker that is given the run by pickle joins it.
        return _join, (self._dir, self.run_id, self._seat.is_job, dict(self._config))

    # The beginning.

    def _open_metrics(self, may_record: bool) -> bool:
        """Opens the metrics file of this process. True when this is the recorder."""
        if self._seat.is_new:
            try:
                self._lock = RunLock(self._dir)
            except OSError as error:
                self._warn("lock", f"{self._dir} takes no lock file ({error.strerror}); others cannot tell that this run is alive")
        if not self._seat.is_child:
            file = self._line_file(files.metrics_of_rank(self.rank))
            self._metrics: Any = MetricsWriter(file, self._warn)
            try:
                if file.open(exclusive=True):
                    return may_record
            except OSError as error:
                self._warn("open", f"{file.path} cannot be opened ({error.strerror}); training goes on, lines wait for it up to 1 MiB")
                return may_record
        self._write_beside()
        return False

    def _write_beside(self) -> None:
        name = files.metrics_of_process(os.getpid())

        def announce(writer: MetricsWriter) -> None:
            self._metrics = writer
            self._warn("beside", f"another process writes the metrics of {self.run_id}; this one writes {name} beside them")

        self._metrics = BesideWriter(MetricsWriter(self._line_file(name), self._warn), announce)

    def _start_threads(self, system_metrics: bool, interval: float, capture_git: bool, capture_pip: bool) -> None:
        if system_metrics and self.rank == 0 and os.environ.get("WHIRR_SYSTEM_METRICS") != "keeper":
            self._system = self._line_file(files.SYSTEM)
        try:
            if self._system is not None or self._lock is not None:
                self._pulse = system.Pulse(self._system, self._lock, interval)
            if capture_git or capture_pip:
                from whirr import environment

                self._environment = environment.start(self._dir, capture_git, capture_pip, self._record.merge, self._warn)
        except RuntimeError as error:
            self._warn("threads", f"no thread could be started ({error}); this run has no system metrics")

    def _line_file(self, name: str) -> LineFile:
        return LineFile(os.path.join(self._dir, name), self._warn)

    # The end.

    def _finish(self, end: ending.End) -> None:
        with self._guard:
            if self._end is not None:
                return
            self._end = end
        try:
            if self._pulse is not None:
                self._pulse.stop()
            if self._environment is not None:
                self._environment.join(ENVIRONMENT_SECONDS)
            self._metrics.close()
            if self._is_recorder:
                self._record.end(end, time.monotonic() - self._began)
            for file in (self._system, self._alerts):
                if file is not None:
                    file.close()
        except Exception as error:
            self._warn("finish", f"the end of {self.run_id} could not be recorded ({type(error).__name__}: {error})")
        finally:
            if self._lock is not None:
                self._lock.release()
            seat.withdraw(self._dir)
            open_runs.discard(self)

    def _finished(self, verb: str) -> RuntimeError:
        return RuntimeError(f"{verb}() after finish(): run {self.run_id} has ended; whirr.init() begins another")

    def _become_child(self) -> None:
        """After a fork: the parent goes on with the run; this process only adds metrics, in a file of its own."""
        self._guard = threading.RLock()
        self._record = Record(self._dir, self._warn)
        self._is_recorder = False
        self._pulse = self._environment = self._system = self._alerts = None
        self._seat = self._seat._replace(is_child=True, is_new=False)
        self._write_beside()
        seat.inherit(self._dir)


def _join(run_dir: str, run_id: str, is_job: bool, config: Dict[str, Any]) -> Run:
    job_id = 0 if is_job else None
    return Run(None, config, None, False, False, False, run_id=run_id, run_dir=run_dir, job_id=job_id)


def _dict_of(metrics: Any, verb: str) -> Dict[str, Any]:
    if isinstance(metrics, Mapping):
        return dict(metrics)
    raise TypeError(f"{verb}() takes a dict of metrics such as {{'loss': 0.5}}, not {type(metrics).__name__}")


def _attempt(environment: Mapping[str, str]) -> int:
    text = environment.get("WHIRR_ATTEMPT", "")
    return max(1, int(text)) if text.isascii() and text.isdigit() else 1
