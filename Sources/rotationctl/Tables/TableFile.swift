import PluginKit

/// A file with tables that somebody keeps by hand: CSV, which is one table.
struct TableFile {
    struct Sheet {
        /// The sheet's name; of a CSV file the file's, without its extension.
        let name: String
        /// How messages name it: the file.
        let place: String
        let csv: String

        /// The rows, each with its line and the columns' names.
        func table(_ messages: Messages) throws(Failure) -> CSVTable {
            do throws(CSVTable.Problem) {
                return try CSVTable(csv)
            } catch {
                throw Failure(.data, "\(place):\(error.line):\(error.column): \(error.message[messages.language])")
            }
        }
    }

    let sheets: [Sheet]

    init(_ path: String, _ messages: Messages) throws(Failure) {
        let file = path.split(separator: "/").last ?? ""
        let name = file.split(separator: ".").first.map(String.init) ?? path
        sheets = [Sheet(name: name, place: path, csv: try InputFile(path, messages).text)]
    }
}
