import JSONCore
import Workflow

/// A level, a reason or another choice of a form, with what people call it.
struct ReportWord: Sendable, Equatable {
    let value: String
    let title: LocalizedText

    var json: JSON { ["value": .string(value), "title": title.json] }
}
