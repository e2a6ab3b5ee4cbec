//! A filter on the cells of a table.

use fine_table::{Column, NumberKind, Table, Values};

use super::error::FilterProblem;
use super::expr::{Expr, Literal, Op, Spot, Test, What};
use super::parse::Fault;

/// Texts that are named when one is not there.
const NAMED: usize = 50;

/// Which rows fulfil the condition. A test on a missing cell does not hold, whatever it is, but `is missing`; `!=` and
/// `not in` are the contraries of `=` and `in` (as in pandas).
pub(super) fn mask(expr: &Expr, table: &Table) -> Result<Vec<bool>, Fault> {
    let merged = |parts: &[Expr], start: bool, merge: fn(bool, bool) -> bool| {
        let mut all = vec![start; table.rows()];
        for part in parts {
            all.iter_mut().zip(mask(part, table)?).for_each(|(all, own)| *all = merge(*all, own));
        }
        Ok(all)
    };
    match expr {
        Expr::Any(parts) => merged(parts, false, |a, b| a || b),
        Expr::All(parts) => merged(parts, true, |a, b| a && b),
        Expr::Not(inner) => Ok(mask(inner, table)?.into_iter().map(|own| !own).collect()),
        Expr::Test(test) => cells(test, table),
    }
}

fn cells(test: &Test, table: &Table) -> Result<Vec<bool>, Fault> {
    let name = &test.column.value;
    let unknown = || Fault {
        at: test.column.at,
        problem: FilterProblem::UnknownColumn {
            name: name.clone(),
            available: table.columns().iter().map(|column| column.name.clone()).collect(),
        },
    };
    let column = table.column(name).ok_or_else(unknown)?;
    match &test.what {
        What::Missing => Ok((0..column.len()).map(|row| column.is_missing(row)).collect()),
        What::Compare(op, literal) => compare(column, *op, literal, test.column.at),
        What::In(list) => {
            let mut any = vec![false; column.len()];
            for literal in list {
                let own = compare(column, Op::Equal, literal, test.column.at)?;
                any.iter_mut().zip(own).for_each(|(any, own)| *any |= own);
            }
            Ok(any)
        }
    }
}

fn compare(column: &Column, op: Op, literal: &Spot<Literal>, at: usize) -> Result<Vec<bool>, Fault> {
    match &column.values {
        Values::Text { codes, dictionary } => {
            let wanted = text(column, dictionary, literal)?;
            let is = |code: &u32| *code == wanted;
            match op {
                Op::Equal => Ok(codes.iter().map(is).collect()),
                Op::Differs => Ok(codes.iter().map(|code| !is(code)).collect()),
                _ => Err(no_order(column, at)),
            }
        }
        Values::Number { kind, values } => {
            if *kind == NumberKind::Bool && !matches!(op, Op::Equal | Op::Differs) {
                return Err(no_order(column, at));
            }
            let wanted = if *kind == NumberKind::Bool { truth(column, literal)? } else { number(column, literal)? };
            let holds: fn(f64, f64) -> bool = match op {
                Op::Equal => |a, b| a == b,
                Op::Differs => |a, b| a != b,
                Op::Less => |a, b| a < b,
                Op::AtMost => |a, b| a <= b,
                Op::More => |a, b| a > b,
                Op::AtLeast => |a, b| a >= b,
            };
            Ok(values.iter().map(|value| holds(*value, wanted)).collect())
        }
    }
}

/// The code of a text that the column has.
fn text(column: &Column, dictionary: &[String], literal: &Spot<Literal>) -> Result<u32, Fault> {
    let name = column.name.clone();
    let text = match &literal.value {
        Literal::Text(text) | Literal::Word(text) => text,
        Literal::Number(number) => {
            return Err(Fault { at: literal.at, problem: FilterProblem::NotText { name, value: number.to_string() } });
        }
    };
    let found = dictionary.iter().position(|own| own == text);
    found.map(|code| code as u32).ok_or_else(|| {
        let available = dictionary.iter().take(NAMED).cloned().collect();
        Fault { at: literal.at, problem: FilterProblem::UnknownValue { name, value: text.clone(), available } }
    })
}

fn number(column: &Column, literal: &Spot<Literal>) -> Result<f64, Fault> {
    match &literal.value {
        Literal::Number(number) => Ok(*number),
        Literal::Text(value) | Literal::Word(value) => {
            let problem = FilterProblem::NotNumber { name: column.name.clone(), value: value.clone() };
            Err(Fault { at: literal.at, problem })
        }
    }
}

fn truth(column: &Column, literal: &Spot<Literal>) -> Result<f64, Fault> {
    let value = match &literal.value {
        Literal::Text(value) | Literal::Word(value) => value.clone(),
        Literal::Number(number) => number.to_string(),
    };
    match value.to_ascii_lowercase().as_str() {
        "true" => Ok(1.0),
        "false" => Ok(0.0),
        _ => {
            let problem = FilterProblem::NotBool { name: column.name.clone(), value };
            Err(Fault { at: literal.at, problem })
        }
    }
}

fn no_order(column: &Column, at: usize) -> Fault {
    Fault { at, problem: FilterProblem::NoOrder { name: column.name.clone() } }
}
