//! The JSON export (`save_model(…, format="json")`), by `catboost/libs/model/model_export/json_model_helpers.cpp`.

use std::collections::BTreeMap;

use super::super::doc::{Doc, malformed};
use super::super::{ImportError, Limits, json};
use super::raw::{
    CatFeature, Counts, CtrBase, CtrFeature, CtrTable, CtrType, FloatFeature, FreeNode, Nan, OneHotFeature, Projection,
    RawModel, RawTree, Shape,
};
use super::{TEXTS, unsupported};

/// Reads the JSON export.
pub(super) fn read(bytes: &[u8], limits: &Limits) -> Result<RawModel, ImportError> {
    let doc = json::read(bytes, limits)?;
    let features = doc.get("features_info")?;
    for name in ["text_features", "embedding_features", "estimated_features"] {
        if features.find(name).is_some() {
            return Err(unsupported("CatBoost with text or embedding features", TEXTS));
        }
    }
    let mut one_hots = Vec::new();
    let mut cats = Vec::new();
    for feature in list(features, "categorical_features")? {
        let index = int(feature, "feature_index")?;
        cats.push(CatFeature { index, flat: int(feature, "flat_feature_index")?, name: name(feature) });
        if feature.find("values").is_some() {
            one_hots.push(OneHotFeature { index, values: ints(feature, "values")? });
        }
    }
    let (trees, outputs) = match (doc.find("oblivious_trees"), doc.find("trees")) {
        (Some(_), _) => symmetric(doc.list("oblivious_trees")?)?,
        (None, Some(_)) => free(doc.list("trees")?)?,
        (None, None) => return Err(malformed("oblivious_trees", "is missing")),
    };
    let (scale, bias) = scale_and_bias(&doc, outputs)?;
    // A model without trees says by its start values how many outputs it has.
    let outputs = outputs.unwrap_or(bias.len());
    let mut tables = BTreeMap::new();
    if let Some(Doc::Object(pairs)) = doc.find("ctr_data") {
        for (key, value) in pairs {
            let key = json::read(key.as_bytes(), limits)?;
            let base = base(key.text("type")?, key.get("identifier")?)?;
            let table = ctr_table(base.kind, value)?;
            tables.insert(base, table);
        }
    }
    let info = match doc.find("model_info") {
        Some(Doc::Object(pairs)) => pairs.iter().cloned().collect(),
        _ => BTreeMap::new(),
    };
    Ok(RawModel {
        info,
        floats: list(features, "float_features")?.iter().map(float_feature).collect::<Result<_, _>>()?,
        cats,
        one_hots,
        ctrs: list(features, "ctrs")?.iter().map(ctr_feature).collect::<Result<_, _>>()?,
        tables,
        outputs,
        trees,
        scale,
        bias,
    })
}

/// A list that may be absent.
fn list<'d>(doc: &'d Doc, path: &str) -> Result<&'d [Doc], ImportError> {
    match doc.find(path) {
        None | Some(Doc::Null) => Ok(&[]),
        Some(_) => doc.list(path),
    }
}

fn number(doc: &Doc, path: &str) -> Result<f64, ImportError> {
    match doc.get(path)? {
        Doc::Number(number) => Ok(*number),
        _ => Err(malformed(path, "is no number")),
    }
}

fn whole(value: f64, path: &str) -> Result<i32, ImportError> {
    if value.fract() == 0.0 && value >= f64::from(i32::MIN) && value <= f64::from(i32::MAX) {
        return Ok(value as i32);
    }
    Err(malformed(path, format!("{value} is no whole number of 32 bits")))
}

fn int(doc: &Doc, path: &str) -> Result<i32, ImportError> {
    whole(number(doc, path)?, path)
}

fn ints(doc: &Doc, path: &str) -> Result<Vec<i32>, ImportError> {
    doc.numbers(path)?.iter().map(|value| whole(*value, path)).collect()
}

fn floats(doc: &Doc, path: &str) -> Result<Vec<f32>, ImportError> {
    match doc.find(path) {
        None | Some(Doc::Null) => Ok(Vec::new()),
        Some(_) => Ok(doc.numbers(path)?.iter().map(|value| *value as f32).collect()),
    }
}

