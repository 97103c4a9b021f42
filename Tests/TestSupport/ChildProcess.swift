internal import Foundation
internal import NIOConcurrencyHelpers
internal import Subprocess
internal import SystemPackage

/// A program that runs beside a test, with its output as it comes.
///
/// Nothing of it outlives ``with(_:_:)``, and no thread waits for it.
package final class ChildProcess: Sendable {
    /// What is started, and how.
    package struct Launch: Sendable {
        /// What of the output is kept.
        package enum Kept: Sendable {
            /// Standard output and standard error, as they come.
            case both
            /// Standard error; standard output is thrown away.
            case errors
        }

        /// A path, or the name of a product of this package.
        package var program: String
        /// Its arguments.
        package var arguments: [String]
        /// All of its environment.
        package var environment = ["PATH": "/usr/sbin:/usr/bin:/sbin:/bin"]
        /// The descriptor that becomes its standard input; it stays open here.
        package var input: CInt?
        /// What is kept of its output.
        package var kept = Kept.both

        /// A program with its arguments.
        package init(_ program: String, _ arguments: [String] = []) {
            self.program = program
            self.arguments = arguments
        }
    }

    private struct State {
        var id: CInt?
        var status: CInt?
    }

    /// What the program wrote; it ends with the process, even if somebody else still holds the other end of the pipe.
    package let output = LogCapture()
    private let state = NIOLockedValueBox(State())

    private init() {}

    /// Runs `body` beside a program, and ends that with SIGTERM.
    ///
    /// - Parameters:
    ///   - launch: The program.
    ///   - body: What to do meanwhile.
    /// - Returns: What `body` returns, after the program has ended.
    /// - Throws: What `body` throws, or what keeps the program from starting.
    package static func with<Value>(
        _ launch: Launch, _ body: (ChildProcess) async throws -> Value
    ) async throws -> Value {
        let child = ChildProcess()
        return try await withThrowingTaskGroup(of: Void.self) { group in
            let (starts, announce) = AsyncStream.makeStream(of: Void.self)
            group.addTask {
                defer { announce.finish() }
                try await child.run(launch, onStart: { announce.yield() })
            }
            // Comes to an end without a start when there was none, and then the group has the reason.
            guard await starts.first(where: { _ in true }) != nil else {
                try await group.waitForAll()
                throw LogCapture.Missing(description: "\(launch.program) was not started")
            }
            do {
                let value = try await body(child)
                child.terminate()
                try await group.waitForAll()
                return value
            } catch {
                child.terminate()
                try? await group.waitForAll()
                throw error
            }
        }
    }

    /// The path of a product of this package, which lies beside the tests.
    package static func path(ofProduct name: String) -> String {
        Bundle.main.bundleURL.appendingPathComponent(name).path()
    }

    /// Its process id, while it runs.
    package var id: CInt? { state.withLockedValue { $0.id } }

    /// Whether it has not ended yet.
    package var isRunning: Bool { id != nil }

    /// Sends SIGTERM; does not wait.
    package func terminate() { signal(SIGTERM) }

    /// Sends a signal, such as SIGHUP; does not wait.
    package func signal(_ number: CInt) {
        state.withLockedValue { state in
            guard let id = state.id else { return }
            kill(id, number)
        }
    }

    /// Waits for its end.
    ///
    /// - Returns: The exit status; that of a program that was killed is the signal's number, negative.
    package func exitStatus() async -> CInt {
        _ = await output.untilEnd()
        return state.withLockedValue { $0.status ?? -1 }
    }

    private func run(_ launch: Launch, onStart: @Sendable () -> Void) async throws {
        let program = launch.program.hasPrefix("/") ? launch.program : Self.path(ofProduct: launch.program)
        let configuration = Configuration(
            executable: .path(FilePath(program)), arguments: Arguments(launch.arguments),
            environment: .custom(launch.environment.reduce(into: [:]) { $0[.init(stringLiteral: $1.key)] = $1.value }),
            // No stray .env of the repository may reach the process.
            workingDirectory: FilePath(FileManager.default.temporaryDirectory.path()))
        let input =
            try launch.input.map { FileDescriptor(rawValue: $0) }
            ?? FileDescriptor.open(FilePath("/dev/null"), .readOnly, options: .closeOnExec)
        defer { if launch.input == nil { try? input.close() } }
        let source = FileDescriptorInput.fileDescriptor(input, closeAfterSpawningProcess: false)
        defer { output.end() }
        let status =
            switch launch.kept {
            case .both:
                try await Subprocess.run(configuration, input: source, output: .sequence, error: .combinedWithOutput) {
                    try await keep($0.standardOutput, of: $0.processIdentifier, onStart)
                }.terminationStatus
            case .errors:
                try await Subprocess.run(configuration, input: source, output: .discarded, error: .sequence) {
                    try await keep($0.standardError, of: $0.processIdentifier, onStart)
                }.terminationStatus
            }
        // Its id can be another's only after it has gone round once, which takes longer than from there to here.
        state.withLockedValue { $0 = State(id: nil, status: status.number) }
    }

    private func keep(
        _ pieces: SubprocessOutputSequence, of process: ProcessIdentifier, _ onStart: () -> Void
    ) async throws {
        state.withLockedValue { $0.id = process.value }
        onStart()
        for try await piece in pieces { unsafe piece.withUnsafeBytes { unsafe output.append(Data($0)) } }
    }
}

/// A program that a test runs from start to end.
package struct Command: Sendable {
    /// Bytes of output of each kind that are kept.
    private static let limit = 8 << 20

    /// The exit status; that of a program that was killed is the signal's number, negative.
    package let status: CInt
    /// What it wrote to standard output.
    package let output: String
    /// What it wrote to standard error.
    package let errors: String

    /// Runs `program`.
    ///
    /// - Parameters:
    ///   - program: A path, or a name to be looked for in `PATH`.
    ///   - arguments: Its arguments.
    ///   - environment: All of its environment; that of the tests unless said otherwise.
    ///   - folder: Where it runs.
    ///   - input: What it reads from standard input.
    /// - Throws: When it cannot be started, or writes more than 8 MiB.
    package init(
        _ program: String, _ arguments: [String], environment: [String: String]? = nil, in folder: String,
        input: String = ""
    ) async throws {
        // A file, because a program that ends without having read everything must not be an error of the tests'.
        let file = FileManager.default.temporaryDirectory.appending(path: "input-\(UUID().uuidString)")
        try Data(input.utf8).write(to: file)
        let source = try FileDescriptor.open(FilePath(file.path()), .readOnly, options: .closeOnExec)
        try FileManager.default.removeItem(at: file)
        defer { try? source.close() }
        let result = try await Subprocess.run(
            program.hasPrefix("/") ? .path(FilePath(program)) : .name(program), arguments: Arguments(arguments),
            environment: environment.map {
                .custom($0.reduce(into: [:]) { $0[.init(stringLiteral: $1.key)] = $1.value })
            }
                ?? .inherit,
            workingDirectory: FilePath(folder),
            input: .fileDescriptor(source, closeAfterSpawningProcess: false), output: .string(limit: Self.limit),
            error: .string(limit: Self.limit))
        status = result.terminationStatus.number
        output = result.standardOutput
        errors = result.standardError
    }
}

extension TerminationStatus {
    /// The exit status, or the negative number of the signal that ended the process.
    fileprivate var number: CInt {
        switch self {
        case .exited(let code): code
        case .signaled(let signal): -signal
        }
    }
}
