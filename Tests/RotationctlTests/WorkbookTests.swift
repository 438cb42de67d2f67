import Foundation
import Testing

/// Tables that come as Excel workbooks, read by the real xlsx2csv.
@Suite(.enabled(if: FileManager.default.isExecutableFile(atPath: "/usr/bin/xlsx2csv"), "xlsx2csv is not installed"))
struct WorkbookTests {
    private let folder: TemporaryFolder
    private let tool: Tool

    init() throws {
        folder = try TemporaryFolder()
        tool = Tool()
    }

    /// A workbook of two sheets; 44743 is Excel's number of 2022-07-01.
    private func workbook(level: String = "commune") throws -> String {
        func row(_ number: Int, _ cells: [String]) -> String {
            "<row r=\"\(number)\">\(cells.joined())</row>"
        }
        func text(_ place: String, _ text: String) -> String {
            "<c r=\"\(place)\" t=\"inlineStr\"><is><t>\(text)</t></is></c>"
        }
        func sheet(_ rows: String) -> String {
            "<worksheet xmlns=\"http://schemas.openxmlformats.org/spreadsheetml/2006/main\"><sheetData>\(rows)</sheetData></worksheet>"
        }
        let units = sheet(
            row(1, [text("A1", "id"), text("B1", "name"), text("C1", "level"), text("D1", "from")])
                + row(
                    3,
                    [
                        text("A3", "xa-9"), text("B3", "Xã \"Chín\", mới"), text("C3", level),
                        "<c r=\"D3\" s=\"1\"><v>44743</v></c>",
                    ]))
        let people = sheet(
            row(1, [text("A1", "id"), text("B1", "full_name")])
                + row(2, [text("A2", "cb-901"), text("B2", "Cán bộ 901")]))
        let main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
        let relations = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
        let package = "http://schemas.openxmlformats.org/package/2006"
        let files: [(String, String)] = [
            (
                "[Content_Types].xml",
                "<Types xmlns=\"\(package)/content-types\"><Default Extension=\"rels\" ContentType=\"application/vnd.openxmlformats-package.relationships+xml\"/><Default Extension=\"xml\" ContentType=\"application/xml\"/><Override PartName=\"/xl/workbook.xml\" ContentType=\"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml\"/><Override PartName=\"/xl/styles.xml\" ContentType=\"application/vnd.openxmlformats-officedocument.spreadsheetml.styles+xml\"/><Override PartName=\"/xl/worksheets/sheet1.xml\" ContentType=\"application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml\"/><Override PartName=\"/xl/worksheets/sheet2.xml\" ContentType=\"application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml\"/></Types>"
            ),
            (
                "_rels/.rels",
                "<Relationships xmlns=\"\(package)/relationships\"><Relationship Id=\"r1\" Type=\"\(relations)/officeDocument\" Target=\"xl/workbook.xml\"/></Relationships>"
            ),
            (
                "xl/workbook.xml",
                "<workbook xmlns=\"\(main)\" xmlns:r=\"\(relations)\"><sheets><sheet name=\"Đơn vị\" sheetId=\"1\" r:id=\"r1\"/><sheet name=\"Cán bộ\" sheetId=\"2\" r:id=\"r2\"/></sheets></workbook>"
            ),
            (
                "xl/_rels/workbook.xml.rels",
                "<Relationships xmlns=\"\(package)/relationships\"><Relationship Id=\"r1\" Type=\"\(relations)/worksheet\" Target=\"worksheets/sheet1.xml\"/><Relationship Id=\"r2\" Type=\"\(relations)/worksheet\" Target=\"worksheets/sheet2.xml\"/><Relationship Id=\"r3\" Type=\"\(relations)/styles\" Target=\"styles.xml\"/></Relationships>"
            ),
            (
                "xl/styles.xml",
                "<styleSheet xmlns=\"\(main)\"><cellXfs count=\"2\"><xf numFmtId=\"0\"/><xf numFmtId=\"14\" applyNumberFormat=\"1\"/></cellXfs></styleSheet>"
            ),
            ("xl/worksheets/sheet1.xml", units), ("xl/worksheets/sheet2.xml", people),
        ]
        let source = folder.path + "/book"
        for (name, text) in files {
            let path = URL(filePath: "\(source)/\(name)")
            try FileManager.default.createDirectory(
                at: path.deletingLastPathComponent(), withIntermediateDirectories: true)
            try Data(("<?xml version=\"1.0\" encoding=\"UTF-8\"?>" + text).utf8).write(to: path)
        }
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/python3")
        process.currentDirectoryURL = URL(filePath: source)
        process.arguments = ["-m", "zipfile", "-c", "../danh-ba.xlsx", "[Content_Types].xml", "_rels", "xl"]
        try process.run()
        process.waitUntilExit()
        #expect(process.terminationStatus == 0)
        return folder.path + "/danh-ba.xlsx"
    }

    @Test func testSheetsBecomeTablesAndExcelsDatesDates() async throws {
        let file = try workbook()
        try await RealDaemon.with { tool in
            let dry = try await tool("directory", "import", file, "--dry-run", "--language", "vi")
            #expect(dry.status == 0, "\(dry.errors)")
            #expect(dry.output.contains("+ Đơn vị xa-9, Xã \"Chín\", mới") && dry.output.contains("from: 2022-07-01"))
            #expect(try await tool("directory", "show", "units", "--text", "chin", "--json").json().isEmpty)
            #expect(try await tool("directory", "import", file).status == 0)
            let units = try await tool("directory", "show", "units", "--text", "chin", "--json").json()
            #expect(units.first?["from"] == "2022-07-01" && units.first?["name"] == "Xã \"Chín\", mới")
            let people = try await tool("directory", "show", "officials", "--text", "can bo 901", "--json").json()
            #expect(people.map { $0["id"] } == ["cb-901"])
            let bad = try await tool("directory", "import", try workbook(level: "hai chữ"), "--language", "en")
            #expect(bad.status == 65 && bad.output.contains("danh-ba.xlsx, Đơn vị!C3: "), "\(bad.output)")
        }
    }

    @Test func testAFileThatIsNoWorkbookIsRefused() async throws {
        let file = try folder.write("not a workbook", to: "units.xlsx")
        let run = try await tool.run(["directory", "import", file, "--language", "vi"])
        #expect(run.status == 65 && run.errors.contains("không đọc được tệp Excel"))
    }
}
