"""json_form.py — Records as JSON and back: strict, exact, the same bytes every time. Pure.

One line of UTF-8 with sorted keys, so that objects joined end to end are JSON Lines. The fields of a dataclass are
the keys; a Change is an array [start, new_start, before, after], because a converted page has a thousand of them.
"""

import json
import types
from collections.abc import Callable, Mapping
from dataclasses import MISSING, fields, is_dataclass
from datetime import UTC, datetime
from functools import cache
from typing import Any, Literal, TypeVar, Union, cast, get_args, get_origin, get_type_hints

from storage.errors import RecordError
from storage.records import Change

_Record = TypeVar("_Record")
_Decode = Callable[[Any, str], Any]


class _FormError(ValueError):
    """A value that is not what its field holds; the message says where and what."""


def to_json(record: Any, form: str) -> bytes:
    """Write a record. form: name and version of its format, kept under the key "format".

    Raises RecordError for what JSON cannot hold exactly: a time without zone, a number that is none, half a character.

    """
    try:
        value = _plain(record)
        value["format"] = form
        text = json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False)
        return text.encode() + b"\n"
    except (ValueError, TypeError) as error:
        message = f"{type(record).__name__} cannot be written as JSON: {error}"
        raise RecordError(message) from error


def from_json(kind: type[_Record], form: str, data: bytes, where: str) -> _Record:
    """Read a record that to_json wrote. where: the key or file, for messages. Missing keys take the field's default.

    Raises RecordError for other bytes: no JSON, an unknown key, a value of another type, another format.
    """
    try:
        value = json.loads(data)
        if not isinstance(value, dict) or value.pop("format", None) != form:
            message = f'expected a JSON object with "format": "{form}"'
            raise _FormError(message)
        record: _Record = _decoder(cast(Any, kind))(value, "")
    except (ValueError, RecursionError) as error:
        start = data[:40].decode(errors="replace")
        message = f"{where}: expected a {form} record, found {len(data)} bytes that start {start!r}: {error}"
        raise RecordError(message) from error
    return record


def _plain(value: Any) -> Any:
    if isinstance(value, Change):
        return [value.start, value.new_start, value.before, value.after]
    if is_dataclass(value):
        return {name: _plain(getattr(value, name)) for name in _names(cast(Any, type(value)))}
    if isinstance(value, tuple):
        return [_plain(item) for item in value]
    if isinstance(value, Mapping):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, datetime):
        return _moment(value)
    return value


@cache
def _names(kind: Any) -> tuple[str, ...]:
    return tuple(field.name for field in fields(kind))


def _moment(at: datetime) -> str:
    if at.tzinfo is None:
        message = f"expected a time with its zone, found {at}"
        raise _FormError(message)
    text = at.isoformat()
    return text.removesuffix("+00:00") + "Z" if at.tzinfo is UTC else text


@cache
def _decoder(kind: Any) -> _Decode:
    """Return the function that turns plain JSON into a value of this type, or refuses it."""
    origin, arguments = get_origin(kind), get_args(kind)
    if kind is Change:
        return _change
    if kind is datetime:
        return _time
    if is_dataclass(kind):
        return _dataclass_decoder(kind)
    if origin is tuple:
        item = _decoder(arguments[0])
        return lambda value, at: tuple(item(each, f"{at}[{i}]") for i, each in enumerate(_of(list, value, at)))
    if origin in (Union, types.UnionType):
        some = _decoder(next(each for each in arguments if each is not types.NoneType))
        return lambda value, at: None if value is None else some(value, at)
    if origin is Literal:
        return lambda value, at: _one_of(arguments, value, at)
    if origin is Mapping:
        item = _decoder(arguments[1])
        return lambda value, at: {key: item(each, f"{at}.{key}") for key, each in _of(dict, value, at).items()}
    if kind is float:
        return lambda value, at: float(value if type(value) is int else _of(float, value, at))
    return lambda value, at: _of(kind, value, at)


def _dataclass_decoder(kind: Any) -> _Decode:
    hints = get_type_hints(kind)
    decoders = {field.name: _decoder(hints[field.name]) for field in fields(kind)}
    required = {f.name for f in fields(kind) if f.default is MISSING and f.default_factory is MISSING}

    def decode(value: Any, at: str) -> Any:
        given = _of(dict, value, at).keys()
        if not given <= decoders.keys() or not required <= given:
            unknown, missing = sorted(given - decoders.keys()), sorted(required - given)
            message = (
                f"{at or 'the record'} has unknown keys {unknown} and lacks {missing}; newer code may have written it"
            )
            raise _FormError(message)
        return kind(**{name: decoders[name](each, f"{at}.{name}") for name, each in value.items()})

    return decode


def _change(value: Any, at: str) -> Change:
    items = _of(list, value, at)
    if [type(item) for item in items] != [int, int, str, str]:
        message = f"{at}: expected [start, new_start, before, after], found {items!r}"
        raise _FormError(message)
    return Change(*items)


def _time(value: Any, at: str) -> datetime:
    text = _of(str, value, at)
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        moment = None
    if moment is None or moment.tzinfo is None:
        message = f"{at}: expected a time with its zone such as 2025-03-08T01:02:03Z, found {text!r}"
        raise _FormError(message)
    return moment


def _one_of(allowed: tuple[Any, ...], value: Any, at: str) -> Any:
    if value not in allowed:
        message = f"{at}: expected one of {', '.join(map(repr, allowed))}, found {value!r}"
        raise _FormError(message)
    return value


def _of(kind: type, value: Any, at: str) -> Any:
    if type(value) is not kind:
        message = f"{at or 'the record'}: expected {kind.__name__}, found {value!r:.80}"
        raise _FormError(message)
    return value
