"""PyTorch: reads one JSON command a line, does it, answers with one JSON line. Its argument: how many threads.

Arrays travel as raw float32 or int32 files, channels first. `run` answers with the milliseconds it took here, so that
the way between the two processes does not count.
"""
import json
import os
import re
import sys
import time

import numpy as np
import torch
from torch import nn

torch.set_num_threads(int(sys.argv[1]))
jobs = []  # what `run` and `result` may be asked for, by the number that its command was answered with


def load(spec, dtype=np.float32):
    return torch.from_numpy(np.fromfile(spec["file"], dtype=dtype).reshape(spec["shape"]))


def added(job):
    jobs.append(job)
    return {"job": len(jobs) - 1}


def matmul(command):
    a, b = load(command["a"]), load(command["b"])
    return inference(lambda: torch.mm(a, b))


def conv(command):
    x, kernel = load(command["x"]), load(command["kernel"])
    padding, groups = kernel.shape[-1] // 2, command["groups"]
    return inference(lambda: nn.functional.conv2d(x, kernel, padding=padding, groups=groups))


def gelu(command):
    x, w, b = load(command["x"]), load(command["w"]), load(command["b"])
    return inference(lambda: nn.functional.gelu(x * w + b).sum())


def inference(compute):
    return added(torch.inference_mode()(compute))


class Residual(nn.Module):
    def __init__(self, body, shortcut):
        super().__init__()
        self.body, self.shortcut = body, shortcut

    def forward(self, x):
        return self.body(x) + self.shortcut(x)


class Subsample(nn.Module):
    def __init__(self, strides, filters):
        super().__init__()
        self.strides, self.filters = strides, filters

    def forward(self, x):
        added = self.filters - x.shape[1]
        front = added // 2
        kept = x[:, :, :: self.strides, :: self.strides]
        return nn.functional.pad(kept, (0, 0, 0, 0, front, added - front))


def weighted(made, layer):
    """A layer with the values of its description."""
    for name, key in dict(weight="kernel", bias="bias").items():
        if key in layer:
            getattr(made, name).data = load(layer[key])
    return made


def conv_layer(layer, groups=1):
    kernel = layer["kernel"]["shape"]
    options = dict(stride=layer.get("strides", 1), padding=layer.get("padding", 0), bias="bias" in layer)
    return weighted(nn.Conv2d(kernel[1] * groups, kernel[0], kernel[2], groups=groups, **options), layer)


def dense_layer(layer):
    inner, out = layer["kernel"]["shape"]
    made = weighted(nn.Linear(inner, out), layer)
    made.weight.data = made.weight.data.t().contiguous()
    return made


def norm_layer(layer):
    made = nn.BatchNorm2d(layer["scale"]["shape"][0], eps=layer["epsilon"])
    made.weight.data, made.bias.data = load(layer["scale"]), load(layer["offset"])
    made.running_mean.data, made.running_var.data = load(layer["mean"]), load(layer["variance"])
    return made


makers = {
    "conv": conv_layer,
    "depthwise": lambda layer: conv_layer(layer, layer["from"][2]),
    "dense": dense_layer,
    "norm": norm_layer,
    "maxPool": lambda layer: nn.MaxPool2d(layer["kernelSize"], layer["strides"], layer["padding"]),
    "globalPool": lambda layer: nn.Sequential(nn.AdaptiveAvgPool2d(1), nn.Flatten()),
    "flatten": lambda layer: nn.Flatten(),
    "dropout": lambda layer: nn.Dropout(layer["rate"]),
    "subsample": lambda layer: Subsample(layer["strides"], layer["filters"]),
    "residual": lambda layer: Residual(sequential(layer["body"]), sequential(layer["shortcut"])),
}
activations = {"relu": nn.ReLU, "relu6": nn.ReLU6}


def sequential(layers):
    made = []
    for layer in layers:
        made.append(makers[layer["type"]](layer))
        if "activation" in layer:
            made.append(activations[layer["activation"]](inplace=True))
    return nn.Sequential(*made)


def optimizer_of(net, described):
    rate = described["learningRate"]
    if described["type"] == "sgd":
        return torch.optim.SGD(net.parameters(), lr=rate, momentum=described["momentum"])
    betas = (described["beta1"], described["beta2"])
    return torch.optim.Adam(net.parameters(), lr=rate, betas=betas, eps=described["epsilon"])


def trainer_of(command):
    """A function that does one step on a batch."""
    net = sequential(command["layers"]).train()
    optimizer = optimizer_of(net, command["optimizer"])

    def step(x, y):
        optimizer.zero_grad(set_to_none=True)
        logits = net(x)
        loss = nn.functional.cross_entropy(logits, y)
        loss.backward()
        optimizer.step()
        return loss.detach(), logits.detach()

    return step


def train(command):
    x, y = load(command["x"]), load(command["y"], np.int32).long()
    step = trainer_of(command)
    return added(lambda: step(x, y)[0])


def epoch(command):
    """All samples once in random order; the value is the accuracy on the way."""
    x, y = load(command["x"]), load(command["y"], np.int32).long()
    step = trainer_of(command)

    def run():
        correct = torch.zeros(())
        for rows in torch.randperm(len(x)).split(command["batch"]):
            target = y[rows]
            _, logits = step(x[rows], target)
            correct += (logits.argmax(1) == target).sum()
        return correct / len(x)

    return added(run)


def infer(command):
    x, net = load(command["x"]), sequential(command["layers"]).eval()
    return inference(lambda: net(x))


def respond(command):
    """From a NumPy array to a NumPy array, `calls` times."""
    x, net = load(command["x"]).numpy(), sequential(command["layers"]).eval()

    def compute():
        for _ in range(command["calls"]):
            y = net(torch.from_numpy(x)).numpy()
        return torch.from_numpy(y)

    return inference(compute)


def run(command):
    start = time.perf_counter()
    value = jobs[command["job"]]()
    milliseconds = (time.perf_counter() - start) * 1000
    return {"milliseconds": milliseconds, "value": float(value) if value.dim() == 0 else None}


def result(command):
    jobs[command["job"]]().numpy().tofile(command["file"])


def version(_):
    """With the libraries of its matrix products; one that is built in has its name from the build."""
    with open("/proc/self/maps") as maps:
        paths = {line.split()[-1] for line in maps if ".so" in line}
    shown = {"/".join(path.split("/")[-2:]) for path in paths if re.search("blas|mkl", os.path.basename(path))}
    built_in = re.findall("BLAS_INFO=(?!generic)(\\w+)", torch.__config__.show())
    return {"version": ", ".join([torch.__version__, *sorted(shown), *built_in])}


commands = {f.__name__: f for f in (matmul, conv, gelu, train, epoch, infer, respond, run, result, version)}
for line in sys.stdin:
    command = json.loads(line)
    answer = commands[command["command"]](command) or {}
    print(json.dumps(answer), flush=True)
