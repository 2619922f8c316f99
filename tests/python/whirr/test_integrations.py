"""Callbacks, against stand-ins with the call signatures of the frameworks."""

import importlib
import json
import sys
import types

import pytest
from conftest import quiet

import whirr
from whirr.run import read_meta, read_metrics


def stand_in(monkeypatch, name, **members):
    """A module and the packages above it."""
    parts = name.split(".")
    for end in range(1, len(parts) + 1):
        part = ".".join(parts[:end])
        module = sys.modules.get(part) or types.ModuleType(part)
        monkeypatch.setitem(sys.modules, part, module)
    for member, value in members.items():
        setattr(module, member, value)


def fresh(monkeypatch, name):
    monkeypatch.delitem(sys.modules, f"whirr.integrations.{name}", raising=False)
    return importlib.import_module(f"whirr.integrations.{name}")


class TrainerCallback:
    def on_train_begin(self, args, state, control, **kwargs):
        pass


def trainer_state(**more):
    return types.SimpleNamespace(**{"is_world_process_zero": True, "global_step": 10, "epoch": 1.0, "best_metric": 0.9, **more})


def test_the_trainer_of_hugging_face_logs_with_its_step(project, monkeypatch):
    stand_in(monkeypatch, "transformers", TrainerCallback=TrainerCallback)
    callback = fresh(monkeypatch, "transformers").WhirrCallback()
    arguments = types.SimpleNamespace(to_dict=lambda: {"learning_rate": 2e-5, "device": object})
    callback.on_train_begin(arguments, trainer_state(), None, model=None)
    run = whirr.current_run()
    callback.on_log(arguments, trainer_state(), None, logs={"loss": 0.5, "note": "text"}, model=None)
    callback.on_log(arguments, trainer_state(is_world_process_zero=False), None, logs={"loss": 9})
    callback.on_log(arguments, trainer_state(), None)
    callback.on_train_end(arguments, trainer_state(), None)
    (line,) = read_metrics(run.run_dir)
    assert (line["step"], line["loss"], "note" in line) == (10, 0.5, False)
    meta = read_meta(run.run_dir)
    assert (meta["status"], meta["summary"]) == ("completed", {"best_metric": 0.9, "global_step": 10, "epoch": 1.0})
    assert run.config["learning_rate"] == 2e-5


def test_a_callback_leaves_a_run_that_it_did_not_begin_open(project, monkeypatch):
    stand_in(monkeypatch, "transformers", TrainerCallback=TrainerCallback)
    run = whirr.init(**quiet())
    callback = fresh(monkeypatch, "transformers").WhirrCallback()
    callback.on_train_begin(None, trainer_state(), None)
    callback.on_log(None, trainer_state(), None, logs={"loss": 1})
    callback.on_train_end(None, trainer_state(best_metric=None), None)
    run.log({"more": 1})
    assert [record["_idx"] for record in read_metrics(run.run_dir)] == [0, 1]


class Logger:
    def __init__(self):
        pass


@pytest.mark.parametrize("package", ["lightning.pytorch.loggers.logger", "pytorch_lightning.loggers.logger"])
@pytest.mark.parametrize(("status", "expected"), [("success", "completed"), ("failed", "failed")])
def test_the_logger_of_lightning_begins_a_run_and_ends_it(project, monkeypatch, package, status, expected):
    stand_in(monkeypatch, package, Logger=Logger)
    logger = fresh(monkeypatch, "lightning").WhirrLogger(name="net", tags=["t"])
    logger.log_hyperparams({"lr": 0.1, "layers": [1, 2]})
    logger.log_hyperparams({"more": object()})
    logger.log_metrics({"loss": 0.5, "text": "x"}, step=3)
    assert logger.name == "whirr" and logger.version == logger.experiment.run_id and logger.save_dir == str(logger.experiment.run_dir)
    run = logger.experiment
    logger.finalize(status)
    meta = read_meta(run.run_dir)
    assert (meta["name"], meta["tags"], meta["status"]) == ("net", ["t"], expected)
    assert read_metrics(run.run_dir)[0]["loss"] == 0.5
    config = json.loads((run.run_dir / "config.json").read_text())
    assert (config["lr"], config["layers"]) == (0.1, [1, 2]) and "object" in config["more"]


@pytest.mark.parametrize("package", ["keras.callbacks", "tensorflow.keras.callbacks"])
def test_the_callback_of_keras_logs_epochs_and_batches(project, monkeypatch, package):
    stand_in(monkeypatch, package, Callback=type("Callback", (), {"__init__": lambda self: None}))
    callback = fresh(monkeypatch, "keras").WhirrCallback(log_every=2)
    callback.params = {"epochs": 2, "steps": 4}
    callback.on_train_begin()
    run = whirr.current_run()
    for epoch in range(2):
        for batch in range(2):
            callback.on_train_batch_end(batch, {"loss": batch})
        callback.on_epoch_end(epoch, {"loss": epoch / 2, "val_loss": 1.0})
    callback.on_train_end({"loss": 0.5})
    lines = read_metrics(run.run_dir)
    assert [(line.get("step"), line.get("batch"), line.get("loss"), line.get("batch/loss")) for line in lines] == [
        (None, 2, None, 1), (0, None, 0.0, None), (None, 4, None, 1), (1, None, 0.5, None),
    ]  # fmt: skip
    assert read_meta(run.run_dir)["status"] == "completed" and run.config == {"epochs": 2, "steps": 4}


def test_no_framework_is_imported_by_the_package():
    assert not {"transformers", "lightning", "keras", "tensorflow", "torch"} & set(sys.modules)
