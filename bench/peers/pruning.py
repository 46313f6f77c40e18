"""Prunes MobileNetV2 with Torch-Pruning to a share of its multiply-adds, and prints what it took. Started by pruning.ts.

    python pruning.py '{"input": [C, H, W], "seed": …, "model": …}'
    python pruning.py '{"input": [C, H, W], "seed": …, "share": …, "multiple": …, "threads": …, "output": …}'

The first writes the network as it is, the second what is left of it, which has the same weights before. Importance is the
L1 norm, taken together over a group as the tool does it by default; one ratio for all layers, found by bisection, since
Torch-Pruning takes a ratio and no target.
"""

import copy
import json
import re
import sys
import time
import warnings

import torch
import torch_pruning
from torch import nn

import networks

warnings.filterwarnings("ignore")
task = json.loads(sys.argv[1])
torch.set_num_threads(task.get("threads", 1))
torch.manual_seed(task["seed"])
network = networks.create("mobilenet-v2", 1, task["input"]).eval()
example = torch.randn(1, *task["input"])


def write(module, path):
    torch.onnx.export(
        module, (example,), path, input_names=["input"], output_names=["logits"], dynamo=False,
        dynamic_axes={"input": {0: "N"}, "logits": {0: "N"}},
    )


def pruned(ratio):
    result = copy.deepcopy(network)
    classifier = [module for module in result.modules() if isinstance(module, nn.Linear)]
    torch_pruning.pruner.MagnitudePruner(
        result,
        example,
        importance=torch_pruning.importance.MagnitudeImportance(p=1),
        pruning_ratio=ratio,
        ignored_layers=classifier,
        round_to=task["multiple"] if task["multiple"] > 1 else None,
    ).step()
    return result


def macs(module):
    """Of convolutions and matrix products, which is what Pare counts."""
    total = 0

    def count(layer, _, output):
        nonlocal total
        total += output.numel() * layer.weight[0].numel()

    layers = [layer for layer in module.modules() if isinstance(layer, (nn.Conv2d, nn.Linear))]
    hooks = [layer.register_forward_hook(count) for layer in layers]
    with torch.no_grad():
        module(example)
    for hook in hooks:
        hook.remove()
    return total


def peak_megabytes():
    """Of this process alone: what the system says of a process's resources begins at what its parent had. Linux only."""
    with open("/proc/self/status") as status:
        return int(re.search(r"VmHWM:\s+(\d+)", status.read())[1]) / 1024


if "model" in task:
    write(network, task["model"])
else:
    started = time.perf_counter()
    most = task["share"] * macs(network)
    low, high = 0, 1
    for _ in range(8):
        middle = (low + high) / 2
        low, high = (middle, high) if macs(pruned(middle)) > most else (low, middle)
    found = time.perf_counter()
    result = pruned(high)
    ended = time.perf_counter()
    write(result, task["output"])
    facts = {
        "version": torch_pruning.__version__,
        "seconds": found - started,
        "secondsOfOne": ended - found,
        "megabytes": peak_megabytes(),
    }
    print(json.dumps(facts))
