"""The model in scikit-learn: an epoch of training and its accuracy."""

import warnings

import sklearn
from sklearn.neural_network import MLPClassifier

warnings.filterwarnings("ignore")  # that one epoch has not converged

model = MLPClassifier(SIZES[1:-1], batch_size=BATCH, alpha=0, epsilon=1e-7, max_iter=1, warm_start=True, random_state=1)
state = {}


def epoch():
    if not state:
        state["x"], state["y"] = images("train"), labels("train")
    return seconds(lambda: model.fit(state["x"], state["y"]))


def accuracy():
    return model.score(images("t10k"), labels("t10k"))


serve(sklearn.__version__, {"epoch": epoch, "accuracy": accuracy})
