internal import Testing

@testable import App

@Suite struct DescriptorLimitTests {
    @Test(
        "The limit is raised as far as connections need, and connections stay below it less a reserve",
        arguments: [
            // soft, hard, wanted, raised, room
            (1_024, 1_048_576, 4_096, 4_480, 4_096), (16_384, 16_384, 4_096, 16_384, 4_096),
            (1_024, 4_096, 4_096, 4_096, 3_712),
            (1_024, 1_024, 4_096, 1_024, 640), (256, 256, 4_096, 256, 128), (64, 64, 4_096, 64, 32),
            (64, 64, 10, 64, 10),
            (1_048_576, 1_048_576, 4_096, 1_048_576, 4_096),
        ])
    func table(soft: Int, hard: Int, wanted: Int, raised: Int, room: Int) {
        let limit = DescriptorLimit(soft: soft, hard: hard)
        #expect(limit.raised(for: wanted) == raised)
        #expect(DescriptorLimit(soft: raised, hard: hard).room(for: wanted) == room)
    }
}
