import JSONCore
import PluginKit
import Varlink
import Workflow

extension ReportsService {
    @Sendable func getDossier(_ call: Call) async throws -> JSONObject {
        let caller = try await caller(call)
        let settings = settings()
        let id = try call.parameters.string("official")
        guard let official = try await directory.official(id) else { throw errors.unknownPerson(id) }
        let today = await engine.today
        let posts = try await storage.storage.findPosts(official: id, on: nil)
        let cases = try await readableCases(about: id, caller, settings)
        let mayRead = try await mayRead(about: id, caller, settings.dossier, posts, today)
        guard mayRead || !cases.isEmpty else {
            throw errors.notAllowed(
                "GetDossier",
                LocalizedText(
                    vi: "Chỉ cán bộ đó, thủ trưởng đơn vị, cấp trên và Ban Tổ chức được xem hồ sơ của \(id).",
                    en:
                        "The dossier of \(id) is for that official, the unit's head, those above and the organisation board."
                ))
        }
        let names = try await UnitNames(posts.map(\.unit) + cases.compactMap(\.current.unit), in: storage.storage)
        var months: [JSON] = []
        var programs: [JSON] = []
        for (current, definition) in cases {
            if current.workflow == settings.monthly.workflow {
                months.append(.object(month(current, definition, settings, names)))
            } else {
                programs.append(
                    .object(DossierProgram(current.document, settings.dossier.program, today).json(current, definition))
                )
            }
        }
        journal(caller, "the dossier of \(id)", ["subject": "\(id)"])
        let person: JSONObject = [
            "id": .string(id), "fullName": .string(official.fullName), "staffCategory": JSON(official.staffCategory),
        ]
        let monthly = settings.monthly
        return [
            "title": settings.dossier.title.json, "official": .object(person.withoutNulls), "madeOn": JSON(today),
            "levels": .array(monthly.levels.map(\.json)), "goodOrAbove": .string(monthly.goodOrAbove),
            "reasons": .array(monthly.reasons.map(\.json)), "kinds": .array(monthly.kinds.map(\.json)),
            "statuses": .array(settings.dossier.program.statuses.map(\.json)),
            "outcomes": .array(settings.dossier.program.outcomes.map(\.json)),
            "posts": .array(posts.sorted { ($0.from, $0.id) < ($1.from, $1.id) }.map { post($0, names, today) }),
            "months": .array(months.sorted { ($0["period"]?.stringValue ?? "") < ($1["period"]?.stringValue ?? "") }),
            "programs": .array(programs),
        ]
    }

    /// Himself, and who holds one of the roles where the official has a post today, or above.
    private func mayRead(
        about id: String, _ caller: Caller, _ settings: ReportSettings.Dossier, _ posts: [Post], _ today: LocalDate
    ) async throws -> Bool {
        if caller.principals.contains(.official(id)) { return true }
        for post in posts where post.from <= today && post.to.map({ $0 >= today }) ?? true {
            if try await holds(caller, settings.readers, above: post.unit, on: today) { return true }
        }
        return false
    }

    /// The cases of both kinds that the workflow lets the caller read, each as far as it shows it.
    private func readableCases(
        about id: String, _ caller: Caller, _ settings: ReportSettings
    ) async throws -> [(current: Case, definition: Definition)] {
        var cases: [(Case, Definition)] = []
        var cursor: String?
        let filter = CaseFilter(subject: id, readers: caller.principals.map(\.description).sorted())
        repeat {
            let page = try await storage.storage.findCases(filter, newestFirst: false, cursor: cursor, limit: 500)
            for found in page.elements
            where [settings.monthly.workflow, settings.dossier.program.workflow].contains(found.workflow) {
                do {
                    var (current, definition, _, visibility) = try await engine.view(found.id, caller: caller)
                    current.document = visibility.document(current.document)
                    cases.append((current, definition))
                } catch CaseEngine.Failure.caseNotFound {
                    // The right has ended since.
                }
            }
            cursor = page.cursor
        } while cursor != nil
        return cases
    }

    private func post(_ post: Post, _ names: UnitNames, _ today: LocalDate) -> JSON {
        let json: JSONObject = [
            "unit": .string(post.unit),
            "unitName": .string(names.name(of: post.unit, on: min(post.to ?? today, today))),
            "title": .string(post.title), "main": .bool(post.main), "leader": .bool(post.leader),
            "from": JSON(post.from), "to": JSON(post.to),
        ]
        return .object(json.withoutNulls)
    }

    private func month(
        _ current: Case, _ definition: Definition, _ settings: ReportSettings, _ names: UnitNames
    ) -> JSONObject {
        let values = MonthlyValues(current, definition, settings.monthly)
        var json = values.json
        let period = current.period ?? ""
        json["case"] = .string(current.id)
        json["period"] = .string(period)
        json["unit"] = current.unit.map(JSON.string)
        if let unit = current.unit, let first = LocalDate(period + "-01") {
            json["unitName"] = .string(names.name(of: unit, on: cutOff(in: first, settings.monthly)))
        }
        let title = definition.states[current.state]?.title ?? LocalizedText(vi: current.state, en: current.state)
        json["state"] = .string(current.state)
        json["stateTitle"] = title.json
        json["reason"] = values.reason.map(JSON.string)
        json["late"] = .bool(values.isLate)
        json["overdue"] = .bool(!current.overdue.isEmpty)
        json["corrections"] = .int(values.corrections)
        let appeals = current.document[settings.dossier.appeals]?.arrayValue ?? []
        json["appeals"] = .array(
            appeals.map { appeal in
                let json: JSONObject = [
                    "text": JSON(appeal["text"]?.stringValue), "filedOn": JSON(appeal["filed_on"]?.stringValue),
                    "outcome": JSON(appeal["outcome"]?.stringValue),
                    "resolvedOn": JSON(appeal["resolved_on"]?.stringValue),
                ]
                return .object(json.withoutNulls)
            })
        return json
    }
}

