//! gzip and Zstandard, against bombs.

use std::io::Read;

use crate::Limits;
use crate::error::Problem;
use crate::facts::Compression;

/// The expansion limit counts only from here on, so that small, very regular tables pass.
const EXPANSION_FROM_BYTES: u64 = 64 << 20;
const BLOCK: usize = 1 << 20;

/// All decompressed bytes; stops at the first limit met, holding at most one block more than it.
pub(crate) fn decompress(bytes: &[u8], compression: Compression, limits: &Limits) -> Result<Vec<u8>, Problem> {
    match compression {
        Compression::Gzip => drain(flate2::read::MultiGzDecoder::new(bytes), bytes.len(), compression, limits),
        Compression::Zstd => {
            let decoder = zstd::stream::read::Decoder::new(bytes).map_err(|e| damaged(compression, 0, &e))?;
            drain(decoder, bytes.len(), compression, limits)
        }
    }
}

fn drain(mut from: impl Read, size: usize, compression: Compression, limits: &Limits) -> Result<Vec<u8>, Problem> {
    let mut out = Vec::new();
    loop {
        let start = out.len();
        let read = (&mut from).take(BLOCK as u64).read_to_end(&mut out);
        read.map_err(|e| damaged(compression, out.len() as u64, &e))?;
        let total = out.len() as u64;
        if total > EXPANSION_FROM_BYTES && total / (size as u64).max(1) > limits.expansion {
            return Err(Problem::ZipBomb { compression: compression.id().to_owned(), limit: limits.expansion });
        }
        if total > limits.decompressed_bytes {
            return Err(Problem::TooLarge { limit: limits.decompressed_bytes });
        }
        if out.len() == start {
            return Ok(out);
        }
    }
}

fn damaged(compression: Compression, byte: u64, e: &std::io::Error) -> Problem {
    Problem::DamagedCompression { compression: compression.id().to_owned(), byte, detail: e.to_string() }
}
