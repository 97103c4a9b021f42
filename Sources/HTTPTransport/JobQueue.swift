/// Jobs in the order in which they came; memory is kept for the next ones.
struct JobQueue {
    private var jobs: [UnownedJob] = []
    private var first = 0

    var isEmpty: Bool { first == jobs.count }

    mutating func append(_ job: UnownedJob) {
        // The places of those that are gone are given back when they are half of all: a job moves once on average.
        if first > 0, first * 2 >= jobs.count {
            jobs.removeFirst(first)
            first = 0
        }
        jobs.append(job)
    }

    mutating func popFirst() -> UnownedJob? {
        guard first < jobs.count else { return nil }
        defer { first += 1 }
        return jobs[first]
    }
}
