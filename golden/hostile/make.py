#!/usr/bin/env python3
"""Hostile model files: what each tries, and the code of Fine's refusal (`cases.toml`, `files/`).

`crates/model/tests/it/attacks.rs` and `crates/server/tests/it/attacks.rs` open every one of them.
"""
from attacks import finish

import code_execution
import disagreement
import models
import other_formats
import resources

for group in [code_execution, resources, disagreement, models, other_formats]:
    group.make()
finish()
