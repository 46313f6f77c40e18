"""Finds scales of activations with PyTorch's own fake quantize modules, and prints them. Started by qat-ranges.ts.

    python qat_ranges.py <file of the task>

Runs, each through all batches, its weights fixed:
observed: FakeQuantize with a moving average from calibrated ranges on, each batch with the share that Pare gives it;
constant: the same with one share for all batches; own: the module as it comes; learned: _LearnableFakeQuantize from
calibrated ranges on, SGD; paper: the same with the gradient of learned step size quantization as its paper has it. But for
`own` a batch is rounded by what was found before it, as Pare does.
"""

import json
import sys
import warnings

import torch
from torch import nn
from torch.ao.quantization import FakeQuantize, MovingAverageMinMaxObserver, PerChannelMinMaxObserver
from torch.ao.quantization._learnable_fake_quantize import _LearnableFakeQuantize
from torch.nn import functional as F

warnings.filterwarnings("ignore")
torch.set_num_threads(1)
with open(sys.argv[1]) as file:
    task = json.load(file)
images = torch.tensor(task["images"]["data"]).reshape(task["images"]["dims"]).split(task["batchSize"])
labels = torch.tensor(task["labels"]).split(task["batchSize"])
most = 2 ** task["bits"] - 1
calibrated = {own["name"]: (min(0, own["low"]), max(0, own["high"])) for own in task["calibrated"]}


def rounded_weights(layer):
    module = FakeQuantize(
        PerChannelMinMaxObserver, -127, 127, dtype=torch.qint8, qscheme=torch.per_channel_symmetric, ch_axis=0
    )
    return module(torch.tensor(layer["weight"]).reshape(layer["dims"])).detach()


layers = [(layer, rounded_weights(layer), torch.tensor(layer["bias"])) for layer in task["layers"]]


def logits(x, activation):
    """`activation(name, x)` rounds a value."""
    x = activation("input", x)
    for layer, weight, bias in layers:
        if layer["kind"] == "linear":
            return F.linear(activation("mean", x.mean((2, 3))), weight, bias)
        x = F.relu(F.conv2d(x, weight, bias, padding=(layer["dims"][2] - 1) // 2, groups=layer["group"]))
        x = activation(layer["name"], x)


def moving_average(constant):
    return FakeQuantize(MovingAverageMinMaxObserver, 0, most, averaging_constant=constant, dtype=torch.quint8)


def adopt(module):
    """Rounds by what was observed so far."""
    scale, zero_point = module.calculate_qparams()
    module.scale.copy_(scale)
    module.zero_point.copy_(zero_point)


def scales_of(modules):
    return {name: module.scale.item() for name, module in modules.items()}


def observed(share):
    """`share` gives what a batch counts, by its number from 1."""
    modules = {name: moving_average(0.1) for name in calibrated}
    for name, module in modules.items():
        observer = module.activation_post_process
        observer.min_val, observer.max_val = (torch.tensor(float(end)) for end in calibrated[name])
        module.disable_observer()
        adopt(module)

    def activation(name, x):
        modules[name].activation_post_process(x)
        return modules[name](x)

    for number, batch in enumerate(images, 1):
        for module in modules.values():
            module.activation_post_process.averaging_constant = share(number)
        logits(batch, activation)
        for module in modules.values():
            adopt(module)
    return scales_of(modules)


def own():
    modules = {name: moving_average(0.01) for name in calibrated}
    for batch in images:
        logits(batch, lambda name, x: modules[name](x))
    return scales_of(modules)


class LearnedStep(torch.autograd.Function):
    """Esser et al. 2020, (1) to (3), for levels from 0: from the last level on a value counts as clipped."""

    @staticmethod
    def forward(context, x, scale, factor):
        levels = x / scale
        context.save_for_backward(levels)
        context.factor = factor
        return levels.clamp(0, most).round() * scale

    @staticmethod
    def backward(context, gradient):
        (levels,) = context.saved_tensors
        inside = (levels > 0) & (levels < most)
        slope = torch.where(inside, levels.round() - levels, levels.clamp(0, most))
        return gradient * inside, (gradient * slope).sum().reshape(1) * context.factor, None


class PaperModule:
    """A fake quantize module by the paper."""

    def __init__(self, scale):
        self.scale = nn.Parameter(torch.tensor([scale]))

    def __call__(self, x):
        return LearnedStep.apply(x, self.scale, (x.numel() * most) ** -0.5)


def learned(from_paper):
    """The scale of the input stays, as it does in Pare; all others begin at zero."""
    modules, trained = {}, []
    for name, (low, high) in calibrated.items():
        scale = (high - low) / most
        if from_paper and name != "input":
            modules[name] = PaperModule(scale)
            trained.append(modules[name].scale)
            continue
        modules[name] = _LearnableFakeQuantize(
            MovingAverageMinMaxObserver, 0, most, scale, float(round(-low / scale)), use_grad_scaling=True
        )
        modules[name].enable_param_learning()
        modules[name].zero_point.requires_grad = False
        if name != "input":
            trained.append(modules[name].scale)
    # The module divides gradients by the root of all elements of a batch, Pare by that of a sample's.
    optimizer = torch.optim.SGD(trained, lr=task["learningRate"] * task["batchSize"] ** 0.5)
    for batch, classes in zip(images, labels):
        optimizer.zero_grad()
        F.cross_entropy(logits(batch, lambda name, x: modules[name](x)), classes).backward()
        optimizer.step()
    return scales_of(modules)


rate = task["rate"]
scales = {
    "observed": observed(lambda number: 1 / sum(rate**power for power in range(number + 1))),
    "constant": observed(lambda _: 1 - rate),
    "own": own(),
    "learned": learned(False),
    "paper": learned(True),
}
print(json.dumps({"version": torch.__version__, "scales": scales}))
