internal import Glibc
internal import Systemd
internal import TestSupport
internal import Testing

@Suite(.patient) struct JournalTests {
    @Test(
        "Maps keys to names that the journal keeps",
        arguments: [
            ("correlation.id", "CORRELATION_ID"), ("mcp.tool", "MCP_TOOL"), ("http.status", "HTTP_STATUS"),
            ("jobID", "JOBID"), ("ALREADY_GOOD_2", "ALREADY_GOOD_2"), ("a-b c", "A_B_C"), ("_PID", "PID"),
            ("__cursor", "CURSOR"), ("1st", "FIELD_1ST"), ("", "FIELD_"), ("...", "FIELD_"), ("é", "FIELD_"),
            ("ünder", "NDER"), ("message", "FIELD_MESSAGE"), ("priority", "FIELD_PRIORITY"),
            ("message.id", "FIELD_MESSAGE_ID"), ("messages", "MESSAGES"),
        ])
    func names(key: String, name: String) {
        #expect(Journal.fieldName(for: key) == name)
    }

    @Test("No key gives a name that the journal would drop", arguments: 0..<128)
    func namesAreValid(byte: Int) throws {
        let character = String(decoding: [UInt8(byte)], as: UTF8.self)
        for key in [character, "\(character)a", "a\(character)", String(repeating: "a\(character)", count: 100)] {
            let name = Journal.fieldName(for: key)
            #expect(name.wholeMatch(of: /[A-Z][A-Z0-9_]{0,63}/) != nil)
        }
    }

    @Test("Knows its own stream by device and inode number")
    func stream() throws {
        var status = stat()
        try #require(unsafe fstat(STDIN_FILENO, &status) == 0)
        let (device, inode) = (status.st_dev, status.st_ino)

        #expect(Journal.isStream(STDIN_FILENO, "\(device):\(inode)"))
        for other in ["", ":", "\(device)", "\(device):", "\(device):\(inode + 1)", "\(device + 1):\(inode)", "x:y"] {
            #expect(!Journal.isStream(STDIN_FILENO, other))
        }
        #expect(!Journal.isStream(-1, "\(device):\(inode)"))
    }

    @Test("Standard error is the journal only when the variable names it")
    func standardError() async {
        await #expect(processExitsWith: .success) {
            var status = stat()
            try #require(unsafe fstat(STDERR_FILENO, &status) == 0)
            unsafe unsetenv("JOURNAL_STREAM")
            #expect(!Journal.isStandardError)
            unsafe setenv("JOURNAL_STREAM", "\(status.st_dev):\(status.st_ino)", 1)
            #expect(Journal.isStandardError)
            unsafe setenv("JOURNAL_STREAM", "1:1", 1)
            #expect(!Journal.isStandardError)
        }
    }

    @Test("An entry that is too long for a datagram goes as a file, and arrives whole (Y-05)")
    func long() async {
        await #expect(processExitsWith: .success) {
            let value = [UInt8](repeating: UInt8(ascii: "x"), count: 250_000)
            guard let journal = try PrivateJournal() else {
                Issue.record(
                    "no private mount namespace here: the journal's protocol is not checked", severity: .warning)
                #expect(Journal.send([("MESSAGE", value)]) == 0)
                return
            }

            #expect(Journal.send([("MESSAGE", value), ("CORRELATION_ID", Array("id".utf8))]) == 0)

            let entry = try journal.receive()
            #expect(entry.starts(with: "MESSAGE=".utf8) && entry.count > value.count)
            let rest = String(decoding: entry.dropFirst("MESSAGE=".utf8.count + value.count), as: UTF8.self)
            #expect(rest.hasPrefix("\nCORRELATION_ID=id\n"))
        }
    }

    @Test("Sends fields in the journal's own protocol, line breaks and bytes included (Y-05)")
    func sends() async {
        await #expect(processExitsWith: .success) {
            let entries: [[Journal.Field]] = [
                [("MESSAGE", Array("hello".utf8)), ("PRIORITY", Array("6".utf8)), ("CORRELATION_ID", Array("é".utf8))],
                [("MESSAGE", Array("one\ntwo=2\n".utf8)), ("EMPTY", []), ("BYTES", [0, 0x0A, 0xFF])],
            ]
            guard let journal = try PrivateJournal() else {
                // Neither root nor a test's business: what can be shown everywhere is that sending does no harm.
                Issue.record(
                    "no private mount namespace here: the journal's protocol is not checked", severity: .warning)
                for entry in entries { #expect(Journal.send(entry) == 0) }
                return
            }

            for entry in entries { #expect(Journal.send(entry) == 0) }

            let first = try journal.receive()
            #expect(first.starts(with: "MESSAGE=hello\nPRIORITY=6\nCORRELATION_ID=é\n".utf8))
            // Values with line breaks: name, line break, length in 64 bits little-endian, value, line break.
            let second = try journal.receive()
            let message = Array("MESSAGE\n".utf8) + [10, 0, 0, 0, 0, 0, 0, 0] + Array("one\ntwo=2\n\n".utf8)
            let bytes = Array("BYTES\n".utf8) + [3, 0, 0, 0, 0, 0, 0, 0] + [0, 0x0A, 0xFF, 0x0A]
            #expect(second.starts(with: message + Array("EMPTY=\n".utf8) + bytes))
        }
    }
}
