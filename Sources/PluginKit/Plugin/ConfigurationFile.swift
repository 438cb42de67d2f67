import Foundation
import JSONCore
import Workflow

/// A plugin's YAML file, which an administrator writes, checked against a JSON Schema that is part of the program.
public struct ConfigurationFile: Sendable {
    /// What is wrong with a file: one `file:line:column: …` a line.
    public struct Problems: Error, Equatable, CustomStringConvertible {
        public let description: String
    }

    public let path: String
    public let values: JSONObject
    private let document: YAMLDocument

    /// - Throws: ``Problems``, when the file cannot be read, is not YAML or breaks the schema.
    public init(path: String, schema bytes: [UInt8]) throws {
        self.path = path
        guard let text = try? String(contentsOfFile: path, encoding: .utf8) else {
            throw Problems(description: "\(path): cannot be read; give another file with --config")
        }
        do throws(YAMLError) { document = try YAMLDocument(text) } catch {
            throw Problems(description: "\(path):\(error.position): is not YAML: \(error.reason)")
        }
        // A file in which nothing is set is as good as an empty object.
        let value = document.value.isNull ? [:] : document.value
        let schema = try Schema(JSON(parsing: bytes))
        let violations = schema.validate(value)
        values = value.objectValue ?? [:]
        if !violations.isEmpty {
            let lines = violations.map { violation in
                let message =
                    violation.keyword == "additionalProperties"
                    ? "\(violation.pointer): there is no such setting" : violation.message(.en, titles: schema)
                return "\(place(violation.pointer)): \(message)"
            }
            throw Problems(description: lines.joined(separator: "\n"))
        }
    }

    /// What a schema cannot say.
    public func problem(_ message: String, at pointer: JSONPointer) -> Problems {
        Problems(description: "\(place(pointer)): \(pointer): \(message)")
    }

    private func place(_ pointer: JSONPointer) -> String { "\(path):\(document.position(of: pointer))" }
}
