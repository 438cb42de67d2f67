import JSONCore
import Workflow

/// What is wrong with an import, held together with what the store keeps.
public struct DirectoryProblem: Sendable, Equatable {
    public enum Kind: String, Sendable, CaseIterable {
        /// The import has the record twice.
        case duplicate
        /// A unit or an official that is named is nowhere.
        case unknownUnit = "unknown_unit"
        case unknownOfficial = "unknown_official"
        /// Two rows of one unit share a day.
        case overlapping
        /// The parent is not there all the time.
        case parentAbsent = "parent_absent"
        /// A unit is above itself.
        case cycle
        /// The successor is not there on the day after the row ends.
        case successorAbsent = "successor_absent"
        /// There is a successor, but no last day.
        case successorWithoutEnd = "successor_without_end"
        /// A post is held while its unit is not there.
        case unitAbsent = "unit_absent"
        /// An official has two main posts on a day.
        case severalMains = "several_mains"
        /// Two officials have the same login.
        case loginTaken = "login_taken"
    }

    public var kind: Kind
    /// The record that is wrong: of the import, or one of the store's that the import would make wrong.
    public var table: DirectoryRecords.Table
    public var id: String
    /// Its member that is wrong.
    public var field: String
    /// The id that is named, or of the other record.
    public var other: String?
    /// The first day on which it is so; nil without begin.
    public var day: LocalDate?
    /// Where the caller said that the record is; for a record of the store that of the one which makes it wrong.
    public var place: String?
    /// Of a duplicate, where it was the first time.
    public var otherPlace: String?

    public init(
        kind: Kind, table: DirectoryRecords.Table, id: String, field: String, other: String? = nil,
        day: LocalDate? = nil, place: String? = nil, otherPlace: String? = nil
    ) {
        self.kind = kind
        self.table = table
        self.id = id
        self.field = field
        self.other = other
        self.day = day
        self.place = place
        self.otherPlace = otherPlace
    }

    public init(json: JSONObject) throws(JSONFieldError) {
        self.init(
            kind: try json.word("kind"), table: try json.word("table"), id: try json.string("id"),
            field: try json.string("field"), other: try json.optionalString("other"),
            day: try json.optionalDate("day"), place: try json.optionalString("place"),
            otherPlace: try json.optionalString("otherPlace"))
    }

    public var json: JSONObject {
        let json: JSONObject = [
            "kind": .string(kind.rawValue), "table": .string(table.rawValue), "id": .string(id),
            "field": .string(field), "other": JSON(other), "day": JSON(day), "place": JSON(place),
            "otherPlace": JSON(otherPlace),
        ]
        return json.withoutNulls
    }
}
