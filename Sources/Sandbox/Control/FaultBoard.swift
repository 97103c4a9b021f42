internal import NIOConcurrencyHelpers

/// The faults that are armed, and which halves of the sandbox are down.
final class FaultBoard: Sendable {
    private struct State {
        var faults: [(id: Int, fault: Fault)] = []
        var nextID = 1
        var down: Set<SandboxService> = []
    }

    private let state = NIOLockedValueBox(State())

    /// Arms a fault behind those that are armed already.
    ///
    /// - Returns: The number by which ``remove(_:)`` knows it.
    func add(_ fault: Fault) -> Int {
        state.withLockedValue { state in
            defer { state.nextID += 1 }
            state.faults.append((state.nextID, fault))
            return state.nextID
        }
    }

    func remove(_ id: Int) -> Bool {
        state.withLockedValue { state in
            let count = state.faults.count
            state.faults.removeAll { $0.id == id }
            return state.faults.count < count
        }
    }

    func removeAll() { state.withLockedValue { $0.faults = [] } }

    var all: [(id: Int, fault: Fault)] { state.withLockedValue { $0.faults } }

    /// Takes the first armed fault that fits a request, and counts it.
    func take(_ route: Route, userNames: [String]) -> Fault? {
        state.withLockedValue { state in
            for index in state.faults.indices where state.faults[index].fault.matches(route, userNames: userNames) {
                if state.faults[index].fault.skip > 0 {
                    state.faults[index].fault.skip -= 1
                    continue
                }
                let fault = state.faults[index].fault
                if let count = fault.count {
                    if count <= 1 {
                        state.faults.remove(at: index)
                    } else {
                        state.faults[index].fault.count = count - 1
                    }
                }
                return fault
            }
            return nil
        }
    }

    func setDown(_ isDown: Bool, _ service: SandboxService) {
        state.withLockedValue { state in
            if isDown { state.down.insert(service) } else { state.down.remove(service) }
        }
    }

    func isDown(_ service: SandboxService?) -> Bool {
        guard let service else { return false }
        return state.withLockedValue { $0.down.contains(service) }
    }
}
