#include "commit.h"

#define TEXT(words) #words
#define QUOTED(words) TEXT(words)

const char *shim_commit(void) {
#ifdef PARITY_COMMIT
  return QUOTED(PARITY_COMMIT);
#else
  // `git archive` puts the commit in place of this, because .gitattributes asks for it.
  static const char archived[] = "$Format:%h$";
  return archived[0] == '$' ? "" : archived;
#endif
}
