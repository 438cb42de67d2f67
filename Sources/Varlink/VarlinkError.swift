import JSONCore

/// An error reply: what a method answers in place of its result.
public struct VarlinkError: Error, Equatable, Sendable, CustomStringConvertible {
    /// The full name, e.g. `org.varlink.service.InvalidParameter`.
    public let name: String
    public let parameters: JSONObject

    public init(_ name: String, _ parameters: JSONObject = [:]) {
        self.name = name
        self.parameters = parameters
    }

    public var description: String { parameters.isEmpty ? name : "\(name) \(JSON.object(parameters))" }

    public static func == (left: Self, right: Self) -> Bool {
        left.name == right.name && JSON.object(left.parameters) == .object(right.parameters)
    }
}

/// The errors of `org.varlink.service`, which every service may answer.
extension VarlinkError {
    /// A parameter is missing, unknown, or of another type than the description says.
    /// - Parameter path: The way to it, e.g. `filter.states[0]`.
    public static func invalidParameter(_ path: String) -> Self {
        Self("org.varlink.service.InvalidParameter", ["parameter": .string(path)])
    }

    /// - Parameter method: The full name.
    public static func methodNotFound(_ method: String) -> Self {
        Self("org.varlink.service.MethodNotFound", ["method": .string(method)])
    }

    public static func interfaceNotFound(_ interface: String) -> Self {
        Self("org.varlink.service.InterfaceNotFound", ["interface": .string(interface)])
    }

    /// - Parameter method: The full name.
    public static func methodNotImplemented(_ method: String) -> Self {
        Self("org.varlink.service.MethodNotImplemented", ["method": .string(method)])
    }

    public static let permissionDenied = Self("org.varlink.service.PermissionDenied")
    /// The method answers with a stream and was called without `more`.
    public static let expectedMore = Self("org.varlink.service.ExpectedMore")
}
