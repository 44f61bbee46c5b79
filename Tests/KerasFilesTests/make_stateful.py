"""Makes the files of stateful models in Fixtures: python make_stateful.py (needs keras 3, tf_keras).

Each model is saved before it is trained. Beside the files stands what Keras makes of them: the logs of a training
without shuffling whose validation goes on from the training's states, then predictions of the same samples, twice.
"""
import json
import os

os.environ.update(TF_CPP_MIN_LOG_LEVEL="3", TF_ENABLE_ONEDNN_OPTS="0", CUDA_VISIBLE_DEVICES="")
import keras
import numpy as np
import tf_keras

HERE = os.path.join(os.path.dirname(os.path.abspath(__file__)), "Fixtures")
BATCH, STEPS, FEATURES = 4, 3, 2


def listed(x):
    return [float(np.format_float_scientific(v, precision=8)) for v in np.asarray(x, np.float32).ravel()]


def models(api):
    L = api.layers

    def steps(name="steps"):
        return api.Input(batch_shape=(BATCH, STEPS, FEATURES), name=name)

    yield api.Sequential(
        [steps(), L.LSTM(3, stateful=True, return_sequences=True, name="first"),
         L.GRU(2, stateful=True, name="second"), L.Dense(1, name="out")], name="chain")

    rnn = L.SimpleRNN(2, stateful=True, return_sequences=True, name="rnn")
    yield api.Sequential(
        [steps(), L.Masking(name="mask"), L.Bidirectional(rnn, name="both"),
         L.GRU(2, stateful=True, go_backwards=True, reset_after=False, name="back"), L.Dense(1, name="out")],
        name="masked")

    x, start = steps(), api.Input(batch_shape=(BATCH, 2), name="start")
    shared = L.SimpleRNN(2, stateful=True, return_sequences=True, name="shared")
    given = L.LSTM(2, stateful=True, return_state=True, name="given")
    inner = api.Sequential(
        [api.Input(batch_shape=(BATCH, STEPS, 2), name="inside"), L.GRU(2, stateful=True, name="deep")], name="inner")
    twice = shared(shared(x))
    last, h, c = given(twice, initial_state=[start, start])
    joined = L.Concatenate(name="joined")([last, c, inner(twice)])
    yield api.Model([x, start], L.Dense(1, name="out")(joined), name="graph")


def save(api, version):
    expected = {}
    for model in models(api):
        rng = np.random.default_rng(5)
        for weight in model.weights:
            weight.assign(rng.normal(size=weight.shape) * 0.6)

        def draw(batches):
            x = rng.normal(size=(BATCH * batches, STEPS, FEATURES)).astype("float32")
            if model.name == "masked":
                x[:, 0][rng.random(len(x)) < 0.4] = 0
                x[1, 1:] = 0
            y = np.sin(x.sum((1, 2)))[:, None].astype("float32")
            start = rng.normal(size=(len(x), 2)).astype("float32")
            return x, start, y

        (x, start, y), (vx, vstart, vy) = draw(3), draw(2)
        model.compile(api.optimizers.Adam(0.02), "mean_squared_error")
        ending = ".keras" if version == 3 else ".h5"
        model.save(os.path.join(HERE, f"keras{version}_stateful_{model.name}{ending}"))
        one = len(model.inputs) == 1
        inputs, held = (x, vx) if one else ([x, start], [vx, vstart])
        history = model.fit(
            inputs, y, batch_size=BATCH, epochs=3, shuffle=False, verbose=0, validation_data=(held, vy)).history
        predicted = [listed(model.predict(held, batch_size=BATCH, verbose=0)) for _ in range(2)]
        evaluated = float(model.evaluate(held, vy, batch_size=BATCH, verbose=0))
        expected[model.name] = dict(
            x=listed(x), start=listed(start), y=listed(y), vx=listed(vx), vstart=listed(vstart), vy=listed(vy),
            history=history, predicted=predicted, evaluated=evaluated)
    with open(os.path.join(HERE, f"keras{version}_stateful.json"), "w") as file:
        json.dump(expected, file)


save(keras, 3)
save(tf_keras, 2)
