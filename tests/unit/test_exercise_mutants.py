"""Every small change of a reference is wrong somewhere: the cases of an exercise see it, or it changes nothing."""

from __future__ import annotations

import ast
import copy
import inspect
import re
import textwrap
import warnings
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pytest

from course_utils.exercises.engine import Exercise, exercises_of, judge
from course_utils.exercises.execution import run_answer
from course_utils.syllabus import lessons

FUNCTIONS = [each for lesson in lessons() for each in exercises_of(lesson.number) if callable(each.answer)]

ONE_LENGTH = "both have one entry for each sample"
EVEN = "the function is even: the sign of its argument does not count"
NO_SIGN = "the sign of the gap is dropped"
ORDER = "the order of the two does not count"
SHEETS = "an image has as many sheets as a kernel"

EQUIVALENT: dict[str, dict[str, str]] = {  # by exercise: the changed line, and why it is the same function
    "02.3": {
        "return 2 * X.T @ (X @ w - y) / len(X)": ONE_LENGTH,
    },
    "02.6": {
        "return float(sigmoid_derivative(-psi * h) * psi * sigmoid_derivative(phi * x) * x)": EVEN,
        "return float(sigmoid_derivative(abs(psi) * h) * psi * sigmoid_derivative(phi * x) * x)": EVEN,
        "return float(sigmoid_derivative(psi * -h) * psi * sigmoid_derivative(phi * x) * x)": EVEN,
        "return float(sigmoid_derivative(psi * h) * psi * sigmoid_derivative(-phi * x) * x)": EVEN,
        "return float(sigmoid_derivative(psi * h) * psi * sigmoid_derivative(abs(phi) * x) * x)": EVEN,
        "return float(sigmoid_derivative(psi * h) * psi * sigmoid_derivative(phi * -x) * x)": EVEN,
        "return float(sigmoid_derivative(psi * h) * psi * sigmoid_derivative(phi * abs(x)) * x)": EVEN,
    },
    "03.2": {
        "p = sigmoid(-z)": EVEN,
        "p = sigmoid(abs(z))": EVEN,
    },
    "03.3": {
        "return (X - X.mean(axis=0)) / (-X).std(axis=0)": "a spread has no sign",
    },
    "03.4": {
        "return 2 * (p - t) * p * (1 - p) / len(t)": ONE_LENGTH,
    },
    "04.3": {
        "o = sigmoid(x @ w)": ORDER,
    },
    "04.6": {
        "for start in range(0, len(t), batch_size):": ONE_LENGTH,
    },
    "05.2": {
        "with np.errstate():": "a warning is not said, and no number changes",
    },
    "05.5": {
        "return float(-(t[wanted] * np.log(p[wanted])).sum() / len(p))": ONE_LENGTH,
        "wanted = p > 0": "it differs only where p is 0 and t is not, where an epsilon in the log is welcome too",
    },
    "06.3": {
        "return dp @ (np.diag(p) - np.outer(p, p))": "the Jacobian is symmetric",
    },
    "07.1": {
        "columns = int.from_bytes(header[12:17], 'big')": "a header has 16 bytes",
    },
    "07.4": {
        "return [[rejected, false_alarms], [missed, hits]]": "a list of lists is taken as a table",
    },
    "08.4": {
        "dz = (p - np.eye(W.shape[1])[y]) / len(y)": ONE_LENGTH,
    },
    "08.6": {
        "np.fill_diagonal(errors, -1)": "counts are at least 0, and a table without a mistake has no answer",
    },
    "09.3": {
        "return np.maximum(0, z) - t * z + np.log1p(np.exp(-np.abs(z)))": ORDER,
        "return np.maximum(z, 0) - t * z + np.log1p(np.exp(-np.abs(-z)))": "abs takes the sign off once more",
        "return np.maximum(z, 0) - t * z + np.log1p(np.exp(-np.abs(abs(z))))": "abs takes the sign off once more",
    },
    "09.4": {
        "return m[:, -1] + np.log(s)": "m has one column",
    },
    "09.5": {
        "losses = np.log(np.exp(z).sum(axis=1)) - z[np.arange(len(z)), y]": ONE_LENGTH,
    },
    "10.1": {
        "dz = (softmax(X @ W) - one_hot(y, W.shape[1])) / len(y)": ONE_LENGTH,
    },
    "10.2": {
        "return np.hstack([X, (-X) ** 2])": "a square has no sign",
        "return np.hstack([X, abs(X) ** 2])": "a square has no sign",
    },
    "10.4": {
        "h = np.tanh(-X @ W)": "the slope of tanh is even, as h enters squared",
        "h = np.tanh(X @ -W)": "the slope of tanh is even, as h enters squared",
        "return X.T @ (dh * (1 - (-h) ** 2))": "the slope of tanh is even, as h enters squared",
        "return X.T @ (dh * (1 - abs(h) ** 2))": "the slope of tanh is even, as h enters squared",
    },
    "10.6": {
        "p = sigmoid(-z)": EVEN,
        "p = sigmoid(abs(z))": EVEN,
    },
    "11.2": {
        "return np.asarray(w_torch.detach())": "a tensor is taken as an array",
        "return w_torch.detach().numpy()": "a tensor is taken as an array",
    },
    "11.3": {
        "dz = (p - np.eye(p.shape[1])[y]) / len(y)": ONE_LENGTH,
        "h = np.maximum(0, a)": ORDER,
    },
    "11.5": {
        "v = 0.999 * v + 0.001 * (-dw) ** 2": "a square has no sign",
        "v = 0.999 * v + 0.001 * abs(dw) ** 2": "a square has no sign",
    },
    "11.8": {
        "return loss(model(X), y)": "a tensor of one number is taken as the number",
    },
    "12.1": {
        "losses = np.logaddexp(z, 0) - t * z": ORDER,
    },
    "12.4": {
        "losses = weight * t * np.logaddexp(-z, 0) + (1 - t) * np.logaddexp(0, z)": ORDER,
        "losses = weight * t * np.logaddexp(0, -z) + (1 - t) * np.logaddexp(z, 0)": ORDER,
    },
    "13.3": {
        "return response.reshape(-H // 2, 2, W // 2, 2).max(axis=(1, 3))": "NumPy finds a negative size itself",
        "return response.reshape(H // 2, 2, -W // 2, 2).max(axis=(1, 3))": "NumPy finds a negative size itself",
    },
    "13.4": {
        "maps.append(sum((cross_correlate(sheet, weights) for sheet, weights in zip(image, kernel))))": SHEETS,
        "maps.append(sum((cross_correlate(sheet, weights)"
        " for sheet, weights in zip(image, kernel, strict=False))))": SHEETS,
        "return maps": "a list of maps is taken as an array",
    },
    "14.1": {
        "fifth = np.minimum(4, (p * 5).astype(int))": ORDER,
        "gaps = [abs(right[fifth == k].mean() - p[fifth == k].mean()) * (fifth == k).sum()"
        " for k in np.unique(fifth)]": NO_SIGN,
        "return float(sum(gaps) / len(right))": ONE_LENGTH,
    },
}

