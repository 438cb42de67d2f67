import Foundation
import JSONCore
import Testing

/// The pages as a browser shows and prints them.
@Suite(.serialized, .timeLimit(.minutes(5))) struct ReportPageTests {
    private static let chromium = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"].first {
        FileManager.default.isExecutableFile(atPath: $0)
    }
    private static let hasTools =
        chromium != nil
        && ["/usr/bin/pdfinfo", "/usr/bin/pdftotext"].allSatisfy(FileManager.default.isExecutableFile)
    private static let noTools: Comment = "chromium and poppler-utils are not installed"

    @Test(.enabled(if: hasTools, noTools)) func testTheSummaryFitsAPageAndTheNamesFollow() async throws {
        let month = try await PlayedMonth.played()
        let folder = month.daemon.folder
        let page = folder + "/month.html"
        let written = try await month.rotationctl(
            "report", "monthly", "--unit", PlayedMonth.unit, "--period", "2022-07", "--format", "html", "--number",
            "05",
            "--date", "05/08/2022", "-o", page)
        try #require(written.status == 0, "\(written.output)")
        let html = try String(contentsOfFile: page, encoding: .utf8)
        // Self-contained, and without script.
        #expect(!html.contains("<script") && !html.contains("http:") && !html.contains("https:"))
        #expect(html.contains(#"<svg role="img" aria-labelledby="chart-title chart-text""#))

        let pdf = try await Self.print(page, in: folder)
        let info = try await PlayedMonth.run("pdfinfo", [pdf], in: folder)
        let count = try #require(
            info.output.split(separator: "\n").first { $0.hasPrefix("Pages:") }.flatMap {
                Int($0.dropFirst(6).trimmingCharacters(in: .whitespaces))
            },
            "\(info.output)")
        #expect((2...6).contains(count), "\(info.output)")
        let first = try await Self.text(of: pdf, page: 1, in: folder)
        for part in [
            "ĐẢNG CỘNG SẢN VIỆT NAM", "ĐẢNG ỦY XÃ NINH PHƯỚC", "Số 05-BC/ĐU",
            "Ninh Phước, ngày 05 tháng 08 năm 2022", "Khối Mặt trận - đoàn thể", "97,6 %", "NGƯỜI LẬP", "T/M ĐẢNG ỦY",
            "Các số liệu đã đối chiếu, khớp nhau.",
        ] { #expect(first.contains(part), "\(part) is not in\n\(first)") }
        #expect(!first.contains("PHỤ LỤC"))
        var names: [String] = []
        for number in 2...count {
            let text = try await Self.text(of: pdf, page: number, in: folder)
            #expect(text.contains("Họ và tên"), "page \(number) has no header:\n\(text)")
            names += text.matches(of: /Cán bộ 1[0-9]{2}/).map { String($0.output) }
        }
        #expect(names == (101...142).map { "Cán bộ \($0)" })
    }

    @Test(.enabled(if: hasTools, noTools)) func testADossierIsPrinted() async throws {
        let month = try await PlayedMonth.played()
        let page = month.daemon.folder + "/dossier.html"
        let written = try await month.rotationctl(
            "report", "official", "cb-112", "--format", "html", "-o", page, person: "cb-01")
        try #require(written.status == 0, "\(written.output)")
        let pdf = try await Self.print(page, in: month.daemon.folder)
        let text = try await Self.text(of: pdf, page: 1, in: month.daemon.folder)
        for part in ["Chỉ huy trưởng Ban Chỉ huy Quân sự xã", "07/2022", "Hoàn thành tốt nhiệm vụ", "01/01/2020"] {
            #expect(text.contains(part), "\(part) is not in\n\(text)")
        }
    }

    /// - Returns: The PDF that the browser prints.
    private static func print(_ page: String, in folder: String) async throws -> String {
        let pdf = page + ".pdf"
        let run = try await PlayedMonth.run(
            chromium ?? "",
            [
                "--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--no-first-run",
                "--user-data-dir=\(folder)/browser", "--no-pdf-header-footer", "--print-to-pdf=\(pdf)",
                "file://\(page)",
            ], in: folder)
        try #require(FileManager.default.fileExists(atPath: pdf), "\(run.output)")
        return pdf
    }

    private static func text(of pdf: String, page: Int, in folder: String) async throws -> String {
        let number = String(page)
        let run = try await PlayedMonth.run("pdftotext", ["-layout", "-f", number, "-l", number, pdf, "-"], in: folder)
        #expect(run.status == 0, "\(run.output)")
        return run.output
    }
}
