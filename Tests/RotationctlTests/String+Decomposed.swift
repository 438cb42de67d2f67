import Foundation

extension String {
    /// NFD.
    var decomposed: String { decomposedStringWithCanonicalMapping }
}
