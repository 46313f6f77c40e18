"""The networks of @pare/models as PyTorch modules, parameter for parameter, drawn from the same distributions."""

import math

import torch
from torch import nn

CLASSES = 10


def conv_batch_norm(inputs, channels, kernel, stride=1, groups=1):
    conv = nn.Conv2d(inputs, channels, kernel, stride, (kernel - 1) // 2, groups=groups, bias=False)
    return [conv, nn.BatchNorm2d(channels, eps=1e-5)]


def classifier(channels):
    return [nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(channels, CLASSES)]


def relu():
    return nn.ReLU(inplace=True)


def relu6():
    return nn.ReLU6(inplace=True)


def mobilenet_v1(inputs, width, stem_stride):
    def scaled(channels):
        return max(8, int(channels * width))

    plan = [(64, 1), (128, 2), (128, 1), (256, 2), (256, 1), (512, 2), *[(512, 1)] * 5, (1024, 2), (1024, 1)]
    channels = scaled(32)
    layers = [*conv_batch_norm(inputs, channels, 3, stem_stride), relu()]
    for outputs, stride in plan:
        layers += [*conv_batch_norm(channels, channels, 3, stride, groups=channels), relu()]
        layers += [*conv_batch_norm(channels, scaled(outputs), 1), relu()]
        channels = scaled(outputs)
    return nn.Sequential(*layers, *classifier(channels))


class InvertedResidual(nn.Module):
    def __init__(self, inputs, channels, expansion, stride):
        super().__init__()
        wide = inputs * expansion
        expand = [] if expansion == 1 else [*conv_batch_norm(inputs, wide, 1), relu6()]
        depthwise = [*conv_batch_norm(wide, wide, 3, stride, groups=wide), relu6()]
        self.layers = nn.Sequential(*expand, *depthwise, *conv_batch_norm(wide, channels, 1))
        self.same = stride == 1 and inputs == channels

    def forward(self, x):
        return x + self.layers(x) if self.same else self.layers(x)


def mobilenet_v2(inputs, width, stem_stride):
    def divisible(channels):
        rounded = max(8, int(channels + 4) // 8 * 8)
        return rounded + 8 if rounded < 0.9 * channels else rounded

    plan = [(1, 16, 1, 1), (6, 24, 2, 2), (6, 32, 3, 2), (6, 64, 4, 2), (6, 96, 3, 1), (6, 160, 3, 2), (6, 320, 1, 1)]
    channels = divisible(32 * width)
    layers = [*conv_batch_norm(inputs, channels, 3, stem_stride), relu6()]
    for expansion, outputs, count, stride in plan:
        for index in range(count):
            outputs_scaled = divisible(outputs * width)
            layers.append(InvertedResidual(channels, outputs_scaled, expansion, stride if index == 0 else 1))
            channels = outputs_scaled
    head = divisible(1280 * max(1, width))
    return nn.Sequential(*layers, *conv_batch_norm(channels, head, 1), relu6(), *classifier(head))


class Residual(nn.Module):
    def __init__(self, inputs, channels, stride):
        super().__init__()
        self.layers = nn.Sequential(
            *conv_batch_norm(inputs, channels, 3, stride), relu(), *conv_batch_norm(channels, channels, 3)
        )
        same = stride == 1 and inputs == channels
        self.shortcut = nn.Identity() if same else nn.Sequential(*conv_batch_norm(inputs, channels, 1, stride))
        self.relu = relu()

    def forward(self, x):
        return self.relu(self.layers(x) + self.shortcut(x))


def resnet_18(inputs, width, stem_stride):
    assert stem_stride == 1, "the network for small images"
    plan = [max(8, int(channels * width)) for channels in (64, 128, 256, 512)]
    channels = plan[0]
    layers = [*conv_batch_norm(inputs, channels, 3), relu()]
    for stage, outputs in enumerate(plan):
        for index in range(2):
            layers.append(Residual(channels, outputs, 2 if stage > 0 and index == 0 else 1))
            channels = outputs
    return nn.Sequential(*layers, *classifier(channels))


FAMILIES = {"mobilenet-v1": mobilenet_v1, "mobilenet-v2": mobilenet_v2, "resnet-18": resnet_18}


def create(family, width, sample):
    """A network for images [C, H, W]: the stem has stride 2, and 1 for small images, as in @pare/models."""
    channels, *size = sample
    network = FAMILIES[family](channels, width, 1 if min(size) < 64 else 2)
    for module in network.modules():
        if isinstance(module, (nn.Conv2d, nn.Linear)):
            fan_in = module.weight[0].numel()
            nn.init.normal_(module.weight, 0, math.sqrt((2 if isinstance(module, nn.Conv2d) else 1) / fan_in))
        if isinstance(module, nn.Linear):
            nn.init.zeros_(module.bias)
    return network.train()


def sgd(network, learning_rate, momentum, weight_decay):
    """Biases and BatchNorm do not decay. Fused: the fastest of PyTorch's own forms."""
    decayed = [p for p in network.parameters() if p.dim() > 1]
    others = [p for p in network.parameters() if p.dim() == 1]
    groups = [{"params": decayed, "weight_decay": weight_decay}, {"params": others, "weight_decay": 0}]
    return torch.optim.SGD(groups, lr=learning_rate, momentum=momentum, fused=True)
