"""Gradients by PyTorch in float64, of the models that the tests train; written beside these tests.

    python gradients.py      # in an environment of e2e/models/make/requirements.txt

A parameter's gradient is kept as its largest magnitude, its norm, its product with a random tensor, and some of its
elements. Batch and weights come from one formula of whole numbers, which `gradient-record.ts` has too.
"""

import json
import math
import sys
from pathlib import Path

import numpy
import onnx
import torch
from onnx import numpy_helper
from torch import nn
from torch.nn import functional as F

root = Path(__file__).parents[2]
sys.path.insert(0, str(root / "e2e/models/make"))
import trainable  # noqa: E402

classes, smoothing, samples = 10, 0.1, 4


def uniform(stream, dims):
    """Of 0 to 1: MurmurHash3's finalizer over the place; stream and place are below 2^16 and 2^20."""
    bits = numpy.arange(math.prod(dims), dtype=numpy.uint64) + numpy.uint64(stream << 20)
    mask = numpy.uint64(0xFFFFFFFF)
    bits &= mask
    for shift, factor in ((16, 0x85EBCA6B), (13, 0xC2B2AE35), (16, 1)):
        bits ^= bits >> numpy.uint64(shift)
        bits = bits * numpy.uint64(factor) & mask
    return (bits / 2**32).reshape(dims)


def float32(values):
    """Rounded as the file has them."""
    return torch.from_numpy(numpy.asarray(values).astype(numpy.float32).astype(numpy.float64))


def images(*dims):
    return float32(4 * uniform(0, dims) - 2)


