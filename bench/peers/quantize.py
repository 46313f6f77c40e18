"""Quantizes one model with onnxruntime's own tool, and prints seconds and peak memory as JSON. Started by quantize.ts.

    python quantize.py <model> <samples> <CxHxW> <method> <output>
"""

import json
import logging
import re
import sys
import time

import numpy
from onnxruntime.quantization import CalibrationDataReader, CalibrationMethod, QuantFormat, QuantType, quantize_static

logging.disable(logging.WARNING)
model, samples, shape, method, output = sys.argv[1:]
sample = [int(size) for size in shape.split("x")]


class Samples(CalibrationDataReader):
    """One image a run, as the tool's own examples do."""

    def __init__(self):
        self.images = numpy.fromfile(samples, numpy.float32).reshape(-1, 1, *sample)
        self.next = 0

    def get_next(self):
        if self.next == len(self.images):
            return None
        self.next += 1
        return {"input": self.images[self.next - 1]}


methods = {
    "min-max": CalibrationMethod.MinMax,
    "kl-divergence": CalibrationMethod.Entropy,
    "percentile": CalibrationMethod.Percentile,
}
started = time.perf_counter()
quantize_static(
    model,
    output,
    Samples(),
    quant_format=QuantFormat.QDQ,
    per_channel=True,
    activation_type=QuantType.QUInt8,
    weight_type=QuantType.QInt8,
    calibrate_method=methods[method],
)
seconds = time.perf_counter() - started
# Of this process alone: what the system says of a process's resources begins at what its parent had. Linux only.
with open("/proc/self/status") as status:
    megabytes = int(re.search(r"VmHWM:\s+(\d+)", status.read())[1]) / 1024
print(json.dumps({"seconds": seconds, "megabytes": megabytes}))
