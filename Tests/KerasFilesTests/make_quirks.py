"""Small files by real Keras 3 with what is seldom in files.

    make_quirks.py OUT      writes OUT/quirk_*

Written for Keras 3.15.1 on TensorFlow.
"""
import os
import sys

os.environ.update(KERAS_BACKEND="tensorflow", TF_CPP_MIN_LOG_LEVEL="3", CUDA_VISIBLE_DEVICES="-1")
import keras
import numpy as np
from keras import layers

OUT = sys.argv[1]


def path(name):
    return os.path.join(OUT, "quirk_" + name)


@keras.saving.register_keras_serializable("my")
class Odd(layers.Layer):
    def build(self, shape):
        self.w = self.add_weight(shape=(shape[-1],), name="w")

    def call(self, x):
        return x * self.w


# A class that is not Keras's, in both kinds of files.
model = keras.Sequential([keras.Input((4,)), Odd(name="odd"), layers.Dense(1)])
model.save(path("unknown.keras"))
model.save(path("unknown.h5"))

# An activation with weights of its own, which Keras does not save.
model = keras.Sequential([keras.Input((4,)), layers.Dense(3, activation=layers.PReLU(name="bend")), layers.Dense(1)])
model.save(path("activation.keras"))
model.save(path("activation.h5"))

# Metrics of one name, which Keras numbers, and correlations.
model = keras.Sequential([keras.Input((4,)), layers.Dense(2)])
model.compile("sgd", "mse", metrics=["mae", "mae", keras.metrics.MeanAbsoluteError(), keras.metrics.MeanAbsoluteError(),
                                     keras.metrics.PearsonCorrelation(), keras.metrics.ConcordanceCorrelation()])
x = np.random.default_rng(1).normal(size=(8, 4)).astype("float32")
print(list(model.fit(x, x[:, :2], verbose=0).history))
model.save(path("metrics.keras"))
