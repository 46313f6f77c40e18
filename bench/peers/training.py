"""Trains with PyTorch as many steps as it is told, and prints what each took. Started by training.ts.

    python training.py '{"family": …, "width": …, "input": [C, H, W], "batchSize": …, "variant": …, "threads": …}'

Variants: contiguous, channels-last, compiled (contiguous), compiled-channels-last. First it prints one line of facts.
Then it reads a number of steps, line by line, and answers each with one line of JSON.
"""

import json
import re
import sys
import time

import torch
from torch.nn.functional import cross_entropy

import networks

task = json.loads(sys.argv[1])
torch.set_num_threads(task["threads"])
torch.manual_seed(1)
channels_last = task["variant"].endswith("channels-last")
memory_format = torch.channels_last if channels_last else torch.contiguous_format

network = networks.create(task["family"], task["width"], task["input"]).to(memory_format=memory_format)
optimizer = networks.sgd(network, *(task["optimizer"][name] for name in ("learningRate", "momentum", "weightDecay")))
parameters = sum(parameter.numel() for parameter in network.parameters())
forward = torch.compile(network) if task["variant"].startswith("compiled") else network

size = task["batchSize"]
batches = [
    (torch.randn(size, *task["input"]).to(memory_format=memory_format), torch.randint(networks.CLASSES, (size,)))
    for _ in range(4)
]


def step(index):
    images, labels = batches[index % len(batches)]
    optimizer.zero_grad(set_to_none=True)
    loss = cross_entropy(forward(images), labels)
    loss.backward()
    optimizer.step()
    return loss.item()


def peak_megabytes():
    """Of this process alone: what the system says of a process's resources begins at what its parent had."""
    with open("/proc/self/status") as status:
        return int(re.search(r"VmHWM:\s+(\d+)", status.read())[1]) / 1024


def answer(facts):
    print(json.dumps(facts), flush=True)


started = time.perf_counter()
step(0)
answer({"version": torch.__version__, "parameters": parameters, "firstStepSeconds": time.perf_counter() - started})
done = 1
for line in sys.stdin:
    milliseconds = []
    for _ in range(int(line)):
        started = time.perf_counter()
        loss = step(done)
        milliseconds.append(1000 * (time.perf_counter() - started))
        done += 1
    answer({"milliseconds": milliseconds, "loss": loss, "megabytes": peak_megabytes()})
