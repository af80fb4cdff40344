"""Exercises of lesson 11, neural networks in PyTorch."""

from __future__ import annotations

import numpy as np
import torch  # here and not in the reference, since importing it may take longer than an answer may

from course_utils.activations import sigmoid, softmax
from course_utils.exercises.execution import Case
from course_utils.exercises.model import Exercise
from course_utils.exercises.words import number

# An optimiser loads the rest of torch when it is first used, which may take longer than an answer may.
torch.optim.SGD([torch.zeros(1)], lr=1.0).zero_grad()

ex = Exercise(
    "11.1",
    "Write `dice(said, y)`: answers and labels, both (N,) of 0 and 1, in; one number out.",
    cases=(
        (np.array([1, 1, 1, 0, 0, 0]), np.array([1, 0, 0, 0, 0, 1])),
        (np.array([1, 0, 0]), np.array([0, 1, 1])),
        (np.array([1, 0, 1, 1, 0, 0, 0, 1]), np.array([1, 1, 1, 0, 1, 0, 1, 0])),
        (np.random.default_rng(101).integers(0, 2, 50), np.random.default_rng(102).integers(0, 2, 50)),
    ),
    hints=(
        "Three counts are enough: the ones in said, the ones in y, and the places where both are 1.",
        "For 0 and 1, said * y is 1 exactly where both are.",
        "2 * (said * y).sum() / (said.sum() + y.sum())",
    ),
)


@ex.reference
def dice(said, y):
    """Twice the rows that are 1 in both, over the ones of the one plus the ones of the other."""
    both = (said * y).sum()
    return float(2 * both / (said.sum() + y.sum()))


@ex.wrong(
    "the factor 2 forgotten",
    "What does your formula give for answers that are all right? It should be 1.",
    seen="seen where the overlap is counted once and both sums stand below",
)
def _(said, y):
    return dice(said, y) / 2


@ex.wrong(
    "overlap over union, the Jaccard index",
    "You divide by the rows that are 1 in either. Dice adds the two counts, and doubles the overlap.",
    seen="the two are mixed up in libraries too: MONAI's Jaccard loss needed pull request 646",
)
def _(said, y):
    return float((said * y).sum() / np.maximum(said, y).sum())


@ex.wrong(
    "accuracy",
    "Do the rows count where both say 0? Dice leaves them out: that is its point.",
    seen="tf_unet's dice_coefficient computed the share of right pixels (pull request 51)",
)
def _(said, y):
    return float((said == y).mean())


@ex.wrong(
    "precision",
    "Which ones have you left out: those that should have been found and were not?",
    seen="lesson 07's precision; dice is the harmonic mean of it and recall",
)
def _(said, y):
    return float((said * y).sum() / said.sum())


@ex.wrong(
    "recall",
    "What does your number say of a machine that answers 1 to everything?",
    seen="lesson 07's recall; dice is the harmonic mean of it and precision",
)
def _(said, y):
    return float((said * y).sum() / y.sum())


@ex.wrong("percent", "A share lies between 0 and 1. By what is yours too large?", seen="percent as they are printed")
def _(said, y):
    return 100 * dice(said, y)


@ex.holds("a share")
def _(value, said, y, tolerance):
    inside = -tolerance <= value <= 1 + tolerance
    return None if inside else f"got {number(value, beside=1)}, but it lies between 0 and 1"


ex = Exercise(
    "11.2",
    "Write `two_updates(X, t, w, learning_rate)`: two steps of descent on the mean BCE; return the new w.",
    cases=(
        (np.array([[1.0, 2.0], [1.0, -1.0], [0.5, 0.0]]), np.array([1.0, 0.0, 1.0]), np.array([0.5, -0.5]), 0.5),
        (np.array([[1.0], [2.0]]), np.array([1.0, 0.0]), np.array([0.5]), 1.0),
        (np.array([[1.0, 0.0], [1.0, 1.0], [0.0, 1.0]]), np.array([1.0, 1.0, 0.0]), np.zeros(2), 0.5),
        (
            np.random.default_rng(103).normal(size=(8, 3)),
            np.random.default_rng(104).integers(0, 2, 8).astype(float),
            np.random.default_rng(105).normal(size=3),
            0.3,
        ),
    ),
    hints=(
        "After loss.backward() the gradient is in w.grad. The step itself must not be recorded: torch.no_grad().",
        "backward adds to what is in w.grad. What is in there at the second update?",
        "with torch.no_grad(): w -= learning_rate * w.grad, then w.grad = None, and return w at the end.",
    ),
)


