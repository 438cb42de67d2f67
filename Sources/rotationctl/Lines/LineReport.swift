import ArgumentParser
import JSONCore

/// Tells what became of each line, and at the end of all.
final class LineReport {
    private let file: String
    private let session: Session
    private var rows: [[Table.Cell]] = []
    private var counts: [LineSender.Outcome.Status: Int] = [:]
    private var failed: Set<ExitStatus> = []

    init(file: String, session: Session) {
        self.file = file
        self.session = session
    }

    func add(_ line: LineFile.Line, _ outcome: LineSender.Outcome) {
        counts[outcome.status, default: 0] += 1
        if let failure = outcome.failure { failed.insert(failure.status) }
        if session.wantsJSON {
            session.printJSON(json(line, outcome))
            return session.console.flush()
        }
        let messages = session.messages
        let style: Style? =
            switch outcome.status {
            case .sent, .valid: .green
            case .alreadySent: .faint
            case .refused, .notSent: .red
            }
        let said = outcome.failure.map { [$0.reason] + $0.details } ?? outcome.warnings.map { session.text($0) }
        rows.append([
            .init(String(line.number)), .init(outcome.official ?? ""), .init(outcome.caseID ?? "", .cyan),
            .init(messages.lineResult(outcome.status), style), .init(outcome.stateTitle ?? outcome.state ?? ""),
            .init(said.joined(separator: "; "), outcome.failure == nil ? .yellow : nil),
        ])
    }

    private func json(_ line: LineFile.Line, _ outcome: LineSender.Outcome) -> JSONObject {
        var json: JSONObject = ["line": .int(line.number), "status": .string(outcome.status.rawValue)]
        json["case"] = outcome.caseID.map(JSON.string)
        json["official"] = outcome.official.map(JSON.string)
        json["state"] = outcome.state.map(JSON.string)
        json["version"] = outcome.version.map(JSON.int)
        if !outcome.warnings.isEmpty { json["warnings"] = .array(outcome.warnings) }
        if let failure = outcome.failure {
            let place = "\(file):\(line.number)"
            json.merge(failure.json(operation: place)) { mine, _ in mine }
        }
        return json
    }

    /// - Throws: The exit status, unless every line was sent.
    func end() throws {
        if !session.wantsJSON {
            let messages = session.messages
            var table = Table([
                .init(title: messages.lineTitle, isNumber: true), .init(title: messages.subject),
                .init(title: messages.caseWord), .init(title: messages.result),
                .init(title: messages.state, isFlexible: true), .init(title: messages.note),
            ])
            table.print(rows, on: session.console)
            let shown = LineSender.Outcome.Status.allCases.filter { counts[$0] != nil }
            let summary = shown.map { "\(messages.lineResult($0)): \(counts[$0] ?? 0)" }.joined(separator: ", ")
            session.console.note("\(file): \(summary)", failed.isEmpty ? .green : .red)
            if !failed.isEmpty { session.console.note("  → " + messages.sendAgain) }
        }
        if let status = failed.first {
            throw ExitCode((failed.count == 1 ? status : .data).rawValue)
        }
    }
}
