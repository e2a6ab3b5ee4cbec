use proptest::prelude::*;

use super::{ROWS, Scratch, Sliced, Source};
use crate::trees::{Cast, Forest, LEAF, Link, Missing, NUMERIC, Node, Sum, Tree};

const FEATURES: usize = 4;
/// The last feature is a category in some forests.
const CATEGORY: u32 = 3;

/// Numbers from a fixed mixer.
struct Mix(u64);

impl Mix {
    fn below(&mut self, n: u32) -> u32 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        ((self.0 >> 33) as u32) % n
    }
}

fn missing(mix: &mut Mix) -> Missing {
    let all = [Missing::Left, Missing::Right, Missing::AsZero, Missing::ZeroLeft, Missing::ZeroRight, Missing::Refused];
    all[mix.below(6) as usize]
}

fn threshold(mix: &mut Mix) -> f64 {
    let special = [0.0, -0.0, f64::INFINITY, f64::NEG_INFINITY, 1e-35, -1e-36];
    match mix.below(8) {
        0 => special[mix.below(6) as usize],
        _ => f64::from(mix.below(40)) / 8.0 - 2.5,
    }
}

/// A tree of about `leaves` leaves whose depth depends on `bias`: 0 is a chain.
fn tree(mix: &mut Mix, leaves: usize, bias: u32, categories: bool, outputs: usize, output: Option<u32>) -> Tree {
    let leaf = Node {
        feature: 0,
        left: LEAF,
        right: 0,
        set: NUMERIC,
        threshold: 0.0,
        missing: Missing::Left,
        cover: f64::NAN,
    };
    let mut tree = Tree { nodes: vec![leaf], sets: Vec::new(), values: Vec::new(), output, weight: 0.3 };
    let mut open = vec![0];
    while open.len() < leaves {
        let at = if bias == 0 { open.len() - 1 } else { mix.below(open.len() as u32) as usize };
        let node = open.swap_remove(at);
        let (left, right) = (tree.nodes.len() as u32, tree.nodes.len() as u32 + 1);
        let feature = mix.below(FEATURES as u32);
        let mut split = Node { feature, left, right, threshold: threshold(mix), missing: missing(mix), ..leaf };
        if categories && feature == CATEGORY {
            split.set = tree.sets.len() as u32;
            tree.sets.push((0..8).filter(|_| mix.below(2) == 0).collect());
        }
        tree.nodes[node as usize] = split;
        tree.nodes.extend([leaf, leaf]);
        open.extend([left, right]);
    }
    let width = if output.is_some() { 1 } else { outputs };
    let mut count = 0;
    for node in tree.nodes.iter_mut().filter(|n| n.is_leaf()) {
        node.right = count;
        count += 1;
    }
    tree.values = (0..count as usize * width).map(|_| f64::from(mix.below(2000)) / 999.0 - 1.0).collect();
    tree
}

fn forest(seed: u64, leaves: usize, bias: u32, categories: bool, sum: Sum, cast: Cast) -> Forest {
    let mut mix = Mix(seed);
    let outputs = 1 + mix.below(3) as usize;
    let vector = mix.below(2) == 0;
    let trees = (0..6)
        .map(|t| {
            let output = (!vector).then_some(t % outputs as u32);
            tree(&mut mix, leaves, bias, categories, outputs, output)
        })
        .collect();
    let base = (0..outputs).map(|k| 0.25 * k as f64 - 0.1).collect();
    Forest { features: FEATURES, outputs, trees, base, cast, sum, link: Link::Identity }
}

fn columns(seed: u64, rows: usize) -> Vec<Vec<f64>> {
    let mut mix = Mix(seed ^ 77);
    let special = [f64::NAN, 0.0, -0.0, 1e-36, -1e-35, f64::INFINITY, f64::NEG_INFINITY, 0.1];
    let mut cell = |feature: usize| match mix.below(5) {
        0 => special[mix.below(8) as usize],
        _ if feature == CATEGORY as usize => f64::from(mix.below(12)) - 1.5,
        _ => f64::from(mix.below(48)) / 8.0 - 3.0,
    };
    (0..FEATURES).map(|f| (0..rows).map(|_| cell(f)).collect()).collect()
}

/// The slow way: one row down one tree after the other, by the rules of [`Sum`].
fn plain(forest: &Forest, row: &[f64]) -> Vec<f64> {
    let mut out = if forest.sum == Sum::Mean { vec![0.0; forest.outputs] } else { forest.base.clone() };
    for tree in &forest.trees {
        let leaf = tree.leaf(row, forest.cast);
        let outputs = tree.output.map_or(0..forest.outputs, |o| o as usize..o as usize + 1);
        let width = outputs.len();
        for (k, m) in out[outputs].iter_mut().enumerate() {
            let v = tree.values[leaf * width + k];
            *m = match forest.sum {
                Sum::F32 => f64::from(*m as f32 + tree.weight as f32 * v as f32),
                Sum::F64 | Sum::Mean => *m + tree.weight * v,
            };
        }
    }
    if forest.sum == Sum::Mean {
        for (k, m) in out.iter_mut().enumerate() {
            let n = forest.trees.iter().filter(|t| t.output.is_none_or(|o| o as usize == k)).count() as f64;
            *m = forest.base[k] + if n > 0.0 { *m / n } else { 0.0 };
        }
    }
    out
}

