"""A worker that speaks the protocol and knows one answer; it stands in for the real one, which is tested by itself.

What it does is told by a JSON file named in ORTHODIFFUSION_STANDIN: results (a folder to hand out as the result),
folder (a results folder for cases of a worklist), steps, pause (seconds a step), rows (of a batch), and mode: normal,
crash, out_of_memory, kill, silent, deaf (says hello, then nothing), stubborn (ignores cancel), protocol (another one),
version (another one), error, noisy, no_result, late (makes its results when it is told to end).
"""

import json
import os
import shutil
import signal
import sys
import threading
import time
from pathlib import Path

SETTINGS = {"results": "", "steps": 4, "pause": 0.02, "mode": "normal", "rows": [], "folder": ""}
out, sys.stdout = sys.stdout, sys.stderr
cancelled = set()


def say(**message):
    print(json.dumps(message), file=out, flush=True)


def settings():
    return {**SETTINGS, **json.loads(Path(os.environ["ORTHODIFFUSION_STANDIN"]).read_text(encoding="utf-8"))}


def answer_batch(request):
    """Two studies, the second of which has failed."""
    keep(request)
    for number, row in enumerate(settings()["rows"], 1):
        say(type="row", id=request["id"], number=number, count=2, row=row)
    say(type="batch_result", id=request["id"], folder=request["out"], exit_status=3, analysed=1, done_before=0,
        done_before_with_clinical=0, failed={"b_bad": "No volume."}, implausible=[])  # fmt: skip


def keep(received):
    path = Path(os.environ["ORTHODIFFUSION_STANDIN"]).with_name("received.json")
    unfinished = path.with_suffix(".unfinished")  # a test may be waiting for it, and would read half of it
    unfinished.write_text(json.dumps(received), encoding="utf-8")
    unfinished.replace(path)


def answer(request):
    if request["type"] == "batch":
        answer_batch(request)
        return
    told, name = settings(), request["id"]
    mode = told["mode"]
    if mode == "deaf":
        return
    for step in range(told["steps"]):
        say(type="progress", id=name, stage="encode", fraction=step / told["steps"], message=f"Step {step + 1}")
        end = time.monotonic() + told["pause"]
        while time.monotonic() < end:
            time.sleep(0.005)
            if name in cancelled and mode != "stubborn":
                say(type="cancelled", id=name)
                return
        if mode == "crash":
            raise RuntimeError("a tensor had the wrong shape")
        if mode == "kill":
            os.kill(os.getpid(), signal.SIGKILL)
        if mode == "noisy":
            out.write("a library prints here \xe4\n")
    if mode == "error":
        say(type="error", id=name, what="The bundle is damaged", where="weights.safetensors", remedy="Get it again.",
            log_path="")  # fmt: skip
    elif mode == "out_of_memory":
        say(type="error", id=name, what="There was not enough memory for this analysis", where="",
            remedy="Close other programs.", log_path="")  # fmt: skip
    elif mode == "no_result":
        sys.exit(0)
    elif "files" in request["inputs"]:  # a case of a worklist
        keep(request)
        if not told["folder"]:
            say(type="error", id=name, what="The study cannot be analyzed", where="", remedy="", log_path="")
            return
        shutil.copytree(told["folder"], request["out"])
        say(type="result", id=name, folder=request["out"])
    else:
        study = json.loads((Path(request["inputs"]["study"]) / "study.json").read_text(encoding="utf-8"))
        keep({**request, "study": study})
        shutil.copytree(told["results"], request["out"])
        say(type="result", id=name, folder=request["out"])


def main():
    told = settings()
    with open(Path(os.environ["ORTHODIFFUSION_STANDIN"]).with_name("pids"), "a") as pids:
        pids.write(f"{os.getpid()}\n")
    if told["mode"] == "silent":
        sys.stdin.read()
        return
    import OrthoDiffusionLib

    version = "0.0.1" if told["mode"] == "version" else OrthoDiffusionLib.__version__
    say(type="hello", protocol=2 if told["mode"] == "protocol" else 1, version=version, device="cpu (stand-in)")
    waiting, last, gone = [], [], threading.Event()

    def read():
        for line in sys.stdin:
            request = json.loads(line)
            if request["type"] == "cancel":
                cancelled.add(request["id"])
            elif request["type"] == "quit":
                break
            else:
                last.append(request)
                waiting.append(request)
        if told["mode"] == "late":
            shutil.copytree(told["results"], last[-1]["out"])
        os._exit(0)

    threading.Thread(target=read, daemon=True).start()
    while not gone.is_set():
        if waiting:
            answer(waiting.pop(0))
        time.sleep(0.005)


if __name__ == "__main__":
    main()
