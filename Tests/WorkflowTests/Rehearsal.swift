import Foundation
import JSONCore

@testable import Workflow

/// A district in memory: the shipped definitions, a few officials, and cases that the engine decides on. What the daemon
/// reads from storage and from the clock is set here by hand.
struct Rehearsal {
    static let config = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().appending(path: "config")

    static func source(_ name: String) throws -> String {
        try String(contentsOf: config.appending(path: "workflows/\(name).yaml"), encoding: .utf8)
    }

    static func forms() throws -> [String: String] {
        var forms: [String: String] = [:]
        for file in try FileManager.default.contentsOfDirectory(atPath: config.appending(path: "forms").path)
        where file.hasSuffix(".schema.json") {
            forms[String(file.dropLast(12))] = try String(
                contentsOf: config.appending(path: "forms/\(file)"), encoding: .utf8)
        }
        return forms
    }

    static let onboarding = Result {
        try DefinitionLoader.load(source("rotation-onboarding"), file: "rotation-onboarding.yaml", forms: forms())
    }
    static let monthly = Result {
        try DefinitionLoader.load(source("monthly-assessment"), file: "monthly-assessment.yaml", forms: forms())
    }

    static let commune = [
        Context.UnitLevel(id: "xa-01", level: "commune"), .init(id: "huyen-01", level: "district"),
    ]
    static let members = (1...9).map { "btv-\($0)" }
    static let unitMembers = (1...7).map { "cb-\($0)" } + ["official"]

    var now: Timestamp
    var cases: [String: Case] = [:]
    var history: [String: [Event]] = [:]
    var messages: [OutboxMessage] = []
    var changes: [CaseChange] = []
    let onboarding: Definition
    var monthly: Definition

    init(at time: String = "2022-07-01T02:00:00Z", onboarding: Definition? = nil, monthly: Definition? = nil) throws {
        now = Timestamp(time)!
        self.onboarding = try onboarding ?? Self.onboarding.get()
        self.monthly = try monthly ?? Self.monthly.get()
    }

    static let calendar = WorkCalendar(timeZone: TimeZone(identifier: "Asia/Ho_Chi_Minh")!)

    /// Who is who: ids that begin with `btv-` are the committee, btv-1 its secretary, `cb-` the commune, `board` the
    /// organisation board, `head` the head of the district, `official` the rotated head of the commune.
    static func principals(_ id: String) -> Set<Principal> {
        var principals: Set<Principal> = [.official(id)]
        if id == "board" { principals.insert(.role("organisation_board", unit: "huyen-01")) }
        if id.hasPrefix("btv-") { principals.insert(.role("standing_committee", unit: "huyen-01")) }
        if id == "btv-1" { principals.insert(.role("district_secretary", unit: "huyen-01")) }
        if id == "head" { principals.insert(.role("unit_head", unit: "huyen-01")) }
        if id == "official" { principals.insert(.role("unit_head", unit: "xa-01")) }
        if unitMembers.contains(id) { principals.insert(.role("unit_member", unit: "xa-01")) }
        return principals
    }

    func context(_ actor: Actor, subject: String?) -> Context {
        Context(
            now: now, calendar: Self.calendar, actor: actor,
            principals: (actor.onBehalfOf ?? actor.official).map(Self.principals) ?? [],
            subjectPrincipals: subject.map(Self.principals) ?? [], units: Self.commune,
            electorates: [
                .role("standing_committee", unit: "huyen-01"): Self.members,
                .role("unit_member", unit: "xa-01"): Self.unitMembers,
            ],
            child: Context.Child(
                id: "child-\(cases.count)", definition: monthly, units: Self.commune,
                subjectPrincipals: Self.principals("official")))
    }

    func definition(_ current: Case) -> Definition { current.workflow == monthly.name ? monthly : onboarding }

    mutating func keep(_ transaction: Transaction) {
        for change in transaction.changes {
            cases[change.after.id] = change.after
            history[change.after.id, default: []] += change.events
            changes.append(change)
        }
        messages += transaction.messages
    }

    @discardableResult
    mutating func open(
        _ id: String = "case-1", as actor: String = "board", form: JSON = Rehearsal.rotation,
        _ definition: Definition? = nil
    ) throws(Refusal) -> Case {
        let definition = definition ?? onboarding
        let subject = Engine.subject(ofOpening: form, definition: definition).official
        keep(
            try Engine.decide(
                .open(id: id, form: form), on: nil, definition: definition,
                context: context(Actor(official: actor), subject: subject)))
        return cases[id]!
    }

