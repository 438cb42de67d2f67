import JSONCore

/// What ``Storage/applyDirectory(import:at:by:dryRun:)`` did, or would do.
public struct ImportResult: Sendable, Equatable {
    public var units: ImportCount
    public var officials: ImportCount
    public var posts: ImportCount
    public var delegations: ImportCount
    public var missing: [MissingReference]
    public var applied: Bool

    public init(
        units: ImportCount, officials: ImportCount, posts: ImportCount, delegations: ImportCount,
        missing: [MissingReference], applied: Bool
    ) {
        self.units = units
        self.officials = officials
        self.posts = posts
        self.delegations = delegations
        self.missing = missing
        self.applied = applied
    }

    public init(json: JSONObject) throws(JSONFieldError) {
        self.init(
            units: try json.value("units", ImportCount.init(json:)),
            officials: try json.value("officials", ImportCount.init(json:)),
            posts: try json.value("posts", ImportCount.init(json:)),
            delegations: try json.value("delegations", ImportCount.init(json:)),
            missing: try json.list("missing", MissingReference.init(json:)), applied: try json.bool("applied"))
    }

    public var json: JSONObject {
        [
            "units": .object(units.json), "officials": .object(officials.json), "posts": .object(posts.json),
            "delegations": .object(delegations.json), "missing": JSON(objects: missing.map(\.json)),
            "applied": .bool(applied),
        ]
    }
}
