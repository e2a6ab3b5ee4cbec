//! One input may not take more than this: an allocation beyond it aborts, which is a finding.

use std::alloc::System;

use cap::Cap;

/// Bytes in use at one time.
const MOST: usize = 1 << 30;

#[global_allocator]
static MEMORY: Cap<System> = Cap::new(System, MOST);
