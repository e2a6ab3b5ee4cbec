#!/usr/bin/env python3
"""A Keras network by its own export: an input a column, numbers and codes of categories, one sigmoid."""
import sys

sys.path.insert(0, "..")
from net import *
import keras

keras.utils.set_random_seed(0)
name = lambda column: column.replace("-", "_")
inputs = {name(c): keras.Input((1,), name=name(c)) for c in NUMERIC}
inputs |= {c: keras.Input((1,), name=c, dtype="int64") for c in TEXT}
mean, scale = numbers(TRAIN).mean(), numbers(TRAIN).std()
parts = [keras.layers.Normalization(mean=float(mean[c]), variance=float(scale[c]) ** 2)(inputs[name(c)]) for c in NUMERIC]
parts += [keras.layers.Flatten()(keras.layers.Embedding(len(LEVELS[c]) + 1, 3)(inputs[c])) for c in TEXT]
hidden = keras.layers.Dense(12, activation="relu")(keras.layers.Concatenate()(parts))
model = keras.Model(inputs, keras.layers.Dense(1, activation="sigmoid")(hidden))
columns = lambda data: {name(c): numbers(data)[[c]].to_numpy() for c in NUMERIC} | {c: codes(data)[[c]].to_numpy() for c in TEXT}
model.compile(keras.optimizers.Adam(0.01), "binary_crossentropy")
model.fit(columns(TRAIN), BINARY, epochs=10, verbose=0)
model.export("model.onnx", format="onnx", verbose=False)
p = model.predict(columns(TEST), verbose=0).ravel()
data = pd.concat([numbers(TEST).astype(float), codes(TEST)], axis=1)
case(__doc__, "model.onnx", "onnx", data, both(p), "probability", [keras, torch], classes=[0, 1], labels=(p > 0.5).astype(int), tolerance=SINGLE, runtime="onnx")
