//! Writes values as a pickle, so that one reader checks and interprets them all.

/// Pickle opcodes, written front to back. Whatever is written is read back by [`fine_pickle`], which trusts nothing.
#[derive(Default)]
pub(super) struct Stream {
    bytes: Vec<u8>,
    memo: u32,
}

impl Stream {
    pub(super) fn new() -> Self {
        Self { bytes: vec![0x80, 4], memo: 0 }
    }

    pub(super) fn finish(mut self) -> Vec<u8> {
        self.bytes.push(b'.');
        self.bytes
    }

    pub(super) fn len(&self) -> usize {
        self.bytes.len()
    }

    fn sized(&mut self, opcode: u8, content: &[u8]) {
        self.bytes.push(opcode);
        self.bytes.extend((content.len() as u32).to_le_bytes());
        self.bytes.extend(content);
    }

    pub(super) fn none(&mut self) {
        self.bytes.push(b'N');
    }

    pub(super) fn bool(&mut self, value: bool) {
        self.bytes.push(if value { 0x88 } else { 0x89 });
    }

    pub(super) fn int(&mut self, value: i64) {
        self.bytes.extend([0x8a, 8]);
        self.bytes.extend(value.to_le_bytes());
    }

    pub(super) fn float(&mut self, value: f64) {
        self.bytes.push(b'G');
        self.bytes.extend(value.to_be_bytes());
    }

    /// Text or bytes of less than 4 GiB: an archive without the 64-bit form holds no longer ones.
    pub(super) fn text(&mut self, value: &str) {
        self.sized(b'X', value.as_bytes());
    }

    pub(super) fn bytes(&mut self, value: &[u8]) {
        self.sized(b'B', value);
    }

    pub(super) fn global(&mut self, module: &str, name: &str) {
        self.text(module);
        self.text(name);
        self.bytes.push(0x93);
    }

    pub(super) fn mark(&mut self) {
        self.bytes.push(b'(');
    }

    /// A tuple of everything since the mark.
    pub(super) fn tuple(&mut self) {
        self.bytes.push(b't');
    }

    pub(super) fn empty_tuple(&mut self) {
        self.bytes.push(b')');
    }

    pub(super) fn empty_list(&mut self) {
        self.bytes.push(b']');
    }

    /// Adds everything since the mark to the list below it.
    pub(super) fn append(&mut self) {
        self.bytes.push(b'e');
    }

    pub(super) fn empty_dict(&mut self) {
        self.bytes.push(b'}');
    }

    /// Adds the pairs since the mark to the dictionary below it.
    pub(super) fn set_items(&mut self) {
        self.bytes.push(b'u');
    }

    pub(super) fn empty_set(&mut self) {
        self.bytes.push(0x8f);
    }

    /// Adds everything since the mark to the set below it.
    pub(super) fn add_items(&mut self) {
        self.bytes.push(0x90);
    }

    /// Calls the class or function below the tuple of arguments.
    pub(super) fn reduce(&mut self) {
        self.bytes.push(b'R');
    }

    /// Makes an object of the class below the tuple of arguments, without a call of `__init__`.
    pub(super) fn new_object(&mut self) {
        self.bytes.push(0x81);
    }

    /// Gives the object below its state.
    pub(super) fn build(&mut self) {
        self.bytes.push(b'b');
    }

    /// Remembers the value on top.
    pub(super) fn remember(&mut self) -> u32 {
        self.bytes.push(b'r');
        self.bytes.extend(self.memo.to_le_bytes());
        self.memo += 1;
        self.memo - 1
    }

    pub(super) fn recall(&mut self, memo: u32) {
        self.bytes.push(b'j');
        self.bytes.extend(memo.to_le_bytes());
    }
}
