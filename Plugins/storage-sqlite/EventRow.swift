import GRDB
import JSONCore
import Workflow

/// The columns of the table `events`, without its position and its request.
enum EventRow {
    static let columns = """
        case_id, version, event, at, official, on_behalf_of, gateway, from_state, to_state, form, changes, reason, late, \
        detail, previous, hash
        """

    static func values(_ event: Event) -> [DatabaseValue] {
        let changes = event.changes.map { change in
            var json: JSONObject = ["path": .string(change.path.description)]
            json["old"] = change.old
            json["new"] = change.new
            return JSON.object(json)
        }
        return [
            DatabaseValue(event.caseID), DatabaseValue(event.version), DatabaseValue(event.name),
            DatabaseValue(event.at), DatabaseValue(event.actor.official), DatabaseValue(event.actor.onBehalfOf),
            DatabaseValue(event.actor.gateway), DatabaseValue(event.from), DatabaseValue(event.to),
            event.form.map { DatabaseValue($0) } ?? .null, DatabaseValue(JSON.array(changes)),
            DatabaseValue(event.reason), DatabaseValue(event.late ? 1 : 0),
            event.detail.isEmpty ? .null : DatabaseValue(JSON.object(event.detail)), DatabaseValue(event.previous),
            DatabaseValue(event.hash),
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
}
