import Foundation
import Testing

@testable import Systemd

/// Every kind of message has a fixed id, and the catalogs of both languages explain each.
@Suite struct JournalMessageTests {
    private static let repository = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent()

    private static func text(_ path: String) throws -> String {
        try String(contentsOf: repository.appending(path: path), encoding: .utf8)
    }

    /// The entries of a catalog: id, headers and text.
    private static func entries(_ catalog: String) throws -> [(id: String, headers: [String], text: String)] {
        try text("systemd/\(catalog)").components(separatedBy: "\n-- ").dropFirst().map { entry in
            let lines = entry.components(separatedBy: "\n")
            let headers = lines.dropFirst().prefix { !$0.isEmpty }
            return (lines[0], Array(headers), lines.dropFirst(headers.count + 2).joined(separator: "\n"))
        }
    }

    private static let catalogs = ["rotationd.catalog", "rotationd.vi.catalog"]

    @Test(arguments: JournalMessage.allCases)
    func testAnIdIsARandomUUID(message: JournalMessage) {
        #expect(message.rawValue.wholeMatch(of: /[0-9a-f]{12}4[0-9a-f]{3}[89ab][0-9a-f]{15}/) != nil)
    }

    @Test(arguments: catalogs)
    func testACatalogExplainsEachMessageAndNothingElse(catalog: String) throws {
        let entries = try Self.entries(catalog)
        #expect(entries.map(\.id) == JournalMessage.allCases.map(\.rawValue))
        for entry in entries {
            let names = entry.headers.map { String($0.prefix { $0 != ":" }) }
            #expect(names == ["Subject", "Defined-By", "Support", "Documentation"], "\(entry.id)")
            #expect(entry.text.count > 20, "\(entry.id)")
        }
    }

    @Test func testBothLanguagesTellTheSameFields() throws {
        func fields(_ text: String) -> Set<String> { Set(text.matches(of: /@[A-Z_]+@/).map { String($0.output) }) }
        for (english, vietnamese) in zip(try Self.entries(Self.catalogs[0]), try Self.entries(Self.catalogs[1])) {
            #expect(fields(english.text) == fields(vietnamese.text), "\(english.headers[0])")
        }
    }

    @Test(arguments: catalogs)
    func testACatalogIsComposedUnicode(catalog: String) throws {
        let text = try Self.text("systemd/\(catalog)")
        #expect(text.unicodeScalars.elementsEqual(text.precomposedStringWithCanonicalMapping.unicodeScalars))
        // Ð (Icelandic) looks like Đ.
        #expect(!text.unicodeScalars.contains("\u{D0}"))
    }

    @Test func testTheReadmesTableIsThatOfTheProgram() throws {
        let subjects = try Self.entries(Self.catalogs[0]).map { $0.headers[0].dropFirst("Subject: ".count) }
        let rows = zip(JournalMessage.allCases, subjects).map { message, subject in
            "| `\(message.rawValue)` | \(message.level) | \(subject) |"
        }
        let table = (["| MESSAGE_ID | level | |", "|---|---|---|"] + rows).joined(separator: "\n")
        #expect(try Self.text("README.md").contains(table), "README.md should have:\n\(table)")
    }

    @Test(
        .enabled(
            if: FileManager.default.isExecutableFile(atPath: "/usr/bin/journalctl"), "journalctl is not installed"))
    func testJournalctlTakesTheCatalogs() throws {
        let folder = try TemporaryFolder()
        let run = try ProbeRun(
            launcher: """
                mkdir -p \(folder.path)/usr/lib/systemd/catalog \(folder.path)/var/lib/systemd/catalog
                cp \(Self.repository.path)/systemd/*.catalog \(folder.path)/usr/lib/systemd/catalog
                journalctl --root=\(folder.path) --update-catalog && journalctl --root=\(folder.path) --list-catalog
                """)
        #expect(run.errors == "")
        #expect(
            Set(run.output.split(separator: "\n").map { $0.prefix(32) })
                == Set(JournalMessage.allCases.map { $0.rawValue[...] }))
    }
}
