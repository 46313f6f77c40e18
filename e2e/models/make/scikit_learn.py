"""Models by skl2onnx: a scaler with a multi-layer perceptron, and a random forest. Random data, seeded."""

from pathlib import Path

import numpy as np
from skl2onnx import to_onnx
from sklearn.ensemble import RandomForestClassifier
from sklearn.neural_network import MLPClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

here = Path(__file__).parent.parent


def main():
    random = np.random.default_rng(1)
    samples = random.normal(3, 2, (300, 12)).astype(np.float32)
    labels = (samples[:, :3].sum(1) > 9).astype(int) + (samples[:, 3] > 4)
    perceptron = make_pipeline(StandardScaler(), MLPClassifier((32, 16), max_iter=60, random_state=1))
    forest = RandomForestClassifier(12, max_depth=5, random_state=1)
    for name, model, options in (
        ("sklearn-mlp", perceptron, {"zipmap": False}),
        ("sklearn-random-forest", forest, {}),
    ):
        model.fit(samples, labels)
        proto = to_onnx(model, samples[:1], options={id(model): options} if options else None)
        (here / f"{name}.onnx").write_bytes(proto.SerializeToString())


if __name__ == "__main__":
    main()