fn sliced_margins(sliced: &Sliced, columns: &[Vec<f64>], outputs: usize) -> Vec<f64> {
    let mut planes = sliced.new_planes();
    sliced.test(|c| Some(Source::Numbers(&columns[c])), &mut planes, &mut Scratch::default());
    let mut out = vec![0.0; columns[0].len() * outputs];
    sliced.margins(&mut planes, &mut out);
    out
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]
    #[test]
    fn equals_a_walk_row_by_row_to_the_last_bit(
        seed in any::<u64>(),
        leaves in 1_usize..=256,
        bias in 0_u32..2,
        categories in any::<bool>(),
        sum in prop::sample::select(vec![Sum::F32, Sum::F64, Sum::Mean]),
        single in any::<bool>(),
        rows in 1_usize..=ROWS,
    ) {
        let leaves = if bias == 0 { leaves.min(60) } else { leaves };
        let forest = forest(seed, leaves, bias, categories, sum, if single { Cast::F32 } else { Cast::F64 });
        let sliced = Sliced::new(&forest).expect("small trees have a sliced form");
        let x = columns(seed, rows);
        let got = sliced_margins(&sliced, &x, forest.outputs);
        for (row, got) in got.chunks_exact(forest.outputs).enumerate() {
            let cells: Vec<f64> = x.iter().map(|c| c[row]).collect();
            let expected = plain(&forest, &cells);
            prop_assert!(got.iter().zip(&expected).all(|(a, b)| a.to_bits() == b.to_bits()), "{got:?} {expected:?}");
        }
    }
}

#[test]
fn indicators_and_missing_columns_equal_their_numbers() {
    let forest = forest(5, 40, 1, false, Sum::F64, Cast::F32);
    let sliced = Sliced::new(&forest).expect("a sliced form");
    let codes: Vec<u32> = (0..300).map(|i| if i % 7 == 0 { u32::MAX } else { i % 5 }).collect();
    let (on, off) = ([1.5, -2.0, f64::NAN], [0.0, f64::NAN, 0.5]);
    let mut x: Vec<Vec<f64>> =
        (0..3).map(|c| codes.iter().map(|code| if *code == c as u32 { on[c] } else { off[c] }).collect()).collect();
    x.push(vec![f64::NAN; codes.len()]);
    let mut planes = sliced.new_planes();
    let source = |c: usize| {
        let indicator = |c: usize| Source::Indicator { codes: &codes, hit: c as u32, on: on[c], off: off[c] };
        Some(if c < 3 { indicator(c) } else { Source::Missing })
    };
    sliced.test(source, &mut planes, &mut Scratch::default());
    let mut got = vec![0.0; codes.len() * forest.outputs];
    sliced.margins(&mut planes, &mut got);
    assert_eq!(got, sliced_margins(&sliced, &x, forest.outputs));
}

#[test]
fn a_changed_column_is_tested_alone() {
    let forest = forest(11, 30, 1, true, Sum::F32, Cast::F32);
    let sliced = Sliced::new(&forest).expect("a sliced form");
    let (mut x, other) = (columns(1, 200), columns(2, 200));
    let mut planes = sliced.new_planes();
    let mut scratch = Scratch::default();
    sliced.test(|c| Some(Source::Numbers(&x[c])), &mut planes, &mut scratch);
    sliced.test(|c| (c == 2).then_some(Source::Numbers(&other[2])), &mut planes, &mut scratch);
    let mut got = vec![0.0; 200 * forest.outputs];
    sliced.margins(&mut planes, &mut got);
    x[2].clone_from(&other[2]);
    assert_eq!(got, sliced_margins(&sliced, &x, forest.outputs));
}

#[test]
fn large_trees_and_large_categories_have_no_sliced_form() {
    assert!(Sliced::new(&forest(3, 257, 1, false, Sum::F64, Cast::F64)).is_none());
    let mut few = forest(3, 4, 1, true, Sum::F64, Cast::F64);
    let split = few.trees.iter_mut().find(|t| !t.sets.is_empty()).expect("a set");
    split.sets[0] = vec![5000].into();
    assert!(Sliced::new(&few).is_none());
    few.trees.clear();
    assert!(Sliced::new(&few).is_none());
}
