import JSONCore

/// Finds what is to be done for a call, and holds its parameters against the description.
struct Router: Sendable {
    struct Route: Sendable {
        let interface: InterfaceDescription
        /// Without the interface's name.
        let method: String
        let handler: MethodHandler
    }

    private var routes: [String: Route] = [:]
    private var interfaces: [String: InterfaceDescription] = [:]

    init(identity: ServiceIdentity, interfaces served: [ServedInterface]) {
        let descriptions = served.map(\.description)
        let service = Self.service
        let names = [service.name] + descriptions.map(\.name)
        let sources = Dictionary(
            zip(names, [service.source] + descriptions.map(\.source)), uniquingKeysWith: { first, _ in first })
        precondition(sources.count == names.count, "an interface is served twice")
        let info: JSONObject = [
            "vendor": .string(identity.vendor), "product": .string(identity.product),
            "version": .string(identity.version), "url": .string(identity.url),
            "interfaces": .array(names.map(JSON.string)),
        ]
        add(
            ServedInterface(
                service,
                handlers: [
                    "GetInfo": .unary { _ in info },
                    "GetInterfaceDescription": .unary { call in
                        let name = call.parameters["interface"]?.stringValue ?? ""
                        guard let source = sources[name] else { throw VarlinkError.interfaceNotFound(name) }
                        return ["description": .string(source)]
                    },
                ]))
        for interface in served { add(interface) }
    }

    /// `org.varlink.service` as every service serves it.
    private static let service: InterfaceDescription = {
        let source = String(decoding: PackageResources.org_varlink_service_varlink, as: UTF8.self)
        do {
            return try InterfaceDescription(parsing: source)
        } catch {
            preconditionFailure("org.varlink.service.varlink: \(error)")
        }
    }()

    private mutating func add(_ interface: ServedInterface) {
        let description = interface.description
        interfaces[description.name] = description
        for (method, handler) in interface.handlers {
            routes["\(description.name).\(method)"] = Route(interface: description, method: method, handler: handler)
        }
    }

    /// - Returns: The route, and the parameters without members that are null.
    func route(_ call: CallMessage) throws(VarlinkError) -> (Route, JSONObject) {
        guard let route = routes[call.method] else { throw refusal(of: call.method) }
        // No method here knows another protocol to go on with.
        if call.mode == .upgrade { throw .methodNotImplemented(call.method) }
        let parameters = try route.interface.validate(parameters: call.parameters, of: route.method)
        if case .stream = route.handler, call.mode != .more { throw .expectedMore }
        return (route, parameters)
    }

    private func refusal(of method: String) -> VarlinkError {
        guard let dot = method.lastIndex(of: ".") else { return .interfaceNotFound(method) }
        guard let interface = interfaces[String(method[..<dot])] else {
            return .interfaceNotFound(String(method[..<dot]))
        }
        let isDescribed = interface.method(String(method[method.index(after: dot)...])) != nil
        return isDescribed ? .methodNotImplemented(method) : .methodNotFound(method)
    }
}
