"""A tool's raw output, as a typed value or as the reason why it is no answer."""

from __future__ import annotations

from collections.abc import Container, Mapping
from signal import Signals
from typing import TypeVar

import msgspec

from maturity.collectors.base import Output, Request
from maturity.errors import CollectorFailure

T = TypeVar("T")
EXCERPT = 200  # characters of a tool's output in a reason


def answer(request: Request, outputs: Mapping[str, Output], step: str, codes: Container[int] = (0, 1)) -> Output:
    """The output of a step whose exit code is an answer; CollectorFailure for any other code, or if it never ran."""
    output = outputs.get(step)
    if output is None:
        raise CollectorFailure(f"the step {step} left no output")
    if output.returncode not in codes:
        said = excerpt(output.stderr.strip() or output.stdout, request)
        raise CollectorFailure(f"the step {step} {ended(output.returncode)}: {said or 'it said nothing'}")
    return output


def ended(returncode: int) -> str:
    """How a process ended, in words."""
    if returncode >= 0:
        return f"ended with exit code {returncode}"
    try:
        return f"was ended by signal {-returncode} ({Signals(-returncode).name})"
    except ValueError:  # a real-time signal
        return f"was ended by signal {-returncode}"


def printed(request: Request, outputs: Mapping[str, Output], step: str, shape: type[T]) -> T:
    """The JSON that a step printed, as a value of `shape`; CollectorFailure with what it said if it printed none."""
    output = answer(request, outputs, step)
    if not output.stdout.strip():
        said = excerpt(output.stderr.strip(), request)
        raise CollectorFailure(f"the step {step} {ended(output.returncode)} and no answer: {said or 'it said nothing'}")
    return decoded(output.stdout, shape, request)


def decoded(raw: bytes, shape: type[T], request: Request) -> T:
    """The JSON in `raw` as a value of `shape`; CollectorFailure with the reason and the first bytes if it is none."""
    try:
        return msgspec.json.decode(raw, type=shape)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        begin = excerpt(raw, request) or "nothing at all"
        raise CollectorFailure(f"the output is not the JSON that was asked for ({error}): {begin}") from error


def excerpt(raw: bytes, request: Request) -> str:
    """The beginning of a tool's output on one line, without the machine's paths."""
    text = raw[: 10 * EXCERPT].decode("utf-8", "replace")
    return one_line(text.replace(request.root.rstrip("/") + "/", ""))[:EXCERPT]


def one_line(text: str) -> str:
    """The text with every run of blanks and line breaks as one space."""
    return " ".join(text.split())
