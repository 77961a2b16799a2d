"""From bytes to a checked request, and from a failed check to words that name field and remedy.

    bytes -> read_json -> object -> validate(Model, object) -> Model
                                          |
                                    InvalidFieldsError(field, remedy) ...

No error here repeats what was sent, except the name of an unknown field.
"""

import json
from dataclasses import dataclass
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails, from_json

from nlp_service.errors import ClientError, MalformedError

Model = TypeVar("Model", bound=BaseModel)

# Beyond this many the caller has sent another format altogether; more lines help nobody.
_MOST_ERRORS = 20
_NAME_CHARS = 64


@dataclass(frozen=True, slots=True)
class FieldError:
    """One wrong field: its path, like `context.history[1].at`, and what to do."""

    field: str
    detail: str


class InvalidFieldsError(ClientError):
    """The input can be read but some fields are wrong."""

    def __init__(self, errors: tuple[FieldError, ...]) -> None:
        first = errors[0]
        more = f" (and {len(errors) - 1} more)" if len(errors) > 1 else ""
        super().__init__(f"{first.field}: {first.detail}{more}", field=first.field)
        self.errors = errors


def read_json(body: bytes) -> object:
    """Parse UTF-8 JSON; raises MalformedError with the place, never with the content.

    The quick parser refuses lone surrogates as broken JSON. The slower one lets them through,
    so that validation can name the field they stand in.
    """
    try:
        return from_json(body, allow_inf_nan=False)
    except ValueError:
        return _read_json_slowly(body)


def _read_json_slowly(body: bytes) -> object:
    try:
        return json.loads(body.decode("utf-8"), parse_constant=_refuse_constant)
    except UnicodeDecodeError as error:
        raise MalformedError("the body is not UTF-8; encode it as UTF-8") from error
    except json.JSONDecodeError as error:
        place = f"line {error.lineno}, column {error.colno}"
        raise MalformedError(f"the JSON is broken at {place}; mend it there") from error
    except (ValueError, RecursionError) as error:
        remedy = "too deep, a number too long, NaN or Infinity"
        raise MalformedError(f"the JSON cannot be read ({remedy}); mend it") from error


def _refuse_constant(_: str) -> object:
    raise ValueError


def validate(model: type[Model], value: object) -> Model:
    """Check a parsed JSON value; raises InvalidFieldsError naming every wrong field."""
    try:
        return model.model_validate(value)
    except ValidationError as error:
        raise InvalidFieldsError(field_errors(error.errors(include_url=False))) from None


def parse(model: type[Model], body: bytes) -> Model:
    """Read and check one JSON value."""
    return validate(model, read_json(body))


def field_errors(details: list[ErrorDetails]) -> tuple[FieldError, ...]:
    """Say each failed check in our words; the input that pydantic attaches is dropped."""
    return tuple(
        FieldError(field_path(detail["loc"]), _describe(detail))
        for detail in details[:_MOST_ERRORS]
    )


def field_path(loc: tuple[int | str, ...]) -> str:
    """`("context", "history", 1, "at")` as `context.history[1].at`; the whole is `body`."""
    path = ""
    for part in loc:
        path += f"[{part}]" if isinstance(part, int) else f".{_printable(part)}"
    return path.removeprefix(".") or "body"


def _printable(name: str) -> str:
    """A field name that a caller sent, short and safe to put into JSON and logs."""
    kept = "".join(char if char.isprintable() else "?" for char in name[:_NAME_CHARS])
    return kept.encode("utf-8", "replace").decode("utf-8")


def _describe(detail: ErrorDetails) -> str:
    kind = detail["type"]
    if kind.startswith("contract_"):
        return detail["msg"]
    context: dict[str, Any] = detail.get("ctx", {})
    template = _REMEDIES.get(kind, "is not valid; see the API description")
    return template.format_map(context)


_REMEDIES = {
    "extra_forbidden": "unknown field; remove it or correct its name",
    "missing": "is required; send it",
    "literal_error": "unknown code; use one of {expected}",
    "string_type": "must be a string",
    "string_unicode": "contains a lone surrogate; send valid Unicode",
    "string_too_long": "is too long; send at most {max_length} characters",
    "string_too_short": "is too short; send at least {min_length} characters or leave it out",
    "bool_parsing": "must be true or false",
    "int_parsing": "must be a whole number",
    "int_type": "must be a whole number",
    "float_type": "must be a number",
    "finite_number": "must be a finite number",
    "greater_than": "must be greater than {gt}",
    "greater_than_equal": "must be at least {ge}",
    "less_than_equal": "must be at most {le}",
    "list_type": "must be a list",
    "model_type": "must be a JSON object",
    "model_attributes_type": "must be a JSON object",
}
