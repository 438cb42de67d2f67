import JSONCore
import Varlink

extension Call {
    /// Elements of a page: the parameter `limit`, 1 to 1000, 100 without.
    var limit: Int {
        get throws {
            let limit = try parameters.optionalInt("limit") ?? 100
            guard (1...1000).contains(limit) else { throw VarlinkError.invalidParameter("limit") }
            return limit
        }
    }
}
