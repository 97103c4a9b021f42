internal import Observability
internal import TestSupport
internal import Testing

@Suite(.patient) struct SecretTests {
    @Test(
        "Shows nothing in any form of printing (E-155)",
        arguments: ["p+q&r~s", "höher", String(repeating: "x", count: 5_000)])
    func redacted(text: String) {
        let secret = Secret(text)
        var dumped = ""
        dump(secret, to: &dumped)
        dump(["holder": secret], to: &dumped)

        for printed in ["\(secret)", String(describing: secret), String(reflecting: [secret]), dumped] {
            #expect(!printed.contains(text))
        }
        #expect(secret.revealed == text)
        #expect(secret.count == text.utf8.count)
        #expect(Secret("").revealed.isEmpty)
    }

    @Test("Is equal by content, and hashes so")
    func equality() {
        #expect(Secret("one") == Secret("one"))
        #expect(Secret("one") != Secret("two"))
        #expect(Secret("one") != Secret("one more"))
        #expect(Set([Secret("one"), Secret("one"), Secret("two")]).count == 2)
    }

    @Test("Overwrites its bytes when the last copy is let go (E-65, E-155)")
    func overwriting() async {
        // In a process of its own, where nobody else uses the memory at once.
        await #expect(processExitsWith: .success) {
            let marker = (0..<64).map { "part \($0) " }.joined()
            var secret: Secret? = Secret(marker)
            let copy = secret
            let address = try #require(secret?.address)
            secret = nil
            #expect(ProcessMemory.bytes(at: address, count: marker.utf8.count) == Array(marker.utf8))
            withExtendedLifetime(copy) {}
            _ = consume copy
            // What is left of the text besides the allocator's own words at its beginning.
            let rest = ProcessMemory.bytes(at: address, count: marker.utf8.count).dropFirst(64)
            #expect(rest.count == marker.utf8.count - 64)
            #expect(rest.allSatisfy { $0 == 0 })
        }
    }
}
