import Crypto
import JSONCore

/// One thing that happened to a case, kept for ever. Its hash covers everything in it and the hash of the event before, so
/// that an altered or removed event is found.
public struct Event: Sendable, Equatable {
    public var caseID: String
    /// Counts the case's events from 1.
    public var version: Int
    /// The event's name in the definition; the engine's own begin with `$`: `$open`, `$remind`, `$overdue`, `$escalate`,
    /// `$child`, `$adopt`, and those of ``Repair``.
    public var name: String
    public var at: Timestamp
    public var actor: Actor
    /// The state before (nil for the first event) and after.
    public var from: String?
    public var to: String
    /// What came in.
    public var form: JSON?
    /// What it changed in the document.
    public var changes: [Change]
    /// Why, for a step that repairs or corrects.
    public var reason: String?
    /// Whether it came after its deadline, or a timer fired on a later day than it was due.
    public var late: Bool
    /// What belongs to the event besides the form: the child case that was opened, the deadline that passed …
    public var detail: JSONObject
    /// ``hash`` of the event before; empty for the first.
    public var previous: String
    /// SHA-256 (lower-case hexadecimal) over the canonical text of ``json`` without `hash`.
    public private(set) var hash: String

    /// A change of one place in the document; `old` is nil when it was not there, `new` when it is gone.
    public struct Change: Sendable, Equatable {
        public var path: JSONPointer
        public var old: JSON?
        public var new: JSON?

        public init(path: JSONPointer, old: JSON?, new: JSON?) {
            self.path = path
            self.old = old
            self.new = new
        }

        var json: JSONObject {
            var json = JSONObject(minimumCapacity: 3)
            json["new"] = new
            json["old"] = old
            json["path"] = .string(path.description)
            return json
        }
    }

    public init(
        caseID: String, version: Int, name: String, at: Timestamp, actor: Actor, from: String?, to: String,
        form: JSON? = nil, changes: [Change] = [], reason: String? = nil, late: Bool = false, detail: JSONObject = [:],
        previous: String
    ) {
        self.caseID = caseID
        self.version = version
        self.name = name
        self.at = at
        self.actor = actor
        self.from = from
        self.to = to
        self.form = form
        self.changes = changes
        self.reason = reason
        self.late = late
        self.detail = detail
        self.previous = previous
        hash = ""
        hash = computedHash
    }

    /// What ``hash`` must be: of the canonical text, written without making the values that it is the text of.
    public var computedHash: String {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(1024)
        func member(_ name: StaticString, _ value: JSON?) {
            guard let value else { return }
            bytes.append(UInt8(ascii: bytes.isEmpty ? "{" : ","))
            bytes.append(UInt8(ascii: "\""))
            name.withUTF8Buffer { bytes.append(contentsOf: $0) }
            bytes.append(contentsOf: "\":".utf8)
            value.write(to: &bytes, sorted: true)
        }
        // In the order of the names.
        member("actor", .object(actor.json))
        member("at", JSON(at))
        member("case", .string(caseID))
        member("changes", changesJSON)
        member("detail", detail.isEmpty ? nil : .object(detail))
        member("event", .string(name))
        member("form", form)
        member("from", from.map(JSON.string))
        member("late", late ? true : nil)
        member("previous", .string(previous))
        member("reason", reason.map(JSON.string))
        member("to", .string(to))
        member("version", .int(version))
        bytes.append(UInt8(ascii: "}"))
        return sha256(bytes)
    }

    private var changesJSON: JSON { .array(changes.map { .object($0.json) }) }
}

extension Event {
    public init(json: JSONObject) throws(JSONFieldError) {
        let changes = try json.list("changes") { (change) throws(JSONFieldError) in
            guard let path = JSONPointer(try change.string("path")) else {
                throw JSONFieldError(field: "path", expected: "a JSON pointer")
            }
            return Change(path: path, old: change["old"], new: change["new"])
        }
        caseID = try json.string("case")
        version = try json.int("version")
        name = try json.string("event")
        at = try json.timestamp("at")
        actor = try json.value("actor", Actor.init(json:))
        from = try json.optionalString("from")
        to = try json.string("to")
        form = try json.optionalObject("form").map(JSON.object)
        self.changes = changes
        reason = try json.optionalString("reason")
        late = try json.optionalBool("late") ?? false
        detail = try json.optionalObject("detail") ?? [:]
        previous = try json.string("previous")
        hash = try json.string("hash")
    }

    public var json: JSONObject {
        var json: JSONObject = [
            "case": .string(caseID), "version": .int(version), "event": .string(name), "at": JSON(at),
            "actor": .object(actor.json), "to": .string(to), "previous": .string(previous), "hash": .string(hash),
            "changes": changesJSON,
        ]
        json["from"] = from.map(JSON.string)
        json["form"] = form
        json["reason"] = reason.map(JSON.string)
        if late { json["late"] = true }
        if !detail.isEmpty { json["detail"] = .object(detail) }
        return json
    }
}

/// SHA-256 of `bytes`, in lower-case hexadecimal.
public func sha256(_ bytes: [UInt8]) -> String {
    let digits = Array("0123456789abcdef".utf8)
    var text: [UInt8] = []
    text.reserveCapacity(64)
    for byte in SHA256.hash(data: bytes) {
        text.append(digits[Int(byte >> 4)])
        text.append(digits[Int(byte & 15)])
    }
    return String(decoding: text, as: UTF8.self)
}
