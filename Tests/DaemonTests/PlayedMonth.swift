import Foundation
import JSONCore
import Testing
import Varlink

/// The July of 2022 in the sample commune, played from config/samples/ninh-phuoc: 42 officials in 3 blocks, of whom 1
/// completed his tasks and 41 did well or better (the article's figure; everything else is made up).
struct PlayedMonth {
    let daemon: TestDaemon
    let gateway: Person

    static let unit = "xa-ninh-phuoc"
    static let period = "2022-07"

    static func played() async throws -> PlayedMonth {
        let daemon = try TestDaemon()
        try await daemon.start()
        try await daemon.importDirectory()
        let month = PlayedMonth(daemon: daemon, gateway: try await daemon.client())
        let scenario = daemon.config + "/samples/ninh-phuoc/july-2022.yaml"
        let play = try await run(
            TestDaemon.programs + "/rotationctl", ["rehearse", scenario, "--socket", daemon.socket], in: daemon.folder)
        try #require(play.status == 0, "\(play.output)")
        return month
    }

    /// Opens the assessment of an official for another month.
    @discardableResult
    func open(_ official: String, period: String, block: String = "Khối Đảng") async throws -> String {
        let form: JSON = [
            "official": .string(official), "unit": .string(Self.unit), "period": .string(period), "form_kind": "leader",
            "full_name": .string("Cán bộ \(official.dropFirst(3))"), "block": .string(block),
        ]
        return try await gateway.speaking(for: "cb-01").open("monthly-assessment", form).id
    }

    func summary(_ person: String = "cb-101", _ more: JSONObject = [:]) async throws -> JSONObject {
        try await reports("GetMonthlySummary", person, more)
    }

    func results(_ person: String = "cb-101", _ more: JSONObject = [:]) async throws -> [JSON] {
        try await reports("ListMonthlyResults", person, more).array("results")
    }

    private func reports(_ method: String, _ person: String, _ more: JSONObject) async throws -> JSONObject {
        let parameters: JSONObject = [
            "unit": .string(Self.unit), "period": .string(Self.period), "person": .string(person),
        ]
        return try await reports(method, parameters.merging(more) { $1 })
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
