//! The binary format: `CBM1`, the size and FlatBuffers of the core, then the parts it names.
//!
//! Schema: `catboost/libs/model/flatbuffers/{model,features,ctr_data}.fbs` (Apache-2.0).

use std::collections::BTreeMap;

use super::super::doc::{Doc, malformed};
use super::super::{ImportError, Limits, json};
use super::flat::{Table, budget};
use super::raw::{
    CatFeature, Counts, CtrBase, CtrFeature, CtrTable, CtrType, FloatFeature, FreeNode, Nan, OneHotFeature, Projection,
    RawModel, RawTree, Shape,
};
use super::{TEXTS, unsupported};

const MAGIC: &[u8] = b"CBM1";
const VERSION: &str = "FlabuffersModel_v1";
const CTR_PART: &str = "static_provider_v1";
/// Entries of the information that are JSON.
const JSON: [&str; 4] = ["params", "class_params", "multiclass_params", "loss_function"];
/// Hash of an empty bucket.
const NO_HASH: u64 = u64::MAX;

/// The parts of the file, front to back.
struct Parts<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl<'a> Parts<'a> {
    fn take(&mut self, needed: usize) -> Result<&'a [u8], ImportError> {
        let left = self.bytes.len() - self.at;
        if needed > left {
            return Err(ImportError::Truncated { offset: self.at as u64, needed: needed as u64, left: left as u64 });
        }
        self.at += needed;
        Ok(&self.bytes[self.at - needed..self.at])
    }

    fn word<const N: usize>(&mut self) -> Result<[u8; N], ImportError> {
        let mut out = [0; N];
        out.copy_from_slice(self.take(N)?);
        Ok(out)
    }

    /// A size: 4 bytes, or 8 after the largest number.
    fn size(&mut self) -> Result<usize, ImportError> {
        match u32::from_le_bytes(self.word()?) {
            u32::MAX => Ok(usize::try_from(u64::from_le_bytes(self.word()?)).unwrap_or(usize::MAX)),
            size => Ok(size as usize),
        }
    }

    fn block(&mut self) -> Result<&'a [u8], ImportError> {
        let size = self.size()?;
        self.take(size)
    }
}

/// Reads the binary format.
pub(super) fn read(bytes: &[u8], limits: &Limits) -> Result<RawModel, ImportError> {
    let mut parts = Parts { bytes, at: 0 };
    if parts.take(MAGIC.len())? != MAGIC {
        return Err(malformed("byte 0", "the file does not begin with CBM1"));
    }
    let core = parts.block()?;
    let spent = budget(core);
    let root = Table::root(core, &spent)?;
    let version = root.text(0)?;
    if version != VERSION {
        let version: String = version.chars().take(40).collect();
        return Err(unsupported(&format!("CatBoost format {version:?}"), "only FlabuffersModel_v1 is read"));
    }
    let trees = root.table(1)?.ok_or_else(|| malformed("ModelTrees", "is missing"))?;
    let mut info = BTreeMap::new();
    for entry in root.tables(2)? {
        let (key, value) = (entry.text(0)?, entry.text(1)?);
        let doc = if JSON.contains(&key.as_str()) && !value.is_empty() {
            json::read(value.as_bytes(), limits)?
        } else {
            Doc::Text(value)
        };
        info.insert(key, doc);
    }
    if !trees.tables(12)?.is_empty() || !trees.tables(13)?.is_empty() || !trees.tables(18)?.is_empty() {
        return Err(unsupported("CatBoost with text or embedding features", TEXTS));
    }
    let mut model = RawModel {
        info,
        floats: trees.tables(5)?.iter().map(float_feature).collect::<Result<_, _>>()?,
        cats: trees.tables(4)?.iter().map(cat_feature).collect::<Result<_, _>>()?,
        one_hots: trees.tables(6)?.iter().map(one_hot_feature).collect::<Result<_, _>>()?,
        ctrs: trees.tables(7)?.iter().map(ctr_feature).collect::<Result<_, _>>()?,
        tables: BTreeMap::new(),
        outputs: usize::try_from(trees.int(0, 0)?).map_err(|_| malformed("ApproxDimension", "is negative"))?,
        trees: Vec::new(),
        scale: trees.double(14, 1.0)?,
        bias: trees.doubles(16)?,
    };
    if model.outputs == 0 || model.outputs > limits.outputs {
        return Err(malformed("ApproxDimension", format!("is {}", model.outputs)));
    }
    if model.bias.is_empty() {
        model.bias = vec![trees.double(15, 0.0)?; model.outputs];
    }
    model.trees = read_trees(&trees, model.outputs)?;
    for part in root.texts(3)? {
        if part != CTR_PART {
            return Err(unsupported(&format!("CatBoost part {:?}", part.chars().take(40).collect::<String>()), TEXTS));
        }
        for _ in 0..parts.size()? {
            let (base, table) = ctr_table(parts.block()?)?;
            model.tables.insert(base, table);
        }
    }
    match bytes.len() - parts.at {
        0 => Ok(model),
        left => Err(malformed(&format!("byte {}", parts.at), format!("{left} bytes follow the model"))),
    }
}

