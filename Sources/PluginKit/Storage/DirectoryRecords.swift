import JSONCore

/// Records of the directory that are imported together.
public struct DirectoryRecords: Sendable, Equatable {
    public enum Table: String, Sendable, CaseIterable {
        case units, officials, posts, delegations
    }

    public var units: [Unit]
    public var officials: [Official]
    public var posts: [Post]
    public var delegations: [Delegation]

    public var count: Int { units.count + officials.count + posts.count + delegations.count }

    public init(
        units: [Unit] = [], officials: [Official] = [], posts: [Post] = [], delegations: [Delegation] = []
    ) {
        self.units = units
        self.officials = officials
        self.posts = posts
        self.delegations = delegations
    }

    init(parameters json: JSONObject) throws(JSONFieldError) {
        self.init(
            units: try json.list("units", Unit.init(json:)),
            officials: try json.list("officials", Official.init(json:)),
            posts: try json.list("posts", Post.init(json:)),
            delegations: try json.list("delegations", Delegation.init(json:)))
    }

    var parameters: JSONObject {
        [
            "units": JSON(objects: units.map(\.json)), "officials": JSON(objects: officials.map(\.json)),
            "posts": JSON(objects: posts.map(\.json)), "delegations": JSON(objects: delegations.map(\.json)),
        ]
    }
}
