"""`python make.py OUT [part of a name]`: the cases of the installed scikit-learn, one folder a case."""
import importlib
import sys
import warnings

warnings.filterwarnings("ignore")

from book import Book

AREAS = [
    "linear",
    "trees",
    "boosting",
    "kernels",
    "neighbours",
    "bayes",
    "neural",
    "composites",
    "calibration",
    "preprocessing",
    "columns",
    "selection",
    "decomposition",
    "text",
    "xgboost",
    "lightgbm",
    "catboost",
    "others",
    "formats",
]


def main():
    book = Book(sys.argv[1], sys.argv[2] if len(sys.argv) > 2 else "")
    for area in AREAS:
        book.area = area
        try:
            module = importlib.import_module("areas." + area + "_cases")
        except ModuleNotFoundError as error:
            # A library that this version's environment does not have.
            print("left out:", area, error)
            continue
        module.cases(book)
    for name, error in book.failed:
        print("FAILED", name, error)
    print(book.versions["sklearn"], len(book.done), "cases,", len(book.failed), "failed")
    sys.exit(bool(book.failed))


main()
