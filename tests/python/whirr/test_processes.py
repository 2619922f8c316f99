"""One run, however many processes: forked, spawned, ranks of a distributed training."""

import json
import os
import pickle
import subprocess
import sys

import pytest
from conftest import only_run, quiet

import whirr
from whirr import ranks
from whirr.run import read_meta, read_metrics, read_status


def lines_of(directory, pattern):
    return [record for path in sorted(directory.glob(pattern)) for record in read_metrics(path)]


def test_a_forked_child_neither_takes_the_numbering_nor_ends_the_run(script, project):
    ended = script(
        "import os, sys, warnings, whirr\n"
        "run = whirr.init(capture_git=False, capture_pip=False)\n"
        "run.log({'parent': 0})\n"
        "pid = os.fork()\n"
        "if pid == 0:\n"
        "    run.log({'child': 0}); run.log({'child': 1})\n"
        "    sys.exit(5)\n"
        "os.waitpid(pid, 0)\n"
        "assert whirr.read_status(run.run_dir) == 'running'\n"
        "run.log({'parent': 1})\n"
        "print(pid)\n"
    )
    assert ended.returncode == 0, ended.stderr
    directory = only_run(project)
    assert [(line["_idx"], line["parent"]) for line in lines_of(directory, "metrics.jsonl")] == [(0, 0), (1, 1)]
    assert [line["child"] for line in read_metrics(directory / f"metrics.pid{ended.stdout.strip()}.jsonl")] == [0, 1]
    assert "another process writes" in ended.stderr
    assert read_meta(directory)["status"] == "completed"


def test_a_fork_while_other_threads_log_does_not_hang_the_child(script, project):
    ended = script(
        "import os, threading, whirr\n"
        "run = whirr.init(system_metrics=False, capture_git=False, capture_pip=False)\n"
        "stop = False\n"
        "def work():\n"
        "    while not stop: run.log({'x': 1})\n"
        "threads = [threading.Thread(target=work) for _ in range(2)]\n"
        "[t.start() for t in threads]\n"
        "for n in range(20):\n"
        "    pid = os.fork()\n"
        "    if pid == 0:\n"
        "        run.log({'y': n}); run.summary({'n': n}); os._exit(0)\n"
        "    assert os.waitpid(pid, 0)[1] == 0\n"
        "stop = True\n"
        "[t.join() for t in threads]\n"
    )
    assert ended.returncode == 0, ended.stderr
    directory = only_run(project)
    records = lines_of(directory, "metrics.jsonl")
    assert [record["_idx"] for record in records] == list(range(len(records)))
    assert sorted(record["y"] for record in lines_of(directory, "metrics.pid*.jsonl")) == list(range(20))


@pytest.mark.parametrize("method", ["fork", "spawn", "forkserver"])
@pytest.mark.parametrize("handed", ["init", "argument"])
def test_children_of_multiprocessing_join_the_run(script, project, method, handed):
    ended = script(
        "import multiprocessing, sys, whirr\n"
        "def work(run, n):\n"
        "    run = run or whirr.init(system_metrics=False, capture_git=False, capture_pip=False)\n"
        "    run.log({'n': n})\n"
        "    run.finish()\n"
        "if __name__ == '__main__':\n"
        f"    context = multiprocessing.get_context({method!r})\n"
        "    run = whirr.init(config={'a': 1}, system_metrics=False, capture_git=False, capture_pip=False)\n"
        f"    children = [context.Process(target=work, args=(run if {handed!r} == 'argument' else None, n)) for n in range(2)]\n"
        "    [c.start() for c in children]\n"
        "    [c.join() for c in children]\n"
        "    assert all(c.exitcode == 0 for c in children)\n"
        "    assert whirr.read_status(run.run_dir) == 'running'\n"
        "    run.log({'n': 'parent'})\n"
    )
    assert ended.returncode == 0, ended.stderr
    directory = only_run(project)
    assert [line["n"] for line in lines_of(directory, "metrics.jsonl")] == ["parent"]
    assert sorted(line["n"] for line in lines_of(directory, "metrics.pid*.jsonl")) == [0, 1]
    assert json.loads((directory / "config.json").read_text()) == {"a": 1}


def test_a_program_that_the_script_starts_is_a_run_of_its_own(script, project):
    inner = "import whirr; whirr.init(name='inner', system_metrics=False, capture_git=False, capture_pip=False)"
    ended = script(
        "import subprocess, sys, whirr\n"
        "whirr.init(name='outer', system_metrics=False, capture_git=False, capture_pip=False)\n"
        f"subprocess.run([sys.executable, '-c', {inner!r}], check=True)\n"
    )
    assert ended.returncode == 0, ended.stderr
    names = sorted(read_meta(path)["name"] for path in (project / ".whirr" / "runs").iterdir())
    assert names == ["inner", "outer"]


