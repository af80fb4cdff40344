"""Exercises of lesson 11, many labels and convolutions."""

from __future__ import annotations

import numpy as np

from course_utils.activations import sigmoid, softmax, softplus
from course_utils.exercises.execution import Case
from course_utils.exercises.model import Exercise
from course_utils.exercises.words import number


def _label_batches() -> tuple[Case, ...]:
    """Two scenes written out, one scene, a batch at random, then logits that no p can hold; inputs z, t."""
    rng = np.random.default_rng(111)
    return (
        (np.array([[2.0, 0.5, -3.0], [-1.0, 0.7, 0.4]]), np.array([[1.0, 0.0, 1.0], [0.0, 0.0, 0.0]])),
        (np.array([[0.0, 2.0, -1.0]]), np.array([[1.0, 0.0, 1.0]])),
        (rng.normal(0, 2, size=(7, 4)), rng.integers(0, 2, (7, 4)).astype(float)),
        (np.array([[40.0, -40.0, 800.0], [35.0, -35.0, -800.0]]), np.array([[0.0, 1.0, 0.0], [1.0, 0.0, 1.0]])),
    )


ex = Exercise(
    "11.1",
    "Write `loss_per_label(z, t)`: logits (N, K) and targets (N, K) in, K losses in nats out.",
    cases=_label_batches(),
    hints=(
        "The table of losses stands there already: one entry for each sample and label.",
        "One number a label: which axis counts the samples?",
        "losses.mean(axis=0)",
    ),
)


@ex.reference
def loss_per_label(z, t):
    """Mean over samples of the binary cross-entropy of each label."""
    losses = np.logaddexp(0, z) - t * z  # (N, K)
    return losses.mean(axis=0)


@ex.wrong(
    "the mean over labels",
    "You averaged over labels. Which axis counts the scenes?",
    seen="the axis that goes taken for the axis that stays; a question asked again and again of numpy's axis",
)
def _(z, t):
    return (np.logaddexp(0, z) - t * z).mean(axis=1)


@ex.wrong(
    "only labels that are present pay",
    "What does a network pay that sees a bus everywhere? The term (1 - t) ln(1 - p) is for what is absent.",
    seen="carrying softmax's -sum t ln p over to sigmoids; asked about in forum threads on multi-label losses",
)
def _(z, t):
    return (t * softplus(-z)).mean(axis=0)


@ex.wrong(
    "softmax where sigmoids stand",
    "Must the three probabilities sum to one? A scene may hold all three, or none.",
    seen="torchgeo's multi-label task took the softmax of its outputs for its metrics (pull request 791)",
)
def _(z, t):
    p = softmax(z)
    return (-t * np.log(p) - (1 - t) * np.log(1 - p)).mean(axis=0)


@ex.wrong(
    "the sum in place of the mean",
    "Would the loss of 4,000 scenes be comparable with that of 2,000? Take the mean over N.",
    seen="torch's reduction='sum'",
)
def _(z, t):
    return loss_per_label(z, t) * len(z)


@ex.wrong(
    "the mean over all entries",
    "You divided by K too. The loss of one label does not become smaller because there are others.",
    seen="torch's BCEWithLogitsLoss, whose default divides by N times K",
)
def _(z, t):
    return loss_per_label(z, t) / z.shape[1]


@ex.wrong(
    "the sigmoid applied twice",
    "sigmoid(z) is a probability already. What does the sigmoid of 0.5 to 1 look like?",
    seen="BCEWithLogitsLoss fed with probabilities, a frequent bug report on torch's forum",
)
def _(z, t):
    p = sigmoid(sigmoid(z))
    return (-t * np.log(p) - (1 - t) * np.log(1 - p)).mean(axis=0)


@ex.wrong(
    "the label turned round",
    "t = 1 and z = 2: should the loss be near 2 or near 0?",
    seen="the minus sign of -t z lost on the way",
)
def _(z, t):
    return loss_per_label(z, 1 - t)


@ex.wrong(
    "the minus sign forgotten",
    "Is ln p positive or negative for a probability?",
    seen="log-likelihood, which is maximised, taken for a loss",
)
def _(z, t):
    return -loss_per_label(z, t)


@ex.wrong("bits for nats", "Which logarithm counts in nats?", seen="information theory counts in bits")
def _(z, t):
    return loss_per_label(z, t) / np.log(2)


@ex.wrong(
    "squared error",
    "That loss is between 0 and 1. What does being sure and wrong cost with a logarithm?",
    seen="the loss of lesson 03",
)
def _(z, t):
    return ((sigmoid(z) - t) ** 2).mean(axis=0)


