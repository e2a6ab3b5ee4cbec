import category_encoders as ce
from imblearn.over_sampling import SMOTE, RandomOverSampler
from imblearn.pipeline import Pipeline
from imblearn.under_sampling import RandomUnderSampler
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.tree import DecisionTreeClassifier

from data import *

ALL = each(lambda f: f.drop(columns=["age", "member"]).fillna({"city": "none"}), FRAME)
SEEN = each(lambda f: f.drop(columns=["age", "member"]), KNOWN)


def cases(case):
    def coded(name, make, pair=ALL, transform="exact", **k):
        case(name, lambda: make_pipeline(make(), LogisticRegression(max_iter=5000)), pair, YF.binary, library="category_encoders", of=type(make()).__name__, transform=transform, **k)

    some = dict(cols=TEXT_COLUMNS)
    coded("ce-ordinal", lambda: ce.OrdinalEncoder(**some))
    coded("ce-one-hot", lambda: ce.OneHotEncoder(use_cat_names=True, **some))
    coded("ce-target", lambda: ce.TargetEncoder(**some), transform="close")
    coded("ce-binary", lambda: ce.BinaryEncoder(**some))
    coded("ce-count", lambda: ce.CountEncoder(**some), SEEN)
    coded("ce-james-stein", lambda: ce.JamesSteinEncoder(**some), transform="close")
    coded("ce-woe", lambda: ce.WOEEncoder(**some), transform="close")
    coded("ce-leave-one-out", lambda: ce.LeaveOneOutEncoder(**some), transform="close")
    sampled = lambda sampler, model: Pipeline([("scale", StandardScaler()), ("sample", sampler), ("model", model)])
    few = (Y.twelve > 40).astype(int)
    case("imblearn-smote", lambda: sampled(SMOTE(random_state=0), LogisticRegression()), NUMERIC, few, library="imblearn", of="Pipeline")
    case("imblearn-under", lambda: sampled(RandomUnderSampler(random_state=0), LogisticRegression()), NUMERIC, few, library="imblearn", of="Pipeline")
    case("imblearn-over", lambda: sampled(RandomOverSampler(random_state=0), DecisionTreeClassifier(max_depth=4, random_state=0)), NUMERIC, Y.levels, library="imblearn", of="Pipeline", how="exact")
