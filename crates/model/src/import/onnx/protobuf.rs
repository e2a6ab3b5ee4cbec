//! Just enough of the protobuf wire format to look into an ONNX file without building it.

/// One field of a message.
#[derive(Clone, Copy)]
pub(super) enum Field<'a> {
    Number(u64),
    Bytes(&'a [u8]),
}

impl<'a> Field<'a> {
    pub(super) fn bytes(self) -> &'a [u8] {
        match self {
            Self::Bytes(b) => b,
            Self::Number(_) => &[],
        }
    }

    pub(super) fn text(self) -> &'a str {
        std::str::from_utf8(self.bytes()).unwrap_or_default()
    }

    /// A repeated integer: packed, or one of several fields.
    pub(super) fn integers(self, into: &mut Vec<i64>) {
        match self {
            Self::Number(n) => into.push(n as i64),
            Self::Bytes(b) => {
                let mut packed = Fields::new(b);
                while let Some(n) = packed.varint() {
                    into.push(n as i64);
                }
            }
        }
    }
}

/// Fields of a message in file order; ends at the first broken one.
pub(super) struct Fields<'a> {
    rest: &'a [u8],
    pub(super) broken: bool,
}

impl<'a> Fields<'a> {
    pub(super) fn new(rest: &'a [u8]) -> Self {
        Self { rest, broken: false }
    }

    fn varint(&mut self) -> Option<u64> {
        let mut value = 0_u64;
        for shift in (0..64).step_by(7) {
            let (byte, rest) = self.rest.split_first()?;
            self.rest = rest;
            value |= u64::from(byte & 0x7f) << shift;
            if byte & 0x80 == 0 {
                return Some(value);
            }
        }
        None
    }

    fn take(&mut self, count: u64) -> Option<&'a [u8]> {
        let count = usize::try_from(count).ok()?;
        let (taken, rest) = self.rest.split_at_checked(count)?;
        self.rest = rest;
        Some(taken)
    }

    fn field(&mut self) -> Option<(u64, Field<'a>)> {
        let tag = self.varint()?;
        let field = match tag & 7 {
            0 => Field::Number(self.varint()?),
            1 => Field::Bytes(self.take(8)?),
            2 => {
                let length = self.varint()?;
                Field::Bytes(self.take(length)?)
            }
            5 => Field::Bytes(self.take(4)?),
            _ => return None,
        };
        Some((tag >> 3, field))
    }
}

impl<'a> Iterator for Fields<'a> {
    type Item = (u64, Field<'a>);

    fn next(&mut self) -> Option<Self::Item> {
        if self.rest.is_empty() || self.broken {
            return None;
        }
        let field = self.field();
        self.broken = field.is_none();
        field
    }
}

/// All fields of one number.
pub(super) fn all<'a>(message: &'a [u8], number: u64) -> impl Iterator<Item = Field<'a>> {
    Fields::new(message).filter_map(move |(n, field)| (n == number).then_some(field))
}

/// The last field of one number, which is the one that counts.
pub(super) fn last(message: &[u8], number: u64) -> Option<Field<'_>> {
    all(message, number).last()
}
