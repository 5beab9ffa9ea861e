"""TypeScript from the wire models, so that browser and gateway cannot disagree.

Reads pydantic's own JSON schema and writes one interface a model. It must not know any model by name.
"""

from collections.abc import Iterable, Mapping
from types import ModuleType
from typing import Any

from pydantic import BaseModel
from pydantic.json_schema import models_json_schema

_HEADER = "// Generated from the Python models by `python -m handoff protocol`. Do not edit.\n"
_PLAIN = {"string": "string", "integer": "number", "number": "number", "boolean": "boolean", "null": "null"}


def models_of(module: ModuleType) -> list[type[BaseModel]]:
    """Concrete models that `module` makes public, in the order in which they were defined."""
    found = [
        value for value in vars(module).values() if isinstance(value, type) and issubclass(value, BaseModel)
    ]
    return [model for model in dict.fromkeys(found) if model.model_fields]


def typescript(models: Iterable[type[BaseModel]], unions: Mapping[str, Iterable[type[BaseModel]]]) -> str:
    """One interface for each model and one type for each union, as the text of a module.

    Outbound and inbound models alike are written as they travel: a field with a default is optional only when it is
    the browser that writes it.
    """
    wanted = list(models)
    inbound = {model.__name__ for model in wanted if model.model_config.get("extra") == "ignore"}
    _, schema = models_json_schema([(model, "serialization") for model in wanted], ref_template="{model}")
    blocks = [_interface(name, part, name in inbound) for name, part in schema.get("$defs", {}).items()]
    for name, members in unions.items():
        lines = "".join(f"\n  | {member.__name__}" for member in members)
        blocks.append(f"export type {name} ={lines};\n")
    return _HEADER + "\n" + "\n".join(blocks)


def _interface(name: str, schema: dict[str, Any], inbound: bool) -> str:
    doc = _comment(schema.get("description"), "")
    fields = "".join(_field(key, part, schema, inbound) for key, part in schema.get("properties", {}).items())
    return f"{doc}export interface {name} {{\n{fields}}}\n"


def _field(key: str, part: dict[str, Any], owner: dict[str, Any], inbound: bool) -> str:
    optional = inbound and "const" not in part and key not in owner.get("required", []) and "default" in part
    return f"{_comment(part.get('description'), '  ')}  {key}{'?' if optional else ''}: {_type(part)};\n"


def _type(part: dict[str, Any]) -> str:
    if "$ref" in part:
        return str(part["$ref"])
    if "const" in part:
        return _literal(part["const"])
    if "enum" in part:
        return " | ".join(_literal(value) for value in part["enum"])
    for key in ("anyOf", "oneOf"):
        if key in part:
            return " | ".join(dict.fromkeys(_type(choice) for choice in part[key]))
    if part.get("type") == "array":
        return f"({_type(part['items'])})[]" if "items" in part else "unknown[]"
    if part.get("type") == "object" or "additionalProperties" in part:
        extra = part.get("additionalProperties")
        return (
            f"Record<string, {_type(extra)}>"
            if isinstance(extra, dict) and extra
            else "Record<string, unknown>"
        )
    return _PLAIN.get(str(part.get("type")), "unknown")


def _literal(value: object) -> str:
    return f'"{value}"' if isinstance(value, str) else str(value).lower()


def _comment(text: str | None, indent: str) -> str:
    return f"{indent}/** {' '.join(text.split())} */\n" if text else ""
