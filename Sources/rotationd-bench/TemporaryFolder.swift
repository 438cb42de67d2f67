import Foundation

/// A folder that is there while the program runs.
struct TemporaryFolder {
    let path: String

    init(in parent: String) throws {
        var template = Array((URL(fileURLWithPath: parent).path + "/rotationd-bench-XXXXXX").utf8CString)
        guard mkdtemp(&template) != nil else {
            throw BenchError("cannot make a folder in \(parent): \(String(cString: strerror(errno)))")
        }
        path = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    func remove() { try? FileManager.default.removeItem(atPath: path) }
}