@ex.reference
def two_updates(X, t, w, learning_rate):
    """Two steps of descent with torch's gradients, which have to be emptied in between."""
    X_torch, t_torch, w_torch = torch.tensor(X), torch.tensor(t), torch.tensor(w, requires_grad=True)
    for _ in range(2):
        loss = torch.nn.functional.binary_cross_entropy_with_logits(X_torch @ w_torch, t_torch)
        loss.backward()
        with torch.no_grad():
            w_torch -= learning_rate * w_torch.grad
        w_torch.grad = None
    return np.asarray(w_torch.detach().numpy())


def _steps(X, t, w, learning_rate, old=0, n=2):
    """Take n steps by hand; `old` is the share of the gradient before that is still in the next."""
    dw = np.zeros_like(w)
    for _ in range(n):
        dw = old * dw + X.T @ (sigmoid(X @ w) - t) / len(X)
        w = w - learning_rate * dw
    return w


@ex.wrong(
    "the gradient of the first update still in the second",
    "backward adds to w.grad. Who empties it? In a loop with an optimiser it is optimizer.zero_grad().",
    seen="zero_grad() forgotten, one of the most frequent bugs in torch code",
)
def _(X, t, w, learning_rate):
    return _steps(X, t, w, learning_rate, old=1)


@ex.wrong(
    "uphill",
    "The gradient points to where the loss grows. Which way do you want to go?",
    seen="lecture 3 writes the step, eta (t - o) x, whose sign has been turned already",
)
def _(X, t, w, learning_rate):
    return _steps(X, t, w, -learning_rate)


@ex.wrong(
    "no step at all",
    "backward computes a gradient and changes no weight. Who does?",
    seen="optimizer.step() forgotten; or w = w - ..., which makes a new tensor inside the loop",
)
def _(X, t, w, learning_rate):
    return w.copy()


@ex.wrong("returned in the first round", "range(2): is your return inside the loop?", seen="an indented return")
def _(X, t, w, learning_rate):
    return _steps(X, t, w, learning_rate, n=1)


@ex.wrong(
    "the sum in place of the mean",
    "That step is N times as long. binary_cross_entropy_with_logits gives the mean: leave it so.",
    seen="reduction='sum' with a learning rate meant for the mean",
)
def _(X, t, w, learning_rate):
    return _steps(X, t, w, learning_rate * len(X))


@ex.wrong(
    "2/N for 1/N",
    "The 2 belongs to the square of the squared error. What is squared here?",
    seen="lecture 4's gradient of the cross-entropy",
)
def _(X, t, w, learning_rate):
    return _steps(X, t, w, 2 * learning_rate)


@ex.wrong("the learning rate forgotten", "Which factor stands in front of the gradient?", seen="w <- w - dJ/dw")
def _(X, t, w, learning_rate):
    return _steps(X, t, w, 1.0)


@ex.wrong(
    "the gradient of the start used throughout",
    "Is the ground as steep where you are now as where you began?",
    seen="the gradient computed before the loop",
)
def _(X, t, w, learning_rate):
    return _steps(X, t, w, 2 * learning_rate, n=1)


@ex.wrong(
    "one update too many",
    "How many updates are asked for, and how many rounds does your loop make?",
    seen="range(n + 1), the fence-post error",
)
def _(X, t, w, learning_rate):
    return _steps(X, t, w, learning_rate, n=3)


def _network_batches() -> tuple[Case, ...]:
    """Three samples through three hidden units, some on, some off, one at 0, then at random; X, y, W1, b1, W2, b2."""
    rng = np.random.default_rng(106)
    small = (
        np.array([[1.0], [2.0], [-1.0]]),
        np.array([0, 1, 0]),
        np.array([[1.0, -1.0]]),
        np.array([0.5, 1.0]),
        np.array([[1.0, -1.0, 0.0], [0.5, 0.0, -1.0]]),
        np.array([0.5, -0.5, 0.0]),
    )
    shapes = ((4, 5), (5,), (5, 3), (3,))
    return small, (rng.normal(size=(6, 4)), rng.integers(0, 3, 6), *(rng.normal(size=shape) for shape in shapes))


