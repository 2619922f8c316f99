"""system.jsonl: what the sampler writes."""

import json
import os
import sys
import threading

import pytest
from conftest import quiet

import whirr
from whirr import gpu, procfs, system
from whirr.system import Sampler


def lines_of(run):
    return [json.loads(line) for line in (run.run_dir / "system.jsonl").read_text().splitlines()]


def test_the_first_line_is_there_after_a_short_run(project):
    run = whirr.init(capture_git=False, capture_pip=False)
    run.finish()
    (line,) = lines_of(run)
    # The processors' times have a resolution of 10 ms, so a very short run has no share of them.
    assert {"_timestamp", "memory_percent", "process_cpu_percent", "process_memory_mb"} <= set(line)
    assert 0 < line["memory_percent"] < 100 and line["process_memory_mb"] > 1


def test_more_lines_follow_at_the_interval(project):
    run = whirr.Run(capture_git=False, capture_pip=False, system_metrics_interval=0.1)
    path = run.run_dir / "system.jsonl"
    waited = threading.Event()
    for _ in range(600):
        if path.exists() and path.read_bytes().count(b"\n") >= 3:
            break
        waited.wait(0.05)
    run.finish()
    assert all(0 <= line["cpu_percent"] <= 100 for line in lines_of(run)[1:])
    times = [line["_timestamp"] for line in lines_of(run)]
    assert len(times) >= 3 and times == sorted(times)


def test_it_is_off_when_asked_or_when_the_keeper_samples(job, monkeypatch):
    whirr.init(**quiet()).finish()
    monkeypatch.setenv("WHIRR_SYSTEM_METRICS", "keeper")
    whirr.init(capture_git=False, capture_pip=False).finish()
    assert not (job / "system.jsonl").exists()


def test_stopping_waits_two_seconds_at_most(project, monkeypatch):
    entered, gate = threading.Event(), threading.Event()
    monkeypatch.setattr(Sampler, "sample", lambda _: (entered.set(), gate.wait(30), {})[2])
    monkeypatch.setattr(system, "STOP_SECONDS", 0.05)
    run = whirr.init(capture_git=False, capture_pip=False)
    assert entered.wait(30)
    run.finish()
    assert whirr.read_status(run.run_dir) == "completed"
    gate.set()


def test_processor_time_of_children_counts_for_the_script():
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(writing)
        os.read(reading, 1)
        os._exit(0)
    try:
        tree = procfs.read_tree(os.getpid())
        assert {pid for pid, _ in tree} >= {os.getpid(), child}
    finally:
        os.close(writing)
        os.waitpid(child, 0)


def test_processor_and_disk_figures_agree_with_psutil():
    psutil = pytest.importorskip("psutil", reason="python3-psutil is not installed")
    busy, total = procfs.read_processors()
    times = psutil.cpu_times()
    ours, theirs = total / procfs.TICKS_PER_SECOND, sum(times) - times.guest - times.guest_nice
    assert abs(ours - theirs) < 0.05 * theirs and 0 < busy < total
    assert abs(procfs.read_memory_percent() - psutil.virtual_memory().percent) < 10
    assert procfs.read_disks()[0] > 0


def test_a_machine_without_proc_gives_no_figures(monkeypatch):
    monkeypatch.setattr(procfs, "_read", lambda _: b"")
    monkeypatch.setattr(os, "listdir", lambda _: (_ for _ in ()).throw(OSError()))
    assert list(Sampler().sample()) == ["_timestamp"]


def test_what_nvidia_smi_prints_is_read_and_what_it_does_not_know_left_out():
    text = "0, 95, 8192, 24576, 61, 285.12\n1, [N/A], 0, 24576, [Not Supported], [N/A]\nNo devices were found\n"
    assert gpu.Smi.parse(text) == {
        "gpu_0_utilization": 95, "gpu_0_memory_used": 8192, "gpu_0_memory_total": 24576, "gpu_0_temperature": 61, "gpu_0_power_watts": 285.12,
        "gpu_1_memory_used": 0, "gpu_1_memory_total": 24576,
    }  # fmt: skip


def test_an_nvidia_smi_that_fails_is_asked_three_times(tmp_path):
    program = tmp_path / "nvidia-smi"
    program.write_text(f"#!/bin/sh\necho x >> {tmp_path}/asked\nexit 9\n")
    program.chmod(0o755)
    smi = gpu.Smi(str(program))
    assert [smi.read() for _ in range(5)] == [{}] * 5
    assert (tmp_path / "asked").read_text() == "x\n" * 3


def test_an_nvidia_smi_that_hangs_is_given_up(tmp_path, monkeypatch):
    program = tmp_path / "nvidia-smi"
    program.write_text("#!/bin/sh\nexec sleep 60\n")
    program.chmod(0o755)
    monkeypatch.setattr(gpu, "SMI_SECONDS", 0.05)
    assert gpu.Smi(str(program)).read() == {}


NVML = """
typedef struct { unsigned gpu, memory; } U;
typedef struct { unsigned long long total, free, used; } M;
int nvmlInit_v2(void) { return 0; }
int nvmlDeviceGetCount_v2(unsigned *n) { *n = 2; return 0; }
int nvmlDeviceGetHandleByIndex_v2(unsigned i, void **h) { *h = (void *)(0x100000000ul + i); return 0; }
static unsigned of(void *h) { return (unsigned long)h - 0x100000000ul; }
int nvmlDeviceGetUtilizationRates(void *h, U *u) { u->gpu = 40 + of(h); return 0; }
int nvmlDeviceGetMemoryInfo(void *h, M *m) { m->total = 80ul << 30; m->used = 1ul << 30; return of(h) ? 3 : 0; }
int nvmlDeviceGetTemperature(void *h, unsigned s, unsigned *t) { *t = 50 + s; return 0; }
int nvmlDeviceGetPowerUsage(void *h, unsigned *w) { *w = 123456; return 0; }
"""


def test_nvml_is_called_as_its_header_says(tmp_path):
    import shutil
    import subprocess

    if not shutil.which("gcc"):
        pytest.skip("gcc is needed to build a stand-in for NVML")
    (tmp_path / "nvml.c").write_text(NVML)
    subprocess.run(["gcc", "-shared", "-fPIC", "-o", tmp_path / "nvml.so", tmp_path / "nvml.c"], check=True)
    assert gpu.Nvml.load(str(tmp_path / "nvml.so")).read() == {
        "gpu_0_utilization": 40, "gpu_0_memory_used": 1024.0, "gpu_0_memory_total": 81920.0, "gpu_0_temperature": 50, "gpu_0_power_watts": 123.5,
        "gpu_1_utilization": 41, "gpu_1_temperature": 50, "gpu_1_power_watts": 123.5,
    }  # fmt: skip
    assert gpu.Nvml.load("libmissing.so.1") is None


def test_an_alert_is_a_line_in_its_file_and_one_on_standard_error(project, capsys):
    run = whirr.init(**quiet())
    run.alert("loss\x1b[31m rose", "to\n5", level="error")
    (line,) = (json.loads(text) for text in (run.run_dir / "alerts.jsonl").read_text().splitlines())
    assert (line["title"], line["text"], line["level"], set(line)) == ("loss\x1b[31m rose", "to\n5", "error", {"_timestamp", "title", "text", "level"})
    shown = capsys.readouterr().err
    assert shown.count("\n") == 1 and "\x1b" not in shown and "rose" in shown
    assert sys.stderr is not None
