internal import CCurl

/// libcurl's handle for one transfer at a time: the one owner of a `CURL`.
///
/// It is used again for transfer after transfer, which spares libcurl the building of some kilobytes of state. What
/// differs between requests is set for each of them; everything else here, once.
@safe
final class EasyHandle {
    /// libcurl refused an option.
    struct OptionError: Error {
        let code: CURLcode
        var text: String { unsafe String(cString: curl_easy_strerror(code)) }
    }

    let raw: UnsafeMutableRawPointer  // CURL *
    private let errorText: UnsafeMutablePointer<CChar>
    private let sessions: TLSSessions  // outlives `raw`, which refers to it

    /// - Throws: ``OptionError`` when libcurl is out of memory or lacks TLS or HTTP/2.
    init(_ configuration: TransportConfiguration, _ sessions: TLSSessions) throws(OptionError) {
        guard let raw = unsafe curl_easy_init() else { throw OptionError(code: CURLE_OUT_OF_MEMORY) }
        unsafe self.raw = raw
        self.sessions = sessions
        unsafe errorText = .allocate(capacity: Int(CURL_ERROR_SIZE))
        unsafe errorText.initialize(repeating: 0, count: Int(CURL_ERROR_SIZE))
        try unsafe set(CURLOPT_ERRORBUFFER, pointer: errorText)
        try unsafe set(CURLOPT_SHARE, pointer: sessions.raw)
        try set(CURLOPT_NOSIGNAL, 1)
        try check(unsafe ccurl_set_http_only(raw))
        try check(unsafe ccurl_set_no_wait_for_resolver(raw))
        try set(CURLOPT_FOLLOWLOCATION, 0)  // D-109
        try set(CURLOPT_NETRC, Int(CURL_NETRC_IGNORED.rawValue))
        try set(CURLOPT_DISALLOW_USERNAME_IN_URL, 1)
        try set(CURLOPT_SUPPRESS_CONNECT_HEADERS, 1)
        try set(CURLOPT_HTTP_VERSION, CURL_HTTP_VERSION_2TLS)
        try set(CURLOPT_SSLVERSION, CURL_SSLVERSION_TLSv1_2)  // or later
        try set(CURLOPT_SSL_VERIFYPEER, 1)
        try set(CURLOPT_SSL_VERIFYHOST, 2)
        if let file = configuration.caFile {
            try set(CURLOPT_CAINFO, file)
            try set(CURLOPT_CAPATH, nil)  // Debian's libcurl would trust the system's directory beside the file
        }
        if let userAgent = configuration.userAgent { try set(CURLOPT_USERAGENT, userAgent) }
        try set(CURLOPT_MAXAGE_CONN, Int(configuration.idleConnectionLifetime.components.seconds))
    }

    deinit {
        unsafe curl_easy_cleanup(raw)
        unsafe errorText.deallocate()
    }

    /// libcurl's own words for the last failure; empty when there are none.
    var lastErrorText: String { unsafe String(cString: errorText) }

    /// Forgets the last failure's words.
    func clearErrorText() { unsafe errorText.pointee = 0 }
}

// MARK: Options

extension EasyHandle {
    func set(_ option: CURLoption, _ value: Int) throws(OptionError) {
        try check(unsafe ccurl_setopt_long(raw, option, value))
    }

    func set(_ option: CURLoption, offset value: Int) throws(OptionError) {
        try check(unsafe ccurl_setopt_offset(raw, option, curl_off_t(value)))
    }

    /// libcurl copies the string; `nil` takes back an earlier one.
    func set(_ option: CURLoption, _ value: String?) throws(OptionError) {
        guard let value else { return try check(unsafe ccurl_setopt_string(raw, option, nil)) }
        try check(unsafe value.withCString { unsafe ccurl_setopt_string(raw, option, $0) })
    }

    func set(_ option: CURLoption, pointer: UnsafeMutableRawPointer?) throws(OptionError) {
        try check(unsafe ccurl_setopt_pointer(raw, option, pointer))
    }

