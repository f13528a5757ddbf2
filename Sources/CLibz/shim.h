#pragma once
#include <zlib.h>

// `inflateInit2` is a macro with an argument.
static inline int shim_zlib_begin_inflating(z_stream *stream, int window_bits) {
  return inflateInit2(stream, window_bits);
}
