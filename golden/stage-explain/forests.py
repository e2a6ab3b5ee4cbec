"""Forests of the reference libraries, node by node: splits as `x <= threshold`, covers, leaf values.

`stage-explain/make.py`, `shap-trees/make.py` and `stage-explain-shape/make.py` use it.
"""
import json

import numpy as np


def leaf(value, cover):
    return {"leaf": [float(v) for v in np.atleast_1d(value)], "cover": float(cover)}


def split(feature, threshold, left, right, missing, cover, categories=None):
    node = {"feature": int(feature), "left": int(left), "right": int(right), "missing": missing, "cover": float(cover)}
    if categories is None:
        return node | {"threshold": float(threshold)}
    return node | {"categories": [int(c) for c in categories]}


def in_order(nodes, root=0):
    """Depth-first order, children after parents, with indices rewritten."""
    order, stack = [], [root]
    while stack:
        at = stack.pop()
        order.append(at)
        if "leaf" not in nodes[at]:
            stack += [nodes[at]["right"], nodes[at]["left"]]
    new = {old: i for i, old in enumerate(order)}
    return [n if "leaf" in n else n | {"left": new[n["left"]], "right": new[n["right"]]} for n in (nodes[i] for i in order)]


def sklearn_tree(tree, probability=False, weight=1.0):
    nodes = []
    for i in range(tree.node_count):
        cover = tree.weighted_n_node_samples[i]
        if tree.children_left[i] < 0:
            value = tree.value[i][0]
            nodes.append(leaf(value / value.sum() if probability else value * weight, cover))
        else:
            nodes.append(split(tree.feature[i], tree.threshold[i], tree.children_left[i], tree.children_right[i], "refused", cover))
    return in_order(nodes)


def xgb_trees(booster):
    trees = []
    for tree in json.loads(bytes(booster.save_raw("json")))["learner"]["gradient_booster"]["model"]["trees"]:
        sets = {n: tree["categories"][b:b + s] for n, b, s in zip(tree["categories_nodes"], tree["categories_segments"], tree["categories_sizes"])}
        nodes = []
        for i, l in enumerate(tree["left_children"]):
            cover, r = tree["sum_hessian"][i], tree["right_children"][i]
            if l < 0:
                nodes.append(leaf(tree["split_conditions"][i], cover))
            elif i in sets:  # a listed category goes right in XGBoost, so the sides are exchanged
                nodes.append(split(tree["split_indices"][i], 0, r, l, "right" if tree["default_left"][i] else "left", cover, sets[i]))
            else:            # x < t in f32 is x <= the next smaller f32
                t = np.nextafter(np.float32(tree["split_conditions"][i]), np.float32(-np.inf))
                nodes.append(split(tree["split_indices"][i], t, l, r, "left" if tree["default_left"][i] else "right", cover))
        trees.append(in_order(nodes))
    return trees


def lgb_trees(booster):
    trees = []
    for info in booster.dump_model()["tree_info"]:
        nodes = []

        def add(n):
            at = len(nodes)
            nodes.append(None)
            if "leaf_value" in n:
                nodes[at] = leaf(n["leaf_value"], n.get("leaf_count", 0))
                return at
            l, r = add(n["left_child"]), add(n["right_child"])
            if n["decision_type"] == "==":
                cats = sorted(int(c) for c in n["threshold"].split("||"))
                nodes[at] = split(n["split_feature"], 0, l, r, "right", n["internal_count"], cats)
            else:
                missing = {"None": "as-zero", "NaN": "left" if n["default_left"] else "right"}[n["missing_type"]]
                nodes[at] = split(n["split_feature"], n["threshold"], l, r, missing, n["internal_count"])
            return at

        add(info["tree_structure"])
        trees.append(in_order(nodes))
    return trees


def hist_trees(model):
    trees = []
    for stage in model._predictors:
        for p in stage:
            nodes = []
            for n in p.nodes:
                if n["is_leaf"]:
                    nodes.append(leaf(n["value"], n["count"]))
                else:
                    nodes.append(split(n["feature_idx"], n["num_threshold"], n["left"], n["right"], "left" if n["missing_go_to_left"] else "right", n["count"]))
            trees.append(in_order(nodes))
    return trees
