/// How many of something each user has, and all of them together.
struct UserCounts {
    /// Of all users.
    private(set) var total = 0
    private var perUser: [String: Int] = [:]

    func count(of user: String) -> Int { perUser[user, default: 0] }

    mutating func add(_ user: String) {
        total += 1
        perUser[user, default: 0] += 1
    }

    mutating func remove(_ user: String) {
        total -= 1
        perUser[user] = perUser[user].flatMap { $0 > 1 ? $0 - 1 : nil }
    }
}
