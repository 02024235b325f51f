"""Find the SQL in Python sources, and what it does to which table."""

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass

# Stands for a part of the text that is only known when the program runs.
UNKNOWN = "{}"

_WRITE = re.compile(
    r"""
      \b(?:insert\s+(?:or\s+\w+\s+)?into|replace\s+into|delete\s+from)\s+(\w+|\{\})
    | \bupdate\s+(?:only\s+)?(\w+|\{\})(?:\s+(?:as\s+)?(?!set\b)\w+)?\s+set\b
    """,
    re.VERBOSE | re.IGNORECASE,
)
_FROM = re.compile(
    # Looked ahead, so that an alias never swallows the word `join`.
    r"\b(?:from|join|into|update)\s+(?=(?:only\s+)?"
    r"(\w+(?:\s+(?:as\s+)?\w+)?(?:\s*,\s*\w+(?:\s+(?:as\s+)?\w+)?)*))",
    re.IGNORECASE,
)
_STATEMENT = re.compile(r"\s*(?:select|insert|update|delete|replace|with|create)\s", re.IGNORECASE)
_CREATE_TABLE = re.compile(r"^create table (\w+) \((.*?)^\)", re.MULTILINE | re.DOTALL)


@dataclass(frozen=True, slots=True)
class Text:
    """One piece of text in a source, with the constants of its module written out."""

    function: str  # dotted; empty outside every function
    line: int
    text: str

    def is_statement(self) -> bool:
        return _STATEMENT.match(self.text) is not None

    def writes(self) -> set[str]:
        """Return the tables that the text changes; UNKNOWN for one that is filled in later."""
        return {name for match in _WRITE.finditer(self.text) for name in match.groups() if name}

    def touches(self, tables: set[str]) -> set[str]:
        """Return those of *tables* that the text reads or changes."""
        named = {
            part.split()[0]
            for match in _FROM.finditer(self.text)
            for part in match[1].split(",")
            if part.split()
        }
        return named & tables


class _Texts(ast.NodeVisitor):
    def __init__(self, constants: dict[str, str]) -> None:
        self.constants = constants
        self.found: list[Text] = []
        self._functions: list[str] = []

    def _visit_scope(self, node: ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef) -> None:
        self._functions.append(node.name)
        for child in node.body[_has_docstring(node) :]:
            self.visit(child)
        self._functions.pop()

    visit_FunctionDef = visit_AsyncFunctionDef = visit_ClassDef = _visit_scope  # noqa: N815 - ast names them

    def _keep(self, node: ast.expr) -> None:
        text = _written_out(node, self.constants)
        if text is not None:
            self.found.append(Text(".".join(self._functions), node.lineno, text))

    def visit_Constant(self, node: ast.Constant) -> None:
        self._keep(node)

    def visit_Name(self, node: ast.Name) -> None:
        if isinstance(node.ctx, ast.Load) and self._functions:
            self._keep(node)

    def visit_JoinedStr(self, node: ast.JoinedStr) -> None:
        self._keep(node)
        for part in node.values:
            # What a call inside the braces is given may be SQL of its own.
            if isinstance(part, ast.FormattedValue) and not isinstance(part.value, ast.Name):
                self.visit(part.value)

    def visit_BinOp(self, node: ast.BinOp) -> None:
        if _written_out(node, self.constants) is None:
            self.generic_visit(node)
        else:
            self._keep(node)


def _has_docstring(
    node: ast.Module | ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef,
) -> bool:
    return ast.get_docstring(node, clean=False) is not None


def _written_out(node: ast.expr, constants: dict[str, str]) -> str | None:
    """Return the text of *node* as far as it can be read; None when it is no text."""
    match node:
        case ast.Constant(value=str(text)):
            return text
        case ast.Name(id=name):
            return constants.get(name)
        case ast.JoinedStr(values=parts):
            return "".join(
                part.value
                if isinstance(part, ast.Constant) and isinstance(part.value, str)
                else (_written_out(part.value, constants) or UNKNOWN)
                if isinstance(part, ast.FormattedValue)
                else UNKNOWN
                for part in parts
            )
        case ast.BinOp(left=left, op=ast.Add(), right=right):
            sides = [_written_out(left, constants), _written_out(right, constants)]
            if sides == [None, None]:
                return None
            return "".join(side if side is not None else UNKNOWN for side in sides)
    return None


def _constants(module: ast.Module) -> dict[str, str]:
    """Return the texts that the module gives a name to, each with those before it written out."""
    found: dict[str, str] = {}
    for node in module.body:
        match node:
            case ast.Assign(targets=[ast.Name(id=name)], value=value):
                text = _written_out(value, found)
            case ast.AnnAssign(target=ast.Name(id=name), value=ast.expr() as value):
                text = _written_out(value, found)
            case _:
                continue
        if text is not None:
            found[name] = text
    return found


def texts(source: str) -> list[Text]:
    """Return every text of *source* that is no docstring."""
    module = ast.parse(source)
    visitor = _Texts(_constants(module))
    for node in module.body[_has_docstring(module) :]:
        visitor.visit(node)
    return visitor.found


def tables_with(column: str, migration: str) -> Iterator[str]:
    """Yield the tables of *migration* that have *column*."""
    for match in _CREATE_TABLE.finditer(migration):
        if re.search(rf"^\s+{column}\s", match[2], re.MULTILINE):
            yield match[1]


def tables(migration: str) -> set[str]:
    return {match[1] for match in _CREATE_TABLE.finditer(migration)}


def forgets_account(source: str, tenant_tables: set[str]) -> dict[str, set[str]]:
    """Return the functions whose SQL touches an account's data without naming the account.

    A statement that stands complete must bind `:account_id` itself. Of one that
    is put together, some part in the same function must.
    """
    all_texts = [text for text in texts(source) if text.function]
    bound_by_a_part = {
        text.function
        for text in all_texts
        if ":account_id" in text.text and not text.is_statement()
    }
    forgetful: dict[str, set[str]] = {}
    for text in all_texts:
        touched = text.touches(tenant_tables)
        if not touched or ":account_id" in text.text:
            continue
        if text.function in bound_by_a_part and (UNKNOWN in text.text or not text.is_statement()):
            continue
        forgetful.setdefault(text.function, set()).update(touched)
    return forgetful
