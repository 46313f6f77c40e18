"""Writes packages/core-graph/src/opset/signatures.ts from the operator schemas of the `onnx` package (PyPI):

    pip install onnx && python tools/operator-signatures.py

Needed only when Pare learns a newer operator set; nothing of Pare runs Python.
"""
from pathlib import Path

from onnx import TensorProto, defs

OLDEST, NEWEST = 7, 25
DOMAINS = {"": "", "ai.onnx.ml": "ai.onnx.ml."}
ELEMENTS = {"float": "FLOAT", "double": "DOUBLE"}


def letter(element):
    """A type as a letter: the code of TensorProto.DataType, 1 as `a`. Empty for types that are newer than NEWEST."""
    code = TensorProto.DataType.Value(ELEMENTS.get(element, element.upper()))
    return chr(ord("a") + code - 1) if code <= 26 else ""


def types(strings):
    tensors = [text[7:-1] for text in strings if text.startswith("tensor(")]
    return "".join(sorted(map(letter, tensors))) + ("*" if len(tensors) < len(strings) else "")


def parameter(formal):
    mark = {defs.OpSchema.FormalParameterOption.Single: "", defs.OpSchema.FormalParameterOption.Optional: "?"}.get(
        formal.option, f"...{formal.min_arity}" if formal.is_homogeneous else f"***{formal.min_arity}"
    )
    type_text = f"={letter(formal.type_str[7:-1])}" if formal.type_str.startswith("tensor(") else formal.type_str
    return f"{formal.name}{mark}:{type_text}"


def attribute(item):
    return f"{item.name}{'!' if item.required else ''}:{item.type.name.lower()}"


def line(schema):
    parts = [
        f"{DOMAINS[schema.domain]}{schema.name} {schema.since_version}{' deprecated' if schema.deprecated else ''}",
        " ".join(map(parameter, schema.inputs)),
        " ".join(map(parameter, schema.outputs)),
        " ".join(map(attribute, sorted(schema.attributes.values(), key=lambda item: item.name))),
        " ".join(f"{item.type_param_str}={types(item.allowed_type_strs)}" for item in schema.type_constraints),
    ]
    return "|".join(parts)


def known(schema, history):
    """Whether a model of an operator set that Pare reads can mean this version."""
    if schema.domain != "":
        return True
    later = [other.since_version for other in history if other.since_version > schema.since_version]
    return schema.since_version <= NEWEST and min(later, default=NEWEST + 1) > OLDEST


schemas = {}
for schema in defs.get_all_schemas_with_history():
    if schema.domain in DOMAINS:
        schemas.setdefault((schema.domain, schema.name), []).append(schema)
lines = [
    line(schema)
    for _, history in sorted(schemas.items())
    for schema in sorted(history, key=lambda item: item.since_version)
    if known(schema, history)
]
text = "\n".join(lines)
Path(__file__).parent.parent.joinpath("packages/core-graph/src/opset/signatures.ts").write_text(
    f"""// Written by tools/operator-signatures.py

/**
 * The operators of ONNX from operator set {OLDEST} to {NEWEST}, and those of ai.onnx.ml, a version a line:
 * name, the version that brought this form (and `deprecated`) | inputs | outputs | attributes | type parameters.
 * Source: ONNX, "Operator Schemas" (onnx/docs/Changelog.md, Changelog-ml.md).
 *
 * - A parameter is `name:type`; `?` may be left out, `...1` is any number of one type, at least 1, `***1` of any types.
 * - An attribute is `name:type`; `!` must be given.
 * - A type parameter lists its element types as letters, the codes of TensorProto.DataType from `a` = 1 = FLOAT on; `*`:
 *   sequences, maps or optionals too. `=a` is a type of its own.
 */
export const signatureLines = `
{text}
`
"""
)
print(f"{len(lines)} operators, {len(text)} bytes")
