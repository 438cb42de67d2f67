import JSONCore

/// A handler's reply does not fit its method's description.
struct InvalidReply: Error, CustomStringConvertible {
    let method: String
    let path: String

    var description: String { "the reply of \(method) does not fit its description at \(path)" }

    static func check(_ reply: JSONObject, _ route: Router.Route) throws(InvalidReply) {
        do throws(VarlinkError) {
            try route.interface.validate(reply: reply, of: route.method)
        } catch {
            throw InvalidReply(
                method: "\(route.interface.name).\(route.method)",
                path: error.parameters["parameter"]?.stringValue ?? "")
        }
    }
}
