//! TreeSHAP against shap, XGBoost and LightGBM (golden/stage-explain).

use fine_model::Encoded;
use fine_model::trees::{Cast, Forest, LEAF, Link, Missing, NUMERIC, Node, Sum, Tree};
use serde::Deserialize;

use super::TreeExplainer;

#[derive(Deserialize)]
struct Golden {
    cases: Vec<Case>,
}

#[derive(Deserialize)]
struct Case {
    name: String,
    x: Vec<Vec<Option<f64>>>,
    phi: Vec<Vec<Vec<f64>>>,
    base: Vec<f64>,
    trees: Vec<Vec<GoldenNode>>,
    #[serde(default)]
    start: Vec<f64>,
    per_class: Option<u32>,
    cast: String,
    sum: String,
    tolerance: f64,
}

#[derive(Deserialize)]
struct GoldenNode {
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

fn tree(nodes: &[GoldenNode], output: Option<u32>) -> Tree {
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

#[test]
fn equals_the_reference_libraries() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../golden/stage-explain/expected.json");
    let golden: Golden = serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap();
    assert_eq!(golden.cases.len(), 7);
    for case in &golden.cases {
        let forest = case.forest();
        let width = forest.features;
        let values = case.x.iter().flatten().map(|v| v.unwrap_or(f64::NAN)).collect();
        let x = Encoded { rows: case.x.len(), width, values, origin: (0..width as u32).collect(), names: Vec::new() };
        let explainer = TreeExplainer::new(&forest, &x.origin, width).unwrap();
        let outputs = (0..forest.outputs).collect::<Vec<_>>();
        let shap = explainer.explain(&x, &outputs, &|_| Ok(())).unwrap();
        let mut worst = 0.0f64;
        for (k, rows) in case.phi.iter().enumerate() {
            worst = worst.max((shap.base[k] - case.base[k]).abs());
            for (row, expected) in rows.iter().enumerate() {
                for (a, b) in shap.row(row, k).iter().zip(expected) {
                    worst = worst.max((a - b).abs());
                }
            }
        }
        assert!(worst <= case.tolerance, "{}: {worst:e} > {:e}", case.name, case.tolerance);
    }
}
