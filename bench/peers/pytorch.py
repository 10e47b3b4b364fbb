"""PyTorch on one thread: reads one JSON command a line, does it, answers with one JSON line.

Arrays travel as raw float32 or int32 files, channels first. `run` answers with the milliseconds it took here, so that
the way between the two processes does not count.
"""
import json
import os
import sys
import time

import numpy as np
import torch
from torch import nn

torch.set_num_threads(1)
jobs = []  # what `run` and `result` may be asked for, by the number that its command was answered with


def load(spec, dtype=np.float32):
    return torch.from_numpy(np.fromfile(spec["file"], dtype=dtype).reshape(spec["shape"]))


def added(job):
    jobs.append(job)
    return {"job": len(jobs) - 1}


def matmul(command):
    a, b = load(command["a"]), load(command["b"])
    return added(lambda: torch.mm(a, b))


def conv(command):
    x, kernel = load(command["x"]), load(command["kernel"])

    def run():
        with torch.no_grad():
            return nn.functional.conv2d(x, kernel, padding=1)

    return added(run)


def module(layer):
    kind = layer["type"]
    if kind == "pool":
        made = [nn.MaxPool2d(2)]
    elif kind == "dropout":
        made = [nn.Dropout(layer["rate"])]
    elif kind == "flatten":
        made = [nn.Flatten()]
    else:
        kernel = load(layer["kernel"])
        out, inner = kernel.shape[:2] if kind == "conv" else kernel.shape[::-1]
        weighted = nn.Conv2d(inner, out, 3) if kind == "conv" else nn.Linear(inner, out)
        weighted.weight.data = kernel if kind == "conv" else kernel.t().contiguous()
        weighted.bias.data.zero_()
        made = [weighted]
    return made + ([nn.ReLU()] if layer.get("relu") else [])


def train(command):
    x, y = load(command["x"]), load(command["y"], np.int32).long()
    net = nn.Sequential(*[m for layer in command["layers"] for m in module(layer)])
    adam = command["adam"]
    optimizer = torch.optim.Adam(
        net.parameters(), lr=adam["learningRate"], betas=(adam["beta1"], adam["beta2"]), eps=adam["epsilon"]
    )

    def run():
        optimizer.zero_grad(set_to_none=True)
        loss = nn.functional.cross_entropy(net(x), y)
        loss.backward()
        optimizer.step()
        return loss.detach()

    return added(run)


def run(command):
    start = time.perf_counter()
    value = jobs[command["job"]]()
    milliseconds = (time.perf_counter() - start) * 1000
    return {"milliseconds": milliseconds, "value": float(value) if value.dim() == 0 else None}


def result(command):
    jobs[command["job"]]().numpy().tofile(command["file"])


def version(_):
    with open("/proc/self/maps") as maps:
        libraries = {os.path.basename(line.split()[-1]) for line in maps if "blas" in line or "mkl" in line}
    return {"version": ", ".join([torch.__version__, *sorted(libraries)])}


commands = {f.__name__: f for f in (matmul, conv, train, run, result, version)}
for line in sys.stdin:
    command = json.loads(line)
    answer = commands[command["command"]](command) or {}
    print(json.dumps(answer), flush=True)
