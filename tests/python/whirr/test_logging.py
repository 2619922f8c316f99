"""run.log() and what it writes."""

import decimal
import json
import math
import re
import threading

import numpy
import pytest
from conftest import quiet

import whirr
from whirr.run import read_metrics


@pytest.fixture
def run(project):
    return whirr.init(**quiet())


def lines_of(run):
    return [json.loads(line, parse_constant=pytest.fail) for line in (run.run_dir / "metrics.jsonl").read_text().splitlines()]


def test_a_line_has_index_time_step_and_values_and_is_there_when_log_returns(run):
    run.log({"loss": 2.5, "accuracy": 1}, step=3)
    run.log({"loss": 1.5})
    first, second = lines_of(run)
    assert list(first) == ["_idx", "_timestamp", "step", "loss", "accuracy"]
    assert (first["_idx"], first["step"], first["loss"], first["accuracy"]) == (0, 3, 2.5, 1)
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", first["_timestamp"])
    assert second == {"_idx": 1, "_timestamp": second["_timestamp"], "loss": 1.5}


def test_a_step_among_the_metrics_replaces_the_argument_and_none_is_left_out(run):
    run.log({"step": 9, "loss": None, "inner": {"a": None, "b": 1}}, step=3)
    run.log({"step": None, "loss": 1.0}, step=4)
    run.log({}, step=5)
    run.log({})
    first, second, third, fourth = lines_of(run)
    assert (first["step"], first["inner"], "loss" in first) == (9, {"b": 1}, False)
    assert second["step"] == 4
    assert third["step"] == 5
    assert list(fourth) == ["_idx", "_timestamp"]


def test_numbers_that_are_not_finite_are_strings_in_the_file_and_floats_when_read(run):
    run.log({"a": math.nan, "b": math.inf, "c": -math.inf, "inner": {"d": [math.nan]}, "text": "hello"}, step=math.nan)
    (line,) = lines_of(run)
    assert (line["a"], line["b"], line["c"], line["inner"], line["step"]) == ("NaN", "Infinity", "-Infinity", {"d": ["NaN"]}, "NaN")
    (record,) = read_metrics(run.run_dir / "metrics.jsonl")
    assert math.isnan(record["a"]) and record["b"] == math.inf and record["c"] == -math.inf
    assert math.isnan(record["inner"]["d"][0]) and record["text"] == "hello"


class Tensor:
    """Has the calls of a 0-d tensor that matter."""

    def __init__(self, value):
        self.value = value

    def item(self):
        if isinstance(self.value, list):
            raise RuntimeError("a Tensor with 2 elements cannot be converted to Scalar")
        return self.value


def test_scalars_of_other_libraries_are_numbers(run):
    values = {
        "f32": numpy.float32(0.5), "f64": numpy.float64(0.25), "i64": numpy.int64(7), "bool": numpy.bool_(True), "array": numpy.array(1.5),
        "decimal": decimal.Decimal("0.125"), "tensor": Tensor(3.5), "nan": numpy.float32("nan"), "tensor_nan": Tensor(math.inf),
    }  # fmt: skip
    run.log(values, step=numpy.int64(4))
    (line,) = lines_of(run)
    expected = {"f32": 0.5, "f64": 0.25, "i64": 7, "bool": True, "array": 1.5, "decimal": 0.125, "tensor": 3.5, "nan": "NaN", "tensor_nan": "Infinity"}
    assert {name: line[name] for name in expected} == expected
    assert line["step"] == 4


def test_what_json_cannot_hold_becomes_its_text_with_one_warning(run):
    with pytest.warns(whirr.WhirrWarning, match="'odd'") as warned:
        run.log({"odd": {1, 2}})
        run.log({"odd": Tensor([1, 2]), "many": numpy.zeros(3), "object": object(), 3: "number", ("a",): 1, "c": 1j})
    first, second = lines_of(run)
    assert first["odd"] == "{1, 2}"
    assert second["many"] == "[0. 0. 0.]" and second["3"] == "number" and second["('a',)"] == 1 and second["c"] == "1j"
    assert len(warned) == 1


