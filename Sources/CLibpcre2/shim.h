#pragma once
#include <stddef.h>

// The header includes <stdlib.h> for `size_t`, and with it <sys/types.h>: Swift 6.3 would then take
// `pthread_attr_t` and its like in modules that import Glibc for types of this one.
#pragma push_macro("_STDLIB_H")
#define _STDLIB_H 1
// All names are macros over the width of a code unit; the functions that Swift sees end in `_8`.
#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>
#pragma pop_macro("_STDLIB_H")

// A cast that Swift does not import.
static inline PCRE2_SIZE shim_pcre2_unset(void) { return PCRE2_UNSET; }