@ex.holds("a loss in nats")
def _(per_label, z, t, tolerance):
    low = per_label.min()
    return f"got {number(low)}, but minus the log of a probability is never negative" if low < -tolerance else None


ex = Exercise(
    "11.2",
    "Write `which_are_there(z)`: logits (N, K) in, a table out, 1 where the probability is above 0.5, else 0.",
    cases=(
        (np.array([[3.0, 0.25, -2.0], [-1.0, 0.0, -3.0]]),),
        (np.array([[0.3, -0.2, 2.0]]),),
        (np.array([[3.0, 0.1, -2.0], [-1.0, -0.5, -3.0], [1.0, 2.0, 0.4]]),),
        (np.random.default_rng(112).normal(size=(8, 5)),),
    ),
    hints=(
        "Each label is a question of its own: how many answers has one scene?",
        "Where does a sigmoid pass 0.5? At which logit?",
        "A comparison gives True and False; .astype(float) makes 1 and 0 of them.",
    ),
)


@ex.reference
def which_are_there(z):
    """Say yes, 1, where the probability is above one half, which is where the logit is above 0."""
    return (z > 0).astype(float)


@ex.wrong(
    "the threshold 0.5 applied to logits",
    "0.5 is a threshold for p. Which z has sigmoid(z) = 0.5? Or take the sigmoid first.",
    seen="an example of Hugging Face's transformers did so (pull request 26936); autrainer too (issue 18)",
)
def _(z):
    return (z > 0.5).astype(float)


@ex.wrong(
    "only the largest logit wins",
    "What does this say of a scene with a car and a bus? And of an empty street?",
    seen="argmax, the rule for one label out of many, kept for many labels",
)
def _(z):
    return np.eye(z.shape[1])[z.argmax(axis=1)]


@ex.wrong(
    "a softmax before the threshold",
    "How many entries of a distribution can be above one half?",
    seen="torchgeo's multi-label task before its pull request 791",
)
def _(z):
    return (softmax(z) > 0.5).astype(float)


@ex.wrong(
    "probabilities in place of answers",
    "That is how sure the network is. The answer is yes or no, 1 or 0.",
    seen="predict and predict_proba confused",
)
def _(z):
    return sigmoid(z)


@ex.wrong("yes where the logit is negative", "Which way does a sigmoid rise?", seen="a comparison turned round")
def _(z):
    return (z < 0).astype(float)


@ex.wrong(
    "a logit on the cut called yes",
    "Only what lies above 0.5 is a yes. What is p where z is 0?",
    seen=">= where > is meant; scikit-learn's roc_curve counts a score on its threshold as yes",
)
def _(z):
    return (z >= 0).astype(float)


ex = Exercise(
    "11.3",
    "Softmax over (car, bus, pedestrian), target [1, 0, 1], loss -sum t ln p: which p of the car makes the loss "
    "lowest, and how low can it get, in nats? Give the pair.",
    answer=(0.5, 2 * np.log(2)),
    name="best",
    tolerance=5e-3,
    hints=(
        "Only the first and the third probability occur in the loss. What does the second do for it?",
        "The bus gets nothing: p = (a, 0, 1 - a). Which a makes -ln a - ln(1 - a) smallest?",
        "Both sides of a = 1/2 are alike: p = 1/2 each, and each costs ln 2.",
    ),
)
ex.wrong_value(
    (1.0, 0.0),
    "both labels reached at once",
    "p = (1, 0, 1) sums to 2. Is that a distribution?",
    seen="reading softmax outputs as three separate probabilities",
)
ex.wrong_value(
    (0.5, np.log(2)),
    "one of the two labels paid for",
    "Two labels are true, and each pays ln 2. What do they pay together?",
    seen="-ln p_y, the loss of one true class",
)
ex.wrong_value(
    (0.5, 0.25),
    "the product not logged",
    "0.25 is the product of both probabilities. The loss is a sum of logarithms: what is -ln 0.25?",
    seen="the likelihood taken for minus its logarithm",
)
ex.wrong_value(
    (1 / 3, 2 * np.log(3)),
    "all three share alike",
    "The bus is not there. Who gains if its third goes to the other two?",
    seen="the start, where all logits are 0, taken for the end",
)
ex.wrong_value(
    (0.5, 2.0),
    "bits for nats",
    "That is the loss in bits. Which logarithm counts in nats?",
    seen="information theory counts in bits",
)
ex.wrong_value(
    (0.5, 2 * np.log10(2)),
    "logarithms to base 10",
    "That is in decimal digits. Which logarithm counts in nats?",
    seen="school calculus, where log is often base 10",
)
ex.wrong_value(
    (1.0, np.log(2)),
    "one label taken, the other given up",
    "What does the loss -ln 0 of the other label come to?",
    seen="argmax thinking: one class wins",
)


