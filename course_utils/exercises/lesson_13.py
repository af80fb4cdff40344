"""Exercises of lesson 13, convolutions."""

from __future__ import annotations

import numpy as np

from course_utils.exercises.model import Exercise

ex = Exercise(
    "13.1",
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
    "13.2",
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
    "13.3",
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


# The name that the notebook has for it, so that a learner can paste the solution below.
cross_correlate = convolve


ex = Exercise(
    "13.4",
    "Write `all_maps(image, kernels)`: an image (C, H, W) and kernels (K, C, h, w) in, the K maps out: each kernel "
    "slides over all C sheets at once, and every place gets one sum over all of them.",
    cases=(
        (
            np.array([[[0.0, 1.0, 2.0], [3.0, 0.0, -1.0]], [[1.0, 0.0, 0.5], [0.0, 2.0, 1.0]]]),
            np.array([[[[1.0, -1.0]], [[0.5, 2.0]]], [[[0.0, 1.0]], [[-1.0, 1.0]]], [[[2.0, 0.0]], [[0.0, -3.0]]]]),
        ),
        (np.array([[[1.0, 2.0, -1.0]]]), np.array([[[[1.0, -2.0]]]])),
        (np.random.default_rng(134).normal(size=(3, 5, 6)), np.random.default_rng(135).normal(size=(2, 3, 3, 2))),
        (np.random.default_rng(136).normal(size=(2, 6, 4)), np.random.default_rng(137).normal(size=(4, 2, 2, 3))),
    ),
    hints=(
        "One kernel makes one map, and has a sheet of weights for each sheet of the image.",
        "For one kernel: cross_correlate sheet by sheet, then add the maps up.",
        "np.array([sum(map(cross_correlate, image, kernel)) for kernel in kernels])",
    ),
)


@ex.reference
def all_maps(image, kernels):
    """Slide each kernel over all sheets of an image, and add up what its sheets answer."""
    maps = []
    for kernel in kernels:
        maps.append(sum(cross_correlate(sheet, weights) for sheet, weights in zip(image, kernel, strict=True)))
    return np.array(maps)


@ex.wrong(
    "a map for each sheet, not added up",
    "How many maps does a kernel make? Each place gets one sum, over all sheets.",
    seen="depthwise convolutions (groups=C), or the picture of one kernel a channel in many tutorials",
)
def _(image, kernels):
    return np.array(
        [
            [cross_correlate(sheet, weights) for sheet, weights in zip(image, kernel, strict=True)]
            for kernel in kernels
        ]
    )


@ex.wrong(
    "the first sheet alone",
    "What do the other sheets of the kernel look at?",
    seen="code written for one channel, fed with a picture of several",
)
def _(image, kernels):
    return np.array([cross_correlate(image[0], kernel[0]) for kernel in kernels])


@ex.wrong(
    "the same weights for every sheet",
    "Red and blue may mean different things: each sheet of the picture has a sheet of weights of its own.",
    seen="'the kernel is shared' read as shared by the channels, too",
)
def _(image, kernels):
    return np.array([sum(cross_correlate(sheet, kernel[0]) for sheet in image) for kernel in kernels])


@ex.wrong(
    "the mean over the sheets",
    "A sum has no division. Would a picture with more sheets answer more weakly?",
    seen="channels averaged, as when a colour picture is made grey",
)
def _(image, kernels):
    return all_maps(image, kernels) / len(image)


@ex.wrong(
    "the kernel turned by half a turn",
    "That is the convolution of mathematics. Networks leave the kernel as it is.",
    seen="scipy.signal.convolve, sheet by sheet",
)
def _(image, kernels):
    return all_maps(image, kernels[:, :, ::-1, ::-1])


@ex.wrong(
    "the maps added up as well",
    "K kernels ask K questions. How many maps come out?",
    seen="one sum too many: over channels in, and over channels out",
)
def _(image, kernels):
    return all_maps(image, kernels).sum(axis=0)


ex = Exercise(
    "13.5",
    "28 rows; a kernel of 5 rows with padding 2 and stride 1; pooling by 2; a kernel of 3 rows with stride 2 and no "
    "padding. How many rows after each of the three?",
    answer=(28, 14, 6),
    name="rows_after",
    tolerance=0,
    hints=(
        "From H rows a kernel of h makes floor((H + 2p - h) / s) + 1.",
        "(28 + 4 - 5) / 1 + 1 = 28, and pooling halves.",
        "(14 - 3) / 2 is 5.5. A window that does not fit whole is left out: 5 + 1.",
    ),
)
ex.wrong_value(
    (24, 12, 5),
    "the padding left out",
    "Two lines of zeros above and two below: how many rows does the kernel have to slide over?",
    seen="the formula without p, from section 1",
)
ex.wrong_value(
    (26, 13, 6),
    "padding on one side alone",
    "Padding 2 means two lines on each side. What does that add to the height?",
    seen="H + p in place of H + 2p, the commonest slip in the formula",
)
ex.wrong_value(
    (28, 14, 12),
    "the stride left out",
    "With stride 2 the window skips every other place. How many of the 12 are left?",
    seen="the formula for stride 1, used throughout",
)
ex.wrong_value(
    (28, 14, 7),
    "rounded up",
    "(14 - 3) / 2 is 5.5. Does the window that would begin at the last half step fit whole?",
    seen="ceil for floor: what padding='same' does in TensorFlow",
)
ex.wrong_value(
    (27, 13, 5),
    "the + 1 forgotten",
    "A kernel as high as the picture fits in one place. What does your formula give for it?",
    seen="the usual off-by-one of counting gaps for places",
)
ex.wrong_value(
    (28, 28, 13),
    "the pooling left out",
    "Pooling by 2 keeps one number of each square of two by two. How many rows are left?",
    seen="pooling taken for a layer that changes no shape",
)
