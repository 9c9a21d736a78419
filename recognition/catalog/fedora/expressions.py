"""Python expressions as text, compared with the shapes that we know. They are parsed into a tree and looked at; no part of
one is ever compiled or run, and whatever has another shape is None."""

import ast
import re
import warnings
from dataclasses import dataclass
from typing import Any

LONGEST = 500
_PLACEHOLDER = re.compile(r"%\(([A-Za-z_][\w.]*)\)s|\{([A-Za-z_][\w.]*)\}")
_ROOTS = {"msg", "message"}
_LOOPS = (ast.ListComp, ast.GeneratorExp)
_REACHES = {ast.GtE: 0, ast.Gt: 1}
_MIRRORED: dict[type[ast.cmpop], type[ast.cmpop]] = {ast.LtE: ast.GtE, ast.Lt: ast.Gt}


@dataclass(frozen=True)
class Test:
    """What a message must say. `path` leads into its body; either `one_of` or `at_least` is asked. An empty path with
    `ends` asks for the topic's end."""

    path: tuple[str, ...]
    one_of: tuple[Any, ...] = ()
    at_least: int | None = None
    ends: str = ""


def path_of(text: str) -> tuple[str, ...] | None:
    """Where in a message a value stands: `%(msg.user.username)s`, `{msg.user}`, `message.body["user"]` are
    ("msg", "user", ...); `message.topic` and `%(topic)s` are ("topic",)."""
    found = _PLACEHOLDER.fullmatch(text.strip())
    if found:
        return tuple(str(found[1] or found[2]).split("."))
    tree = _tree(text)
    return None if tree is None else _path(tree, _ROOTS)


def has_code(text: str) -> bool:
    """Whether a plain word, such as a topic, is none: it has a placeholder, a bracket, a quote or a space."""
    return not re.fullmatch(r"[\w.@/+-]+", text, re.ASCII)


def tests(text: str) -> list[Test] | None:
    """A trigger's lambda: comparisons of the message with fixed values, joined by `and`."""
    tree = _tree(text)
    return None if tree is None else _tests(tree, _ROOTS)


def goal(text: str) -> int | None:
    """A condition's lambda: `value >= 25`, `value > 24`, `25 <= value`, `value == 25`."""
    tree = _tree(text)
    if not isinstance(tree, ast.Compare) or len(tree.ops) != 1:
        return None
    left, op, right = tree.left, type(tree.ops[0]), tree.comparators[0]
    if op in _MIRRORED:
        left, op, right = right, _MIRRORED[op], left
    if not isinstance(left, ast.Name) or left.id != "value" or op not in (*_REACHES, ast.Eq):
        return None
    number = _constant(right)
    return number + _REACHES.get(op, 0) if type(number) is int else None


def counted(text: str) -> list[Test] | None:
    """An operation's lambda that counts the messages found: `query.count()`, `len(query.all())`,
    `len([m for m in query.all() if m.msg["new"] == 1])` or `sum(1 for m in ...)`, whose tests come back."""
    tree = _tree(text)
    if tree is None:
        return None
    if _is_call(tree, "query", "count"):
        return []
    if not isinstance(tree, ast.Call) or not isinstance(tree.func, ast.Name) or len(tree.args) != 1 or tree.keywords:
        return None
    way, inside = tree.func.id, tree.args[0]
    if way == "len" and _is_call(inside, "query", "all"):
        return []
    if (way == "len" and isinstance(inside, ast.ListComp)) or (way == "sum" and isinstance(inside, _LOOPS)):
        return _filtered(inside, way == "sum") if len(inside.generators) == 1 else None
    return None


def _filtered(inside: ast.ListComp | ast.GeneratorExp, ones: bool) -> list[Test] | None:
    """`ones`: each message found stands as a 1, to be summed up."""
    loop, found = inside.generators[0], list[Test]()
    name = loop.target.id if isinstance(loop.target, ast.Name) else ""
    same = _constant(inside.elt) == 1 if ones else isinstance(inside.elt, ast.Name) and inside.elt.id == name
    if not (name and same and _is_call(loop.iter, "query", "all")):
        return None
    for condition in loop.ifs:
        more = _tests(condition, {name})
        if more is None:
            return None
        found += more
    return found


def _tree(text: str) -> ast.expr | None:
    if len(text) > LONGEST:
        return None
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return ast.parse(text.strip(), mode="eval").body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None


