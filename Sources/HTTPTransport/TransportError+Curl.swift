internal import CCurl

extension TransportError {
    /// What a finished transfer's code means.
    init(_ code: CURLcode, request: HTTPRequest, easy: EasyHandle) {
        let (kind, text) = TransportError.reason(of: code, easy)
        self.init(kind, request: request, easy: easy, text: text)
    }

    /// What a finished transfer's code means, without what it says about the request.
    static func reason(of code: CURLcode, _ easy: EasyHandle) -> (kind: Kind, text: String) {
        let own = EasyHandle.OptionError(code: code).text
        let text = easy.lastErrorText
        // libcurl quotes a proxy's URL, password included, when it does not like it.
        let isQuotable = !text.isEmpty && !text.contains("@") && !text.contains("://")
        return (Kind(code, easy: easy), operatorText(isQuotable ? text : own))
    }

    /// A failure of a transfer, with what it tells about itself.
    init(_ kind: Kind, request: HTTPRequest, easy: EasyHandle, text: String) {
        self.init(kind, requestWasSent: easy.sentBytes > 0, detail: "\(request.location): \(text)")
    }
}

extension TransportError.Kind {
    fileprivate init(_ code: CURLcode, easy: EasyHandle) {
        self =
            switch code {
            case CURLE_URL_MALFORMAT, CURLE_LOGIN_DENIED: .invalidRequest
            case CURLE_COULDNT_RESOLVE_HOST, CURLE_COULDNT_RESOLVE_PROXY: .dns
            case CURLE_COULDNT_CONNECT, CURLE_PROXY, CURLE_INTERFACE_FAILED: .connect
            case CURLE_SSL_CONNECT_ERROR, CURLE_PEER_FAILED_VERIFICATION, CURLE_SSL_CERTPROBLEM, CURLE_SSL_CIPHER,
                CURLE_SSL_CACERT_BADFILE, CURLE_SSL_ISSUER_ERROR, CURLE_SSL_INVALIDCERTSTATUS, CURLE_SSL_CLIENTCERT,
                CURLE_SSL_CRL_BADFILE, CURLE_SSL_ENGINE_INITFAILED, CURLE_USE_SSL_FAILED:
                .tls
            // The transport watches over the whole time itself, so libcurl's own limit is the one on connecting.
            case CURLE_OPERATION_TIMEDOUT: .connectTimeout
            case CURLE_FILESIZE_EXCEEDED: .responseTooLarge
            // A proxy that refuses CONNECT is reported as a failure to receive.
            case CURLE_RECV_ERROR where easy.proxyStatus >= 300: .connect
            case CURLE_RECV_ERROR where easy.lastErrorText.contains("chunked-encoding"): .protocolViolation
            case CURLE_PARTIAL_FILE, CURLE_GOT_NOTHING, CURLE_SEND_ERROR, CURLE_RECV_ERROR: .cutOff
            // What looks like HTTP/0.9 is an unsupported protocol, and so is the scheme that we refused to send.
            case CURLE_UNSUPPORTED_PROTOCOL: easy.sentBytes > 0 ? .protocolViolation : .invalidRequest
            case CURLE_WEIRD_SERVER_REPLY, CURLE_HTTP2, CURLE_HTTP2_STREAM, CURLE_BAD_CONTENT_ENCODING:
                .protocolViolation
            default: .internalFailure
            }
    }
}