ex = Exercise(
    "11.3",
    "Write `first_layer_gradient(X, y, W1, b1, W2, b2)`: dW1 (D, H) of the mean cross-entropy.",
    cases=_network_batches(),
    hints=(
        "dh says what each hidden number should have been. Which hidden numbers felt their input at all?",
        "The slope of ReLU is 1 where its input a is above 0, and 0 elsewhere: da = dh * (a > 0).",
        "Then as for every layer: dW1 = X.T @ da.",
    ),
)


@ex.reference
def first_layer_gradient(X, y, W1, b1, W2, b2):
    """Backwards through one hidden layer of ReLUs, down to the first weights."""
    a = X @ W1 + b1
    h = np.maximum(a, 0)
    p = softmax(h @ W2 + b2)
    dz = (p - np.eye(p.shape[1])[y]) / len(X)
    dh = dz @ W2.T
    return X.T @ (dh * (a > 0))


def _with_gate(gate, X, y, W1, b1, W2, b2):
    """The same with something else where a > 0 stands."""
    a = X @ W1 + b1
    h = np.maximum(a, 0)
    dh = (softmax(h @ W2 + b2) - np.eye(W2.shape[1])[y]) / len(X) @ W2.T
    gates = {
        "open": np.ones_like(a),
        "by dh": (dh > 0).astype(float),
        "h": h,
        "sigmoid": sigmoid(a) * (1 - sigmoid(a)),
    }
    return X.T @ (dh * gates[gate])


@ex.wrong(
    "the ReLU passed over",
    "A hidden unit that is off does not answer to its weights. What is its slope?",
    seen="lesson 08's one layer, carried over",
)
def _(*case):
    return _with_gate("open", *case)


@ex.wrong(
    "the gate taken from dh",
    "Whether a unit was on was decided on the way forward. By the sign of a, or of dh?",
    seen="the rule of 'deconvolution' pictures (Zeiler and Fergus, 2014), which is no gradient",
)
def _(*case):
    return _with_gate("by dh", *case)


@ex.wrong(
    "multiplied by h in place of its slope",
    "The chain rule takes the derivative of ReLU at a. Is that h?",
    seen="the value of the activation taken for its derivative",
)
def _(*case):
    return _with_gate("h", *case)


@ex.wrong(
    "the slope of a sigmoid",
    "Which activation has this network? Its slope is 1 or 0, nothing between.",
    seen="lecture 3's backpropagation, whose hidden units are sigmoids",
)
def _(*case):
    return _with_gate("sigmoid", *case)


@ex.wrong(
    "the sum in place of the mean",
    "Should a batch of twice the size have twice the gradient?",
    seen="derivations for one sample, used on a batch",
)
def _(*case):
    return first_layer_gradient(*case) * len(case[0])


@ex.wrong(
    "t - p, the step in place of the slope",
    "Descent subtracts the gradient. Which way do your weights move then?",
    seen="lecture 3 writes the step, eta (t - o) x",
)
def _(*case):
    return -first_layer_gradient(*case)


@ex.wrong(
    "2/N for 1/N",
    "The 2 belongs to the square of the squared error. What is squared here?",
    seen="lecture 4's gradient of the cross-entropy",
)
def _(*case):
    return 2 * first_layer_gradient(*case)


@ex.wrong(
    "the bias forgotten",
    "What is a where the inputs are all zero?",
    seen="X @ W of lesson 07, whose column of ones carries the bias",
)
def _(X, y, W1, b1, W2, b2):
    return first_layer_gradient(X, y, W1, 0 * b1, W2, b2)


def _last_layer_error(error, X, y, W1, b1, W2, b2):
    a = X @ W1 + b1
    z, t = np.maximum(a, 0) @ W2 + b2, np.eye(len(b2))[y]
    return X.T @ (error(z, t) / len(X) @ W2.T * (a > 0))


