internal import Jobs
internal import Testing

@Suite struct CoolDownsTests {
    private let start = ContinuousClock.now

    private func at(_ seconds: Double) -> ContinuousClock.Instant { start + .seconds(seconds) }

    /// Three users were told to slow down, as long as they say.
    private func shared(_ wishes: [Duration?] = [nil, nil, nil], on endpoint: Endpoint = .listJobs) -> CoolDowns {
        var pauses = CoolDowns()
        for (number, wish) in wishes.enumerated() {
            pauses.throttled("\(number)", as: "\(number)", on: endpoint, wish: wish, isProbe: false, at: start)
        }
        return pauses
    }

    @Test("A user who was told to slow down pauses for that endpoint, and nobody else does")
    func single() {
        var pauses = CoolDowns()
        for _ in 0..<9 {
            pauses.throttled("a", as: "a", on: .listJobs, wish: .seconds(20), isProbe: false, at: start)
        }
        #expect(!pauses.isQuiet && pauses.userPauses(at: start) == 1 && pauses.sharedPauses == 0)
        let own = pauses.pause(of: "a", on: .listJobs, at: at(19))
        #expect(own == CoolDowns.Pause(isShared: false, end: at(20)))
        let others = [
            pauses.pause(of: "a", on: .listRuns, at: at(19)), pauses.pause(of: "b", on: .listJobs, at: at(19)),
        ]
        #expect(others == [nil, nil])
        let over = pauses.pause(of: "a", on: .listJobs, at: at(20))
        #expect(over == nil && pauses.isQuiet)
    }

    @Test(
        "The wish of one answer binds a user's other calls for a minute at most",
        arguments: [(nil, nil), (0, nil), (5, 5), (60, 60), (3_600, 60)] as [(Int?, Int?)])
    func length(_ wish: Int?, _ expected: Int?) {
        var pauses = CoolDowns()
        pauses.throttled(
            "a", as: "a", on: .runNow, wish: wish.map { .seconds($0) }, isProbe: false, at: start)
        let pause = pauses.pause(of: "a", on: .runNow, at: start)
        #expect(pause?.end == expected.map { at(Double($0)) })
    }

    @Test("A shorter wish does not shorten a pause")
    func longest() {
        var pauses = CoolDowns()
        for wish in [30, 1] as [Int] {
            pauses.throttled("a", as: "a", on: .listJobs, wish: .seconds(wish), isProbe: false, at: start)
        }
        let pause = pauses.pause(of: "a", on: .listJobs, at: at(2))
        #expect(pause?.end == at(30))
    }

    @Test(
        "Everybody pauses after three users within ten seconds, for the shortest of their wishes, 1 to 60 s",
        arguments: [
            ([nil, nil, nil], 1), ([9, 4, 30], 4), ([9, nil, 30], 1), ([600, 700, 800], 60), ([0, 5, 5], 1),
        ] as [([Int?], Int)])
    func all(_ wishes: [Int?], _ expected: Int) {
        var pauses = shared(wishes.map { $0.map { .seconds($0) } })
        let other = pauses.pause(of: "z", on: .listJobs, at: start)
        #expect(other == CoolDowns.Pause(isShared: true, end: at(Double(expected))))
        let elsewhere = pauses.pause(of: "z", on: .listRuns, at: start)
        #expect(elsewhere == nil && pauses.sharedPauses == 1)
    }

    @Test("Fewer, slower, on several endpoints, or all as one service principal: that is not everybody")
    func notAll() {
        let rows: [[(user: String, identity: String, endpoint: Endpoint, seconds: Double)]] = [
            [("a", "a", .listJobs, 0), ("b", "b", .listJobs, 1), ("a", "a", .listJobs, 2), ("b", "b", .listJobs, 3)],
            [("a", "a", .listJobs, 0), ("b", "b", .listJobs, 6), ("c", "c", .listJobs, 11)],
            [("a", "a", .listJobs, 0), ("b", "b", .listRuns, 1), ("c", "c", .getRun, 2), ("d", "d", .runNow, 3)],
            [("app 1", "", .listJobs, 0), ("app 2", "", .listJobs, 1), ("app 3", "", .listJobs, 2)],
        ]
        for row in rows {
            var pauses = CoolDowns()
            for (user, identity, endpoint, seconds) in row {
                pauses.throttled(user, as: identity, on: endpoint, wish: nil, isProbe: false, at: at(seconds))
            }
            let pause = pauses.pause(of: "z", on: .listJobs, at: at(11))
            #expect(pause == nil && pauses.isQuiet, "\(row)")
        }
    }

