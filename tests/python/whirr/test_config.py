"""Configurations: what is taken, and which key is named where it is not."""

import argparse
import dataclasses
import json
import math
from pathlib import Path

import numpy
import pytest
from conftest import quiet

import whirr


@dataclasses.dataclass
class Inner:
    depth: int = 3


@dataclasses.dataclass
class Options:
    lr: float = 0.1
    inner: Inner = dataclasses.field(default_factory=Inner)


@pytest.mark.parametrize(
    ("config", "expected"),
    [
        (None, {}),
        ({"a": None, "b": (1, 2), 3: "x"}, {"a": None, "b": [1, 2], "3": "x"}),
        (argparse.Namespace(lr=0.1, path=Path("/data")), {"lr": 0.1, "path": "/data"}),
        (Options(), {"lr": 0.1, "inner": {"depth": 3}}),
        ({"a": numpy.float32(0.5), "nan": math.nan, "inf": [math.inf]}, {"a": 0.5, "nan": "NaN", "inf": ["Infinity"]}),
    ],
)
def test_dicts_namespaces_and_dataclasses_are_taken(project, config, expected):
    run = whirr.init(config=config, **quiet())
    assert run.config == expected == json.loads((run.run_dir / "config.json").read_text())


def test_the_configuration_refuses_changes(project):
    run = whirr.init(config={"lr": 0.1}, **quiet())
    for change in (lambda: run.config.update(a=1), lambda: run.config.pop("lr"), lambda: run.config.__setitem__("lr", 1)):
        with pytest.raises(TypeError, match="read-only"):
            change()
    assert json.dumps(run.config) == '{"lr": 0.1}'


LOOP = {}
LOOP["optimizer"] = {"of": LOOP}


@pytest.mark.parametrize(
    ("config", "error", "named"),
    [
        ({"optimizer": {"groups": [1, object()]}}, TypeError, r"config\.optimizer\.groups\[1\] is object"),
        ({"a": {1, 2}}, TypeError, r"config\.a is set"),
        ({"a": {(1, 2): 3}}, TypeError, r"a key of config\.a is tuple"),
        ({"a": print}, TypeError, r"config\.a is builtin_function"),
        ([1], TypeError, "config is list"),
        (LOOP, ValueError, r"config\.optimizer\.of contains itself"),
        ({"small": 1, "data": "x" * (100 << 20)}, ValueError, r"takes 100 MiB.*config\.data"),
    ],
)
def test_a_config_that_json_cannot_hold_is_refused_by_key_and_leaves_nothing(project, config, error, named):
    with pytest.raises(error, match=named):
        whirr.init(config=config, **quiet())
    assert not (project / ".whirr" / "runs").exists()
    assert whirr.current_run() is None