def test_a_run_can_be_pickled_for_workers(project):
    run = whirr.init(**quiet())
    with pytest.warns(whirr.WhirrWarning, match="another process"):
        copy = pickle.loads(pickle.dumps(run))
        copy.log({"copy": 1})
    copy.finish()
    assert copy.run_id == run.run_id
    assert read_status(run.run_dir) == "running"


RANK = (
    "import whirr, sys\n"
    "with whirr.init(config={'a': 1}, capture_git=False, capture_pip=False) as run:\n"
    "    run.log({'rank': run.rank}); run.log({'rank': run.rank})\n"
    "    run.summary({'rank': run.rank})\n"
    "print(run.run_id)\n"
)


def launch(project, environments, text=RANK):
    processes = [
        subprocess.Popen([sys.executable, "-c", text], cwd=project, env={**os.environ, **environment}, stdout=subprocess.PIPE, text=True)
        for environment in environments
    ]
    ids = [process.communicate(timeout=60)[0].strip() for process in processes]
    assert all(process.returncode == 0 for process in processes)
    return ids


LAUNCHES = {
    "torchrun": lambda rank: {
        "RANK": rank, "WORLD_SIZE": "3", "LOCAL_RANK": rank, "LOCAL_WORLD_SIZE": "3", "MASTER_ADDR": "127.0.0.1", "MASTER_PORT": "29500",
        "TORCHELASTIC_RUN_ID": "none",
    },
    "slurm": lambda rank: {"SLURM_PROCID": rank, "SLURM_NTASKS": "3", "SLURM_JOB_ID": "42", "SLURM_STEP_ID": "0"},
    "mpi": lambda rank: {"OMPI_COMM_WORLD_RANK": rank, "OMPI_COMM_WORLD_SIZE": "3"},
    "bare": lambda rank: {"RANK": rank, "WORLD_SIZE": "3"},
}  # fmt: skip


@pytest.mark.parametrize("launcher", LAUNCHES)
def test_ranks_are_one_run_in_which_each_has_its_file(project, launcher):
    # The last rank first: it has to wait for rank 0.
    ids = launch(project, [LAUNCHES[launcher](str(rank)) for rank in (2, 1, 0)])
    assert len(set(ids)) == 1
    directory = only_run(project)
    for rank, name in enumerate(["metrics.jsonl", "metrics.rank1.jsonl", "metrics.rank2.jsonl"]):
        assert [(line["_idx"], line["rank"]) for line in read_metrics(directory / name)] == [(0, rank), (1, rank)]
    meta = read_meta(directory)
    assert (meta["world_size"], meta["summary"], meta["status"]) == (3, {"rank": 0}, "completed")
    assert len(list(directory.glob("system*"))) == 1


def test_a_second_launch_is_a_second_run(project):
    first = launch(project, [LAUNCHES["bare"](str(rank)) for rank in (0, 1, 2)])
    second = launch(project, [{**LAUNCHES["bare"](str(rank)), "PMIX_NAMESPACE": "other"} for rank in (0, 1, 2)])
    assert len(set(first)) == 1 == len(set(second))
    assert first[0] != second[0]


def test_without_rank_0_the_others_share_one_run(project):
    text = "import whirr.ranks, functools\nwhirr.ranks.wait_for = functools.partial(whirr.ranks.wait_for, seconds=0.05)\n" + RANK
    ids = launch(project, [LAUNCHES["bare"](str(rank)) for rank in (1,)], text)
    directory = only_run(project)
    assert directory.name == ids[0]
    assert len(read_metrics(directory / "metrics.rank1.jsonl")) == 2
    assert read_meta(directory)["status"] == "completed"


def test_ranks_in_a_job_write_to_its_directory(job, tmp_path):
    launch(tmp_path, [LAUNCHES["torchrun"](str(rank)) for rank in (0, 1, 2)])
    assert len(read_metrics(job / "metrics.jsonl")) == 2 == len(read_metrics(job / "metrics.rank2.jsonl"))
    assert read_meta(job)["summary"] == {"rank": 0}


@pytest.mark.parametrize(
    ("environment", "expected"),
    [
        ({}, (0, 1)),
        ({"RANK": "3", "WORLD_SIZE": "8", "SLURM_PROCID": "1", "SLURM_NTASKS": "2"}, (3, 8)),
        ({"SLURM_PROCID": "1", "SLURM_NTASKS": "4"}, (1, 4)),
        ({"PMI_RANK": "2", "PMI_SIZE": "4"}, (2, 4)),
        ({"LOCAL_RANK": "1", "LOCAL_WORLD_SIZE": "2"}, (1, 2)),
        ({"RANK": "0"}, (0, 1)),
        ({"RANK": "one", "WORLD_SIZE": "-4"}, (0, 1)),
    ],
)
def test_the_rank_comes_from_the_variables_of_the_launcher(environment, expected):
    assert ranks.find(environment) == expected
