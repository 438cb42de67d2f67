import Foundation
import JSONCore
import Testing
import Varlink

/// The July of 2022 in the sample commune of Ninh Phước, played through the socket: 42 officials in 3 blocks, of whom 1
/// completed his tasks and 41 did well or better (the article's figure). Who got which level is made up.
struct PlayedMonth {
    let daemon: TestDaemon
    let gateway: Person

    static let unit = "xa-ninh-phuoc"
    static let period = "2022-07"
    static let head = "cb-101"

    /// A daemon with the month played.
    static func played() async throws -> PlayedMonth {
        let daemon = try TestDaemon()
        try await daemon.start()
        try await daemon.importDirectory()
        let month = PlayedMonth(daemon: daemon, gateway: try await daemon.client())
        for (index, post) in try await month.mainPosts().enumerated() {
            let level = index == 41 ? "completed" : index < 6 ? "excellent" : "good"
            try await month.assess(post, vote: index == 7 ? "excellent" : level, level: level)
        }
        return month
    }

    func mainPosts() async throws -> [JSONObject] {
        let reply = try await gateway.directory(
            "ListPosts", ["unit": .string(Self.unit), "on": "2022-07-31", "limit": 1000])
        return try reply.array("posts").compactMap(\.objectValue).filter { $0["main"] == true }
    }

    @discardableResult
    func open(_ post: JSONObject, period: String = period) async throws -> String {
        let official = try post.string("official")
        let form: JSONObject = [
            "official": .string(official), "unit": .string(Self.unit), "period": .string(period),
            "form_kind": post["leader"] == true ? "leader" : "staff",
            "full_name": .string("Cán bộ \(official.dropFirst(3))"),
            "posts": [["title": .string(try post.string("title")), "main": true]], "block": post["block"] ?? "",
        ]
        return try await gateway.speaking(for: "cb-01").open("monthly-assessment", .object(form)).id
    }

    /// From the opening to the decision.
    func assess(_ post: JSONObject, vote: String, level: String, period: String = period) async throws {
        let id = try await open(post, period: period)
        let official = try post.string("official")
        let sample = post["leader"] == true ? "self-assessment" : "self-assessment-staff"
        let form = try Samples.form(sample).with(["self_level": .string(vote), "program_progress": nil])
        try await gateway.speaking(for: official).send("self_assess", form, to: id)
        // Nobody chairs or decides on himself: on the head the head of the district does.
        let head = gateway.speaking(for: official == Self.head ? "cb-03" : Self.head)
        let present = (101...142).map { "cb-\($0)" }.filter { $0 != official }
        var record = try Samples.form("unit-vote-record").with([
            "chair": .string(head.id ?? ""), "secretary": "cb-108", "tellers": ["cb-114", "cb-126"], "eligible": 41,
            "present": .array(present.map(JSON.string)), "comments": nil,
        ])
        for option in ["excellent", "good", "completed", "not_completed"] {
            record["votes_" + option] = option == vote ? 41 : 0
        }
        try await head.send("record_vote", record, to: id)
        var decision: JSON = ["capacity": head.id == Self.head ? "head" : "superior", "final_level": .string(level)]
        if level != vote { decision["reason"] = "Chưa đủ thời gian ở vị trí mới <ví dụ> & \"ví dụ\"" }
        try await head.send("decide", decision, to: id)
    }

    func summary(_ person: String = "cb-101", _ more: JSONObject = [:]) async throws -> JSONObject {
        let parameters: JSONObject = [
            "unit": .string(Self.unit), "period": .string(Self.period), "person": .string(person),
        ]
        return try await reports("GetMonthlySummary", parameters.merging(more) { $1 })
    }

    func results(_ person: String = "cb-101", _ more: JSONObject = [:]) async throws -> [JSON] {
        let parameters: JSONObject = [
            "unit": .string(Self.unit), "period": .string(Self.period), "person": .string(person),
        ]
        return try await reports("ListMonthlyResults", parameters.merging(more) { $1 }).array("results")
    }

    func reports(_ method: String, _ parameters: JSONObject) async throws -> JSONObject {
        try await gateway.client.call("org.rotationd.Reports." + method, parameters)
    }

    /// Runs rotationctl as a gateway that speaks for somebody.
    func rotationctl(_ arguments: String..., person: String = "cb-101") async throws -> (status: Int32, output: String)
    {
        try await Self.run(
            TestDaemon.programs + "/rotationctl",
            arguments + ["--person", person, "--socket", daemon.socket, "--language", "vi"], in: daemon.folder)
    }

    /// Runs a program to its end.
    static func run(
        _ program: String, _ arguments: [String], in folder: String
    ) async throws -> (status: Int32, output: String) {
        let output = folder + "/" + UUID().uuidString
        let child = try ChildProcess(program, arguments, output: output, environment: ["HOME": folder])
        let status = await child.exitStatus
        return (status, try String(contentsOfFile: output, encoding: .utf8))
    }
}
