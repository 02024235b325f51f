"""Copy-and-paste requests in four languages for the API reference."""

from __future__ import annotations

import json
from typing import Any

from grantway.asgi.operations import Operation
from grantway.kernel.addresses import Addresses

_TOKEN = "YOUR_TOKEN"  # noqa: S105 - a place to paste one
_SUBDOMAIN = "YOUR_SUBDOMAIN"


def samples(operation: Operation, addresses: Addresses) -> list[dict[str, str]]:
    """Return the samples of an operation, as `x-codeSamples`."""
    path = operation.path
    for name in ("id", "pipeline_id"):
        path = path.replace(f"{{{name}}}", "1")
    url = addresses.origin(_SUBDOMAIN) + path
    body = operation.body.example if operation.body else None
    return [
        {"lang": lang, "label": label, "source": write(operation.method, url, body)}
        for lang, label, write in (
            ("Shell", "curl", _curl),
            ("Python", "Python (requests)", _python),
            ("JavaScript", "JavaScript (fetch)", _javascript),
            ("PHP", "PHP (Guzzle)", _php),
        )
    ]


def _curl(method: str, url: str, body: Any) -> str:
    lines = [f"curl --request {method}", f"--url '{url}'", f"--header 'authorization: Bearer {_TOKEN}'"]
    if body is not None:
        lines += ["--header 'content-type: application/json'", f"--data '{json.dumps(body)}'"]
    return " \\\n  ".join(lines)


def _python(method: str, url: str, body: Any) -> str:
    sent = "" if body is None else f"    json={body!r},\n"
    return (
        "import requests\n\n"
        f'answer = requests.request(\n    "{method}",\n    "{url}",\n'
        f'    headers={{"Authorization": "Bearer {_TOKEN}"}},\n{sent}    timeout=10,\n)\n'
        "print(answer.status_code, answer.text)\n"
    )


def _javascript(method: str, url: str, body: Any) -> str:
    kind = "" if body is None else "    'content-type': 'application/json',\n"
    sent = "" if body is None else f"  body: JSON.stringify({json.dumps(body)}),\n"
    return (
        f"const answer = await fetch('{url}', {{\n  method: '{method}',\n"
        f"  headers: {{\n    authorization: 'Bearer {_TOKEN}',\n{kind}  }},\n{sent}}});\n"
        "console.log(answer.status, await answer.text());\n"
    )


def _php(method: str, url: str, body: Any) -> str:
    sent = "" if body is None else f"    'json' => {_php_value(body)},\n"
    return (
        "<?php\nrequire 'vendor/autoload.php';\n\n$client = new \\GuzzleHttp\\Client();\n"
        f"$answer = $client->request('{method}', '{url}', [\n"
        f"    'headers' => ['Authorization' => 'Bearer {_TOKEN}'],\n{sent}]);\n"
        "echo $answer->getBody();\n"
    )


def _php_value(value: Any) -> str:
    if isinstance(value, dict):
        return "[" + ", ".join(f"'{k}' => {_php_value(v)}" for k, v in value.items()) + "]"
    if isinstance(value, list):
        return "[" + ", ".join(map(_php_value, value)) + "]"
    if isinstance(value, str):
        return "'" + value.replace("\\", "\\\\").replace("'", "\\'") + "'"
    return json.dumps(value)