@ex.wrong(
    "a sigmoid for each class", "Do your probabilities of one sample sum to one?", seen="ten sigmoids, lecture 4"
)
def _(*case):
    return _last_layer_error(lambda z, t: sigmoid(z) - t, *case)


@ex.wrong(
    "only the diagonal of the Jacobian",
    "Where do the other classes feel z_i? Each wrong class is pushed down by its own p.",
    seen="lecture 2 gives p (1 - p) as the gradient of softmax",
)
def _(*case):
    return _last_layer_error(lambda z, t: -t * (1 - softmax(z)), *case)


ex = Exercise(
    "11.4",
    "How many parameters, weights and biases, has the network 784-25-15-10?",
    answer=20_175,
    name="parameters",
    tolerance=0,
    hints=(
        "Three layers stand between four numbers. What does each need?",
        "A layer from D to H numbers has D x H weights, and a bias for each of its H outputs.",
        "784 x 25 + 25, and 25 x 15 + 15, and 15 x 10 + 10.",
    ),
)
ex.wrong_value(
    20_125,
    "the biases left out",
    "Each unit adds one number of its own. How many units are there behind the inputs?",
    seen="a common slip in exam answers on parameter counts",
)
ex.wrong_value(
    20_128,
    "one bias a layer",
    "Can two units of a layer have different thresholds?",
    seen="drawings with a single '+1' node a layer",
)
ex.wrong_value(
    20_959,
    "biases for the inputs as well",
    "A bias is added to a sum of inputs. What is summed up before the pixels?",
    seen="the input counted as a layer of neurons, as drawings suggest",
)
ex.wrong_value(
    784 * 25 * 15 * 10,
    "all sizes multiplied",
    "Is there a weight for each path, or for each pair of neighbours?",
    seen="paths through the network counted in place of its edges",
)
ex.wrong_value(
    20_015,
    "the output layer left out",
    "The ten logits come from fifteen hidden numbers. By which weights?",
    seen="the output read as the last hidden layer",
)


ex = Exercise(
    "11.5",
    "Write `adam_step(w, dw, m, v, k, learning_rate)`: update number k; return the new w, m and v.",
    cases=(
        (np.array([1.0, -2.0]), np.array([0.3, -2e-4]), np.array([0.1, -1e-4]), np.array([0.02, 1e-10]), 3, 0.1),
        (np.array([1.0]), np.array([3e-4]), np.zeros(1), np.zeros(1), 1, 0.1),
        (np.array([0.5, 0.25]), np.array([-0.2, 0.0]), np.array([0.1, 0.01]), np.array([0.04, 1e-4]), 1000, 0.01),
        (np.array([1.0, -2.0]), np.array([0.3, -20.0]), np.array([0.1, -3.0]), np.array([0.02, 9.0]), 7, 0.01),
    ),
    tolerance=1e-6,  # an epsilon of 1e-8 is part of the answer
    hints=(
        "Two running means first: m of the gradient (0.9 and 0.1), v of its square (0.999 and 0.001).",
        "Both began at zero, so divide m by 1 - 0.9**k and v by 1 - 0.999**k; keep the undivided ones.",
        "The step is learning_rate * m_hat / (np.sqrt(v_hat) + 1e-8).",
    ),
)


@ex.reference
def adam_step(w, dw, m, v, k, learning_rate):
    """Update number k, counted from 1, with Adam's usual settings."""
    m = 0.9 * m + 0.1 * dw
    v = 0.999 * v + 0.001 * dw**2
    m_hat = m / (1 - 0.9**k)
    v_hat = v / (1 - 0.999**k)
    return w - learning_rate * m_hat / (np.sqrt(v_hat) + 1e-8), m, v


def _adam_parts(dw, m, v, square):
    return 0.9 * m + 0.1 * dw, 0.999 * v + 0.001 * square


@ex.wrong(
    "the start at zero not corrected",
    "At k = 1, m is a tenth of the gradient and the root of v about a thirtieth. How long is the step?",
    seen="mlx-rs's Adam (issue 301)",
)
def _(w, dw, m, v, k, rate):
    m, v = _adam_parts(dw, m, v, dw**2)
    return w - rate * m / (np.sqrt(v) + 1e-8), m, v


