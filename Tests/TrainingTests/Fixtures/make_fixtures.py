"""Makes keras_training.json: trainings by real Keras 3 that runexp repeats step by step.

Needs keras==3.15.1 and tensorflow-cpu==2.21. Run: python make_fixtures.py
Each case has start weights, data, the loss of every step (shuffling off), and the logs of every epoch.
"""
import json
import os
import pathlib

os.environ.update(TF_CPP_MIN_LOG_LEVEL="3", TF_ENABLE_ONEDNN_OPTS="0", CUDA_VISIBLE_DEVICES="")
import keras
import numpy as np

L = keras.layers


def listed(x):
    return [float(np.format_float_scientific(v, precision=8)) for v in np.asarray(x, np.float32).ravel()]


def case(name, shape, layers, classes, loss, metrics, optimizer, description, target="labels"):
    keras.utils.set_random_seed(7)
    rng = np.random.default_rng(len(name))
    count, held, batch, epochs = 44, 13, 8, 17

    def draw(n):
        x = rng.normal(size=(n, *shape)).astype("float32")
        flat = x.reshape(n, -1)
        scores = flat @ np.linspace(-1, 1, flat.shape[1] * max(classes, 1)).reshape(flat.shape[1], -1)
        if target == "labels":
            return x, scores.argmax(1).astype("int32")
        if target == "onehot":
            return x, np.eye(classes, dtype="float32")[scores.argmax(1)]
        if target == "binary":
            return x, (scores > 0).astype("float32")[:, :1]
        return x, (np.sin(scores) + 0.1 * rng.normal(size=scores.shape)).astype("float32")

    x, y = draw(count)
    vx, vy = draw(held)
    model = keras.Sequential([keras.Input(shape), *layers()])
    for weight in model.weights:
        if weight.name == "bias":
            weight.assign(rng.normal(size=weight.shape) * 0.1)
    start = [w.numpy() for w in model.weights]

    model.compile(loss=loss, optimizer=optimizer(), metrics=metrics)
    history = model.fit(
        x, y, batch_size=batch, epochs=epochs, shuffle=False, validation_data=(vx, vy), verbose=0).history
    final = [w.numpy() for w in model.weights]
    evaluated = model.evaluate(vx, vy, batch_size=5, verbose=0, return_dict=True)
    predicted = model.predict(vx, verbose=0)

    again = keras.models.clone_model(model)
    again.set_weights(start)
    again.compile(loss=loss, optimizer=optimizer())
    steps = []
    for _ in range(epochs):
        for first in range(0, count, batch):
            again.reset_metrics()
            logs = again.train_on_batch(x[first:first + batch], y[first:first + batch], return_dict=True)
            steps.append(float(logs["loss"]))
    return dict(
        name=name, shape=list(shape), **description, loss=loss, metrics=metrics, batch=batch, epochs=epochs,
        x=listed(x), y=listed(y), target_shape=list(y.shape[1:]), vx=listed(vx), vy=listed(vy), start=[listed(w) for w in start],
        step_losses=steps, history=history, final=[listed(w) for w in final], evaluated=evaluated,
        predicted=listed(predicted))


def dense(units, activation):
    return {"Dense": {"units": units, "activation": activation}}


