"""WhirrClient against a small server."""

import http.server
import json
import socket
import threading
import urllib.parse

import pytest

from whirr.client import WhirrClient, WhirrClientError


class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.answer(None)

    def do_POST(self):
        self.answer(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))

    def answer(self, body):
        self.server.asked.append((self.command, self.path, body))
        status, content = self.server.answers.pop(0)
        content = content if isinstance(content, bytes) else json.dumps(content).encode()
        self.send_response(status)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *_):
        pass


@pytest.fixture
def server(monkeypatch):
    monkeypatch.setenv("no_proxy", "*")
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        server.asked, server.answers = [], []
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        server.client = WhirrClient(f"http://127.0.0.1:{server.server_port}/")
        yield server
        server.shutdown()
        thread.join()


def test_submit_sends_what_was_given_and_results_are_dicts_with_attributes(server):
    server.answers = [(200, {"job_id": 1, "run_id": "job-1", "run_dir": "/r/job-1", "message": "ok", "inner": {"a": 1}})]
    result = server.client.submit_job(["python", "train.py"], "/home", name="n", config={"lr": 0.1}, tags=["t"])
    body = {"command_argv": ["python", "train.py"], "workdir": "/home", "name": "n", "config": {"lr": 0.1}, "tags": ["t"]}
    assert server.asked == [("POST", "/api/v1/jobs", body)]
    assert result["job_id"] == 1 == result.job_id
    assert result.inner.a == 1 and isinstance(result, dict)
    with pytest.raises(AttributeError, match="nothing"):
        _ = result.nothing


def test_waiting_ends_with_the_first_status_that_is_not_active(server):
    server.answers = [(200, {"status": status, "exit_code": 0, "run_id": "job-1"}) for status in ("queued", "starting", "running", "completed")]
    assert server.client.wait_for_job(1, poll_interval=0).status == "completed"
    server.answers = [(200, {"job_id": 2}), (200, {"status": "lost"})]
    assert server.client.submit_and_wait(["true"], "/")["status"] == "lost"


def test_waiting_ends_at_the_timeout_with_timeout_error(server):
    server.answers = [(200, {"status": "running"})] * 1000
    with pytest.raises(TimeoutError, match="job 1 is running"):
        server.client.wait_for_job(1, poll_interval=0.001, timeout=0.01)
    assert not any(path.endswith("cancel") for _, path, _ in server.asked)


def test_an_unknown_job_is_none_and_an_error_when_waited_for(server):
    server.answers = [(404, {"detail": "Job not found"})] * 3
    assert server.client.get_job(9) is None
    assert server.client.get_run("job-9") is None
    with pytest.raises(WhirrClientError, match="Server error: job 9 not found"):
        server.client.wait_for_job(9)


def test_a_refusal_tells_what_the_server_said(server):
    server.answers = [(422, {"detail": "no command"}), (500, b"<html>"), (200, b"not json"), (200, {"runs": 3}), (404, {"detail": "gone"})]
    for call, text in (
        (lambda: server.client.submit_job([], "/"), "Server error: 422 no command"),
        (lambda: server.client.get_job(1), "Server error: 500 <html>"),
        (lambda: server.client.get_status(), "Server error: .*something else"),
        (lambda: server.client.get_runs(), "Server error: .*no list 'runs'"),
        (lambda: server.client.cancel_job(1), "Server error: 404 gone"),
    ):
        with pytest.raises(WhirrClientError, match=text):
            call()


def test_a_server_that_is_not_there_is_never_not_found(monkeypatch):
    monkeypatch.setenv("no_proxy", "*")
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        client = WhirrClient(f"http://127.0.0.1:{unused.getsockname()[1]}")
        for call in (lambda: client.get_job(1), lambda: client.get_run("x"), lambda: client.wait_for_job(1), lambda: client.get_status()):
            with pytest.raises(WhirrClientError, match="^Connection error: ") as error:
                call()
            assert error.value.status is None


def test_a_server_that_hangs_up_is_a_connection_error(monkeypatch):
    monkeypatch.setenv("no_proxy", "*")
    with socket.create_server(("127.0.0.1", 0)) as listening:
        def hang_up():
            listening.accept()[0].close()

        thread = threading.Thread(target=hang_up)
        thread.start()
        with pytest.raises(WhirrClientError, match="^Connection error: "):
            WhirrClient(f"http://127.0.0.1:{listening.getsockname()[1]}").get_job(1)
        thread.join()


def test_lists_and_files_of_a_run(server):
    server.answers = [
        (200, {"runs": [{"id": "job-1"}]}),
        (200, {"metrics": [{"loss": "NaN", "step": 1}], "count": 1}),
        (200, {"artifacts": [{"path": "artifacts/a b.pt", "size": 3, "modified": "x"}], "count": 1}),
        (200, b"\0\1\2"),
        (200, {"message": "ok", "previous_status": "queued"}),
    ]
    client = server.client
    assert client.get_runs(status="failed", tag="a&b")[0].id == "job-1"
    (line,) = client.get_metrics("job-1")
    assert line["loss"] != line["loss"] and line.step == 1
    assert client.list_artifacts("job-1")[0].size == 3
    assert client.get_artifact("job-1", "artifacts/a b.pt") == b"\0\1\2"
    assert client.cancel_job(4).previous_status == "queued"
    paths = [urllib.parse.unquote(path) for _, path, _ in server.asked]
    assert paths == [
        "/api/v1/runs?status=failed&tag=a&b&limit=50", "/api/v1/runs/job-1/metrics", "/api/v1/runs/job-1/artifacts",
        "/api/v1/runs/job-1/artifacts/artifacts/a b.pt", "/api/v1/jobs/4/cancel",
    ]  # fmt: skip
    assert server.asked[0][1].count("&") == 2
