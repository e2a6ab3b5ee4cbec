//! From text to a filter.

use winnow::Parser;
use winnow::ascii::Caseless;
use winnow::combinator::{alt, not, opt, separated};
use winnow::error::{ErrMode, ModalResult, ParserError};
use winnow::stream::{LocatingSlice, Location, Stateful};
use winnow::token::{one_of, take_while};

use super::error::FilterProblem;
use super::expr::{Expr, Literal, Op, Spot, Test, What};

/// Most characters of a filter.
pub(super) const LENGTH: usize = 2_000;
/// Most parentheses and negations inside of each other.
pub(super) const DEPTH: usize = 32;

/// Words that mean something by themselves: as names they stand in quotes.
const KEYWORDS: [&str; 6] = ["and", "or", "not", "in", "is", "missing"];

/// What is wrong at which byte.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Fault {
    pub(super) at: usize,
    pub(super) problem: FilterProblem,
}

/// The text with the depth reached.
type Input<'t> = Stateful<LocatingSlice<&'t str>, usize>;
type Parsed<T> = ModalResult<T, Fault>;

impl<'t> ParserError<Input<'t>> for Fault {
    type Inner = Self;

    fn from_input(input: &Input<'t>) -> Self {
        Self { at: input.current_token_start(), problem: FilterProblem::NoEnd }
    }

    fn into_inner(self) -> Result<Self, Self> {
        Ok(self)
    }
}

/// Parses a whole filter.
pub(super) fn parse(text: &str) -> Result<Expr, Fault> {
    let length = text.chars().count();
    if length > LENGTH {
        return Err(Fault { at: text.len(), problem: FilterProblem::TooLong { length, limit: LENGTH } });
    }
    let mut input = Stateful { input: LocatingSlice::new(text), state: 0 };
    let parsed = any(&mut input).and_then(|expr| {
        space(&mut input)?;
        if input.input.is_empty() { Ok(expr) } else { refuse(&input, FilterProblem::NoEnd) }
    });
    parsed.map_err(|e| match e {
        ErrMode::Backtrack(fault) | ErrMode::Cut(fault) => fault,
        ErrMode::Incomplete(_) => Fault { at: text.len(), problem: FilterProblem::NoEnd },
    })
}

/// Whether a name needs no quotes.
pub(super) fn is_bare(name: &str) -> bool {
    let keyword = KEYWORDS.iter().any(|word| word.eq_ignore_ascii_case(name));
    !keyword && name.chars().next().is_some_and(starts_word) && name.chars().all(in_word)
}

fn starts_word(c: char) -> bool {
    c.is_alphabetic() || c == '_'
}

fn in_word(c: char) -> bool {
    c.is_alphanumeric() || matches!(c, '_' | '-' | '.')
}

fn any(input: &mut Input<'_>) -> Parsed<Expr> {
    joined(input, all, "or", Expr::Any)
}

fn all(input: &mut Input<'_>) -> Parsed<Expr> {
    joined(input, one, "and", Expr::All)
}

/// Parts with a word between them; one part stands for itself.
fn joined<'t>(
    input: &mut Input<'t>,
    part: fn(&mut Input<'t>) -> Parsed<Expr>,
    word: &'static str,
    join: fn(Vec<Expr>) -> Expr,
) -> Parsed<Expr> {
    let parts: Parsed<Vec<Expr>> = separated(1.., part, keyword(word)).parse_next(input);
    parts.map(|mut parts| if parts.len() == 1 { parts.remove(0) } else { join(parts) })
}

fn one(input: &mut Input<'_>) -> Parsed<Expr> {
    if maybe(input, keyword("not"))?.is_some() {
        return deeper(input, one).map(|inner| Expr::Not(Box::new(inner)));
    }
    if maybe(input, symbol("("))?.is_some() {
        let inner = deeper(input, any)?;
        demand(input, symbol(")"), FilterProblem::NotClosed)?;
        return Ok(inner);
    }
    test(input)
}

/// One level further in: recursion is bounded here and only here.
fn deeper<'t>(input: &mut Input<'t>, part: fn(&mut Input<'t>) -> Parsed<Expr>) -> Parsed<Expr> {
    if input.state >= DEPTH {
        return refuse(input, FilterProblem::TooDeep { limit: DEPTH });
    }
    input.state += 1;
    let parsed = part(input);
    input.state -= 1;
    parsed
}

fn test(input: &mut Input<'_>) -> Parsed<Expr> {
    let column = demand(input, name, FilterProblem::NoColumn)?;
    let (negated, what) = what(input)?;
    let test = Expr::Test(Test { column, what });
    Ok(if negated { Expr::Not(Box::new(test)) } else { test })
}

