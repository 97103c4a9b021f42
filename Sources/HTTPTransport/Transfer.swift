internal import CCurl

/// One request on its way through libcurl, and later the next: it is used again as long as it lives.
///
/// It lives on a worker's thread. libcurl's callbacks get it unretained: ``TransferSet`` keeps it in a dictionary from
/// before `curl_multi_add_handle` until after `curl_multi_remove_handle`. They run outside every task, so they log
/// nothing and read no task-local.
@safe
final class Transfer {
    typealias Outcome = Result<HTTPResponse, TransportError>
    typealias Completion = CheckedContinuation<Outcome, Never>

    /// All header fields of a response together; libcurl itself bounds a single one at 100 KB.
    private static let maximumHeaderBytes = 64 * 1024

    let easy: EasyHandle
    private(set) var id = 0
    private(set) var deadline = ContinuousClock.now

    private var job: (request: HTTPRequest, completion: Completion)?
    private var fields: UnsafeMutablePointer<curl_slist>?
    private var bypassesProxy = false
    private var unixSocketPath: String?
    private var headers = HeaderList()
    private var body: [UInt8] = []
    private var maximumBytes = 0
    private var isHeaderComplete = false
    private var refusal: String?  // why a callback stopped the transfer

    init(_ configuration: TransportConfiguration, _ sessions: TLSSessions) throws(EasyHandle.OptionError) {
        easy = try EasyHandle(configuration, sessions)
        let owner = unsafe Unmanaged.passUnretained(self).toOpaque()
        try unsafe easy.set(CURLOPT_PRIVATE, pointer: owner)
        try unsafe easy.set(CURLOPT_WRITEDATA, pointer: owner)
        try unsafe easy.set(CURLOPT_HEADERDATA, pointer: owner)
        try unsafe easy.set(CURLOPT_WRITEFUNCTION, callback: receiveBody)
        try unsafe easy.set(CURLOPT_HEADERFUNCTION, callback: receiveHeader)
    }

    deinit { unsafe curl_slist_free_all(fields) }

    /// Takes on `request`; exactly one of ``finish(_:)`` and ``fail(_:_:)`` must follow.
    ///
    /// - Throws: ``TransportError`` when libcurl does not accept it; nothing must follow then.
    func begin(
        _ request: HTTPRequest, id: Int, deadline: ContinuousClock.Instant, completion: Completion
    ) throws(TransportError) {
        do throws(EasyHandle.OptionError) {
            try apply(request)
        } catch {
            defer { reset() }
            throw TransportError(error.code, request: request, easy: easy)
        }
        self.id = id
        self.deadline = deadline
        job = (request, completion)
    }

    /// Hands out what libcurl brought, once the transfer has left the multi handle.
    func finish(_ code: CURLcode) {
        guard let (request, completion) = job else { return }
        let outcome = outcome(of: request, code)
        reset()
        completion.resume(returning: outcome)
    }

    private func outcome(of request: HTTPRequest, _ code: CURLcode) -> Outcome {
        if let refusal {
            return .failure(TransportError(.responseTooLarge, request: request, easy: easy, text: refusal))
        }
        guard code == CURLE_OK else { return .failure(TransportError(code, request: request, easy: easy)) }
        guard isHeaderComplete else {
            // libcurl takes the end of the connection for the end of the header.
            return .failure(TransportError(.cutOff, request: request, easy: easy, text: "the header has no end"))
        }
        return .success(HTTPResponse(status: easy.status, headers: headers, body: body, timings: easy.timings))
    }

    /// Gives up, once the transfer has left the multi handle.
    func fail(_ kind: TransportError.Kind, _ text: String) {
        guard let (request, completion) = job else { return }
        let error = TransportError(kind, request: request, easy: easy, text: text)
        reset()
        completion.resume(returning: .failure(error))
    }

    /// Lets go of all that belongs to the request: an idle transfer holds no memory of it and no secret.
    private func reset() {
        job = nil
        headers = HeaderList()
        body = []
        isHeaderComplete = false
        refusal = nil
        do throws(EasyHandle.OptionError) {
            try easy.setGet()
            try unsafe easy.set(CURLOPT_HTTPHEADER, list: nil)
        } catch {
            // Taking values back needs no memory and cannot fail; the next `begin` sets them all anyway.
        }
        unsafe curl_slist_free_all(fields)
        unsafe fields = nil
    }
}