def _tests(tree: ast.expr, roots: set[str]) -> list[Test] | None:
    parts = tree.values if isinstance(tree, ast.BoolOp) and isinstance(tree.op, ast.And) else [tree]
    found = [_test(part, roots) for part in parts if not _names_somebody(part)]
    return [test for test in found if test] if all(found) else None


def _names_somebody(tree: ast.expr) -> bool:
    """`not msg["user"]["anonymous"]`: a deed of ours always has its member, so this is met already."""
    if not isinstance(tree, ast.UnaryOp) or not isinstance(tree.op, ast.Not):
        return False
    asked = tree.operand
    if isinstance(asked, ast.Call) and isinstance(asked.func, ast.Attribute) and asked.func.attr == "get" and asked.args:
        return bool(_constant(asked.args[0]) == "anonymous")
    return _step(asked)[0] == "anonymous"


def _test(tree: ast.expr, roots: set[str]) -> Test | None:
    if isinstance(tree, ast.Call):
        return _ending(tree, roots)
    if not isinstance(tree, ast.Compare) or len(tree.ops) != 1:
        return None
    left, op, right = tree.left, type(tree.ops[0]), tree.comparators[0]
    if op is ast.Eq and isinstance(left, ast.Constant):
        left, right = right, left
    path = _path(left, roots)
    if path is None:
        return None
    if op in (ast.Eq, ast.Is):
        value = _constant(right)
        return None if value is None else Test(path, (value,))
    if op is ast.In and isinstance(right, ast.List | ast.Tuple | ast.Set):
        values = [_constant(item) for item in right.elts]
        return Test(path, tuple(values)) if values and None not in values else None
    number = _constant(right)
    return Test(path, at_least=number + _REACHES[op]) if op in _REACHES and type(number) is int else None


def _ending(tree: ast.Call, roots: set[str]) -> Test | None:
    """`msg["topic"].endswith("bodhi.update.comment")`"""
    if not isinstance(tree.func, ast.Attribute) or tree.func.attr != "endswith" or len(tree.args) != 1 or tree.keywords:
        return None
    path, end = _path(tree.func.value, roots), _constant(tree.args[0])
    return Test(path, ends=end) if path == ("topic",) and isinstance(end, str) else None


def _path(tree: ast.expr, roots: set[str]) -> tuple[str, ...] | None:
    """The way from one of the roots, by attribute, key or `.get(key, otherwise)`, or None."""
    steps: list[str] = []
    while not (isinstance(tree, ast.Name) and tree.id in roots):
        step, inner = _step(tree)
        if step is None or inner is None or len(steps) > 8:
            return None
        steps.append(step)
        tree = inner
    way = tuple(reversed(steps))
    return ("msg", *way[1:]) if way[:1] == ("body",) else way


def _step(tree: ast.expr) -> tuple[str | None, ast.expr | None]:
    if isinstance(tree, ast.Attribute):
        return tree.attr, tree.value
    key: Any = None
    inner: ast.expr | None = None
    if isinstance(tree, ast.Subscript):
        key, inner = _constant(tree.slice), tree.value
    elif isinstance(tree, ast.Call) and isinstance(tree.func, ast.Attribute) and tree.func.attr == "get":
        key, inner = (_constant(tree.args[0]) if _is_plain_get(tree) else None), tree.func.value
    return (key, inner) if isinstance(key, str) else (None, None)


def _is_plain_get(tree: ast.Call) -> bool:
    """What stands for a missing value is nothing or empty; any other stand-in could be the very value that is asked for."""
    if len(tree.args) not in (1, 2) or tree.keywords:
        return False
    stand_in = tree.args[1] if len(tree.args) == 2 else ast.Constant(None)
    empty = (isinstance(stand_in, ast.Dict) and not stand_in.keys) or (isinstance(stand_in, ast.List) and not stand_in.elts)
    return empty or (isinstance(stand_in, ast.Constant) and stand_in.value is None)


def _constant(tree: ast.expr) -> Any:
    """A text or a whole number that stands there as such."""
    return tree.value if isinstance(tree, ast.Constant) and type(tree.value) in (str, int) else None


def _is_call(tree: ast.expr, name: str, method: str) -> bool:
    return (
        isinstance(tree, ast.Call) and not tree.args and not tree.keywords and isinstance(tree.func, ast.Attribute)
        and tree.func.attr == method and isinstance(tree.func.value, ast.Name) and tree.func.value.id == name
    )  # fmt: skip
