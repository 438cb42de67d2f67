/// An interface with what its methods do.
public struct ServedInterface: Sendable {
    public let description: InterfaceDescription
    public let handlers: [String: MethodHandler]

    /// - Parameter handlers: By the method's name without the interface's. A method without a handler answers
    ///   MethodNotImplemented; a handler for a method that is not described is a programmer's error.
    public init(_ description: InterfaceDescription, handlers: [String: MethodHandler]) {
        for name in handlers.keys {
            precondition(description.method(name) != nil, "\(description.name) describes no method \(name)")
        }
        self.description = description
        self.handlers = handlers
    }
}