cases = [
    case("classes, SGD", (3, 4), lambda: [L.Flatten(), L.Dense(16, "relu"), L.Dense(12, "relu"), L.Dense(5, "softmax")],
         5, "sparse_categorical_crossentropy", ["accuracy"], lambda: keras.optimizers.SGD(0.05),
         dict(layers=["Flatten", dense(16, "relu"), dense(12, "relu"), dense(5, "softmax")],
              optimizer={"SGD": {"learning_rate": 0.05}})),
    case("classes, Adam", (9,), lambda: [L.Dense(17, "elu"), L.Dense(6), L.Activation("softmax")],
         6, "categorical_crossentropy", ["accuracy", "mse"], lambda: keras.optimizers.Adam(0.01),
         dict(layers=[dense(17, "elu"), dense(6, "linear"), {"Activation": {"activation": "softmax"}}],
              optimizer={"Adam": {"learning_rate": 0.01}}), target="onehot"),
    case("yes or no, Nesterov", (5,), lambda: [L.Dense(18, "tanh"), L.Reshape((2, 9)), L.Flatten(), L.Dense(1, "sigmoid")],
         1, "binary_crossentropy", ["accuracy"], lambda: keras.optimizers.SGD(0.05, momentum=0.9, nesterov=True),
         dict(layers=[dense(18, "tanh"), {"Reshape": {"target_shape": [2, -1]}}, "Flatten", dense(1, "sigmoid")],
              optimizer={"SGD": {"learning_rate": 0.05, "momentum": 0.9, "nesterov": True}}), target="binary"),
    case("numbers, momentum", (4,), lambda: [L.Dense(20, "gelu"), L.Dense(10, "silu"), L.Dense(3)],
         3, "mean_squared_error", ["mae"], lambda: keras.optimizers.SGD(0.02, momentum=0.8),
         dict(layers=[dense(20, "gelu"), dense(10, "silu"), dense(3, "linear")],
              optimizer={"SGD": {"learning_rate": 0.02, "momentum": 0.8}}), target="numbers"),
    case("numbers, absolute, Adam", (4,), lambda: [L.Dense(20, "selu"), L.Dense(10, "softplus"), L.Dense(8, "leaky_relu"), L.Dense(2)],
         2, "mean_absolute_error", ["mse"], lambda: keras.optimizers.Adam(0.003, beta_1=0.8, epsilon=1e-5),
         dict(layers=[dense(20, "selu"), dense(10, "softplus"), dense(8, "leaky_relu"), dense(2, "linear")],
              optimizer={"Adam": {"learning_rate": 0.003, "beta_1": 0.8, "epsilon": 1e-5}}), target="numbers"),
    case("softmax over what a sigmoid saw", (6,), lambda: [L.Dense(7, "sigmoid"), L.Dense(4, "sigmoid")],
         4, "sparse_categorical_crossentropy", ["accuracy"], lambda: keras.optimizers.SGD(0.1),
         dict(layers=[dense(7, "sigmoid"), dense(4, "sigmoid")], optimizer={"SGD": {"learning_rate": 0.1}})),
    case("labels, clipped probabilities", (6,), lambda: [L.Dense(7, "relu"), L.Dense(4, "softmax"), L.Flatten()],
         4, "sparse_categorical_crossentropy", ["accuracy"], lambda: keras.optimizers.SGD(0.1),
         dict(layers=[dense(7, "relu"), dense(4, "softmax"), "Flatten"], optimizer={"SGD": {"learning_rate": 0.1}})),
    case("one-hot, clipped probabilities", (6,), lambda: [L.Dense(7, "relu"), L.Dense(4, "sigmoid"), L.Flatten()],
         4, "categorical_crossentropy", ["accuracy"], lambda: keras.optimizers.SGD(0.1),
         dict(layers=[dense(7, "relu"), dense(4, "sigmoid"), "Flatten"], optimizer={"SGD": {"learning_rate": 0.1}}),
         target="onehot"),
    case("yes or no, clipped probabilities", (6,), lambda: [L.Dense(7, "relu"), L.Dense(1, "sigmoid"), L.Flatten()],
         1, "binary_crossentropy", ["accuracy"], lambda: keras.optimizers.SGD(0.1),
         dict(layers=[dense(7, "relu"), dense(1, "sigmoid"), "Flatten"], optimizer={"SGD": {"learning_rate": 0.1}}),
         target="binary"),
]
out = pathlib.Path(__file__).with_name("keras_training.json")
out.write_text(json.dumps(dict(keras=keras.__version__, cases=cases)) + "\n")
print(out, out.stat().st_size, "bytes", len(cases), "cases")
