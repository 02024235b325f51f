"""Take a JavaScript file apart in one walk over its tree.

A file may have been written by anybody: nothing here descends by recursion.
"""

from __future__ import annotations

from collections.abc import Callable

from grantway.moderation.checks.sources.comments import dead_code
from grantway.moderation.checks.sources.model import (
    UNKNOWN,
    Argument,
    Assignment,
    Call,
    Function,
    Line,
    Marks,
    Pair,
    Script,
)
from grantway.moderation.checks.sources.parser import BROKEN, Node, kind_of, parsed
from grantway.moderation.checks.sources.values import (
    MOST_ARGUMENTS,
    Code,
    called_by,
    is_sum,
)

_MOST_BROKEN = 5
_MOST_LISTED = 100
_LOOPING = frozenset(
    {"forEach", "each", "map", "filter", "reduce", "some", "every", "flatMap", "find", "times"}
)
_REFUSING = frozenset({"catch", "fail", "error", "onError", "onerror", "reject", "onrejected"})
_WATCHED = frozenset({"eval", "Function", "execScript", "isTrusted"})
_OFFERED = tuple(
    before + name for before in (b"", b"window.") for name in (b"APP", b"AMOCRM", b"console")
)
_LOADING = frozenset({"define", "require", "requirejs"})
_FUNCTIONS = frozenset(
    {
        "function_expression",
        "function_declaration",
        "generator_function",
        "generator_function_declaration",
        "arrow_function",
        "method_definition",
    }
)
_LOOPS = frozenset({"for_statement", "for_in_statement", "while_statement", "do_statement"})
# What the walk knows beside what the model tells.
_IN_LOOPING_CALL = 1 << 8
_IN_REFUSING_CALL = 1 << 9
_BINDS = 1 << 10
_IN_SUM = 1 << 11
_KEPT = int(Marks.LOOP | Marks.REFUSED)


def read_script(path: str, source: bytes) -> Script:
    """Take *source* apart, or say that it cannot be read."""
    tree = parsed(source)
    if tree is None:
        return Script(path=path, is_unread=True)
    return _Reading(path, source).run(tree)