NEVER_NEGATIVE = {  # by what they are: probabilities, labels, counts, sizes, rates, squares and their means
    "00.2": "p",
    "00.3": "predicted y",
    "01.1": "P event",
    "01.2": "happened",
    "01.4": "joint",
    "01.5": "free",
    "01.6": "values",
    "01.7": "joint",
    "02.2": "h",
    "02.4": "learning_rate steps",
    "02.6": "h",
    "03.2": "p",
    "03.4": "p t",
    "03.6": "learning_rate p steps",
    "04.2": "p t",
    "04.3": "learning_rate t o",
    "04.4": "p",
    "04.6": "t targets start batch_size learning_rate",
    "04.7": "p information",
    "05.2": "P Q happens",
    "05.5": "p t wanted",
    "05.6": "y n_classes",
    "05.7": "t learning_rate steps",
    "06.1": "e",
    "06.2": "p",
    "06.3": "p t",
    "06.5": "p",
    "07.1": "count rows columns",
    "07.4": "t said rejected false_alarms missed hits",
    "07.5": "counts hits called_five are_fives",
    "07.6": "t said",
    "08.1": "t y n_classes",
    "08.3": "t p y losses",
    "08.4": "p y",
    "08.6": "counts errors true predicted",
    "09.3": "t",
    "09.4": "s",
    "09.5": "y losses",
    "09.6": "loss",
    "10.1": "y learning_rate",
    "10.5": "losses every",
    "10.6": "p",
    "11.1": "said y both",
    "11.2": "t t_torch loss learning_rate",
    "11.3": "p h y",
    "11.5": "k learning_rate v v_hat",
    "11.8": "loss y batches rows learning_rate",
    "12.1": "t losses",
    "12.4": "t weight losses",
    "13.1": "H W h w i j",
    "13.3": "H W",
    "14.1": "p right fifth k",
    "14.2": "y candidates T losses",
    "14.4": "validation test",
}

