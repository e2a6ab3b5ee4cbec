//! Delimited text. The file is cut into blocks of whole records, the blocks are read in parallel into typed pieces of
//! columns, and the pieces are joined with one copy.
//!
//! The type of each column is guessed from the first rows and checked against every cell; only a column whose guess was
//! wrong is read a second time.

mod blocks;
mod cells;
mod dialect;

use std::ops::Range;
use std::sync::atomic::{AtomicU64, Ordering};

use rayon::prelude::*;

use self::cells::{Cells, Evidence, Parse, Verdict};
use self::dialect::{Dialect, is_blank, records};
use crate::error::Problem;
use crate::facts::{Format, ReadFacts, Warning};
use crate::header::name_columns;
use crate::number::number;
use crate::part::{Part, join};
use crate::text::line_at;
use crate::{Column, Limits};

const BLOCK_BYTES: usize = 4 << 20;

/// Reads delimited text (UTF-8, without byte order mark).
pub(crate) fn read(text: &str, limits: &Limits) -> Result<(Vec<Column>, ReadFacts), Problem> {
    read_in_blocks(text.as_bytes(), limits, BLOCK_BYTES)
}

fn read_in_blocks(text: &[u8], limits: &Limits, block_bytes: usize) -> Result<(Vec<Column>, ReadFacts), Problem> {
    let dialect = dialect::sniff(text);
    let mut facts = ReadFacts::of(if dialect.delimiter == b'\t' { Format::Tsv } else { Format::Csv });
    facts.delimiter = Some(dialect.delimiter as char);
    facts.decimal = Some(dialect.decimal as char);

    let (header, start) = header(text, dialect.delimiter)?;
    if header.len() > limits.columns {
        return Err(Problem::TooManyColumns { found: header.len(), limit: limits.columns });
    }
    if header.iter().all(|h| number(h.as_bytes(), b'.').is_some()) {
        facts.warnings.push(Warning::NumericHeader);
    }
    let names = name_columns(header, &mut facts.warnings)?;
    let cut = blocks::blocks(text, start, dialect.delimiter, block_bytes)
        .map_err(|blocks::Unclosed(at)| Problem::UnclosedQuote { line: line_at(text, at), byte: at as u64 })?;
    facts.quote = cut.quoted.then_some('"');

    let file = File { text, names: &names, dialect, limits, ranges: &cut.ranges };
    let columns = file.columns(&mut facts.warnings)?;
    if columns.first().is_none_or(Column::is_empty) {
        return Err(Problem::NoRows { columns: names.len() });
    }
    Ok((columns, facts))
}

/// The first record that is not blank, and where the next one begins.
fn header(text: &[u8], delimiter: u8) -> Result<(Vec<String>, usize), Problem> {
    let mut reader = records(text, delimiter);
    let mut record = csv::ByteRecord::new();
    while reader.read_byte_record(&mut record).map_err(|e| unreadable(&e))? {
        if !is_blank(&record) {
            let names = record.iter().map(|f| String::from_utf8_lossy(f).into_owned()).collect();
            return Ok((names, reader.position().byte() as usize));
        }
    }
    Err(Problem::EmptyFile)
}

fn unreadable(e: &csv::Error) -> Problem {
    Problem::DamagedFile { format: "csv".to_owned(), detail: e.to_string() }
}

/// A file ready to be read.
struct File<'a> {
    text: &'a [u8],
    names: &'a [String],
    dialect: Dialect,
    limits: &'a Limits,
    ranges: &'a [Range<usize>],
}

/// How one column is read: `open` when the sample has not proved it.
#[derive(Clone, Copy)]
struct Plan {
    parse: Parse,
    open: bool,
}

