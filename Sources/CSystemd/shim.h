// libsystemd, the part this project uses, and what else a service asks of its system, in a form that Swift can call and C can check.
//
// Swift ignores the result of an imported C function without a word, so each is wrapped in a `static inline` function
// marked `warn_unused_result`: forgetting to look at it does not compile.
#ifndef CSYSTEMD_SHIM_H
#define CSYSTEMD_SHIM_H

// Without it `sd_journal_sendv` is a macro that adds this header's own name as the place of every record.
#define SD_JOURNAL_SUPPRESS_LOCATION
#include <malloc.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <systemd/sd-daemon.h>
#include <systemd/sd-journal.h>

#define CSYSTEMD_CHECKED __attribute__((warn_unused_result)) static inline

/// Sends one record; each element is `NAME=value`. 0, also when no journal listens, or a negative errno.
CSYSTEMD_CHECKED int csystemd_journal_send(const struct iovec *fields, int count) {
    return sd_journal_sendv(fields, count);
}

/// Tells the service manager. Above 0 when it was told, 0 when there is none, or a negative errno.
CSYSTEMD_CHECKED int csystemd_notify(const char *state) {
    return sd_notify(0, state);
}

/// Above 0 when the service manager expects a sign of life every so many microseconds.
CSYSTEMD_CHECKED int csystemd_watchdog(uint64_t *microseconds) {
    return sd_watchdog_enabled(0, microseconds);
}

/// The number of sockets that were handed over, from descriptor 3 on, or a negative errno. `names` is the caller's to
/// free, each name and the list; it is NULL when there are none.
CSYSTEMD_CHECKED int csystemd_listen_sockets(char ***names) {
    return sd_listen_fds_with_names(0, names);
}

/// Above 0 for a stream socket that listens, 0 for anything else, or a negative errno.
CSYSTEMD_CHECKED int csystemd_is_listening_stream(int descriptor) {
    return sd_is_socket(descriptor, AF_UNSPEC, SOCK_STREAM, 1);
}

/// Keeps the process's memory out of core dumps and debuggers, prctl(2). 0, or -1.
CSYSTEMD_CHECKED int csystemd_forbid_dumps(void) {
    return prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
}

/// Bytes of the heap that are in use, mallinfo(3).
CSYSTEMD_CHECKED size_t csystemd_allocated_bytes(void) {
    struct mallinfo2 info = mallinfo2();
    return info.uordblks + info.hblkhd;
}

/// Gives free pages of the heap back to the system, malloc_trim(3). 1 when there were any, else 0.
CSYSTEMD_CHECKED int csystemd_trim_heap(void) {
    return malloc_trim(0);
}

#undef CSYSTEMD_CHECKED
#endif
