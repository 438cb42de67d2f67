import Workflow

/// The rows of all units held together: what is wrong with them, and when each unit is there.
public struct UnitTree {
    /// Days from the first to the last, both included.
    public struct Span: Sendable, Equatable {
        /// nil is without begin or end.
        public var from: LocalDate?
        public var to: LocalDate?

        /// The numbers of the days, so that spans without begin or end compare as well.
        fileprivate var first: Int { from?.daysSinceEpoch ?? .min }
        fileprivate var last: Int { to?.daysSinceEpoch ?? .max }

        fileprivate func contains(_ day: Int) -> Bool { first <= day && day <= last }
    }

    private let rows: [String: [Unit]]
    /// When each unit is there, whatever its rows: each span is as long as can be.
    public let lives: [String: [Span]]

    public init(_ units: some Sequence<Unit>) {
        rows = Dictionary(grouping: units, by: \.id).mapValues { $0.sorted { $0.span.first < $1.span.first } }
        lives = rows.mapValues { rows in
            var spans: [Span] = []
            for span in rows.lazy.map(\.span) {
                if let last = spans.last, last.last == .max || span.first <= last.last + 1 {
                    if span.last > last.last { spans[spans.count - 1].to = span.to }
                } else {
                    spans.append(span)
                }
            }
            return spans
        }
    }

    /// What is wrong with the rows, without places.
    /// - Parameter meant: The units that matter: what others do to each other is left alone.
    public func problems(of meant: (String) -> Bool) -> [(row: Unit, problem: DirectoryProblem)] {
        var problems: [(row: Unit, problem: DirectoryProblem)] = []
        for id in rows.keys.sorted() {
            var before: Unit?
            for row in rows[id] ?? [] {
                let named = [row.parent, row.successor].compactMap { $0 }
                if meant(id) || named.contains(where: meant) {
                    problems += self.problems(of: row, after: before).map { (row, $0) }
                }
                before = row
            }
        }
        return problems
    }

    private func problems(of row: Unit, after before: Unit?) -> [DirectoryProblem] {
        var problems: [DirectoryProblem] = []
        func report(_ kind: DirectoryProblem.Kind, _ field: String, _ other: String?, _ day: LocalDate?) {
            problems.append(
                DirectoryProblem(kind: kind, table: .units, id: row.id, field: field, other: other, day: day))
        }
        if let before, before.span.last >= row.span.first {
            report(.overlapping, "from", before.from?.description, row.from)
        }
        if let parent = row.parent {
            if lives[parent] == nil {
                report(.unknownUnit, "parent", parent, row.from)
            } else if let gap = gap(in: row.span, of: parent) {
                report(.parentAbsent, "parent", parent, gap.day)
            } else if let path = cycle(from: row) {
                report(.cycle, "parent", path.joined(separator: " → "), row.from)
            }
        }
        if let successor = row.successor {
            if lives[successor] == nil {
                report(.unknownUnit, "successor", successor, row.to?.adding(days: 1))
            } else if let end = row.to {
                let next = end.adding(days: 1)
                if self.row(of: successor, on: next.daysSinceEpoch) == nil {
                    report(.successorAbsent, "successor", successor, next)
                }
            } else {
                report(.successorWithoutEnd, "successor", successor, nil)
            }
        }
        return problems
    }

    /// The first day of a span on which a unit is not there.
    private func gap(in span: Span, of unit: String) -> Gap? {
        guard let life = lives[unit]?.first(where: { $0.contains(span.first) }) else { return Gap(day: span.from) }
        return life.last >= span.last ? nil : Gap(day: life.to?.adding(days: 1))
    }

    private struct Gap {
        /// nil: without begin.
        let day: LocalDate?
    }

    private func row(of unit: String, on day: Int) -> Unit? { rows[unit]?.first { $0.span.contains(day) } }

    /// The ids from a unit up to itself. A cycle holds from the first day of one of its rows on, so that looking at each
    /// row's first day finds every one.
    private func cycle(from row: Unit) -> [String]? {
        var path = [row.id]
        var seen: Set<String> = []
        var next = row.parent
        while let id = next {
            path.append(id)
            if id == row.id { return path }
            // A cycle of others is found from their own rows.
            guard seen.insert(id).inserted else { return nil }
            next = self.row(of: id, on: row.span.first)?.parent
        }
        return nil
    }
}

extension Unit {
    public var span: UnitTree.Span { UnitTree.Span(from: from, to: to) }
}
