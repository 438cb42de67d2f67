import Workflow

/// The arithmetic of the monthly summary: adds up groups of cases that the store has counted, and heads that the directory
/// has, line by line and in total, and says where the two do not agree. Pure: what goes in is all that it knows.
struct MonthlySummary: Equatable {
    /// How a case counts.
    enum Standing: Hashable { case assessed, notAssessed, open }

    /// Cases that have all of this in common. The previous month's only have a line, a kind and a level.
    struct Group: Equatable {
        /// The block, or the unit, that the line is for.
        var line: String
        var standing = Standing.assessed
        var kind = ""
        var level = ""
        var reason = ""
        var isLate = false
        var count = 1
    }

    /// Officials of the directory.
    struct Heads: Equatable {
        var line: String
        var count: Int
    }

    /// Cases that the store has counted by nothing but their standing, to hold the groups against.
    struct Standings: Equatable {
        var standing: Standing
        var count: Int
    }

    /// How many were assessed, and at which level.
    struct Levels: Equatable {
        var assessed = 0
        var counts: [String: Int] = [:]

        mutating func add(_ group: Group) {
            assessed += group.count
            counts[group.level, default: 0] += group.count
        }

        func count(of levels: some Sequence<String>) -> Int { levels.reduce(0) { $0 + (counts[$1] ?? 0) } }
    }

    /// The numbers of one line.
    struct Figures: Equatable {
        var headcount = 0
        var all = Levels()
        var leaders = Levels()
        var others = Levels()
        /// By reason.
        var notAssessed: [String: Int] = [:]
        var open = 0
        var late = 0
        var previous = Levels()

        var notAssessedCount: Int { notAssessed.values.reduce(0, +) }
        /// Who is to be assessed: whoever has been, or still will be.
        var assessable: Int { all.assessed + open }
        var cases: Int { assessable + notAssessedCount }

        mutating func add(_ group: Group, leader: String) {
            switch group.standing {
            case .assessed:
                all.add(group)
                if group.kind == leader { leaders.add(group) } else { others.add(group) }
            case .notAssessed: notAssessed[group.reason, default: 0] += group.count
            case .open: open += group.count
            }
            if group.isLate { late += group.count }
        }
    }

    /// Two numbers that should be the same and are not. line: nil for the total.
    enum Problem: Equatable {
        /// The levels that the forms know do not add up to those assessed.
        case levels(line: String?, sum: Int, assessed: Int)
        /// The directory has more or fewer officials than there are cases.
        case headcount(line: String?, headcount: Int, cases: Int)
        /// The lines do not add up to what was counted as a whole.
        case lines(Standing, sum: Int, total: Int)
    }

    /// Of how many a level was given, held against the ceiling.
    struct CeilingCheck: Equatable {
        enum Scope: Equatable {
            case total
            case line(String)
            case leaders, others
        }

        var scope: Scope
        var count: Int
        var whole: Int
        var isExceeded: Bool
    }

    /// In the order given; those that nobody named follow as they sort.
    private(set) var lines: [(name: String, figures: Figures)] = []
    private(set) var total = Figures()
    /// Whether anybody was assessed the month before.
    private(set) var hasPrevious = false
    private(set) var problems: [Problem] = []
    private(set) var ceiling: [CeilingCheck] = []

    /// - Parameters:
    ///   - order: Lines in their order; without heads and cases they are left out.
    ///   - levels: The levels that the forms know.
    ///   - leader: The kind of form of leaders.
    init(
        _ groups: [Group], previous: [Group], heads: [Heads], standings: [Standings], order: [String],
        levels: [String], leader: String, ceiling: ReportSettings.Ceiling? = nil
    ) {
        var figures: [String: Figures] = [:]
        for group in groups { figures[group.line, default: Figures()].add(group, leader: leader) }
        for heads in heads { figures[heads.line, default: Figures()].headcount += heads.count }
        for group in previous { figures[group.line, default: Figures()].previous.add(group) }
        hasPrevious = !previous.isEmpty
        let named = order.filter { figures[$0] != nil }
        let others = Set(figures.keys).subtracting(order).sorted()
        for name in named + others {
            guard let found = figures[name] else { continue }
            lines.append((name, found))
            total.add(found)
        }
        check(levels: levels, standings: standings)
        if let ceiling { check(ceiling) }
    }

    private mutating func check(levels: [String], standings: [Standings]) {
        for (line, figures) in lines.map({ (Optional($0.name), $0.figures) }) + [(nil, total)] {
            let sum = figures.all.count(of: levels)
            if sum != figures.all.assessed {
                problems.append(.levels(line: line, sum: sum, assessed: figures.all.assessed))
            }
            if figures.headcount != figures.cases {
                problems.append(.headcount(line: line, headcount: figures.headcount, cases: figures.cases))
            }
        }
        for (standing, sum) in [
            (Standing.assessed, total.all.assessed), (.notAssessed, total.notAssessedCount), (.open, total.open),
        ] {
            let whole = standings.reduce(0) { $0 + ($1.standing == standing ? $1.count : 0) }
            if whole != sum { problems.append(.lines(standing, sum: sum, total: whole)) }
        }
    }

    private mutating func check(_ ceiling: ReportSettings.Ceiling) {
        func check(_ scope: CeilingCheck.Scope, _ levels: Levels) {
            let (count, whole) = (levels.count(of: [ceiling.level]), levels.count(of: ceiling.of))
            self.ceiling.append(
                CeilingCheck(
                    scope: scope, count: count, whole: whole,
                    isExceeded: ceiling.ratio.isExceeded(by: count, of: whole)))
        }
        switch ceiling.group {
        case .unit: check(.total, total.all)
        case .block: for line in lines { check(.line(line.name), line.figures.all) }
        case .kind:
            check(.leaders, total.leaders)
            check(.others, total.others)
        }
    }

    static func == (left: Self, right: Self) -> Bool {
        left.lines.elementsEqual(right.lines) { $0 == $1 } && left.total == right.total
            && left.problems == right.problems && left.ceiling == right.ceiling
    }
}

extension MonthlySummary.Figures {
    mutating func add(_ other: Self) {
        headcount += other.headcount
        all.add(other.all)
        leaders.add(other.leaders)
        others.add(other.others)
        notAssessed.merge(other.notAssessed, uniquingKeysWith: +)
        open += other.open
        late += other.late
        previous.add(other.previous)
    }
}

extension MonthlySummary.Levels {
    mutating func add(_ other: Self) {
        assessed += other.assessed
        counts.merge(other.counts, uniquingKeysWith: +)
    }
}
