"""Completions in real shells: what is offered behind a line, against a real daemon."""

import os
import re
import shutil
import subprocess
import time

import pytest
from conftest import COMPLETIONS, PROGRAMS

pexpect = pytest.importorskip("pexpect", reason="python3-pexpect is not installed: no shell can be typed to")
BASH_COMPLETION = "/usr/share/bash-completion/bash_completion"


class Bash:
    """Types a line into an interactive bash and lets readline insert all candidates; the shell itself then takes the words apart."""

    def __init__(self, place, with_framework=True):
        self._shell = pexpect.spawn("bash", ["--norc", "--noprofile"], env=environment(place), cwd=str(place), encoding="utf-8", timeout=20, dimensions=(50, 1000), echo=True)
        self._run("PS1='ready> '; bind 'set enable-bracketed-paste off'; bind 'set bell-style none'; bind '\"\\C-t\": insert-completions'")
        self._run(f". {BASH_COMPLETION}" if with_framework else ":")
        self._run(f". {COMPLETIONS}/whirrctl.bash")

    def _run(self, line):
        self._shell.sendline(f"{line}; printf '[%s]\\n' done")
        self._shell.expect(r"\[done\]\r\n", timeout=60)

    def words(self, line):
        """All words of the line once the candidates for its last one are in."""
        self._shell.send(f"{line}\x14\x01printf '<%s>' \x05; printf '[%s]\\n' end\r")
        return typed_back(self._shell)

    def offers(self, line):
        before = len(line.split(" "))
        return self.words(line)[before - 1 :]


class Fish:
    def __init__(self, place):
        self._place = place

    def offers(self, line):
        command = f"set fish_complete_path {COMPLETIONS}; complete -C {quote(line)}"
        answer = subprocess.run(["fish", "--no-config", "-c", command], env=environment(self._place), cwd=self._place, capture_output=True, text=True, timeout=30)
        assert answer.stderr == ""
        return [candidate.split("\t")[0] for candidate in answer.stdout.splitlines()]

    def described(self, line):
        command = f"set fish_complete_path {COMPLETIONS}; complete -C {quote(line)}"
        answer = subprocess.run(["fish", "--no-config", "-c", command], env=environment(self._place), cwd=self._place, capture_output=True, text=True, timeout=30)
        return answer.stdout


class Zsh:
    """As with bash: all matches are inserted, and the shell takes the words apart."""

    def __init__(self, place):
        self._shell = pexpect.spawn("zsh", ["-f"], env=environment(place), cwd=str(place), encoding="utf-8", timeout=20, dimensions=(50, 1000))
        self._run("PS1='ready> '; unsetopt zle_bracketed_paste prompt_sp prompt_cr; zle_bracketed_paste=()")
        self._run(f"fpath=({COMPLETIONS} $fpath); autoload -U compinit; compinit -u -D")
        self._run("zle -C all-matches complete-word _generic; bindkey '^T' all-matches; bindkey -e; bindkey '^T' all-matches")
        self._run("zstyle ':completion:all-matches::::' completer _all_matches _complete; zstyle ':completion:all-matches:*' insert true")

    def _run(self, line):
        self._shell.sendline(f"{line}; printf '[%s]\\n' done")
        self._shell.expect(r"\[done\]\r\n", timeout=60)

    def offers(self, line):
        before = len(line.split(" "))
        self._shell.send(f"{line}\x14\x01printf '<%s>' \x05; printf '[%s]\\n' end\r")
        return typed_back(self._shell)[before - 1 :]


def typed_back(shell):
    """The words that the shell prints in angle brackets, on the line that ends with the word end."""
    shell.expect_exact("[end]\r\n")
    return re.findall(r"<(.*?)>(?=<|$)", shell.before.rpartition("\n")[2])


def environment(place):
    return {
        "PATH": f"{PROGRAMS}:/usr/local/bin:/usr/bin:/bin", "HOME": str(place), "TERM": "dumb", "LC_ALL": "C.UTF-8", "WHIRR_SOCKET": str(place / "socket"),
        "XDG_DATA_HOME": str(place / "data"), "INPUTRC": "/dev/null",
    }  # fmt: skip


def quote(text):
    return "'" + text.replace("\\", "\\\\").replace("'", "\\'") + "'"


SHELLS = {"bash": Bash, "zsh": Zsh, "fish": Fish}


