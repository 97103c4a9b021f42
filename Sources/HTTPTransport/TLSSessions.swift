internal import CCurl

/// The TLS sessions of one worker's connections, so that a new connection need not prove everything again: the owner of
/// a `CURLSH`.
///
/// libcurl would keep them for each easy handle. All handles that refer to it are used on the worker's thread, so it
/// needs no locks (libcurl-share(3)).
@safe
final class TLSSessions {
    let raw: UnsafeMutableRawPointer  // CURLSH *

    init() {
        guard let raw = unsafe curl_share_init() else { preconditionFailure("libcurl is out of memory") }
        unsafe self.raw = raw
        let code = unsafe ccurl_share(raw, CURL_LOCK_DATA_SSL_SESSION)
        // Fails only for a kind of data that libcurl does not know.
        precondition(code == CURLSHE_OK, "libcurl is too old")
    }

    // Each handle that refers to it also keeps this object, so nobody uses it any more.
    deinit { unsafe curl_share_cleanup(raw) }
}
