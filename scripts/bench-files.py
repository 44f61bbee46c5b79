"""Times writing and reading of a model's weights by h5py and by Keras, beside runexp-bench files.

usage: bench-files.py [MEGABYTES [FOLDER]]; Keras is left out where it is not installed.
"""
import os
import sys
import tempfile
import time

import numpy as np

REPEATS = 5


def shortest(body):
    times = []
    for _ in range(REPEATS):
        start = time.perf_counter()
        body()
        times.append(time.perf_counter() - start)
    return min(times) * 1000


def sync(path):
    """What the disk has then, as runexp waits for it too."""
    descriptor = os.open(path, os.O_RDONLY)
    os.fsync(descriptor)
    os.close(descriptor)


def time_h5py(arrays, path):
    import h5py

    def write():
        with h5py.File(path, "w") as file:
            for name, array in arrays.items():
                file[name] = array
        sync(path)

    def read():
        with h5py.File(path) as file:
            return {name: file[name][()] for name in arrays}

    print(f"h5py          {shortest(write):8.0f} {shortest(read):8.0f}")


def time_keras(width, folder):
    import keras

    layers = [keras.layers.Dense(width) for _ in range(3)] + [keras.layers.Dense(2 * width)]
    model = keras.Sequential([keras.layers.Input((width,))] + layers)
    for ending in ("h5", "keras"):
        path = f"{folder}/model.{ending}"

        def write():
            model.save(path)
            sync(path)

        writing, reading = shortest(write), shortest(lambda: keras.models.load_model(path))
        print(f"keras .{ending:6} {writing:8.0f} {reading:8.0f}")


def main():
    megabytes = int(sys.argv[1]) if len(sys.argv) > 1 else 100
    width = max(16, int((megabytes * 1e6 / 4 / 5) ** 0.5))
    random = np.random.default_rng(0)
    shapes = [(width, width)] * 3 + [(width, 2 * width)]
    arrays = {f"dense_{i}/kernel": random.random(s, dtype=np.float32) for i, s in enumerate(shapes)}
    with tempfile.TemporaryDirectory(dir=sys.argv[2] if len(sys.argv) > 2 else None) as folder:
        print("kind          write ms  read ms")
        time_h5py(arrays, folder + "/plain.h5")
        try:
            os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
            time_keras(width, folder)
        except ImportError:
            print("keras         is not installed")


main()
