"""Runs the tests of one file with unittest and tells Parity what becomes of each."""
import importlib.util
import os
import sys
import unittest
import unittest.util

import parity

# Half of a secret is not known for one: no value is shortened in what a failure says.
unittest.util._MAX_LENGTH = sys.maxsize


def tell(**message):
    return parity._ask(message)


class Result(unittest.TestResult):
    def startTest(self, test):
        super().startTest(test)
        os.environ["PARITY_TEST"] = f"{type(test).__name__}.{test._testMethodName}"
        os.environ["PARITY_UNIQUE"] = tell(do="begin")["unique"]
        self.outcome, self.text, self.report = "passed", "", ""

    def stopTest(self, test):
        super().stopTest(test)
        tell(do="end", outcome=self.outcome, text=self.text, report=self.report[-16000:])
        os.environ.pop("PARITY_TEST", None)

    def failed(self, test, error):
        text = "".join(self._exc_info_to_string(error, test))
        if "PARITY_TEST" in os.environ:
            self.outcome, self.report = "failed", text
            self.text = f"{error[0].__name__}: {error[1]}"
        else:
            tell(do="halt", outcome="failed", text=text[-4000:])

    def addError(self, test, err):
        super().addError(test, err)
        self.failed(test, err)

    def addFailure(self, test, err):
        super().addFailure(test, err)
        self.failed(test, err)

    def addSubTest(self, test, subtest, err):
        super().addSubTest(test, subtest, err)
        if err is not None:
            self.failed(test, err)

    def addSkip(self, test, reason):
        super().addSkip(test, reason)
        if "PARITY_TEST" not in os.environ:
            tell(do="halt", outcome="skipped", text=reason)
        elif self.outcome == "passed":
            self.outcome, self.text = "skipped", reason

    def addExpectedFailure(self, test, err):
        super().addExpectedFailure(test, err)
        self.outcome, self.text = "skipped", "expected to fail"

    def addUnexpectedSuccess(self, test):
        super().addUnexpectedSuccess(test)
        self.outcome, self.text = "failed", "passed, and was expected to fail"


def main(path, names):
    sys.path.insert(0, os.path.dirname(path))
    stem = os.path.basename(path).removesuffix(".py")
    spec = importlib.util.spec_from_file_location(stem, path)
    module = importlib.util.module_from_spec(spec)
    sys.modules[stem] = module
    try:
        spec.loader.exec_module(module)
    except unittest.SkipTest as skip:
        tell(do="halt", outcome="skipped", text=str(skip))
        return 0
    loader = unittest.defaultTestLoader
    suite = loader.loadTestsFromNames(names, module) if names else loader.loadTestsFromModule(module)
    return 0 if suite.run(Result()).wasSuccessful() else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], sys.argv[2:]))
