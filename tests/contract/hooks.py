"""What schemathesis must know of the gate: who asks, and what there is to ask for."""

import json
import urllib.request

import schemathesis

SERIES = "neon-vows"
EPISODES = [f"e{n:03}" for n in range(1, 13)]
OFFERS = ["ep-coins", "rest", "pack-30", "pack-100", "pack-300"]


@schemathesis.auth(refresh_interval=2)
class Viewer:
    """A new viewer every other second: some requests make a viewer's tokens void."""

    def get(self, case, context):
        base = case.operation.base_url or case.operation.schema.get_base_url()
        request = urllib.request.Request(f"{base.rstrip('/')}/v1/viewers", method="POST")
        with urllib.request.urlopen(request) as answer:
            return json.load(answer)["viewerToken"]

    def set(self, case, data, context):
        case.headers = {**(case.headers or {}), "Authorization": f"Bearer {data}"}


def real(text, values):
    """One of `values` for every other text, always the same for one text."""
    number = sum(str(text).encode())
    return values[number // 2 % len(values)] if number % 2 else text


@schemathesis.hook
def map_body(context, body):
    """Random names meet nothing: half of them become names that the demo's series has."""
    if isinstance(body, dict):
        for member, values in (("series", [SERIES]), ("episode", EPISODES), ("offer", OFFERS)):
            if isinstance(body.get(member), str):
                body[member] = real(body[member], values)
    return body


@schemathesis.hook
def map_path_parameters(context, path_parameters):
    for member, values in (("series", [SERIES]), ("id", [SERIES]), ("provider", ["demo"])):
        if path_parameters and isinstance(path_parameters.get(member), str):
            path_parameters[member] = real(path_parameters[member], values)
    return path_parameters