fn float_feature(table: &Table<'_>) -> Result<FloatFeature, ImportError> {
    let treatment = table.byte(5)?;
    let nan = match (table.byte(0)? != 0, treatment) {
        (true, 2) => Nan::Above,
        (_, 0..=2) => Nan::Below,
        _ => return Err(malformed("NanValueTreatment", format!("is {treatment}"))),
    };
    Ok(FloatFeature {
        index: table.int(1, -1)?,
        flat: table.int(2, -1)?,
        name: table.text(4)?,
        borders: table.floats(3)?,
        nan,
    })
}

fn cat_feature(table: &Table<'_>) -> Result<CatFeature, ImportError> {
    Ok(CatFeature { index: table.int(0, -1)?, flat: table.int(1, -1)?, name: table.text(2)? })
}

fn one_hot_feature(table: &Table<'_>) -> Result<OneHotFeature, ImportError> {
    Ok(OneHotFeature { index: table.int(0, -1)?, values: table.ints(1)? })
}

fn ctr_base(table: Option<Table<'_>>) -> Result<CtrBase, ImportError> {
    let table = table.ok_or_else(|| malformed("ModelCtrBase", "is missing"))?;
    let number = table.byte(1)?;
    let kind = CtrType::from_number(number).ok_or_else(|| malformed("CtrType", format!("is {number}")))?;
    let mut projection = Projection::default();
    if let Some(combination) = table.table(0)? {
        let pair = |bytes: &[u8; 8]| {
            let [a, b] = [0, 4].map(|at| std::array::from_fn(|i| bytes[at + i]));
            (i32::from_le_bytes(a), b)
        };
        projection.cats = combination.ints(0)?;
        projection.floats =
            combination.elements(1)?.iter().map(pair).map(|(i, b)| (i, u32::from_le_bytes(b))).collect();
        projection.one_hots =
            combination.elements(2)?.iter().map(pair).map(|(i, b)| (i, i32::from_le_bytes(b))).collect();
    }
    Ok(CtrBase { projection, kind, classifier: table.int(2, 0)? })
}

fn ctr_feature(table: &Table<'_>) -> Result<CtrFeature, ImportError> {
    let ctr = table.table(0)?.ok_or_else(|| malformed("Ctr", "is missing"))?;
    Ok(CtrFeature {
        base: ctr_base(ctr.table(0)?)?,
        target_border: ctr.int(1, 0)?,
        prior: ctr.float(2, 0.0)?,
        prior_denominator: ctr.float(3, 1.0)?,
        shift: ctr.float(4, 0.0)?,
        scale: ctr.float(5, 1.0)?,
        borders: table.floats(1)?,
    })
}

fn ctr_table(bytes: &[u8]) -> Result<(CtrBase, CtrTable), ImportError> {
    let spent = budget(bytes);
    let table = Table::root(bytes, &spent)?;
    let base = ctr_base(table.table(0)?)?;
    let place = |bucket: &[u8; 12]| {
        let hash = u64::from_le_bytes(std::array::from_fn(|i| bucket[i]));
        (hash, u32::from_le_bytes(std::array::from_fn(|i| bucket[8 + i])))
    };
    let places = table.packed::<12>(1)?.iter().map(place).filter(|(hash, _)| *hash != NO_HASH).collect();
    let rows = || Ok::<_, ImportError>(table.packed(2)?.iter().map(|b| i32::from_le_bytes(*b)).collect());
    let counts = match base.kind {
        CtrType::Mean(_) => {
            let mean = |bytes: &[u8; 8]| {
                let [sum, count] = [0, 4].map(|at| std::array::from_fn(|i| bytes[at + i]));
                (f32::from_le_bytes(sum), i32::from_le_bytes(count))
            };
            Counts::Means(table.packed(2)?.iter().map(mean).collect())
        }
        CtrType::Counter(_) => Counts::Rows(1, rows()?),
        CtrType::Borders | CtrType::Buckets => {
            let classes = usize::try_from(table.int(4, 0)?).unwrap_or(0);
            Counts::Rows(classes, rows()?)
        }
    };
    Ok((base, CtrTable { places, counts, denominator: table.int(3, 0)? }))
}

