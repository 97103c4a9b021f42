internal import HTTPTypes
package import Hummingbird
internal import NIOCore

/// Why a body could not be read.
package enum BodyFailure: Error {
    /// More bytes than the limit allows (T-04).
    case tooLarge
    /// It did not arrive in time.
    case late
    /// The client went away, or sent what is no HTTP.
    case broken

    /// The answer; the connection is closed after it, because the rest of the body is not worth reading.
    package var response: Response {
        let (status, body): (HTTPResponse.Status, String) =
            switch self {
            case .tooLarge: (.contentTooLarge, #"{"error":"request_too_large"}"#)
            case .late: (.requestTimeout, #"{"error":"request_timeout"}"#)
            case .broken: (.badRequest, #"{"error":"request_incomplete"}"#)
            }
        return Response(
            status: status,
            headers: [
                .contentType: "application/json", .cacheControl: "no-store", .xContentTypeOptions: "nosniff",
                .connection: "close",
            ],
            body: ResponseBody(byteBuffer: ByteBuffer(string: body)))
    }
}

extension Request {
    /// Reads the body of a POST; that of any other request is not worth reading (step 7 follows step 6).
    ///
    /// - Parameter maximumBytes: The limit, compared with `Content-Length` before anything is read.
    /// - Returns: The bytes.
    /// - Throws: ``BodyFailure``.
    package func bodyBytes(upTo maximumBytes: Int) async throws(BodyFailure) -> [UInt8] {
        guard method == .post else { return [] }
        if let length = headers[.contentLength].flatMap(Int.init), length > maximumBytes { throw .tooLarge }
        var bytes: [UInt8] = []
        do {
            for try await buffer in body {
                guard bytes.count + buffer.readableBytes <= maximumBytes else { throw BodyFailure.tooLarge }
                bytes.append(contentsOf: buffer.readableBytesView)
            }
        } catch let failure as BodyFailure {
            throw failure
        } catch is RequestTimeout {
            throw .late
        } catch {
            throw .broken
        }
        return bytes
    }
}