// MARK: What differs between requests

extension Transfer {
    private func apply(_ request: HTTPRequest) throws(EasyHandle.OptionError) {
        easy.clearErrorText()
        maximumBytes = request.maximumResponseBytes
        try easy.set(CURLOPT_URL, request.url)
        if request.method == .post { try easy.setPost(request.body ?? []) }
        try setFields(of: request)
        // To libcurl, 0 is no limit.
        try easy.set(CURLOPT_CONNECTTIMEOUT_MS, max(1, Int(request.connectTimeout.wholeMilliseconds)))
        try easy.set(CURLOPT_MAXFILESIZE_LARGE, offset: maximumBytes)
        // With TLS, wait to learn whether the host speaks HTTP/2 rather than open a connection per request; without,
        // it cannot be known before the first answer, which may be slow.
        try easy.set(CURLOPT_PIPEWAIT, request.usesTLS ? 1 : 0)
        if unixSocketPath != request.unixSocketPath {
            unixSocketPath = request.unixSocketPath
            try easy.set(CURLOPT_UNIX_SOCKET_PATH, unixSocketPath)
        }
        if bypassesProxy == request.usesProxy {
            bypassesProxy.toggle()
            try easy.set(CURLOPT_NOPROXY, bypassesProxy ? "*" : nil)
        }
    }

    private func setFields(of request: HTTPRequest) throws(EasyHandle.OptionError) {
        var isComplete = true
        unsafe request.headers.forEachCString { line in
            guard let list = unsafe ccurl_append_field(fields, line) else { return isComplete = false }
            unsafe fields = list
        }
        // libcurl would call every body a form.
        if request.method == .post, request.headers["content-type"] == nil {
            guard let list = unsafe curl_slist_append(fields, "Content-Type:") else {
                throw EasyHandle.OptionError(code: CURLE_OUT_OF_MEMORY)
            }
            unsafe fields = list
        }
        if !isComplete { throw EasyHandle.OptionError(code: CURLE_OUT_OF_MEMORY) }
        try unsafe easy.set(CURLOPT_HTTPHEADER, list: fields)
    }
}

// MARK: What arrives

extension Transfer {
    /// Returns whether the transfer may go on.
    fileprivate func receive(body bytes: UnsafeRawBufferPointer) -> Bool {
        if body.isEmpty { body.reserveCapacity(min(max(easy.contentLength, bytes.count), maximumBytes)) }
        guard bytes.count <= maximumBytes - body.count else {
            refusal = "the body is longer than \(maximumBytes) bytes"
            return false
        }
        unsafe body.append(contentsOf: bytes)
        return true
    }

    /// Returns whether the transfer may go on.
    fileprivate func receive(headerLine line: UnsafeRawBufferPointer) -> Bool {
        if unsafe line.starts(with: "HTTP/".utf8) {
            headers.removeAll()  // the fields of a 100 Continue do not belong to the answer
            isHeaderComplete = false
            return true
        }
        guard headers.byteCount + line.count <= Transfer.maximumHeaderBytes else {
            refusal = "the header is longer than \(Transfer.maximumHeaderBytes) bytes"
            return false
        }
        if line.count <= 2 {
            isHeaderComplete = true  // the empty line
        } else {
            unsafe headers.append(line: line)
        }
        return true
    }
}

/// `CURLOPT_WRITEFUNCTION`: any other answer than the number of bytes ends the transfer.
private let receiveBody: ccurl_write_callback = { bytes, size, count, owner in
    guard let owner = unsafe owner else { return 0 }
    let transfer = unsafe Unmanaged<Transfer>.fromOpaque(owner).takeUnretainedValue()
    return unsafe transfer.receive(body: UnsafeRawBufferPointer(start: bytes, count: size * count)) ? size * count : 0
}

/// `CURLOPT_HEADERFUNCTION`: called once per complete line, the status line and the empty last one included.
private let receiveHeader: ccurl_write_callback = { bytes, size, count, owner in
    guard let owner = unsafe owner else { return 0 }
    let transfer = unsafe Unmanaged<Transfer>.fromOpaque(owner).takeUnretainedValue()
    return unsafe transfer.receive(headerLine: UnsafeRawBufferPointer(start: bytes, count: size * count))
        ? size * count : 0
}
