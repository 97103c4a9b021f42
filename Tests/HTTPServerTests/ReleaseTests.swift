internal import Dispatch
internal import HTTPServer
internal import HTTPTypes
internal import TestSupport
internal import Testing

/// Runs jobs on other threads, and tells when nobody refers to it any more.
private final class WatchedExecutor: TaskExecutor {
    private let onRelease: @Sendable () -> Void

    init(onRelease: @escaping @Sendable () -> Void) { self.onRelease = onRelease }

    deinit { onRelease() }

    func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        DispatchQueue.global().async { unsafe job.runSynchronously(on: self.asUnownedTaskExecutor()) }
    }
}

/// What a connection leaves behind.
@Suite(.patient) struct ReleaseTests {
    @Test(
        "Nothing of a connection is kept once it is closed, however it ended",
        arguments: [
            get("/"), get("/", "Connection: close"), get("/", version: "1.0"), get("/stream", "Connection: close"),
            get("/none"), "nonsense\r\n\r\n", "GET / HTTP/1.1\r\nHost: a", "",
            "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\nhalf",
        ])
    func released(text: String) async throws {
        let isReleased = Signal()
        let responder: HTTPListener.Responder = { request in
            switch request.path {
            case "/none": return nil
            case "/stream":
                return OutboundResponse(status: .ok, headers: [:], body: .stream(Pieces(count: 2, bytes: 3)))
            default:
                guard let body = try? await request.body(upTo: 100) else { return nil }
                return .text("\(body.count)")
            }
        }
        let watch: (inout HTTPListener.Configuration) -> Void = {
            $0.executor = { WatchedExecutor { isReleased.fire() } }
        }
        try await withListener(ConnectionLimits(), watch, responder: responder) { rig in
            try await withRawConnection(to: rig.url) { connection in
                try await connection.send(text)
                if text.hasSuffix("\r\n\r\n") { _ = try? await connection.read(through: "\r\n") }
            }
            await isReleased.wait()
        }
    }
}
