internal import NIOCore

/// The body of the request that is being answered, as far as it has come, and who waits for it.
struct IncomingBody {
    /// Who waits for the end.
    struct Reader {
        let maximumBytes: Int
        let continuation: CheckedContinuation<Result<ByteBuffer, BodyFailure>, Never>
    }

    private var buffer = ByteBuffer()
    private var reader: Reader?
    private var isDiscarded = false
    private(set) var failure: BodyFailure?
    /// Whether all of it has come.
    private(set) var isComplete = false

    /// Whether more is to come.
    var isArriving: Bool { !isComplete && failure == nil }

    /// Whether nothing of it has come yet.
    var isAwaited: Bool { isArriving && buffer.readableBytes == 0 }

    /// Whether reading from the connection pauses, because enough is buffered and nobody reads the body yet.
    var isHeldBack: Bool { reader == nil && buffer.readableBytes > ConnectionLimits.readAhead }

    /// More of it has come.
    mutating func append(_ piece: ByteBuffer) {
        guard isArriving, !isDiscarded else { return }
        if buffer.readableBytes == 0 { buffer = piece } else { buffer.writeImmutableBuffer(piece) }
        if let reader, buffer.readableBytes > reader.maximumBytes { fail(.tooLarge) }
    }

    /// The last of it has come.
    mutating func end() {
        guard failure == nil else { return }
        isComplete = true
        settle()
    }

    /// There will be no more.
    mutating func fail(_ failure: BodyFailure) {
        guard isArriving else { return }
        self.failure = failure
        buffer = ByteBuffer()
        settle()
    }

    /// Hands the body to `reader` when it is there; a second reader would find nothing and is told so.
    mutating func read(_ reader: Reader) {
        guard self.reader == nil, !isDiscarded else {
            return reader.continuation.resume(returning: .failure(.broken))
        }
        self.reader = reader
        if buffer.readableBytes > reader.maximumBytes {
            isComplete = false
            fail(.tooLarge)
        }
        settle()
    }

    /// The whole body if it is there; it is gone then.
    mutating func takeWhole() -> ByteBuffer? {
        guard isComplete else { return nil }
        defer { discard() }
        return buffer
    }

    /// Nobody will ask for it.
    mutating func discard() {
        isDiscarded = true
        buffer = ByteBuffer()
    }

    private mutating func settle() {
        guard let reader, !isArriving else { return }
        self.reader = nil
        reader.continuation.resume(returning: failure.map { .failure($0) } ?? .success(buffer))
        discard()
    }
}
