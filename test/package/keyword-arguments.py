"""Prints what the app in argv[2] passes to the generated code in argv[1], and what of it is not in the signatures.

It reads both as text. Running them takes jsii's own Python package.
"""

import ast
import json
import sys

generated, app = (ast.parse(open(path, encoding="utf-8").read()) for path in sys.argv[1:])


def names_of(function):
    arguments = function.args
    return {each.arg for each in arguments.posonlyargs + arguments.args + arguments.kwonlyargs}


methods = {
    node.name: {each.name: names_of(each) for each in node.body if isinstance(each, ast.FunctionDef)}
    for node in generated.body
    if isinstance(node, ast.ClassDef)
}
imported = {
    alias.name
    for node in ast.walk(app)
    if isinstance(node, ast.ImportFrom) and node.module == "cdk_django_session_purge"
    for alias in node.names
}
made = {}
passed, unknown = [], []


def check(where, signature, keywords):
    for keyword in keywords:
        name = f"{where}({keyword.arg}=)"
        passed.append(name)
        if signature is None or keyword.arg not in signature:
            unknown.append(name)


for node in ast.walk(app):
    value = getattr(node, "value", None)
    if isinstance(node, ast.Assign) and isinstance(value, ast.Call) and isinstance(value.func, ast.Name):
        made[node.targets[0].id] = value.func.id
for node in ast.walk(app):
    if not isinstance(node, ast.Call):
        continue
    if isinstance(node.func, ast.Name) and node.func.id in imported:
        check(node.func.id, methods.get(node.func.id, {}).get("__init__"), node.keywords)
    if isinstance(node.func, ast.Attribute) and isinstance(node.func.value, ast.Name):
        of = made.get(node.func.value.id)
        if of in imported:
            check(f"{of}.{node.func.attr}", methods.get(of, {}).get(node.func.attr), node.keywords)

missing = sorted(imported - set(methods))
print(json.dumps({"passed": passed, "unknown": unknown + missing}))