    @Test("No single user makes the pause of all longer")
    func oneUser() {
        var pauses = shared()
        for _ in 0..<9 {
            pauses.throttled("0", as: "0", on: .listJobs, wish: .seconds(60), isProbe: false, at: start)
        }
        let other = pauses.pause(of: "z", on: .listJobs, at: at(0.5))
        #expect(other?.end == at(1))
        let own = pauses.pause(of: "0", on: .listJobs, at: at(0.5))
        #expect(own == CoolDowns.Pause(isShared: false, end: at(60)))
    }

    // MARK: Going first

    @Test("After the pause one call goes first; the others look twice a second, and go when it is answered")
    func goesFirst() {
        var pauses = shared()
        let free = pauses.pause(of: "y", on: .listJobs, at: at(1))
        #expect(free == nil)
        let isProbe = pauses.begin(.listJobs, at: at(1))
        let elsewhere = pauses.begin(.listRuns, at: at(1))
        #expect(isProbe && !elsewhere)
        let held = pauses.pause(of: "z", on: .listJobs, at: at(1.25))
        #expect(held == CoolDowns.Pause(isShared: true, end: at(1.75)))
        pauses.probed(.listJobs, isAnswered: true)
        let released = pauses.pause(of: "z", on: .listJobs, at: at(1.75))
        #expect(released == nil && pauses.isQuiet)
        pauses.throttled("a", as: "a", on: .listJobs, wish: nil, isProbe: false, at: at(2))
        #expect(pauses.isQuiet, "what was before is forgotten")
    }

    @Test("When it finds no answer, the next one goes first; so it is after five seconds of silence")
    func silence() {
        var pauses = shared()
        for (first, next) in [(1.0, 2.0), (2.0, 7.0)] {
            let isProbe = pauses.begin(.listJobs, at: at(first))
            if next < 7 { pauses.probed(.listJobs, isAnswered: false) }
            let held = pauses.pause(of: "z", on: .listJobs, at: at(next - 0.25))
            #expect(isProbe && held?.end == (next < 7 ? nil : at(7)))
            let free = pauses.pause(of: "z", on: .listJobs, at: at(next))
            #expect(free == nil)
        }
        #expect(!pauses.isQuiet)
    }

    @Test("When it is throttled, all pause as long again, and its user as long as the answer says")
    func goesOn() {
        var pauses = shared([.seconds(4), .seconds(4), .seconds(4)])
        for round in 1...3 {
            let begin = Double(4 * round)
            let isProbe = pauses.begin(.listJobs, at: at(begin))
            #expect(isProbe)
            pauses.throttled("p", as: "p", on: .listJobs, wish: .seconds(30), isProbe: true, at: at(begin))
            let other = pauses.pause(of: "z", on: .listJobs, at: at(begin))
            #expect(other == CoolDowns.Pause(isShared: true, end: at(begin + 4)))
            let own = pauses.pause(of: "p", on: .listJobs, at: at(begin))
            #expect(own?.end == at(begin + 30))
        }
    }

    @Test("Remembers a thousand users' pauses, the longest of them")
    func bound() {
        var pauses = CoolDowns()
        for number in 1...5_000 {
            pauses.throttled(
                "\(number)", as: "\(number)", on: .listJobs, wish: .milliseconds(number), isProbe: false, at: start)
        }
        #expect(pauses.userPauses(at: start) == CoolDowns.mostPauses)
        let latest = pauses.pause(of: "5000", on: .listJobs, at: start)
        #expect(latest?.isShared == false)
    }
}
