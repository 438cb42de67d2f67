import JSONCore
import Workflow

/// A JSON Schema as a text.
enum SchemaFile {
    static func schema(_ text: String, file: String, _ messages: Messages) throws(Failure) -> Schema {
        let json: JSON
        do throws(JSONSyntaxError) { json = try JSON(parsing: text) } catch {
            throw Failure(.data, messages.badSchema(file), details: ["\(file):\(error)"])
        }
        do throws(SchemaErrors) { return try Schema(json) } catch {
            // JSON is YAML as well, and that reader knows where things are.
            let places = try? YAMLDocument(text)
            throw Failure(
                .data, messages.badSchema(file),
                details: error.problems.map { problem in
                    "\(file):" + (places.map { "\($0.position(of: problem.pointer)):" } ?? "") + " \(problem)"
                })
        }
    }
}
