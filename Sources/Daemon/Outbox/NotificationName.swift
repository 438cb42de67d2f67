/// Everything that a template can name. Nothing else of a case reaches a message: no form, no ballot, no comment.
enum NotificationName: String, CaseIterable {
    /// What it is about, in words: the topic's title.
    case topic
    case caseID = "case"
    case caseTitle = "case_title"
    case workflow, state
    case recipient
    /// Whom the recipient stands in for.
    case onBehalfOf = "on_behalf_of"
    /// The deadline's title, its day (dd/mm/yyyy), and what must be done by then: the event's title.
    case deadline, due, task
    /// Of an appointment: its day and hours, and where.
    case date, starts, ends, location
    case cancelled, urgent
    /// Of a digest: how many, and each with the names above.
    case count, items
    /// In HTML: the text, paragraph by paragraph, each a list of lines.
    case paragraphs, lines
}
