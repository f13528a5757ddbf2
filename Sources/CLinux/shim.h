#pragma once
#include <sys/prctl.h>
static inline int shim_linux_set_child_subreaper(int on) {
  return prctl(PR_SET_CHILD_SUBREAPER, on, 0, 0, 0);
}
