"""Tells Parity what pytest runs and what becomes of it, whatever its options print."""
import os
import unittest

import parity
import pytest


def name(item):
    """`test_x[row]`, `TestX.test_y`."""
    head, bracket, row = item.nodeid.partition("::")[2].partition("[")
    return head.replace("::", ".") + bracket + row


def tell(**message):
    return parity._ask(message)


def pytest_configure(config):
    # Half of a secret is not known for one: no value is shortened in what a failure says.
    config.option.verbose = 2
    config._inicache["verbosity_assertions"] = "2"


@pytest.hookimpl(tryfirst=True)
def pytest_collectreport(report):
    if report.failed:
        tell(do="halt", outcome="failed", text=str(report.longrepr)[-4000:])
    elif report.skipped:
        tell(do="halt", outcome="skipped", text=reason(report.longrepr))


def reason(longrepr):
    text = longrepr[2] if isinstance(longrepr, tuple) else str(longrepr)
    return text.removeprefix("Skipped: ")


class State:
    outcome = None
    text = report = ""


@pytest.hookimpl(tryfirst=True, hookwrapper=True)
def pytest_runtest_protocol(item, nextitem):
    test = name(item)
    os.environ["PARITY_TEST"] = test
    os.environ["PARITY_UNIQUE"] = tell(do="begin")["unique"]
    item.parity = State()
    yield
    state = item.parity
    if state.outcome is None:
        state.outcome, state.text = "failed", "its body was not run"
    tell(do="end", outcome=state.outcome, text=state.text, report=state.report)
    os.environ.pop("PARITY_TEST", None)


@pytest.hookimpl(tryfirst=True, hookwrapper=True)
def pytest_runtest_makereport(item, call):
    # What was raised counts, not what other plugins make of it.
    state, raised = item.parity, call.excinfo
    made = yield
    if raised is None:
        if call.when == "call":
            state.outcome = state.outcome or "passed"
            if made.get_result().failed:
                state.outcome, state.text = "failed", "passed, and was expected to fail"
        return
    if state.outcome == "failed":
        return
    report = made.get_result()
    expected = getattr(report, "wasxfail", None)
    if isinstance(raised.value, (pytest.skip.Exception, unittest.SkipTest)):
        state.outcome, state.text = "skipped", str(raised.value)
    elif expected is not None and report.skipped:
        state.outcome, state.text = "skipped", ("expected to fail: " + expected).rstrip(": ")
    else:
        state.outcome, state.text = "failed", raised.exconly()
        state.report = str(raised.getrepr(style="short"))[-16000:]
