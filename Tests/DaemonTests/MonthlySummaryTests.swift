import Testing
import Workflow

@testable import Daemon

/// The arithmetic of the monthly summary, held against a naive count of the same people.
@Suite struct MonthlySummaryTests {
    private static let levels = ["excellent", "good", "completed", "not_completed"]
    private static let blocks = ["Khối Đảng", "Khối chính quyền"]

    /// One official of a made-up unit in a month, as a clerk would write him down.
    private struct Person {
        var block: String
        var isLeader: Bool
        /// nil: no case was opened.
        var standing: MonthlySummary.Standing?
        var level = ""
        var reason = ""
        var isLate = false
        var previous: String?
    }

    private static func people(_ random: inout SeededGenerator) -> [Person] {
        (0..<Int.random(in: 0...60, using: &random)).map { _ in
            let standing =
                [MonthlySummary.Standing.assessed, .assessed, .assessed, .notAssessed, .open, nil]
                .randomElement(using: &random) ?? nil
            var person = Person(
                block: (blocks + ["Khối khác", ""]).randomElement(using: &random) ?? "",
                isLeader: .random(using: &random), standing: standing)
            if standing == .assessed { person.level = levels.randomElement(using: &random) ?? "" }
            if standing == .notAssessed { person.reason = ["sick", "study"].randomElement(using: &random) ?? "" }
            person.isLate = standing != nil && .random(using: &random)
            person.previous = .random(using: &random) ? levels.randomElement(using: &random) : nil
            return person
        }
    }

    private static func summary(
        _ people: [Person], ceiling: ReportSettings.Ceiling? = nil
    ) -> MonthlySummary {
        // As the store groups them: equal ones together, in any order.
        var groups: [MonthlySummary.Group] = []
        var standings: [MonthlySummary.Standings] = []
        for person in people {
            guard let standing = person.standing else { continue }
            let group = MonthlySummary.Group(
                line: person.block, standing: standing, kind: person.isLeader ? "leader" : "staff",
                level: person.level, reason: person.reason, isLate: person.isLate)
            var same = group
            if let index = groups.firstIndex(where: {
                same.count = $0.count
                return $0 == same
            }) {
                groups[index].count += 1
            } else {
                groups.append(group)
            }
            standings.append(.init(standing: standing, count: 1))
        }
        return MonthlySummary(
            groups,
            previous: people.compactMap { person in
                person.previous.map { MonthlySummary.Group(line: person.block, level: $0) }
            },
            heads: people.map { .init(line: $0.block, count: 1) }, standings: standings, order: blocks,
            levels: levels, leader: "leader", ceiling: ceiling)
    }

    @Test(arguments: 0..<200) func testRandomUnitsAgreeWithANaiveCount(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        let people = Self.people(&random)
        let summary = Self.summary(people)
        for (name, figures) in summary.lines.map({ (Optional($0.name), $0.figures) }) + [(nil, summary.total)] {
            let here = people.filter { name == nil || $0.block == name }
            func count(_ standing: MonthlySummary.Standing) -> Int { here.count { $0.standing == standing } }
            #expect(figures.headcount == here.count)
            #expect(figures.all.assessed == count(.assessed) && figures.open == count(.open))
            #expect(figures.notAssessedCount == count(.notAssessed))
            #expect(figures.notAssessed["sick"] ?? 0 == here.count { $0.reason == "sick" })
            #expect(figures.assessable == count(.assessed) + count(.open))
            #expect(figures.late == here.count(where: \.isLate))
            #expect(figures.leaders.assessed == here.count { $0.standing == .assessed && $0.isLeader })
            #expect(figures.leaders.assessed + figures.others.assessed == figures.all.assessed)
            for level in Self.levels {
                #expect(figures.all.count(of: [level]) == here.count { $0.level == level })
                #expect(
                    figures.leaders.count(of: [level]) + figures.others.count(of: [level])
                        == figures.all.count(of: [level]))
                #expect(figures.previous.count(of: [level]) == here.count { $0.previous == level })
            }
            // It says that it does not add up where somebody has no case, and only there.
            let missing = here.count { $0.standing == nil }
            let problem = MonthlySummary.Problem.headcount(
                line: name, headcount: here.count, cases: here.count - missing)
            #expect(summary.problems.contains(problem) == (missing > 0))
        }
        #expect(
            summary.problems.allSatisfy { if case .headcount = $0 { true } else { false } }, "\(summary.problems)")
        #expect(
            summary.lines.map(\.name).filter(Self.blocks.contains)
                == Self.blocks.filter { block in
                    people.contains { $0.block == block }
                })
    }

    @Test func testWhatDoesNotAddUpIsSaid() {
        let groups = [
            MonthlySummary.Group(line: "a", level: "good", count: 3),
            MonthlySummary.Group(line: "a", level: "splendid"), MonthlySummary.Group(line: "b", standing: .open),
        ]
        let summary = MonthlySummary(
            groups, previous: [], heads: [.init(line: "a", count: 4), .init(line: "b", count: 2)],
            standings: [.init(standing: .assessed, count: 5), .init(standing: .open, count: 1)], order: ["b", "a"],
            levels: Self.levels, leader: "leader")
        #expect(summary.lines.map(\.name) == ["b", "a"])
        #expect(
            summary.problems == [
                .headcount(line: "b", headcount: 2, cases: 1), .levels(line: "a", sum: 3, assessed: 4),
                .levels(line: nil, sum: 3, assessed: 4), .headcount(line: nil, headcount: 6, cases: 5),
                .lines(.assessed, sum: 4, total: 5),
            ])
    }

    @Test func testTheCeilingOnlyWarns() throws {
        var people = Array(
            repeating: Person(block: "a", isLeader: false, standing: .assessed, level: "good"), count: 10)
        for _ in 0..<2 { people.append(Person(block: "a", isLeader: true, standing: .assessed, level: "excellent")) }
        let fifth = try #require(Fraction("1/5"))
        var ceiling = ReportSettings.Ceiling(level: "excellent", ratio: fifth, of: ["good"], group: .unit)
        // Two of ten are a fifth, and not more.
        #expect(
            Self.summary(people, ceiling: ceiling).ceiling
                == [.init(scope: .total, count: 2, whole: 10, isExceeded: false)])
        ceiling.of = ["excellent", "good"]
        ceiling.group = .kind
        let checks = Self.summary(people, ceiling: ceiling).ceiling
        #expect(
            checks == [
                .init(scope: .leaders, count: 2, whole: 2, isExceeded: true),
                .init(scope: .others, count: 0, whole: 10, isExceeded: false),
            ])
        #expect(Self.summary(people, ceiling: ceiling).total == Self.summary(people).total)
    }
}

/// SplitMix64 (public domain, Sebastiano Vigna): the same numbers for the same seed.
struct SeededGenerator: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }
}
