"""Keras models, NHWC: by Keras 3's own export, and by tf2onnx's converter for TensorFlow. Random weights, seeded."""

from pathlib import Path

import keras
import numpy as np
import tensorflow as tf
import tf2onnx
from keras import layers

here = Path(__file__).parent.parent


def cnn():
    image = layers.Input((32, 32, 3), name="image")
    x = layers.Conv2D(12, 3, strides=2, padding="same", use_bias=False)(image)
    x = layers.ReLU(6.0)(layers.BatchNormalization()(x))
    for stride in (1, 2):
        y = layers.DepthwiseConv2D(3, strides=stride, padding="same", use_bias=False)(x)
        y = layers.Activation("hard_swish")(layers.BatchNormalization()(y))
        y = layers.BatchNormalization()(layers.Conv2D(12, 1, use_bias=False)(y))
        x = layers.Add()([x, y]) if stride == 1 else y
    squeeze = layers.Dense(12, activation="sigmoid")(layers.GlobalAveragePooling2D(keepdims=True)(x))
    x = layers.UpSampling2D(2, interpolation="bilinear")(layers.Multiply()([x, squeeze]))
    x = layers.MaxPooling2D(2)(layers.ZeroPadding2D(1)(x))
    return keras.Model(image, layers.Dense(10, activation="softmax")(layers.Flatten()(x)))


def recurrent():
    tokens = layers.Input((10,), dtype="int32", name="tokens")
    x = layers.Bidirectional(layers.LSTM(16, return_sequences=True))(layers.Embedding(30, 12)(tokens))
    return keras.Model(tokens, layers.Dense(4)(layers.GRU(16)(x)))


def old():
    """Operators of operator set 11 that later ones changed: up-sampling to the nearest, softmax, padding, reductions."""
    image = layers.Input((18, 18, 3), name="image")
    x = layers.Conv2D(8, 3, padding="same", activation="relu")(image)
    x = layers.UpSampling2D(3, interpolation="nearest")(layers.AveragePooling2D(2, padding="same")(x))
    x = layers.Conv2DTranspose(6, 3, strides=2, padding="same")(layers.LeakyReLU(0.1)(x))
    x = layers.Softmax(axis=1)(layers.Cropping2D(1)(layers.PReLU(shared_axes=[1, 2])(x)))
    x = layers.SeparableConv2D(10, 3, dilation_rate=2)(x)
    return keras.Model(image, layers.Dense(4)(layers.GlobalMaxPooling2D()(x)))


def main():
    keras.utils.set_random_seed(1)
    model = cnn()
    random = np.random.default_rng(1)
    for layer in model.layers:
        if isinstance(layer, layers.BatchNormalization):
            layer.set_weights([random.uniform(0.5, 1.5, weight.shape) for weight in layer.get_weights()])
    model(np.zeros((1, 32, 32, 3), np.float32))
    model.export(str(here / "keras-cnn.onnx"), format="onnx", verbose=False)
    signature = [tf.TensorSpec((None, 32, 32, 3), tf.float32, name="image")]
    tf2onnx.convert.from_function(
        tf.function(lambda image: model(image)), signature, opset=13, output_path=str(here / "tf2onnx-cnn.onnx")
    )
    nearest = old()
    signature = [tf.TensorSpec((None, 12, 12, 3), tf.float32, name="image")]
    tf2onnx.convert.from_function(
        tf.function(lambda image: nearest(tf.raw_ops.ResizeNearestNeighbor(
            images=image, size=[18, 18], half_pixel_centers=True))),
        signature, opset=11, output_path=str(here / "tf2onnx-opset-11.onnx"),
    )
    words = recurrent()
    signature = [tf.TensorSpec((2, 10), tf.int32, name="tokens")]
    tf2onnx.convert.from_function(
        tf.function(lambda tokens: words(tokens)), signature, opset=15, output_path=str(here / "tf2onnx-recurrent.onnx")
    )


if __name__ == "__main__":
    main()