fn read_trees(table: &Table<'_>, outputs: usize) -> Result<Vec<RawTree>, ImportError> {
    let splits = indices("TreeSplits", &table.ints(1)?)?;
    let sizes = indices("TreeSizes", &table.ints(2)?)?;
    let (values, weights) = (table.doubles(8)?, table.doubles(9)?);
    let steps = table.elements::<4>(10)?;
    if steps.is_empty() {
        return symmetric(&splits, &sizes, &values, &weights, outputs);
    }
    let leaves: Vec<u32> = table.elements(11)?.iter().map(|b| u32::from_le_bytes(*b)).collect();
    if steps.len() != splits.len() || leaves.len() != splits.len() {
        return Err(malformed("NonSymmetricStepNodes", format!("{} for {} splits", steps.len(), splits.len())));
    }
    let mut trees = Vec::with_capacity(sizes.len());
    let mut start = 0;
    // Every leaf is the leaf of one node, so the trees together hold no more than the file.
    let mut left = values.len();
    for (i, size) in sizes.iter().enumerate() {
        let place = format!("trees[{i}]");
        let range = start..start + size;
        let parts = (splits.get(range.clone()), steps.get(range.clone()), leaves.get(range.clone()));
        let (Some(splits), Some(steps), Some(leaves)) = parts else {
            return Err(malformed(&place, "has more nodes than the file"));
        };
        start = range.end;
        trees.push(free(&place, splits, steps, leaves, (&values, &weights, &mut left), outputs)?);
    }
    Ok(trees)
}

fn indices(place: &str, values: &[i32]) -> Result<Vec<usize>, ImportError> {
    let index = |value: &i32| usize::try_from(*value).map_err(|_| malformed(place, format!("{value} is no index")));
    values.iter().map(index).collect()
}

fn symmetric(
    splits: &[usize],
    sizes: &[usize],
    mut values: &[f64],
    mut weights: &[f64],
    outputs: usize,
) -> Result<Vec<RawTree>, ImportError> {
    let (mut trees, mut rest) = (Vec::with_capacity(sizes.len()), splits);
    let weighted = !weights.is_empty();
    for (i, size) in sizes.iter().enumerate() {
        let wrong = || malformed(&format!("trees[{i}]"), "has more levels than the file has splits or leaves");
        let leaves = u32::try_from(*size).ok().and_then(|size| 1_usize.checked_shl(size)).ok_or_else(wrong)?;
        let cells = leaves.checked_mul(outputs).ok_or_else(wrong)?;
        let (own, after) = rest.split_at_checked(*size).ok_or_else(wrong)?;
        let (leaf_values, after_values) = values.split_at_checked(cells).ok_or_else(wrong)?;
        let (leaf_weights, after_weights) =
            weights.split_at_checked(if weighted { leaves } else { 0 }).ok_or_else(wrong)?;
        (rest, values, weights) = (after, after_values, after_weights);
        let shape = Shape::Symmetric(own.to_vec());
        trees.push(RawTree { shape, values: leaf_values.to_vec(), weights: leaf_weights.to_vec() });
    }
    if !rest.is_empty() || !values.is_empty() {
        return Err(malformed("LeafValues", "are more than the trees have"));
    }
    Ok(trees)
}

/// A tree by steps: a node leads to others further on, and is a leaf on a side without a step.
fn free(
    place: &str,
    splits: &[usize],
    steps: &[[u8; 4]],
    leaves: &[u32],
    (values, weights, left_over): (&[f64], &[f64], &mut usize),
    outputs: usize,
) -> Result<RawTree, ImportError> {
    let mut tree = RawTree { shape: Shape::Free(Vec::new()), values: Vec::new(), weights: Vec::new() };
    let mut nodes = Vec::with_capacity(splits.len());
    // Leaves of nodes that also lead further come after the others.
    let mut more = Vec::new();
    for (i, [a, b, c, d]) in steps.iter().enumerate() {
        let (left, right) = (usize::from(u16::from_le_bytes([*a, *b])), usize::from(u16::from_le_bytes([*c, *d])));
        let mut leaf = || -> Result<usize, ImportError> {
            let first = leaves[i] as usize;
            *left_over = left_over.checked_sub(outputs).ok_or_else(|| malformed(place, "shares leaves"))?;
            let own = first.checked_add(outputs).and_then(|end| values.get(first..end));
            let own = own.ok_or_else(|| malformed(place, format!("leaf value {first} of {}", values.len())))?;
            tree.values.extend_from_slice(own);
            if !weights.is_empty() {
                let weight = weights.get(first / outputs);
                tree.weights.push(*weight.ok_or_else(|| malformed(place, "has a leaf without weight"))?);
            }
            Ok(tree.values.len() / outputs - 1)
        };
        nodes.push(match (left, right) {
            (0, 0) => FreeNode::Leaf(leaf()?),
            (left, right) => {
                let mut child = |step: usize| -> Result<usize, ImportError> {
                    if step > 0 {
                        return Ok(i + step);
                    }
                    more.push(FreeNode::Leaf(leaf()?));
                    Ok(splits.len() + more.len() - 1)
                };
                FreeNode::Split(splits[i], child(left)?, child(right)?)
            }
        });
    }
    nodes.append(&mut more);
    tree.shape = Shape::Free(nodes);
    Ok(tree)
}
