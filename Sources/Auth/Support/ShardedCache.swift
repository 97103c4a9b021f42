internal import NIOConcurrencyHelpers

/// A bounded dictionary for the path of every request: many small locks instead of one, so that callers do not queue.
///
/// A full shard evicts its least recently used entry. Finding it takes a look at each entry of that shard, which only
/// a caller pays who just paid for a signature check or a network exchange.
final class ShardedCache<Key: Hashable & Sendable, Value: Sendable>: Sendable {
    private struct Slot {
        var value: Value
        var lastUse: UInt64
    }

    private struct Shard {
        var slots: [Key: Slot] = [:]
        var uses: UInt64 = 0
    }

    private let shards: [NIOLockedValueBox<Shard>]
    private let capacityPerShard: Int

    /// - Parameters:
    ///   - capacity: The number of entries, over all shards, rounded up to a multiple of `shardCount`.
    ///   - shardCount: A power of two; 16 locks are taken in turn often enough for the cores of one machine.
    init(capacity: Int, shardCount: Int = 16) {
        precondition(
            shardCount > 0 && shardCount & (shardCount - 1) == 0, "the shard is chosen by the hash's last bits")
        shards = (0..<shardCount).map { _ in NIOLockedValueBox(Shard()) }
        capacityPerShard = max(1, (capacity + shardCount - 1) / shardCount)
    }

    /// The value for `key` if there is one that passes `isUsable`; one that does not is removed.
    ///
    /// - Parameters:
    ///   - key: What was inserted.
    ///   - isUsable: May change the value; runs under a lock, so it must neither wait nor take long.
    /// - Returns: The value as `isUsable` left it.
    func value(for key: Key, where isUsable: (inout Value) -> Bool) -> Value? {
        shard(of: key).withLockedValue { shard in
            guard let index = shard.slots.index(forKey: key) else { return nil }
            guard isUsable(&shard.slots.values[index].value) else {
                shard.slots.remove(at: index)
                return nil
            }
            shard.uses += 1
            shard.slots.values[index].lastUse = shard.uses
            return shard.slots.values[index].value
        }
    }

    /// Stores `value`, and drops the least recently used entry of the shard when that is full.
    func insert(_ value: Value, for key: Key) {
        shard(of: key).withLockedValue { shard in
            if shard.slots.count >= capacityPerShard, shard.slots[key] == nil,
                let oldest = shard.slots.min(by: { $0.value.lastUse < $1.value.lastUse })
            {
                shard.slots.removeValue(forKey: oldest.key)
            }
            shard.uses += 1
            shard.slots[key] = Slot(value: value, lastUse: shard.uses)
        }
    }

    /// Removes the value for `key` if it passes `condition`.
    func remove(_ key: Key, where condition: (Value) -> Bool) {
        shard(of: key).withLockedValue { shard in
            guard let slot = shard.slots[key], condition(slot.value) else { return }
            shard.slots.removeValue(forKey: key)
        }
    }

    /// Removes every value that `isUsable` refuses, one shard at a time.
    func sweep(where isUsable: (Value) -> Bool) {
        for shard in shards {
            shard.withLockedValue { shard in
                // `filter` would copy what stays; most sweeps remove little or nothing.
                let expired = shard.slots.filter { !isUsable($0.value.value) }.keys
                for key in expired { shard.slots.removeValue(forKey: key) }
            }
        }
    }

    /// The number of entries, expired ones included.
    var count: Int {
        shards.reduce(0) { $0 + $1.withLockedValue { $0.slots.count } }
    }

    private func shard(of key: Key) -> NIOLockedValueBox<Shard> {
        shards[key.hashValue & (shards.count - 1)]
    }
}