impl File<'_> {
    fn columns(&self, warnings: &mut Vec<Warning>) -> Result<Vec<Column>, Problem> {
        let (plans, row_bytes) = self.guess();
        let wanted: Vec<Option<Plan>> = plans.iter().copied().map(Some).collect();
        let mut read = self.blocks(&wanted, row_bytes)?;
        let verdicts: Vec<Verdict> = read.iter().zip(&plans).map(|(c, p)| c.verdict(*p)).collect();

        let mut again: Vec<Option<Plan>> = vec![None; plans.len()];
        for (i, (plan, verdict)) in plans.iter().zip(&verdicts).enumerate() {
            if plan.parse != verdict.parse {
                again[i] = Some(Plan { parse: verdict.parse, open: false });
                read[i].parts.clear();
            }
        }
        if again.iter().any(Option::is_some) {
            for (i, column) in self.blocks(&again, row_bytes)?.into_iter().enumerate() {
                if again[i].is_some() {
                    read[i] = column;
                }
            }
        }
        for (name, v) in self.names.iter().zip(&verdicts) {
            if v.big_integers {
                warnings.push(Warning::BigIntegers { column: name.clone() });
            }
            if v.mixed_decimal {
                warnings.push(Warning::MixedDecimal { column: name.clone() });
            }
        }
        let work: Vec<_> = read.into_iter().zip(self.names).zip(verdicts).collect();
        Ok(work.into_par_iter().map(|((column, name), verdict)| column.finish(name, verdict)).collect())
    }

    /// A plan for each column from the first rows, and the mean size of a row.
    fn guess(&self) -> (Vec<Plan>, usize) {
        let mut evidence = vec![Evidence::default(); self.names.len()];
        let rows = dialect::sample(self.text, self.dialect.delimiter);
        let mut bytes = 0;
        for row in rows.iter().skip(1) {
            bytes += row.as_slice().len() + row.len();
            for (cell, e) in row.iter().zip(&mut evidence) {
                if crate::missing::null_spelling(cell).is_none() {
                    e.note(cell, self.dialect.decimal);
                }
            }
        }
        let plans = evidence.iter().map(|e| Plan { parse: e.verdict().parse, open: !e.proves_text() }).collect();
        (plans, (bytes / rows.len().max(2)).max(1))
    }

    /// Reads the wanted columns of all blocks; the error of the earliest block wins.
    fn blocks(&self, wanted: &[Option<Plan>], row_bytes: usize) -> Result<Vec<ColumnParts>, Problem> {
        let rows = AtomicU64::new(0);
        let blocks: Vec<Result<Vec<Cells>, Problem>> =
            self.ranges.par_iter().map(|range| self.block(range, wanted, row_bytes, &rows)).collect();
        let mut columns: Vec<ColumnParts> = wanted.iter().map(|_| ColumnParts::default()).collect();
        for block in blocks {
            for (column, cells) in columns.iter_mut().zip(block?) {
                column.nulls.merge(&cells.nulls);
                column.evidence.merge(&cells.evidence);
                column.parts.push(cells.into_part());
            }
        }
        Ok(columns)
    }

    fn block(
        &self,
        range: &Range<usize>,
        wanted: &[Option<Plan>],
        row_bytes: usize,
        all_rows: &AtomicU64,
    ) -> Result<Vec<Cells>, Problem> {
        let capacity = range.len() / row_bytes + 16;
        let decimal = self.dialect.decimal;
        let mut columns: Vec<Cells> = wanted
            .iter()
            .map(|p| match p {
                Some(p) => Cells::new(p.parse, p.open, decimal, capacity),
                None => Cells::new(Parse::Number, false, decimal, 0),
            })
            .collect();
        let skip: Vec<bool> = wanted.iter().map(Option::is_none).collect();
        let mut reader = records(&self.text[range.clone()], self.dialect.delimiter);
        let mut record = csv::ByteRecord::new();
        let mut rows = 0u64;
        while reader.read_byte_record(&mut record).map_err(|e| unreadable(&e))? {
            if record.len() != columns.len() {
                if is_blank(&record) {
                    continue;
                }
                return Err(self.ragged(range.start, &record));
            }
            if columns.len() == 1 && is_blank(&record) {
                continue;
            }
            if record.as_slice().len() > self.limits.cell_bytes {
                self.check_cells(range.start, &record)?;
            }
            rows += 1;
            for ((cell, column), skip) in record.iter().zip(&mut columns).zip(&skip) {
                if !skip {
                    column.push(cell);
                }
            }
        }
        self.check_rows(all_rows.fetch_add(rows, Ordering::Relaxed) + rows)?;
        Ok(columns)
    }

    fn check_rows(&self, rows: u64) -> Result<(), Problem> {
        crate::read::check_shape(rows, self.names.len(), self.limits)
    }

    fn ragged(&self, block: usize, record: &csv::ByteRecord) -> Problem {
        let byte = self.record_start(block, record);
        Problem::RaggedRow {
            line: line_at(self.text, byte),
            byte: byte as u64,
            expected: self.names.len(),
            found: record.len(),
        }
    }

    fn check_cells(&self, block: usize, record: &csv::ByteRecord) -> Result<(), Problem> {
        match record.iter().position(|c| c.len() > self.limits.cell_bytes) {
            Some(i) => Err(Problem::CellTooLarge {
                line: line_at(self.text, self.record_start(block, record)),
                column: self.names[i].clone(),
                bytes: record[i].len(),
                limit: self.limits.cell_bytes,
            }),
            None => Ok(()),
        }
    }

    /// Where a record begins; the reader's own position may be before the line ends of the record before.
    fn record_start(&self, block: usize, record: &csv::ByteRecord) -> usize {
        let at = block + record.position().map_or(0, |p| p.byte() as usize);
        at + self.text[at.min(self.text.len())..].iter().take_while(|b| matches!(b, b'\n' | b'\r')).count()
    }
}

/// One column over all blocks.
#[derive(Default)]
struct ColumnParts {
    parts: Vec<Part>,
    nulls: crate::missing::NullCounts,
    evidence: Evidence,
}

impl ColumnParts {
    fn verdict(&self, plan: Plan) -> Verdict {
        if plan.parse == Parse::Text && !plan.open {
            return Verdict { parse: Parse::Text, kind: None, big_integers: false, mixed_decimal: false };
        }
        self.evidence.verdict()
    }

    fn finish(self, name: &str, verdict: Verdict) -> Column {
        Column { name: name.to_owned(), values: join(self.parts, verdict.kind), null_spellings: self.nulls.spellings() }
    }
}

#[cfg(test)]
mod tests;