@ex.wrong(
    "divided by 1 - beta in place of 1 - beta to the power k",
    "How much of the start at zero is left after seven updates? Less than after one.",
    seen="the slide corrected in ufal/npfl114, pull request 79; ML-From-Scratch, issue 35",
)
def _(w, dw, m, v, k, rate):
    m, v = _adam_parts(dw, m, v, dw**2)
    return w - rate * (m / 0.1) / (np.sqrt(v / 0.001) + 1e-8), m, v


@ex.wrong(
    "epsilon under the root",
    "There its root counts, 0.0001. Small gradients then take shorter steps than large ones.",
    seen="the equation corrected in d2l-zh, pull request 502",
)
def _(w, dw, m, v, k, rate):
    m, v = _adam_parts(dw, m, v, dw**2)
    return w - rate * (m / (1 - 0.9**k)) / np.sqrt(v / (1 - 0.999**k) + 1e-8), m, v


@ex.wrong(
    "epsilon beside the uncorrected root",
    "There it weighs more while v is young. Which root does it stand beside, that of v or of v_hat?",
    seen="the cheaper form in section 2 of Kingma and Ba, which TensorFlow uses",
)
def _(w, dw, m, v, k, rate):
    m, v = _adam_parts(dw, m, v, dw**2)
    return w - rate * np.sqrt(1 - 0.999**k) / (1 - 0.9**k) * m / (np.sqrt(v) + 1e-8), m, v


@ex.wrong(
    "no epsilon",
    "What is the step of a weight whose gradient has always been 0?",
    seen="the formula without its guard; 0 / 0 for a pixel that is always black",
)
def _(w, dw, m, v, k, rate):
    m, v = _adam_parts(dw, m, v, dw**2)
    return w - rate * (m / (1 - 0.9**k)) / np.sqrt(v / (1 - 0.999**k)), m, v


@ex.wrong(
    "the two betas exchanged",
    "Which of the two means looks back ten updates, and which one a thousand?",
    seen="0.9 and 0.999, a slip of order",
)
def _(w, dw, m, v, k, rate):
    m, v = 0.999 * m + 0.001 * dw, 0.9 * v + 0.1 * dw**2
    return w - rate * (m / (1 - 0.999**k)) / (np.sqrt(v / (1 - 0.9**k)) + 1e-8), m, v


@ex.wrong(
    "uphill",
    "The gradient points to where the loss grows. Which way do you want to go?",
    seen="plus in place of minus: gradient ascent, as likelihoods are maximised",
)
def _(w, dw, m, v, k, rate):
    return adam_step(w, dw, m, v, k, -rate)


@ex.wrong(
    "the learning rate forgotten",
    "Who decides how long the step is, once its scale has been divided away?",
    seen="w <- w - m_hat / root of v_hat",
)
def _(w, dw, m, v, k, rate):
    return adam_step(w, dw, m, v, k, 1.0)


@ex.wrong(
    "the root forgotten",
    "v is a square. What is the unit of m / v, and what does it do to a gradient ten times as large?",
    seen="Newton's method in mind, where the slope is divided by a curvature",
)
def _(w, dw, m, v, k, rate):
    m, v = _adam_parts(dw, m, v, dw**2)
    return w - rate * (m / (1 - 0.9**k)) / (v / (1 - 0.999**k) + 1e-8), m, v


@ex.wrong(
    "the gradient not squared",
    "v is the mean of dw squared; only then does its root have the unit of a gradient.",
    seen="'mean size of the gradient' taken at its word",
)
def _(w, dw, m, v, k, rate):
    m, v = _adam_parts(dw, m, v, np.abs(dw))
    return w - rate * (m / (1 - 0.9**k)) / (np.sqrt(v / (1 - 0.999**k)) + 1e-8), m, v


@ex.wrong(
    "the corrected means kept",
    "The next update would correct them again. Return m and v as they were before the division.",
    seen="m and v overwritten by m_hat and v_hat in one line",
)
def _(w, dw, m, v, k, rate):
    w, m, v = adam_step(w, dw, m, v, k, rate)
    return w, m / (1 - 0.9**k), v / (1 - 0.999**k)