    /// The list stays the caller's and must outlive the transfer.
    func set(_ option: CURLoption, list: UnsafeMutablePointer<curl_slist>?) throws(OptionError) {
        try check(unsafe ccurl_setopt_list(raw, option, list))
    }

    /// Makes the next transfer a POST of these bytes, which libcurl copies.
    func setPost(_ body: [UInt8]) throws(OptionError) {
        try check(unsafe ccurl_set_post_body(raw, body, body.count))
    }

    /// Makes the next transfer a GET and lets go of an earlier body.
    func setGet() throws(OptionError) {
        try unsafe set(CURLOPT_COPYPOSTFIELDS, pointer: nil)
        try set(CURLOPT_HTTPGET, 1)
    }

    func set(_ option: CURLoption, callback: @escaping ccurl_write_callback) throws(OptionError) {
        try check(unsafe ccurl_setopt_write_callback(raw, option, callback))
    }

    // MARK: Bytes, once `CURLOPT_CONNECT_ONLY` has connected

    /// Sends the bytes from `start` on, or some of them.
    func send(_ bytes: [UInt8], from start: Int) -> (code: CURLcode, count: Int) {
        var count = 0
        let code = unsafe bytes.withUnsafeBytes { bytes in
            let rest = unsafe UnsafeRawBufferPointer(rebasing: bytes[start...])
            return unsafe curl_easy_send(raw, rest.baseAddress, rest.count, &count)
        }
        return (code, count)
    }

    /// Receives some bytes; none when the connection has ended.
    func receive(into buffer: UnsafeMutableBufferPointer<UInt8>) -> (code: CURLcode, count: Int) {
        var count = 0
        let code = unsafe curl_easy_recv(raw, buffer.baseAddress, buffer.count, &count)
        return (code, count)
    }

    private func check(_ code: CURLcode) throws(OptionError) {
        if code != CURLE_OK { throw OptionError(code: code) }
    }
}

// MARK: What a transfer knows about itself

extension EasyHandle {
    var status: Int { unsafe ccurl_getinfo_long(raw, CURLINFO_RESPONSE_CODE) }

    /// What a proxy answered to CONNECT; 0 when none was asked.
    var proxyStatus: Int { unsafe ccurl_getinfo_long(raw, CURLINFO_HTTP_CONNECTCODE) }

    /// How many bytes of the request the kernel or the TLS layer has taken, a CONNECT to a proxy included.
    var sentBytes: Int { unsafe ccurl_getinfo_long(raw, CURLINFO_REQUEST_SIZE) }

    /// The announced length of the body; below zero when there is none.
    var contentLength: Int { unsafe Int(ccurl_getinfo_offset(raw, CURLINFO_CONTENT_LENGTH_DOWNLOAD_T)) }

    /// The socket that `CURLOPT_CONNECT_ONLY` has connected; below zero when there is none.
    var activeSocket: CInt { unsafe ccurl_active_socket(raw) }

    var timings: HTTPResponse.Timings {
        var timings = HTTPResponse.Timings()
        timings.nameLookupMicroseconds = microseconds(CURLINFO_NAMELOOKUP_TIME_T)
        timings.connectMicroseconds = microseconds(CURLINFO_CONNECT_TIME_T)
        timings.tlsMicroseconds = microseconds(CURLINFO_APPCONNECT_TIME_T)
        timings.firstByteMicroseconds = microseconds(CURLINFO_STARTTRANSFER_TIME_T)
        timings.totalMicroseconds = microseconds(CURLINFO_TOTAL_TIME_T)
        timings.openedConnection = unsafe ccurl_getinfo_long(raw, CURLINFO_NUM_CONNECTS) > 0
        return timings
    }

    private func microseconds(_ info: CURLINFO) -> Int64 { unsafe Int64(ccurl_getinfo_offset(raw, info)) }
}
