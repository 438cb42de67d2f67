import Foundation
import JSONCore
import OrderedCollections
import Yams

/// Makes a ``RosterDefinition`` from the text of its file, or says everything that is wrong with it.
public struct RosterLoader {
    private let reader: YAMLReader

    /// - Parameters:
    ///   - source: The roster's YAML.
    ///   - file: Its name, for error messages.
    /// - Throws: ``DefinitionProblems``, all at once.
    public static func load(_ source: String, file: String) throws(DefinitionProblems) -> RosterDefinition {
        let loader = RosterLoader(reader: YAMLReader(file: file))
        let roster = loader.roster(source)
        let problems = loader.reader.problems.sorted { ($0.line, $0.column) < ($1.line, $1.column) }
        guard let roster, problems.isEmpty else { throw DefinitionProblems(problems: problems) }
        return roster
    }

    private func roster(_ source: String) -> RosterDefinition? {
        guard let root = reader.root(source), let map = reader.mapping(root, "the roster") else { return nil }
        let name = map.string("roster")
        let workflow = map.string("workflow")
        let first = map.string("start")
        let start = first.flatMap { LocalDate($0 + "-01") }
        if let first, start == nil, first != "off", let node = map.optional("start") {
            reader.report("\"start\" must be the first month, such as \"2022-07\", or off", at: node)
        }
        let levels = map.optional("levels").map { Set(reader.strings($0, "\"levels\"")) }
        let schedule = schedule(map, otherwise: nil)
        var maxPoints = OrderedDictionary<String, JSON>()
        if let node = map.optional("max_points"), let members = reader.mapping(node, "\"max_points\"") {
            for member in members.members {
                let points = reader.json(member.value)
                if points.numberValue.map({ $0 >= 0 }) != true {
                    reader.report("the points of \"\(member.key)\" must be a number", at: member.value)
                }
                maxPoints[member.key] = points
            }
        }
        var units: [String: RosterDefinition.Schedule?] = [:]
        if let node = map.optional("units"), let members = reader.mapping(node, "\"units\"") {
            for member in members.members {
                guard let unit = reader.mapping(member.value, "unit \"\(member.key)\"") else { continue }
                let isLeftOut = unit.bool("leave_out")
                let own = self.schedule(unit, otherwise: schedule)
                unit.refuseOthers()
                units[member.key] = .some(isLeftOut ? nil : own)
            }
        }
        map.refuseOthers()
        guard let name, let workflow, let schedule else { return nil }
        return RosterDefinition(
            name: name, workflow: workflow, start: start, levels: levels, schedule: schedule, units: units,
            maxPoints: maxPoints)
    }

    /// - Parameter otherwise: Whose days hold where `map` names none; nil: it must name all.
    private func schedule(
        _ map: YAMLMapping, otherwise: RosterDefinition.Schedule?
    ) -> RosterDefinition.Schedule? {
        func day(_ map: YAMLMapping, _ key: String, _ otherwise: RosterDefinition.Day?) -> RosterDefinition.Day? {
            guard let node = otherwise == nil ? map.required(key) : map.optional(key) else { return otherwise }
            return self.day(node, "\"\(key)\"")
        }
        let opens = day(map, "opens", otherwise?.opens)
        let cutOff = day(map, "cut_off", otherwise?.cutOff)
        var due = otherwise?.due ?? [:]
        var place = map.node
        if let node = map.optional("due"), let steps = reader.mapping(node, "\"due\"") {
            place = node
            for step in steps.members { due[step.key] = self.day(step.value, "\"\(step.key)\"") }
        }
        guard let opens, let cutOff else { return nil }
        let schedule = RosterDefinition.Schedule(opens: opens, cutOff: cutOff, due: due)
        if reader.problems.isEmpty { check(schedule, at: place) }
        return schedule
    }

    /// Steps that would be due before those that go before them, in any month of a year.
    private func check(_ schedule: RosterDefinition.Schedule, at node: Node) {
        guard let zone = TimeZone(secondsFromGMT: 0) else { return }
        let calendar = WorkCalendar(timeZone: zone)
        for number in 0..<12 {
            let month = LocalDate(daysSinceEpoch: 0).adding(months: number)
            var last = ("opens", schedule.opens.date(of: month, calendar))
            for (step, day) in schedule.due {
                let date = day.date(of: month, calendar)
                if date < last.1 {
                    reader.report("\"\(step)\" would be due before \"\(last.0)\" in some months", at: node)
                    return
                }
                last = (step, date)
            }
        }
    }

    private func day(_ node: Node, _ what: String) -> RosterDefinition.Day? {
        if node.scalar?.string == "last_working_day" { return .init(day: .lastWorkingDay, monthsLater: 0) }
        guard node.mapping != nil, let map = reader.mapping(node, what) else {
            reader.report("\(what) is a day: last_working_day, {day: 25} or {working_day: 2}", at: node)
            return nil
        }
        defer { map.refuseOthers() }
        let of = map.optionalString("of") ?? "month"
        if !["month", "next_month"].contains(of) {
            reader.report("\"of\" must be month or next_month", at: map.optional("of") ?? node)
        }
        guard let day = reader.monthDay(map) else { return nil }
        return .init(day: day, monthsLater: of == "next_month" ? 1 : 0)
    }
}
