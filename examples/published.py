"""What is published about six well-known data sets beside what Fine measures on them.

    python3 examples/published.py target/release/fine docs/examples.md

Audits each example by the command line (only the standard library of Python is needed), compares, writes the page, and ends with 1 when
a number does not agree.
"""
import json
import subprocess
import sys
import tempfile
from pathlib import Path

HERE = Path(__file__).parent


def metric(name):
    """A headline metric of the stage `performance`."""
    def find(result):
        return next(m["estimate"] for m in report(result, "performance")["metrics"] if m["id"] == name)
    return find


def group(attribute, name, rate):
    """A rate of one group."""
    def find(result):
        attributes = report(result, "fairness")["attributes"]
        groups = next(a["groups"] for a in attributes if a["attribute"] == attribute)
        return next(g[rate] for g in groups if g["group"] == name)
    return find


def missed(attribute, name):
    """False negative rate of one group."""
    def find(result):
        hit = group(attribute, name, "tpr")(result)
        return {"value": 1 - hit["value"], "low": 1 - hit["high"], "high": 1 - hit["low"], "n": hit["n"]}
    return find


def rows(result):
    """Rows of the audited table."""
    return {"value": report(result, "performance")["n"], "low": None, "high": None}


def report(result, stage):
    """The report of a stage."""
    return next(s["report"] for s in result["stages"] if s["id"] == stage)


def black(rate):
    """A rate of the Black people in COMPAS."""
    return group("race", "African-American", rate)


def white(rate):
    """A rate of the white people in COMPAS."""
    return group("race", "Caucasian", rate)


def percent(estimate):
    """An estimate in words of the page."""
    return f"{100 * estimate['value']:.1f} %"


def count(result, outcome):
    """Findings with an outcome."""
    return sum(f["outcome"] == outcome for f in result["findings"])


# What is published: text, value, how far ours may be from it (None: it must be inside our 95 % interval; 0: the same digits), source.
DRESSEL = "Dressel and Farid 2018, table 2 (all 7,214 people)"
EXAMPLES = [
    {
        "title": "COMPAS: risk scores of a vendor",
        "folder": "compas",
        "about": "6,172 people of Broward County and whether they were charged again within two years. There is no model file: the vendor's "
        "own decision (a score of 5 or more) is audited as stored predictions.",
        "run": ["--data", "compas.csv", "--prediction", "high_risk", "--target", "two_year_recid", "--positive", "1",
                "--protected", "race,sex", "--ignore", "decile_score"],
        "reads": lambda result: f"Of those who were not charged again, {percent(black('fpr')(result))} of the Black and "
        f"{percent(white('fpr')(result))} of the white people had been called high risk; of those who were, "
        f"{percent(missed('race', 'African-American')(result))} and {percent(missed('race', 'Caucasian')(result))} had been called low risk. "
        f"The shares of right decisions are near each other ({percent(black('accuracy')(result))} and {percent(white('accuracy')(result))}), "
        "which is why both sides of that debate had numbers to show.",
        "facts": [
            ("rows that ProPublica kept", 6172, 0, "Larson et al. 2016, method", rows),
            ("accuracy", 0.654, 0.02, DRESSEL, metric("accuracy")),
            ("false positive rate, Black", 0.448, 0.03, DRESSEL, group("race", "African-American", "fpr")),
            ("false positive rate, white", 0.235, 0.03, DRESSEL, group("race", "Caucasian", "fpr")),
            ("false negative rate, Black", 0.280, 0.03, DRESSEL, missed("race", "African-American")),
            ("false negative rate, white", 0.477, 0.03, DRESSEL, missed("race", "Caucasian")),
        ],
    },
    {
        "title": "Law school: passing the bar",
        "folder": "law",
        "about": "Half of 21,791 students of the LSAC study, audited with a logistic regression on the admission test and the earlier grades. "
        "Race is no input.",
        "run": ["--data", "law_test.csv", "--model", "bar_logistic.joblib", "--target", "PF", "--positive", "1",
                "--protected", "Race,Sex", "--ignore", "ZFYA"],
        "reads": lambda result: "The model never saw race. It expects "
        f"{percent(group('Race', 'White', 'selection_rate')(result))} of the white and "
        f"{percent(group('Race', 'Black', 'selection_rate')(result))} of the Black students to pass; "
        f"{percent(group('Race', 'White', 'base_rate')(result))} and {percent(group('Race', 'Black', 'base_rate')(result))} did.",
        "facts": [
            ("share who passed at the first attempt", 0.887, None, "Wightman 1998, quoted by Sander 2004, note 202",
             lambda result: base(result, "Race")),
        ],
    },
    {
        "title": "Adult: income",
        "folder": "adult",
        "about": "The 16,281 people of the test split, an XGBoost pipeline of 300 trees.",
        "run": ["--data", "adult_test.csv", "--model", "income_xgboost.joblib", "--target", "income", "--positive", "1",
                "--protected", "sex,race", "--reference", "adult_train.parquet"],
        "reads": lambda result: f"The model expects a high income of {percent(group('sex', 'Male', 'selection_rate')(result))} of the men and "
        f"{percent(group('sex', 'Female', 'selection_rate')(result))} of the women; {percent(group('sex', 'Male', 'base_rate')(result))} and "
        f"{percent(group('sex', 'Female', 'base_rate')(result))} have one.",
        "facts": [
            ("rows", 16281, 0, "Becker and Kohavi 1996", rows),
            ("share above 50,000 dollars", 0.2362, 0.0005, "UCI, adult.test", lambda result: base(result, "sex")),
            ("accuracy, at least that of NBTree", 0.8590, "at least", "UCI, adult.names (error 14.10 %)", metric("accuracy")),
        ],
    },
    {
        "title": "Default of credit card clients",
        "folder": "default",
        "about": "9,000 held-out clients of 30,000, histogram gradient boosting without sex as an input.",
        "run": ["--data", "default_test.parquet", "--model", "default_histgb.joblib", "--target", "default-payment-next-month",
                "--positive", "1", "--protected", "SEX"],
        "reads": lambda result: f"{percent(metric('accuracy')(result))} are classified rightly, and only {percent(metric('recall')(result))} of "
        "the defaults are seen at the threshold of one half: the accuracy that is published for this data hides that.",
        "facts": [
            ("share who default", 0.2212, None, "Yeh and Lien 2009 (6,636 of 30,000)", lambda result: base(result, "SEX")),
            ("accuracy", 0.82, 0.01, "Yeh and Lien 2009, table 1 (error 0.16 to 0.21)", metric("accuracy")),
        ],
    },
    {
        "title": "German credit",
        "folder": "german",
        "about": "400 held-out loans of 1,000, a random forest of 150 trees.",
        "run": ["--data", "german_test.csv", "--model", "credit_forest.pkl", "--target", "credit_risk", "--positive", "1",
                "--protected", "sex"],
        "reads": lambda result: f"With 400 rows {count(result, 'inconclusive')} of {len(result['findings'])} checks cannot be settled: that is "
        "the result, and no reason for a pass.",
        "facts": [("share of good loans", 0.70, None, "Hofmann 1994 (700 of 1,000)", lambda result: base(result, "sex"))],
    },
    {
        "title": "Diamonds: a price",
        "folder": "diamonds",
        "about": "10,788 held-out diamonds of 53,940, histogram gradient boosting.",
        "run": ["--data", "diamonds_test.parquet", "--model", "price_histgb.joblib", "--target", "price"],
        "reads": lambda result: f"Nearly all of the variance is explained; half of the diamonds are priced within "
        f"{metric('median_ae')(result)['value']:,.0f} dollars, and the mean error is {metric('mae')(result)['value']:,.0f}.",
        "facts": [("R2", 0.9807, 0.005, "Zhang 2024 (XGBoost)", metric("r2"))],
    },
]


