//! TreeSHAP against shap, XGBoost and LightGBM (golden/stage-explain, golden/shap-trees).

use fine_model::Encoded;
use fine_model::trees::{Cast, Forest, LEAF, Link, Missing, NUMERIC, Node, Sum, Tree};
use serde::Deserialize;

use super::{TreeBackground, TreeExplainer, TreeInteractions};

#[derive(Deserialize)]
struct Golden {
    cases: Vec<Case>,
    #[serde(default)]
    pairs: Vec<Case>,
}

/// Numbers that may be missing.
type Rows = Vec<Vec<Option<f64>>>;

#[derive(Deserialize)]
struct Case {
    name: String,
    x: Rows,
    #[serde(default)]
    background: Rows,
    #[serde(default)]
    phi: Vec<Vec<Vec<f64>>>,
    #[serde(default)]
    interactions: Vec<Vec<Vec<Vec<f64>>>>,
    base: Vec<f64>,
    trees: Vec<Vec<GoldenNode>>,
    #[serde(default)]
    start: Vec<f64>,
    per_class: Option<u32>,
    cast: String,
    sum: String,
    tolerance: f64,
}

/// A node as the scripts write it.
#[derive(Deserialize)]
pub(crate) struct GoldenNode {
    leaf: Option<Vec<f64>>,
    cover: f64,
    #[serde(default)]
    feature: u32,
    #[serde(default)]
    left: u32,
    #[serde(default)]
    right: u32,
    #[serde(default)]
    missing: String,
    #[serde(default)]
    threshold: f64,
    categories: Option<Box<[u32]>>,
}

impl Case {
    fn forest(&self) -> Forest {
        let outputs = self.base.len();
        let trees = self.trees.iter().enumerate().map(|(i, nodes)| {
            let output = self.per_class.map(|k| i as u32 % k).or((outputs == 1).then_some(0));
            tree(nodes, output)
        });
        Forest {
            features: self.x[0].len(),
            outputs,
            trees: trees.collect(),
            base: if self.start.is_empty() { vec![0.0; outputs] } else { self.start.clone() },
            cast: if self.cast == "f32" { Cast::F32 } else { Cast::F64 },
            sum: match self.sum.as_str() {
                "mean" => Sum::Mean,
                "f32" => Sum::F32,
                _ => Sum::F64,
            },
            link: Link::Identity,
        }
    }
}

pub(crate) fn tree(nodes: &[GoldenNode], output: Option<u32>) -> Tree {
    let mut tree = Tree { nodes: Vec::new(), sets: Vec::new(), values: Vec::new(), output, weight: 1.0 };
    for n in nodes {
        let mut node = Node {
            feature: n.feature,
            left: n.left,
            right: n.right,
            set: NUMERIC,
            threshold: n.threshold,
            missing: match n.missing.as_str() {
                "left" => Missing::Left,
                "right" => Missing::Right,
                "as-zero" => Missing::AsZero,
                _ => Missing::Refused,
            },
            cover: n.cover,
        };
        if let Some(value) = &n.leaf {
            (node.left, node.right) = (LEAF, (tree.values.len() / value.len()) as u32);
            tree.values.extend(value);
        }
        if let Some(set) = &n.categories {
            node.set = tree.sets.len() as u32;
            tree.sets.push(set.clone());
        }
        tree.nodes.push(node);
    }
    tree
}

fn golden(case: &str) -> Golden {
    let path = format!("{}/../../golden/{case}/expected.json", env!("CARGO_MANIFEST_DIR"));
    serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap()
}

fn encoded(rows: &Rows) -> Encoded {
    let width = rows[0].len();
    let values = rows.iter().flatten().map(|v| v.unwrap_or(f64::NAN)).collect();
    Encoded { rows: rows.len(), width, values, origin: (0..width as u32).collect(), names: Vec::new() }
}

#[test]
fn equals_the_reference_libraries() {
    let golden = golden("stage-explain");
    assert_eq!(golden.cases.len(), 7);
    for case in &golden.cases {
        let (forest, x) = (case.forest(), encoded(&case.x));
        let explainer = TreeExplainer::new(&forest, &x.origin, x.width).unwrap();
        let outputs = (0..forest.outputs).collect::<Vec<_>>();
        let shap = explainer.explain(&x, &outputs, &|_| Ok(())).unwrap();
        near(case, &shap);
    }
}

fn near(case: &Case, shap: &super::Attribution) {
    let mut worst = 0.0f64;
    for (k, rows) in case.phi.iter().enumerate() {
        worst = worst.max((shap.base[k] - case.base[k]).abs());
        for (row, expected) in rows.iter().enumerate() {
            for (a, b) in shap.row(row, k).iter().zip(expected) {
                worst = worst.max((a - b).abs());
            }
        }
    }
    assert!(!case.phi.is_empty() && worst <= case.tolerance, "{}: {worst:e} > {:e}", case.name, case.tolerance);
}

/// The defect of other tools: a background cut to 100 rows in silence. These have 130, and the library was told so.
#[test]
fn interventional_values_equal_shap_on_the_whole_background() {
    let golden = golden("shap-trees");
    assert_eq!(golden.cases.len(), 4);
    for case in &golden.cases {
        let (forest, x, background) = (case.forest(), encoded(&case.x), encoded(&case.background));
        let explainer = TreeBackground::new(&forest, &x.origin, x.width, &background).unwrap();
        assert_eq!(explainer.background_rows(), 130);
        let outputs = (0..forest.outputs).collect::<Vec<_>>();
        near(case, &explainer.explain(&x, &outputs, &|_| Ok(())).unwrap());
    }
}

#[test]
fn interactions_equal_shap_and_xgboost() {
    let golden = golden("shap-trees");
    assert_eq!(golden.pairs.len(), 3);
    for case in &golden.pairs {
        let (forest, x) = (case.forest(), encoded(&case.x));
        let explainer = TreeInteractions::new(&forest, &x.origin, x.width).unwrap();
        let outputs = (0..forest.outputs).collect::<Vec<_>>();
        let pairs = explainer.explain(&x, &outputs, &|_| Ok(())).unwrap();
        let mut worst = 0.0f64;
        for (k, rows) in case.interactions.iter().enumerate() {
            for (row, expected) in rows.iter().enumerate() {
                for (a, b) in pairs.row(row, k).iter().zip(expected.iter().flatten()) {
                    worst = worst.max((a - b).abs());
                }
            }
        }
        assert!(worst <= case.tolerance, "{}: {worst:e} > {:e}", case.name, case.tolerance);
        assert!(case.interactions.iter().flatten().flatten().flatten().any(|v| v.abs() > 0.01));
    }
}
