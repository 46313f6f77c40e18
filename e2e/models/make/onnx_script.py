"""A model with local functions by onnxscript: nested calls, an attribute handed through, a branch in a body, a default."""

from pathlib import Path

import numpy as np
import onnx
from onnxscript import FLOAT, opset17 as op, script
from onnxscript.values import Opset

here = Path(__file__).parent.parent
domain = Opset("example.layers", 1)


@script(domain)
def leaky(x, alpha: float = 0.2):
    return op.LeakyRelu(x, alpha=alpha)


@script(domain)
def normalize(x, gamma, axis: int = -1):
    centred = x - op.ReduceMean(x, axes=[-1], keepdims=1)
    deviation = op.Sqrt(op.ReduceMean(centred * centred, axes=[-1], keepdims=1) + 1e-5)
    return op.Concat(centred / deviation * gamma, op.Softmax(x, axis=axis), axis=axis)


@script(domain)
def layer(x, weight, bias, gamma, alpha: float):
    hidden = op.MatMul(x, weight) + bias
    y = leaky(hidden, alpha=alpha)
    normal = normalize(y, gamma)
    if op.ReduceSum(y, keepdims=0) > 0.0:
        result = leaky(normal)
    else:
        bias = op.Neg(normal)
        result = leaky(bias, alpha=alpha)
    return result, hidden


def main():
    random = np.random.default_rng(1)

    def constant(name, *shape):
        return onnx.numpy_helper.from_array(random.normal(0, 0.4, shape).astype(np.float32), name)

    weights = [constant("w1", 8, 12), constant("b1", 12), constant("g1", 12),
               constant("w2", 24, 6), constant("b2", 6), constant("g2", 6)]
    call = onnx.helper.make_node
    graph = onnx.helper.make_graph(
        [
            call("layer", ["x", "w1", "b1", "g1"], ["y", ""], "first", domain=domain.domain, alpha=0.1),
            call("layer", ["y", "w2", "b2", "g2"], ["z", "hidden"], "second", domain=domain.domain, alpha=0.3),
        ],
        "functions",
        [onnx.helper.make_tensor_value_info("x", onnx.TensorProto.FLOAT, ["batch", 8])],
        [onnx.helper.make_tensor_value_info("z", onnx.TensorProto.FLOAT, ["batch", 12]),
         onnx.helper.make_tensor_value_info("hidden", onnx.TensorProto.FLOAT, ["batch", 6])],
        weights,
    )
    model = onnx.helper.make_model(
        graph, producer_name="onnxscript", ir_version=8,
        functions=[function.to_function_proto() for function in (leaky, normalize, layer)],
        opset_imports=[onnx.helper.make_opsetid("", 17), onnx.helper.make_opsetid(domain.domain, 1)],
    )
    onnx.checker.check_model(model)
    (here / "onnxscript-functions.onnx").write_bytes(model.SerializeToString())


if __name__ == "__main__":
    main()
