#pragma once

/// The commit this was built from, `-dirty` if the tree differed from it; `development` where nobody said (Package.swift).
const char *build_info_revision(void);
