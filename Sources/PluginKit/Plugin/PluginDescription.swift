import JSONCore

/// Who a plugin is and what it can do.
public struct PluginDescription: Sendable, Equatable {
    public enum Kind: String, Sendable, CaseIterable {
        case storage, notification
    }

    /// The edition of the contracts that this PluginKit speaks.
    public static let contract = 1

    /// As in the daemon's configuration: "sqlite".
    public var name: String
    /// The plugin's own version, for people.
    public var version: String
    public var kind: Kind
    public var contract: Int
    /// Optional parts of the contract that the plugin fulfils too.
    public var capabilities: [String]

    public init(
        name: String, version: String, kind: Kind, contract: Int = Self.contract, capabilities: [String] = []
    ) {
        self.name = name
        self.version = version
        self.kind = kind
        self.contract = contract
        self.capabilities = capabilities
    }

    public init(json: JSONObject) throws(JSONFieldError) {
        self.init(
            name: try json.string("name"), version: try json.string("version"), kind: try json.word("kind"),
            contract: try json.int("contract"), capabilities: try json.strings("capabilities"))
    }

    public var json: JSONObject {
        [
            "name": .string(name), "version": .string(version), "kind": .string(kind.rawValue),
            "contract": .int(contract), "capabilities": JSON(capabilities),
        ]
    }
}