ex = Exercise(
    "11.6",
    "A gradient of 0.001 that never changes, learning rate 0.01, 500 updates: how far do Adam and plain descent "
    "move the weight? Give the pair.",
    answer=(5.0, 0.005),
    name="how_far",
    tolerance=1e-3,
    hints=(
        "Plain descent takes steps of learning rate times gradient.",
        "For a constant gradient g, Adam's corrected means are g and g squared. What is their ratio?",
        "Adam: 500 steps of 0.01. Plain descent: 500 steps of 0.01 x 0.001.",
    ),
)
ex.wrong_value(
    (50.0, 0.005),
    "Adam speeds up while the direction stays",
    "That is momentum's factor of 10. Adam divides by the root of v, which has grown as well.",
    seen="lecture 5's 'increase alpha when it keeps its direction', taken at its word",
)
ex.wrong_value(
    (0.005, 0.005),
    "Adam as plain descent",
    "Divide the mean gradient by the root of the mean square. Is a thousandth left?",
    seen="'Adam is SGD with momentum' said in passing",
)
ex.wrong_value(
    (0.05, 0.005),
    "momentum and no scale",
    "That is plain momentum. What does Adam divide by?",
    seen="the second running mean left out",
)
ex.wrong_value(
    (5.0, 0.5),
    "the learning rate left out of plain descent",
    "500 x 0.001 is the sum of the gradients. The learning rate multiplies it.",
    seen="a slip of reckoning",
)
ex.wrong_value((0.01, 0.00001), "a single update", "There are 500 of them.", seen="one step taken for the way")


ex = Exercise(
    "11.7",
    "All weights and biases of D-H-K are 0: which of dW1, db1, dW2, db2 are not 0? Give four numbers, 1 or 0.",
    answer=(0, 0, 0, 1),
    name="not_zero",
    tolerance=0,
    hints=(
        "Go forward first: what are the hidden numbers h, and the logits?",
        "dW2 is h turned on its side, times dz. And dh is dz times W2 turned: what is W2?",
        "h = 0 and W2 = 0. What is left is the bias of the logits, whose gradient is the sum of dz.",
    ),
)
ex.wrong_value(
    (0, 0, 1, 1),
    "the last layer learns and only the first stands still",
    "dW2 is a product of h and dz. What is h, if all first weights are 0?",
    seen="lesson 08's zero start, where the inputs of the only layer are the pixels",
)
ex.wrong_value(
    (1, 1, 1, 1),
    "everything learns",
    "Lesson 08 could start at zero: it had one layer. Follow dh through W2.",
    seen="the zero start of one layer, carried over",
)
ex.wrong_value(
    (0, 0, 0, 0),
    "nothing learns",
    "At first every class gets 0.1, whatever the labels. Which gradient is p - t alone?",
    seen="'the gradient of a zero network is zero', often said",
)
ex.wrong_value(
    (0, 1, 0, 1),
    "all biases learn",
    "The first biases would have to be told by dh. What is W2?",
    seen="biases taken for independent of the layers above",
)
ex.wrong_value(
    (0, 0, 1, 0),
    "only the weights of the last layer learn",
    "Which is the gradient that has no h in it?",
    seen="weights and bias exchanged",
)


class _Network(torch.nn.Sequential):
    """Layers that a message about them has room for."""

    def __str__(self):
        """Name them in place of a line for each."""
        return "a network"


def _normalised(features, hidden, classes, seed):
    """A small network with a batch norm, at rest, whose answers in train mode are others."""
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        return _Network(
            torch.nn.Linear(features, hidden),
            torch.nn.BatchNorm1d(hidden),
            torch.nn.ReLU(),
            torch.nn.Linear(hidden, classes),
        ).eval()


def _rows(rng, batches, size):
    return rng.permutation(batches * size).reshape(batches, size)


def _epochs_to_take() -> tuple[Case, ...]:
    """A model, samples X (N, D), classes y (N,), the rows of each batch (B, n), a learning rate."""
    rng = np.random.default_rng(118)
    small = np.array([[1.0, -1.0], [0.5, 2.0], [-1.0, 0.0], [2.0, 1.0], [-0.5, -2.0], [0.0, 1.5]])
    return (
        (_normalised(2, 3, 2, 0), small, np.array([0, 1, 0, 1, 0, 1]), np.array([[4, 0, 3], [1, 5, 2]]), 0.5),
        *(
            (_normalised(D, 5, 3, D), rng.normal(size=(B * n, D)), rng.integers(0, 3, B * n), _rows(rng, B, n), rate)
            for D, B, n, rate in ((4, 4, 3, 0.2), (3, 2, 5, 1.0))
        ),
    )


