import JSONCore
import Workflow

/// A form, in YAML or JSON, with the places of its fields.
struct FormFile {
    let name: String
    let text: String
    /// Without what was left blank.
    let value: JSON
    private let document: YAMLDocument?

    init(_ file: InputFile) throws(Failure) {
        name = file.name
        text = file.text
        let isJSON = name.hasSuffix(".json")
        if isJSON || text.first(where: { !$0.isWhitespace }) == "{" {
            // JSON is read as JSON: YAML takes most of it, but not all.
            do throws(JSONSyntaxError) {
                value = try JSON(parsing: text).droppingNulls
                document = try? YAMLDocument(text)
                return
            } catch  where isJSON {
                throw Failure(.data, "\(name):\(error)")
            } catch {
                // Flow YAML begins with a brace as well.
            }
        }
        do throws(YAMLError) {
            let document = try YAMLDocument(text)
            self.document = document
            value = document.value.droppingNulls
        } catch {
            throw Failure(.data, "\(name):\(error)")
        }
    }

    /// Where a field is, or what it is missing in.
    func position(of pointer: JSONPointer) -> YAMLPosition? { document?.position(of: pointer) }

    /// `file:line:column: `, or only the file where the place is not known.
    func prefix(_ pointer: JSONPointer) -> String {
        "\(name):" + (position(of: pointer).map { "\($0):" } ?? "") + " "
    }

    /// The fields; nil when there is nothing in it.
    func fields(_ messages: Messages) throws(Failure) -> JSONObject? {
        switch value {
        case .object(let fields): return fields
        case .null: return nil
        default: throw Failure(.data, messages.notAnObject(name))
        }
    }
}