@pytest.fixture(scope="module", params=SHELLS)
def shell(request, queue):
    if shutil.which(request.param) is None:
        pytest.skip(f"{request.param} is not installed")
    (queue.place / "train file.py").write_text("")
    (queue.place / "sweep.yaml").write_text("")
    return SHELLS[request.param](queue.place)


def test_verbs_by_their_beginning(shell):
    assert sorted(shell.offers("whirrctl ca")) == ["cancel"]
    assert sorted(shell.offers("whirrctl re")) == ["reindex", "report", "resume", "retry"]
    assert "__complete" not in shell.offers("whirrctl ")


def test_options_of_the_verb(shell):
    offered = shell.offers("whirrctl logs --")
    assert {"--follow", "--lines", "--attempt", "--json", "--socket"} <= {word.rstrip("=") for word in offered}
    assert "--all-queued" not in offered


@pytest.mark.parametrize(
    "line, expected",
    [
        ("whirrctl cancel ", ["2", "3"]),
        ("whirrctl logs ", ["1", "2", "3"]),
        ("whirrctl retry ", ["1"]),
        ("whirrctl --json wait 3 ", ["2", "3"]),
        ("whirrctl extend 2 ", []),
        ("whirrctl show job-", ["job-1", "job-2"]),
        ("whirrctl artifacts job-1 ", ["get"]),
        ("whirrctl artifacts job-1 get ", ["best/model.pt"]),
        ("whirrctl plot 1 -m ", ["loss", "val.acc"]),
        ("whirrctl plot 1 --metric ", ["loss", "val.acc"]),
        ("whirrctl submit --on-lost ", ["requeue", "stop"]),
        ("whirrctl status --tag la", ["later"]),
        ("whirrctl status -t sw", ["sweep:lr"]),
        ("whirrctl tag 1 +pa", ["+paper"]),
        ("whirrctl status -s fa", ["failed"]),
        ("whirrctl status -s failed,lo", ["failed,lost"]),
        ("whirrctl sweep sw", ["sweep.yaml"]),
        ("whirrctl ablate ", ["add", "init", "rank", "run"]),
    ],
)
def test_what_is_offered(shell, line, expected):
    assert sorted(shell.offers(line)) == expected


def test_behind_a_colon(shell):
    assert shell.offers("whirrctl runs -t sweep:") in (["sweep:lr"], ["lr"])


def test_files_and_the_command_of_submit(shell):
    assert [word.replace("\\", "") for word in shell.offers("whirrctl submit --from tr")] == ["train file.py"]
    assert "python3" in " ".join(shell.offers("whirrctl submit pytho"))
    assert [word.replace("\\", "") for word in shell.offers("whirrctl submit -n x cat tr")] == ["train file.py"]


def test_another_socket_and_no_daemon_are_silent(shell, queue):
    assert shell.offers(f"whirrctl --socket {queue.place}/none cancel ") == []


def test_bash_without_its_framework(queue):
    shell = Bash(queue.place, with_framework=False)
    assert sorted(shell.offers("whirrctl cancel ")) == ["2", "3"]


def test_fish_and_zsh_say_what_a_job_is(queue):
    assert "1\tcompleted, it's: done" in Fish(queue.place).described("whirrctl logs ")


def test_a_question_takes_no_longer_than_a_key(queue):
    for kind in ("jobs", "runs", "tags"):
        words = [PROGRAMS / "whirrctl", "--socket", queue.socket, "__complete", kind]
        fastest, deadline = 1.0, time.monotonic() + 20
        # Others may be busy on this machine: what counts is how fast it can be.
        while fastest >= 0.05 and time.monotonic() < deadline:
            started = time.perf_counter()
            subprocess.run(words, check=True, capture_output=True)
            fastest = min(fastest, time.perf_counter() - started)
        assert fastest < 0.05, kind


def test_nobody_answers_nobody_complains(tmp_path):
    for kind in ("jobs", "jobs-live", "jobs-ended", "runs", "tags", "metrics", "artifacts", "unknown"):
        answer = subprocess.run(
            [PROGRAMS / "whirrctl", "--socket", tmp_path / "none", "__complete", kind, "7"], capture_output=True, cwd=tmp_path, env={**os.environ, "XDG_DATA_HOME": str(tmp_path)}
        )
        assert (answer.returncode, answer.stdout, answer.stderr) == (0, b"", b""), kind
