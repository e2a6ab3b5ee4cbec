//! From the features and tables of the file to the columns that the trees see.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::Arc;

use super::super::doc::malformed;
use super::super::{ImportError, Limits};
use super::raw::{Counts, CtrFeature, CtrTable, CtrType, Nan, RawModel};
use super::trees::Condition;
use crate::steps::Hashed;
use crate::steps::hashed::{Empty, Output, Part, Spelling, alone, code};

/// How pandas and numpy write a missing value as text.
const EMPTY: [&str; 4] = ["nan", "None", "<NA>", ""];

/// The raw columns in order.
pub(super) struct Raw {
    pub(super) names: Vec<String>,
    /// True for categories.
    pub(super) categorical: Vec<bool>,
    /// Column of each numeric feature, by its index.
    floats: HashMap<i32, (u32, Nan)>,
    /// Column of each categorical feature, by its index.
    cats: HashMap<i32, u32>,
    /// False when the file holds no names.
    pub(super) named: bool,
}

impl Raw {
    pub(super) fn new(model: &RawModel) -> Result<Self, ImportError> {
        let mut flat: Vec<(i32, Option<usize>, Option<usize>)> = Vec::new();
        flat.extend(model.floats.iter().enumerate().map(|(i, f)| (f.flat, Some(i), None)));
        flat.extend(model.cats.iter().enumerate().map(|(i, c)| (c.flat, None, Some(i))));
        flat.sort_unstable();
        let name = |(_, float, cat): &(i32, Option<usize>, Option<usize>)| match (float, cat) {
            (Some(i), _) => model.floats[*i].name.as_str(),
            (None, Some(i)) => model.cats[*i].name.as_str(),
            (None, None) => "",
        };
        // Without names the library numbers the columns.
        let named = !flat.iter().all(|own| name(own).is_empty() || name(own) == own.0.to_string());
        let mut raw =
            Self { names: Vec::new(), categorical: Vec::new(), floats: HashMap::new(), cats: HashMap::new(), named };
        for own in &flat {
            let column = raw.names.len();
            // A file that dropped its unused features keeps the places of the others.
            if named && own.0 < 0 || !named && own.0 != column as i32 {
                return Err(malformed("FlatIndex", format!("feature {column} is at place {}", own.0)));
            }
            let taken = match (own.1, own.2) {
                (Some(i), _) => {
                    raw.floats.insert(model.floats[i].index, (column as u32, model.floats[i].nan)).is_some()
                }
                (None, Some(i)) => raw.cats.insert(model.cats[i].index, column as u32).is_some(),
                (None, None) => false,
            };
            if taken {
                return Err(malformed("Index", format!("feature {column} has the index of another")));
            }
            raw.names.push(if named { name(own).to_owned() } else { format!("x{column}") });
            raw.categorical.push(own.2.is_some());
        }
        Ok(raw)
    }

    fn float(&self, index: i32) -> Result<(u32, Nan), ImportError> {
        self.floats.get(&index).copied().ok_or_else(|| malformed("Index", format!("no numeric feature {index}")))
    }

    fn cat(&self, index: i32) -> Result<u32, ImportError> {
        self.cats.get(&index).copied().ok_or_else(|| malformed("Index", format!("no categorical feature {index}")))
    }
}

/// The columns that the trees see and what they ask of them, in the library's numbering: numbers, categories, statistics.
pub(super) struct Layout {
    pub(super) conditions: Vec<Condition>,
    /// `None` when the trees see the raw numbers.
    pub(super) hashed: Option<Hashed>,
    pub(super) width: usize,
    /// Columns where an empty cell is read as a known category.
    pub(super) empty: Vec<String>,
}

pub(super) fn layout(model: &RawModel, raw: &Raw, limits: &Limits) -> Result<Layout, ImportError> {
    // Categories that no tree asks for are columns of the table all the same.
    let numeric = !raw.categorical.contains(&true);
    let (mut conditions, mut outputs) = (Vec::new(), Vec::new());
    for feature in model.floats.iter().filter(|feature| !feature.borders.is_empty()) {
        let (column, nan) = raw.float(feature.index)?;
        let encoded = if numeric { column as usize } else { outputs.len() };
        conditions.extend(feature.borders.iter().map(|border| Condition::Above(encoded, *border, nan)));
        outputs.push(Output::Number(column));
    }
    if numeric {
        return Ok(Layout { conditions, hashed: None, width: raw.names.len(), empty: Vec::new() });
    }
    for feature in &model.one_hots {
        let positions: HashMap<i32, u32> = feature.values.iter().copied().zip(0..).collect();
        if positions.len() != feature.values.len() {
            return Err(malformed("OneHotFeatures", "a category is there twice"));
        }
        conditions.extend((0..feature.values.len() as u32).map(|position| Condition::Is(outputs.len(), position)));
        outputs.push(Output::Position(raw.cat(feature.index)?, Arc::new(positions)));
    }
    let (mut shared, mut total) = (BTreeMap::new(), 0_usize);
    for ctr in &model.ctrs {
        let table = model.tables.get(&ctr.base);
        let table = table.ok_or_else(|| malformed("CtrFeatures", "a statistic has no table"))?;
        // Many statistics may share one table.
        total = total.saturating_add(table.counts.len()).saturating_add(table.places.len());
        if total > limits.nodes {
            return Err(ImportError::Limit { what: "values", value: total as u64, limit: limits.nodes as u64 });
        }
        let places = shared.entry(&ctr.base).or_insert_with(|| Arc::new(table.places.iter().copied().collect()));
        let (values, unknown) = values(ctr, table)?;
        if table.places.iter().any(|(_, place)| *place as usize >= values.len()) {
            return Err(malformed("IndexHashRaw", "points beyond the counts"));
        }
        let borders = ctr.borders.iter();
        conditions.extend(borders.map(|border| Condition::Above(outputs.len(), *border, Nan::Below)));
        outputs.push(Output::Statistic { parts: parts(ctr, raw)?, places: Arc::clone(places), values, unknown });
    }
    let (spellings, empty) = spellings(model, raw)?;
    let width = outputs.len();
    Ok(Layout { conditions, hashed: Some(Hashed { spellings, outputs }), width, empty })
}

