"""Models by PyTorch's two exporters: TorchScript (dynamo=False) and torch.export (dynamo=True). Random weights, seeded."""

import re
from pathlib import Path

import onnx
import torch
from torch import nn
from torch.nn import functional as F

here = Path(__file__).parent.parent


class InvertedResidual(nn.Module):
    """MobileNetV2's block: expand 1x1, depthwise 3x3, project 1x1, added to its input where it fits."""

    def __init__(self, before, after, stride, expand=4):
        super().__init__()
        inner = before * expand
        self.residual = stride == 1 and before == after
        self.layers = nn.Sequential(
            nn.Conv2d(before, inner, 1, bias=False), nn.BatchNorm2d(inner), nn.ReLU6(),
            nn.Conv2d(inner, inner, 3, stride, 1, groups=inner, bias=False), nn.BatchNorm2d(inner), nn.ReLU6(),
            nn.Conv2d(inner, after, 1, bias=False), nn.BatchNorm2d(after),
        )

    def forward(self, x):
        return x + self.layers(x) if self.residual else self.layers(x)


class Cnn(nn.Module):
    def __init__(self, classes=10):
        super().__init__()
        self.features = nn.Sequential(
            nn.Conv2d(3, 16, 3, 2, 1, bias=False), nn.BatchNorm2d(16), nn.ReLU6(),
            InvertedResidual(16, 16, 1), InvertedResidual(16, 24, 2), InvertedResidual(24, 24, 1),
        )
        self.classifier = nn.Sequential(nn.Dropout(0.2), nn.Linear(24, classes))

    def forward(self, image):
        return self.classifier(self.features(image).mean([2, 3]))


class PreActivation(nn.Module):
    """BatchNorm before the convolution, where it cannot be folded; transposed convolution, up-sampling, padding."""

    def __init__(self):
        super().__init__()
        self.stem = nn.Conv2d(3, 16, 3, padding=1)
        self.norm = nn.BatchNorm2d(16)
        self.down = nn.Conv2d(16, 32, 3, 2)
        self.up = nn.ConvTranspose2d(32, 16, 2, 2)
        self.slope = nn.PReLU(16)
        self.head = nn.Conv2d(32, 2, 1)

    def forward(self, image):
        stem = self.stem(image)
        down = self.down(F.pad(F.relu(self.norm(stem)), (0, 1, 0, 1)))
        up = self.slope(self.up(down))
        soft = F.interpolate(F.avg_pool2d(stem, 2), scale_factor=2.0, mode="bilinear", align_corners=False)
        joined = torch.cat([up, soft], 1).clamp(-4, 4)
        mask = self.head(joined)
        first, second = mask.split(1, 1)
        best, where = torch.topk(first.flatten(1), 3)
        return F.log_softmax(mask, 1), best * second.mean(), where.squeeze(0)


class Recurrent(nn.Module):
    def __init__(self, symbols=40):
        super().__init__()
        self.embedding = nn.Embedding(symbols, 16)
        self.lstm = nn.LSTM(16, 24, num_layers=2, bidirectional=True, batch_first=True)
        self.gru = nn.GRU(48, 32, batch_first=True)
        self.head = nn.Linear(32, 5)

    def forward(self, tokens):
        sequence, _ = self.lstm(self.embedding(tokens))
        _, last = self.gru(sequence)
        return self.head(last.squeeze(0))


