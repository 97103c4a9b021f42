// libcurl's easy and multi interfaces, in a form that Swift can call and C can check.
//
// `curl_easy_setopt` and `curl_easy_getinfo` are variadic, which Swift cannot call, and take an argument whose type the
// compiler cannot check. Here is one function per argument type. All are marked `warn_unused_result`, because Swift
// ignores the result of an imported C function without a word: forgetting to look at a `CURLcode` does not compile.
#ifndef CCURL_SHIM_H
#define CCURL_SHIM_H

#include <curl/curl.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>    // Swift's Glibc module leaves these three out
#include <sys/eventfd.h>
#include <sys/prctl.h>

#if LIBCURL_VERSION_NUM < 0x074d00
#error "libcurl 7.77 or later is needed"
#endif

#define CCURL_CHECKED __attribute__((warn_unused_result)) static inline

// MARK: Options of a transfer

CCURL_CHECKED CURLcode ccurl_setopt_long(CURL *easy, CURLoption option, long value) {
    return curl_easy_setopt(easy, option, value);
}

CCURL_CHECKED CURLcode ccurl_setopt_offset(CURL *easy, CURLoption option, curl_off_t value) {
    return curl_easy_setopt(easy, option, value);
}

/// libcurl copies the string. NULL takes back an earlier one.
CCURL_CHECKED CURLcode ccurl_setopt_string(CURL *easy, CURLoption option, const char *value) {
    return curl_easy_setopt(easy, option, value);
}

CCURL_CHECKED CURLcode ccurl_setopt_pointer(CURL *easy, CURLoption option, void *value) {
    return curl_easy_setopt(easy, option, value);
}

/// libcurl does not copy the list: it must live until the transfer is over or another list is set.
CCURL_CHECKED CURLcode ccurl_setopt_list(CURL *easy, CURLoption option, struct curl_slist *value) {
    return curl_easy_setopt(easy, option, value);
}

typedef size_t (*ccurl_write_callback)(char *bytes, size_t size, size_t count, void *owner);

/// For `CURLOPT_WRITEFUNCTION` and `CURLOPT_HEADERFUNCTION`.
CCURL_CHECKED CURLcode ccurl_setopt_write_callback(CURL *easy, CURLoption option, ccurl_write_callback value) {
    return curl_easy_setopt(easy, option, value);
}

/// Adds a copy of the field line `name: value`; NULL when memory is short, and `list` is then still the caller's.
/// libcurl reads a line without value as "do not send this field", and wants `name;` for an empty value.
CCURL_CHECKED struct curl_slist *ccurl_append_field(struct curl_slist *list, const char *line) {
    const char *colon = strchr(line, ':');
    if (!colon || colon[1 + strspn(colon + 1, " \t")]) return curl_slist_append(list, line);
    char *copy = strdup(line);
    if (!copy) return NULL;
    strcpy(copy + (colon - line), ";");
    list = curl_slist_append(list, copy);
    free(copy);
    return list;
}

/// Makes the next transfer a POST of a copy of these bytes, which libcurl keeps until the next call.
CCURL_CHECKED CURLcode ccurl_set_post_body(CURL *easy, const void *bytes, size_t count) {
    CURLcode code = curl_easy_setopt(easy, CURLOPT_POST, 1L);
    // The size comes first: without it libcurl would look for a zero byte.
    if (code == CURLE_OK) code = curl_easy_setopt(easy, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)count);
    if (code == CURLE_OK) code = curl_easy_setopt(easy, CURLOPT_COPYPOSTFIELDS, bytes);
    return code;
}

/// Allows http and https and nothing else, file: and ftp: least of all.
CCURL_CHECKED CURLcode ccurl_set_http_only(CURL *easy) {
#if LIBCURL_VERSION_NUM >= 0x075500
    return curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, "http,https");
#else
    return curl_easy_setopt(easy, CURLOPT_PROTOCOLS, (long)(CURLPROTO_HTTP | CURLPROTO_HTTPS));
#endif
}