/// What is asked of a column, and whether its contrary is.
fn what(input: &mut Input<'_>) -> Parsed<(bool, What)> {
    if maybe(input, keyword("is"))?.is_some() {
        let negated = maybe(input, keyword("not"))?.is_some();
        demand(input, keyword("missing"), FilterProblem::NoMissing)?;
        return Ok((negated, What::Missing));
    }
    let listed = alt((keyword("in").value(false), (keyword("not"), keyword("in")).value(true)));
    if let Some(negated) = maybe(input, listed)? {
        demand(input, symbol("("), FilterProblem::NotOpened)?;
        let list: Parsed<Vec<Spot<Literal>>> = separated(1.., value, symbol(",")).parse_next(input);
        let list = list?;
        demand(input, symbol(")"), FilterProblem::NotClosed)?;
        return Ok((negated, What::In(list)));
    }
    let op = demand(input, operator, FilterProblem::NoCondition)?;
    Ok((false, What::Compare(op, value(input)?)))
}

fn operator(input: &mut Input<'_>) -> Parsed<Op> {
    for (sign, op) in Op::SIGNS {
        if maybe(input, symbol(sign))?.is_some() {
            return Ok(op);
        }
    }
    Err(ErrMode::Backtrack(Fault::from_input(input)))
}

fn value(input: &mut Input<'_>) -> Parsed<Spot<Literal>> {
    demand(input, literal, FilterProblem::NoValue)
}

/// A column's name, bare or in quotes.
fn name(input: &mut Input<'_>) -> Parsed<Spot<String>> {
    let at = input.current_token_start();
    alt((quoted, word)).map(|value| Spot { at, value }).parse_next(input)
}

fn literal(input: &mut Input<'_>) -> Parsed<Spot<Literal>> {
    let at = input.current_token_start();
    let kinds = (quoted.map(Literal::Text), number.map(Literal::Number), word.map(Literal::Word));
    alt(kinds).map(|value| Spot { at, value }).parse_next(input)
}

/// A bare word that is no keyword.
fn word(input: &mut Input<'_>) -> Parsed<String> {
    let word = (one_of(starts_word), take_while(0.., in_word)).take();
    word.verify(|word: &str| is_bare(word)).map(str::to_owned).parse_next(input)
}

/// What begins like a number must be one.
fn number(input: &mut Input<'_>) -> Parsed<f64> {
    let at = input.current_token_start();
    let sign = |c: char| matches!(c, '+' | '-' | '.');
    let first = one_of(move |c: char| c.is_ascii_digit() || sign(c));
    let text: Parsed<&str> = (first, take_while(0.., move |c: char| in_word(c) || sign(c))).take().parse_next(input);
    let text = text?;
    match text.parse::<f64>() {
        Ok(number) if number.is_finite() => Ok(number),
        _ => Err(ErrMode::Cut(Fault { at, problem: FilterProblem::BadNumber { text: text.to_owned() } })),
    }
}

/// Text in quotes of one kind; two of them inside stand for one.
fn quoted(input: &mut Input<'_>) -> Parsed<String> {
    let at = input.current_token_start();
    let quote: Parsed<char> = one_of(['"', '\'', '`']).parse_next(input);
    let quote = quote?;
    let mut text = String::new();
    loop {
        let part: Parsed<&str> = take_while(0.., |c: char| c != quote).parse_next(input);
        text.push_str(part?);
        if maybe(input, quote)?.is_none() {
            return Err(ErrMode::Cut(Fault { at, problem: FilterProblem::NoQuote }));
        }
        match maybe(input, quote)? {
            Some(quote) => text.push(quote),
            None => return Ok(text),
        }
    }
}

fn space(input: &mut Input<'_>) -> Parsed<()> {
    take_while(0.., char::is_whitespace).void().parse_next(input)
}

fn symbol<'t>(sign: &'static str) -> impl Parser<Input<'t>, (), ErrMode<Fault>> {
    (space, sign).void()
}

fn keyword<'t>(word: &'static str) -> impl Parser<Input<'t>, (), ErrMode<Fault>> {
    (space, Caseless(word), not(one_of(in_word))).void()
}

/// What stands here, if it does.
fn maybe<'t, T>(input: &mut Input<'t>, parser: impl Parser<Input<'t>, T, ErrMode<Fault>>) -> Parsed<Option<T>> {
    opt(parser).parse_next(input)
}

/// Runs a parser that must succeed here; where it does not, the fault lies behind the white space.
fn demand<'t, T>(
    input: &mut Input<'t>,
    mut parser: impl Parser<Input<'t>, T, ErrMode<Fault>>,
    problem: FilterProblem,
) -> Parsed<T> {
    space(input)?;
    let at = input.current_token_start();
    parser.parse_next(input).map_err(|e| match e {
        ErrMode::Backtrack(_) => ErrMode::Cut(Fault { at, problem }),
        cut => cut,
    })
}

fn refuse<T>(input: &Input<'_>, problem: FilterProblem) -> Parsed<T> {
    Err(ErrMode::Cut(Fault { at: input.current_token_start(), problem }))
}