/// What units were called on a day.
private struct UnitNames {
    private let units: [String: [Unit]]

    init(_ ids: [String], in storage: any Storage) async throws(StorageError) {
        let ids = Set(ids).sorted()
        var found: [Unit] = []
        for start in stride(from: 0, to: ids.count, by: 1000) {
            found += try await storage.findUnits(ids: Array(ids[start..<min(start + 1000, ids.count)]), on: nil)
        }
        units = Dictionary(grouping: found, by: \.id)
    }

    func name(of id: String, on day: LocalDate) -> String {
        let rows = units[id] ?? []
        let row = rows.first { ($0.from.map { $0 <= day } ?? true) && ($0.to.map { $0 >= day } ?? true) }
        return (row ?? rows.last)?.name ?? id
    }
}

/// An action program held against what was reported on it: pure, of a document and a day.
struct DossierProgram {
    struct Milestone {
        let title: String
        let due: LocalDate?
        let status: String
        /// The day for which it was first reported done.
        let doneOn: LocalDate?
        let isLate: Bool
    }

    private(set) var keyTasks: [(id: String, title: String, milestones: [Milestone])] = []
    private let recommendations: [JSON]
    private let done: String
    private let dropped: String

    init(_ document: JSON, _ settings: ReportSettings.Program, _ today: LocalDate) {
        (done, dropped) = (settings.done, settings.dropped)
        let reports = document[settings.progress]?.arrayValue ?? []
        for (index, task) in (document[settings.keyTasks]?.arrayValue ?? []).enumerated() {
            let id = task["id"]?.stringValue ?? String(index + 1)
            let milestones = (task["milestones"]?.arrayValue ?? []).enumerated().map { number, milestone in
                let own = reports.filter { $0["key_task_id"] == .string(id) && $0["milestone"] == .int(number + 1) }
                return Self.milestone(milestone, own, settings, today)
            }
            keyTasks.append((id, task["title"]?.stringValue ?? "", milestones))
        }
        let decisions = document[settings.decisions]?.arrayValue ?? []
        recommendations = (document[settings.recommendations]?.arrayValue ?? []).map { recommendation in
            let id = recommendation["id"]
            let decision = decisions.last { $0["recommendation_id"] == id }
            var json: JSONObject = [
                "id": id ?? "", "text": .string(recommendation["text"]?.stringValue ?? ""),
            ]
            for member in ["outcome", "support", "lead", "due", "status", "result"] {
                json[member] = decision?[member].flatMap { $0.isNull ? nil : $0 }
            }
            return .object(json)
        }
    }

    private static func milestone(
        _ milestone: JSON, _ reports: [JSON], _ settings: ReportSettings.Program, _ today: LocalDate
    ) -> Milestone {
        let due = milestone["due"]?.stringValue.flatMap { LocalDate($0) }
        let status = reports.last?["status"]?.stringValue ?? milestone["status"]?.stringValue ?? ""
        let first = status == settings.done ? reports.first { $0["status"] == .string(settings.done) } : nil
        let day = first?["on"]?.stringValue ?? first?["reported_at"]?.stringValue.map { String($0.prefix(10)) }
        let doneOn = day.flatMap { LocalDate($0) }
        let reached = status == settings.done ? doneOn : today
        let isLate = status != settings.dropped && due.flatMap { due in reached.map { $0 > due } } ?? false
        return Milestone(
            title: milestone["title"]?.stringValue ?? "", due: due, status: status, doneOn: doneOn, isLate: isLate)
    }

    func json(_ current: Case, _ definition: Definition) -> JSONObject {
        let counted = keyTasks.flatMap(\.milestones).filter { $0.status != dropped }
        let title = definition.states[current.state]?.title ?? LocalizedText(vi: current.state, en: current.state)
        return [
            "case": .string(current.id), "title": .string(current.title), "state": .string(current.state),
            "stateTitle": title.json, "openedAt": JSON(current.openedAt),
            "keyTasks": .array(
                keyTasks.map { task in
                    [
                        "id": .string(task.id), "title": .string(task.title),
                        "milestones": .array(task.milestones.map(json)),
                    ]
                }), "recommendations": .array(recommendations), "milestones": .int(counted.count),
            "done": .int(counted.count { $0.status == done }), "late": .int(counted.count(where: \.isLate)),
        ]
    }

    private func json(_ milestone: Milestone) -> JSON {
        let json: JSONObject = [
            "title": .string(milestone.title), "due": JSON(milestone.due), "status": .string(milestone.status),
            "doneOn": JSON(milestone.doneOn), "late": .bool(milestone.isLate),
        ]
        return .object(json.withoutNulls)
    }
}