    @discardableResult
    mutating func send(
        _ event: String, as actor: String, for absent: String? = nil, _ form: JSON? = nil, to id: String = "case-1",
        version: Int? = nil
    ) throws(Refusal) -> Case {
        let current = cases[id]!
        keep(
            try Engine.decide(
                .send(event: event, form: form, expectedVersion: version, reason: nil), on: current,
                definition: definition(current),
                context: context(Actor(official: actor, onBehalfOf: absent), subject: current.subject)))
        return cases[id]!
    }

    /// Moves the clock and fires what is due, in order.
    mutating func advance(to time: String) throws(Refusal) {
        let target = Timestamp(time)!
        while let (id, timer) = cases.flatMap({ id, each in each.timers.map { (id, $0) } })
            .filter({ $0.1.due <= target }).min(by: { ($0.1.due, $0.0, $0.1.id) < ($1.1.due, $1.0, $1.1.id) })
        {
            now = max(now, timer.due)
            try fire(timer.id, of: id)
        }
        now = target
    }

    mutating func fire(_ timer: String, of id: String) throws(Refusal) {
        let current = cases[id]!
        keep(
            try Engine.decide(
                .fire(timer: timer), on: current, definition: definition(current),
                context: context(.system, subject: current.subject)))
    }

    // MARK: - Forms

    static let rotation: JSON = [
        "official": "official", "unit": "xa-01", "full_name": "Cán bộ 11", "to_post": "Bí thư Đảng ủy xã",
        "move_type": "rotation", "term_from": "2022-08-01", "term_to": "2025-07-31",
    ]

    static func program(tasks: Int = 2, recommendations: Int = 1) -> JSON {
        [
            "advantages": ["Nhân dân đồng thuận"],
            "difficulties": [["text": "Địa bàn rộng"]],
            "key_tasks": .array(
                (0..<tasks).map { ["id": .string("task-\($0)"), "order": .int($0 + 1), "title": "Xây dựng Đảng"] }),
            "recommendations": .array(
                (0..<recommendations).map { ["id": .string("rec-\($0)"), "text": "Hỗ trợ kinh phí"] }),
        ]
    }

    static let hearing: JSON = ["starts_at": "2022-07-20T08:00:00+07:00", "place": "Hội trường Huyện ủy"]

    static func attendance(_ present: Int) -> JSON { ["present": .array(members.prefix(present).map(JSON.string))] }

    /// Takes the case to the vote.
    mutating func playToVote(program: JSON = Rehearsal.program(), present: Int = 9) throws(Refusal) {
        try open()
        try send("save_draft", as: "official", program)
        try playHearing(present: present)
    }

    mutating func playHearing(present: Int = 9) throws(Refusal) {
        try send("submit", as: "official")
        try send("schedule_hearing", as: "board", Self.hearing)
        try send("open_hearing", as: "board", Self.attendance(present))
        for recommendation in cases["case-1"]?.document["action_program"]?["recommendations"]?.arrayValue ?? [] {
            try send(
                "decide_recommendation", as: "board",
                ["recommendation_id": recommendation["id"]!, "outcome": "agreed", "support": "Bố trí vốn"])
        }
        try send("open_vote", as: "btv-1")
    }

    mutating func vote(for yes: Int, against no: Int = 0) throws(Refusal) {
        for (index, member) in Self.members.prefix(yes + no).enumerated() {
            try send("vote", as: member, ["choice": index < yes ? "for" : "against"])
        }
    }

    mutating func playToCommitment() throws(Refusal) {
        try playToVote()
        try vote(for: 6, against: 3)
        try send("close_vote", as: "btv-1")
        try send("conclude", as: "btv-1", ["outcome": "adopted", "conclusion": "Thống nhất"])
        try commit()
    }

    var commitment: JSON {
        let document = cases["case-1"]!.document
        return [
            "program_version": document["approved"]!["version"]!, "content_hash": document["approved"]!["digest"]!,
            "clauses": [["key_task_id": "task-0", "text": "Hoàn thành đúng lộ trình"]], "signed_on": "2022-07-22",
        ]
    }

    mutating func commit() throws(Refusal) { try send("commit", as: "official", commitment) }
}
