"""The two linear classifiers of the course with scikit-learn's interface: sigmoids and softmax, in plain NumPy."""

from __future__ import annotations

from typing import Any, Self

import numpy as np
import numpy.typing as npt
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.utils.multiclass import check_classification_targets
from sklearn.utils.validation import check_is_fitted, validate_data

from course_utils.activations import log_sigmoid, sigmoid, softmax
from course_utils.losses import binary_cross_entropy_loss_and_gradient, cross_entropy_loss_and_gradient, one_hot
from course_utils.numerics import FloatArray, check_choice, check_number
from course_utils.training import Terms, linear_logits, linear_loss_and_gradients, train

# Bytes stay bytes: the pixels of MNIST are converted block by block while they are read.
ACCEPTED = (np.float64, np.float32, np.uint8)

# The targets, the loss they go into, and the shape of one sample's outputs.
Problem = tuple[npt.NDArray[Any], Terms, tuple[int, ...]]


class _LinearClassifier(ClassifierMixin, BaseEstimator):  # type: ignore[misc]  # scikit-learn ships no types
    """What both classifiers share: a linear model, gradient descent from a zero start, a verdict by the logits."""

    def __init__(
        self,
        learning_rate: float = 0.5,
        epochs: int = 100,
        batch_size: int | None = None,
        input_scale: float = 1.0,
        dtype: str = "float64",
        random_state: int | None = 0,
        progress: bool | None = None,
    ) -> None:
        self.learning_rate = learning_rate
        self.epochs = epochs
        self.batch_size = batch_size
        self.input_scale = input_scale
        self.dtype = dtype
        self.random_state = random_state
        self.progress = progress

    def fit(self, X: npt.ArrayLike, y: npt.ArrayLike) -> Self:
        """Train from a zero start on X (N, D) and labels y (N,) of any type; return the estimator itself.

        After an error the estimator is what it was before: not fitted, or fitted to the data of the last fit.
        """
        before = self.__dict__.copy()
        try:
            return self._fit(X, y)
        except BaseException:  # a fit that fails, or is stopped, leaves what was there: nothing, or the fit before
            self.__dict__.clear()
            self.__dict__.update(before)
            raise

    def _fit(self, X: npt.ArrayLike, y: npt.ArrayLike) -> Self:
        data, y = validate_data(self, X, y, dtype=ACCEPTED)
        check_classification_targets(y)
        self.classes_, codes = np.unique(y, return_inverse=True)
        if len(self.classes_) < 2:
            raise ValueError(f"y: expected at least two classes, got one class: {self.classes_[0]!r}")
        dtype = np.dtype(check_choice("dtype", self.dtype, ["float32", "float64"]))
        self.input_scale_ = check_number("input_scale", self.input_scale, above=0)
        targets, terms, outputs = self._problem(codes)
        start = (np.zeros((data.shape[1], *outputs), dtype), np.zeros(outputs, dtype))
        (self.W_, self.b_), self.history_ = train(
            linear_loss_and_gradients(data, targets, terms, self.input_scale_),
            start,
            len(data),
            learning_rate=self.learning_rate,
            epochs=self.epochs,
            batch_size=self.batch_size,
            rng=np.random.default_rng(self.random_state),
            progress=self.progress,
        )
        return self

    def _problem(self, codes: npt.NDArray[np.int64]) -> Problem:
        raise NotImplementedError

    def decision_function(self, X: npt.ArrayLike) -> FloatArray:
        """Logits z of X (N, D): (N, K) for K > 2; for two classes (N,), positive where the second wins."""
        z = self._logits(X)
        return z[:, 1] - z[:, 0] if z.shape[1:] == (2,) else z

    def _logits(self, X: npt.ArrayLike) -> FloatArray:
        check_is_fitted(self)
        data = validate_data(self, X, dtype=ACCEPTED, reset=False)
        return linear_logits(data, self.W_, self.b_, self.input_scale_)

    def predict(self, X: npt.ArrayLike) -> npt.NDArray[Any]:
        """Most probable class of each row of X (N, D), (N,): the one with the largest logit."""
        z = self.decision_function(X)
        codes = (z > 0).astype(int) if z.ndim == 1 else z.argmax(axis=1)
        return np.asarray(self.classes_[codes])


class LogisticRegression(_LinearClassifier):
    """Sigmoid on a linear model: one for two classes; for K > 2, one against the rest for each class.

    Minimises the binary cross-entropy, added over the K sigmoids, by gradient descent from a zero start.

    Parameters
    ----------
    learning_rate : float, default 0.5
    epochs : int, default 100
        Passes over the data.
    batch_size : int or None, default None
        None: all samples in one update (batch). 1: stochastic. Between: shuffled mini-batches.
    input_scale : float, default 1.0
        X is multiplied by it on the way in: 1/255 turns bytes into [0, 1] without a float copy of the data.
    dtype : "float64" or "float32"
    random_state : int or None, default 0
        Seed of the shuffling.
    progress : bool or None, default None
        Show a bar: True, at once; False, never; None, in a notebook where the fit takes more than two seconds.

    Attributes
    ----------
    W_ : (D,) or (D, K); b_ : () or (K,); classes_ : (K,); history_ : training.History
    input_scale_ : float, the scale of the last fit, with which predictions are made

    >>> model = LogisticRegression(epochs=500).fit([[0.0], [1.0], [3.0], [4.0]], ["no", "no", "yes", "yes"])
    >>> model.predict([[0.5], [3.5]])
    array(['no', 'yes'], dtype='<U3')
    """

    def _problem(self, codes: npt.NDArray[np.int64]) -> Problem:
        t = one_hot(codes, len(self.classes_))
        t = t[:, 1] if len(self.classes_) == 2 else t
        return t, binary_cross_entropy_loss_and_gradient, t.shape[1:]

    def predict_proba(self, X: npt.ArrayLike) -> FloatArray:
        """Probability of each class (N, K), rows summing to one.

        K separate sigmoids do not sum to one: for K > 2 they are divided by their sum, as scikit-learn does, and in
        the logarithms, where none of them underflows. `sigmoid(model.decision_function(X))` gives them as they are.
        Where the sigmoids of several classes round to 1, their probabilities here are equal, and `argmax` takes the
        first of them; `predict` looks at the logits, which still differ.
        """
        z = self.decision_function(X)
        if z.ndim == 1:
            return np.stack([sigmoid(-z), sigmoid(z)], axis=1)
        return softmax(log_sigmoid(z))


class SoftmaxRegression(_LinearClassifier):
    """Softmax on a linear model with K outputs: multinomial logistic regression.

    Minimises the cross-entropy by gradient descent from a zero start. Parameters and attributes are those of
    `LogisticRegression`; W_ (D, K) and b_ (K,) for two classes too.

    >>> model = SoftmaxRegression(epochs=500).fit([[0.0], [1.0], [3.0], [4.0]], [7, 7, 9, 9])
    >>> model.predict_proba([[0.0], [4.0]]).round(1)
    array([[1., 0.],
           [0., 1.]])
    """

    def _problem(self, codes: npt.NDArray[np.int64]) -> Problem:
        return codes, cross_entropy_loss_and_gradient, (len(self.classes_),)

    def predict_proba(self, X: npt.ArrayLike) -> FloatArray:
        """Probability of each class (N, K): the softmax of the logits, rows summing to one."""
        return softmax(self._logits(X))
