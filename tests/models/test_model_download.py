"""Downloads against a hub on the loopback interface: sizes, progress, stopping, tokens, errors."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import psutil
import pytest
from huggingface_hub import constants

from engine.api import Engine
from engine.errors import BadSpec, DownloadError, JobCancelled
from engine.jobs.events import Event, Progress
from engine.jobs.job import JobFailed
from engine.models.catalog import list_models
from engine.models.download import SpeedMeter, choose_files, refuse_if_disk_is_full
from engine.models.hub_token import is_the_hub, read_token, token_file, write_token
from engine.models.mirror import endpoint_for
from engine.models.spec import DownloadPlan, DownloadSpec
from engine.paths import Paths

COMMIT = "a" * 40
FILES = {
    "config.json": b'{"model_type": "llama", "architectures": ["LlamaForCausalLM"]}',
    "model.safetensors": bytes(range(256)) * 4000,
    "tokenizer.json": b"{}",
    "pytorch_model.bin": b"never wanted",
    "onnx/model.onnx": b"never wanted either",
}


class FakeHub:
    """The four requests of the hub's protocol that a download needs."""

    def __init__(self) -> None:
        self.seen: list[tuple[str, str, dict[str, str]]] = []
        self.hold = threading.Event()
        self.hold.set()
        self.holding = threading.Event()
        self.asked_for_last = threading.Event()
        hub = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                hub.answer(self, body=True)

            def do_HEAD(self) -> None:
                hub.answer(self, body=False)

            def log_message(self, *_: object) -> None:
                return

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.address = f"http://127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def answer(self, request: BaseHTTPRequestHandler, body: bool) -> None:
        path = request.path.split("?")[0]
        self.seen.append((request.command, path, dict(request.headers)))
        if not path.startswith(("/api/models/ann/tiny", "/ann/tiny")):
            request.send_response(404)
            request.send_header("X-Error-Code", "RepoNotFound")
            request.end_headers()
        elif "/tree/" in path:
            tree = [
                {"type": "file", "path": name, "size": len(data), "oid": f"{len(data):040d}"}
                for name, data in FILES.items()
            ]
            self._send(request, json.dumps(tree).encode(), body)
        elif path.startswith("/api/"):
            info = {"id": "ann/tiny", "modelId": "ann/tiny", "sha": COMMIT, "siblings": []}
            self._send(request, json.dumps(info).encode(), body)
        else:
            name = path.split(f"/resolve/{COMMIT}/")[1]
            if body and name == "tokenizer.json":
                self.asked_for_last.set()
            self._send(request, FILES[name], body, slow=name == "model.safetensors")

    def _send(
        self, request: BaseHTTPRequestHandler, data: bytes, body: bool, slow: bool = False
    ) -> None:
        request.send_response(200)
        request.send_header("Content-Length", str(len(data)))
        request.send_header("X-Repo-Commit", COMMIT)
        request.send_header("ETag", f'"{len(data):040d}"')
        request.end_headers()
        if not body:
            return
        if slow and not self.hold.is_set():
            request.wfile.write(data[: len(data) // 2])
            request.wfile.flush()
            self.holding.set()
            self.hold.wait(20)
        try:
            request.wfile.write(data if not slow or not self.holding.is_set() else b"")
        except (BrokenPipeError, ConnectionResetError):
            return

    def close(self) -> None:
        self.hold.set()
        self.server.shutdown()
        self.server.server_close()


@pytest.fixture
def hub() -> Iterator[FakeHub]:
    server = FakeHub()
    yield server
    server.close()


@pytest.fixture
def engine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Engine]:
    monkeypatch.setattr(constants, "HF_HUB_CACHE", str(tmp_path / "hub"))
    monkeypatch.delenv("HF_HUB_OFFLINE", raising=False)
    engine = Engine(Paths.below(tmp_path / "home"))
    yield engine
    assert engine.close(10)


def snapshot(tmp_path: Path) -> Path:
    return tmp_path / "hub" / "models--ann--tiny" / "snapshots" / COMMIT


def test_a_download_is_planned_exactly_fetched_and_found(
    engine: Engine, hub: FakeHub, tmp_path: Path
) -> None:
    write_token(engine.resources.paths, "hf_secret")
    plan = engine.submit(
        DownloadSpec(repository="ann/tiny", endpoint=hub.address, dry_run=True)
    ).result(60)
    assert isinstance(plan, DownloadPlan)
    wanted = {
        name: len(FILES[name]) for name in ("config.json", "model.safetensors", "tokenizer.json")
    }
    assert dict(plan.files) == wanted
    assert plan.download_bytes == sum(wanted.values())
    assert plan.revision == COMMIT
    assert not snapshot(tmp_path).exists()

    events: list[Event] = []
    job = engine.submit(DownloadSpec(repository="ann/tiny", endpoint=hub.address), events.append)
    fetched = job.result(60)
    assert isinstance(fetched, DownloadPlan)
    assert replace(fetched, free_disk_bytes=0) == replace(plan, free_disk_bytes=0)
    for name in wanted:
        assert (snapshot(tmp_path) / name).read_bytes() == FILES[name]
    assert not (snapshot(tmp_path) / "pytorch_model.bin").exists()
    fractions = [e.fraction for e in events if isinstance(e, Progress) and e.fraction is not None]
    assert fractions == sorted(fractions)
    assert fractions[-1] == 1.0
    [entry] = [entry for entry in list_models(engine.resources) if entry.source == "hub-cache"]
    assert (entry.id, entry.revision) == ("ann/tiny", COMMIT)
    assert not any("Authorization" in headers for _, _, headers in hub.seen)


def test_stopping_ends_the_process_and_keeps_the_finished_files(
    engine: Engine, hub: FakeHub, tmp_path: Path
) -> None:
    hub.hold.clear()
    job = engine.submit(DownloadSpec(repository="ann/tiny", endpoint=hub.address))
    # Two files travel at a time: while the weights hang, the other worker ends config.json
    # before it asks for tokenizer.json.
    assert hub.holding.wait(60)
    assert hub.asked_for_last.wait(60)
    job.cancel()
    with pytest.raises(JobCancelled):
        job.result(20)
    commands = [" ".join(child.cmdline()) for child in psutil.Process().children(recursive=True)]
    assert not [line for line in commands if "hub_process" in line]
    assert not list((tmp_path / "hub").rglob("*.incomplete"))
    assert (snapshot(tmp_path) / "config.json").read_bytes() == FILES["config.json"]
    assert not (snapshot(tmp_path) / "model.safetensors").exists()


def test_a_missing_repository_and_a_dead_address_are_told_apart(
    engine: Engine, hub: FakeHub
) -> None:
    with pytest.raises(JobFailed) as missing:
        engine.submit(DownloadSpec(repository="ann/none", endpoint=hub.address)).result(60)
    assert missing.value.error.code == "download"
    assert "no repository “ann/none”" in missing.value.message
    hub.server.server_close()
    hub.server.shutdown()
    with pytest.raises(JobFailed) as offline:
        engine.submit(DownloadSpec(repository="ann/tiny", endpoint=hub.address)).result(60)
    assert "no connection" in offline.value.message
    assert offline.value.hint


def test_offline_mode_is_honoured(
    engine: Engine, hub: FakeHub, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    with pytest.raises(JobFailed, match="no connection"):
        engine.submit(DownloadSpec(repository="ann/tiny", endpoint=hub.address)).result(60)
    assert hub.seen == []


def test_a_full_disk_is_refused_before_the_start() -> None:
    plan = DownloadPlan("ann/tiny", COMMIT, (), 0, 5_000_000_000, 4_000_000_000)
    with pytest.raises(DownloadError, match=r"needs 5\.0 GB; 4\.0 GB"):
        refuse_if_disk_is_full(plan)
    refuse_if_disk_is_full(DownloadPlan("ann/tiny", COMMIT, (), 0, 5, 4_000_000_000))
    tight = DownloadPlan("ann/tiny", COMMIT, (), 0, 3_950_000_000, 4_000_000_000)
    assert not tight.has_room  # it would fit to the byte, and leave the disk full
    with pytest.raises(DownloadError):
        refuse_if_disk_is_full(tight)


def test_only_safe_weights_of_the_top_folder_are_chosen() -> None:
    names = (
        "config.json",
        "LICENSE",
        "consolidated.safetensors",
        "model-00001-of-00002.safetensors",
        "model-00002-of-00002.safetensors",
        "pytorch_model.bin",
        "tf_model.h5",
        "original/model.safetensors",
    )
    assert choose_files(names) == (
        "config.json",
        "LICENSE",
        "model-00001-of-00002.safetensors",
        "model-00002-of-00002.safetensors",
    )
    pickled = ("config.json", "pytorch_model.bin", "training_args.bin")
    with pytest.raises(DownloadError, match="pickle"):
        choose_files(pickled)
    assert choose_files(pickled, allow_pickle=True) == ("config.json", "pytorch_model.bin")
    with pytest.raises(DownloadError, match="2 GGUF"):
        choose_files(("a-Q4.gguf", "a-Q8.gguf"))
    assert choose_files(("a-Q4.gguf", "a-Q8.gguf"), wanted=("*Q8*",)) == ("a-Q8.gguf",)
    with pytest.raises(DownloadError, match="no weights"):
        choose_files(("README.md",))


def test_a_token_is_private_and_only_for_the_hub(tmp_path: Path) -> None:
    paths = Paths.below(tmp_path)
    write_token(paths, " hf_abc \n")
    assert read_token(paths) == "hf_abc"
    assert token_file(paths).stat().st_mode & 0o077 == 0
    write_token(paths, "")
    assert not token_file(paths).exists()
    assert is_the_hub("https://huggingface.co")
    assert not is_the_hub("http://huggingface.co")
    assert not is_the_hub("https://huggingface.co.example.org")
    assert not is_the_hub("https://hf-mirror.example")


def test_speed_is_that_of_the_last_seconds() -> None:
    meter = SpeedMeter(window_s=5.0)
    assert meter.add(0.0, 0) == 0.0
    assert meter.add(1.0, 100) == 100.0
    for second in range(2, 12):
        speed = meter.add(float(second), 100 + (second - 1) * 10)
    assert speed == pytest.approx(10.0)


@pytest.mark.parametrize("name", ["", "a/b/c", "a b", "../x/y"])
def test_a_wrong_repository_name_is_refused(name: str) -> None:
    with pytest.raises(BadSpec):
        DownloadSpec(repository=name).check()
    with pytest.raises(BadSpec):
        DownloadSpec(repository="ann/tiny", endpoint="mirror").check()


def settings_naming(paths: Paths, endpoint: object) -> None:
    paths.config.mkdir(parents=True, exist_ok=True)
    text = json.dumps({"format": 1, "values": {"models.endpoint": endpoint}})
    (paths.config / "settings.json").write_text(text, encoding="utf-8")


def test_the_mirror_is_the_one_asked_for_then_the_variable_then_the_setting(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    paths = Paths.below(tmp_path)
    monkeypatch.delenv("HF_ENDPOINT", raising=False)
    assert endpoint_for("", paths) == ""
    settings_naming(paths, "https://setting.example/")
    assert endpoint_for("", paths) == "https://setting.example"
    monkeypatch.setenv("HF_ENDPOINT", "https://variable.example")
    assert endpoint_for("", paths) == "https://variable.example"
    assert endpoint_for("https://asked.example", paths) == "https://asked.example"
    monkeypatch.delenv("HF_ENDPOINT")
    for broken in (7, None, ["x"]):
        settings_naming(paths, broken)
        assert endpoint_for("", paths) == ""
    (paths.config / "settings.json").write_text("{", encoding="utf-8")
    assert endpoint_for("", paths) == ""


def test_the_set_mirror_is_asked_and_gets_no_token(
    engine: Engine, hub: FakeHub, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("HF_ENDPOINT", raising=False)
    paths = engine.resources.paths
    write_token(paths, "hf_secret")
    settings_naming(paths, hub.address)
    plan = engine.submit(DownloadSpec(repository="ann/tiny", dry_run=True)).result(60)
    assert isinstance(plan, DownloadPlan)
    assert plan.revision == COMMIT
    assert hub.seen
    assert not any("Authorization" in headers for _, _, headers in hub.seen)
    with pytest.raises(JobFailed) as missing:
        engine.submit(DownloadSpec(repository="ann/none", dry_run=True)).result(60)
    assert hub.address in missing.value.message
    settings_naming(paths, "mirror")
    with pytest.raises(JobFailed, match="no address of a mirror"):
        engine.submit(DownloadSpec(repository="ann/tiny", dry_run=True)).result(60)


def test_only_the_hub_itself_is_given_the_token(
    engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The request as the download process gets it (no network: the process is not started)."""
    requests: list[dict[str, object]] = []

    def start(request: dict[str, object], _spec: DownloadSpec) -> None:
        requests.append(request)
        raise DownloadError("Not started.", "This is a test.")

    monkeypatch.setattr("engine.models.download.HubChild", start)
    monkeypatch.delenv("HF_ENDPOINT", raising=False)
    write_token(engine.resources.paths, "hf_secret")

    def token(endpoint: str = "") -> object:
        with pytest.raises(JobFailed, match="Not started"):
            engine.submit(DownloadSpec(repository="ann/tiny", endpoint=endpoint)).result(60)
        return requests[-1]["token"]

    assert token() == "hf_secret"
    assert token("https://huggingface.co") == "hf_secret"
    assert token("https://mirror.example") == ""
    monkeypatch.setenv("HF_ENDPOINT", "https://mirror.example")
    assert token() == ""
