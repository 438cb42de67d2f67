import GRDB
import JSONCore
import Workflow

/// The columns of the table `events`.
enum EventRow {
    /// Without the position, and the request, which follows.
    static let columns = """
        case_id, version, event, at, official, on_behalf_of, gateway, from_state, to_state, form, changes, reason, late, \
        detail, previous, hash
        """

    /// The columns request_scope, request_key and request_digest.
    static let request = 16..<19

    /// All columns, without a request.
    static func values(_ event: Event) -> [ColumnValue] {
        let changes = event.changes.map { change in
            var json: JSONObject = ["path": .string(change.path.description)]
            json["old"] = change.old
            json["new"] = change.new
            return JSON.object(json)
        }
        return [
            .text(event.caseID), .int(event.version), .text(event.name), ColumnValue(event.at),
            ColumnValue(event.actor.official), ColumnValue(event.actor.onBehalfOf), ColumnValue(event.actor.gateway),
            ColumnValue(event.from), .text(event.to), event.form.map { ColumnValue($0) } ?? .null,
            ColumnValue(.array(changes)), ColumnValue(event.reason), .int(event.late ? 1 : 0),
            event.detail.isEmpty ? .null : ColumnValue(.object(event.detail)), .text(event.previous), .text(event.hash),
            .null, .null, .null,
        ]
    }

    /// Through JSON, because only so an event keeps the hash that it came with, right or wrong.
    static func event(_ row: Row) throws -> Event {
        let actor = Actor(official: row[4], onBehalfOf: row[5], gateway: row[6])
        var json: JSONObject = [
            "case": .string(row[0]), "version": .int(row[1]), "event": .string(row[2]), "at": .string(row[3]),
            "actor": .object(actor.json), "to": .string(row[8]), "changes": try row.json(10),
            "late": .bool(row[12]), "previous": .string(row[14]), "hash": .string(row[15]),
        ]
        json["from"] = (row[7] as String?).map(JSON.string)
        json["reason"] = (row[11] as String?).map(JSON.string)
        if !row.hasNull(atIndex: 9) { json["form"] = try row.json(9) }
        if !row.hasNull(atIndex: 13) { json["detail"] = try row.json(13) }
        return try Event(json: json)
    }

    /// Bytes of forms and changes after which a page ends: it is one message, and both its ends hold it in memory.
    static let pageBytes = 16 << 20

    /// Events in order: as many as the statement finds, or fewer when they are large, and then at least one.
    static func page(
        _ sql: String, _ values: [DatabaseValue], _ read: (Row) throws -> Event, in db: Database
    ) throws -> [Event] {
        let cursor = try Row.fetchCursor(db.cachedStatement(sql: sql), arguments: StatementArguments(values))
        var events: [Event] = []
        var bytes = 0
        while bytes < pageBytes, let row = try cursor.next() {
            for index in [9, 10] { bytes += try row.withUnsafeData(atIndex: index) { $0?.count ?? 0 } }
            events.append(try read(row))
        }
        return events
    }
}
