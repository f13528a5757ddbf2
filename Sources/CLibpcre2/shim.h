#pragma once
// All names of the header are macros over the width of a code unit; the functions that Swift sees
// end in `_8`.
#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>

// A cast that Swift does not import.
static inline PCRE2_SIZE shim_pcre2_unset(void) { return PCRE2_UNSET; }
