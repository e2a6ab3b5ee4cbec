//! One step of the machine.

use crate::PickleError;
use crate::graph::{EMPTY_TUPLE, FALSE, Id, Made, NONE, Node, TRUE};
use crate::machine::Machine;
use crate::text;

impl Machine<'_> {
    pub(crate) fn step(&mut self, opcode: u8) -> Result<(), PickleError> {
        match opcode {
            b'(' => self.mark(),
            b'0' => self.discard()?,
            b'1' => drop(self.pop_mark()?),
            b'2' => {
                let top = self.top()?;
                self.push(top);
            }
            b'N' => self.push(NONE),
            0x88 => self.push(TRUE),
            0x89 => self.push(FALSE),
            b')' => self.push(EMPTY_TUPLE),
            b'I' | b'L' | b'F' | b'J' | b'K' | b'M' | 0x8a | 0x8b | b'G' => self.number(opcode)?,
            b'S' | b'T' | b'U' | b'B' | b'C' | 0x8e | 0x96 => self.bytes(opcode)?,
            b'V' | b'X' | 0x8c | 0x8d => self.string(opcode)?,
            b']' | b'}' | 0x8f | b'l' | b't' | b'd' | 0x91 | 0x85..=0x87 => self.collection(opcode)?,
            b'a' | b'e' | 0x90 | b's' | b'u' => self.fill(opcode)?,
            b'p' | b'q' | b'r' | 0x94 | b'g' | b'h' | b'j' => self.memo(opcode)?,
            b'c' | 0x93 | b'R' | 0x81 | 0x92 | b'i' | b'o' => self.import_or_call(opcode)?,
            b'b' => self.build()?,
            0x80 => {
                let version = self.cursor.byte()?;
                if version > 5 {
                    return Err(PickleError::Protocol { version });
                }
                if !self.nested() {
                    self.protocol = self.protocol.max(version);
                }
            }
            0x95 => {
                let length = self.cursor.uint(8)?;
                let left = self.cursor.left() as u64;
                if length > left {
                    return Err(PickleError::Truncated { offset: self.cursor.pos as u64, needed: length, left });
                }
            }
            _ => return Err(self.refused(opcode)),
        }
        Ok(())
    }

    fn refused(&self, opcode: u8) -> PickleError {
        let offset = self.at as u64;
        match opcode {
            b'P' | b'Q' if self.graph.imports.iter().any(|import| import.package() == "torch") => PickleError::Torch,
            b'P' | b'Q' => PickleError::PersistentId { offset },
            0x82..=0x84 => PickleError::Extension { offset },
            0x97 | 0x98 => PickleError::OutOfBand { offset },
            _ => PickleError::NotPickle { offset, opcode },
        }
    }

    fn number(&mut self, opcode: u8) -> Result<(), PickleError> {
        let id = match opcode {
            b'J' => {
                let value = self.cursor.uint(4)? as u32 as i32;
                self.graph.int(i64::from(value), self.at)?
            }
            b'K' | b'M' => {
                let value = self.cursor.uint(if opcode == b'K' { 1 } else { 2 })?;
                self.graph.int(value as i64, self.at)?
            }
            b'G' => {
                let bits = self.cursor.take(8)?.iter().fold(0, |bits, byte| bits << 8 | u64::from(*byte));
                self.add(Node::Float(f64::from_bits(bits)))?
            }
            b'F' => {
                let line = self.cursor.line(self.limits().int_bytes)?;
                match std::str::from_utf8(line).ok().and_then(|text| text.parse().ok()) {
                    Some(value) => self.add(Node::Float(value))?,
                    None => return self.malformed("a float that is no number"),
                }
            }
            0x8a | 0x8b => {
                let length = self.cursor.uint(if opcode == 0x8a { 1 } else { 4 })?;
                if opcode == 0x8b && length > i32::MAX as u64 {
                    return self.malformed("an integer of negative length");
                }
                self.within("int_bytes", length, self.limits().int_bytes as u64)?;
                let raw = self.cursor.take(length)?;
                self.little_endian(raw)?
            }
            _ => return self.decimal(opcode),
        };
        self.push(id);
        Ok(())
    }

    fn little_endian(&mut self, mut raw: &[u8]) -> Result<Id, PickleError> {
        // Bytes that only repeat the sign say nothing.
        while let [rest @ .., before, last] = raw
            && rest.len() >= 7
            && *last == if before & 0x80 == 0 { 0 } else { 0xff }
        {
            raw = &raw[..raw.len() - 1];
        }
        if raw.len() > 8 {
            return self.add(Node::BigInt(raw.into()));
        }
        let fill = if raw.last().is_some_and(|byte| byte & 0x80 != 0) { u64::MAX } else { 0 };
        let value = raw.iter().rev().fold(fill, |value, byte| value << 8 | u64::from(*byte));
        self.graph.int(value as i64, self.at)
    }

    fn decimal(&mut self, opcode: u8) -> Result<(), PickleError> {
        let line = self.cursor.line(self.limits().int_bytes)?;
        let id = match (opcode, line) {
            (b'I', b"01") => TRUE,
            (b'I', b"00") => FALSE,
            _ => match text::decimal(line) {
                None => return self.malformed("an integer that C and Python may read differently"),
                Some(digits) => match digits.parse() {
                    Ok(value) => self.graph.int(value, self.at)?,
                    Err(_) => self.add(Node::BigInt(digits.as_bytes().into()))?,
                },
            },
        };
        self.push(id);
        Ok(())
    }

    fn bytes(&mut self, opcode: u8) -> Result<(), PickleError> {
        if opcode == b'S' {
            let line = self.cursor.line(self.limits().line_bytes)?;
            return match text::quoted(line) {
                Some(bytes) => self.push_new(Node::OwnedBytes(bytes.into())),
                None => self.malformed("a quoted string that is not well formed"),
            };
        }
        let width = match opcode {
            b'U' | b'C' => 1,
            b'T' | b'B' => 4,
            _ => 8,
        };
        let length = self.cursor.uint(width)?;
        if opcode == b'T' && length > i32::MAX as u64 {
            return self.malformed("a string of negative length");
        }
        let span = self.cursor.span(length)?;
        self.push_new(Node::Bytes(span))
    }

    fn string(&mut self, opcode: u8) -> Result<(), PickleError> {
        if opcode == b'V' {
            let line = self.cursor.line(self.limits().line_bytes)?;
            let Some((string, lossy)) = text::raw_unicode(line) else {
                return self.malformed("a text escape that is not well formed");
            };
            self.graph.lossy_text += u64::from(lossy);
            return self.push_new(Node::Str(string.into()));
        }
        let width = match opcode {
            0x8c => 1,
            b'X' => 4,
            _ => 8,
        };
        let length = self.cursor.uint(width)?;
        let raw = self.cursor.take(length)?;
        let string = self.utf8(raw)?;
        self.push_new(Node::Str(string))
    }

    /// UTF-8 as Python reads it: lone surrogates are text (and kept as replacement characters), anything else is none.
    fn utf8(&mut self, raw: &[u8]) -> Result<Box<str>, PickleError> {
        match text::utf8(raw) {
            Some((text, lossy)) => {
                self.graph.lossy_text += u64::from(lossy);
                Ok(text)
            }
            None => self.malformed("text that is not UTF-8"),
        }
    }

    fn collection(&mut self, opcode: u8) -> Result<(), PickleError> {
        match opcode {
            b']' => self.push_new(Node::List(Vec::new())),
            b'}' => self.push_new(Node::Dict(Vec::new())),
            0x8f => self.push_new(Node::Set(Vec::new())),
            b'l' => {
                let items = self.pop_mark()?;
                self.push_new(Node::List(items))
            }
            0x91 => {
                let items = self.pop_mark()?;
                self.push_new(Node::FrozenSet(items.into()))
            }
            b't' => {
                let items = self.pop_mark()?;
                self.push_tuple(items)
            }
            b'd' => {
                let items = self.pop_mark()?;
                let dict = self.add(Node::Dict(Vec::new()))?;
                self.set_items(dict, &items)?;
                self.push(dict);
                Ok(())
            }
            _ => {
                let mut items = Vec::new();
                for _ in 0x84..opcode {
                    items.push(self.pop()?);
                }
                items.reverse();
                self.push_tuple(items)
            }
        }
    }

    fn push_tuple(&mut self, items: Vec<Id>) -> Result<(), PickleError> {
        if items.is_empty() {
            self.push(EMPTY_TUPLE);
            return Ok(());
        }
        self.push_new(Node::Tuple(items.into()))
    }

    fn fill(&mut self, opcode: u8) -> Result<(), PickleError> {
        match opcode {
            b'a' => {
                let item = self.pop()?;
                let target = self.top()?;
                self.extend(target, &[item], false)
            }
            b'e' | 0x90 => {
                let items = self.pop_mark()?;
                let target = self.top()?;
                self.extend(target, &items, opcode == 0x90)
            }
            b's' => {
                let value = self.pop()?;
                let key = self.pop()?;
                let target = self.top()?;
                self.set_items(target, &[key, value])
            }
            _ => {
                let items = self.pop_mark()?;
                let target = self.top()?;
                self.set_items(target, &items)
            }
        }
    }

    fn memo(&mut self, opcode: u8) -> Result<(), PickleError> {
        let key = match opcode {
            0x94 => self.memo_len(),
            b'q' | b'h' => self.cursor.uint(1)?,
            b'r' | b'j' => self.cursor.uint(4)?,
            _ => {
                let line = self.cursor.line(self.limits().int_bytes)?;
                let digits = text::decimal(line).filter(|digits| !digits.starts_with('-'));
                match digits.and_then(|digits| digits.parse().ok()) {
                    Some(key) => key,
                    None => return self.malformed("a memo index that is no number"),
                }
            }
        };
        match opcode {
            b'g' | b'h' | b'j' => self.get(key),
            _ => self.put(key),
        }
    }

    fn import_or_call(&mut self, opcode: u8) -> Result<(), PickleError> {
        match opcode {
            b'c' => {
                let id = self.import_lines()?;
                self.push(id);
                Ok(())
            }
            0x93 => {
                let (name, module) = (self.pop()?, self.pop()?);
                let (Node::Str(module), Node::Str(name)) = (self.graph.node(module), self.graph.node(name)) else {
                    return self.malformed("an import whose name is no text");
                };
                let (module, name) = (module.clone(), name.clone());
                let id = self.graph.global(&module, &name, self.at)?;
                self.push(id);
                Ok(())
            }
            b'R' | 0x81 => {
                let (args, callee) = (self.pop()?, self.pop()?);
                self.call(if opcode == b'R' { Made::Reduce } else { Made::New }, callee, args, None)
            }
            0x92 => {
                let (kwargs, args, callee) = (self.pop()?, self.pop()?, self.pop()?);
                self.call(Made::New, callee, args, Some(kwargs))
            }
            b'i' => {
                let callee = self.import_lines()?;
                let args = self.pop_mark()?;
                let args = self.add(Node::Tuple(args.into()))?;
                self.call(Made::Instance, callee, args, None)
            }
            _ => {
                let items = self.pop_mark()?;
                let Some((callee, args)) = items.split_first() else {
                    return self.malformed("an instance without a class");
                };
                let args = self.add(Node::Tuple(args.into()))?;
                self.call(Made::Instance, *callee, args, None)
            }
        }
    }

    fn import_lines(&mut self) -> Result<Id, PickleError> {
        let longest = self.limits().name_bytes + 1;
        let module = self.cursor.line(longest)?;
        let name = self.cursor.line(longest)?;
        let (module, name) = (self.utf8(module)?, self.utf8(name)?);
        self.graph.global(&module, &name, self.at)
    }
}
