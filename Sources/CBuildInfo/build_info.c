#include "build_info.h"

const char *build_info_revision(void) { return BUILD_REVISION; }
