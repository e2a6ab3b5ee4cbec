//! Arrays in numpy's own file format, versions 1 to 3 (`numpy.lib.format`).

use super::super::ImportError;
use super::super::doc::malformed;
use super::stream::Stream;

const MAGIC: &[u8] = b"\x93NUMPY";
/// Fields of one record.
const FIELDS: usize = 64;

/// An array as its file describes it.
pub(super) struct Npy<'a> {
    dtype: Dtype,
    fortran: bool,
    shape: Vec<i64>,
    data: &'a [u8],
}

enum Dtype {
    /// `<f8`
    Plain(String),
    /// Name, code and offset of each field; bytes of the record.
    Record(Vec<(String, String, usize)>, usize),
}

/// Parts of a Python literal.
#[derive(Debug, PartialEq)]
enum Literal {
    Text(String),
    Whole(i64),
    Flag(bool),
    List(Vec<Literal>),
    Dict(Vec<(Literal, Literal)>),
}

impl<'a> Npy<'a> {
    /// Reads a file; `name` is for errors.
    pub(super) fn read(name: &str, bytes: &'a [u8]) -> Result<Self, ImportError> {
        let fail = |detail: &str| malformed(name, detail);
        let cut = || fail("is cut");
        let rest = bytes.strip_prefix(MAGIC).ok_or_else(|| fail("is no numpy array"))?;
        let ([major, _], rest) = rest.split_first_chunk::<2>().ok_or_else(cut)?;
        let (length, rest) = match major {
            1 => rest.split_first_chunk::<2>().map(|(n, rest)| (usize::from(u16::from_le_bytes(*n)), rest)),
            2 | 3 => rest.split_first_chunk::<4>().map(|(n, rest)| (u32::from_le_bytes(*n) as usize, rest)),
            _ => return Err(fail("is of a version that is not known")),
        }
        .ok_or_else(cut)?;
        let (header, data) = rest.split_at_checked(length).ok_or_else(cut)?;
        let header = std::str::from_utf8(header).map_err(|_| fail("has a header that is no text"))?;
        let Some(Literal::Dict(pairs)) = Parser::parse(header) else { return Err(fail("has a damaged header")) };
        let get = |key: &str| {
            let mut found = pairs.iter().filter(|(own, _)| *own == Literal::Text(key.into())).map(|(_, value)| value);
            found.next().filter(|_| found.next().is_none())
        };
        let (Some(descr), Some(Literal::Flag(fortran)), Some(Literal::List(shape))) =
            (get("descr"), get("fortran_order"), get("shape"))
        else {
            return Err(fail("has a damaged header"));
        };
        let side = |side: &Literal| match side {
            Literal::Whole(side) if *side >= 0 => Some(*side),
            _ => None,
        };
        let shape = shape.iter().map(side).collect::<Option<_>>().ok_or_else(|| fail("has a damaged shape"))?;
        let dtype = dtype(descr).ok_or_else(|| fail("has elements of a kind that is not read"))?;
        Ok(Self { dtype, fortran: *fortran, shape, data })
    }

    /// Writes the element type.
    pub(super) fn write_dtype(&self, out: &mut Stream) {
        match &self.dtype {
            Dtype::Plain(code) => write_code(out, code),
            Dtype::Record(fields, size) => {
                write_code(out, &format!("V{size}"));
                out.mark();
                out.int(3);
                out.text("|");
                out.none();
                out.mark();
                fields.iter().for_each(|(name, ..)| out.text(name));
                out.tuple();
                out.empty_dict();
                out.mark();
                for (name, code, offset) in fields {
                    out.text(name);
                    out.mark();
                    write_code(out, code);
                    out.int(*offset as i64);
                    out.tuple();
                }
                out.set_items();
                out.int(*size as i64);
                out.int(1);
                out.int(0);
                out.tuple();
                out.build();
            }
        }
    }

    /// Writes the array.
    pub(super) fn write(&self, out: &mut Stream) {
        out.global("numpy.core.numeric", "_frombuffer");
        out.mark();
        out.bytes(self.data);
        self.write_dtype(out);
        write_shape(out, &self.shape);
        out.text(if self.fortran { "F" } else { "C" });
        out.tuple();
        out.reduce();
    }

    /// Writes the one element of an array without axes.
    pub(super) fn write_scalar(&self, name: &str, out: &mut Stream) -> Result<(), ImportError> {
        if !self.shape.is_empty() {
            return Err(malformed(name, "has axes where one number belongs"));
        }
        out.global("numpy.core.multiarray", "scalar");
        out.mark();
        self.write_dtype(out);
        out.bytes(self.data);
        out.tuple();
        out.reduce();
        Ok(())
    }
}

