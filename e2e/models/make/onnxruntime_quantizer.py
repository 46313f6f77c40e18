"""int8 models by onnxruntime's own quantizer, of the PyTorch CNN: with Q/DQ pairs, with QLinearConv, and by its dynamic mode."""

from pathlib import Path

import numpy as np
from onnxruntime.quantization import CalibrationDataReader, QuantFormat, quantize_dynamic, quantize_static

here = Path(__file__).parent.parent


class Images(CalibrationDataReader):
    def __init__(self):
        random = np.random.default_rng(1)
        self.batches = iter([{"image": random.normal(0, 1, (4, 3, 32, 32)).astype(np.float32)} for _ in range(4)])

    def get_next(self):
        return next(self.batches, None)


def main():
    source = here / "pytorch-cnn-torchscript.onnx"
    for name, format in (("onnxruntime-qdq", QuantFormat.QDQ), ("onnxruntime-qoperator", QuantFormat.QOperator)):
        quantize_static(source, here / f"{name}.onnx", Images(), quant_format=format, per_channel=True)
    quantize_dynamic(here / "pytorch-transformer-torchscript.onnx", here / "onnxruntime-dynamic.onnx")


if __name__ == "__main__":
    main()