ARITHMETIC: dict[type[ast.operator], tuple[type[ast.operator], ...]] = {
    ast.Add: (ast.Sub, ast.Mult),
    ast.Sub: (ast.Add,),
    ast.Mult: (ast.Div, ast.Add),
    ast.Div: (ast.Mult, ast.FloorDiv),
    ast.FloorDiv: (ast.Mult, ast.Mod),
    ast.Mod: (ast.FloorDiv,),
    ast.Pow: (ast.Mult,),
    ast.MatMult: (ast.Mult,),
    ast.BitAnd: (ast.BitOr, ast.BitXor),
    ast.BitOr: (ast.BitAnd,),
}
COMPARISONS: dict[type[ast.cmpop], tuple[type[ast.cmpop], ...]] = {
    ast.Lt: (ast.LtE, ast.Gt),
    ast.LtE: (ast.Lt, ast.GtE),
    ast.Gt: (ast.GtE, ast.Lt),
    ast.GtE: (ast.Gt, ast.LtE),
    ast.Eq: (ast.NotEq, ast.LtE, ast.GtE),
}
NAMES = {
    "exp": ("expm1", "exp2"),
    "expm1": ("exp",),
    "log": ("log2", "log1p"),
    "log1p": ("log",),
    "logaddexp": ("maximum",),
    "sqrt": ("square", "abs"),
    "tanh": ("sin",),
    "sum": ("mean", "max", "prod"),
    "mean": ("sum", "max"),
    "max": ("min", "sum"),
    "min": ("max",),
    "argmax": ("argmin",),
    "argmin": ("argmax",),
    "maximum": ("minimum",),
    "minimum": ("maximum",),
    "ceil": ("floor", "rint"),
    "cumsum": ("cumprod",),
    "std": ("var",),
    "abs": ("positive",),
    "diag": ("eye",),
    "outer": ("add",),
    "hstack": ("vstack",),
    "sigmoid": ("tanh",),
}


def changed(node: ast.AST) -> Iterator[ast.AST]:
    """Yield what may stand in the place of one node: another operator, a number one off, a part of it alone."""
    if isinstance(node, ast.BinOp):
        for other in ARITHMETIC.get(type(node.op), ()):
            yield ast.BinOp(node.left, other(), node.right)
        if not isinstance(node.op, ast.Mult | ast.Add | ast.BitAnd | ast.BitOr):
            yield ast.BinOp(node.right, node.op, node.left)
        yield node.left
        yield node.right
    if isinstance(node, ast.Compare):
        for compared in COMPARISONS.get(type(node.ops[0]), ()):
            yield ast.Compare(node.left, [compared()], node.comparators)
    if isinstance(node, ast.UnaryOp):
        yield node.operand
    if isinstance(node, ast.Constant):
        yield from map(ast.Constant, _other_constants(node.value))
    if isinstance(node, ast.Attribute):
        if node.attr == "T":
            yield node.value
        for name in NAMES.get(node.attr, ()):
            yield ast.Attribute(node.value, name, node.ctx)
    if isinstance(node, ast.Call):
        for keyword in node.keywords:
            yield ast.Call(node.func, node.args, [each for each in node.keywords if each is not keyword])
        if len(node.args) == 2:
            yield ast.Call(node.func, node.args[::-1], node.keywords)
        if node.args:  # the function left out
            yield node.args[0]
        elif isinstance(node.func, ast.Attribute):
            yield node.func.value


def _other_constants(value: object) -> tuple[Any, ...]:
    if isinstance(value, bool):
        return (not value,)
    if isinstance(value, int):
        return (value + 1, value - 1)
    if isinstance(value, float):
        return (value * 2, value / 2, -value)
    return ("little",) if value == "big" else ()


def with_other_names(node: ast.Name, parameters: list[str]) -> Iterator[ast.AST]:
    """Yield the other parameters in the place of one, its size, and the other sign."""
    if node.id in parameters:
        yield from (ast.Name(other, ast.Load()) for other in parameters if other != node.id)
    yield ast.UnaryOp(ast.USub(), node)
    yield ast.Call(ast.Name("abs", ast.Load()), [node], [])


