import JSONCore
import Varlink

/// Who is who, as CSV with header rows.
struct DirectoryTables {
    var units: String
    var officials: String
    var posts: String

    /// Lines of a part: well below what one message may have.
    private static let partLines = 10_000

    func importInto(_ daemon: Daemon) async throws {
        let client = try await daemon.connect()
        for (table, csv) in [("units", units), ("officials", officials), ("posts", posts)] {
            let lines = csv.split(separator: "\n")
            for start in stride(from: 1, to: lines.count, by: Self.partLines) {
                let part = lines[..<1] + lines[start..<min(start + Self.partLines, lines.count)]
                let staged = try await client.call(
                    "org.rotationd.Directory.StageImport",
                    [
                        "import": "bench", "table": .string(table), "csv": .string(part.joined(separator: "\n")),
                        "file": .string(table), "firstLine": .int(start + 1),
                    ])
                if staged["problems"]?.arrayValue?.isEmpty == false { throw BenchError("\(table): \(staged)") }
            }
        }
        let applied = try await client.call(
            "org.rotationd.Directory.ApplyImport", ["import": "bench", "dryRun": false])
        if applied["applied"]?.boolValue != true { throw BenchError("the directory was not imported: \(applied)") }
        await client.close()
    }
}
