"""On Python 3.14 annotations are read when somebody asks for them, in the class's own namespace
(PEP 649): of a field `date: date` the type is then the field itself, and not the date. The images
run on 3.14."""

import ast
from pathlib import Path

import app

FILES = sorted(Path(app.__file__).parent.rglob("*.py"))


def fields_named_as_their_types(tree: ast.Module) -> list[str]:
    """Each as `Class.field`."""
    return [
        f"{klass.name}.{field.target.id}"
        for klass in ast.walk(tree)
        if isinstance(klass, ast.ClassDef)
        for field in klass.body
        if isinstance(field, ast.AnnAssign) and isinstance(field.target, ast.Name)
        for name in ast.walk(field.annotation)
        if isinstance(name, ast.Name) and name.id in _names(klass)
    ]


def _names(klass: ast.ClassDef) -> set[str]:
    fields = (field for field in klass.body if isinstance(field, ast.AnnAssign))
    return {field.target.id for field in fields if isinstance(field.target, ast.Name)}


def test_no_field_hides_a_type_of_its_class() -> None:
    found = {str(file): fields_named_as_their_types(ast.parse(file.read_text())) for file in FILES}
    assert {file: names for file, names in found.items() if names} == {}


def test_such_a_field_is_found() -> None:
    hidden = "class Holiday:\n    date: date\n    until: date | None\n"
    assert fields_named_as_their_types(ast.parse(hidden)) == ["Holiday.date", "Holiday.until"]
