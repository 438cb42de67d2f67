import Foundation
import JSONCore
import Testing
import Varlink

/// An official, for whom root at the daemon's socket speaks as a gateway.
struct Official: Sendable {
    let client: VarlinkClient
    let id: String

    /// How a command was answered.
    struct Answer: Equatable {
        let id: String
        let version: Int
    }

    func call(_ method: String, _ parameters: JSONObject = [:]) async throws -> JSONObject {
        var parameters = parameters
        parameters["person"] = .string(id)
        return try await client.call("org.rotationd.Workflow." + method, parameters)
    }

    /// Opens a rotation's case.
    func open(key: String = UUID().uuidString) async throws -> Answer {
        try Self.answer(
            await call(
                "OpenCase", ["workflow": "rotation-onboarding", "form": Self.rotation, "key": .string(key)]))
    }

    /// Writes a draft, which says by which command it was written.
    func saveDraft(_ id: String, key: String = UUID().uuidString) async throws -> Answer {
        try Self.answer(
            await call(
                "SendEvent",
                [
                    "case": .string(id), "event": "save_draft", "form": ["advantages": [.string(key)]],
                    "key": .string(key),
                ]))
    }

    private static func answer(_ reply: JSONObject) throws -> Answer {
        Answer(id: try reply.string("case"), version: try reply.int("version"))
    }

    /// All events of a case.
    func history(_ id: String) async throws -> [JSON] {
        var events: [JSON] = []
        while true {
            let reply = try await call(
                "GetHistory", ["case": .string(id), "after": .int(events.count), "limit": 1000])
            events += try reply.array("events")
            if reply["more"] != true { return events }
        }
    }

    private static let rotation: JSON = [
        "official": "cb-11", "unit": "xa-que-trung", "full_name": "Cán bộ 11", "from_post": "Chánh Thanh tra huyện",
        "from_unit": "Thanh tra huyện Nông Sơn", "to_post": "Bí thư Đảng ủy xã Quế Trung",
        "to_unit": "Đảng bộ xã Quế Trung", "move_type": "rotation", "assignment_mode": "designated",
        "rotation_plan_id": "Kế hoạch luân chuyển (ví dụ)", "term_from": "2022-08-01", "term_to": "2025-07-31",
    ]
}

extension Bed {
    func official(_ id: String) async throws -> Official { Official(client: try await connect(), id: id) }

    /// Expects that every case's history is whole, as rotationctl tells an administrator.
    func expectSound(_ location: SourceLocation = #_sourceLocation) async throws {
        let result = try await attempt("rotationctl verify --language en")
        #expect(result.status == 0, "\(result)", sourceLocation: location)
    }
}
