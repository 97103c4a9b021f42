internal import Glibc
internal import Systemd
internal import TestSupport
internal import Testing

/// libsystemd reads the environment; each test sets it in a process of its own.
@Suite(.patient) struct SocketActivationTests {
    @Test("Finds the sockets that were handed over, with their names, and tells which of them listen")
    func sockets() async {
        await #expect(processExitsWith: .success) {
            let listening = socket(AF_INET, CInt(SOCK_STREAM.rawValue), 0)
            try #require(listen(listening, 1) == 0)
            // Whatever the test process has there makes room.
            try #require(dup2(listening, 3) == 3)
            try #require(dup2(socket(AF_UNIX, CInt(SOCK_DGRAM.rawValue), 0), 4) == 4)
            unsafe setenv("LISTEN_PID", "\(getpid())", 1)
            unsafe setenv("LISTEN_FDS", "2", 1)
            unsafe setenv("LISTEN_FDNAMES", "mcp:metrics", 1)

            #expect(
                SocketActivation.sockets() == [
                    SocketActivation.Socket(descriptor: 3, name: "mcp"),
                    SocketActivation.Socket(descriptor: 4, name: "metrics", isListening: false),
                ])
        }
    }

    @Test("Sockets of another process, and nonsense, are none of ours")
    func none() async {
        await #expect(processExitsWith: .success) {
            unsafe unsetenv("LISTEN_PID")
            unsafe unsetenv("LISTEN_FDS")
            #expect(SocketActivation.sockets().isEmpty)
            unsafe setenv("LISTEN_FDS", "1", 1)
            #expect(SocketActivation.sockets().isEmpty)
            unsafe setenv("LISTEN_PID", "1", 1)
            #expect(SocketActivation.sockets().isEmpty)
            unsafe setenv("LISTEN_PID", "\(getpid())", 1)
            unsafe setenv("LISTEN_FDS", "many", 1)
            #expect(SocketActivation.sockets().isEmpty)
        }
    }
}
