#include "CBuildInfo.h"

#define TEXT(x) #x
#define TEXT_OF(x) TEXT(x)

/* Package.swift defines BUILD_REVISION; Swift's own -D has no values. */
const char *cbuildinfo_revision(void) { return TEXT_OF(BUILD_REVISION); }