class Block(nn.Module):
    """A transformer encoder's layer, LayerNorm first."""

    def __init__(self, width=32, heads=4):
        super().__init__()
        self.heads = heads
        self.before, self.after = nn.LayerNorm(width), nn.LayerNorm(width)
        self.qkv, self.out = nn.Linear(width, 3 * width), nn.Linear(width, width)
        self.wide, self.narrow = nn.Linear(width, 4 * width), nn.Linear(4 * width, width)

    def forward(self, x):
        batch, length, width = x.shape
        qkv = self.qkv(self.before(x)).reshape(batch, length, 3, self.heads, width // self.heads)
        query, key, value = qkv.permute(2, 0, 3, 1, 4).unbind(0)
        mixed = F.scaled_dot_product_attention(query, key, value).transpose(1, 2).reshape(batch, length, width)
        x = x + self.out(mixed)
        return x + self.narrow(F.gelu(self.wide(self.after(x))))


class Encoder(nn.Module):
    def __init__(self, symbols=50, width=32, length=12):
        super().__init__()
        self.embedding = nn.Embedding(symbols, width)
        self.position = nn.Parameter(torch.randn(1, length, width) * 0.1)
        self.blocks = nn.Sequential(Block(width), Block(width))
        self.norm = nn.LayerNorm(width)
        self.head = nn.Linear(width, 6)

    def forward(self, tokens):
        x = self.embedding(tokens) + self.position
        return self.head(self.norm(self.blocks(x)).mean(1))


class Tied(nn.Module):
    """A language model whose output layer is its embedding, transposed."""

    def __init__(self, symbols=300, width=48):
        super().__init__()
        self.embedding = nn.Embedding(symbols, width)
        self.mix = nn.Linear(width, width)

    def forward(self, tokens):
        hidden = F.silu(self.mix(self.embedding(tokens)))
        return F.linear(hidden, self.embedding.weight)


class Branching(nn.Module):
    """Control flow that depends on data: If and Loop."""

    def __init__(self):
        super().__init__()
        self.first, self.again, self.other = nn.Linear(12, 12), nn.Linear(12, 12), nn.Linear(12, 12)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        y = self.first(x)
        if bool(y.sum() > 0):
            y = torch.relu(self.again(y))
        else:
            y = torch.tanh(self.other(y)) - 1.0
        step = 0
        while step < 6 and bool(y.abs().max() < 8.0):
            y = y + torch.sigmoid(self.again(y)) * step
            step += 1
        return y


class Conditional(nn.Module):
    """torch.cond, which torch.export keeps as a branch."""

    def __init__(self):
        super().__init__()
        self.conv = nn.Conv2d(3, 8, 3, padding=1)
        self.bright, self.dark = nn.Conv2d(8, 8, 3, padding=1), nn.Conv2d(8, 8, 1)

    def forward(self, image):
        x = F.relu(self.conv(image))
        return torch.cond(image.mean() > 0, lambda x: F.relu(self.bright(x)), lambda x: self.dark(x) * 0.5, (x,))


class Unusual(nn.Module):
    """What image models use beside convolutions: other norms, pixel shuffle, einsum, grid sampling, masks, a window that rounds up."""

    def __init__(self):
        super().__init__()
        self.stem = nn.Conv2d(3, 16, 3, padding="same", bias=False)
        self.group, self.instance = nn.GroupNorm(4, 16), nn.InstanceNorm2d(16, affine=True)
        self.mix = nn.Parameter(torch.randn(16, 16) * 0.2)
        self.up = nn.Conv2d(16, 48, 1)
        self.register_buffer("grid", torch.rand(2, 8, 8, 2) * 2 - 1)
        self.channels = nn.LayerNorm(12)
        self.head = nn.Conv1d(12, 5, 3, dilation=2)

    def forward(self, image):
        x = F.silu(self.group(self.stem(image)))
        x = F.hardswish(torch.einsum("nchw,cd->ndhw", self.instance(x), self.mix))
        x = F.max_pool2d(x, 3, 2, ceil_mode=True)
        x = F.pixel_shuffle(self.up(x), 2)
        x = F.grid_sample(x, self.grid, align_corners=False)
        x = self.channels(x.permute(0, 2, 3, 1)).permute(0, 3, 1, 2)
        x = torch.where(x > 0, x, F.elu(x)) + F.adaptive_avg_pool2d(x, 1)
        x = torch.cumsum(x.flatten(2), 2).masked_fill(torch.arange(64) % 7 == 3, 0.0)
        scores, _ = self.head(x).max(dim=2)
        return F.softmax(scores, 1), torch.argmax(scores, 1)


class FullyConvolutional(nn.Module):
    """Sizes follow from the input's: up-sampling to a size that is read at run time, flattening of what is left."""

    def __init__(self):
        super().__init__()
        self.down = nn.Sequential(nn.Conv2d(3, 12, 3, 2, 1), nn.BatchNorm2d(12), nn.SiLU(), nn.Conv2d(12, 12, 3, 2, 1))
        self.mask = nn.Conv2d(15, 2, 1)

    def forward(self, image):
        small = F.interpolate(self.down(image), size=image.shape[2:], mode="nearest")
        mask = self.mask(torch.cat([image, small], 1))
        return mask, mask.flatten(2).transpose(1, 2)


def seeded(build):
    """Random weights, and BatchNorm statistics as training would leave them."""
    torch.manual_seed(1)
    model = build().eval()
    for module in model.modules():
        if isinstance(module, nn.BatchNorm2d):
            for tensor, low, high in (
                (module.weight, 0.5, 1.5), (module.bias, -0.3, 0.3),
                (module.running_mean, -0.2, 0.2), (module.running_var, 0.5, 1.5),
            ):
                nn.init.uniform_(tensor, low, high)
    return model


def export(name, model, args, inputs, outputs, **options):
    path = here / f"{name}.onnx"
    torch.onnx.export(model, args, str(path), input_names=inputs, output_names=outputs, **options)
    # The stack traces that torch.export keeps in every node's metadata name this file by its whole path.
    proto = onnx.load(path, load_external_data=False)
    without_folder(proto.graph)
    path.write_bytes(proto.SerializeToString())
    print(name, path.stat().st_size)


def without_folder(graph):
    for node in graph.node:
        for entry in node.metadata_props:
            entry.value = re.sub(r'"[^"]*/', '"', entry.value)
        for attribute in node.attribute:
            if attribute.HasField("g"):
                without_folder(attribute.g)


def main():
    image = torch.randn(2, 3, 32, 32)
    tokens = torch.randint(0, 40, (2, 12))
    batch = torch.export.Dim("batch")
    cnn = seeded(Cnn)
    export("pytorch-cnn-torchscript", cnn, (image,), ["image"], ["logits"], dynamo=False, opset_version=17,
           dynamic_axes={"image": {0: "batch"}, "logits": {0: "batch"}})
    export("pytorch-cnn-dynamo", cnn, (image,), ["image"], ["logits"], dynamo=True, dynamic_shapes=({0: batch},),
           external_data=False)
    export("pytorch-opset-11", seeded(PreActivation), (image[:1],), ["image"], ["mask", "best", "where"],
           dynamo=False, opset_version=11, do_constant_folding=False)
    export("pytorch-opset-9", cnn, (image,), ["image"], ["logits"], dynamo=False, opset_version=9,
           keep_initializers_as_inputs=True, do_constant_folding=False, training=torch.onnx.TrainingMode.PRESERVE)
    export("pytorch-unusual-torchscript", seeded(Unusual), (image,), ["image"], ["shares", "best"], dynamo=False,
           opset_version=17)
    export("pytorch-unusual-dynamo", seeded(Unusual), (image,), ["image"], ["shares", "best"], dynamo=True,
           opset_version=22, external_data=False)
    recurrent = seeded(Recurrent)
    export("pytorch-recurrent-torchscript", recurrent, (tokens,), ["tokens"], ["logits"], dynamo=False, opset_version=14)
    export("pytorch-recurrent-dynamo", recurrent, (tokens,), ["tokens"], ["logits"], dynamo=True, external_data=False)
    encoder = seeded(Encoder)
    export("pytorch-transformer-dynamo", encoder, (tokens,), ["tokens"], ["logits"], dynamo=True, external_data=False)
    export("pytorch-transformer-opset-23", encoder, (tokens,), ["tokens"], ["logits"], dynamo=True, opset_version=23,
           external_data=False)
    export("pytorch-transformer-torchscript", encoder, (tokens,), ["tokens"], ["logits"], dynamo=False, opset_version=17)
    export("pytorch-tied-torchscript", seeded(Tied), (tokens,), ["tokens"], ["logits"], dynamo=False, opset_version=17,
           do_constant_folding=False)
    export("pytorch-tied-dynamo", seeded(Tied), (tokens,), ["tokens"], ["logits"], dynamo=True, external_data=False)
    export("pytorch-control-flow", torch.jit.script(seeded(Branching)), (torch.randn(2, 12),), ["x"], ["y"],
           dynamo=False, opset_version=16)
    export("pytorch-cond-dynamo", seeded(Conditional), (image,), ["image"], ["map"], dynamo=True, external_data=False)
    export("pytorch-float16", seeded(Cnn).half(), (image.half(),), ["image"], ["logits"], dynamo=True, external_data=False)
    export("pytorch-external-data", seeded(Cnn), (image,), ["image"], ["logits"], dynamo=True, external_data=True)
    height, width = (4 * torch.export.Dim("quarter_height", min=4), 4 * torch.export.Dim("quarter_width", min=4))
    export("pytorch-dynamic-shapes", seeded(FullyConvolutional), (image,), ["image"], ["mask", "pixels"], dynamo=True,
           dynamic_shapes=({0: batch, 2: height, 3: width},), external_data=False)


if __name__ == "__main__":
    main()
