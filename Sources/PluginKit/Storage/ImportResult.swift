import JSONCore

/// What ``Storage/applyDirectory(import:at:by:dryRun:)`` did, or would do.
public struct ImportResult: Sendable, Equatable {
    public var units: ImportCount
    public var officials: ImportCount
    public var posts: ImportCount
    public var delegations: ImportCount
    /// What stands in its way; the first ``mostProblems``.
    public var problems: [DirectoryProblem]
    public var problemCount: Int
    public var applied: Bool

    public static let mostProblems = 1000

    /// Nothing was looked at.
    public static let nothing = ImportResult(
        units: .zero, officials: .zero, posts: .zero, delegations: .zero, problems: [], problemCount: 0, applied: false)

    public init(
        units: ImportCount, officials: ImportCount, posts: ImportCount, delegations: ImportCount,
        problems: [DirectoryProblem], problemCount: Int, applied: Bool
    ) {
        self.units = units
        self.officials = officials
        self.posts = posts
        self.delegations = delegations
        self.problems = problems
        self.problemCount = problemCount
        self.applied = applied
    }

    public init(json: JSONObject) throws(JSONFieldError) {
        self.init(
            units: try json.value("units", ImportCount.init(json:)),
            officials: try json.value("officials", ImportCount.init(json:)),
            posts: try json.value("posts", ImportCount.init(json:)),
            delegations: try json.value("delegations", ImportCount.init(json:)),
            problems: try json.list("problems", DirectoryProblem.init(json:)),
            problemCount: try json.int("problemCount"),
            applied: try json.bool("applied"))
    }

    public var json: JSONObject {
        [
            "units": .object(units.json), "officials": .object(officials.json), "posts": .object(posts.json),
            "delegations": .object(delegations.json), "problems": JSON(objects: problems.map(\.json)),
            "problemCount": .int(problemCount), "applied": .bool(applied),
        ]
    }
}
