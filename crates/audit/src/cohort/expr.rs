//! The form of a filter, and how it is written.

use std::fmt;

use super::parse::is_bare;

/// A condition on a row.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Expr {
    /// At least one holds; two or more.
    Any(Vec<Expr>),
    /// All hold; two or more.
    All(Vec<Expr>),
    /// It does not hold.
    Not(Box<Expr>),
    /// A condition on one cell.
    Test(Test),
}

/// A condition on one cell.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Test {
    pub(super) column: Spot<String>,
    pub(super) what: What,
}

/// What is asked of a cell.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum What {
    Missing,
    Compare(Op, Spot<Literal>),
    In(Vec<Spot<Literal>>),
}

/// A comparison.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Op {
    Equal,
    Differs,
    Less,
    AtMost,
    More,
    AtLeast,
}

impl Op {
    /// Longer signs before their beginnings.
    pub(super) const SIGNS: [(&'static str, Self); 8] = [
        ("<=", Self::AtMost),
        (">=", Self::AtLeast),
        ("!=", Self::Differs),
        ("<>", Self::Differs),
        ("==", Self::Equal),
        ("=", Self::Equal),
        ("<", Self::Less),
        (">", Self::More),
    ];

    fn sign(self) -> &'static str {
        match self {
            Self::Equal => "=",
            Self::Differs => "!=",
            Self::Less => "<",
            Self::AtMost => "<=",
            Self::More => ">",
            Self::AtLeast => ">=",
        }
    }
}

/// A value as it is written.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Literal {
    Number(f64),
    /// Without quotes: `true`, `false`, or text.
    Word(String),
    /// In quotes.
    Text(String),
}

/// Something and the byte of the filter where it begins.
#[derive(Clone, Debug)]
pub(super) struct Spot<T> {
    pub(super) at: usize,
    pub(super) value: T,
}

/// Places are no part of what a filter says.
impl<T: PartialEq> PartialEq for Spot<T> {
    fn eq(&self, other: &Self) -> bool {
        self.value == other.value
    }
}

/// The filter in one form: parsed again it is the same.
impl fmt::Display for Expr {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let joined = |f: &mut fmt::Formatter<'_>, parts: &[Expr], word: &str| {
            for (i, part) in parts.iter().enumerate() {
                if i > 0 {
                    write!(f, " {word} ")?;
                }
                match part {
                    Expr::Any(_) | Expr::All(_) => write!(f, "({part})")?,
                    Expr::Not(_) | Expr::Test(_) => write!(f, "{part}")?,
                }
            }
            Ok(())
        };
        match self {
            Self::Any(parts) => joined(f, parts, "or"),
            Self::All(parts) => joined(f, parts, "and"),
            Self::Not(inner) => match inner.as_ref() {
                Expr::Any(_) | Expr::All(_) => write!(f, "not ({inner})"),
                Expr::Not(_) | Expr::Test(_) => write!(f, "not {inner}"),
            },
            Self::Test(test) => write!(f, "{test}"),
        }
    }
}

impl fmt::Display for Test {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = &self.column.value;
        match is_bare(name) {
            true => f.write_str(name)?,
            false => write!(f, "\"{}\"", name.replace('"', "\"\""))?,
        }
        match &self.what {
            What::Missing => f.write_str(" is missing"),
            What::Compare(op, literal) => write!(f, " {} {}", op.sign(), literal.value),
            What::In(list) => {
                f.write_str(" in (")?;
                for (i, literal) in list.iter().enumerate() {
                    write!(f, "{}{}", if i > 0 { ", " } else { "" }, literal.value)?;
                }
                f.write_str(")")
            }
        }
    }
}

impl fmt::Display for Literal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Number(number) => write!(f, "{number}"),
            Self::Word(word) => f.write_str(word),
            Self::Text(text) => write!(f, "'{}'", text.replace('\'', "''")),
        }
    }
}