def test_names_of_whirr_get_an_underscore_and_a_warning(run):
    with pytest.warns(whirr.WhirrWarning, match="_idx"):
        run.log({"_idx": 5, "_timestamp": "mine", "loss": 1})
    (line,) = lines_of(run)
    assert (line["_idx"], line["_idx_"], line["_timestamp_"]) == (0, 5, "mine")


def test_names_with_quotes_newlines_and_broken_unicode_stay_one_valid_line(run):
    names = ['a"b', "a\nb", "a\\b", "\u2028", "\x00", "fünf", "😀"]
    run.log({name: index for index, name in enumerate(names)})
    run.log({"half \ud83d": 1})
    first, second = lines_of(run)
    assert [first[name] for name in names] == list(range(len(names)))
    assert second["half ?"] == 1
    assert (run.run_dir / "metrics.jsonl").read_bytes().count(b"\n") == 2


def test_values_that_contain_themselves_or_are_too_deep_do_not_stop_training(run):
    loop = {}
    loop["loop"] = loop
    deep = 1
    for _ in range(100):
        deep = [deep]
    with pytest.warns(whirr.WhirrWarning):
        run.log({"loop": loop})
        run.log({"deep": deep})
    for line in (run.run_dir / "metrics.jsonl").read_text().splitlines():
        assert "nested deeper" in line and line.count("{") + line.count("[") < 64


class Hostile:
    def __str__(self):
        raise ValueError("no text")

    def item(self):
        raise KeyError("no item")


def test_objects_that_raise_do_not_stop_training(run):
    with pytest.warns(whirr.WhirrWarning):
        run.log({"bad": Hostile(), "loss": 1})
        run.log({Hostile(): 1})
        run.log({"loss": 2})
    assert [line.get("loss") for line in lines_of(run)][0] == 1
    assert lines_of(run)[-1]["loss"] == 2


def test_what_is_no_dict_is_refused_with_a_sentence(run):
    with pytest.raises(TypeError, match="a dict of metrics"):
        run.log([1, 2])


def test_steps_that_go_back_are_kept(run):
    for step in (5, 3, 3):
        run.log({"loss": step}, step=step)
    assert [line["step"] for line in lines_of(run)] == [5, 3, 3]


def test_threads_write_whole_lines_with_all_indices(run):
    def work(number):
        for index in range(500):
            run.log({"thread": number, "i": index})

    threads = [threading.Thread(target=work, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [line["_idx"] for line in lines_of(run)] == list(range(2000))


def test_a_signal_handler_may_log_while_log_is_at_work(script, project):
    ended = script(
        "import whirr, signal\n"
        "run = whirr.init(system_metrics=False, capture_git=False, capture_pip=False)\n"
        "calls = 0\n"
        "def handler(*_):\n"
        "    global calls\n"
        "    calls += 1\n"
        "    run.log({'from': 'handler'})\n"
        "signal.signal(signal.SIGALRM, handler)\n"
        "signal.setitimer(signal.ITIMER_REAL, 0.0005, 0.0005)\n"
        "n = 0\n"
        "while calls < 50:\n"
        "    run.log({'n': n})\n"
        "    n += 1\n"
        "signal.setitimer(signal.ITIMER_REAL, 0)\n"
        "print(n + calls)\n"
    )
    assert ended.returncode == 0, ended.stderr
    (path,) = (project / ".whirr" / "runs").glob("*/metrics.jsonl")
    records = read_metrics(path)
    assert len(records) == int(ended.stdout)
    assert sorted(record["_idx"] for record in records) == list(range(len(records)))


def test_functions_of_the_module_write_to_the_current_run(project):
    with pytest.raises(RuntimeError, match="whirr.init"):
        whirr.session._current = None
        whirr.log({"loss": 1})
    run = whirr.init(**quiet())
    whirr.log({"loss": 1}, step=1)
    whirr.summary({"best": 1})
    whirr.alert("look")
    assert whirr.current_run() is run
    whirr.finish()
    assert whirr.current_run() is None
    assert whirr.read_meta(run.run_dir)["summary"] == {"best": 1}


def test_log_summary_alert_and_save_artifact_after_finish_raise(run):
    run.finish()
    run.finish()
    for call in (lambda: run.log({"a": 1}), lambda: run.summary({}), lambda: run.save_artifact("x"), lambda: run.alert("x")):
        with pytest.raises(RuntimeError, match="after finish"):
            call()