ex = Exercise(
    "11.4",
    "Write `convolve(image, kernel)`: slide the kernel over the image as it is, and sum the products at every "
    "place where it fits whole.",
    cases=(
        (
            np.array([[0.0, 0.0, 1.0, 2.0], [1.0, 0.0, 0.0, 1.0], [0.0, 3.0, 0.0, 0.0]]),
            np.array([[1.0, -1.0, 0.0], [0.0, 2.0, -2.0]]),
        ),
        (np.array([[0.0, 0.0, 1.0], [0.0, 0.0, 1.0]]), np.array([[-1.0, 1.0], [0.0, 2.0]])),
        (np.eye(4), np.array([[1.0, 2.0, 0.0], [0.0, -1.0, 3.0], [4.0, 0.0, 1.0]])),
        (np.random.default_rng(114).normal(size=(6, 9)), np.random.default_rng(115).normal(size=(3, 3))),
        (np.random.default_rng(117).normal(size=(8, 5)), np.random.default_rng(118).normal(size=(3, 2))),
        (np.array([[1.0, -2.0, 3.0]]), np.array([[0.5, 1.0, -1.0]])),
    ),
    hints=(
        "Take the window of the image that begins at (i, j) and has the kernel's shape.",
        "Multiply window and kernel entry by entry, then add everything up.",
        "response[i, j] = (image[i : i + h, j : j + w] * kernel).sum()",
    ),
)


@ex.reference
def convolve(image, kernel):
    """Add up ink times weight at every place where the kernel fits whole."""
    (H, W), (h, w) = image.shape, kernel.shape
    response = np.zeros((H - h + 1, W - w + 1))
    for i in range(H - h + 1):
        for j in range(W - w + 1):
            response[i, j] = (image[i : i + h, j : j + w] * kernel).sum()
    return response


@ex.wrong(
    "the kernel turned by half a turn",
    "That is the convolution of mathematics. Networks leave the kernel as it is: cross-correlation.",
    seen="scipy.signal.convolve2d; pytorch issue 117534 reports the difference as a bug",
)
def _(image, kernel):
    return convolve(image, kernel[::-1, ::-1])


@ex.wrong(
    "the last row and column of places left out",
    "How many places has a kernel of width 2 on an image of width 3? W - w + 1.",
    seen="range(H - h), the usual off-by-one",
)
def _(image, kernel):
    return convolve(image, kernel)[:-1, :-1]


