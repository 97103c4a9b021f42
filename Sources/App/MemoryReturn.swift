internal import Observability
internal import Systemd

/// Gives memory back to the system once much of what is resident is used by nobody: what a crowd of connections has taken,
/// the allocator keeps after they have gone.
struct MemoryReturn {
    /// How often it is looked at.
    private static let interval: Duration = .seconds(30)
    /// Bytes that may be resident and free; the process's code is among them.
    private static let allowance = 64 << 20

    /// Looks until the task is cancelled.
    func run() async {
        while !Task.isCancelled {
            // Throws when cancelled, which the loop looks at.
            try? await Task.sleep(for: Self.interval)
            guard let resident = ProcessFigures.residentBytes else { return }
            if resident - ProcessMemory.allocatedBytes > Self.allowance { ProcessMemory.giveBack() }
        }
    }
}
