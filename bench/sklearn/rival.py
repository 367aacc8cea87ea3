"""scikit-learn as a rival: reads one JSON command a line, answers one JSON line.

fit/score: {"do": "fit", "file": "m.f32", "width": 20, "trees": 100, "sample": 256, "seed": 1}
           -> {"seconds": 0.19}; "score" answers with seconds and writes the scores to "out".
Seconds are of CPU, so that other work on the machine does not count. One thread: threadpool_limits(1) and n_jobs=1.
"""
import json
import sys
import time

import numpy as np
import sklearn
from sklearn.ensemble import IsolationForest
from threadpoolctl import threadpool_limits

model = None


def load(command):
    return np.fromfile(command["file"], dtype="<f4").reshape(-1, command["width"])


def fit(command):
    global model
    values = load(command)
    model = IsolationForest(
        n_estimators=command["trees"],
        max_samples=command["sample"],
        random_state=command["seed"],
        n_jobs=1,
    )
    start = time.process_time()
    model.fit(values)
    return {"seconds": time.process_time() - start}


def score(command):
    values = load(command)
    start = time.process_time()
    scores = -model.score_samples(values)
    seconds = time.process_time() - start
    if command.get("out"):
        scores.astype("<f8").tofile(command["out"])
    return {"seconds": seconds}


with threadpool_limits(1):
    print(json.dumps({"version": sklearn.__version__}), flush=True)
    for line in sys.stdin:
        command = json.loads(line)
        answer = {"fit": fit, "score": score}[command["do"]](command)
        print(json.dumps(answer), flush=True)