fn name(feature: &Doc) -> String {
    let text = |path: &str| feature.text(path).ok().filter(|text| !text.is_empty()).map(str::to_owned);
    text("feature_name").or_else(|| text("feature_id")).unwrap_or_default()
}

fn float_feature(feature: &Doc) -> Result<FloatFeature, ImportError> {
    let has_nans = matches!(feature.find("has_nans"), Some(Doc::Bool(true)));
    let nan = match feature.text("nan_value_treatment")? {
        "AsTrue" if has_nans => Nan::Above,
        "AsIs" | "AsFalse" | "AsTrue" => Nan::Below,
        other => return Err(malformed("nan_value_treatment", format!("is {other:?}"))),
    };
    Ok(FloatFeature {
        index: int(feature, "feature_index")?,
        flat: int(feature, "flat_feature_index")?,
        name: name(feature),
        borders: floats(feature, "borders")?,
        nan,
    })
}

fn base(kind: &str, elements: &Doc) -> Result<CtrBase, ImportError> {
    let kind = CtrType::from_name(kind).ok_or_else(|| malformed("ctr_type", format!("is {kind:?}")))?;
    let mut projection = Projection::default();
    let Doc::List(elements) = elements else { return Err(malformed("elements", "is no list")) };
    for element in elements {
        match element.text("combination_element")? {
            "cat_feature_value" => projection.cats.push(int(element, "cat_feature_index")?),
            "float_feature" => {
                let border = number(element, "border")? as f32;
                projection.floats.push((int(element, "float_feature_index")?, border.to_bits()));
            }
            "cat_feature_exact_value" => {
                projection.one_hots.push((int(element, "cat_feature_index")?, int(element, "value")?));
            }
            other => return Err(malformed("combination_element", format!("is {other:?}"))),
        }
    }
    Ok(CtrBase { projection, kind, classifier: 0 })
}

fn ctr_feature(ctr: &Doc) -> Result<CtrFeature, ImportError> {
    let float = |path: &str| Ok::<f32, ImportError>(number(ctr, path)? as f32);
    Ok(CtrFeature {
        base: base(ctr.text("ctr_type")?, ctr.get("elements")?)?,
        target_border: int(ctr, "target_border_idx")?,
        prior: float("prior_numerator")?,
        prior_denominator: float("prior_denomerator")?,
        shift: float("shift")?,
        scale: float("scale")?,
        borders: floats(ctr, "borders")?,
    })
}

/// Hashes as text, each followed by its counts.
fn ctr_table(kind: CtrType, table: &Doc) -> Result<CtrTable, ImportError> {
    let cells = list(table, "hash_map")?;
    let stride = table.count("hash_stride")?;
    if stride < 2 || !cells.len().is_multiple_of(stride) {
        return Err(malformed("hash_map", format!("{} cells of {stride}", cells.len())));
    }
    let mut places = Vec::with_capacity(cells.len() / stride);
    let mut numbers = Vec::with_capacity(cells.len() - places.capacity());
    for row in cells.chunks_exact(stride) {
        let Doc::Text(hash) = &row[0] else { return Err(malformed("hash_map", "a hash is no text")) };
        let hash: u64 = hash.parse().map_err(|_| malformed("hash_map", format!("{hash:?} is no hash")))?;
        if hash == u64::MAX {
            continue;
        }
        places.push((hash, (numbers.len() / (stride - 1)) as u32));
        for cell in &row[1..] {
            let Doc::Number(number) = cell else { return Err(malformed("hash_map", "a count is no number")) };
            numbers.push(*number);
        }
    }
    let counts = match kind {
        CtrType::Mean(_) if stride == 3 => {
            let mean = |pair: &[f64]| Ok((pair[0] as f32, whole(pair[1], "hash_map")?));
            Counts::Means(numbers.chunks_exact(2).map(mean).collect::<Result<_, ImportError>>()?)
        }
        CtrType::Mean(_) => return Err(malformed("hash_stride", format!("is {stride}"))),
        CtrType::Counter(_) if stride != 2 => return Err(malformed("hash_stride", format!("is {stride}"))),
        CtrType::Counter(_) | CtrType::Borders | CtrType::Buckets => {
            let rows = numbers.iter().map(|number| whole(*number, "hash_map"));
            Counts::Rows(stride - 1, rows.collect::<Result<_, _>>()?)
        }
    };
    let denominator = if table.find("counter_denominator").is_some() { int(table, "counter_denominator")? } else { 0 };
    Ok(CtrTable { places, counts, denominator })
}

