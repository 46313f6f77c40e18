"""Trains MobileNetV1 on Fashion-MNIST with PyTorch, and prints its accuracy as JSON. Started by training-parity.ts.

    python training_parity.py '{"seed": …, "epochs": …, "images": …, "width": …, …}'
"""

import gzip
import json
import math
import os
import sys
import time

import numpy
import torch
from torch.nn.functional import cross_entropy, pad

import networks

task = json.loads(sys.argv[1])
torch.set_num_threads(task["threads"])
torch.manual_seed(task["seed"])
started = time.perf_counter()


def read(name, skip):
    with gzip.open(os.path.join(task["data"], name)) as file:
        return torch.from_numpy(numpy.frombuffer(file.read(), numpy.uint8, offset=skip).copy())


def images_of(prefix):
    return read(f"{prefix}-images-idx3-ubyte.gz", 16).reshape(-1, 1, 28, 28)


def labels_of(prefix):
    return read(f"{prefix}-labels-idx1-ubyte.gz", 8).long()


def normalized(images):
    values = (images.float() / 255 - task["mean"]) / task["std"]
    return values.to(memory_format=torch.channels_last)


def augmented(images):
    """Each image moved by up to so many pixels, black where there was none, and every second one mirrored."""
    padding = task["cropPadding"]
    count, _, height, width = images.shape
    padded = pad(images, [padding] * 4)
    rows = torch.randint(2 * padding + 1, (count, 1)) + torch.arange(height)
    columns = torch.randint(2 * padding + 1, (count, 1)) + torch.arange(width)
    columns = torch.where(torch.rand(count, 1) < 0.5, columns.flip(1), columns)
    return padded[torch.arange(count)[:, None, None], 0, rows[:, :, None], columns[:, None, :]][:, None]


images, labels = images_of("train")[: task["images"]], labels_of("train")[: task["images"]]
test_images, test_labels = images_of("t10k"), labels_of("t10k")
network = networks.create("mobilenet-v1", task["width"], task["input"]).to(memory_format=torch.channels_last)
optimizer = networks.sgd(network, task["learningRate"], task["momentum"], task["weightDecay"])

size = task["batchSize"]
steps = len(images) // size
warmup = round(task["warmupEpochs"] * steps)


def learning_rate(step):
    """Rises in a line over the warm-up, then falls to 0 along half a cosine wave."""
    if step < warmup:
        return task["learningRate"] * (step + 1) / warmup
    progress = (step - warmup) / max(1, task["epochs"] * steps - warmup)
    return task["learningRate"] * (1 + math.cos(math.pi * progress)) / 2


def accuracy():
    network.eval()
    with torch.no_grad():
        right = sum(
            (network(normalized(test_images[first : first + 250])).argmax(1) == test_labels[first : first + 250]).sum()
            for first in range(0, len(test_images), 250)
        )
    network.train()
    return right.item() / len(test_images)


top1 = 0
for epoch in range(task["epochs"]):
    order = torch.randperm(len(images))
    losses = []
    for index in range(steps):
        chosen = order[index * size : (index + 1) * size]
        for group in optimizer.param_groups:
            group["lr"] = learning_rate(epoch * steps + index)
        optimizer.zero_grad(set_to_none=True)
        loss = cross_entropy(network(normalized(augmented(images[chosen]))), labels[chosen])
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    top1 = accuracy()
    mean = sum(losses) / len(losses)
    print(f"PyTorch, seed {task['seed']}, epoch {epoch + 1}: loss {mean:.4f}, top-1 {top1:.2%}", file=sys.stderr)
print(json.dumps({"top1": top1, "seconds": time.perf_counter() - started}))
