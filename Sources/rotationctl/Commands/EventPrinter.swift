import JSONCore
import Workflow

/// Prints the events of cases as a timeline.
struct EventPrinter {
    private static let changesShown = 6
    private static let valueWidth = 60
    private static let indent = "    "

    let session: Session
    let formats: Formats
    /// Every change, with its values in full.
    let showsChanges: Bool
    /// The case's id is told with each event.
    let showsCase: Bool

    func print(_ event: JSONObject) throws {
        let console = session.console
        let messages = session.messages
        let name = try event.string("event")
        let title = session.text(event["title"])
        var line = console.styled(formats.time(try event.string("at")), .faint)
        if showsCase { line += "  " + console.styled(try event.string("case").printable(), .cyan) }
        line += "  #\(try event.int("version"))  "
        let isLate = try event.optionalBool("late") ?? false
        let isAlarm = ["$overdue", "$escalate"].contains(name)
        line += console.styled(
            (title.isEmpty ? messages.whatHappened(name) : title).printable(), isAlarm ? .red : .bold)
        if !title.isEmpty { line += console.styled(" (\(name.printable()))", .faint) }
        if isLate { line += " " + console.styled("[\(messages.late)]", .yellow) }
        line += " · " + actor(event).printable()
        console.print(line)

        let to = try event.string("to")
        if try event.optionalString("from") != to {
            let state = session.text(event["toTitle"])
            console.print(Self.indent + "→ " + console.styled((state.isEmpty ? to : state).printable(), .green))
        }
        if let reason = try event.optionalString("reason") { say("\(messages.because): \(reason)") }
        if let detail = try event.optionalObject("detail") {
            for (name, value) in detail { say("\(name): \(text(value) ?? "")") }
        }
        try printChanges(event)
        if event["withheld"] != nil { say(messages.withheld) }
    }

    private func actor(_ event: JSONObject) -> String {
        let messages = session.messages
        let actor = event["actor"]
        guard let official = actor?["official"]?.stringValue else {
            // An administrator of the server need not be an official.
            return event["detail"]?["administrator"]?.stringValue.map(messages.administratorNamed) ?? messages.daemon
        }
        var text = official
        if let name = event["actorName"]?.stringValue { text = "\(name) (\(official))" }
        if let absent = actor?["onBehalfOf"]?.stringValue { text += ", " + messages.onBehalf(absent) }
        if let gateway = actor?["gateway"]?.stringValue { text += ", " + messages.via(gateway) }
        return text
    }

    private func printChanges(_ event: JSONObject) throws {
        let messages = session.messages
        let all = try event.array("changes").compactMap(\.objectValue)
        // What the engine keeps for itself (deadlines, the units above) is no news to people.
        let changes = showsChanges ? all : all.filter { $0["path"]?.stringValue?.hasPrefix("/case") != true }
        let shown = showsChanges ? changes.count : Self.changesShown
        for change in changes.prefix(shown) {
            let path = try change.string("path")
            let place = path.isEmpty ? "/" : path
            switch (change["old"].flatMap(text), change["new"].flatMap(text)) {
            case (let old?, let new?): say("\(place): \(old) → \(new)")
            case (nil, let new?): say("\(place): \(messages.added) \(new)")
            case (let old?, nil): say("\(place): \(messages.removed) \(old)")
            case (nil, nil): say(place)
            }
        }
        if changes.count > shown { say(messages.moreChanges(changes.count - shown)) }
    }

    private func text(_ value: JSON) -> String? {
        if value.isNull { return nil }
        let text = (value.stringValue.map { Timestamp($0) == nil ? $0 : formats.time($0) } ?? value.description)
            .printable()
        return showsChanges ? text : text.truncated(to: Self.valueWidth)
    }

    private func say(_ text: String) {
        let width = session.console.width.map { $0 - Self.indent.count }
        let text = text.printable()
        session.console.print(Self.indent + (showsChanges ? text : width.map { text.truncated(to: $0) } ?? text))
    }
}