fn parts(ctr: &CtrFeature, raw: &Raw) -> Result<Vec<Part>, ImportError> {
    let projection = &ctr.base.projection;
    let mut parts = Vec::new();
    for index in &projection.cats {
        parts.push(Part::Category(raw.cat(*index)?));
    }
    for (index, border) in &projection.floats {
        let (column, nan) = raw.float(*index)?;
        parts.push(Part::Above(column, f32::from_bits(*border), nan == Nan::Above));
    }
    for (index, value) in &projection.one_hots {
        parts.push(Part::Is(raw.cat(*index)?, *value));
    }
    if parts.is_empty() {
        return Err(malformed("FeatureCombination", "is empty"));
    }
    Ok(parts)
}

/// The statistic of every place of the table, and that of an unknown key.
fn values(ctr: &CtrFeature, table: &CtrTable) -> Result<(Vec<f32>, f32), ImportError> {
    let of = |good: f32, total: f32| ((good + ctr.prior) / (total + ctr.prior_denominator) + ctr.shift) * ctr.scale;
    let border = usize::try_from(ctr.target_border).unwrap_or(usize::MAX);
    let found: (Vec<f32>, f32) = match (&table.counts, ctr.base.kind) {
        (Counts::Means(means), CtrType::Mean(_)) => {
            (means.iter().map(|(sum, count)| of(*sum, *count as f32)).collect(), of(0.0, 0.0))
        }
        (Counts::Rows(1, counts), CtrType::Counter(_)) => {
            let total = table.denominator as f32;
            (counts.iter().map(|count| of(*count as f32, total)).collect(), of(0.0, total))
        }
        (Counts::Rows(classes, counts), CtrType::Borders | CtrType::Buckets) if *classes > border => {
            let value = |row: &[i32]| {
                let sum = |counts: &[i32]| counts.iter().fold(0_i32, |sum, count| sum.wrapping_add(*count));
                let good = match ctr.base.kind {
                    CtrType::Buckets => row[border],
                    // With two classes the library takes the second, whatever the border.
                    _ if *classes <= 2 => *row.last().unwrap_or(&0),
                    _ => sum(&row[border + 1..]),
                };
                of(good as f32, sum(row) as f32)
            };
            (counts.chunks_exact(*classes).map(value).collect(), of(0.0, 0.0))
        }
        _ => return Err(malformed("CTRBlob", "does not fit its type")),
    };
    if found.0.iter().chain([&found.1]).any(|value| value.is_nan()) {
        return Err(malformed("CTRBlob", "a statistic is no number"));
    }
    Ok(found)
}

/// How the cells of categorical columns are read. An empty cell, which the library refuses, is the one usual spelling of a
/// missing value that the model knows; where all of them are the same to it, any.
fn spellings(model: &RawModel, raw: &Raw) -> Result<(Vec<Option<Spelling>>, Vec<String>), ImportError> {
    let mut spellings: Vec<Option<Spelling>> = Vec::new();
    spellings.resize_with(raw.names.len(), || None);
    let mut empty = Vec::new();
    let one_hots: HashMap<i32, &[i32]> = model.one_hots.iter().map(|f| (f.index, f.values.as_slice())).collect();
    let mut alone_hashes = HashMap::<i32, HashSet<u64>>::new();
    let mut mixed = HashSet::new();
    for ctr in &model.ctrs {
        let p = &ctr.base.projection;
        match (p.cats.as_slice(), p.floats.is_empty() && p.one_hots.is_empty()) {
            ([only], true) => {
                let places = model.tables.get(&ctr.base).map_or(&[][..], |table| &table.places);
                alone_hashes.entry(*only).or_default().extend(places.iter().map(|(hash, _)| *hash));
            }
            _ => mixed.extend(p.cats.iter().copied().chain(p.one_hots.iter().map(|(index, _)| *index))),
        }
    }
    for (index, column) in &raw.cats {
        let codes = one_hots.get(index).copied().unwrap_or_default();
        let hashes = alone_hashes.remove(index).unwrap_or_default();
        let is_mixed = mixed.contains(index);
        let knows = |code: i32| codes.contains(&code) || hashes.contains(&alone(code));
        let known: Vec<i32> = EMPTY.iter().map(|text| code(text)).filter(|code| knows(*code)).collect();
        let rule = match known.as_slice() {
            [one] => {
                empty.push(raw.names[*column as usize].clone());
                Empty::Code(*one)
            }
            [] if !is_mixed => Empty::Code(code(EMPTY[0])),
            _ => Empty::Refused,
        };
        spellings[*column as usize] = Some(Spelling { codes: codes.iter().copied().collect(), hashes, empty: rule });
    }
    empty.sort_unstable();
    Ok((spellings, empty))
}
