import Foundation
import JSONCore
import Workflow

/// The filled-in forms of config/samples, and smaller ones.
enum Samples {
    static func form(_ name: String) throws -> JSON {
        let path = TestDaemon.repository + "/config/samples/\(name).yaml"
        return try YAMLDocument.parse(String(contentsOfFile: path, encoding: .utf8))
    }

    /// Those of the Standing Committee who come to the hearing (attendance.yaml).
    static let present = ["cb-01", "cb-03", "cb-04", "cb-05", "cb-06", "cb-07", "cb-08", "cb-09"]

    static func program(tasks: Int) -> JSON {
        [
            "advantages": ["Nhân dân đồng thuận"],
            "difficulties": [["text": "Địa bàn rộng"]],
            "key_tasks": .array(
                (0..<tasks).map { ["id": .string("task-\($0)"), "order": .int($0 + 1), "title": "Xây dựng Đảng"] }),
            "recommendations": [],
        ]
    }

    /// The assessment of an official of the commune in July 2022, when cb-14 is its head.
    static func monthly(_ official: String) throws -> JSON {
        guard case .object(var form) = try form("monthly-open") else { return [:] }
        form["official"] = .string(official)
        form["period"] = "2022-07"
        return .object(form)
    }
}

extension JSON {
    /// With other members; null takes one away.
    func with(_ members: JSONObject) -> JSON {
        .object((objectValue ?? [:]).merging(members) { $1 }.withoutNulls)
    }
}
