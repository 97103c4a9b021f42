package import JSON

/// What one request may cost (H-01).
package struct MCPLimits: Sendable {
    /// Bytes of a request body (T-04).
    package var maximumBodyBytes: Int
    /// Depth, number of values and duplicate names of a request body (J-08).
    package var json: JSONLimits
    /// Elements of a batch (B-02).
    package var maximumBatch: Int
    /// Bytes of one JSON-RPC response to a call (TC-04).
    package var maximumResponseBytes: Int
    /// How often a call that streams may speak, and must.
    package var streams: StreamIntervals

    /// Creates limits; the defaults are those of H-01 and TC-04.
    package init(
        maximumBodyBytes: Int = 4 << 20, json: JSONLimits = .request, maximumBatch: Int = 20,
        maximumResponseBytes: Int = 900 << 10, streams: StreamIntervals = StreamIntervals()
    ) {
        self.maximumBodyBytes = maximumBodyBytes
        self.json = json
        self.maximumBatch = maximumBatch
        self.maximumResponseBytes = maximumResponseBytes
        self.streams = streams
    }
}