def base(result, attribute):
    """Share of the positive class over all groups of an attribute, with a Wilson interval."""
    groups = next(a["groups"] for a in report(result, "fairness")["attributes"] if a["attribute"] == attribute)
    hits = sum(g["counts"][0] + g["counts"][2] for g in groups)
    n = sum(sum(g["counts"]) for g in groups)
    z, p = 1.959963984540054, hits / n
    middle, half = (p + z * z / (2 * n)) / (1 + z * z / n), z / (1 + z * z / n) * (p * (1 - p) / n + z * z / (4 * n * n)) ** 0.5
    return {"value": p, "low": middle - half, "high": middle + half}


def agrees(published, rule, ours):
    """Whether a number agrees by its rule, and the rule in words."""
    if rule is None:
        return ours["low"] <= published <= ours["high"], "inside our interval"
    if rule == "at least":
        return ours["value"] >= published, "ours is at least that"
    if rule == 0:
        return ours["value"] == published, "equal"
    return abs(ours["value"] - published) <= rule, f"within {rule:g}"


def shown(value):
    """A number as it stands in the page."""
    return f"{value:,}" if isinstance(value, int) else f"{value:.4f}".rstrip("0").rstrip(".")


def main(fine, page):
    """Audits, compares, writes."""
    out, wrong = [HEAD], []
    for example in EXAMPLES:
        with tempfile.TemporaryDirectory() as folder:
            command = [str(Path(fine).resolve()), "audit", *example["run"], "--out", folder]
            ended = subprocess.run(command, cwd=HERE / example["folder"], capture_output=True, text=True, check=False)
            if ended.returncode == 2:
                sys.exit(f"{example['title']}: {ended.stderr or ended.stdout}")
            result = json.loads((Path(folder) / "result.json").read_text())
        told = " ".join(word if " " not in word else f'"{word}"' for word in example["run"])
        out.append(f"## {example['title']}\n\n{example['about']}\n")
        out.append(f"```\ncd examples/{example['folder']}\nfine audit {told}\n```\n")
        if (HERE.parent / f"docs/images/example-{example['folder']}.png").is_file():
            out.append(f"![{example['title']}](images/example-{example['folder']}.png)\n")
        out.append(f"Verdict: **{result['verdict']}**. {example['reads'](result)}\n")
        out.append("| quantity | published | source | Fine | 95 % interval | agrees |\n| --- | ---: | --- | ---: | --- | --- |")
        for text, published, rule, source, find in example["facts"]:
            ours = find(result)
            good, how = agrees(published, rule, ours)
            interval = "" if ours["low"] is None else f"{shown(ours['low'])} to {shown(ours['high'])}"
            out.append(f"| {text} | {shown(published)} | {source} | {shown(ours['value'])} | {interval} | {'yes' if good else 'NO'}: {how} |")
            print("ok   " if good else "WRONG", example["folder"], text, published, ours["value"])
            if not good:
                wrong.append(text)
        out.append("")
    Path(page).write_text("\n".join(out).rstrip() + "\n")
    if wrong:
        sys.exit(f"{len(wrong)} numbers do not agree")


HEAD = """# Examples

Six data sets that much has been written about, audited from beginning to end, and what is published about them beside what Fine measured.
`python3 examples/published.py target/release/fine docs/examples.md` wrote this page. Where other people used another model or another
part of the rows, the column says how near is near enough.
"""

if __name__ == "__main__":
    main(*sys.argv[1:])