ex = Exercise(
    "11.8",
    "Write `one_epoch(model, X, y, batches, learning_rate)`: a step of SGD for each batch of rows, then the mean "
    "cross-entropy on all samples with the model at rest.",
    cases=_epochs_to_take(),
    tolerance=1e-4,
    hints=(
        "Before the first step model.train(), before the judgement model.eval(): a batch norm asks which it is.",
        "For each batch: empty the gradients, loss of model(X[rows]), backward, step.",
        "After the loop: model.eval(), then with torch.no_grad(): return cross_entropy(model(X), y).item()",
    ),
)


@ex.reference
def one_epoch(model, X, y, batches, learning_rate):
    """One pass over the batches, and the loss on all samples after it."""
    X, y = torch.tensor(X, dtype=torch.float32), torch.tensor(y)
    loss = torch.nn.functional.cross_entropy
    optimizer = torch.optim.SGD(model.parameters(), lr=learning_rate)
    model.train()
    for rows in batches:
        optimizer.zero_grad()
        loss(model(X[rows]), y[rows]).backward()
        optimizer.step()
    model.eval()
    with torch.no_grad():
        return loss(model(X), y).item()


def _epoch(model, X, y, batches, learning_rate, *, train=True, rest=True, empty=True, each=True):
    """Take an epoch in which something may be forgotten; return the loss on all samples and on the last batch."""
    X, y = torch.tensor(X, dtype=torch.float32), torch.tensor(y)
    loss = torch.nn.functional.cross_entropy
    optimizer = torch.optim.SGD(model.parameters(), lr=learning_rate)
    model.train(train)
    last = 0.0
    for rows in batches:
        if empty:
            optimizer.zero_grad()
        value = loss(model(X[rows]), y[rows])
        value.backward()
        last = value.item()
        if each:
            optimizer.step()
    if not each:
        optimizer.step()
    model.train(not rest)
    with torch.no_grad():
        return loss(model(X), y).item(), last


@ex.wrong(
    "judged in train mode",
    "In train mode a batch norm takes the mean of whatever it is shown. What was to judge?",
    seen="model.eval() forgotten, the first entry of torch's own list of frequent mistakes",
)
def _(*case):
    return _epoch(*case, rest=False)[0]


@ex.wrong(
    "trained in eval mode",
    "In eval mode a batch norm does not look at the batch, and learns no mean. Who wakes the model?",
    seen="model.train() left out after a judgement in the epoch before",
)
def _(*case):
    return _epoch(*case, train=False)[0]


@ex.wrong(
    "the gradients of all batches before still there",
    "backward adds to what is there. Who empties it before the next batch?",
    seen="zero_grad() forgotten, one of the most frequent bugs in torch code",
)
def _(*case):
    return _epoch(*case, empty=False)[0]


@ex.wrong(
    "one step for the whole epoch",
    "How many updates does an epoch of so many batches have? Where does your step stand?",
    seen="optimizer.step() one indentation too far to the left",
)
def _(*case):
    return _epoch(*case, each=False)[0]


@ex.wrong(
    "the loss of the last batch",
    "That is the loss of a few samples, before their own step. Asked is the loss of all, after the epoch.",
    seen="the number that is printed in most training loops",
)
def _(*case):
    return _epoch(*case)[1]


@ex.wrong(
    "the whole data set in each step",
    "Which rows belong to this batch? Your step has used all of them.",
    seen="model(X) for model(X[rows]) in a loop over batches",
)
def _(model, X, y, batches, learning_rate):
    return _epoch(model, X, y, [np.arange(len(X))] * len(batches), learning_rate)[0]


@ex.wrong(
    "the judgement before the training",
    "That is the loss of the start. What is it after the epoch?",
    seen="loss computed once, before the loop",
)
def _(model, X, y, batches, learning_rate):
    return _epoch(model, X, y, batches[:0], learning_rate)[0]
