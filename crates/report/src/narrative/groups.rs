//! Facts about the groups of the protected attributes.

use fine_audit::finding::Side;
use serde_json::Value;

use super::fact::{Area, Part, Role, Unit};
use super::facts::{Gather, blank, scoped};
use super::tables::{estimate, list, place};

/// Most groups of an attribute.
const MOST: usize = 6;

/// A rate of a group: its field in the report, its measure, its unit, and which way is better.
type Rate = (&'static str, &'static str, Unit, Option<Side>);

const DECISIONS: [Rate; 5] = [
    ("selection_rate", "rate.selection", Unit::Share, None),
    ("tpr", "rate.tpr", Unit::Share, Some(Side::Above)),
    ("fpr", "rate.fpr", Unit::Share, Some(Side::Below)),
    ("accuracy", "rate.accuracy", Unit::Share, Some(Side::Above)),
    ("base_rate", "rate.base", Unit::Share, None),
];
const LABELS: [Rate; 1] = [("accuracy", "rate.accuracy", Unit::Share, Some(Side::Above))];
const VALUES: [Rate; 3] = [
    ("prediction", "mean.prediction", Unit::Number, None),
    ("mae", "rate.mae", Unit::Number, Some(Side::Below)),
    ("truth", "mean.truth", Unit::Number, None),
];

/// Rates of all groups, attribute by attribute; intersections have findings only.
pub(super) fn add(g: &mut Gather) {
    let Some((r, at)) = g.report("fairness") else { return };
    let kinds: [(&str, &[Rate]); 3] = [("attributes", &DECISIONS), ("labels", &LABELS), ("values", &VALUES)];
    for (kind, rates) in kinds {
        for (i, attribute) in list(&r[kind]).iter().enumerate() {
            if list(&attribute["of"]).is_empty() {
                rates.iter().for_each(|rate| groups(g, attribute, &format!("{at}/{kind}/{i}"), *rate));
                flips(g, attribute, &format!("{at}/{kind}/{i}"));
            }
        }
    }
}

/// One rate of the groups of an attribute. Groups that are too small are left out, but have their places.
fn groups(g: &mut Gather, attribute: &Value, at: &str, (field, measure, unit, better): Rate) {
    let Some(name) = attribute["attribute"].as_str() else { return };
    let every = list(&attribute["groups"]);
    let large: Vec<(usize, &Value)> = every.iter().enumerate().filter(|(_, v)| v["small"] != true).collect();
    let all: Vec<f64> = every.iter().filter_map(|v| v[field]["value"].as_f64()).collect();
    for (i, group) in large.into_iter().take(MOST) {
        let Some(label) = group["group"].as_str() else { continue };
        let e = estimate(&group[field]);
        let scope =
            vec![scoped(Part::Attribute, g.aliases.attribute(name)), scoped(Part::Group, g.aliases.group(name, label))];
        let mut fact = blank(Area::Fairness, measure, &format!("{at}/groups/{i}/{field}"), unit).with_estimate(&e);
        fact.scope = scope;
        fact.better = better;
        fact.place = place(e.value, &all);
        g.add(fact);
    }
}

/// What happens when nothing but the attribute is changed.
fn flips(g: &mut Gather, attribute: &Value, at: &str) {
    let Some(name) = attribute["attribute"].as_str() else { return };
    let alias = g.aliases.attribute(name);
    let kinds = [("flip_rate", "attribute.flips", Unit::Share), ("flip_shift", "attribute.shift", Unit::Number)];
    for (field, measure, unit) in kinds {
        let mut fact =
            blank(Area::Fairness, measure, &format!("{at}/{field}"), unit).with_estimate(&estimate(&attribute[field]));
        fact.scope = vec![scoped(Part::Attribute, alias.clone())];
        if fact.value(Role::Value).is_some() {
            g.add(fact);
        }
    }
}
