#pragma once

/// The commit that was built, `abc1234`; empty where neither `make` nor `git archive` named one.
/// The text lives as long as the program.
const char *shim_commit(void);
