internal import HTTPTransport

/// A service that gives every request the same answer: a line with the status, and the body behind it.
struct FuzzService: HTTPSending {
    let status: Int
    let body: [UInt8]

    /// Without a status that is one, the whole input is the body of a success.
    init(_ input: [UInt8]) {
        let line = input.prefix { $0 != 0x0A }
        guard line.count == 3, let number = Int(String(decoding: line, as: UTF8.self)), 200...599 ~= number else {
            status = 200
            body = input
            return
        }
        status = number
        body = Array(input.dropFirst(4))
    }

    func send(_ request: HTTPRequest) async throws(TransportError) -> HTTPResponse {
        guard body.count <= request.maximumResponseBytes else {
            throw TransportError(.responseTooLarge, requestWasSent: true, detail: "too large")
        }
        return HTTPResponse(status: status, body: body)
    }
}