def record(path, logits, parameters, layouts={}):
    """Differentiates the loss, and writes what is kept of each gradient; `layouts` says which ones are transposed."""
    labels = torch.tensor([(3 * sample + 1) % classes for sample in range(len(logits))])
    loss = F.cross_entropy(logits, labels, label_smoothing=smoothing)
    loss.backward()
    kept = {}
    for stream, (name, parameter) in enumerate(sorted(parameters.items()), 1):
        gradient = parameter.grad.numpy()
        gradient = gradient.T if layouts.get(name) else gradient
        flat = gradient.flatten()
        projection = float(flat @ (2 * uniform(stream, flat.shape) - 1))
        places = [flat.size * (2 * sample + 1) // (2 * samples) for sample in range(samples)]
        kept[name] = {
            "dims": list(gradient.shape),
            "largest": float(numpy.abs(flat).max()),
            "norm": float(numpy.linalg.norm(flat)),
            "projection": projection,
            "elements": [float(flat[place]) for place in places],
        }
    rows = ",\n".join(f"    {json.dumps(name)}: {json.dumps(value)}" for name, value in kept.items())
    head = f'  "batch": {len(logits)},\n  "labelSmoothing": {smoothing},\n  "loss": {loss.item()!r},\n'
    path.write_text(f'{{\n{head}  "parameters": {{\n{rows}\n  }}\n}}\n')
    print(path.relative_to(root), loss.item(), path.stat().st_size)


def mobilenet_v1(width):
    """Howard et al. 2017, with the names of packages/models, its weights by the formula."""
    parameters = {}

    def parameter(name, *dims):
        parameters[name] = torch.zeros(dims, dtype=torch.float64, requires_grad=True)
        return parameters[name]

    def layer(name, before, after, kernel, stride, groups):
        weight = parameter(f"{name}/weight", after, before // groups, kernel, kernel)
        scale, shift = parameter(f"{name}/scale", after), parameter(f"{name}/shift", after)
        return lambda x: F.relu(F.batch_norm(
            F.conv2d(x, weight, stride=stride, padding=kernel // 2, groups=groups), None, None, scale, shift, True,
            eps=float(numpy.float32(1e-5))))

    channels = int(32 * width)
    layers = [layer("stem", 3, channels, 3, 1, 1)]
    blocks = [(64, 1), (128, 2), (128, 1), (256, 2), (256, 1), (512, 2), *[(512, 1)] * 5, (1024, 2), (1024, 1)]
    for index, (after, stride) in enumerate(blocks, 1):
        after = int(after * width)
        layers.append(layer(f"block{index}/depthwise", channels, channels, 3, stride, channels))
        layers.append(layer(f"block{index}/pointwise", channels, after, 1, 1, 1))
        channels = after
    weight, bias = parameter("classifier/weight", classes, channels), parameter("classifier/bias", classes)
    for stream, (name, tensor) in enumerate(sorted(parameters.items()), 1):
        values = 2 * uniform(stream, tensor.shape) - 1
        if tensor.ndim > 1:
            values *= math.sqrt(6 / math.prod(tensor.shape[1:]))
        else:
            # Shifts are small, so that no channel is 0 throughout.
            values = 1 + values / 2 if name.endswith("/scale") else values / 4
        tensor.data = float32(values)
    x = images(16, 3, 16, 16)
    for apply in layers:
        x = apply(x)
    return F.linear(x.mean((2, 3)), weight, bias), parameters


def folded(module):
    """BatchNorm folded into the convolution before it, as the exporter does."""
    for name, child in module.named_children():
        if isinstance(child, nn.Sequential) and len(child) > 1 and isinstance(child[1], nn.BatchNorm2d):
            setattr(module, name, nn.Sequential(nn.utils.fuse_conv_bn_eval(child[0], child[1]), *child[2:]))
        else:
            folded(child)
    return module


def exported(name):
    """A module of trainable.py with the weights of its file, and which of them the file has transposed."""
    build, exporter = trainable.models[name]
    model = trainable.settled(build)
    if exporter == "torchscript-folded":
        model = folded(model)
    model = model.double().train().requires_grad_()
    for module in model.modules():
        if isinstance(module, nn.Dropout):
            module.eval()
        if hasattr(module, "eps"):
            module.eps = float(numpy.float32(module.eps))
    proto = onnx.load(root / f"e2e/models/trainable/{name}.onnx")
    tensors = {tensor.name: torch.from_numpy(numpy_helper.to_array(tensor).copy()) for tensor in proto.graph.initializer}
    for node in proto.graph.node:
        # What Pare makes of a weight that is transposed before it is read.
        if node.op_type == "Transpose" and node.input[0] in tensors:
            tensors[node.output[0]] = tensors.pop(node.input[0]).T
    parameters, layouts = {}, {}
    for own, parameter in model.named_parameters():
        for transposed in (False, True):
            wanted = parameter.data.T if transposed and parameter.ndim == 2 else parameter.data
            # By its own name, or, where the exporter gave a new one, by what it holds.
            found = [own] if own in tensors else [
                key for key, tensor in tensors.items() if key not in parameters and tensor.shape == wanted.shape
                and tensor.is_floating_point() and torch.allclose(tensor.double(), wanted, 1e-3, 1e-5)]
            if found:
                break
        parameters[found[0]], layouts[found[0]] = parameter, transposed
        values = tensors[found[0]].double()
        parameter.data = values.T.contiguous() if transposed else values
    return model, parameters, layouts


def rounded_as_in_files(name):
    """What the files round to float32 beside weights."""
    sixth, root_of_2 = (float(numpy.float32(value)) for value in (1 / 6, math.sqrt(2)))
    F.hardsigmoid = lambda x: torch.clamp(x * sixth + 0.5, 0, 1)
    if name == "vit":
        F.gelu = lambda x: x * (1 + torch.erf(x / root_of_2)) / 2


def main():
    logits, parameters = mobilenet_v1(0.25)
    record(root / "packages/train/src/testing/fixtures/mobilenet-v1.json", logits, parameters)
    gelu = F.gelu
    for name in trainable.models:
        model, parameters, layouts = exported(name)
        rounded_as_in_files(name)
        record(root / f"e2e/fixtures/gradients/{name}.json", model(images(4, 3, 32, 32)), parameters, layouts)
        F.gelu = gelu


if __name__ == "__main__":
    main()