fn write_code(out: &mut Stream, code: &str) {
    out.global("numpy", "dtype");
    out.mark();
    out.text(code);
    out.bool(false);
    out.bool(true);
    out.tuple();
    out.reduce();
}

pub(super) fn write_shape(out: &mut Stream, shape: &[i64]) {
    out.mark();
    shape.iter().for_each(|side| out.int(*side));
    out.tuple();
}

/// Bytes of an element code without sub-arrays and objects (`<f8`, `|b1`, `|V7`, `<U10`).
fn code_size(code: &str) -> Option<usize> {
    let plain = code.trim_start_matches(['<', '>', '|', '=']);
    let count: usize = plain.get(1..)?.parse().ok()?;
    match plain.chars().next()? {
        'U' => count.checked_mul(4),
        'b' | 'i' | 'u' | 'f' | 'c' | 'S' | 'V' => Some(count),
        _ => None,
    }
}

fn dtype(descr: &Literal) -> Option<Dtype> {
    match descr {
        Literal::Text(code) => code_size(code).map(|_| Dtype::Plain(code.clone())),
        Literal::List(entries) if entries.len() <= 2 * FIELDS => {
            let (mut fields, mut offset) = (Vec::new(), 0_usize);
            for entry in entries {
                let Literal::List(pair) = entry else { return None };
                let [Literal::Text(name), Literal::Text(code)] = pair.as_slice() else { return None };
                // A field without a name is padding.
                if !name.is_empty() {
                    fields.push((name.clone(), code.clone(), offset));
                }
                offset = offset.checked_add(code_size(code)?)?;
            }
            Some(Dtype::Record(fields, offset))
        }
        _ => None,
    }
}

/// A parser of the literals that headers hold.
struct Parser<'t> {
    rest: &'t str,
}

impl Parser<'_> {
    fn parse(text: &str) -> Option<Literal> {
        let mut parser = Parser { rest: text.trim() };
        let literal = parser.literal(8)?;
        parser.rest.trim().is_empty().then_some(literal)
    }

    fn eat(&mut self, sign: char) -> bool {
        self.rest = self.rest.trim_start();
        match self.rest.strip_prefix(sign) {
            Some(rest) => {
                self.rest = rest;
                true
            }
            None => false,
        }
    }

    fn literal(&mut self, depth: u32) -> Option<Literal> {
        let depth = depth.checked_sub(1)?;
        if self.eat('{') {
            let mut pairs = Vec::new();
            while !self.eat('}') {
                let key = self.literal(depth)?;
                let value = if self.eat(':') { self.literal(depth)? } else { return None };
                pairs.push((key, value));
                if !self.eat(',') {
                    return self.eat('}').then_some(Literal::Dict(pairs));
                }
            }
            return Some(Literal::Dict(pairs));
        }
        for (open, close) in [('(', ')'), ('[', ']')] {
            if self.eat(open) {
                let mut items = Vec::new();
                while !self.eat(close) {
                    items.push(self.literal(depth)?);
                    if !self.eat(',') {
                        return self.eat(close).then_some(Literal::List(items));
                    }
                }
                return Some(Literal::List(items));
            }
        }
        for quote in ['\'', '"'] {
            if self.eat(quote) {
                let (text, rest) = self.rest.split_once(quote)?;
                self.rest = rest;
                // No name or code of numpy's holds an escape.
                return (!text.contains('\\')).then(|| Literal::Text(text.to_owned()));
            }
        }
        let end = self.rest.find(|c: char| !c.is_alphanumeric() && c != '-').unwrap_or(self.rest.len());
        let (word, rest) = self.rest.split_at(end);
        self.rest = rest;
        match word {
            "True" => Some(Literal::Flag(true)),
            "False" => Some(Literal::Flag(false)),
            _ => word.parse().ok().map(Literal::Whole),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headers_are_python_literals() {
        let header =
            "{'descr': [('left', '<i8'), ('', '|V7'), ('value', '<f8')], 'fortran_order': False, 'shape': (3,), }";
        let Some(Literal::Dict(pairs)) = Parser::parse(header) else { panic!("no dictionary") };
        assert_eq!(pairs[2], (Literal::Text("shape".into()), Literal::List(vec![Literal::Whole(3)])));
        let Some(Dtype::Record(fields, 23)) = dtype(&pairs[0].1) else { panic!("no record of 23 bytes") };
        assert_eq!(fields[1], ("value".to_owned(), "<f8".to_owned(), 15));
        for broken in ["", "{", "{'a'}", "{'a': (1,}", "((((((((((1))))))))))", "{'a': 1} x", "'a\\'b'"] {
            assert!(Parser::parse(broken).is_none(), "{broken}");
        }
        assert!(dtype(&Literal::Text("O".into())).is_none());
    }
}