@ex.wrong(
    "zeros put around the image",
    "Your map is as large as the image, so the kernel stuck out somewhere. Here it must fit whole.",
    seen="padding='same', the default habit of many listings",
)
def _(image, kernel):
    h, w = kernel.shape
    return convolve(np.pad(image, ((h // 2, (h - 1) // 2), (w // 2, (w - 1) // 2))), kernel)


@ex.wrong(
    "the kernel on its side",
    "Rows of the kernel belong to rows of the image. Have you exchanged k and l?",
    seen="column-first image libraries",
)
def _(image, kernel):
    return convolve(image, kernel.T)


@ex.wrong(
    "the mean of the products",
    "A sum has no division. Would an edge be weaker because the kernel is larger?",
    seen="image filters, whose weights are made to sum to one",
)
def _(image, kernel):
    return convolve(image, kernel) / kernel.size


@ex.wrong(
    "a matrix product in place of entry by entry",
    "@ multiplies rows by columns. Which pixel belongs to which weight?",
    seen="'product' read as the matrix product",
)
def _(image, kernel):
    (H, W), (h, w) = image.shape, kernel.shape
    return np.array(
        [[(image[i : i + h, j : j + w] @ kernel).sum() for j in range(W - w + 1)] for i in range(H - h + 1)]
    )


ex = Exercise(
    "11.5",
    "One channel of 28 x 28 in, 8 maps of 24 x 24 out: give the parameters (weights and biases) of a convolution "
    "with kernels of 5 x 5, and of a dense layer from all pixels to all of these outputs.",
    answer=(208, 3_617_280),
    name="parameters",
    tolerance=0,
    hints=(
        "The convolution: each of the 8 maps has one kernel, used at every place, and one bias.",
        "The dense layer: 784 inputs, 8 x 24 x 24 = 4,608 outputs, a weight for every pair.",
        "8 x 25 + 8, and 784 x 4,608 + 4,608.",
    ),
)
ex.wrong_value(
    (200, 3_612_672),
    "the biases left out",
    "Weights and biases: each map of the convolution, and each output of the dense layer, adds one number.",
    seen="a common slip in exam answers on parameter counts",
)
ex.wrong_value(
    (200, 3_617_280),
    "the biases of the convolution left out",
    "The dense layer has its biases. How many has the convolution?",
    seen="the biases left out in one of the two",
)
ex.wrong_value(
    (208, 3_612_672),
    "the biases of the dense layer left out",
    "The convolution has its biases. How many has the dense layer?",
    seen="the biases left out in one of the two",
)
ex.wrong_value(
    (26, 3_617_280),
    "one kernel for all eight maps",
    "26 is one kernel and its bias, and makes one map. Where do eight different maps come from?",
    seen="'the kernel is shared' read as shared by the maps, too",
)
ex.wrong_value(
    (8 * 24 * 24 * 26, 3_617_280),
    "a kernel for every place",
    "The kernel is the same everywhere. How often must its 25 weights be stored?",
    seen="layers without weight sharing ('locally connected'); a distractor of exam questions",
)
ex.wrong_value(
    (201, 3_617_280),
    "one bias for all maps",
    "Eight maps, eight questions: how many biases?",
    seen="the thread 'Question about bias in convolutional networks' on a data-science forum",
)
ex.wrong_value(
    (200 + 8 * 24 * 24, 3_617_280),
    "a bias for every place of every map",
    "The bias is shared as the weights are.",
    seen="the dense layer's rule, carried over",
)
ex.wrong_value(
    (208, 784 * 8 + 8),
    "a dense layer to 8 outputs",
    "The convolution has 8 maps of 24 x 24 numbers. How many outputs is that?",
    seen="maps counted as single outputs",
)


ex = Exercise(
    "11.6",
    "Write `max_pool(response)`: a map (H, W), both even, in; (H / 2, W / 2) out, the largest of each square of "
    "two by two.",
    cases=(
        (np.array([[1.0, 2.0, -0.5, -1.0], [4.0, -5.0, -2.0, -3.0]]),),
        (np.array([[1.0, -3.0], [0.0, 0.5]]),),
        (np.random.default_rng(116).normal(size=(6, 8)),),
        (np.random.default_rng(119).normal(size=(6, 4)),),
    ),
    hints=(
        "The squares do not overlap: rows 0 and 1, then 2 and 3, and so on.",
        "Two loops do it. Or a reshape to (H / 2, 2, W / 2, 2): which two axes hold a square?",
        "response.reshape(H // 2, 2, W // 2, 2).max(axis=(1, 3))",
    ),
)


@ex.reference
def max_pool(response):
    """Cut a map into squares of two by two and keep the largest number of each."""
    H, W = response.shape
    return response.reshape(H // 2, 2, W // 2, 2).max(axis=(1, 3))


@ex.wrong(
    "every second number kept",
    "If the wheel lies one pixel further on, do you still see it? Ask all four numbers of a square.",
    seen="a stride of 2 taken for pooling",
)
def _(response):
    return response[::2, ::2]


@ex.wrong(
    "the mean of each square",
    "That is average pooling, LeNet's. What does the mean make of one strong answer among three weak ones?",
    seen="LeCun et al. 1998, whose subsampling averages",
)
def _(response):
    H, W = response.shape
    return response.reshape(H // 2, 2, W // 2, 2).mean(axis=(1, 3))


@ex.wrong(
    "the search begun at 0",
    "Four numbers below 0: which is the largest? Not 0, it is not among them.",
    seen="largest = 0 before the loop, the classic slip of a search; or ReLU's habit",
)
def _(response):
    return max_pool(response).clip(0)


@ex.wrong(
    "squares that overlap",
    "Each number belongs to one square. By how much does the square move?",
    seen="stride 1 left from the convolution",
)
def _(response):
    windows = np.lib.stride_tricks.sliding_window_view(response, (2, 2))
    return windows.max(axis=(2, 3))


@ex.wrong(
    "the strongest number whatever its sign",
    "-5 is a strong no. Which of the four numbers is the largest?",
    seen="the maximum of the absolute values",
)
def _(response):
    H, W = response.shape
    return np.abs(response).reshape(H // 2, 2, W // 2, 2).max(axis=(1, 3))


@ex.wrong(
    "squares of pixels that are far apart",
    "reshape(2, H / 2, ...) pairs row 0 with row H / 2. Which rows are neighbours?",
    seen="the two numbers of a reshape exchanged",
)
def _(response):
    H, W = response.shape
    return response.reshape(2, H // 2, 2, W // 2).max(axis=(0, 2))
