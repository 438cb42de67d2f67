import Foundation
import PluginKit

/// A file with tables that somebody keeps by hand: CSV, which is one table, or a workbook of a spreadsheet (.xlsx), which
/// is one a sheet. Workbooks are read by xlsx2csv, a package of Debian.
struct TableFile {
    static let extensions = ["csv", "xlsx"]

    struct Sheet {
        /// The sheet's name; of a CSV file the file's, without its extension.
        let name: String
        let csv: String
        fileprivate let file: String
        fileprivate let isOfWorkbook: Bool

        /// The file, with the sheet of a workbook.
        var title: String { isOfWorkbook ? "\(file), \(name)" : file }

        /// The rows, each with its line and the columns' names.
        func table(_ messages: Messages) throws(Failure) -> CSVTable {
            do throws(CSVTable.Problem) {
                return try CSVTable(csv)
            } catch {
                throw Failure(
                    .data,
                    "\(place(line: error.line, column: error.column)): \(error.message[messages.language])")
            }
        }

        /// How a person finds a place of the CSV text: `units.csv:3:7`, or `staff.xlsx, units!C3`.
        func place(line: Int, column: Int) -> String {
            guard isOfWorkbook else { return "\(file):\(line):\(column)" }
            // The cells of a row that could not be read have no columns.
            guard let row = try? CSVTable(csv).rows.first(where: { $0.line == line }) else {
                return "\(title)!\(line)"
            }
            return "\(title)!\(Self.letters(row.cell(at: column) ?? 0))\(row.number)"
        }

        /// The name of a column, from 0: A … Z, AA …
        private static func letters(_ column: Int) -> String {
            let last = String(UnicodeScalar(UInt8(ascii: "A") + UInt8(column % 26)))
            return column < 26 ? last : letters(column / 26 - 1) + last
        }
    }

    let sheets: [Sheet]

    /// - Parameter path: A file that ends in .xlsx is a workbook, any other is CSV.
    init(_ path: String, _ messages: Messages) async throws(Failure) {
        guard path.lowercased().hasSuffix(".xlsx") else {
            let file = path.split(separator: "/").last ?? ""
            let name = file.split(separator: ".").first.map(String.init) ?? path
            let text = try InputFile(path, messages).text
            sheets = [Sheet(name: name, csv: text, file: path, isOfWorkbook: false)]
            return
        }
        guard access(path, R_OK) == 0 else {
            throw Failure(.noInput, messages.cannotRead(path, String(cString: strerror(errno))))
        }
        // No cell holds the separator: XML has no such character.
        let run = await ProgramRun.of(
            ["xlsx2csv", "--all", "--sheetdelimiter", "x30", "--dateformat", "%Y-%m-%d", "--", path],
            within: Self.patience)
        guard let run else { throw Failure(.unavailable, messages.noSpreadsheetReader(path), hint: messages.saveAsCSV) }
        guard run.status == 0 else {
            let reason = run.errors.split(separator: "\n").first.map(String.init) ?? ""
            throw Failure(.data, messages.unreadableWorkbook(path, reason), hint: messages.saveAsCSV)
        }
        sheets = run.output.split(separator: "\u{1E}").map { part in
            // " 1 - units", then the rows.
            let lines = part.split(separator: "\n", maxSplits: 1, omittingEmptySubsequences: false)
            let name = lines[0].split(separator: "-", maxSplits: 1).last ?? ""
            return Sheet(
                name: name.trimmingCharacters(in: .whitespaces), csv: lines.count > 1 ? String(lines[1]) : "",
                file: path, isOfWorkbook: true)
        }
    }

    /// Seconds for the largest workbook.
    private static let patience = 600
}
