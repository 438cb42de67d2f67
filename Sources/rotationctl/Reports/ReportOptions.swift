import ArgumentParser
import Foundation
import JSONCore

/// How a report comes out, and where.
struct ReportOptions: ParsableArguments {
    enum Format: String, ExpressibleByArgument, CaseIterable {
        case table, csv, json, html
    }

    @Option(help: ArgumentHelp("table, csv, json or html.", valueName: "format"))
    var format: Format?

    @Option(
        name: [.customShort("o"), .long],
        help: ArgumentHelp(
            "Write into this file, which only you may read, in place of the one that is there.", valueName: "file"),
        completion: .file())
    var output: String?

    @Option(
        help: ArgumentHelp(
            "For html: this page instead of the office's, which the daemon has in config/reports.", valueName: "file"),
        completion: .file())
    var template: String?

    @OptionGroup var acting: ActingOptions
    @OptionGroup var daemon: DaemonOptions

    var chosen: Format { format ?? (daemon.common.json ? .json : .table) }

    func validate() throws {
        if output != nil, chosen == .table { throw ValidationError("--output goes with --format csv, json or html.") }
        if template != nil, chosen != .html { throw ValidationError("--template goes with --format html.") }
    }

    /// Gives out what a report became, as text with its own line ends.
    func write(_ text: String, _ session: Session) throws {
        guard let output else {
            var text = text
            if text.hasSuffix("\n") { text.removeLast() }
            return session.console.print(text)
        }
        try Self.write(Data(text.utf8), to: output, session.messages)
        session.console.note(session.messages.reports.written(output))
    }

    /// The file is there whole or not at all; it names people with their levels, so it is nobody else's to read.
    private static func write(_ bytes: Data, to path: String, _ messages: Messages) throws {
        let part = path + ".part"
        func failure() -> Failure {
            Failure(.cannotCreate, messages.reports.cannotWrite(path, String(cString: strerror(errno))))
        }
        unlink(part)
        let descriptor = open(part, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw failure() }
        defer { unlink(part) }
        let file = FileHandle(fileDescriptor: descriptor, closeOnDealloc: true)
        do { try file.write(contentsOf: bytes) } catch { throw failure() }
        guard fsync(descriptor) == 0, rename(part, path) == 0 else { throw failure() }
    }

    /// The page with the values filled in.
    func page(_ name: String, _ values: [String: Any], _ session: Session) async throws -> String {
        var texts: [String: String] = [:]
        for (name, text) in try await session.call("Reports.GetTemplates", acting.gateway.parameters).object(
            "templates")
        {
            texts[name] = text.stringValue
        }
        if let template {
            guard let text = try? String(contentsOfFile: template, encoding: .utf8) else {
                throw Failure(.noInput, session.messages.reports.noTemplate(template))
            }
            texts[name] = text
        }
        return try ReportPage.render(name, texts, values, session.messages)
    }
}
