#ifndef CBUILDINFO_H
#define CBUILDINFO_H

/* The revision that the build was made of, or "unknown": never null, never freed. */
const char *cbuildinfo_revision(void);

#endif