def mutants(function: Callable[..., Any]) -> dict[str, Callable[..., Any]]:
    """Return functions with one small change each, under the line that is new."""
    tree = ast.parse(textwrap.dedent(inspect.getsource(function)))
    tree.body[0].decorator_list.clear()  # type: ignore[attr-defined]  # a mutant is no reference
    made: dict[str, Callable[..., Any]] = {}
    only_counted = {id(part) for node in ast.walk(tree) for part in _only_counted(node)}
    for index, node in enumerate(ast.walk(tree)):
        for change in _changes(node, list(inspect.signature(function).parameters), id(node) in only_counted):
            copied = copy.deepcopy(tree)
            _put(copied, list(ast.walk(copied))[index], copy.deepcopy(change))
            if line := _new_line(tree, copied):  # none where the two sides of an operator are alike
                made.setdefault(line, _compiled(copied, function))
    return made


def _only_counted(node: ast.AST) -> Iterator[ast.AST]:
    """Yield what has no sign to change: functions, modules, and arrays of which only the size is taken."""
    if isinstance(node, ast.Call):
        yield node.func
        if isinstance(node.func, ast.Name) and node.func.id == "len":
            yield from node.args
    if isinstance(node, ast.Attribute) and node.attr == "shape":
        yield node.value


def _changes(node: ast.AST, parameters: list[str], only_counted: bool) -> Iterator[ast.AST]:
    if isinstance(node, ast.expr) and not isinstance(getattr(node, "ctx", None), ast.Store):
        if not (isinstance(node, ast.Call) and getattr(node.func, "id", "") in ("float", "int")):
            yield from changed(node)
        if isinstance(node, ast.Name) and node.id not in ("np", "torch", "int"):
            yield from list(with_other_names(node, parameters))[: -2 if only_counted else None]
    if isinstance(node, ast.Return) and node.value is not None:
        yield ast.Return(ast.UnaryOp(ast.USub(), node.value))
    if isinstance(node, ast.AugAssign | ast.Expr) and not isinstance(getattr(node, "value", None), ast.Constant):
        yield ast.Pass()
    if isinstance(node, ast.AugAssign):
        for other in ARITHMETIC.get(type(node.op), ()):
            yield ast.AugAssign(node.target, other(), node.value)


def _put(tree: ast.AST, place: ast.AST, change: ast.AST) -> None:
    for node in ast.walk(tree):
        for field, value in ast.iter_fields(node):
            if value is place:
                setattr(node, field, change)
            elif isinstance(value, list):
                setattr(node, field, [change if each is place else each for each in value])
    ast.fix_missing_locations(tree)


def _new_line(tree: ast.AST, other: ast.AST) -> str:
    lines = zip(ast.unparse(tree).splitlines(), ast.unparse(other).splitlines(), strict=True)
    return "; ".join(after.strip() for before, after in lines if before != after)


def _compiled(tree: ast.AST, function: Callable[..., Any]) -> Callable[..., Any]:
    names = dict(function.__globals__)
    exec(compile(ast.unparse(tree), "<mutant>", "exec"), names)
    made: Callable[..., Any] = names[function.__name__]
    return made


def survivors(each: Exercise) -> set[str]:
    """Return the changes that the cases of an exercise do not see, by the judge that learners meet."""
    bare = copy.copy(each)
    bare.misconceptions = []
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return {
            change
            for change, mutant in mutants(each.answer).items()
            if judge(bare, run_answer(mutant, each.cases, seconds=2)).outcome == "right"
        }


def drops_no_sign(each: Exercise, line: str) -> bool:
    """Whether a change only puts abs around what is never negative."""
    names = NEVER_NEGATIVE.get(each.id, "").split()
    return any(re.search(rf"(?<![\w.])abs\({name}\)", line) for name in names)


@pytest.mark.slow
@pytest.mark.parametrize("each", FUNCTIONS, ids=lambda each: each.id)
def test_a_changed_reference_is_wrong_unless_it_is_the_same_function(each: Exercise) -> None:
    right = {line for line in survivors(each) if not drops_no_sign(each, line)}
    assert right == EQUIVALENT.get(each.id, {}).keys(), (
        "a changed line of the reference still counts as right: add a case that tells it apart; where it is the same "
        "function, add a row to EQUIVALENT with the reason, or to NEVER_NEGATIVE where it only takes an abs more"
    )


def test_what_is_never_negative_is_not_in_the_cases_either() -> None:
    for each in FUNCTIONS:
        for case in each.cases:
            given = inspect.signature(each.answer).bind(*case).arguments
            for name in given.keys() & set(NEVER_NEGATIVE.get(each.id, "").split()):
                assert np.min(given[name]) >= 0, (each.id, name)


def test_mutants_are_many_and_each_differs() -> None:
    made = mutants(FUNCTIONS[0].answer)
    assert "return p.argmin(axis=1)" in made
    assert "return p.argmax(axis=0)" in made
    assert "return p.argmax(axis=1)" not in made
