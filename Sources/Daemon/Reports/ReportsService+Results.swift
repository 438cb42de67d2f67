import JSONCore
import PluginKit
import Varlink
import Workflow

extension ReportsService {
    /// One line of the list of names: an official of the unit, somebody who only has a case there, or both.
    private struct Entry {
        let official: String
        var post: Post?
        var found: CaseSummary?
    }

    @Sendable func listMonthlyResults(_ call: Call) async throws -> JSONObject {
        let month = try await month(call, "ListMonthlyResults")
        let settings = month.settings
        let cursor = try call.parameters.optionalString("cursor")
        guard let start = Int(cursor ?? "0"), start >= 0 else { throw VarlinkError.invalidParameter("cursor") }
        let entries = try await entries(month)
        let page = entries.dropFirst(start).prefix(try call.limit)
        let cases = try await storage.storage.loadCases(ids: page.compactMap { $0.found?.id })
        let documents = Dictionary(cases.map { ($0.id, $0) }) { first, _ in first }
        let names = try await storage.storage.findOfficials(
            ids: page.map(\.official), logins: nil, text: nil, cursor: nil, limit: 1000
        ).elements
        let officials = Dictionary(names.map { ($0.id, $0) }) { first, _ in first }
        var results: [JSON] = []
        for entry in page {
            var current = entry.found.flatMap { documents[$0.id] }
            // Of himself a reader sees what the workflow shows him, whatever else he is.
            if let id = current?.id, [month.caller.official?.id, month.caller.absent].contains(entry.official) {
                let seen = try await engine.view(id, caller: month.caller)
                current?.document = seen.visibility.document(seen.current.document)
            }
            results.append(.object(try await result(entry, current, officials[entry.official], settings)))
        }
        if start == 0 {
            journal(
                month.caller, "the results of \(month.unit.id) for \(month.period.period)",
                ["unit": "\(month.unit.id)", "period": "\(month.period.period)"])
        }
        var json: JSONObject = ["results": .array(results), "kinds": .array(settings.kinds.map(\.json))]
        if start + page.count < entries.count { json["cursor"] = .string("\(start + page.count)") }
        return json
    }

    private func entries(_ month: Month) async throws(StorageError) -> [Entry] {
        var cases: [String: CaseSummary] = [:]
        var order: [String] = []
        var cursor: String?
        let filter = CaseFilter(
            workflow: month.settings.workflow, unit: month.unit.id, period: month.period.period)
        repeat {
            let page = try await storage.storage.findCases(filter, newestFirst: false, cursor: cursor, limit: 1000)
            for found in page.elements {
                let official = found.subject ?? ""
                if try await standing(state: found.state, definition: found.definition, month.settings) == nil {
                    continue
                }
                if cases.updateValue(found, forKey: official) == nil { order.append(official) }
            }
            cursor = page.cursor
        } while cursor != nil
        var entries: [Entry] = []
        let isAssessed = cutOff(of: month.unit, in: month.period, month.settings) != nil
        let posts = isAssessed ? try await storage.storage.findPosts(unit: month.unit.id, on: month.cutOff) : []
        for post in posts where post.main {
            if entries.contains(where: { $0.official == post.official }) { continue }
            entries.append(Entry(official: post.official, post: post, found: cases[post.official]))
        }
        let known = Set(entries.map(\.official))
        return entries + order.filter { !known.contains($0) }.map { Entry(official: $0, found: cases[$0]) }
    }

    private func result(
        _ entry: Entry, _ current: Case?, _ official: Official?, _ settings: ReportSettings.Monthly
    ) async throws -> JSONObject {
        var notes: [LocalizedText] = []
        guard let current, let definition = try await catalog.definition(current.workflow, version: current.definition)
        else {
            return [
                "official": .string(entry.official), "fullName": .string(official?.fullName ?? entry.official),
                "posts": .array([entry.post?.title].compactMap(\.self).map(JSON.string)),
                "block": .string(entry.post?.block ?? ""), "differs": false,
                "notes": [LocalizedText(vi: "Chưa mở phiếu đánh giá", en: "No assessment was opened").json],
            ]
        }
        let values = MonthlyValues(current, definition, settings)
        if settings.notAssessed.contains(current.state) {
            let reason = settings.reasons.first { $0.value == values.reason }
            notes.append(reason?.title ?? LocalizedText(vi: values.reason ?? "", en: values.reason ?? ""))
        } else if !settings.assessed.contains(current.state) {
            notes.append(definition.states[current.state]?.title ?? LocalizedText(vi: current.state, en: current.state))
        }
        if values.isLate { notes.append(LocalizedText(vi: "Nộp phiếu chậm", en: "Handed in late")) }
        if values.corrections > 0 { notes.append(LocalizedText(vi: "Đã đính chính", en: "Corrected")) }
        if entry.post == nil {
            notes.append(
                LocalizedText(vi: "Không thuộc đơn vị vào ngày chốt", en: "Not in the unit on the cut-off day"))
        }
        var json = values.json
        json["official"] = .string(entry.official)
        json["fullName"] = .string(values.name ?? official?.fullName ?? entry.official)
        json["posts"] = .array((values.posts.isEmpty ? [entry.post?.title ?? ""] : values.posts).map(JSON.string))
        json["block"] = .string(values.block ?? entry.post?.block ?? "")
        json["case"] = .string(current.id)
        json["notes"] = .array(notes.map(\.json))
        return json
    }
}

/// What a report tells of one month's case.
struct MonthlyValues {
    let name: String?
    let posts: [String]
    let block: String?
    let reason: String?
    let isLate: Bool
    let corrections: Int
    private let kind, own, vote, level, difference: String?
    private let differs: Bool

    /// - Parameter current: Its document as far as the caller may see it.
    init(_ current: Case, _ definition: Definition, _ settings: ReportSettings.Monthly) {
        func field(_ name: String) -> JSON? { definition.index[name].flatMap { current.document[$0] } }
        let (fields, places, document) = (settings.fields, settings.places, current.document)
        // A case that was sent back keeps its old decision, which holds no more.
        let isDecided = settings.assessed.contains(current.state)
        name = document[places.name]?.stringValue
        posts = (document[places.posts]?.arrayValue ?? []).compactMap { $0["title"]?.stringValue ?? $0.stringValue }
        block = field(fields.block)?.stringValue
        kind = field(fields.kind)?.stringValue
        own = field(fields.own)?.stringValue
        vote = (field(fields.vote) ?? document[places.vote])?.stringValue
        level = isDecided ? field(fields.level)?.stringValue : nil
        reason = field(fields.reason)?.stringValue
        isLate = field(fields.late) == true
        differs = level != nil && vote != nil && level != vote
        // A vote that was tied proposes nothing, and its reason is shown all the same.
        difference = isDecided ? document[places.difference]?.stringValue : nil
        corrections = document[places.corrections]?.arrayValue?.count ?? 0
    }

    /// The members that a result and a month of a dossier share.
    var json: JSONObject {
        let json: JSONObject = [
            "kind": JSON(kind), "own": JSON(own), "vote": JSON(vote), "level": JSON(level), "differs": .bool(differs),
            "difference": JSON(difference),
        ]
        return json.withoutNulls
    }
}