/// `[scale, [bias, …]]`, older `[scale, bias]`; absent before it was introduced.
fn scale_and_bias(doc: &Doc, outputs: Option<usize>) -> Result<(f64, Vec<f64>), ImportError> {
    let wrong = || malformed("scale_and_bias", "is no pair of a factor and start values");
    match doc.find("scale_and_bias") {
        None => Ok((1.0, vec![0.0; outputs.unwrap_or(1)])),
        Some(Doc::Numbers(pair)) => match pair.as_slice() {
            [scale, bias] => Ok((*scale, vec![*bias; outputs.unwrap_or(1)])),
            _ => Err(wrong()),
        },
        Some(Doc::List(parts)) => match parts.as_slice() {
            [Doc::Number(scale), Doc::Numbers(bias)] => Ok((*scale, bias.clone())),
            _ => Err(wrong()),
        },
        Some(_) => Err(wrong()),
    }
}

type Trees = (Vec<RawTree>, Option<usize>);

fn symmetric(list: &[Doc]) -> Result<Trees, ImportError> {
    let (mut trees, mut outputs) = (Vec::with_capacity(list.len()), None);
    for (i, tree) in list.iter().enumerate() {
        let place = format!("oblivious_trees[{i}]");
        let splits = self::list(tree, "splits")?;
        let splits: Vec<usize> = splits.iter().map(|split| split.count("split_index")).collect::<Result<_, _>>()?;
        let values = tree.numbers("leaf_values")?.to_vec();
        let leaves = u32::try_from(splits.len()).ok().and_then(|levels| 1_usize.checked_shl(levels));
        let width = leaves.filter(|leaves| *leaves <= values.len() && values.len().is_multiple_of(*leaves));
        let width = width.map(|leaves| values.len() / leaves);
        let width = width.ok_or_else(|| malformed(&place, format!("{} values for its splits", values.len())))?;
        if *outputs.get_or_insert(width) != width {
            return Err(malformed(&place, format!("has {width} outputs")));
        }
        let weights = match tree.find("leaf_weights") {
            None | Some(Doc::Null) => Vec::new(),
            Some(_) => tree.numbers("leaf_weights")?.to_vec(),
        };
        trees.push(RawTree { shape: Shape::Symmetric(splits), values, weights });
    }
    Ok((trees, outputs))
}

fn free(list: &[Doc]) -> Result<Trees, ImportError> {
    let (mut trees, mut outputs) = (Vec::with_capacity(list.len()), None);
    for (i, tree) in list.iter().enumerate() {
        let place = format!("trees[{i}]");
        let mut out = RawTree { shape: Shape::Free(Vec::new()), values: Vec::new(), weights: Vec::new() };
        let mut nodes = Vec::new();
        // Children are numbered when their parent is met; `queue[n]` is node n.
        let mut queue = vec![tree];
        let mut next = 0;
        while let Some(node) = queue.get(next).copied() {
            next += 1;
            if node.find("split").is_some() {
                let children = queue.len();
                queue.extend([node.get("left")?, node.get("right")?]);
                nodes.push(FreeNode::Split(node.count("split.split_index")?, children, children + 1));
                continue;
            }
            let values: &[f64] = match node.get("value")? {
                Doc::Number(value) => std::slice::from_ref(value),
                Doc::Numbers(values) => values,
                _ => return Err(malformed(&place, "a leaf has no value")),
            };
            if values.is_empty() || *outputs.get_or_insert(values.len()) != values.len() {
                return Err(malformed(&place, format!("a leaf has {} values", values.len())));
            }
            nodes.push(FreeNode::Leaf(out.values.len() / values.len()));
            out.values.extend_from_slice(values);
            if let Some(Doc::Number(weight)) = node.find("weight") {
                out.weights.push(*weight);
            }
        }
        out.shape = Shape::Free(nodes);
        trees.push(out);
    }
    Ok((trees, outputs))
}
