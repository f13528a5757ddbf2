#pragma once
#include <libxml/xmlversion.h>
/* Foundation has an ICU of its own, and Swift takes the system's, which libxml2's headers bring along,
   for a different definition of the same types. It only adds fields that we never see to the end of
   libxml2's encoding handlers. */
#undef LIBXML_ICU_ENABLED
#include <libxml/HTMLparser.h>
#include <libxml/SAX2.h>
#include <libxml/parser.h>
#include <libxml/tree.h>
#include <libxml/xmlschemas.h>
#include <libxml/xmlschemastypes.h>
#include <libxml/xpath.h>
#include <libxml/xpathInternals.h>

/* `xmlFree` is a global variable, which Swift 6 takes for shared mutable state. */
static inline void shim_libxml2_free(void *memory) { xmlFree(memory); }