/// Lets a transfer end while the resolver's thread still waits for an answer, rather than wait for it on our thread.
/// libcurl before 7.87 has no such option and waits.
CCURL_CHECKED CURLcode ccurl_set_no_wait_for_resolver(CURL *easy) {
#if LIBCURL_VERSION_NUM >= 0x075700
    return curl_easy_setopt(easy, CURLOPT_QUICK_EXIT, 1L);
#else
    (void)easy;
    return CURLE_OK;
#endif
}

// MARK: What a transfer knows about itself

/// 0 when libcurl does not know.
CCURL_CHECKED long ccurl_getinfo_long(CURL *easy, CURLINFO info) {
    long value = 0;
    return curl_easy_getinfo(easy, info, &value) == CURLE_OK ? value : 0;
}

/// 0 when libcurl does not know; times are in microseconds.
CCURL_CHECKED curl_off_t ccurl_getinfo_offset(CURL *easy, CURLINFO info) {
    curl_off_t value = 0;
    return curl_easy_getinfo(easy, info, &value) == CURLE_OK ? value : 0;
}

/// The socket of a transfer that only connected; CURL_SOCKET_BAD when there is none.
CCURL_CHECKED curl_socket_t ccurl_active_socket(CURL *easy) {
    curl_socket_t value = CURL_SOCKET_BAD;
    return curl_easy_getinfo(easy, CURLINFO_ACTIVESOCKET, &value) == CURLE_OK ? value : CURL_SOCKET_BAD;
}

// MARK: What transfers share

CCURL_CHECKED CURLSHcode ccurl_share(CURLSH *share, curl_lock_data what) {
    return curl_share_setopt(share, CURLSHOPT_SHARE, what);
}

// MARK: The multi handle

CCURL_CHECKED CURLMcode ccurl_multi_setopt_long(CURLM *multi, CURLMoption option, long value) {
    return curl_multi_setopt(multi, option, value);
}

CCURL_CHECKED CURLMcode ccurl_multi_add(CURLM *multi, CURL *easy) {
    return curl_multi_add_handle(multi, easy);
}

/// For `CURLMOPT_SOCKETFUNCTION`: which sockets libcurl wants to be watched.
CCURL_CHECKED CURLMcode ccurl_multi_setopt_socket_callback(CURLM *multi, curl_socket_callback value, void *owner) {
    CURLMcode code = curl_multi_setopt(multi, CURLMOPT_SOCKETDATA, owner);
    return code == CURLM_OK ? curl_multi_setopt(multi, CURLMOPT_SOCKETFUNCTION, value) : code;
}

/// For `CURLMOPT_TIMERFUNCTION`: when libcurl wants to be called though no socket is ready.
CCURL_CHECKED CURLMcode ccurl_multi_setopt_timer_callback(CURLM *multi, curl_multi_timer_callback value, void *owner) {
    CURLMcode code = curl_multi_setopt(multi, CURLMOPT_TIMERDATA, owner);
    return code == CURLM_OK ? curl_multi_setopt(multi, CURLMOPT_TIMERFUNCTION, value) : code;
}

/// Lets the transfers of one socket go on, or with `CURL_SOCKET_TIMEOUT` those whose timer has run out.
CCURL_CHECKED CURLMcode ccurl_multi_act(CURLM *multi, curl_socket_t socket, int events) {
    int running = 0;
    return curl_multi_socket_action(multi, socket, events, &running);
}

/// A transfer that is over.
struct ccurl_done {
    void *owner;      // CURLOPT_PRIVATE
    CURLcode result;
};

/// The next transfer that is over, or `false`. `CURLMsg` holds a union that is easily read wrongly.
CCURL_CHECKED bool ccurl_next_done(CURLM *multi, struct ccurl_done *done) {
    int left = 0;
    for (CURLMsg *message; (message = curl_multi_info_read(multi, &left));) {
        if (message->msg != CURLMSG_DONE) continue;
        done->result = message->data.result;
        return curl_easy_getinfo(message->easy_handle, CURLINFO_PRIVATE, (char **)&done->owner) == CURLE_OK;
    }
    return false;
}

// MARK: The thread

/// Names the calling thread for `top` and debuggers, at most 15 bytes. `prctl` is variadic.
static inline void ccurl_name_thread(const char *name) {
    (void)prctl(PR_SET_NAME, name, 0, 0, 0);
}

#undef CCURL_CHECKED
#endif