class _Reading:
    """One walk over a tree, from the first node to the last."""

    def __init__(self, path: str, source: bytes) -> None:
        self.path = path
        self.code = Code(source)
        self.calls: list[Call] = []
        self.assignments: list[Assignment] = []
        self.texts: list[Line] = []
        self.comments: list[Line] = []
        self.members: dict[int, Line] = {}
        self.names: list[Line] = []
        self.pairs: list[Pair] = []
        self.declared: set[str] = set()
        self.keys: set[str] = set()
        self.debuggers: list[int] = []
        self.broken: list[Line] = []
        self.refusing: set[str] = set()
        self._refusing_at: set[int] = set()
        self._function = 0
        self._functions = [Function("", 0)]
        self._named: dict[int, str] = {}
        self._is_module = False
        self._handlers = self._by_kind()

    def run(self, root: Node) -> Script:
        cursor = root.walk()
        marks = 0
        above: list[tuple[int, int]] = []
        while True:
            node = cursor.node
            own, function = marks, self._function
            if node is not None:
                handler = self._handlers.get(node.kind_id)
                if handler is not None:
                    own = handler(node, marks)
                elif node.is_missing:
                    self._break(node)
            if cursor.goto_first_child():
                above.append((marks, function))
                marks = own
                continue
            self._function = function
            while not cursor.goto_next_sibling():
                if not cursor.goto_parent():
                    return self._done()
                marks, self._function = above.pop()

    def _done(self) -> Script:
        handlers = {
            number
            for number, one in enumerate(self._functions)
            if one.name and one.name in self.refusing
        }
        calls = (
            one._replace(marks=one.marks | Marks.REFUSED) if one.function in handlers else one
            for one in self.calls
        )
        return Script(
            path=self.path,
            calls=tuple(calls),
            assignments=tuple(self.assignments),
            texts=tuple(self.texts),
            dead=tuple(dead_code(self.comments)),
            members=tuple(self.members.values()),
            names=tuple(self.names),
            pairs=tuple(self.pairs),
            declared=frozenset(self.declared),
            keys=frozenset(self.keys),
            functions=tuple(self._functions),
            debuggers=tuple(self.debuggers),
            broken=tuple(self.broken),
            is_module=self._is_module,
        )

    def _by_kind(self) -> dict[int, Callable[[Node, int], int]]:
        handlers: dict[str, Callable[[Node, int], int]] = {
            "call_expression": self._call,
            "new_expression": self._call,
            "assignment_expression": self._assignment,
            "augmented_assignment_expression": self._assignment,
            "update_expression": self._changed,
            "unary_expression": self._changed,
            "variable_declarator": self._declarator,
            "formal_parameters": self._binds,
            "catch_clause": self._catch,
            "for_in_statement": self._for_in,
            "class_declaration": self._class,
            "identifier": self._identifier,
            "shorthand_property_identifier_pattern": self._identifier,
            "shorthand_property_identifier": self._shorthand,
            "member_expression": self._member,
            "subscript_expression": self._member,
            "string": self._string,
            "template_string": self._string,
            "binary_expression": self._sum,
            "pair": self._pair,
            "comment": self._comment,
            "html_comment": self._comment,
            "debugger_statement": self._debugger,
            "import_statement": self._module,
            "export_statement": self._module,
            "jsx_element": self._jsx,
            "jsx_self_closing_element": self._jsx,
            "statement_block": self._block,
        }
        handlers |= dict.fromkeys(_FUNCTIONS, self._function_at)
        handlers |= {one: self._loop for one in _LOOPS if one not in handlers}
        ids = {kind_of(name): act for name, act in handlers.items()} | {BROKEN: self._broken}
        return {kind: act for kind, act in ids.items() if kind is not None}

    def _call(self, node: Node, marks: int) -> int:
        called = called_by(node)
        if called is None:
            return marks
        name, told, named = self.code.path_of(called)
        given = self.code.arguments(node)
        call = Call(
            name=name,
            line=_line(node),
            marks=Marks(marks & _KEPT),
            function=self._function,
            arguments=tuple(map(self.code.argument, given[:MOST_ARGUMENTS])),
            told=told,
            is_new=node.type == "new_expression",
            listed=self._listed(given) if name in _LOADING else (),
            next_function=len(self._functions),
            given=named,
        )
        self.calls.append(call)
        last = call.last
        if last == "join" and (joined := self.code.joined(called)) is not None:
            self.texts.append(Line(joined, call.line, self._function))
        if last in _REFUSING:
            self._refuse(given[:1])
            return marks & ~_IN_SUM | _IN_REFUSING_CALL
        if last == "then":
            self._refuse(given[1:2])
        if last in _LOOPING:
            return marks & ~_IN_SUM | _IN_LOOPING_CALL
        return marks & ~_IN_SUM

    def _listed(self, given: list[Node]) -> tuple[str, ...]:
        arrays = (one for one in given if one.type == "array")
        array = next(arrays, None)
        items = given[:1] if array is None else array.named_children[:_MOST_LISTED]
        return tuple(self.code.constant(one) or UNKNOWN for one in items if one.type != "comment")

    def _refuse(self, handlers: list[Node]) -> None:
        for one in handlers:
            self._refusing_at.add(one.start_byte)
            self.refusing.add(self.code.start(one).rpartition(".")[2])

    def _function_at(self, node: Node, marks: int) -> int:
        name = node.child_by_field_name("name")
        called = self._named.pop(node.start_byte, "") if name is None else self.code.text(name)
        if name is not None and node.type != "method_definition":
            self.declared.add(called)
        elif name is not None:
            self.keys.add(called)
        self._functions.append(Function(called, self._function))
        self._function = len(self._functions) - 1
        parameter = node.child_by_field_name("parameter")
        if parameter is not None:
            self.declared.add(self.code.text(parameter))
        own = marks & _KEPT
        if marks & _IN_LOOPING_CALL:
            own |= Marks.LOOP
        if marks & _IN_REFUSING_CALL or node.start_byte in self._refusing_at:
            own |= Marks.REFUSED
        return own

    def _block(self, _: Node, marks: int) -> int:
        return marks & ~_BINDS & ~_IN_SUM

    def _loop(self, _: Node, marks: int) -> int:
        return marks | Marks.LOOP

    def _for_in(self, node: Node, marks: int) -> int:
        left = node.child_by_field_name("left")
        if left is not None and node.child_by_field_name("kind") is not None:
            self.declared.update(self.code.bound(left))
        elif left is not None and left.type == "identifier":
            self._assign(left, None)
        return marks | Marks.LOOP

    def _catch(self, node: Node, marks: int) -> int:
        parameter = node.child_by_field_name("parameter")
        if parameter is not None:
            self.declared.update(self.code.bound(parameter))
        return marks | Marks.REFUSED

    def _binds(self, _: Node, marks: int) -> int:
        return marks & ~_IN_SUM | _BINDS

    def _class(self, node: Node, marks: int) -> int:
        if (name := node.child_by_field_name("name")) is not None:
            self.declared.add(self.code.text(name))
        return marks

    def _declarator(self, node: Node, marks: int) -> int:
        name, value = (node.child_by_field_name(one) for one in ("name", "value"))
        if name is None:
            return marks
        self.declared.update(self.code.bound(name))
        if value is not None:
            self._name(value, self.code.text(name))
            self._assign(name, value, is_declared=True)
        return marks

    def _assignment(self, node: Node, marks: int) -> int:
        left, right = (node.child_by_field_name(one) for one in ("left", "right"))
        if left is not None:
            self._assign(left, right)
            last = self.assignments[-1].name.rpartition(".")[2]
            self.keys.add(last)
            if right is not None:
                self._name(right, last)
        return marks

    def _changed(self, node: Node, marks: int) -> int:
        changed = node.child_by_field_name("argument")
        operator = node.child_by_field_name("operator")
        if changed is not None and operator is not None and operator.type in {"++", "--", "delete"}:
            self._assign(changed, None)
        return marks

    def _assign(self, left: Node, right: Node | None, *, is_declared: bool = False) -> None:
        name = self.code.path_of(left).name
        told: tuple[str, ...] = ()
        value = Argument("", "")
        if right is not None:
            value = self.code.argument(right)
            told = self.code.path_of(right).told if value.value is None else (value.value,)
        self.assignments.append(
            Assignment(name, _line(left), self._function, value, told, is_declared)
        )

    def _name(self, value: Node, name: str) -> None:
        if value.type in _FUNCTIONS:
            self._named[value.start_byte] = name

    def _identifier(self, node: Node, marks: int) -> int:
        text = self.code.text(node)
        if marks & _BINDS:
            self.declared.add(text)
        elif text in _WATCHED:
            self.names.append(Line(text, _line(node), self._function))
        return marks

    def _shorthand(self, node: Node, marks: int) -> int:
        text = self.code.text(node)
        self.keys.add(text)
        if text in _WATCHED:
            self.names.append(Line(text, _line(node), self._function))
        return marks

    def _member(self, node: Node, marks: int) -> int:
        at = node.start_byte
        if at not in self.members and self.code.source.startswith(_OFFERED, at):
            self.members[at] = Line(self.code.path_of(node).name, _line(node), self._function)
        return marks

    def _string(self, node: Node, marks: int) -> int:
        value = self.code.constant(node)
        if value:
            self.texts.append(Line(value, _line(node), self._function))
        return marks & ~_IN_SUM

    def _sum(self, node: Node, marks: int) -> int:
        if marks & _IN_SUM or not is_sum(node):
            return marks
        if value := self.code.constant(node):
            self.texts.append(Line(value, _line(node), self._function))
        return marks | _IN_SUM

    def _pair(self, node: Node, marks: int) -> int:
        key, value = (node.child_by_field_name(one) for one in ("key", "value"))
        if key is None or value is None:
            return marks
        name = (self.code.constant(key) or "") if key.type == "string" else self.code.text(key)
        self.keys.add(name)
        self._name(value, name)
        self.pairs.append(Pair(name, self.code.start(value), _line(node)))
        if name in _REFUSING:
            self._refuse([value])
        return marks & ~_IN_SUM

    def _comment(self, node: Node, marks: int) -> int:
        self.comments.append(Line(self.code.text(node), _line(node), self._function))
        return marks

    def _debugger(self, node: Node, marks: int) -> int:
        self.debuggers.append(_line(node))
        return marks

    def _module(self, _: Node, marks: int) -> int:
        self._is_module = True
        return marks

    def _broken(self, node: Node, marks: int) -> int:
        self._break(node)
        return marks

    def _jsx(self, node: Node, marks: int) -> int:
        self._break(node, "a tag in the code, which browsers do not read")
        return marks

    def _break(self, node: Node, text: str = "") -> None:
        if len(self.broken) < _MOST_BROKEN:
            what = text or (f"{node.type} is missing" if node.is_missing else self.code.start(node))
            self.broken.append(Line(what, _line(node)))


def _line(node: Node) -> int:
    return int(node.start_point.row) + 1
