/// One Varlink interface: its methods, types and errors with their documentation, as its `.varlink` file describes them
/// (UAPI.20, "Interface Definition").
public struct InterfaceDescription: Sendable {
    /// The reverse-domain name, e.g. `org.varlink.service`.
    public let name: String
    /// The comment above `interface`, without the `#`; empty when there is none.
    public let documentation: String
    /// The text as its author wrote it: what GetInterfaceDescription answers.
    public let source: String
    /// In the order of the text.
    public let methods: [Method], types: [NamedType], errors: [ErrorType]

    private let methodPositions: [String: Int], typePositions: [String: Int], errorPositions: [String: Int]

    public struct Method: Sendable {
        public let name: String, documentation: String
        public let parameters: Structure, reply: Structure
    }

    public struct NamedType: Sendable {
        public let name: String, documentation: String
        /// A structure or an enumeration.
        public let type: ValueType
    }

    public struct ErrorType: Sendable {
        public let name: String, documentation: String
        public let parameters: Structure
    }

    public struct Structure: Sendable {
        public let fields: [Field]
    }

    public struct Field: Sendable {
        public let name: String, documentation: String
        public let type: ValueType
    }

    public struct EnumerationCase: Sendable {
        public let name: String, documentation: String
    }

    public indirect enum ValueType: Sendable {
        case bool, int, float, string
        /// Any JSON object.
        case object
        /// Any JSON value except null.
        case any
        case structure(Structure)
        case enumeration([EnumerationCase])
        /// A type of this interface, by its name.
        case named(String)
        case array(ValueType)
        case map(ValueType)
        case nullable(ValueType)
    }

    init(
        name: String, documentation: String, source: String, methods: [Method], types: [NamedType], errors: [ErrorType]
    ) {
        self.name = name
        self.documentation = documentation
        self.source = source
        self.methods = methods
        self.types = types
        self.errors = errors
        methodPositions = Dictionary(uniqueKeysWithValues: zip(methods.map(\.name), methods.indices))
        typePositions = Dictionary(uniqueKeysWithValues: zip(types.map(\.name), types.indices))
        errorPositions = Dictionary(uniqueKeysWithValues: zip(errors.map(\.name), errors.indices))
    }

    /// - Parameter name: Without the interface's, e.g. `GetInfo`.
    public func method(_ name: String) -> Method? { methodPositions[name].map { methods[$0] } }
    public func type(_ name: String) -> NamedType? { typePositions[name].map { types[$0] } }
    public func error(_ name: String) -> ErrorType? { errorPositions[name].map { errors[$0] } }
}
