"""Classifiers of 10 classes for images [N,3,32,32], by PyTorch's two exporters: what Pare trains though it never saw them.

Small forms of the papers' networks. BatchNorm stays a node of its own, but for one file, into whose convolutions it is
folded, as exporters do when not told otherwise. Random weights, seeded.
"""

import torch
from pytorch import export, here, seeded
from torch import nn
from torch.nn import functional as F

classes = 10


def conv_norm(before, after, kernel=3, stride=1, groups=1, activation=nn.ReLU6):
    layers = [nn.Conv2d(before, after, kernel, stride, kernel // 2, groups=groups, bias=False), nn.BatchNorm2d(after)]
    return nn.Sequential(*layers, *([activation()] if activation else []))


class SqueezeExcite(nn.Module):
    """Hu et al. 2018, with MobileNetV3's hard sigmoid."""

    def __init__(self, channels):
        super().__init__()
        self.squeeze, self.excite = nn.Conv2d(channels, channels // 4, 1), nn.Conv2d(channels // 4, channels, 1)

    def forward(self, x):
        return x * F.hardsigmoid(self.excite(F.relu(self.squeeze(F.adaptive_avg_pool2d(x, 1)))))


class InvertedResidual(nn.Module):
    """Expand 1x1, depthwise, squeeze and excite, project 1x1, added to its input where it fits (Sandler et al. 2018)."""

    def __init__(self, before, inner, after, kernel=3, stride=1, activation=nn.ReLU6, excite=False):
        super().__init__()
        self.residual = stride == 1 and before == after
        self.layers = nn.Sequential(
            *([conv_norm(before, inner, 1, activation=activation)] if inner != before else []),
            conv_norm(inner, inner, kernel, stride, inner, activation),
            *([SqueezeExcite(inner)] if excite else []),
            conv_norm(inner, after, 1, activation=None),
        )

    def forward(self, x):
        return x + self.layers(x) if self.residual else self.layers(x)


class MobileNetV2(nn.Module):
    def __init__(self):
        super().__init__()
        self.features = nn.Sequential(
            conv_norm(3, 8, stride=2),
            InvertedResidual(8, 8, 8),
            InvertedResidual(8, 48, 12, stride=2),
            InvertedResidual(12, 72, 12),
            InvertedResidual(12, 72, 20, stride=2),
            InvertedResidual(20, 120, 20),
            conv_norm(20, 96, 1),
        )
        self.classifier = nn.Sequential(nn.Dropout(0.2), nn.Linear(96, classes))

    def forward(self, image):
        return self.classifier(F.adaptive_avg_pool2d(self.features(image), 1).flatten(1))


class MobileNetV3(nn.Module):
    """The small one of Howard et al. 2019."""

    def __init__(self):
        super().__init__()
        self.features = nn.Sequential(
            conv_norm(3, 16, stride=2, activation=nn.Hardswish),
            InvertedResidual(16, 16, 16, 3, 1, nn.ReLU, True),
            InvertedResidual(16, 48, 20, 3, 2, nn.ReLU),
            InvertedResidual(20, 72, 20, 3, 1, nn.ReLU),
            InvertedResidual(20, 80, 28, 5, 2, nn.Hardswish, True),
            InvertedResidual(28, 112, 28, 5, 1, nn.Hardswish, True),
            conv_norm(28, 112, 1, activation=nn.Hardswish),
        )
        self.classifier = nn.Sequential(
            nn.Linear(112, 128), nn.Hardswish(), nn.Dropout(0.2), nn.Linear(128, classes)
        )

    def forward(self, image):
        return self.classifier(self.features(image).mean([2, 3]))


class BasicBlock(nn.Module):
    def __init__(self, before, after, stride):
        super().__init__()
        self.first = conv_norm(before, after, stride=stride, activation=nn.ReLU)
        self.second = conv_norm(after, after, activation=None)
        same = stride == 1 and before == after
        self.shortcut = nn.Identity() if same else conv_norm(before, after, 1, stride, activation=None)

    def forward(self, x):
        return F.relu(self.second(self.first(x)) + self.shortcut(x))


class ResNet(nn.Module):
    """He et al. 2016: basic blocks behind a stem with a pool."""

    def __init__(self):
        super().__init__()
        self.stem = nn.Sequential(conv_norm(3, 16, activation=nn.ReLU), nn.MaxPool2d(3, 2, 1))
        self.stages = nn.Sequential(BasicBlock(16, 16, 1), BasicBlock(16, 32, 2), BasicBlock(32, 48, 2))
        self.head = nn.Linear(48, classes)

    def forward(self, image):
        return self.head(F.adaptive_avg_pool2d(self.stages(self.stem(image)), 1).flatten(1))


class EfficientNetLite(nn.Module):
    """Tan and Le 2019 without squeeze and excitation, ReLU6 for Swish."""

    def __init__(self):
        super().__init__()
        self.features = nn.Sequential(
            conv_norm(3, 16, stride=2),
            InvertedResidual(16, 16, 8, 3),
            InvertedResidual(8, 48, 12, 3, 2),
            InvertedResidual(12, 72, 12, 3),
            InvertedResidual(12, 72, 20, 5, 2),
            InvertedResidual(20, 120, 20, 5),
            InvertedResidual(20, 120, 28, 3),
            conv_norm(28, 112, 1),
        )
        self.pool = nn.AvgPool2d(4)
        self.classifier = nn.Sequential(nn.Dropout(0.2), nn.Linear(112, classes))

    def forward(self, image):
        return self.classifier(self.pool(self.features(image)).flatten(1))


class Attention(nn.Module):
    def __init__(self, width, heads):
        super().__init__()
        self.heads = heads
        self.qkv, self.out = nn.Linear(width, 3 * width), nn.Linear(width, width)

    def forward(self, x):
        batch, length, width = x.shape
        qkv = self.qkv(x).reshape(batch, length, 3, self.heads, width // self.heads)
        query, key, value = qkv.permute(2, 0, 3, 1, 4).unbind(0)
        mixed = F.scaled_dot_product_attention(query, key, value)
        return self.out(mixed.transpose(1, 2).reshape(batch, length, width))


class Block(nn.Module):
    """A transformer encoder's layer, LayerNorm first."""

    def __init__(self, width, heads):
        super().__init__()
        self.before, self.after = nn.LayerNorm(width), nn.LayerNorm(width)
        self.attention = Attention(width, heads)
        self.wide, self.narrow = nn.Linear(width, 2 * width), nn.Linear(2 * width, width)

    def forward(self, x):
        x = x + self.attention(self.before(x))
        return x + self.narrow(F.gelu(self.wide(self.after(x))))


class VisionTransformer(nn.Module):
    """Dosovitskiy et al. 2021: patches, a token for the class, learned positions."""

    def __init__(self, width=64, heads=4, patch=8, depth=2):
        super().__init__()
        self.patches = nn.Conv2d(3, width, patch, patch)
        self.token = nn.Parameter(torch.randn(1, 1, width) * 0.1)
        self.position = nn.Parameter(torch.randn(1, (32 // patch) ** 2 + 1, width) * 0.1)
        self.blocks = nn.Sequential(*(Block(width, heads) for _ in range(depth)))
        self.norm, self.head = nn.LayerNorm(width), nn.Linear(width, classes)
        for module in self.modules():
            if isinstance(module, nn.LayerNorm):
                # Equal ones would be made one by the exporter.
                nn.init.uniform_(module.weight, 0.5, 1.5)
                nn.init.uniform_(module.bias, -0.3, 0.3)

    def forward(self, image):
        patches = self.patches(image).flatten(2).transpose(1, 2)
        x = torch.cat([self.token.expand(patches.shape[0], -1, -1), patches], 1) + self.position
        return self.head(self.norm(self.blocks(x))[:, 0])


# What each file is of, and how it is exported: by TorchScript, with BatchNorm kept or folded, or by torch.export.
models = {
    "mobilenet-v2": (MobileNetV2, "torchscript"),
    "mobilenet-v3": (MobileNetV3, "dynamo"),
    "resnet": (ResNet, "dynamo"),
    "efficientnet-lite": (EfficientNetLite, "torchscript"),
    "efficientnet-lite-folded": (EfficientNetLite, "torchscript-folded"),
    "vit": (VisionTransformer, "torchscript"),
    "vit-dynamo": (VisionTransformer, "dynamo"),
}


def settled(build):
    """BatchNorm's statistics as training leaves them: those of data, with which signals neither fade nor grow."""
    model = seeded(build)
    norms = [module for module in model.modules() if isinstance(module, nn.BatchNorm2d)]
    momenta = [norm.momentum for norm in norms]
    for norm in norms:
        norm.momentum = 1.0
    with torch.no_grad():
        model.train()(torch.randn(64, 3, 32, 32))
    for norm, momentum in zip(norms, momenta):
        norm.momentum = momentum
    return model.eval()


def main():
    (here / "trainable").mkdir(exist_ok=True)
    image = torch.randn(2, 3, 32, 32)
    for name, (build, exporter) in models.items():
        names = (f"trainable/{name}", settled(build), (image,), ["image"], ["logits"])
        if exporter == "dynamo":
            # Without the optimizer, which folds BatchNorm too.
            export(*names, dynamo=True, dynamic_shapes=({0: torch.export.Dim("batch")},), external_data=False,
                   optimize=False)
        else:
            folded = exporter == "torchscript-folded"
            mode = torch.onnx.TrainingMode.EVAL if folded else torch.onnx.TrainingMode.PRESERVE
            export(*names, dynamo=False, opset_version=17, training=mode,
                   dynamic_axes={"image": {0: "batch"}, "logits": {0: "batch"}})


if __name__ == "__main__":
    main()
