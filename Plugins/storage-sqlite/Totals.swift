import GRDB

/// How much a batch changes the counts of the table `totals`.
struct Totals {
    var cases = 0
    var openCases = 0
    var overdueCases = 0
    var timers = 0
    var messagesWaiting = 0
    var messagesParked = 0

    /// Adds these to the table and begins again from zero.
    mutating func flush(to db: Database) throws {
        let changes = [cases, openCases, overdueCases, timers, messagesWaiting, messagesParked]
        if changes.allSatisfy({ $0 == 0 }) { return }
        try db.run(
            """
            UPDATE totals SET cases = cases + ?, open_cases = open_cases + ?, overdue_cases = overdue_cases + ?,
              timers = timers + ?, messages_waiting = messages_waiting + ?, messages_parked = messages_parked + ?
            """, changes.map { DatabaseValue($0) })
        self = Totals()
    }

    static let select = """
        SELECT cases, open_cases, overdue_cases, timers, messages_waiting, messages_parked FROM totals
        """

    /// The counts made anew, in the table's order.
    static let recount = """
        SELECT (SELECT count(*) FROM cases), (SELECT count(*) FROM cases WHERE closed_at IS NULL),
          (SELECT count(*) FROM cases WHERE overdue <> '[]'), (SELECT count(*) FROM timers),
          (SELECT count(*) FROM messages WHERE state = 'waiting')
            + (SELECT count(*) FROM deliveries WHERE state = 'waiting'),
          (SELECT count(*) FROM messages WHERE state = 'parked')
            + (SELECT count(*) FROM deliveries WHERE state = 'parked')
        """
}
