import Foundation
import JSONCore
import Testing

/// The texts of messages, which an administrator may change.
@Suite(.timeLimit(.minutes(2))) struct TemplateTests {
    @Test func testACaseCanBePreviewedInBothLanguages() async throws {
        let daemon = try TestDaemon()
        try await daemon.start()
        try await daemon.importDirectory()
        let id = try await daemon.client("cb-01").open("rotation-onboarding", Samples.form("rotation")).id
        let vi = try await daemon.tool("template", "preview", "--case", id, "--topic", "draft_requested", "--json")
        let text = try #require(JSON(parsing: vi).objectValue)
        // The tool speaks English here.
        #expect(text["subject"]?.stringValue?.hasPrefix("Please draft your action program (due ") == true, "\(text)")
        let html = try await daemon.tool("template", "preview", "--case", id, "--topic", "draft_requested", "--html")
        #expect(html.contains("<p>Please draft your action program.<br>"), "\(html)")
        let manager = try await daemon.client()
        let said = try await manager.manager(
            "PreviewMessage", ["case": .string(id), "topic": "draft_requested", "language": "vi"])
        let lines = try said.string("text").split(separator: "\n")
        #expect(lines[0].hasPrefix("Kính gửi đồng chí Cán bộ 11"), "\(lines)")
        #expect(lines.contains { $0.contains("Việc cần làm: Trình Ban Thường vụ, chậm nhất hết ngày ") }, "\(lines)")
        #expect(try said.string("text").contains("\n\n\n") == false)
    }

    @Test func testABadTemplateIsRefusedWithItsPlaceAndTheOldOnesStay() async throws {
        let daemon = try TestDaemon()
        try await daemon.start()
        #expect(try await daemon.tool("template", "check").contains("sound"))
        let manager = try await daemon.client()
        try daemon.write("Kính gửi,\n\nÝ kiến: {{comment}}\n", to: "templates/vi/returned.text.mustache")
        let said = try await daemon.tool("template", "check", status: 65)
        #expect(said.contains("templates/vi/returned.text.mustache:3:9: there is no \"comment\""), "\(said)")
        let problems = try await manager.manager("Reload").array("problems")
        #expect(problems.count == 1)
        try daemon.write("Hello {{topic}}\n", to: "templates/vi/returned.text.mustache")
        #expect(try await manager.manager("Reload")["problems"] == [])
    }

    @Test(arguments: [
        ("vi/x.subject.mustache", "a\nb", "x.subject.mustache:1:2: a subject is one line"),
        ("vi/x.html.mustache", "{{{topic}}}", ":1:1: {{{ is not for these templates"),
        ("vi/x.html.mustache", "{{& topic}}", ":1:1: {{& is not for these templates"),
        ("vi/x.text.mustache", "{{#due}}\n", "{{#due}} is not ended by {{/due}}"),
        ("vi/x.text.mustache", "a {{/due}}\n", ":1:3: {{/due}} ends no section"),
        ("vi/x.text.mustache", "{{topic\n", ":1:1: a tag that does not end"),
        ("vi/x.text.mustache", "{{count}}\n", ":1:1: only a digest has \"count\""),
        ("vi/digest.text.mustache", "{{due}}\n", ":1:1: of a digest \"due\" is that of each"),
        ("vi/x.text.mustache", "{{topic}}\n", "en/x.text.mustache: is missing; vi has it"),
        ("vi/x.mustache", "{{topic}}\n", "a template is named TOPIC.subject.mustache"),
    ])
    func testAMistakeIsSaidWithItsPlace(file: String, text: String, problem: String) async throws {
        let daemon = try TestDaemon()
        try daemon.write(text, to: "templates/\(file)")
        let failure = try await daemon.failure()
        #expect(failure.status == 78 && failure.text.contains(problem), "\(failure)")
    }
}
